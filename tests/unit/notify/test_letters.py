import email
import email.policy
import re
from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.parts import Reference
from libs.runtime.keyring import VersionedKey
from services.gateway.console.case.page import TOPICS
from services.notify import letters
from services.notify.bulletin.rules import Bulletin
from services.notify.channels import whatsapp
from services.notify.channels.email import Mailer, letter_name
from services.notify.delivery.rules import Delivery
from tests.unit.notify.builders import NOW, plan_bulletin
from tests.unit.notify.test_mime import part

KEYS = VersionedKey("k1", {"k1": b"k" * 32})
OFFICE = TenantRecord(
    version=1,
    id="cirebon",
    slug="kota-cirebon",
    region_code="32.74",
    prefix="CRB",
    branding=Branding(
        name="Cirebon Saber Hoaks",
        office="Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
        government="Pemerintah Kota Cirebon",
        short_office="DKIS Kota Cirebon",
    ),
    settings=TenantSettings(),
)
NAMES = (
    "interim.report", "receipt.report", "message.report", "not_continued.report", "not_continued.private",
    "answer.report", "answer.private", "correction.report", "correction.private",
    "partner_request.partner", "correction.partner", "login_link.partner", "ticket_link.report",
    "invitation.officer", "factor.officer",
)  # fmt: skip
ENGLISH = re.compile(r"\b(the|your|you|report|answer|with|read|please|link|has been|this)\b", re.IGNORECASE)
INDONESIAN = re.compile(r"\b(yang|Anda|laporan|dengan|sudah|ini|surel|kami|mohon)\b", re.IGNORECASE)


def a_bulletin(**more: Any) -> Bulletin:
    planned = plan_bulletin(**{"change_note": "Tanggalnya keliru", **more})
    return Bulletin(**planned.model_dump(exclude={"sealed", "body_hash"}), planned_at=NOW)


def a_delivery(name: str, language: str = "id", **more: Any) -> Delivery:
    template, kind = name.split(".")
    to_partner, to_officer = kind == "partner", kind == "officer"
    return Delivery(
        **{
            "delivery_id": "d1",
            "template": template,
            "channel": "email",
            "recipient": "p1" if to_partner else "r1",
            "recipient_kind": kind if to_partner or to_officer else "report",
            "lane": 0,
            "language": language,
            "bulletin_id": "b1" if template in ("answer", "correction", "partner_request") else None,
            "note": "out_of_scope" if template == "not_continued" else "",
            "confidential": kind == "private",
            "number": "CRB-4F7K-9XM2",
            "assignment_id": "a1" if to_partner else None,
            "due_at": NOW + timedelta(hours=24),
            "planned_at": NOW,
            "changed_at": NOW,
            "ready_at": NOW,
            "address": "warga@contoh.example",
            "name": "Sri" if to_partner else "",
            "link": "https://simpul.example/kota-cirebon/login/rahasia"
            if template.endswith("_link") or to_officer
            else "",
            **more,
        }
    )


def written(delivery: Delivery, bulletin: Bulletin | None = None) -> tuple[bytes, str, str]:
    mailer = Mailer(public_url="https://simpul.example", mail_from="kabar@simpul.example", keys=KEYS)
    raw = mailer.message(delivery, bulletin or a_bulletin(), OFFICE, now=NOW)
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    return raw, part(letter, "plain"), part(letter, "html")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_letter_can_be_written_and_leaves_no_mark(name: str, language: str) -> None:
    delivery = a_delivery(name, language)

    raw, text, html = written(delivery)

    assert letter_name(delivery) == name
    assert not re.search(r"XQ[0-9A-F]{12}", raw.decode() + text + html)
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("name", NAMES)
def test_no_foreign_word_stands_in_a_letter(name: str) -> None:
    quiet = a_bulletin(claim="x", fact="x", explanation="x", change_note="x")

    _, indonesian, _ = written(a_delivery(name), quiet)
    _, english, _ = written(a_delivery(name, "en"), quiet)

    without_links = re.compile(r"\S*https?://\S+|Dinas.*|.*Pemerintah.*")
    assert not ENGLISH.search(without_links.sub("", indonesian))
    assert not INDONESIAN.search(without_links.sub("", english))


