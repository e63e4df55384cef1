"""What a failure of a batch means: wait, try again, and in the end give the offset back."""

import asyncio
import time
from typing import Any

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from libs.runtime import bus
from libs.runtime.bus import (
    BESIDE,
    BESIDE_AT_REST,
    BUSY_WITHIN,
    GATHERING,
    LATE,
    LIVE_WITHIN,
    LONGEST_REST,
    RETRY_BUDGET,
    Bus,
    Loop,
    pause,
    persistent,
    raw_decoder,
    raw_parser,
)
from libs.runtime.consumers import CommitsBehind
from libs.runtime.errors import Unavailable
from libs.runtime.inflight import InFlight
from libs.runtime.settings import Settings
from tests.unit.runtime.patience import without_waiting
from tests.unit.runtime.records import a_record

BATCH = (a_record(),)
P3 = TopicPartition(a_record().topic, 3)


class Flaky:
    """Fails with these, one a call, then succeeds."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.calls = 0

    async def __call__(self, records: Any) -> None:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_waiting(monkeypatch)


@given(st.integers(1, 100))
def test_a_pause_doubles_up_to_the_longest_less_up_to_a_quarter(failures: int) -> None:
    whole = min(5.0, 0.2 * 2 ** (failures - 1))

    assert 0.75 * whole <= pause(failures) <= whole


def test_failures_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        pause(0)


async def test_an_outage_is_waited_out_with_growing_pauses(slept: list[float]) -> None:
    handler, loop = Flaky(*[Unavailable("mongo")] * 4), Loop("commands", ("t",))

    await persistent(loop, handler, service="reports")(BATCH)

    assert (handler.calls, loop.failures, loop.handled) == (5, 0, 1)
    assert len(slept) == 4
    assert slept[0] <= 0.2 < slept[3]


async def test_a_long_outage_gives_the_offset_back_before_the_partition_is_taken_away(slept: list[float]) -> None:
    handler = Flaky(*[Unavailable("mongo")] * 1000)

    with pytest.raises(Unavailable):
        await persistent(Loop("commands", ("t",)), handler, service="reports")(BATCH)

    assert sum(slept) <= RETRY_BUDGET < bus.MAX_POLL_INTERVAL_MS / 1000
    assert handler.calls < 20, "an outage must not spin"


async def test_a_batch_that_comes_again_goes_on_with_long_pauses(slept: list[float]) -> None:
    loop, handler = Loop("commands", ("t",)), Flaky(*[Unavailable("mongo")] * 1000)
    handle = persistent(loop, handler, service="reports")
    with pytest.raises(Unavailable):
        await handle(BATCH)
    slept.clear()

    with pytest.raises(Unavailable):
        await handle(BATCH)

    assert slept[0] > 3


async def test_a_foreign_cancellation_is_an_outage_and_not_the_end_of_the_loop(slept: list[float]) -> None:
    handler = Flaky(asyncio.CancelledError())

    await persistent(Loop("commands", ("t",)), handler, service="reports")(BATCH)

    assert handler.calls == 2


async def test_our_own_cancellation_ends_it() -> None:
    started = asyncio.Event()

    async def forever(records: Any) -> None:
        started.set()
        await asyncio.Event().wait()

    handle: Any = persistent(Loop("commands", ("t",)), forever, service="reports")
    task = asyncio.create_task(handle(BATCH))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_nobody_expected_waits_as_well_and_does_not_spin(slept: list[float]) -> None:
    handler = Flaky(RuntimeError("claim text"), RuntimeError("claim text"))

    await persistent(Loop("commands", ("t",)), handler, service="reports")(BATCH)

    assert len(slept) == 2


async def test_while_stopping_a_failing_batch_is_given_back_at_once(slept: list[float]) -> None:
    loop = Loop("commands", ("t",), stopping=True)

    with pytest.raises(Unavailable):
        await persistent(loop, Flaky(Unavailable("mongo")), service="reports")(BATCH)

    assert slept == []


async def test_an_empty_batch_is_nothing() -> None:
    handler = Flaky(RuntimeError())

    await persistent(Loop("commands", ("t",)), handler, service="reports")(())

    assert handler.calls == 0


def test_a_loop_that_polls_no_more_counts_as_dead_after_a_while() -> None:
    polls = Loop("commands", ("t",))
    silent = Loop("commands", ("t",), last_alive=time.monotonic() - LIVE_WITHIN - 1)

    assert polls.is_live
    assert not silent.is_live
    silent.alive()
    assert silent.is_live


@pytest.mark.parametrize(
    ("gathers", "records", "rest"),
    [
        pytest.param(True, 3, GATHERING, id="more will come together"),
        pytest.param(True, 4, 0.0, id="a full batch says that more is there"),
        pytest.param(True, 0, 0.0, id="before the first batch"),
        pytest.param(False, 3, 0.0, id="somebody waits"),
    ],
)
def test_a_loop_that_nobody_waits_for_rests_between_batches(gathers: bool, records: int, rest: float) -> None:
    assert Loop("events", ("t",), gathers=gathers, most=4).rest(records, took=0.4) == rest


@pytest.mark.parametrize(
    ("ago", "took", "behind", "rest"),
    [
        pytest.param(0.1, 0.4, 0.0, 0.4, id="somebody waits beside it: half of the time is theirs"),
        pytest.param(0.1, 30.0, 0.0, LONGEST_REST, id="a long time was an outage, and no work"),
        pytest.param(0.1, 0.4, LATE + 1, 0.0, id="it has yielded long enough"),
        pytest.param(BUSY_WITHIN + 1, 0.4, 0.0, 0.0, id="nobody waits any more"),
        pytest.param(None, 0.4, 0.0, 0.0, id="nobody ever waited"),
    ],
)
def test_a_loop_yields_to_the_one_beside_it(ago: float | None, took: float, behind: float, rest: float) -> None:
    prompt = Loop("commands", ("t",), last_at=None if ago is None else time.monotonic() - ago)
    placing = Loop("placing", ("p",), gathers=True, beside=prompt)

    assert placing.rest(placing.takes, took, behind=behind) == rest


def test_a_loop_takes_little_at_a_time_only_while_the_one_beside_it_is_busy() -> None:
    prompt = Loop("commands", ("t",))
    placing = Loop("placing", ("p",), gathers=True, beside=prompt, most=500)

    assert placing.takes == BESIDE_AT_REST
    prompt.last_at = time.monotonic()
    assert placing.takes == BESIDE


class Polled:
    """A consumer whose polls bring so many records each."""

    def __init__(self, *counts: int) -> None:
        self._counts = list(counts)
        self.sought: list[int] = []

    def assignment(self) -> set[Any]:
        return {P3}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        assert partition in self.assignment()
        self.sought.append(offset)

    paused = assignment

    def pause(self, *partitions: Any) -> None:
        pass

    resume = pause

    async def commit(self) -> None:
        pass

    stop = commit

    async def getmany(self, **_: int) -> dict[Any, list[Any]]:
        count = self._counts.pop(0)
        return {P3: [a_record()] * count} if count else {}

    async def batch(self) -> int:
        return len((await self.getmany(timeout_ms=1, max_records=4)).get(P3, ()))


def watched(consumer: Polled, loop: Loop, *failures: BaseException) -> InFlight:
    commits = CommitsBehind()
    in_flight = InFlight(Flaky(*failures), most=1, on_handled=commits.handled)
    bus._watch(consumer, loop, in_flight, commits)
    return in_flight


async def test_a_quiet_time_is_waited_through_and_the_first_record_after_it_is_taken_at_once(
    slept: list[float],
) -> None:
    consumer, loop = Polled(3, 0, 0, 1), Loop("events", ("t",), last_alive=float("-inf"), gathers=True)
    watched(consumer, loop)

    assert [await consumer.batch(), await consumer.batch()] == [3, 1]

    assert slept == [GATHERING], "after the batch, not before the record"
    assert loop.is_live


async def test_before_a_poll_it_goes_back_to_what_was_not_handled(slept: list[float]) -> None:
    consumer, loop = Polled(2, 2), Loop("commands", ("t",))
    in_flight = watched(consumer, loop, Unavailable("mongo"))
    await consumer.batch()
    await in_flight.take((a_record(offset=7),))

    await consumer.batch()

    assert consumer.sought == [7]


async def test_a_partition_that_went_to_another_member_is_not_sought(slept: list[float]) -> None:
    consumer, loop = Polled(2, 2), Loop("commands", ("t",))
    in_flight = watched(consumer, loop, Unavailable("mongo"))
    await in_flight.take((a_record(offset=7, partition=5),))

    await consumer.batch()

    assert consumer.sought == []


async def test_a_loop_that_stops_polls_no_more() -> None:
    consumer = Polled()
    watched(consumer, Loop("commands", ("t",), stopping=True))

    assert await consumer.batch() == 0


async def test_a_group_that_cannot_be_left_is_left_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiokafka waits for the rebalance that it is in, and that for every other member."""
    monkeypatch.setattr(bus, "LEFT_WITHIN", 0.01)
    consumer = Polled()
    rebalance = asyncio.create_task(asyncio.Event().wait())

    async def stop() -> None:
        await rebalance

    consumer.stop = stop  # type: ignore[method-assign]
    watched(consumer, Loop("commands", ("t",), stopping=True, ends_by=0.0))

    await asyncio.wait_for(consumer.stop(), 1)

    assert rebalance.cancelled()


async def test_the_parser_looks_at_nothing_and_the_decoder_gives_the_records_back() -> None:
    rubbish = (a_record(b"\xff", [("h", b"\xff\xfe"), ("reply_to", b"registry.commands.v1")]),)

    message = await raw_parser(rubbish)

    assert await raw_decoder(message) is rubbish
    assert (message.headers, message.reply_to) == ({}, "")


def test_one_dead_loop_makes_the_bus_dead(tmp_path: Any) -> None:
    both = Bus(Settings(secrets_dir=tmp_path), "reports")
    both.loops = [Loop("commands", ("a",)), Loop("events", ("b",), last_alive=float("-inf"))]

    assert not both.is_live
    both.loops[1].alive()
    assert both.is_live
