"""What becomes of one report."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.reports.case import LinkReports
from libs.contracts.reports.parts import Attachment, Candidate
from libs.contracts.reports.report import (
    AddMessage,
    AnswerReport,
    EvidenceTaken,
    MessageContent,
    MoveReport,
    Placement,
    PlaceReport,
    PlacingPutOff,
    RateAnswer,
    RecordEvidence,
    RejectMatch,
    ReportContent,
    ReportMatched,
    ReportReceived,
    ScreenOutReport,
    WithdrawReport,
)
from libs.contracts.words import Intake, ReportState
from libs.runtime.errors import Refused
from services.reports import kinds
from services.reports.report import rules as report
from services.reports.report.follow_ups import after_report
from tests.unit.reports.builders import DIMAS, NOON, RINA, a_report, context, evolved, submission

KIM, LIAISON = Actor("kim", ("partner",)), Actor("agus", ("liaison",))
TOLD = ReportContent(text="Beredar kabar bantuan.")
PICTURE = Attachment(blob_id="blob-1", sha256="0" * 64, media_type="image/jpeg", size=1000)


def done(state: report.Report, command: Any, actor: Any = None, private: Any = None) -> report.Report:
    return evolved(state, report.decide(state, command, context(actor, private=private)))


def refusal(state: report.Report | None, command: Any, actor: Any = None, private: Any = None) -> Refused:
    with pytest.raises(Refused) as refused:
        list(report.decide(state, command, context(actor, private=private)))
    return refused.value


def placed(state: report.Report, outcome: str, case_id: str | None = None) -> report.Report:
    placement = Placement(outcome=outcome, case_id=case_id)
    return done(state, PlaceReport(report_id=state.report_id, placement=placement))


def received_of(command: Any, actor: Actor) -> report.Report:
    (event,) = report.decide(None, command, context(actor, private=TOLD))
    return report.evolve(None, event)


def test_a_report_needs_a_text_a_link_or_a_picture() -> None:
    assert refusal(None, submission(), private=ReportContent(text="  ")).fields == ("text",)
    assert refusal(None, submission(), private=ReportContent(text="\u200b\u3164")).fields == ("text",)
    assert isinstance(
        next(iter(report.decide(None, submission(attachments=(PICTURE,)), context(private=ReportContent())))),
        ReportReceived,
    )


def test_a_hoax_without_an_answer_opens_a_case_of_its_own() -> None:
    linked = placed(a_report(), "none")

    assert (linked.state, linked.case_id) == (ReportState.LINKED, linked.own_case())


def test_a_hoax_that_was_answered_joins_the_case_of_the_answer() -> None:
    assert placed(a_report(), "match", "case-of-the-answer").case_id == "case-of-the-answer"


def test_other_kinds_open_no_case() -> None:
    wish = a_report(kind="aspiration")

    assert placed(wish, "none").case_id is None
    assert wish.state == ReportState.RECEIVED


def test_placing_twice_is_placing_once() -> None:
    once = done(a_report(), PlaceReport(report_id="r", attempt=1, placement=Placement(outcome="none")))

    again = list(report.decide(once, PlaceReport(report_id="r", attempt=1), context()))

    assert again == []


def test_when_the_matcher_is_away_the_report_is_placed_and_asked_about_again() -> None:
    unmatched = placed(a_report(), "unmatched")

    assert unmatched.case_id == unmatched.own_case()
    assert [d.name for d in report.due(unmatched)] == ["ask_again"]
    assert list(report.due(placed(unmatched, "none"))) == []


def tried(state: report.Report, at: datetime) -> report.Report:
    placement = Placement(outcome="unmatched", asked_at=at)
    return done(state, PlaceReport(report_id=state.report_id, attempt=state.attempts + 1, placement=placement))


def test_the_pause_begins_when_the_try_ended_and_not_when_the_report_came() -> None:
    """Behind a backlog of ten minutes every pause was over before it began: all tries were due at once."""
    late = NOON + timedelta(minutes=10)

    (again,) = report.due(tried(a_report(), late))

    assert timedelta(seconds=45) <= again.at - late <= timedelta(minutes=1)


def test_pauses_grow_to_five_minutes_and_a_report_is_never_given_up() -> None:
    state, now, pauses = a_report(), NOON, []
    for _ in range(40):
        state = tried(state, now)
        (again,) = report.due(state)
        pauses.append(again.at - now)
        now = again.at

    assert pauses == sorted(pauses)
    assert pauses[0] * 3 < pauses[-1] <= timedelta(minutes=5)
    assert (state.attempts, state.case_id) == (40, state.own_case())


def test_reports_that_were_put_off_together_do_not_come_back_together() -> None:
    pauses = {report.pause_before(2, str(n)) for n in range(100)}

    assert len(pauses) == 100


def test_a_try_in_vain_changes_nothing_but_the_time_of_the_next() -> None:
    once = tried(a_report(), NOON)
    command = PlaceReport(report_id="r", attempt=2, placement=Placement(outcome="unmatched", asked_at=NOON))

    (put_off,) = report.decide(once, command, context())

    assert isinstance(put_off, PlacingPutOff)
    assert list(after_report(put_off)) == []


def test_the_timer_says_which_try_it_is_so_that_one_that_came_too_late_is_none() -> None:
    (timer,) = report.due(tried(a_report(), NOON))
    command = kinds.REPORT.timers[timer.name]("r", timer)
    answered = done(tried(a_report(), NOON), command.model_copy(update={"placement": Placement(outcome="none")}))

    assert isinstance(command, PlaceReport)
    assert command.attempt == 2
    assert list(report.decide(answered, command, context())) == []


def test_an_officer_who_places_a_report_ends_the_asking() -> None:
    moved = done(tried(a_report(), NOON), MoveReport(report_id="r", into="merged"))

    assert list(report.due(moved)) == []
    assert not report.is_to_be_placed(moved, PlaceReport(report_id="r", attempt=2))
    assert not report.is_to_be_placed(moved, PlaceReport(report_id="r"))


@pytest.mark.parametrize(
    "command", [WithdrawReport(report_id="r"), RateAnswer(report_id="r", helpful=True, answered=True)]
)
def test_a_report_that_has_ended_is_not_asked_about_again(command: Any) -> None:
    assert list(report.due(done(tried(a_report(), NOON), command))) == []


def test_what_was_put_off_before_keeps_the_time_that_it_had() -> None:
    state = a_report()
    event = ReportMatched(
        report_id="r", outcome="unmatched", kind="hoax", case_id="c", attempt=3, received_at=state.received_at
    )

    assert report.evolve(state, event).ask_again_at == state.received_at + timedelta(minutes=4)


def test_suggestions_are_kept_for_the_officer_and_decide_nothing() -> None:
    candidate = Candidate(id="x", kind="clarification", case_id="x", score=0.5)
    state = a_report()
    command = PlaceReport(report_id="r", placement=Placement(outcome="suggest", candidates=(candidate,)))

    linked = done(state, command)

    assert linked.case_id == linked.own_case()
    assert linked.suggestions == (candidate,)


def test_this_is_not_what_i_reported_opens_another_case() -> None:
    matched = placed(a_report(), "match", "wrong-case")

    rejected = done(matched, RejectMatch(report_id="r"))
    own = placed(rejected, "none")

    assert rejected.refused == ("wrong-case",)
    assert own.case_id not in ("wrong-case", matched.own_case())


def test_a_case_that_the_report_opened_itself_cannot_be_rejected() -> None:
    assert refusal(placed(a_report(), "none"), RejectMatch(report_id="r")).code == "state_conflict"


def test_a_picture_is_taken_once_and_its_words_are_kept() -> None:
    state = a_report(attachments=(PICTURE,))
    command = RecordEvidence(report_id="r", blob_id="blob-1", sha256="0" * 64, picture_marks=("a1", "b2"))
    command = command.model_copy(update={"perceptual_hash": "ff" * 32})

    (taken,) = report.decide(state, command, context(private=MessageContent(text="BANTUAN 600 RIBU")))
    after = report.evolve(state, taken)

    assert isinstance(taken, EvidenceTaken)
    assert (taken.complete, after.words) == (True, "BANTUAN 600 RIBU")
    assert [(picture.blob_id, picture.hash) for picture in after.pictures] == [("blob-1", "ff" * 32)]
    assert report.index_fields(after)["pictures"] == ["a1", "b2"]
    assert list(report.decide(after, command, context())) == []
    assert report.index_fields(state)["evidence_due"]
    assert "evidence_due" not in report.index_fields(after)


def test_a_picture_of_another_report_is_refused() -> None:
    command = RecordEvidence(report_id="r", blob_id="blob-9", sha256="0" * 64)

    assert refusal(a_report(attachments=(PICTURE,)), command).fields == ("blob_id",)


def test_a_withdrawn_report_stays_withdrawn() -> None:
    withdrawn = done(a_report(), WithdrawReport(report_id="r"))

    assert withdrawn.state == ReportState.WITHDRAWN
    assert refusal(withdrawn, WithdrawReport(report_id="r")).code == "state_conflict"
    assert list(report.decide(withdrawn, MoveReport(report_id="r", into="x"), context())) == []


def test_messages_say_who_wrote_them_and_need_words() -> None:
    asked = done(a_report(), AddMessage(report_id="r"), private=MessageContent(text="Sudah bening sekarang."))
    answered = done(asked, AddMessage(report_id="r"), RINA, MessageContent(text="Terima kasih."))

    assert [m.by_office for m in answered.messages] == [False, True]
    assert refusal(asked, AddMessage(report_id="r"), private=MessageContent(text=" ")).fields == ("text",)
    assert refusal(asked, AddMessage(report_id="r"), private=MessageContent(text="\u2060\u2800")).fields == ("text",)


def test_an_answer_that_did_not_answer_reopens() -> None:
    assert done(a_report(), RateAnswer(report_id="r", helpful=False, answered=True)).state == ReportState.REOPENED
    assert done(a_report(), RateAnswer(report_id="r", helpful=True, answered=True)).state == ReportState.CLOSED


def test_only_officers_answer_and_only_kinds_that_are_answered_one_by_one() -> None:
    wish, text = a_report(kind="aspiration"), MessageContent(text="Lampu dipasang pekan depan.")
    command = AnswerReport(report_id="r", outcome="solved")

    answered = done(wish, command, RINA, text)

    assert (answered.state, answered.answer) == (ReportState.ANSWERED, text.text)
    assert refusal(answered, command, RINA, text).code == "already_answered"
    assert refusal(wish, command, None, text).code == "role_missing"
    assert refusal(a_report(), command, RINA, text).code == "state_conflict"


def test_what_is_screened_out_says_why() -> None:
    out = done(a_report(), ScreenOutReport(report_id="r", reason="spam"), RINA)

    assert (out.state, out.screened_reason) == (ReportState.SCREENED_OUT, "spam")


def test_promises_come_from_the_hours_that_the_office_had_at_the_time() -> None:
    state = a_report(answer_hours=6, limit_hours=12)

    assert state.answer_due_at is not None
    assert (state.answer_due_at - NOON).total_seconds() == 6 * 3600


def test_an_officer_enters_a_report_in_their_own_name_only() -> None:
    entered = submission(intake=Intake.WALK_IN, entered_by=RINA.id)

    (received,) = report.decide(None, entered, context(RINA, private=TOLD))

    assert isinstance(received, ReportReceived)
    assert (received.intake, received.entered_by) == ("walk_in", "rina")
    assert refusal(None, entered, private=TOLD).code == "role_missing"
    assert refusal(None, entered, LIAISON, TOLD).code == "role_missing"
    assert refusal(None, entered, DIMAS, TOLD).code == "forbidden"


def test_a_partner_reports_in_their_own_name_only() -> None:
    reported = submission(intake=Intake.PARTNER, partner_id="kim")

    (received,) = report.decide(None, reported, context(KIM, private=TOLD))

    assert isinstance(received, ReportReceived)
    assert received.partner_id == "kim"
    assert refusal(None, reported, private=TOLD).code == "role_missing"
    assert refusal(None, reported, RINA, TOLD).code == "role_missing"
    assert refusal(None, reported, Actor("other", ("partner",)), TOLD).code == "forbidden"


def test_what_a_partner_reported_says_so_to_its_case_once() -> None:
    received = received_of(submission(partner_id="kim"), KIM)
    (matched,) = report.decide(
        received, PlaceReport(report_id=received.report_id, placement=Placement(outcome="none")), context()
    )
    (link,) = (f.command for f in after_report(matched))

    assert isinstance(link, LinkReports)
    assert (link.by_partner, link.asks) == (True, True)


def test_nobody_asks_about_a_post_that_an_officer_saw() -> None:
    command = submission(intake=Intake.POST_SEEN, entered_by=RINA.id)
    seen = received_of(command, RINA)
    (matched,) = report.decide(
        seen, PlaceReport(report_id=seen.report_id, placement=Placement(outcome="none")), context()
    )
    linked = evolved(seen, [matched])
    (left,) = report.decide(linked, ScreenOutReport(report_id=seen.report_id, reason="unclear"), context(RINA))

    asked = [f.command.asks for e in (matched, left) for f in after_report(e)]  # type: ignore[attr-defined]
    assert asked == [False, False]