@pytest.mark.parametrize("name", ["interim.report", "receipt.report"])
def test_a_promise_that_has_passed_is_not_made_again(name: str) -> None:
    _, late, _ = written(a_delivery(name, due_at=NOW))
    _, early, _ = written(a_delivery(name, due_at=NOW + timedelta(seconds=1)))

    assert ("paling lambat" in early, "paling lambat" in late) == (True, False)
    assert "Kami kabari begitu ada jawabannya." in late


@pytest.mark.parametrize(("language", "said"), [("id", "di luar wilayah"), ("en", "outside our area or power")])
def test_who_is_not_answered_is_told_why_in_the_words_of_the_ticket(language: str, said: str) -> None:
    _, text, html = written(a_delivery("not_continued.report", language))

    assert said in text
    assert said in html


def test_the_offices_own_reason_is_no_markup_and_a_confidential_report_hears_none() -> None:
    _, text, html = written(a_delivery("not_continued.report", note="Bukan <b>klaim</b>"))
    _, private, _ = written(a_delivery("not_continued.private", note="Bukan klaim"))

    assert "Bukan <b>klaim</b>" in text
    assert "Bukan &lt;b&gt;klaim" in html
    assert "klaim" not in private


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_letter_offers_an_objection_that_nobody_takes(name: str, language: str) -> None:
    _, text, html = written(a_delivery(name, language))

    assert not re.search("sanggahan|objection|appeal", text + html, re.IGNORECASE)


@pytest.mark.parametrize("name", ["answer.private", "correction.private"])
def test_a_confidential_report_is_answered_without_a_word_of_its_topic(name: str) -> None:
    raw, text, html = written(a_delivery(name))

    for secret in ("PDAM", "pipa", "KLR-CRB"):
        assert secret not in raw.decode() + text + html


def test_the_fact_comes_first_and_the_verdict_sits_on_the_claim() -> None:
    _, _, html = written(a_delivery("answer.report"))

    assert html.index("Air PDAM aman dipakai.</h1>") < html.index("Klaim yang beredar") < html.index("SALAH")


def test_what_people_wrote_is_no_markup() -> None:
    _, _, html = written(a_delivery("answer.report"), a_bulletin(claim="<script>alert(1)</script>{{ 7*7 }}"))

    assert "<script>" not in html
    assert "{{ 7*7 }}" in html


def test_a_letter_offers_one_click_to_unsubscribe_and_a_log_in_link_does_not() -> None:
    answer, _, _ = written(a_delivery("answer.report"))
    log_in, _, _ = written(a_delivery("login_link.partner"))

    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in answer
    assert b"List-Unsubscribe: <https://simpul.example/kota-cirebon/u/k1." in answer
    assert b"List-Unsubscribe" not in log_in


def test_the_next_news_are_promised_in_the_offices_own_hours() -> None:
    _, text, _ = written(a_delivery("interim.report"))

    assert "paling lambat Rabu, 25 November 2026, 16.00 WIB" in text
    assert "Mohon jangan teruskan dulu." in text


def test_whatsapp_says_it_in_one_line_with_a_link_that_types_it_in() -> None:
    delivery = a_delivery("answer.report", channel="whatsapp_manual", address="+6281200002066")

    text = whatsapp.text(delivery, a_bulletin(), OFFICE, public_url="https://simpul.example", keys=KEYS, now=NOW)

    assert text == (
        "Laporan CRB-4F7K-9XM2 sudah dijawab: Air PDAM aman dipakai. "
        "Baca: https://simpul.example/kota-cirebon/clarifications/KLR-CRB-2026-0147 Balas STOP untuk berhenti."
    )
    assert whatsapp.link("+62 812-0000-2066", text).startswith("https://wa.me/6281200002066?text=Laporan%20CRB")


def test_an_unknown_verdict_is_shown_as_it_came() -> None:
    assert letters.verdict("half_true", "id").word == "HALF TRUE"


@pytest.mark.parametrize(("text", "ended"), [("Aman", "Aman."), ("Aman.", "Aman."), ("Aman!", "Aman!"), ("", "")])
def test_a_sentence_ends_once(text: str, ended: str) -> None:
    assert letters.sentence(text) == ended


def subject_of(raw: bytes) -> str:
    return str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])


