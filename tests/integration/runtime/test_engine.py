"""The engine on a real MongoDB: races, unique numbers, pages, sweeper, timers, erasure."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from libs.contracts.envelope import parse
from libs.contracts.topics import Service, journal, mailbox
from libs.runtime.aggregates import ERASED
from libs.runtime.engine import HELD, KEPT, Engine, Result
from libs.runtime.errors import Unavailable
from libs.runtime.mongo import Document, Mongo, MongoWatermarks, key
from libs.runtime.sealing import SubjectKeys
from libs.runtime.watermarks import Watermarks
from tests.unit.runtime.domain import MASTER, NOW, THREADS, an_engine, count, issue, message, retract
from tests.unit.runtime.memory import MemoryOutbox
from tests.unit.runtime.test_engine import POINTS, Crash


@dataclass
class World:
    """A tenant of its own, so that nothing of other tests is in the way."""

    stack: Stack
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    tenant: str = field(default_factory=lambda: f"t-{uuid4().hex[:12]}")
    opened: list[Mongo] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = self.stack.mongo_url(Service.REPORTS)

    def member(self, crash_at: str | None = None, **more: Any) -> Engine:
        """Each with a connection of its own, as another process has."""
        mongo = Mongo(self.url, "reports")
        self.opened.append(mongo)

        def crash(point: str) -> None:
            if point == crash_at:
                raise Crash(point)

        keys = SubjectKeys(mongo.key_store, MASTER)
        return an_engine(_Named(mongo), self.outbox, keys=keys, crash=crash, **more)

    async def is_relayed(self, identity: str = "a", kind: str = "clarification") -> bool:
        """As another process knows it."""
        document, others = await self.document(identity, kind), Watermarks(self.opened[0].watermarks)
        await others.learn([document])
        return others.covers(document)

    async def document(self, identity: str = "a", kind: str = "clarification") -> Document:
        collection = _Named(self.opened[0]).tenants(kind)
        found: dict[str, Document] = await collection.load([key(self.tenant, identity)])
        return found[key(self.tenant, identity)]

    def told(self, topic: str = journal(Service.REPORTS)) -> list[Any]:
        return [parse(m.headers) for m in self.outbox.sent if m.topic == topic]

    def count(self, identity: str = "a", n: int = 1, **more: Any) -> Any:
        return count(identity, n, tenant=self.tenant, **more)


class _Named:
    """Collections apart from those of the reports service, in its database."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def tenants(self, name: str) -> Any:
        return self._mongo.tenants(f"specimen.{name}")

    everyone = tenants

    @property
    def watermarks(self) -> MongoWatermarks:
        return self._mongo.watermarks


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    world = World(stack)
    await world.member().ensure_indexes()
    yield world
    for mongo in world.opened:
        mongo.close()


async def test_members_that_hold_one_aggregate_at_once_lose_and_double_nothing(world: World) -> None:
    members = [world.member() for _ in range(4)]
    commands = [[world.count(), world.count("b")] for _ in range(12)]

    async def carry(engine: Engine, batches: list[Any]) -> None:
        for batch in batches:
            while True:
                try:
                    await engine.apply(batch)
                except Unavailable:
                    continue
                break

    # Each command is given to two members.
    await asyncio.gather(*(carry(members[i % 4], commands[i % 2 :: 2]) for i in range(4)))

    for identity in ("a", "b"):
        document = await world.document(identity)
        assert document["state"]["count"] == 12
        assert [h["n"] for h in document["history"]] == list(range(1, 13))
        assert len({h["cause"] for h in document["history"]}) == 12
        assert await world.is_relayed(identity)
    assert {(e.subject, e.sequence) for e in world.told()} == {(i, n) for i in "ab" for n in range(1, 13)}


@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_anywhere_converges(world: World, point: str) -> None:
    batch = [
        world.count("a", 2), issue("b", f"N-{uuid4().hex}", tenant=world.tenant), retract("b", tenant=world.tenant),
        world.count("a", 0), message("r", "halo", tenant=world.tenant),
    ]  # fmt: skip
    with pytest.raises(Crash):
        await world.member(crash_at=point).apply(batch)

    await world.member().apply(batch)

    for identity, kind, version in (("a", "clarification", 2), ("b", "clarification", 2), ("r", "report", 1)):
        document = await world.document(identity, kind)
        assert document["version"] == version
        assert await world.is_relayed(identity, kind)
    recorded = Counter((e.subject, e.sequence) for e in world.told() if e.sequence)
    assert recorded.keys() == {("a", 1), ("a", 2), ("b", 1), ("b", 2), ("r", 1)}
    assert world.told(mailbox(Service.REPORTS))


async def test_a_number_that_is_taken_refuses_its_own_command_only(world: World) -> None:
    number = f"N-{uuid4().hex}"
    await world.member().apply([issue("a", number, tenant=world.tenant)])

    taken, other = await world.member().apply(
        [issue("b", number, tenant=world.tenant), issue("c", f"{number}x", tenant=world.tenant)]
    )

    assert (taken.result, taken.problem) == (Result.REFUSED, "number_taken")
    assert other.result is Result.DONE


