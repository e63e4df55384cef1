from datetime import timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.notify.delivery import (
    AnswerAssignment,
    AssignmentAcknowledged,
    AssignmentDeclined,
    AssignmentLapsed,
    LapseAssignment,
)
from libs.runtime.errors import NotFound, Refused
from services.notify.assignment.rules import due
from services.notify.kinds import ASSIGNMENT
from tests.unit.notify.builders import NOW, OFFICER, PARTNER, Story, context, offer

READY = AnswerAssignment(assignment_id="a1", ready=True)


def offered() -> Story:
    story = Story(ASSIGNMENT)
    story.tell(offer())
    return story


def test_offering_twice_offers_once() -> None:
    assert offered().tell(offer()) == []


def test_a_partner_says_ready() -> None:
    (event,) = offered().tell(READY, context(actor=PARTNER))

    assert isinstance(event, AssignmentAcknowledged)


def test_a_partner_declines_with_a_reason() -> None:
    story = offered()

    (event,) = story.tell(AnswerAssignment(assignment_id="a1", ready=False, reason="no_time"), context(actor=PARTNER))

    assert isinstance(event, AssignmentDeclined)
    assert (story.state.state, story.state.reason) == ("declined", "no_time")


def test_declining_without_a_reason_names_the_field() -> None:
    with pytest.raises(Refused) as refused:
        offered().tell(AnswerAssignment(assignment_id="a1", ready=False), context(actor=PARTNER))

    assert (refused.value.code, refused.value.fields) == ("validation", ("reason",))


def test_an_answer_is_given_once() -> None:
    story = offered()
    story.tell(READY, context(actor=PARTNER))

    with pytest.raises(Refused, match="already_answered"):
        story.tell(READY, context(actor=PARTNER))


@pytest.mark.parametrize("actor", [None, OFFICER])
def test_nobody_answers_for_a_partner(actor: Actor | None) -> None:
    with pytest.raises(Refused, match="role_missing"):
        offered().tell(READY, context(actor=actor))


def test_another_partners_assignment_does_not_exist() -> None:
    with pytest.raises(Refused, match="not_found"):
        offered().tell(READY, context(actor=Actor("p2", ("partner",))))


def test_answering_what_was_never_offered_is_not_found() -> None:
    with pytest.raises(NotFound):
        Story(ASSIGNMENT).tell(READY, context(actor=PARTNER))


def test_silence_lapses_at_the_deadline() -> None:
    story = offered()

    (timer,) = due(story.state)
    (event,) = story.tell(LapseAssignment(assignment_id="a1"))

    assert timer.at == NOW + timedelta(hours=24)
    assert isinstance(event, AssignmentLapsed)
    assert list(due(story.state)) == []


def test_an_answered_assignment_does_not_lapse() -> None:
    story = offered()
    story.tell(READY, context(actor=PARTNER))

    assert story.tell(LapseAssignment(assignment_id="a1")) == []
