"""The engine on a real MongoDB: races, unique numbers, crashes, erasure, indexes."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.topics import Service, mailbox
from libs.runtime.aggregates import ERASED
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.errors import Unavailable
from libs.runtime.mongo import key
from libs.runtime.outcomes import Result
from libs.runtime.sealing import SubjectKeys
from tests.integration.runtime.world import World
from tests.unit.runtime.domain import MASTER, NOW, THREADS, issue, message, retract
from tests.unit.runtime.world import POINTS, Crash


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


async def test_a_destroyed_key_erases_what_was_typed_wherever_copies_lie(world: World) -> None:
    member = world.member()
    await member.apply([message("r", "nomor saya 0812", tenant=world.tenant)])
    copy = await world.document("r", "report")
    subject = key(world.tenant, "r")
    before = state_of(THREADS, copy, await SubjectKeys(world.opened[0].key_store, MASTER).existing([subject]))

    await SubjectKeys(world.opened[0].key_store, MASTER).destroy(subject)
    fresh = await SubjectKeys(world.opened[0].key_store, MASTER).existing([subject])
    after = state_of(THREADS, copy, fresh)

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
