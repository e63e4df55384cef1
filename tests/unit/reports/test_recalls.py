"""A "Belum", a message or new evidence brings a case back to its owner, until an officer has dealt with it."""

from datetime import datetime, timedelta

import pytest

from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AdvanceWatch,
    CaseClosed,
    CasePublished,
    CloseCase,
    PublishCase,
    RecallCase,
    ReopenCase,
    SettleRecalls,
    TriageCase,
)
from libs.contracts.reports.clarification import IssueClarification
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.report import (
    AddEvidence,
    AddMessage,
    AnswerReport,
    MessageContent,
    MoveReport,
    Placement,
    PlaceReport,
    RateAnswer,
    RatingContent,
    ReportMatched,
    ReportMoved,
    SettleReport,
    WithdrawReport,
)
from libs.contracts.words import CaseState, ReportState
from libs.runtime.errors import Refused
from services.reports.case import ending
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
from services.reports.case.state import Case
from services.reports.clarification import rules as clarification
from services.reports.merging import marks_missing
from services.reports.report import rules as report
from services.reports.report.follow_ups import after_report
from services.reports.tickets import ticket_state
from tests.unit.reports.builders import (
    DIMAS,
    NOON,
    RINA,
    a_published_case,
    a_report,
    after,
    an_open_case,
    context,
    evolved,
)
from tests.unit.reports.report.test_rules import PICTURE

BELUM = Mark(report_id="r", n=1, reason="not_answered", at=NOON)
SAID = RatingContent(text="Kapan airnya jernih lagi?")


def placed(case_id: str = "c", **changes: object) -> report.Report:
    placement = Placement(outcome="match", case_id=case_id)
    state = a_report(**changes)
    return evolved(state, report.decide(state, PlaceReport(report_id="r", placement=placement), context()))


def rated(state: report.Report, *, helpful: bool = False, text: str = SAID.text) -> report.Report:
    rate = RateAnswer(report_id="r", helpful=helpful, answered=True)
    return evolved(state, report.decide(state, rate, context(private=RatingContent(text=text))))


def recalled(state: Case, mark: Mark = BELUM) -> Case:
    return after(state, RecallCase(case_id=state.case_id, mark=mark))


def test_a_belum_is_told_to_the_case_without_what_was_said() -> None:
    state = placed()
    (event,) = report.decide(state, RateAnswer(report_id="r", helpful=False, answered=True), context(private=SAID))

    (follow,) = after_report(type(event).model_validate_json(event.model_dump_json(exclude=set(event.private))))

    assert isinstance(follow.command, RecallCase)
    assert (follow.command.case_id, follow.command.mark.reason) == ("c", "not_answered")
    assert SAID.text not in follow.command.model_dump_json()


def test_the_reporter_and_the_officers_read_what_a_belum_said() -> None:
    (line,) = rated(placed()).messages

    assert (line.text, line.about, line.by_office) == (SAID.text, "not_answered", False)


def test_a_belum_pressed_twice_marks_once_and_one_with_more_words_is_not_lost() -> None:
    once = rated(placed(), text="")

    assert rated(once, text="") == once
    assert len(rated(once, text="Jamnya belum ada.").messages) == 1


def test_only_an_answer_can_be_rated() -> None:
    """A "Ya" before there was one ended the report, and a "Belum" took a withdrawn one up again."""
    with pytest.raises(Refused) as early:
        list(report.decide(placed(), RateAnswer(report_id="r", helpful=True), context()))
    gone = evolved(placed(), report.decide(placed(), WithdrawReport(report_id="r"), context()))
    with pytest.raises(Refused) as late:
        list(report.decide(gone, RateAnswer(report_id="r", helpful=False, answered=True), context()))

    assert [early.value.code, late.value.code] == ["state_conflict", "state_conflict"]


def test_a_published_case_with_a_belum_is_in_the_queue_again_and_its_answer_stays() -> None:
    published = a_published_case()

    back = recalled(published)

    assert (case.index_fields(published)["open"], case.index_fields(back)["open"]) == (False, True)
    assert (back.state, back.version, case.index_fields(back)["unread"]) == (CaseState.PUBLISHED, 1, 1)


def test_the_same_mark_comes_once_and_not_again_after_it_was_dealt_with() -> None:
    twice = recalled(recalled(a_published_case()))
    settled = after(twice, SettleRecalls(case_id="c"), RINA)

    assert len(twice.marks) == 1
    assert recalled(settled).marks == ()


