"""Batches side by side: what runs at a time, in which order offsets are passed on, and what comes again."""

import asyncio
from typing import Any

import pytest
import structlog
from aiokafka import TopicPartition

from libs.runtime.errors import Unavailable
from libs.runtime.inflight import Handler, InFlight, Records
from tests.unit.runtime.records import a_record

P0, P1 = TopicPartition("reports.commands.v1", 0), TopicPartition("reports.commands.v1", 1)


def batch(*offsets: int, key: bytes = b"a", partition: int = 0) -> Records:
    return tuple(a_record(offset=offset, partition=partition, key=key) for offset in offsets)


class Work:
    """A handler whose batches end when they are told to; each is known by its first offset."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self._ends: dict[int, asyncio.Future[None]] = {}

    async def __call__(self, records: Records) -> None:
        self.begun.append(records[0].offset)
        self._ends[records[0].offset] = asyncio.get_running_loop().create_future()
        await self._ends[records[0].offset]

    async def end(self, offset: int, failure: Exception | None = None) -> None:
        if failure is None:
            self._ends[offset].set_result(None)
        else:
            self._ends[offset].set_exception(failure)
        await turns()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def begun(flight: InFlight, records: Records) -> "asyncio.Task[None]":
    taking = asyncio.create_task(flight.take(records))
    await turns()
    return taking


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def passed_on() -> list[dict[TopicPartition, int]]:
    return []


def unheard(handle: Handler, *, most: int = 1, full: int = 1) -> InFlight:
    return InFlight(handle, most=most, full=full, on_handled=lambda offsets: None)


@pytest.fixture
def flight(work: Work, passed_on: list[dict[TopicPartition, int]]) -> InFlight:
    return InFlight(work, most=2, on_handled=passed_on.append)


async def test_a_batch_does_not_wait_for_the_one_before_it(flight: InFlight, work: Work) -> None:
    assert (await begun(flight, batch(0, key=b"a"))).done(), "there is room for another"
    await begun(flight, batch(1, key=b"b"))

    assert work.begun == [0, 1]


async def test_only_so_many_run_at_a_time(flight: InFlight, work: Work) -> None:
    await begun(flight, batch(0, key=b"a"))
    second = await begun(flight, batch(1, key=b"b"))
    assert not second.done(), "nothing is polled that cannot be begun"

    await work.end(0)

    assert second.done()


async def test_after_a_small_batch_nothing_is_begun_before_it_ends(work: Work) -> None:
    flight = unheard(work, most=2, full=2)
    full = await begun(flight, batch(0, 1, key=b"a"))
    small = await begun(flight, batch(2, key=b"b"))
    assert (full.done(), small.done()) == (True, False)

    await work.end(2)
    assert not small.done(), "the full one still runs"
    await work.end(0)

    assert small.done()


async def test_one_at_a_time_returns_when_it_is_handled(work: Work) -> None:
    alone = unheard(work)
    taking = await begun(alone, batch(0))
    assert not taking.done()

    await work.end(0)

    assert taking.done()


async def test_two_that_hold_a_key_in_common_go_one_after_the_other(flight: InFlight, work: Work) -> None:
    await begun(flight, (*batch(0, key=b"a"), *batch(1, key=b"b")))
    await begun(flight, (*batch(2, key=b"c"), *batch(3, key=b"b")))
    assert work.begun == [0]

    await work.end(0)

    assert work.begun == [0, 2]


async def test_offsets_are_passed_on_in_the_order_of_the_batches(
    flight: InFlight, work: Work, passed_on: list[dict[TopicPartition, int]]
) -> None:
    await begun(flight, (*batch(4, 5, key=b"a"), *batch(7, key=b"x", partition=1)))
    await begun(flight, batch(6, key=b"b"))

    await work.end(6)
    assert passed_on == [], "a commit of it would pass what is not handled"
    await work.end(4)

    assert passed_on == [{P0: 6, P1: 8}, {P0: 7}]


@pytest.mark.parametrize("failure", [Unavailable("mongo"), RuntimeError("a mistake of ours")], ids=["outage", "bug"])
async def test_what_failed_comes_again_and_all_after_it(
    flight: InFlight, work: Work, passed_on: list[dict[TopicPartition, int]], failure: Exception
) -> None:
    await begun(flight, (*batch(4, 5, key=b"a"), *batch(9, key=b"x", partition=1)))
    await begun(flight, batch(6, key=b"b"))
    await work.end(6)

    await work.end(4, failure)

    assert await flight.give_back() == {P0: 4, P1: 9}
    assert passed_on == []
    assert await flight.give_back() == {}, "once"


async def test_what_comes_again_does_not_overtake_what_still_runs(flight: InFlight, work: Work) -> None:
    await begun(flight, batch(0, key=b"a"))
    await begun(flight, batch(1, key=b"b"))
    await work.end(1, Unavailable("mongo"))

    giving = asyncio.create_task(flight.give_back())
    await turns()
    assert not giving.done()
    await work.end(0)

    assert await giving == {P0: 1}, "the first was handled meanwhile"


async def test_after_a_failure_nothing_is_begun_until_it_is_given_back(flight: InFlight, work: Work) -> None:
    await begun(flight, batch(0, key=b"a"))
    same = await begun(flight, batch(1, key=b"a"))

    await work.end(0, Unavailable("mongo"))

    assert same.done()
    assert work.begun == [0], "the second would overtake the first"
    assert await flight.give_back() == {P0: 0}
    await begun(flight, batch(0, 1, key=b"a"))
    assert work.begun == [0, 0]


async def test_while_all_is_well_nothing_is_given_back(flight: InFlight, work: Work) -> None:
    await begun(flight, batch(0))

    assert await flight.give_back() == {}


async def test_what_takes_too_long_at_the_end_is_not_counted_as_handled(
    flight: InFlight, work: Work, passed_on: list[dict[TopicPartition, int]]
) -> None:
    await begun(flight, batch(0))

    async with asyncio.timeout(5):
        await flight.landed(within=0.01)

    assert passed_on == []


async def test_nothing_is_nothing(flight: InFlight, work: Work) -> None:
    await flight.take(())

    assert work.begun == []


def test_a_handler_is_called_with_whole_batches() -> None:
    handled: list[Any] = []

    async def note(records: Records) -> None:
        handled.append(records)

    async def run() -> None:
        flight = unheard(note)
        await flight.take(batch(0, 1, 2))

    asyncio.run(run())
    assert handled == [batch(0, 1, 2)]


@pytest.mark.parametrize(("failure", "told"), [(ValueError("broken"), True), (Unavailable("MongoDB"), False)])
async def test_a_fault_of_ours_is_told_and_an_outage_is_not(work: Work, failure: Exception, told: bool) -> None:
    flight = InFlight(work, most=1, on_handled=lambda _: None)

    with structlog.testing.capture_logs() as logs:
        taking = await begun(flight, batch(1))
        await work.end(1, failure)
        await taking

    said = [(line["event"], line["topic"], line["error"]) for line in logs]
    assert said == ([("batch_not_handled", "reports.commands.v1", failure)] if told else [])
