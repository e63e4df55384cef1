"""What an aggregate is: a state, two pure functions, and what the rest of the system needs to know of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pymongo import IndexModel

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Event, Sealable

ERASED = "[erased]"
"""What a text reads as once its subject's key is destroyed."""


class State(BaseModel):
    """Base of every aggregate's state. Unknown fields survive, so that older code does not lose what newer code wrote.

    Attributes:
        private: fields that are kept sealed under the subject's key.
    """

    model_config = ConfigDict(frozen=True, extra="allow", ser_json_bytes="base64", val_json_bytes="base64")

    private: ClassVar[frozenset[str]] = frozenset()


S = TypeVar("S", bound=State)


# Tuples, as everything that is made for each message: a frozen dataclass takes four times as long to make.
class Context(NamedTuple):
    """What a decision may know besides state and command: who, when, and what was typed."""

    id: UUID
    tenant: str
    at: datetime
    actor: Actor | None = None
    correlation_id: str = ""
    private: Sealable | None = None
    traceparent: str | None = None


class Incoming(NamedTuple):
    command: Command
    context: Context


class Recorded(NamedTuple):
    """An event as it stands in the history."""

    id: UUID
    sequence: int
    cause: UUID
    tenant: str
    aggregate_id: str
    at: datetime
    event: Event
    actor: Actor | None = None
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must happen at a time; the aggregate's `timers` say what.

    Attributes:
        turn: number that the command takes along, where the same may be due several times.
    """

    name: str
    at: datetime
    turn: int = 0


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A command that must follow an event. `step` tells several of one event apart."""

    step: str
    command: Command


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """The aggregate as it stands, for a compacted topic. An empty value says that it is gone."""

    topic: str
    key: str
    value: bytes


def _nothing(*_: Any) -> tuple[Any, ...]:
    return ()


def _no_index(_: Any) -> dict[str, Any]:
    return {}


def _itself(command: Command) -> str:
    return command.target


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """One kind of thing.

    Attributes:
        decide: what a command does to a state (None: it does not exist yet). Raises Refused.
        evolve: the state after an event.
        index: fields for queries; they stand under `ix` in the document, in MongoDB's own types.
        indexes: over `tenant` and `ix.…`; a unique one names the problem in `uniques`.
        follow_ups: pure function of the event's public fields.
        due: timers that the state is waiting for.
        timers: name of a timer -> the command that it sends, from the aggregate's id.
        records: what a compacted topic must show of it: (tenant, id, version, state).
        key_subject: whose key seals the private fields, where several things share it; None: each has a key of its own,
            whose name its document keeps.
        seals_once: the first event writes all private fields and no rule reads them: they are neither opened nor
            sealed again after that.
        across_tenants: unique beyond one tenant; its `_id` carries no tenant.
        schema: version of the document's shape; `upcasters[n]` lifts a state from n to n + 1.
    """

    name: str
    state: type[S]
    decide: Callable[[S | None, Command, Context], Iterable[Event]]
    evolve: Callable[[S | None, Event], S]
    index: Callable[[S], dict[str, Any]] = _no_index
    indexes: Sequence[IndexModel] = ()
    uniques: Mapping[str, str] = field(default_factory=dict)
    follow_ups: Callable[[Event], Iterable[FollowUp]] = _nothing
    due: Callable[[S], Iterable[Due]] = _nothing
    timers: Mapping[str, Callable[[str, Due], Command]] = field(default_factory=dict)
    records: Callable[[str, str, int, S], Iterable[TopicRecord]] | None = None
    key_subject: Callable[[Command], str] | None = _itself
    seals_once: bool = False
    across_tenants: bool = False
    schema: int = 1
    upcasters: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)


def fold(aggregate: Aggregate[S], events: Iterable[Event]) -> S | None:
    """The state that a history leads to."""
    state: S | None = None
    for event in events:
        state = aggregate.evolve(state, event)
    return state


def parted(model: BaseModel, private: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public and private fields, as JSON types; dumped once, because a batch has hundreds of each."""
    public = model.model_dump(mode="json")
    return public, {name: public.pop(name) for name in private if name in public}