def test_what_was_dealt_with_before_the_mark_arrived_does_not_come_back() -> None:
    settled = after(a_published_case(), SettleRecalls(case_id="c", report_id="r", upto=1))

    assert recalled(settled).marks == ()
    later = recalled(settled, BELUM.model_copy(update={"n": 2}))
    assert len(later.marks) == 1


def test_a_watched_case_does_not_rest_while_somebody_waits_to_be_heard() -> None:
    watched = after(a_published_case(), AdvanceWatch(case_id="c"), at=NOON + ending.FRESH)
    late = NOON + ending.WATCHED + timedelta(days=1)

    back = recalled(watched)
    held = after(back, AdvanceWatch(case_id="c"), at=late)
    settled = after(held, SettleRecalls(case_id="c"), RINA, at=late)

    assert held.state == CaseState.MONITORING
    assert after(settled, AdvanceWatch(case_id="c"), at=late).state == CaseState.CLOSED


def test_a_case_that_rests_after_its_answer_can_be_corrected_when_a_belum_comes() -> None:
    rests = after(a_published_case(), CloseCase(case_id="c"), RINA)

    assert recalled(rests).state == CaseState.MONITORING


def test_a_message_takes_up_a_case_that_was_closed_without_an_answer() -> None:
    triaged = after(an_open_case(), TriageCase(case_id="c", severity=1, topic="law"), RINA)
    closed = after(triaged, CloseCase(case_id="c", reason="Tidak bisa diperiksa"), RINA)

    back = recalled(closed, BELUM.model_copy(update={"reason": "message"}))

    assert (back.state, back.closed_reason, back.owner) == (CaseState.TRIAGED, "", closed.owner)


def test_message_and_evidence_of_a_reporter_mark_and_an_officers_answer_settles() -> None:
    asked = placed()
    written = evolved(
        asked, report.decide(asked, AddMessage(report_id="r"), context(private=MessageContent(text="Sampai mana?")))
    )
    sent = evolved(written, report.decide(written, AddEvidence(report_id="r", attachments=(PICTURE,)), context()))
    (reply,) = report.decide(sent, AddMessage(report_id="r"), context(RINA, private=MessageContent(text="Besok.")))
    (settle,) = after_report(reply)

    assert [m.reason for m in sent.marks] == ["message", "evidence"]
    assert report.evolve(sent, reply).marks == ()
    assert settle.command == SettleRecalls(case_id="c", report_id=sent.report_id, upto=2)


def test_dealt_with_by_an_officer_the_report_counts_as_answered_and_may_be_rated_again() -> None:
    reopened = rated(placed())

    settled = evolved(reopened, report.decide(reopened, SettleReport(report_id="r", upto=1), context(RINA)))

    assert (reopened.state, reopened.helpful) == (ReportState.REOPENED, False)
    assert (settled.state, settled.helpful, settled.marks) == (ReportState.LINKED, None, ())
    assert list(report.decide(settled, SettleReport(report_id="r", upto=1), context(RINA))) == []


def test_after_a_belum_the_ticket_is_being_checked_until_a_newer_version_answers() -> None:
    published, reopened = a_published_case(), rated(placed())
    answer = an_answer(published, at=NOON - timedelta(hours=1))

    assert ticket_state(placed(), published, answer) == "answered"
    assert ticket_state(reopened, published, answer) == "checking"
    newer = an_answer(published, at=NOON + timedelta(hours=1))
    assert ticket_state(reopened, published, newer) == "answered"


def an_answer(published: Case, *, at: datetime) -> clarification.Clarification:
    (event,) = (e for e in _published_again(published) if isinstance(e, CasePublished))
    (issue,) = after_case(event)
    assert isinstance(issue.command, IssueClarification)
    (issued,) = clarification.decide(None, issue.command.model_copy(update={"at": at}), context())
    return clarification.evolve(None, issued)


def _published_again(published: Case) -> list[Event]:
    decided = published.model_copy(update={"state": CaseState.DECIDED})
    return list(case.decide(decided, PublishCase(case_id="c"), context(DIMAS)))


