"""An agency: a department that can confirm a fact or follow up a complaint."""

from collections.abc import Iterable

from libs.contracts.messages import Command, Event
from libs.contracts.registry.tenant import AddAgency, AgencyAdded
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import Refused
from services.registry import fields
from services.registry.permissions import ADMINISTRATION, require_office, require_role


class Agency(State):
    name: str


def decide(state: Agency | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case AddAgency():
            require_office(context)
            require_role(context, *ADMINISTRATION)
            if state is not None:
                raise Refused("state_conflict")
            fields.identifier(command.agency_id, "agency_id")
            fields.line(command.name, "name", longest=160)
            return [AgencyAdded(agency_id=command.agency_id, name=command.name.strip())]
    raise TypeError(command.type_name)


def evolve(state: Agency | None, event: Event) -> Agency:
    match event:
        case AgencyAdded():
            return Agency(name=event.name)
    raise TypeError(event.type_name)