async def test_two_members_that_want_one_number_at_once_get_it_once(world: World) -> None:
    number = f"N-{uuid4().hex}"
    members = [world.member() for _ in range(4)]

    outcomes = await asyncio.gather(
        *(m.apply([issue(f"x{i}", number, tenant=world.tenant)]) for i, m in enumerate(members))
    )

    assert sorted(o[0].result for o in outcomes) == ["done", "refused", "refused", "refused"]


async def test_pages_turn_and_old_causes_and_outcomes_are_found(world: World) -> None:
    member, first = world.member(), uuid4()
    await member.apply([world.count(id=first, body="one")])
    for _ in range(HELD // 64):
        await member.apply([world.count() for _ in range(64)])

    document = await world.document()
    history = await member.history("clarification", world.tenant, "a")
    assert len(document["history"]) <= KEPT + 1
    assert [h["n"] for h in history] == list(range(1, HELD + 2))
    (again,) = await world.member().apply([world.count(id=first, body="one")])
    (reused,) = await world.member().apply([world.count(id=first, body="two")])
    assert again.result is Result.SEEN
    assert reused.problem == "key_reused"
    outcome = await member.outcome(world.tenant, first, body_hash="one")
    assert outcome is not None
    assert [e.event.type_name for e in outcome.events] == ["reports.demand-counted.v1"]


async def test_the_sweeper_relays_what_a_crash_left_behind(world: World) -> None:
    with pytest.raises(Crash):
        await world.member(crash_at="before_publish").apply([world.count(n=2)])

    swept = await world.member(now=lambda: NOW + timedelta(minutes=1)).sweep(older_than=timedelta(seconds=10))

    assert swept >= 1
    assert [e.sequence for e in world.told() if e.tenant == world.tenant] == [1, 2]
    assert await world.is_relayed()


async def test_a_timer_that_two_members_fire_takes_effect_once(world: World) -> None:
    await world.member().apply([issue("a", f"N-{uuid4().hex}", tenant=world.tenant)])
    late = [world.member(now=lambda: NOW + timedelta(hours=2)) for _ in range(2)]

    await asyncio.gather(*(m.fire_due() for m in late))
    fired = [e for e in world.told(mailbox(Service.REPORTS)) if e.tenant == world.tenant]
    for envelope in fired:
        await late[0].apply([retract("a", id=envelope.id, tenant=world.tenant)])
    world.outbox.sent.clear()
    await late[1].fire_due()

    document = await world.document()
    assert len(fired) == 1
    assert [h["type"] for h in document["history"]].count("reports.clarification-retracted.v1") == 1
    assert "next_due" not in document
    assert [e for e in world.told(mailbox(Service.REPORTS)) if e.tenant == world.tenant] == []


async def test_a_destroyed_key_erases_what_was_typed_wherever_copies_lie(world: World) -> None:
    member = world.member()
    await member.apply([message("r", "nomor saya 0812", tenant=world.tenant)])
    copy = await world.document("r", "report")
    subject = key(world.tenant, "r")
    before = member.state_of(THREADS, copy, await SubjectKeys(world.opened[0].key_store, MASTER).existing([subject]))

    await SubjectKeys(world.opened[0].key_store, MASTER).destroy(subject)
    fresh = await SubjectKeys(world.opened[0].key_store, MASTER).existing([subject])
    after = member.state_of(THREADS, copy, fresh)

    assert (before.last, after.last) == ("nomor saya 0812", ERASED)
    assert "nomor saya" not in repr(copy)


async def test_the_queries_of_the_engine_use_its_indexes(world: World) -> None:
    """A collection scan is found here, and not when the collection is large."""
    await world.member().apply([world.count()])
    raw = world.opened[0].tenants("specimen.clarification")._raw
    pages = world.opened[0].tenants("specimen.clarification.pages")._raw
    await (
        world.opened[0]
        .tenants("specimen.clarification.pages")
        .add_if_missing(
            [{"_id": f"{world.tenant}/p#1-2", "tenant": world.tenant, "of": f"{world.tenant}/p", "history": []}]
        )
    )
    queries = [
        (raw, {"$or": [{"saved_by": n, "save": {"$gt": 1}} for n in "ab"], "touched_at": {"$lt": NOW}}),
        (raw, {"next_due": {"$lte": NOW}}),
        (raw, {"history.cause": "x", "tenant": world.tenant}),
        (pages, {"of": {"$in": ["x"]}, "history.cause": {"$in": ["x"]}}),
        (pages, {"history.cause": "x", "tenant": world.tenant}),
    ]

    plans = [repr(await collection.find(where).explain()) for collection, where in queries]

    assert all("IXSCAN" in plan and "COLLSCAN" not in plan for plan in plans)
