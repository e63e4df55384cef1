"""The base of every command and event, and the table of their type names.

Within a major version only optional fields are added; unknown fields are kept (`extra="allow"`), and enums that cross a
boundary are open: a value that this code does not know is carried as it came.
"""

from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", ser_json_bytes="base64", val_json_bytes="base64")

    type_name: ClassVar[str]
    """`<service>.<name>.v<major>`, as in `ce_type`."""


class Sealable(BaseModel):
    """What a person typed: travels sealed to the one service that may read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Message):
    """A wish that reached its owner's mailbox.

    Attributes:
        aggregate: name of the kind of thing that decides it.
        target_field: the field that holds that thing's id.
        private: the shape inside `sealed`, for commands that carry something typed by a person.
        keyed_by_tenant: True where the owner must take one at a time per tenant.
        mailbox: which of its owner's mailboxes it goes to. What has to wait for others lies apart from what somebody
            waits for.
        creates: its target does not exist before it, save for a repeat: the owner tries without looking first.
    """

    aggregate: ClassVar[str]
    target_field: ClassVar[str]
    private: ClassVar[type[Sealable] | None] = None
    keyed_by_tenant: ClassVar[bool] = False
    mailbox: ClassVar[str] = "commands"
    creates: ClassVar[bool] = False

    sealed: str | None = None
    body_hash: str | None = None
    """Keyed hash of what the client sent, so that a reused Idempotency-Key with another body can be refused."""

    @property
    def target(self) -> str:
        found: str = getattr(self, self.target_field)
        return found


class Event(Message):
    """A fact.

    Attributes:
        aggregate: name of the kind of thing it happened to.
        private: fields that are kept sealed in the history and never published.
    """

    aggregate: ClassVar[str]
    private: ClassVar[frozenset[str]] = frozenset()


COMMANDS: dict[str, type[Command]] = {}
EVENTS: dict[str, type[Event]] = {}

M = TypeVar("M", bound=type[Any])


def command(cls: M) -> M:
    """Enters a command class in the table of types."""
    _enter(COMMANDS, cls)
    return cls


def event(cls: M) -> M:
    """Enters an event class in the table of types."""
    _enter(EVENTS, cls)
    return cls


def _enter(table: dict[str, Any], cls: type[Message]) -> None:
    if cls.type_name in table:
        raise TypeError(f"two messages are called {cls.type_name}")
    table[cls.type_name] = cls
