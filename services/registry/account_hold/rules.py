"""A hold: which partner of all tenants an account belongs to. Shares that it is held, never by whom."""

from collections.abc import Iterable

from libs.contracts.messages import Command, Event
from libs.contracts.registry.merging import HoldMoved, MoveHold
from libs.contracts.registry.partner import AskHold, HoldGranted, HoldRefused
from libs.runtime.aggregates import Context, State


class Hold(State):
    partner_id: str | None = None
    """A UUID made from tenant and key: no two tenants have a partner of the same id."""


def decide(state: Hold | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case AskHold():
            if state is None or state.partner_id in (None, command.partner_id):
                return [HoldGranted(identity_key=command.identity_key, partner_id=command.partner_id)]
            return [HoldRefused(identity_key=command.identity_key, partner_id=command.partner_id)]
        case MoveHold():
            if state is None or state.partner_id != command.held_by:
                return []
            return [
                HoldMoved(identity_key=command.identity_key, held_by=command.held_by, partner_id=command.partner_id)
            ]
    raise TypeError(command.type_name)


def evolve(state: Hold | None, event: Event) -> Hold:
    match event:
        case HoldGranted() | HoldMoved():
            return Hold(partner_id=event.partner_id)
        case HoldRefused():
            return state or Hold()
    raise TypeError(event.type_name)
