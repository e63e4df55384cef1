"""A case that was closed without an answer, told to everybody who follows it, chunk by chunk, as a bulletin is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import AdvanceClosing, ClosingAdvanced, ClosingPlanned, PlanClosing
from libs.runtime.aggregates import Context, State


class Closing(State):
    """
    Attributes:
        closed_at: by the clock of reports. Whoever came to the case later has opened it again.
        after: the last follower who was told; empty before the first, and at the end.
    """

    closing_id: str
    case_id: str
    reason: str
    closed_at: datetime
    after: str = ""
    done: bool = False


def decide(state: Closing | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case PlanClosing():
            if state is not None:
                return []
            return [ClosingPlanned(**command.model_dump(exclude={"sealed", "body_hash"}))]
        case AdvanceClosing():
            # Of two workers that did the same chunk, the second comes too late; both planned the same deliveries.
            is_old = bool(command.after) and state is not None and command.after <= state.after
            if state is None or state.done or is_old:
                return []
            return [ClosingAdvanced(closing_id=command.closing_id, after=command.after)]
    raise TypeError(command.type_name)


def evolve(state: Closing | None, event: Event) -> Closing:
    match event:
        case ClosingPlanned():
            return Closing(**event.model_dump())
        case ClosingAdvanced():
            assert state is not None
            return state.model_copy(update={"after": event.after, "done": not event.after})
    raise TypeError(event.type_name)


def index_fields(state: Closing) -> dict[str, Any]:
    fields: dict[str, Any] = {"case": state.case_id, "closed_at": state.closed_at}
    return fields if state.done else {**fields, "unfinished_since": state.closed_at}
