"""The base of every command and event, and the table of their type names.

A message is declared in one breath, and stands in the table from then on:

    class TriageCase(Command, name="reports.triage-case.v1", of="case", to="case_id"):
        case_id: str
        severity: Severity

Within a major version only optional fields are added; unknown fields are kept (`extra="allow"`), and enums that cross a
boundary are open: a value that this code does not know is carried as it came.
"""

from collections.abc import Collection
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", ser_json_bytes="base64", val_json_bytes="base64")

    type_name: ClassVar[str]
    """`<service>.<name>.v<major>`, as in `ce_type`."""
    aggregate: ClassVar[str]
    """Name of the kind of thing that decides it, or that it happened to."""


class Sealable(BaseModel):
    """What a person typed: travels sealed to the one service that may read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Message):
    """A wish that reached its owner's mailbox.

    Class keywords:
        name: `type_name`.
        of: name of the kind of thing that decides it.
        to: the field that holds that thing's id.
        private: the shape inside `sealed`, for commands that carry something typed by a person.
        keyed_by_tenant: True where the owner must take one at a time per tenant.
        mailbox: which of its owner's mailboxes it goes to. What has to wait for others lies apart from what somebody
            waits for.
        creates: its target does not exist before it, save for a repeat: the owner tries without looking first.
    """

    target_field: ClassVar[str]
    private: ClassVar[type[Sealable] | None] = None
    keyed_by_tenant: ClassVar[bool] = False
    mailbox: ClassVar[str] = "commands"
    creates: ClassVar[bool] = False

    sealed: str | None = None
    body_hash: str | None = None
    """Keyed hash of what the client sent, so that a reused Idempotency-Key with another body can be refused."""

    def __init_subclass__(
        cls,
        *,
        name: str = "",
        of: str = "",
        to: str = "",
        private: type[Sealable] | None = None,
        keyed_by_tenant: bool = False,
        mailbox: str = "commands",
        creates: bool = False,
    ) -> None:
        super().__init_subclass__()
        if name:
            cls.type_name, cls.aggregate, cls.target_field = name, of, to
            cls.private, cls.keyed_by_tenant, cls.mailbox, cls.creates = private, keyed_by_tenant, mailbox, creates
            _enter(COMMANDS, cls)

    @classmethod
    def __pydantic_init_subclass__(cls, **keywords: Any) -> None:
        _check_fields(cls, {keywords["to"]} if "to" in keywords else ())

    @property
    def target(self) -> str:
        found: str = getattr(self, self.target_field)
        return found


class Event(Message):
    """A fact.

    Class keywords:
        name: `type_name`.
        of: name of the kind of thing it happened to.
        private: fields that are kept sealed in the history and never published.
    """

    private: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, name: str = "", of: str = "", private: Collection[str] = ()) -> None:
        super().__init_subclass__()
        if of:
            cls.aggregate = of
        if name:
            cls.type_name, cls.private = name, frozenset(private)
            _enter(EVENTS, cls)

    @classmethod
    def __pydantic_init_subclass__(cls, **keywords: Any) -> None:
        _check_fields(cls, keywords.get("private", ()))


COMMANDS: dict[str, type[Command]] = {}
EVENTS: dict[str, type[Event]] = {}


def _check_fields(cls: type[Message], named: Collection[str]) -> None:
    missing = set(named) - cls.model_fields.keys()
    if missing:
        raise TypeError(f"{cls.type_name} names fields that it does not have: {sorted(missing)}")


def _enter(table: dict[str, Any], cls: type[Message]) -> None:
    if cls.type_name in table:
        raise TypeError(f"two messages are called {cls.type_name}")
    table[cls.type_name] = cls
