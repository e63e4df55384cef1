"""What one partner is asked to carry, and the answer. Declining costs nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import (
    AnswerAssignment,
    AssignmentAcknowledged,
    AssignmentDeclined,
    AssignmentLapsed,
    AssignmentOffered,
    LapseAssignment,
    OfferAssignment,
)
from libs.contracts.words import AssignmentState
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused
from services.notify.permissions import require_partner

REASONS = frozenset({"no_time", "not_fitting", "disagree", "other"})


class Assignment(State):
    assignment_id: str
    bulletin_id: str
    case_id: str
    partner_id: str
    due_at: datetime
    offered_at: datetime
    state: str = AssignmentState.OFFERED
    answered_at: datetime | None = None
    reason: str = ""


def decide(state: Assignment | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case OfferAssignment():
            if state is not None:
                return []
            return [AssignmentOffered(**command.model_dump(exclude={"sealed", "body_hash"}), at=context.at)]
        case AnswerAssignment():
            return _answer(state, command, context)
        case LapseAssignment():
            if state is None or state.state != AssignmentState.OFFERED:
                return []
            return [
                AssignmentLapsed(
                    assignment_id=state.assignment_id, bulletin_id=state.bulletin_id, partner_id=state.partner_id
                )
            ]
    raise TypeError(command.type_name)


def _answer(state: Assignment | None, command: AnswerAssignment, context: Context) -> list[Event]:
    if state is None:
        raise NotFound()
    require_partner(context, state.partner_id)
    if state.state in (AssignmentState.ACKNOWLEDGED, AssignmentState.DECLINED):
        raise Refused("already_answered")
    if state.state != AssignmentState.OFFERED:
        raise Refused("state_conflict")
    if command.ready:
        return [
            AssignmentAcknowledged(
                assignment_id=state.assignment_id,
                bulletin_id=state.bulletin_id,
                partner_id=state.partner_id,
                at=context.at,
            )
        ]
    if command.reason not in REASONS:
        raise Refused("validation", "reason")
    return [
        AssignmentDeclined(
            assignment_id=state.assignment_id,
            bulletin_id=state.bulletin_id,
            partner_id=state.partner_id,
            reason=command.reason,
            at=context.at,
        )
    ]


def evolve(state: Assignment | None, event: Event) -> Assignment:
    if isinstance(event, AssignmentOffered):
        return Assignment(**event.model_dump(exclude={"at"}), offered_at=event.at)
    assert state is not None
    match event:
        case AssignmentAcknowledged():
            return state.model_copy(update={"state": AssignmentState.ACKNOWLEDGED, "answered_at": event.at})
        case AssignmentDeclined():
            return state.model_copy(
                update={"state": AssignmentState.DECLINED, "answered_at": event.at, "reason": event.reason}
            )
        case AssignmentLapsed():
            return state.model_copy(update={"state": AssignmentState.LAPSED})
    raise TypeError(event.type_name)


def index_fields(state: Assignment) -> dict[str, Any]:
    return {
        "bulletin": state.bulletin_id,
        "partner": state.partner_id,
        "state": state.state,
        "offered_at": state.offered_at,
    }


def due(state: Assignment) -> Iterable[Due]:
    if state.state == AssignmentState.OFFERED:
        yield Due("lapse", state.due_at)
