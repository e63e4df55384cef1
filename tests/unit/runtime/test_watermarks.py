"""Watermarks: behind what was relayed, never ahead of it, whatever becomes of a save."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.envelope import parse
from libs.runtime import watermarks as module
from libs.runtime.aggregates import TopicRecord
from libs.runtime.documents import state_of
from libs.runtime.errors import Unavailable
from libs.runtime.holding import Held
from libs.runtime.mongo import Document
from libs.runtime.watermarks import Save, Watermarks, is_relayed
from tests.unit.runtime.domain import ANSWERS, CIREBON, NOW, an_engine, count
from tests.unit.runtime.memory import MemoryOutbox, MemoryWatermarks
from tests.unit.runtime.world import Crash, World, sweep


class Store(MemoryWatermarks):
    """Counts its writes, and is away when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[int] = []
        self.is_away = False

    async def raise_to(self, name: str, number: int, *, at: datetime, is_open: bool) -> None:
        if self.is_away:
            raise Unavailable("mongo")
        self.writes.append(number)
        await super().raise_to(name, number, at=at, is_open=is_open)


@pytest.fixture
def store() -> Store:
    return Store()


async def begun(watermarks: Watermarks) -> Save:
    save = watermarks.begin()
    await watermarks.announce(save)
    return save


async def failing(watermarks: Watermarks, *, begin: bool) -> Save:
    """A save that fails after something may have been stored, or before."""
    with contextlib.suppress(Unavailable), watermarks.saving() as save:
        if begin:
            await watermarks.announce(save)
        raise Unavailable("mongo")
    return save


def saved(save: Save) -> Document:
    return {"relayed": 0, "version": 1, "saved_by": save.by, "save": save.number}


async def test_it_passes_no_save_that_is_not_relayed(store: Store) -> None:
    watermarks = Watermarks(store)
    first, second = await begun(watermarks), await begun(watermarks)

    watermarks.finish(second)
    await watermarks.settle()
    assert [is_relayed(saved(s), store.numbers) for s in (first, second)] == [False, False]

    watermarks.finish(first)
    await watermarks.settle()
    assert [is_relayed(saved(s), store.numbers) for s in (first, second)] == [True, True]


async def test_a_process_knows_of_its_own_saves_at_once_and_of_others_when_it_asks(store: Store) -> None:
    watermarks, others = Watermarks(store), Watermarks(store)
    save = await begun(watermarks)
    assert not watermarks.covers(saved(save))

    watermarks.finish(save)
    assert watermarks.covers(saved(save))
    await others.learn([saved(save)])
    assert not others.covers(saved(save))

    await watermarks.settle()
    await others.learn([saved(save)])
    assert others.covers(saved(save))


async def test_what_nobody_knows_of_is_not_relayed(store: Store) -> None:
    watermarks = Watermarks(store)
    unknown = saved(Save("somebody", 1))

    await watermarks.learn([unknown, {"relayed": 0, "version": 1}])

    assert not watermarks.covers(unknown)
    assert not watermarks.covers({"relayed": 0, "version": 1})
    assert watermarks.covers({"relayed": 1, "version": 1})


async def test_many_saves_are_one_write(store: Store) -> None:
    watermarks = Watermarks(store)
    for _ in range(20):
        watermarks.finish(await begun(watermarks))
        await asyncio.sleep(0)

    await asyncio.sleep(module.GATHERED * 2)

    assert store.writes == [0, 20]


async def test_nothing_is_waited_for_when_all_must_be_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHERED", 60)
    watermarks = Watermarks(store)
    watermarks.finish(await begun(watermarks))

    await asyncio.wait_for(watermarks.settle(), 1)

    assert store.writes == [0, 1]


async def test_a_save_that_failed_holds_its_own_watermark_and_no_other(store: Store) -> None:
    watermarks = Watermarks(store)
    beside = await begun(watermarks)
    failed = await failing(watermarks, begin=True)
    later = await begun(watermarks)

    watermarks.finish(beside)
    watermarks.finish(later)
    await watermarks.settle()

    assert later.by != failed.by
    assert [is_relayed(saved(s), store.numbers) for s in (beside, failed, later)] == [True, False, True]
    assert not watermarks.covers(saved(failed))


async def test_a_save_of_which_nothing_was_stored_holds_nothing(store: Store) -> None:
    watermarks = Watermarks(store)
    nothing = await failing(watermarks, begin=False)
    later = await begun(watermarks)
    watermarks.finish(later)
    await watermarks.settle()

    assert later.by == nothing.by
    assert is_relayed(saved(later), store.numbers)


async def test_a_watermark_that_could_not_be_stored_is_stored_with_the_next(store: Store) -> None:
    watermarks = Watermarks(store)
    first = await begun(watermarks)
    store.is_away = True
    watermarks.finish(first)
    await watermarks.settle()

    store.is_away = False
    watermarks.finish(await begun(watermarks))
    await watermarks.settle()

    assert store.writes == [0, 2]


async def test_a_save_that_lasts_too_long_counts_as_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    watermarks = Watermarks(store)
    stuck = await begun(watermarks)
    monkeypatch.setattr(module, "STALE", -1.0)

    behind = await watermarks.behind()
    later = await begun(watermarks)

    assert behind == [(stuck.by, 0)]
    assert later.by != stuck.by


