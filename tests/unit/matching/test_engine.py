import time
from dataclasses import replace

import numpy as np
import pytest

from libs.contracts.ids import SHARED
from libs.kit.stems import Stems
from services.reports.matching.engine import (
    BLOCK,
    CASES_EXAMINED,
    DEPTH,
    EXAMINED,
    LEAST_SURE,
    WORDED,
    Caution,
    Decision,
    Document,
    Kinds,
    Matcher,
    Trained,
    best,
)
from services.reports.matching.pairs import Relation
from tests.bench.matching.data import DATA, Archive

CIREBON, JOMBANG = "tenant-a", "tenant-b"
STEMS = Stems()
TRAINED = Trained.load()

BANK = "Bank Samudra Jaya membagikan hadiah undian mobil kepada semua nasabah di Kota Cirebon"
FORWARDED = (
    "Selamat!! Bank Samudra Jaya membagikan hadiah undian mobil kepada semua nasabah di Kota Cirebon. "
    "Segera isi data di tautan berikut sebelum kehabisan, bagikan ke 10 grup"
)
OTHERS = (
    "Minum air rebusan daun kelor menyembuhkan kencing manis dalam tiga hari",
    "Pembagian beras gratis di kantor kecamatan setiap hari Jumat",
    "Gempa besar akan terjadi malam ini menurut badan meteorologi",
    "Sekolah diliburkan satu bulan karena wabah flu",
    "Lowongan kerja di pabrik sepatu tanpa tes dan tanpa wawancara",
)


def clarification(id, title, tenant=CIREBON, **more):
    return Document(id, tenant, Kinds.CLARIFICATION, title, **more)


@pytest.fixture
def matcher():
    matcher = Matcher(TRAINED, STEMS)
    for number, title in enumerate(OTHERS):
        matcher.add(clarification(f"other-{number}", title))
    return matcher


def test_a_forwarded_text_finds_its_answer(matcher) -> None:
    matcher.add(clarification("bank", BANK))

    result = matcher.match(CIREBON, FORWARDED)

    assert (result.decision, result.candidates[0].id) == (Decision.MATCH, "bank")


def test_a_copy_of_a_confirmed_report_is_answered_whatever_is_said_before_it(matcher) -> None:
    """Also where the claim, as the officer wrote it, leaves out what the message names."""
    told = (
        "Bantu sebar ya\nPak Lurah sudah telepon Camat, suruh panitia akui kecurangan. Ini info dari seorang panitia… "
        "Jadi tidak usah gusar dan panik lagi ya warga pendukung 02\nINFO VALID"
    )
    matcher.add(clarification("village", told[:140]))
    matcher.add(Document("r1", CIREBON, Kinds.LINKED, told, answers_to="village"))

    result = matcher.match(CIREBON, f"Dari grup sebelah. {told}")

    assert (result.decision, result.candidates[0].id) == (Decision.MATCH, "village")


def test_the_only_document_of_a_young_office_is_no_match_for_another_claim() -> None:
    alone = Matcher(TRAINED, STEMS)
    alone.add(
        Document("poster", CIREBON, Kinds.CASE, "Pegawai wajib makan pedas tiap Jumat, ini poster resmi kabupaten?")
    )

    result = alone.match(CIREBON, "Jalan Soreang macet tiga jam tidak bergerak, ke mana saja petugas kabupaten?")

    assert result.decision is not Decision.MATCH


@pytest.mark.parametrize(
    "changed",
    [
        FORWARDED.replace("Samudra Jaya", "Nusa Raya"),
        FORWARDED.replace("Kota Cirebon", "Kabupaten Jombang"),
        FORWARDED.lower().replace("cirebon", "wonosobo"),
    ],
    ids=["bank", "place", "lower case"],
)
def test_the_same_template_with_another_target_is_never_answered_alone(matcher, changed) -> None:
    matcher.add(clarification("bank", BANK))

    result = matcher.match(CIREBON, changed)

    assert result.decision is Decision.SUGGEST
    assert result.candidates[0].id == "bank"


def test_another_person_in_the_place_of_the_name_is_never_answered_alone(matcher) -> None:
    matcher.add(
        clarification("person", "Surat edaran Sutarmiji melarang warga memakai telepon genggam saat pasar malam")
    )
    report = "viral surat edaran {} melarang warga memakai telepon genggam saat pasar malam, sebarkan"

    assert matcher.match(CIREBON, report.format("Sutarmiji")).decision is Decision.MATCH
    assert matcher.match(CIREBON, report.format("Wiryoatmojo")).decision is not Decision.MATCH