def test_the_subject_to_a_partner_names_deadline_topic_and_fact() -> None:
    bulletin = a_bulletin(topic="air bersih", fact="Air PDAM “aman” dipakai di Harjamukti. " * 5)

    request, _, _ = written(a_delivery("partner_request.partner"), bulletin)
    correction, _, _ = written(a_delivery("correction.partner"), bulletin)

    assert subject_of(request) == (
        "Bersedia membagikan sebelum Rabu, 25 November 2026, 16.00 WIB? Air bersih: Air PDAM “aman” dipakai di "
        "Harjamukti. Air PDAM “aman” dipakai di… (KLR-CRB-2026-0147)"
    )
    assert "sebelum Rabu, 25 November 2026, 16.00 WIB. Air bersih: Air PDAM" in subject_of(correction)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_topic_of_the_case_page_has_its_words_in_a_subject(language: str) -> None:
    words = [letters.topic(code, language) for code in TOPICS]

    assert len(set(words)) == len(TOPICS)
    assert letters._TOPICS[language].keys() == set(TOPICS)
    assert "_" not in "".join(words)


def test_a_subject_names_the_topic_in_the_language_of_its_reader() -> None:
    request, _, _ = written(a_delivery("partner_request.partner"), a_bulletin(topic="social_aid"))
    english, _, _ = written(a_delivery("partner_request.partner", "en"), a_bulletin(topic="government"))

    assert "WIB? Bantuan sosial: " in subject_of(request)
    assert "WIB? Government and policy: " in subject_of(english)


def test_two_bulletins_with_different_hours_are_two_letters() -> None:
    mailer = Mailer(public_url="https://simpul.example", mail_from="kabar@simpul.example", keys=KEYS)
    subjects = [
        subject_of(mailer.message(a_delivery("partner_request.partner", due_at=at), a_bulletin(), OFFICE, now=NOW))
        for at in (NOW, NOW + timedelta(hours=1))
    ]

    assert ["16.00" in one for one in subjects] == [True, False]


@pytest.mark.parametrize(
    "name", ["answer.report", "correction.report", "partner_request.partner", "correction.partner"]
)
@pytest.mark.parametrize(("language", "label"), [("id", "Sumber"), ("en", "Sources")])
def test_a_letter_keeps_paragraphs_and_lists_its_sources(name: str, language: str, label: str) -> None:
    references = (
        Reference(title="Hasil uji", url="https://pdam.example/uji?a=1&b=2", publisher="PDAM"),
        Reference(title="Surat edaran", url="Berkas Nomor 7"),
    )
    bulletin = a_bulletin(explanation="Satu.\r\n\r\nDua,\nbaris kedua.\n\n\n\nTiga.", references=references)

    _, text, html = written(a_delivery(name, language), bulletin)

    assert "Satu.\n\nDua,\nbaris kedua.\n\nTiga.\n\n" in text
    assert f"{label}\n1. Hasil uji, PDAM\n   https://pdam.example/uji?a=1&b=2\n2. Surat edaran\n\n" in text
    assert re.search(r">Satu\.</p>\s*<p[^>]*>Dua,<br>baris kedua\.</p>\s*<p[^>]*>Tiga\.</p>", html)
    assert 'href="https://pdam.example/uji?a=1&amp;b=2"' in html
    assert 'href="Berkas' not in html


OVERRIDE, ISOLATE, POP = "\u202e", "\u2068", "\u2069"


def test_what_turns_the_direction_of_a_text_turns_nothing_around_it() -> None:
    hostile = f"Air aman {OVERRIDE}gnapmag"
    bulletin = a_bulletin(claim=hostile, fact=hostile, explanation=hostile, topic=f"air{OVERRIDE}")

    delivery = a_delivery("partner_request.partner").model_copy(update={"name": f"Sri {OVERRIDE}irS"})

    raw, text, html = written(delivery, bulletin)
    _, told, _ = written(a_delivery("not_continued.report", note=hostile))

    assert OVERRIDE not in subject_of(raw)
    for part_ in (text, html, told):
        assert part_.count(OVERRIDE) == part_.count(ISOLATE) == part_.count(POP) > 0
    assert f"<bdi>{ISOLATE}{hostile}{POP}</bdi>" in html


def test_a_message_for_whatsapp_isolates_too() -> None:
    delivery = a_delivery("answer.report", channel="whatsapp_manual", address="+6281200002066")

    text = whatsapp.text(
        delivery,
        a_bulletin(fact=f"Aman {OVERRIDE}x"),
        OFFICE,
        public_url="https://simpul.example",
        keys=KEYS,
        now=NOW,
    )

    assert f"{ISOLATE}Aman {OVERRIDE}x.{POP}" in text