async def test_a_process_at_rest_shows_that_it_lives_and_one_that_ended_is_not_looked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_ALIVE", 0.0)
    watermarks = Watermarks(store)
    save = await begun(watermarks)
    watermarks.finish(save)
    await watermarks.settle()
    store.signs[save.by] = store.signs["dead"] = datetime.now(UTC) - timedelta(days=1)
    store.numbers["dead"] = 5

    assert dict(await watermarks.behind()) == {save.by: 1, "dead": 5}
    await watermarks.tidy()
    assert dict(await watermarks.behind()) == {save.by: 1}
    await watermarks.close()
    assert await store.open() == {}
    assert store.numbers == {save.by: 1, "dead": 5}


async def test_names_of_long_ago_are_as_those_of_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 1)
    watermarks = Watermarks(store)
    relayed = await begun(watermarks)
    watermarks.finish(relayed)
    await watermarks.settle()
    left = await begun(watermarks)
    watermarks.leave(left)

    assert [watermarks.covers(saved(s)) for s in (relayed, left)] == [True, False]


async def test_a_tail_that_is_told_is_not_told_again_before_it_is_stored_that_it_was() -> None:
    world = World()
    member = world.member()
    await member.apply([count("a")])
    world.mongo.watermarks.numbers.clear()

    await member.apply([count("a")])

    assert [parse(m.headers).sequence for m in world.sent()] == [1, 2]
    assert world.document("a", CIREBON)["relayed"] == 1


async def test_what_was_left_is_told_by_the_sweeper_and_then_known_to_be() -> None:
    """The member that crashed lives on, and what it saves later is not looked at."""
    world = World()
    member = world.member(crash_at="before_publish")
    with pytest.raises(Crash):
        await member.apply([count("a")])
    member._crash = lambda point: None
    await member.apply([count("b")])

    late = world.member(now=lambda: NOW + timedelta(minutes=1))
    swept = [await sweep(late), await sweep(late)]

    assert swept == [1, 0]
    assert [parse(m.headers).subject for m in world.sent()] == ["b", "a"]
    assert (world.is_relayed("a"), world.is_relayed("b")) == (True, True)


async def test_an_older_record_never_stays_behind_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member is overtaken between its save and its publication: its record comes last, so it sends the newest."""

    def records(tenant: str, identity: str, version: int, state: Any) -> Sequence[TopicRecord]:
        return [TopicRecord("answers", f"{tenant}/{identity}", str(version).encode())]

    world = World()
    kinds = [replace(ANSWERS, records=records)]
    publish = world.outbox.publish

    async def overtaken(messages: Any) -> None:
        monkeypatch.setattr(world.outbox, "publish", publish)
        await world.member(aggregates=kinds).apply([count("a")])
        await publish(messages)

    monkeypatch.setattr(world.outbox, "publish", overtaken)
    await world.member(aggregates=kinds).apply([count("a")])

    assert [m.value for m in world.sent("answers")] == [b"2", b"1", b"2"]


async def test_what_is_held_is_relayed_when_it_was_told_and_not_before() -> None:
    world, outbox = World(), MemoryOutbox()
    kind = replace(ANSWERS, seals_once=True)
    member = an_engine(world.mongo, outbox, aggregates=[kind])
    await member.apply([count("a")])
    document = world.document("a")
    held = await Held.of(member, kind, [document], [state_of(kind, document, {})])

    await held.apply([count("a")])
    await held.apply([count("a")])
    await member.settle()
    assert not world.is_relayed("a")

    outbox.fails_after = 0
    with pytest.raises(Unavailable):
        await held.relay()
    await member.settle()
    assert not world.is_relayed("a")

    await held.relay()
    await member.settle()
    assert world.is_relayed("a")
    assert [parse(m.headers).sequence for m in outbox.sent] == [1, 2, 3]


async def test_what_could_not_be_told_holds_nothing_once_it_is_closed() -> None:
    world, outbox = World(), MemoryOutbox()
    kind = replace(ANSWERS, seals_once=True)
    member = an_engine(world.mongo, outbox, aggregates=[kind])
    await member.apply([count("a")])
    document = world.document("a")
    with contextlib.closing(await Held.of(member, kind, [document], [state_of(kind, document, {})])) as held:
        await held.apply([count("a")])
        outbox.fails_after = 0
        with pytest.raises(Unavailable):
            await held.relay()

    await member.apply([count("b")])

    assert (world.is_relayed("a"), world.is_relayed("b")) == (False, True)


async def test_what_is_held_no_more_is_left_to_the_sweeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second save fails: with the aggregate goes what its first save had not told yet."""
    world = World()
    kind = replace(ANSWERS, seals_once=True)
    member = world.member(aggregates=[kind])
    await member.apply([count("a")])
    document = world.document("a")
    held = await Held.of(member, kind, [document], [state_of(kind, document, {})])
    await held.apply([count("a")])

    async def away(operations: Any) -> Any:
        raise Unavailable("mongo")

    with monkeypatch.context() as patch:
        patch.setattr(world.mongo.tenants("clarification"), "bulk", away)
        with pytest.raises(Unavailable):
            await held.apply([count("a")])
    await held.relay()
    await member.settle()

    assert not world.is_relayed("a")
    assert await sweep(world.member(now=lambda: NOW + timedelta(minutes=1), aggregates=[kind])) == 1
    assert [parse(m.headers).sequence for m in world.sent()] == [1, 2]
