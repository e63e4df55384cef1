"""What a published answer allows, as its office would say it."""

from typing import Any

import pytest

from libs.contracts.messages import Command
from libs.contracts.reports.clarification import (
    CountDemand,
    IssueClarification,
    PauseClarification,
    RetractClarification,
)
from libs.contracts.words import ClarificationState
from libs.runtime.errors import NotFound, Refused
from services.reports import clarification
from services.reports.clarification import Clarification
from tests.unit.reports.builders import DIMAS, NOON, REFERENCE, RINA, a_draft, context

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