def test_nobody_but_an_officer_says_that_it_was_dealt_with() -> None:
    with pytest.raises(Refused) as refused:
        list(report.decide(rated(placed()), SettleReport(report_id="r"), context()))
    with pytest.raises(Refused) as of_the_case:
        list(case.decide(recalled(a_published_case()), SettleRecalls(case_id="c"), context()))

    assert [refused.value.code, of_the_case.value.code] == ["role_missing", "role_missing"]


def test_marks_go_along_when_a_report_moves_or_is_placed_anew() -> None:
    reopened = rated(placed())
    (moved,) = report.decide(reopened, MoveReport(report_id="r", into="d", out_of="c"), context())
    elsewhere = PlaceReport(report_id="r", placement=Placement(outcome="match", case_id="e"))
    waits = reopened.model_copy(update={"ask_again_at": NOON})
    (matched,) = report.decide(waits, elsewhere, context())

    assert isinstance(moved, ReportMoved)
    assert isinstance(matched, ReportMatched)
    told = [f.command for e in (moved, matched) for f in after_report(e) if isinstance(f.command, RecallCase)]
    assert [(c.case_id, c.mark.n) for c in told] == [("d", 1), ("e", 1)]


def test_a_report_that_has_left_a_case_is_not_moved_out_of_it() -> None:
    assert list(report.decide(placed("elsewhere"), MoveReport(report_id="r", into="d", out_of="c"), context())) == []


def test_a_mark_that_never_arrived_is_told_again() -> None:
    reopened = rated(placed())
    published = a_published_case().model_copy(update={"case_id": "c"})

    (recall,) = marks_missing(reopened, published)

    assert marks_missing(reopened, after(published, recall)) == []


def test_a_belum_to_an_answer_for_one_person_comes_back_to_the_one_by_one_list() -> None:
    aspiration = a_report(kind="aspiration")
    answer = AnswerReport(report_id="r", outcome="clarified")
    said = context(RINA, private=MessageContent(text="Jalan itu diperbaiki bulan depan."))
    answered = evolved(aspiration, report.decide(aspiration, answer, said))

    reopened = rated(answered)
    again = evolved(reopened, report.decide(reopened, answer, said))

    assert (report.index_fields(reopened)["unread"], reopened.state) == (True, ReportState.REOPENED)
    assert (again.state, again.marks, again.helpful) == (ReportState.ANSWERED, (), None)
    assert "unread" not in report.index_fields(again)


def test_closing_a_case_without_an_answer_needs_a_reason_and_ends_its_reports_with_it() -> None:
    opened = recalled(an_open_case())
    with pytest.raises(Refused) as refused:
        list(case.decide(opened, CloseCase(case_id="c", reason=" "), context(RINA)))

    (closed,) = case.decide(opened, CloseCase(case_id="c", reason="Tidak bisa diperiksa"), context(RINA))
    assert isinstance(closed, CaseClosed)
    state, asker = case.evolve(opened, closed), placed()

    assert refused.value.fields == ("reason",)
    assert (closed.answered, closed.number) == (False, opened.number)
    assert [f.step for f in after_case(closed)] == ["settle|r"]
    assert ticket_state(asker, state, None) == "not_continued"
    later = asker.model_copy(update={"received_at": NOON + timedelta(hours=1)})
    assert ticket_state(later, state, None) != "not_continued"


def test_a_retracted_answer_brings_its_case_back_to_be_worked_on() -> None:
    published = a_published_case()

    back = after(published, ReopenCase(case_id="c", reason="retracted", version=1))
    stale = list(case.decide(published, ReopenCase(case_id="c", reason="retracted", version=0), context()))

    assert (back.state, back.answered, case.index_fields(back)["open"]) == (CaseState.DRAFTING, False, True)
    assert len(stale) == 1
    corrected = published.model_copy(update={"version": 2})
    assert list(case.decide(corrected, ReopenCase(case_id="c", reason="retracted", version=1), context())) == []


def test_the_matcher_asked_again_does_not_take_up_what_an_officer_closed() -> None:
    closed = after(an_open_case(), CloseCase(case_id="c", reason="Tidak bisa diperiksa"), RINA)
    stays = next(iter(after_report(_matched_again()))).command

    assert after(closed, stays).state == CaseState.CLOSED


def _matched_again() -> ReportMatched:
    return ReportMatched(
        report_id="r", outcome="none", kind="hoax", case_id="c", previous_case_id="c", received_at=NOON, attempt=2
    )
