import csv
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.demo import content
from deploy.demo.case import PUBLIC, Case
from deploy.demo.content import Demo
from deploy.demo.load import question_of
from deploy.demo.times import with_dates
from libs.contracts.registry.questions import Question
from libs.contracts.words import CaseState, PartnerState, ReportKind, Role, Verdict
from libs.kit import framing, media
from services.gateway.reporting import questions as asking
from services.registry import questions

TODAY = date(2026, 11, 24)
ROOT = Path(__file__).parents[3]
OFFICES = {
    "kota-cirebon": ("32.74", "CRB"),
    "kab-majalengka": ("32.10", "MJL"),
    "kab-jombang": ("35.17", "JBG"),
    "kota-cilegon": ("36.72", "CLG"),
    "kab-bandung": ("32.04", "BDG"),
    "kab-karawang": ("32.15", "KRW"),
}
AREAS = ROOT.parent / "shared" / "data" / "areas"


@pytest.fixture(scope="module")
def demo() -> Demo:
    return content.load(TODAY)


def cases(demo: Demo) -> list[Case]:
    return [case for tenant in demo.tenants for case in tenant.docket.cases]


def test_the_six_offices_are_there_with_the_prefixes_of_their_numbers(demo: Demo) -> None:
    assert {tenant.office.slug: (tenant.office.region_code, tenant.office.prefix) for tenant in demo.tenants} == OFFICES


@pytest.mark.parametrize("slug", OFFICES)
def test_every_office_can_take_a_case_from_report_to_publication(demo: Demo, slug: str) -> None:
    tenant = demo.tenant(slug)
    by_role = Counter(role for officer in tenant.office.officers for role in officer.roles)

    assert by_role == {
        Role.VERIFIER: 1,
        Role.EDITOR: 1,
        Role.APPROVER: 2,
        Role.LIAISON: 1,
        Role.TENANT_ADMIN: 1,
        Role.LEADER: 1,
    }
    assert 6 <= len(tenant.office.agencies) <= 10
    assert any(case.state in PUBLIC for case in tenant.docket.cases)


def test_jombang_has_64_accounts_of_public_offices_and_56_independent_ones(demo: Demo) -> None:
    by_owner = Counter(partner.run_by_office for partner in demo.tenant("kab-jombang").partners)

    assert by_owner == {True: 64, False: 56}


def test_forty_partners_belong_to_the_other_offices_and_most_of_all_are_active(demo: Demo) -> None:
    partners = [partner for tenant in demo.tenants for partner in tenant.partners]
    states = Counter(partner.state for partner in partners)

    assert len(partners) == 160
    assert states[PartnerState.ACTIVE] >= 140
    assert states[PartnerState.SUBMITTED] >= 3
    assert states[PartnerState.SUSPENDED] >= 3


def test_a_mailbox_of_an_officer_or_agency_belongs_to_one_only(demo: Demo) -> None:
    officers = [officer.email for tenant in demo.tenants for officer in tenant.office.officers]
    agencies = [agency.email for tenant in demo.tenants for agency in tenant.office.agencies]

    assert len(officers + agencies) == len({*officers, *agencies})


def test_sixty_reports_stand_in_fifteen_cases_and_ten_that_open_none(demo: Demo) -> None:
    kinds = Counter(report.kind for tenant in demo.tenants for report in tenant.reports)

    assert len(cases(demo)) == 15
    assert kinds[ReportKind.HOAX] == 50
    assert sum(kinds.values()) == 60
    assert min(kinds[kind] for kind in ReportKind) >= 2


def test_an_office_asks_its_reporters_two_questions_by_what_they_answered_before(demo: Demo) -> None:
    office = demo.tenant("kota-cirebon").office
    kept: tuple[Question, ...] = ()
    for order, asked in enumerate(office.questions):
        question = question_of(asked, order, str)
        questions.check(kept, question)
        kept = questions.with_question(kept, question)

    given = [report.answers for report in demo.tenant("kota-cirebon").reports if report.answers]
    assert sum(bool(question.after) for question in kept) == 2
    assert {key for answers in given for key in answers} >= {"sudah-kirim", "lewat-apa"}
    for answers in given:
        asked_then = {q.id: q for q in asking.asked(kept, ReportKind.HOAX, answers)}
        assert set(answers) <= set(asked_then)
        assert all(answer in (asked_then[key].options or ("yes", "no")) for key, answer in answers.items())


def test_an_office_lets_another_site_show_its_form(demo: Demo) -> None:
    hosts = demo.tenant("kota-cirebon").office.embed_hosts

    assert hosts
    assert all(framing.is_host(host) for host in hosts)


def test_a_report_brings_a_voice_note_that_the_product_takes(demo: Demo) -> None:
    names = [report.recording for tenant in demo.tenants for report in tenant.reports if report.recording]

    assert names
    for name in names:
        made = media.take((content.HOME / "recordings" / name).read_bytes())
        assert made.kind == media.Kind.VOICE


def test_every_state_and_every_verdict_is_shown(demo: Demo) -> None:
    assert {case.state for case in cases(demo)} == set(CaseState) - {CaseState.OUT_OF_SCOPE}
    assert {case.ruling.verdict for case in cases(demo) if case.ruling} == set(Verdict)
    assert any(case.ruling.correction for case in cases(demo) if case.ruling)


def test_no_two_people_report_in_the_same_words(demo: Demo) -> None:
    texts = [report.text.casefold() for tenant in demo.tenants for report in tenant.reports]

    assert len(texts) == len(set(texts))