def test_a_report_about_something_else_finds_nothing(matcher) -> None:
    result = matcher.match(CIREBON, "Apakah benar jembatan gantung di desa kami akan dibongkar tahun depan?")

    assert result.decision is Decision.NONE


@pytest.mark.parametrize("text", ["", "   ", "!!!", "👍👍", "https://contoh.id/x"])
def test_a_text_without_words_finds_nothing(matcher, text) -> None:
    assert matcher.match(CIREBON, text).candidates == ()


def test_no_tenant_sees_what_another_has_answered(matcher) -> None:
    matcher.add(clarification("bank", BANK, tenant=JOMBANG))

    assert matcher.match(CIREBON, BANK).candidates == ()
    assert matcher.match("tenant-new", BANK).candidates == ()
    assert matcher.match(JOMBANG, BANK).candidates[0].id == "bank"


def test_two_tenants_may_use_one_id(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    matcher.add(clarification("bank", OTHERS[0], tenant=JOMBANG))

    matcher.remove("bank", JOMBANG)

    assert matcher.match(CIREBON, FORWARDED).candidates[0].id == "bank"


def test_what_is_removed_is_found_no_more(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    matcher.remove("bank", CIREBON)
    matcher.remove("never-there", CIREBON)

    assert matcher.match(CIREBON, BANK).candidates == ()


def test_a_document_added_again_is_replaced(matcher) -> None:
    matcher.add(clarification("bank", OTHERS[0] + " lagi"))
    before = len(matcher)

    matcher.add(clarification("bank", BANK))

    assert len(matcher) == before
    assert matcher.match(CIREBON, FORWARDED).decision is Decision.MATCH


def test_a_text_that_was_answered_before_leads_to_its_answer(matcher) -> None:
    answered = "Tolong sebarkan, mulai besok semua pasar tradisional tutup dua minggu karena penyemprotan besar-besaran"
    matcher.add(clarification("market", "Tidak ada penutupan tempat belanja warga"))
    matcher.add(Document("r1", CIREBON, Kinds.LINKED, answered, answers_to="market"))

    again = matcher.match(CIREBON, f"{answered.upper()}!!! 🙏")
    other_town = matcher.match(CIREBON, f"{answered} di Kabupaten Jombang")

    assert (again.decision, again.candidates[0].id) == (Decision.MATCH, "market")
    assert other_town.candidates[0].id == "market"


def test_a_short_text_is_never_answered_alone_because_of_another_short_one(matcher) -> None:
    matcher.add(clarification("market", "Tidak ada penutupan tempat belanja warga"))
    matcher.add(Document("r1", CIREBON, Kinds.LINKED, "mohon dicek dulu", answers_to="market"))

    assert matcher.match(CIREBON, "mohon segera dicek dulu").decision is not Decision.MATCH


def test_a_linked_text_without_its_answer_proposes_nothing(matcher) -> None:
    matcher.add(Document("r1", CIREBON, Kinds.LINKED, FORWARDED, answers_to="gone"))

    proposed = {found.id for found in matcher.ranked(CIREBON, FORWARDED)}

    assert proposed.isdisjoint({"gone", "r1"})


def test_an_answer_keeps_few_of_its_linked_texts(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    before = len(matcher)
    for number in range(60):
        matcher.add(Document(f"r{number}", CIREBON, Kinds.LINKED, f"{FORWARDED} {number}", answers_to="bank"))

    assert len(matcher) - before == 20


def test_an_open_case_is_found_by_the_text_of_its_first_report(matcher) -> None:
    matcher.add(Document("case", CIREBON, Kinds.CASE, FORWARDED))

    same = matcher.match(CIREBON, FORWARDED)
    shortened = matcher.match(CIREBON, FORWARDED.rpartition(",")[0])
    template = matcher.match(CIREBON, FORWARDED.replace("Samudra Jaya", "Nusa Raya"))

    assert (same.decision, same.candidates[0].kind) == (Decision.MATCH, Kinds.CASE)
    assert shortened.candidates[0].id == "case"
    assert template.decision is Decision.SUGGEST


NEAR_COPIES = [f"{FORWARDED}. Dari grup {name}, tolong dicek" for name in ("arisan", "pengajian", "alumni", "kantor")]


def test_open_cases_take_no_certainty_from_an_answer(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    alone = matcher.ranked(CIREBON, FORWARDED)[0]
    for number, text in enumerate(NEAR_COPIES):
        matcher.add(Document(f"open-{number}", CIREBON, Kinds.CASE, text))

    result = matcher.match(CIREBON, FORWARDED)

    assert (result.decision, result.candidates[0].id) == (Decision.MATCH, "bank")
    assert result.candidates[0].score == pytest.approx(alone.score, abs=0.001)


def test_many_open_cases_hide_no_answer(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    for number in range(30):
        matcher.add(Document(f"open-{number}", CIREBON, Kinds.CASE, FORWARDED.replace("Samudra Jaya", "Nusa Raya")))

    result = matcher.match(CIREBON, FORWARDED.replace("Samudra Jaya", "Nusa Raya"))

    assert result.candidates[0].kind is Kinds.CASE
    assert "bank" in [candidate.id for candidate in result.candidates]
    assert result.answer is Decision.SUGGEST


def test_a_claim_said_word_for_word_is_a_match_among_any_number_of_its_like() -> None:
    matcher = Matcher(TRAINED, STEMS)
    for number in range(60):
        matcher.add(clarification(f"school-{number}", f"SDN Mekarwangi {number} akan digusur untuk lahan parkir pasar"))

    result = matcher.match(CIREBON, "Min, SDN Mekarwangi 37 akan digusur untuk lahan parkir pasar ya?")

    assert (result.decision, result.candidates[0].id) == (Decision.MATCH, "school-37")


def test_a_few_words_sent_with_another_post_are_about_that_post(matcher) -> None:
    post = "https://www.tiktok.com/@kabar/video/730123456789012345{}"
    matcher.add(Document("case", CIREBON, Kinds.CASE, f"bupati korupsi?\n{post.format(6)}"))

    same = matcher.match(CIREBON, f"bupati korupsi\n{post.format(6)}")
    other = matcher.match(CIREBON, f"bupati korupsi\n{post.format(7)}")

    assert same.decision is Decision.MATCH
    assert other.decision is not Decision.MATCH


def test_the_body_of_a_clarification_is_searched_too(matcher) -> None:
    matcher.add(clarification("body", "Kabar itu keliru", body="Jembatan gantung Cikembulan tidak dibongkar"))

    assert "body" in [found.id for found in matcher.ranked(CIREBON, "jembatan gantung cikembulan dibongkar")]


def test_many_removals_leave_the_rest_in_place() -> None:
    matcher = Matcher(TRAINED, STEMS)
    for number in range(1_100):
        matcher.add(clarification(f"d{number}", f"Kabar nomor{number} tentang hal{number}"))
    for number in range(1, 1_100):
        matcher.remove(f"d{number}", CIREBON)

    assert len(matcher) == 1
    assert [found.id for found in matcher.ranked(CIREBON, "kabar nomor0 tentang hal0")] == ["d0"]


def test_a_passage_of_the_body_proposes_and_never_decides(matcher) -> None:
    told = "Mulai besok semua pasar tradisional tutup dua minggu karena penyemprotan besar-besaran di seluruh kota"
    body = f"Pesan ini beredar di grup warga. {told}. Dinas perdagangan menyatakan pasar tetap buka seperti biasa."
    matcher.add(clarification("market", "Kabar penutupan tempat belanja warga", body=body))

    result = matcher.match(CIREBON, f"Tolong sebarkan. {told}")

    assert (result.decision, result.candidates[0].id) == (Decision.SUGGEST, "market")
    assert "in_the_explanation" in reasons(result)


ROAD = "Jalan desa kami rusak parah sudah bertahun-tahun dan lampunya padam"


def by_claim(matcher, message):
    return matcher.by_claim(CIREBON, message, matcher.match(CIREBON, message))


def test_each_claim_of_a_long_message_has_its_own_answer(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    message = f"Info dari grup, mohon dicek:\n{OTHERS[0]}\n{BANK}\n{ROAD}"

    found = {result.candidates[0].id: (piece, result.decision) for piece, result in by_claim(matcher, message)}

    assert found == {
        "other-0": (OTHERS[0], Decision.MATCH),
        "bank": (BANK, Decision.MATCH),
    }
    assert by_claim(matcher, BANK) == []


@pytest.mark.parametrize("around", ["1. {}\n2. {}", "{}\n\n{}", "• {}\n• {}"])
def test_one_answer_among_claims_that_have_none_is_told_for_its_claim_alone(matcher, around) -> None:
    matcher.add(clarification("bank", BANK))
    message = around.format(FORWARDED, ROAD)

    assert matcher.match(CIREBON, message).decision is Decision.MATCH
    assert [result.candidates[0].id for _, result in by_claim(matcher, message)] == ["bank"]


def test_a_long_message_that_makes_one_claim_is_no_message_of_several(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    told = (
        f"{FORWARDED}\n\nHadiah undian mobil itu diserahkan hari Sabtu di Kota Cirebon\n\n"
        "Nasabah yang tidak mengisi data dianggap menolak hadiah"
    )
    matcher.add(Document("report", CIREBON, Kinds.LINKED, f"{BANK}\n\n{ROAD} dan airnya keruh", answers_to="bank"))

    assert matcher.match(CIREBON, told).decision is Decision.MATCH
    assert by_claim(matcher, told) == []
    # Two claims, once answered as one message by a person.
    assert by_claim(matcher, f"{BANK}\n\n{ROAD} dan airnya keruh, benarkah?") == []


def test_what_speaks_for_an_answer_and_against_it_is_named(matcher) -> None:
    matcher.add(clarification("bank", BANK))

    other_town = matcher.match(CIREBON, FORWARDED.replace("Kota Cirebon", "Kabupaten Jombang"))
    denied = matcher.match(CIREBON, FORWARDED.replace("membagikan", "tidak membagikan"))

    assert reasons(matcher.match(CIREBON, BANK)) == {"word_for_word": ""}
    assert float(reasons(other_town)["same_words"]) > 0.8
    assert reasons(other_town)["other_place"].lower() == "kota cirebon→kabupaten jombang"
    assert "tidak membagikan" in reasons(denied)["other_polarity"]


@pytest.mark.parametrize("size", [0, 1, 50, BLOCK * DEPTH - 1, BLOCK * DEPTH, BLOCK * DEPTH + 77])
def test_the_best_of_many_are_those_of_all_and_the_newer_of_equals(size) -> None:
    scores = np.random.default_rng(size).integers(0, 400, size).astype(np.float32) / 7

    expected = sorted((row for row in range(size) if scores[row]), key=lambda row: (-scores[row], -row))

    assert best(scores) == expected[:DEPTH]
    assert best(scores, 3) == expected[:3]


def test_an_office_may_want_to_be_surer_or_less_sure() -> None:
    for answers in (1, 30, 250, 7_000, 10**6):
        looser, usual, stricter = (TRAINED.sure_from(answers, caution) for caution in Caution)

        assert LEAST_SURE <= looser <= usual <= stricter < 1


def test_a_threshold_lies_between_those_of_the_sizes_around_it() -> None:
    trained = replace(TRAINED, match_from={Caution.USUAL: [(10, 0.8), (1_000, 0.9)]})

    assert [trained.sure_from(n, Caution.USUAL) for n in (0, 10, 100, 1_000, 9_999)] == pytest.approx(
        [0.8, 0.8, 0.85, 0.9, 0.9]
    )


def test_more_caution_leaves_more_to_a_person(matcher) -> None:
    strict = replace(TRAINED, match_from={**TRAINED.match_from, Caution.STRICTER: [(1, 1 - 1e-12)]})
    matcher = Matcher(strict, STEMS)
    matcher.add(clarification("bank", BANK))
    report = "bank samudra jaya di kota cirebon membagikan undian hadiah mobil, nasabah segera isi data di tautan"

    decisions = {c: matcher.match(CIREBON, report, caution=c).decision for c in (Caution.LOOSER, Caution.STRICTER)}

    assert decisions == {Caution.LOOSER: Decision.MATCH, Caution.STRICTER: Decision.SUGGEST}


def reasons(result):
    return {reason.code: reason.value for reason in result.candidates[0].reasons}


def test_what_a_linked_report_says_is_not_told_of_the_claim(matcher) -> None:
    told = "Semua pasar tradisional di Kabupaten Jombang tutup dua minggu untuk penyemprotan besar-besaran, stok habis"
    matcher.add(clarification("market", "Kabar penutupan tempat belanja warga"))
    matcher.add(Document("r1", CIREBON, Kinds.LINKED, told, answers_to="market"))

    found = reasons(matcher.match(CIREBON, told.replace("Kabupaten Jombang", "Kota Cirebon")))

    assert found["told_other_place"].lower() == "kabupaten jombang→kota cirebon"
    assert "other_place" not in found
    assert reasons(matcher.match(CIREBON, told)) == {"told_before": "1.00"}


def test_relation_tells_a_campaign_from_a_case() -> None:
    matcher = Matcher(TRAINED, STEMS)
    campaign = FORWARDED.replace("Samudra Jaya", "Nusa Raya")

    assert matcher.relation(FORWARDED, FORWARDED + " terima kasih")[0] is Relation.SAME
    assert matcher.relation(FORWARDED, campaign)[0] is Relation.TEMPLATE
    assert matcher.relation(FORWARDED, OTHERS[2])[0] is Relation.DIFFERENT


def test_on_real_reports_the_matcher_is_as_good_as_when_it_was_trained() -> None:
    if not DATA.exists():
        pytest.skip(f"{DATA} is not here")
    archive = Archive.read(DATA)
    matcher = Matcher(TRAINED, STEMS)
    for id, title in archive.titles.items():
        matcher.add(clarification(id, title))
    asked = archive.reports[::8]

    matcher.match(CIREBON, "pembuka")
    started = time.process_time()
    answers = [(report, matcher.ranked(CIREBON, report.text)) for report in asked]
    took = (time.process_time() - started) / len(asked)
    alone = [(report, ranked) for report, ranked in answers if matcher.decided(ranked).decision is Decision.MATCH]

    assert sum(any(c.id == r.answer for c in ranked[:5]) for r, ranked in answers) / len(asked) > 0.74
    assert len(alone) / len(asked) > 0.3
    assert sum(ranked[0].id == report.answer for report, ranked in alone) / len(alone) > 0.95
    assert took < 0.015


@pytest.mark.parametrize("said", ["Apakah ini betul?", BANK])
def test_what_lies_open_word_for_word_many_times_is_still_a_question_like_any_other(matcher, said) -> None:
    """As greetings do: each opens a case of its own, and they were more than any search brings forward."""
    for number in range(3 * DEPTH):
        matcher.add(Document(f"case-{number}", CIREBON, Kinds.CASE, said))
    matcher.add(clarification("bank", BANK))

    examined = matcher.examine(CIREBON, said)
    result = matcher.match(CIREBON, BANK)

    assert len(examined) <= EXAMINED + CASES_EXAMINED + 2 * WORDED
    assert (result.decision, result.candidates[0].id) == (Decision.MATCH, "bank")


def imported(id, title, tenant=SHARED):
    return Document(id, tenant, Kinds.IMPORTED, title)


def test_what_others_answered_is_found_by_every_office_and_decides_nothing(matcher) -> None:
    matcher.add(imported("shared", BANK))

    for office in (CIREBON, JOMBANG):
        result = matcher.match(office, FORWARDED)
        assert result.decision is not Decision.MATCH
        assert "shared" not in [candidate.id for candidate in result.candidates]
        assert (result.imported.decision, result.imported.candidates[0].id) == (Decision.MATCH, "shared")


def test_the_archive_of_one_office_is_no_other_office_s(matcher) -> None:
    matcher.add(imported("theirs", BANK, JOMBANG))

    assert matcher.match(CIREBON, FORWARDED).imported is None
    assert matcher.match(JOMBANG, FORWARDED).imported.candidates[0].id == "theirs"


def test_a_copy_of_an_answer_in_the_shared_archive_takes_no_certainty_from_our_own(matcher) -> None:
    matcher.add(clarification("bank", BANK))
    alone = matcher.match(CIREBON, FORWARDED)
    for number in range(20):
        matcher.add(imported(f"shared-{number}", BANK))

    beside = matcher.match(CIREBON, FORWARDED)

    assert (beside.decision, beside.candidates[0].id) == (Decision.MATCH, "bank")
    assert beside.candidates[0].score == pytest.approx(alone.candidates[0].score, abs=0.02)


def test_an_imported_answer_that_was_said_not_to_be_meant_is_not_offered_again(matcher) -> None:
    matcher.add(imported("shared", BANK))

    assert matcher.match(CIREBON, FORWARDED, without=("shared",)).imported is None


def test_after_many_removals_an_imported_answer_is_still_one() -> None:
    matcher = Matcher(TRAINED, STEMS)
    for number in range(1_100):
        matcher.add(clarification(f"d{number}", f"Kabar nomor{number} tentang hal{number}"))
    matcher.add(imported("shared", BANK))
    for number in range(1_100):
        matcher.remove(f"d{number}", CIREBON)

    result = matcher.match(CIREBON, FORWARDED)

    assert result.candidates == ()
    assert result.imported is not None
    assert result.imported.candidates[0].id == "shared"
