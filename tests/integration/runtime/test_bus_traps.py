"""The measured traps of the consumer, on a real Kafka: each test fails when its trap comes back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from deploy.local.kafka_admin import sasl
from deploy.local.stack import Stack
from libs.contracts.topics import Service, dead_letters
from libs.runtime import bus as bus_module
from libs.runtime import consumers
from libs.runtime.bus import SESSION_TIMEOUT_MS, Bus
from libs.runtime.errors import Unavailable
from libs.runtime.inflight import Records
from libs.runtime.outbox import kafka_options
from tests.integration.runtime.house import MAILBOX, Pen, a_member, a_pen, eventually
from tests.office import settings_of


@pytest.fixture
async def pen(stack: Stack) -> AsyncIterator[Pen]:
    async with a_pen(stack) as pen:
        yield pen


class Notes:
    """Takes records down; fails first with what it was told to."""

    def __init__(self, pen: Pen, *failures: BaseException) -> None:
        self.pen = pen
        self.failures = list(failures)
        self.taken: list[int] = []
        self.calls = 0

    async def __call__(self, records: Records) -> None:
        mine = self.pen.numbers(records)
        if not mine:
            return
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        self.taken += mine


async def test_a_header_that_is_not_utf_8_loses_no_record_of_its_batch(stack: Stack, pen: Pen) -> None:
    notes = Notes(pen)
    await pen.write(1)
    await pen.write(2, headers=[("ce_type", b"\xff\xfe"), ("content-type", b"\xff"), ("correlation_id", b"\xfe")])
    await pen.write(3)

    async with a_member(stack, notes):
        await eventually(lambda: len(notes.taken) == 3)

    assert notes.taken == [1, 2, 3]


async def test_an_outage_loses_nothing_and_does_not_spin(stack: Stack, pen: Pen) -> None:
    notes = Notes(pen, *[Unavailable("mongo")] * 4)
    await pen.write(*range(20))

    async with a_member(stack, notes):
        await eventually(lambda: len(notes.taken) >= 20)

    assert notes.taken == list(range(20))
    assert notes.calls < 20


async def test_an_outage_beyond_the_budget_seeks_back_and_loses_nothing(
    stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RETRY_BUDGET", 0.1)
    monkeypatch.setattr(bus_module, "pause", lambda failures: 0.05)
    notes = Notes(pen, *[Unavailable("mongo")] * 9)
    await pen.write(*range(20))

    async with a_member(stack, notes):
        await eventually(lambda: len(set(notes.taken)) == 20)

    assert sorted(set(notes.taken)) == list(range(20))


async def test_a_foreign_cancellation_neither_ends_the_loop_nor_loses_its_batch(stack: Stack, pen: Pen) -> None:
    notes = Notes(pen, asyncio.CancelledError())
    async with a_member(stack, notes):
        await pen.write(1)
        await eventually(lambda: notes.taken == [1])
        await pen.write(2)
        await eventually(lambda: notes.taken == [1, 2])


async def test_a_handler_that_raises_anything_loses_nothing(stack: Stack, pen: Pen) -> None:
    notes = Notes(pen, ZeroDivisionError(), KeyError("x"))
    await pen.write(1, 2)

    async with a_member(stack, notes):
        await eventually(lambda: sorted(notes.taken) == [1, 2])


async def test_liveness_notices_a_loop_that_has_ended(stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(pen)
    async with a_member(stack, notes) as bus:
        await pen.write(1)
        await eventually(lambda: notes.taken == [1])
        monkeypatch.setattr(bus_module, "LIVE_WITHIN", 1.0)
        await eventually(lambda: bus.is_live)

        for task in bus._subscribers[0].tasks:
            task.cancel()
        await eventually(lambda: not bus.is_live, within=5)


async def test_all_that_is_written_while_a_batch_is_handled_is_in_the_next_one(
    stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka fetches the first of it at once, and the rest only when the broker lets another question go."""
    monkeypatch.setattr(bus_module, "FETCH_MS", 60_000)
    batches: list[list[int]] = []
    go_on = asyncio.Event()

    async def slow(records: Records) -> None:
        if mine := pen.numbers(records):
            batches.append(mine)
            await go_on.wait()

    async with a_member(stack, slow):
        await pen.write(0)
        await eventually(lambda: batches == [[0]])
        for number in range(1, 4):
            await pen.write(number)
            await asyncio.sleep(0.2)
        go_on.set()
        await eventually(lambda: batches == [[0], [1, 2, 3]])


async def test_an_idle_loop_stays_live(stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "LIVE_WITHIN", 1.5)
    async with a_member(stack, Notes(pen)) as bus:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            assert bus.is_live
            await asyncio.sleep(0.1)


async def test_a_member_that_leaves_is_replaced_at_once_and_nothing_is_handled_twice(stack: Stack, pen: Pen) -> None:
    group, first, second = f"trap-{uuid4().hex[:8]}", Notes(pen), Notes(pen)
    await pen.write(*range(10))
    async with a_member(stack, first, group=group):
        await eventually(lambda: len(first.taken) == 10)
    await pen.write(*range(10, 20))

    started = time.monotonic()
    async with a_member(stack, second, group=group):
        await eventually(lambda: len(second.taken) == 10)
        took = time.monotonic() - started

    assert second.taken == list(range(10, 20))
    assert took < SESSION_TIMEOUT_MS / 1000 - 2, "the member before did not leave its group"


