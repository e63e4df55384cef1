"""What a published answer allows, as its office would say it."""

from typing import Any

import pytest

from libs.contracts.messages import Command
from libs.contracts.reports.case import AbsorbCase, LinkReports, ReportsLinked, UnlinkReport
from libs.contracts.reports.clarification import (
    CountDemand,
    IssueClarification,
    PauseClarification,
    RetractClarification,
)
from libs.contracts.words import ClarificationState
from libs.runtime.errors import NotFound, Refused
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
from services.reports.clarification import rules as clarification
from services.reports.clarification.rules import Clarification
from tests.unit.reports.builders import DIMAS, NOON, REFERENCE, RINA, a_draft, a_published_case, context

EDITOR = type(RINA)("sari", ("editor",))


def issue(**changes: Any) -> IssueClarification:
    values: dict[str, Any] = {
        "clarification_id": "k",
        "case_id": "c",
        "number": "CRB-4F7K-9XM2",
        "version": 1,
        "draft": a_draft(),
        "references": (REFERENCE,),
        "topic": "social_aid",
        "area": None,
        "severity": 2,
        "author": "rina",
        "approvers": ("dimas",),
        "demand": 3,
        "at": NOON,
    }
    return IssueClarification(**{**values, **changes})


def after(state: Clarification | None, command: Command, actor: Any = None) -> Clarification:
    for event in clarification.decide(state, command, context(actor)):
        state = clarification.evolve(state, event)
    assert state is not None
    return state


def refusal(state: Clarification | None, command: Command, actor: Any = None) -> Refused:
    with pytest.raises(Refused) as refused:
        list(clarification.decide(state, command, context(actor)))
    return refused.value


def test_an_answer_is_issued_once_a_version() -> None:
    first = after(None, issue())
    second = after(first, issue(version=2, draft=a_draft(change_note="Jamnya"), demand=9))

    assert list(clarification.decide(second, issue(version=2), context())) == []
    assert list(clarification.decide(second, issue(version=1), context())) == []
    assert [v.version for v in second.versions] == [1, 2]


def test_a_correction_keeps_who_had_asked_and_when_it_was_first_published() -> None:
    asked = after(after(None, issue()), CountDemand(clarification_id="k"))

    corrected = after(asked, issue(version=2, demand=9))

    assert (corrected.demand, corrected.published_at) == (4, NOON)


def test_nobody_publishes_what_they_wrote_and_approved_themselves() -> None:
    assert refusal(None, issue(approvers=("rina",)), RINA).code == "self_approval"


@pytest.mark.parametrize("actor", [None, RINA, EDITOR])
def test_only_an_approver_retracts(actor: Any) -> None:
    published = after(None, issue())

    assert refusal(published, RetractClarification(clarification_id="k", reason="x"), actor).code == "role_missing"


def test_a_retraction_says_why_and_is_the_end() -> None:
    published = after(None, issue())
    why = RetractClarification(clarification_id="k", reason="Sumbernya ditarik.")

    silent = refusal(published, RetractClarification(clarification_id="k", reason=" "), DIMAS)
    retracted = after(published, why, DIMAS)

    assert silent.fields == ("reason",)
    assert (retracted.state, retracted.retraction) == (ClarificationState.RETRACTED, "Sumbernya ditarik.")
    for late in (why, CountDemand(clarification_id="k"), PauseClarification(clarification_id="k")):
        assert refusal(retracted, late, DIMAS).code == "state_conflict"


def test_an_answer_pauses_once_and_goes_on_once() -> None:
    published = after(None, issue())
    pause, go_on = PauseClarification(clarification_id="k"), PauseClarification(clarification_id="k", resume=True)

    paused = after(published, pause, EDITOR)

    assert refusal(published, pause, RINA).code == "role_missing"
    assert refusal(published, go_on, EDITOR).code == "state_conflict"
    assert refusal(paused, pause, EDITOR).code == "state_conflict"
    assert (paused.state, after(paused, go_on, DIMAS).state) == (
        ClarificationState.PAUSED,
        ClarificationState.PUBLISHED,
    )


def test_a_correction_of_a_paused_answer_is_published() -> None:
    paused = after(after(None, issue()), PauseClarification(clarification_id="k"), DIMAS)

    assert after(paused, issue(version=2)).state == ClarificationState.PUBLISHED


def test_an_answer_that_never_was_is_not_counted() -> None:
    with pytest.raises(NotFound):
        list(clarification.decide(None, CountDemand(clarification_id="k"), context()))


def test_how_many_asked_stays_the_reports_of_the_case_and_those_who_said_that_it_is_theirs() -> None:
    """Home, archive, answer, queue and ticket name one number: what joins, leaves or is merged later counts too."""
    both = ReportsLinked(case_id="c", report_ids=("r2", "r3"), count=2, last_at=NOON)
    reported = case.evolve(a_published_case(), both)
    answer = after(None, issue(clarification_id=str(reported.clarification_id), demand=reported.askers))
    absorb = AbsorbCase(case_id="c", absorbed="d", count=4, first_at=NOON, answer_due_at=NOON)

    for command in (
        LinkReports(case_id="c", report_ids=("r4", "r5"), first_received_at=NOON),
        UnlinkReport(case_id="c", report_id="r2"),
        absorb,
    ):
        for event in case.decide(reported, command, context()):
            reported = case.evolve(reported, event)
            for follow_up in after_case(event):
                if isinstance(follow_up.command, CountDemand):
                    answer = after(answer, follow_up.command)
    answer = after(answer, CountDemand(clarification_id=answer.clarification_id))

    assert reported.askers == 3 + 2 - 1 + 4
    assert answer.demand == reported.askers + 1


def test_nobody_ever_asked_less_than_not_at_all() -> None:
    assert after(after(None, issue(demand=0)), CountDemand(clarification_id="k", count=-1)).demand == 0