def test_the_template_scam_is_two_cases_whose_targets_differ(demo: Demo) -> None:
    tenant = demo.tenant("kota-cirebon")
    by_key = {case.key: case for case in tenant.docket.cases}
    (copy,) = (case for case in tenant.docket.cases if case.same_template_as)
    first, second = by_key[copy.same_template_as or ""].reports[0].text.split(), copy.reports[0].text.split()

    changed = {(a, b) for a, b in zip(first, second, strict=True) if a != b}

    assert {("Kesambi", "Pekalipan"), ("Samudra", "Nusa"), ("Jaya", "Raya")} <= changed
    assert len(changed) <= 6


def test_a_corrected_clarification_says_what_it_had_said_before(demo: Demo) -> None:
    rulings = [case.ruling for case in cases(demo) if case.ruling and case.ruling.correction]

    for ruling in rulings:
        assert ruling.correction
        assert ruling.correction.explanation_before.strip() != ruling.explanation.strip()


def test_texts_that_are_asked_again_are_new_texts(demo: Demo) -> None:
    asked = [asked.text for tenant in demo.tenants for asked in tenant.docket.asked_again]
    sent = {report.text for tenant in demo.tenants for report in tenant.reports}

    assert len(asked) >= 3
    assert not sent & set(asked)


def test_no_date_mark_is_left_and_no_weekday_or_year_is_typed() -> None:
    typed = re.compile(r"\b(?:Senin|Selasa|Rabu|Kamis|Sabtu|Minggu),? \d|(?<![.\d])20\d\d\b")

    for path in sorted(content.HOME.glob("cases/*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert not typed.search(text), f"{path.name}: write dates as marks, {{{{-3 day}}}}"
        assert "{{" not in with_dates(text, TODAY), f"{path.name}: a date mark is misspelt"


def test_areas_are_on_the_official_list(demo: Demo) -> None:
    if not AREAS.is_dir():
        pytest.skip(f"no list of areas at {AREAS.relative_to(ROOT.parent)}")
    official = {
        row["code"]
        for name in ("regencies.csv", "districts.csv", "villages.csv")
        for row in csv.DictReader((AREAS / name).open(encoding="utf-8"))
    }
    used = {tenant.office.region_code for tenant in demo.tenants}
    used |= {partner.area for tenant in demo.tenants for partner in tenant.partners}
    used |= {case.area for case in cases(demo)}
    used |= {report.area for tenant in demo.tenants for report in tenant.reports}

    assert used <= official, f"unknown: {sorted(used - official)}"


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
def test_the_demo_loads_on_any_day(day: date) -> None:
    assert len(content.load(day).tenants) == 6


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("offices", "partners", "cases"):
        shutil.copytree(content.HOME / folder, tmp_path / folder)
    shutil.copy(content.HOME / "platform.yaml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("cases/kota-cirebon.yaml", "approvers: [dimas, lestari]", "approvers: [dimas]", "needs 2 approvers"),
        ("cases/kota-cirebon.yaml", "author: arif", "author: lestari", "cannot approve a text of their own"),
        ("cases/kota-cirebon.yaml", "author: arif", "author: hendra", "writes no rulings"),
        ("cases/kota-cirebon.yaml", "owner: nurul", "owner: dimas", "is no verifier"),
        ("cases/kota-cirebon.yaml", "published: 1d 2h", "published: 3d", "follow each other"),
        ("cases/kota-cirebon.yaml", "tidak ada biaya apa pun. [1]", "tidak ada biaya apa pun.", "cite each reference"),
        ("cases/kota-cirebon.yaml", "expected_match: air-harjamukti", "expected_match: banjir-cipto", "no published"),
        ("cases/kota-cirebon.yaml", 'area: "32.74.05.1003"', 'area: "32.10.01"', "lies outside 32.74"),
        ("cases/kota-cirebon.yaml", "kind: aspiration", "kind: hoax", "belongs to a case"),
        ("cases/kota-cilegon.yaml", "merged_into: gas-ciwandan", "merged_into: gas", "cannot take it over"),
        ("cases/kab-karawang.yaml", "agency: dpangan", "agency: bulog", "no agency bulog"),
        ("cases/kab-karawang.yaml", "state: awaiting_confirmation", "state: investigating", "names what was asked"),
        ("cases/kab-jombang.yaml", "ago: 50m", "ago: yesterday", "write an age"),
        ("offices/kab-majalengka.yaml", '"32.10"', "32.10", "region_code"),
        ("offices/kab-majalengka.yaml", ", agency: putr", "", "a liaison has an agency"),
        ("partners/kab-bandung.yaml", "kang.ojan.contoh", "kang.ojan", "nobody's account"),
        ("partners/kab-bandung.yaml", "kim.pangalengan.contoh", "kim.kalijaga.contoh", "one holder"),
        ("partners/kab-bandung.yaml", "kangojan@contoh.example", "kangojan@contoh.id", "RFC 2606"),
        ("partners/kab-bandung.yaml", "+62 812-0000", "+62 812-3456", "of the form"),
        ("partners/kab-bandung.yaml", "name: Jajan Baleendah", "nama: Jajan Baleendah", "Unexpected keyword"),
    ],
)
def test_a_broken_rule_is_named(copy: Path, file: str, old: str, new: str, complaint: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(ValidationError, match=re.escape(complaint)):
        content.load(TODAY, copy)


def test_an_error_names_the_file_it_stands_in(copy: Path) -> None:
    (copy / "platform.yaml").write_text("key: operator\n", encoding="utf-8")

    with pytest.raises(ValidationError) as error:
        content.load(TODAY, copy)

    assert error.value.__notes__ == [f"in {copy / 'platform.yaml'}"]
