"""The outcome of a command that its owner did not carry out: one event type per service, all of one shape."""

from typing import ClassVar

from libs.contracts.messages import Event, event


class CommandRefused(Event):
    aggregate: ClassVar[str] = "refusal"

    command: str
    """Type of the command; its id is the event's `causationid`."""
    problem: str
    """A code of `libs.contracts.problems`."""
    fields: tuple[str, ...] = ()


@event
class RegistryRefused(CommandRefused):
    type_name: ClassVar[str] = "registry.command-refused.v1"


@event
class ReportsRefused(CommandRefused):
    type_name: ClassVar[str] = "reports.command-refused.v1"


@event
class NotifyRefused(CommandRefused):
    type_name: ClassVar[str] = "notify.command-refused.v1"
