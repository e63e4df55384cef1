"""Every message type in one place: importing this module fills the tables in `messages`."""

from libs.contracts import outcomes
from libs.contracts.messages import COMMANDS, EVENTS, Command, Event
from libs.contracts.notify import conversation, delivery, subject
from libs.contracts.registry import imports, merging, office, officers, partner, tenant, term, verification
from libs.contracts.reports import case, clarification, known, report
from libs.contracts.topics import Service

MODULES = (
    outcomes, conversation, delivery, subject, merging, partner, verification, term, tenant,
    office, officers, case, clarification, report, known, imports,
)  # fmt: skip


def owner_of(message_type: str) -> Service:
    return Service(message_type.split(".", 1)[0])


def commands_of(service: Service) -> dict[str, type[Command]]:
    return {name: cls for name, cls in COMMANDS.items() if owner_of(name) == service}


def events_of(service: Service) -> dict[str, type[Event]]:
    return {name: cls for name, cls in EVENTS.items() if owner_of(name) == service}
