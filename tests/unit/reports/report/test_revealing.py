"""Personal data in a report is masked for officers, until one says why it must be read."""

from datetime import timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.reports.report import PersonalDataRevealed, RevealContent, RevealPersonalData
from libs.runtime.aggregates import ERASED
from libs.runtime.errors import Refused
from services.reports.report import rules as report
from services.reports.report.masking import Reader
from services.reports.report.reads import report_row
from tests.unit.reports.builders import NOON, RINA, a_report, context, evolved

PHONE, NIK = "0812-3456-7890", "3274011205900003"
LATER = NOON + timedelta(minutes=14)
TOO_LATE = NOON + timedelta(minutes=15)
DIMAS = Actor("dimas", ("approver",))
LEADER = Actor("leader", ("leader",))


def a_personal_report() -> report.Report:
    return a_report().model_copy(
        update={
            "text": f"Hubungi {PHONE} untuk bansos, ada hotline 112",
            "urls": ("https://wa.me/6281234567890",),
            "doubt": f"nomor {PHONE} itu milik tetangga",
            "words": f"NIK {NIK}",
            "messages": (
                report.Line(by_office=False, at=NOON, text=f"NIK saya {NIK}"),
                report.Line(by_office=True, at=NOON, text="Hubungi kami di 0812-0000-1111"),
            ),
        }
    )


def revealed(state: report.Report, actor: Actor = RINA, reason: str = "verify", note: str = "") -> report.Report:
    command = RevealPersonalData(report_id=state.report_id, reason=reason)
    private = RevealContent(note=note) if note else None
    return evolved(state, report.decide(state, command, context(actor, private=private)))


def test_an_officer_reads_no_number_of_a_person_and_every_number_of_the_claim() -> None:
    row = report_row(a_personal_report(), Reader("rina", NOON))

    assert row.text == "Hubungi 08••••••••90 untuk bansos, ada hotline 112"
    assert row.urls == ("https://wa.me/628••••••••90",)
    assert PHONE not in row.doubt
    assert NIK not in row.words
    assert [NIK in m.text for m in row.messages] == [False, False]
    assert row.messages[1].text.endswith("0812-0000-1111"), "what the office wrote is its own"
    assert row.masked == 5
    assert row.revealed_until is None


def test_who_says_why_reads_it_for_a_quarter_of_an_hour_and_nobody_else_does() -> None:
    state = revealed(a_personal_report())

    assert PHONE in report_row(state, Reader("rina", LATER)).text
    assert report_row(state, Reader("rina", LATER)).revealed_until == TOO_LATE
    assert PHONE not in report_row(state, Reader("rina", TOO_LATE)).text
    assert PHONE not in report_row(state, Reader("dimas", LATER)).text
    assert PHONE not in report_row(state).text
    assert [(r.officer, r.reason) for r in report_row(state).reveals] == [("rina", "verify")]


def test_it_is_noted_who_looked_and_why_and_the_words_stay_sealed() -> None:
    command = RevealPersonalData(report_id="r", reason="other")
    (event,) = report.decide(
        a_personal_report(), command, context(RINA, private=RevealContent(note="diminta penyidik"))
    )

    assert isinstance(event, PersonalDataRevealed)
    assert (event.officer, event.reason, event.at) == ("rina", "other", NOON)
    assert "note" in PersonalDataRevealed.private


@pytest.mark.parametrize(
    ("actor", "reason", "note", "code"),
    [
        (RINA, "other", "", "validation"),
        (RINA, "other", "\u200b ", "validation"),
        (LEADER, "verify", "", "role_missing"),
        (None, "verify", "", "role_missing"),
    ],
)
def test_without_a_reason_or_a_role_nothing_is_shown(actor: Actor | None, reason: str, note: str, code: str) -> None:
    state = a_personal_report()
    private = RevealContent(note=note) if note else None

    with pytest.raises(Refused) as refused:
        list(report.decide(state, RevealPersonalData(report_id="r", reason=reason), context(actor, private=private)))

    assert refused.value.code == code


def test_of_a_report_that_was_erased_nobody_looked_at_anything() -> None:
    state = revealed(a_personal_report()).model_copy(update={"looks": ERASED, "text": ERASED})

    assert report_row(state, Reader("rina", LATER)).reveals == ()
    assert report_row(state, Reader("rina", LATER)).revealed_until is None


def test_only_the_last_looks_are_carried_along() -> None:
    state = a_personal_report()
    for _ in range(30):
        state = revealed(state, DIMAS)

    assert len(state.looks) == report.MOST_LOOKS
