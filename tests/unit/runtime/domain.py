"""A small domain over released types: enough to show every way that a command can take through the engine."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

from libs.contracts import ids
from libs.contracts.messages import Command, Event
from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reports.case import CloseCase
from libs.contracts.reports.clarification import (
    ClarificationPublished,
    ClarificationRetracted,
    CountDemand,
    DemandCounted,
    IssueClarification,
    RetractClarification,
)
from libs.contracts.reports.report import AddMessage, MessageAdded, MessageContent, ReportReceived, SubmitReport
from libs.contracts.topics import Service
from libs.runtime.aggregates import Aggregate, Context, Due, FollowUp, Incoming, State
from libs.runtime.engine import Engine
from libs.runtime.errors import Refused
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import index
from libs.runtime.outcomes import Outcome
from libs.runtime.sealing import SubjectKeys
from tests.unit.runtime.memory import MemoryKeys, MemoryMongo, MemoryOutbox, at_once

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CIREBON, JOMBANG = "t-cirebon", "t-jombang"
KEY = VersionedKey("k1", {"k1": b"k" * 32})
MASTER = VersionedKey("m1", {"m1": b"m" * 32})
UNLUCKY = 13
"""A count that our own rule stumbles over."""


class Answer(State):
    number: str = ""
    count: int = 0
    retracted: bool = False
    calls_again_at: datetime | None = None


def decide(state: Answer | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case IssueClarification():
            if state is not None:
                raise Refused("state_conflict")
            return [published(command.clarification_id, command.number, context.at)]
        case CountDemand():
            if command.count == UNLUCKY:
                raise ZeroDivisionError
            if state is not None and state.retracted:
                raise Refused("state_conflict")
            if command.count < 1:
                raise Refused("validation", "count")
            one = DemandCounted(clarification_id=command.clarification_id, count=1)
            return [one] * command.count
        case RetractClarification():
            if state is None or state.retracted:
                return []
            return [ClarificationRetracted(
                clarification_id=command.clarification_id, case_id="c1", reason=command.reason, at=context.at
            )]  # fmt: skip
    raise Refused("validation")


def evolve(state: Answer | None, event: Event) -> Answer:
    before = state or Answer()
    match event:
        case ClarificationPublished():
            return before.model_copy(
                update={"number": event.number, "calls_again_at": event.at + timedelta(hours=1)}
            )  # fmt: skip
        case DemandCounted():
            return before.model_copy(update={"count": before.count + event.count})
        case ClarificationRetracted():
            return before.model_copy(update={"retracted": True, "calls_again_at": None})
    return before


def after(event: Event) -> Iterable[FollowUp]:
    if isinstance(event, ClarificationRetracted):
        yield FollowUp("close", CloseCase(case_id=event.case_id))


def due(state: Answer) -> Iterable[Due]:
    if state.calls_again_at is not None:
        yield Due("retract", state.calls_again_at)


ANSWERS: Aggregate[Answer] = Aggregate(
    name="clarification",
    state=Answer,
    decide=decide,
    evolve=evolve,
    index=lambda state: {"number": state.number} if state.number else {},
    indexes=(
        index(("tenant", 1), ("ix.number", 1), name="number", unique=True, where={"ix.number": {"$exists": True}}),
    ),
    uniques={"number": "number_taken"},
    follow_ups=after,
    due=due,
    timers={"retract": lambda identity, due: RetractClarification(clarification_id=identity, reason="time is over")},
)


class Thread(State):
    private: ClassVar[frozenset[str]] = frozenset({"last"})

    number: str = ""
    messages: int = 0
    last: str = ""


def decide_thread(state: Thread | None, command: Command, context: Context) -> Iterable[Event]:
    if isinstance(command, SubmitReport):
        if state is not None:
            raise Refused("state_conflict")
        if not command.number:
            raise Refused("validation", "number")
        return [ReportReceived(report_id=command.report_id, kind="hoax", number=command.number, received_at=context.at)]
    assert isinstance(command, AddMessage)
    assert isinstance(context.private, MessageContent)
    return [MessageAdded(report_id=command.report_id, by_office=False, at=context.at, text=context.private.text)]


def evolve_thread(state: Thread | None, event: Event) -> Thread:
    if isinstance(event, ReportReceived):
        return Thread(number=event.number)
    assert isinstance(event, MessageAdded)
    before = state or Thread()
    return before.model_copy(update={"messages": before.messages + 1, "last": event.text})


THREADS: Aggregate[Thread] = Aggregate(name="report", state=Thread, decide=decide_thread, evolve=evolve_thread)


def published(clarification: str, number: str, at: datetime) -> ClarificationPublished:
    return ClarificationPublished(
        clarification_id=clarification, case_id="c1", number=number, version=1, claim="", verdict="false", fact="",
        explanation="", references=(), topic="", area=None, severity=1, author="a", approvers=("b",), at=at,
    )  # fmt: skip


class Settled(Engine):
    """An engine whose watermark is stored when it returns, so that what it left behind can be looked at."""

    async def apply(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        try:
            return await super().apply(incoming)
        finally:
            await self.settle()


def an_engine(
    mongo: Any = None,
    outbox: Any = None,
    *,
    keys: Any = None,
    crash: Callable[[str], None] = lambda point: None,
    now: Callable[[], datetime] = lambda: NOW,
    aggregates: Iterable[Aggregate[Any]] = (ANSWERS, THREADS),
) -> Engine:
    return Settled(
        service=Service.REPORTS,
        mongo=mongo or cast(Any, MemoryMongo(at_once)),
        keys=keys or SubjectKeys(MemoryKeys(), MASTER),
        outbox=outbox or MemoryOutbox(),
        signing=KEY,
        aggregates=tuple(aggregates),
        refused=ReportsRefused,
        now=now,
        crash=crash,
    )


def incoming(command: Command, *, id: UUID | None = None, tenant: str = CIREBON, text: str | None = None) -> Incoming:
    private = MessageContent(text=text) if text is not None else None
    return Incoming(command, Context(id=id or uuid4(), tenant=tenant, at=NOW, private=private, correlation_id="c"))


def count(identity: str = "a", n: int = 1, *, body: str | None = None, **more: Any) -> Incoming:
    return incoming(CountDemand(clarification_id=identity, count=n, body_hash=body), **more)


def issue(identity: str, number: str, **more: Any) -> Incoming:
    command = IssueClarification.model_validate(
        {
            "clarification_id": identity, "case_id": "c1", "number": number, "version": 1, "draft": {},
            "references": [], "topic": "", "area": None, "severity": 1, "author": "a", "approvers": ["b"],
            "demand": 0, "at": NOW,
        }
    )  # fmt: skip
    return incoming(command, **more)


def retract(identity: str, **more: Any) -> Incoming:
    return incoming(RetractClarification(clarification_id=identity, reason="r"), **more)


def message(identity: str, text: str, **more: Any) -> Incoming:
    return incoming(AddMessage(report_id=identity), text=text, **more)


def submit(identity: str, number: str = "N-1", *, body: str = "b", **more: Any) -> Incoming:
    """A command that says of itself that it makes something new."""
    return incoming(SubmitReport(report_id=identity, kind="hoax", number=number, code_hash="", body_hash=body), **more)


def event_ids(command: UUID, n: int) -> list[str]:
    return [str(ids.event_id(command, k)) for k in range(n)]