async def test_a_member_commits_what_it_handled_before_it_gives_partitions_up(
    stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "COMMITTED_WITHIN", 600.0)
    group, first, second = f"trap-{uuid4().hex[:8]}", Notes(pen), Notes(pen)
    async with a_member(stack, first, group=group):
        for number in range(8):
            await pen.write(number, partition=number)
        await eventually(lambda: len(first.taken) == 8)
        async with a_member(stack, second, group=group):
            for number in range(8):
                await pen.write(8 + number, partition=number)
            await eventually(lambda: len(first.taken) + len(second.taken) >= 16)

    assert sorted(first.taken + second.taken) == list(range(16))
    assert second.taken, "the second was given no partition"


async def test_a_stop_waits_for_the_batch_that_is_being_handled(stack: Stack, pen: Pen) -> None:
    group, begun, ended = f"trap-{uuid4().hex[:8]}", asyncio.Event(), asyncio.Event()

    async def slow(records: Records) -> None:
        if pen.numbers(records):
            begun.set()
            await asyncio.sleep(1.0)
            ended.set()

    await pen.write(1)
    async with a_member(stack, slow, group=group):
        async with asyncio.timeout(40):
            await begun.wait()
    after = Notes(pen)
    await pen.write(2)
    async with a_member(stack, after, group=group):
        await eventually(lambda: 2 in after.taken)

    assert ended.is_set()
    assert after.taken == [2]


async def test_a_member_that_leaves_commits_nothing_beyond_what_is_not_handled(stack: Stack, pen: Pen) -> None:
    group, second_is_handled = f"trap-{uuid4().hex[:8]}", asyncio.Event()

    async def first_fails(records: Records) -> None:
        if 1 in pen.numbers(records):
            raise Unavailable("mongo")
        if pen.numbers(records):
            second_is_handled.set()

    async with a_member(stack, first_fails, group=group, abreast=2):
        await pen.write(1, 2)
        async with asyncio.timeout(40):
            await second_is_handled.wait()
    after = Notes(pen)
    async with a_member(stack, after, group=group):
        await eventually(lambda: len(after.taken) == 2)

    assert after.taken == [1, 2], "the second was handled, but a commit of it would have passed the first"


async def test_what_a_loop_handles_while_the_next_one_starts_is_committed(
    stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastStream polls from the moment that a subscriber has started; whoever watches must be there by then."""
    first, group, others = Notes(pen), f"trap-{uuid4().hex[:8]}", f"trap-{uuid4().hex[:8]}"
    start = AIOKafkaConsumer.start

    async def late(consumer: AIOKafkaConsumer) -> None:
        if consumer._group_id == f"reports.{others}":
            await eventually(lambda: 1 in first.taken)
        await start(consumer)

    monkeypatch.setattr(AIOKafkaConsumer, "start", late)
    await pen.write(1)
    bus = Bus(settings_of(stack, Service.REPORTS), "reports")
    bus.consume(group, [MAILBOX], first)
    bus.consume(others, [MAILBOX], Notes(pen))

    async with asyncio.timeout(30):
        await bus.start()
    await bus.stop()
    after = Notes(pen)
    await pen.write(2)
    async with a_member(stack, after, group=group):
        await eventually(lambda: 2 in after.taken)

    assert after.taken == [2]


async def test_a_batch_does_not_wait_for_the_one_before_it_and_loses_nothing_when_that_fails(
    stack: Stack, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RETRY_BUDGET", 0.1)
    handled: list[int] = []
    tries: list[int] = []
    late = asyncio.Event()

    async def first_fails_late(records: Records) -> None:
        for number in pen.numbers(records):
            tries.append(number)
            if number == 1 and tries.count(1) < 4:
                await late.wait()
                raise Unavailable("mongo")
            handled.append(number)

    async with a_member(stack, first_fails_late, abreast=2):
        await pen.write(1)
        await eventually(lambda: tries == [1])
        await pen.write(2)
        await eventually(lambda: handled == [2])
        await pen.write(3)
        late.set()
        await eventually(lambda: {1, 2, 3} <= set(handled))

    assert handled.count(1) == 1


async def test_a_reply_to_header_makes_nothing_be_published(stack: Stack, pen: Pen) -> None:
    topic, notes = dead_letters(Service.REPORTS), Notes(pen)
    async with a_reader(stack, topic) as reader:
        await pen.write(1, headers=[("reply_to", topic.encode()), ("correlation_id", b"c1")])
        async with a_member(stack, notes):
            await eventually(lambda: notes.taken == [1])

        found = await read_to_the_end(reader)

    # A reports service that runs beside this test puts the record aside, which is right; a reply has no diagnosis.
    assert [r for r in found if "dlq_reason" not in dict(r.headers)] == []


async def test_batches_are_bounded(stack: Stack, pen: Pen) -> None:
    sizes: list[int] = []

    async def measure(records: Records) -> None:
        sizes.append(len(records))

    bound = settings_of(stack, Service.REPORTS).batch_records
    await asyncio.gather(*(pen.write(*range(100)) for _ in range(12)))
    async with a_member(stack, measure):
        await eventually(lambda: sum(sizes) >= 1200)

    assert max(sizes) <= bound


@asynccontextmanager
async def a_reader(stack: Stack, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Reads what is written to a topic from now on, as the administrator."""
    options = {**kafka_options(settings_of(stack, Service.REPORTS)), **sasl(stack.admin_credentials)}
    consumer = AIOKafkaConsumer(topic, **options, group_id=None, enable_auto_commit=False, auto_offset_reset="latest")
    await consumer.start()
    try:
        for partition in consumer.assignment():
            await consumer.position(partition)
        yield consumer
    finally:
        await consumer.stop()


async def read_to_the_end(consumer: AIOKafkaConsumer) -> list[ConsumerRecord]:
    ends = await consumer.end_offsets(list(consumer.assignment()))
    found: list[ConsumerRecord] = []
    for partition, end in ends.items():
        while await consumer.position(partition) < end:
            for records in (await consumer.getmany(partition, timeout_ms=200)).values():
                found += records
    return found
