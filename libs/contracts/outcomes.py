"""The outcome of a command that its owner did not carry out: one event type per service, all of one shape."""

from libs.contracts.messages import Event


class CommandRefused(Event, of="refusal"):
    command: str
    """Type of the command; its id is the event's `causationid`."""
    problem: str
    """A code of `libs.contracts.problems`."""
    fields: tuple[str, ...] = ()


class RegistryRefused(CommandRefused, name="registry.command-refused.v1"):
    pass


class ReportsRefused(CommandRefused, name="reports.command-refused.v1"):
    pass


class NotifyRefused(CommandRefused, name="notify.command-refused.v1"):
    pass
