from datetime import timedelta

import pytest

from libs.contracts.messages import Event
from libs.contracts.notify.delivery import PlanBulletin, PlanClosing
from libs.contracts.notify.subject import EndSubject, LinkSubject, NoteNews
from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reports.case import CaseClosed, CaseOpened
from libs.contracts.reports.report import (
    MessageAdded,
    ReportMatched,
    ReportMoved,
    ReportReceived,
    ReportScreenedOut,
    ReportWithdrawn,
)
from services.notify.reactions import reactions
from tests.unit.notify.builders import NOW, a_clarification, envelope

react = reactions(lambda tenant: 24)


def commands(event: Event, subject: str = "r1") -> list[object]:
    return [f.command for f in react(event, envelope(subject))]


def matched(**more: object) -> ReportMatched:
    return ReportMatched(
        **{"report_id": "r1", "outcome": "none", "kind": "hoax", "case_id": "c1", "received_at": NOW, **more}
    )


def test_a_published_answer_becomes_a_bulletin_with_a_deadline_for_partners() -> None:
    (command,) = commands(a_clarification())

    assert isinstance(command, PlanBulletin)
    assert command.partners_due_at == NOW + timedelta(hours=24)


def bulletin_of(version: int) -> str:
    (command,) = commands(a_clarification(version=version))
    assert isinstance(command, PlanBulletin)
    return command.bulletin_id


def test_each_version_is_a_bulletin_of_its_own_and_the_same_version_is_the_same() -> None:
    bulletins = [bulletin_of(version) for version in (1, 1, 2)]

    first, again, second = bulletins
    assert first == again
    assert first != second


def test_a_matched_report_is_linked_with_its_next_deadline() -> None:
    (command,) = commands(matched(answer_due_at=NOW))

    assert isinstance(command, LinkSubject)
    assert (command.case_id, command.answer_due_at) == ("c1", NOW)


def test_a_merge_moves_the_subject() -> None:
    (command,) = commands(ReportMoved(report_id="r1", case_id="c2"))

    assert isinstance(command, LinkSubject)
    assert command.case_id == "c2"


def test_a_refused_submission_ends_the_subject_of_its_report() -> None:
    (command,) = commands(ReportsRefused(command="reports.submit-report.v1", problem="validation"), "r7")

    assert command == EndSubject(report_id="r7", reason="refused")


def received(kind: str) -> ReportReceived:
    return ReportReceived(report_id="r1", kind=kind, number="n", received_at=NOW, answer_due_at=NOW)


@pytest.mark.parametrize("kind", ["aspiration", "complaint", "information_request"])
def test_what_is_put_into_no_case_is_known_as_soon_as_it_is_received(kind: str) -> None:
    (command,) = commands(received(kind))

    assert isinstance(command, LinkSubject)
    assert (command.case_id, command.answer_due_at) == (None, NOW)


def test_a_message_of_the_office_is_news_without_a_word_of_it() -> None:
    (command,) = commands(MessageAdded(report_id="r1", by_office=True, at=NOW))

    assert isinstance(command, NoteNews)
    assert (command.report_id, command.template, command.note) == ("r1", "message", "")


def test_a_report_that_is_screened_out_is_told_why() -> None:
    (command,) = commands(ReportScreenedOut(report_id="r1", reason="unclear"))

    assert isinstance(command, NoteNews)
    assert (command.template, command.note) == ("not_continued", "unclear")


def test_a_case_closed_without_an_answer_is_told_to_its_followers() -> None:
    (command,) = commands(CaseClosed(case_id="c1", reason="Tidak beredar lagi."), "c1")

    assert isinstance(command, PlanClosing)
    assert (command.case_id, command.reason, command.closed_at) == ("c1", "Tidak beredar lagi.", NOW)


@pytest.mark.parametrize(
    "event",
    [
        received("hoax"),
        MessageAdded(report_id="r1", by_office=False, at=NOW),
        CaseClosed(case_id="c1", reason="Sudah dijawab.", answered=True),
        ReportsRefused(command="reports.submit-report.v1", problem="key_reused"),
        ReportsRefused(command="reports.lease-case.v1", problem="state_conflict"),
        CaseOpened(case_id="c1", number="n", opened_at=NOW, answer_due_at=NOW, limit_at=NOW),
    ],
)
def test_what_does_not_concern_followers_is_passed_over(event: Event) -> None:
    assert commands(event) == []


def test_a_withdrawn_report_ends_its_subject() -> None:
    assert commands(ReportWithdrawn(report_id="r1")) == [EndSubject(report_id="r1", reason="withdrawn")]
