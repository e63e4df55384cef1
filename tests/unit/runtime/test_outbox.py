"""Sending: bounded in time and in memory, and honest about what is not known."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError, OutOfOrderSequenceNumber
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatch

from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.outbox import KafkaOutbox, Outgoing, partition_of
from libs.runtime.settings import Settings

MESSAGE = Outgoing("reports.events.v1", b"t1/r1", b"{}", [])


class Producer:
    """Answers each send with the next of `answers`: None for kept, an error, or nothing at all."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.pending: list[asyncio.Future[Any]] = []
        self.batches: list[tuple[str, int, list[bytes]]] = []
        self.stopped = False

    async def send(self, *_: Any, **__: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer = self.answers.pop(0) if self.answers else None
        if answer == "nothing":
            self.pending.append(future)
        elif isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(12))

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(20_000, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[Any]:
        self.batches.append((topic, partition, [r.value for r in DefaultRecordBatch(bytes(batch._build()))]))
        return await self.send()

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True


def an_outbox(producer: Producer, **more: Any) -> KafkaOutbox:
    # A broker that leaves something without an answer is not waited for long; one that answers has the time it takes.
    within = 0.05 if "nothing" in producer.answers else 30
    outbox = KafkaOutbox(Settings(), "reports", **{"within": within, **more})
    outbox._producer = producer
    return outbox


async def test_it_returns_when_every_message_is_acknowledged() -> None:
    outbox = an_outbox(Producer())

    await outbox.publish([MESSAGE] * 3)

    assert outbox.unanswered == 0


async def test_a_send_without_an_answer_is_unknown_after_a_while_and_counted_until_it_is_answered() -> None:
    producer = Producer(None, "nothing", "nothing")
    outbox = an_outbox(producer)

    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE] * 3)

    assert outbox.unanswered == 2
    for future in producer.pending:
        future.set_result(None)
    await asyncio.sleep(0)
    assert outbox.unanswered == 0


def numbered(n: int, topic: str = "reports.events.v1", size: int = 4) -> list[Outgoing]:
    return [Outgoing(topic, f"t1/r{i % 40}".encode(), f"{i:0{size}}".encode(), []) for i in range(n)]


async def test_many_messages_are_packed_by_partition_in_their_order() -> None:
    producer = Producer()
    messages = numbered(200) + numbered(200, "reports.commands.v1")

    await an_outbox(producer).publish(messages)

    assert len(producer.batches) == 24
    assert sorted(v for _, _, values in producer.batches for v in values) == sorted(m.value or b"" for m in messages)
    for topic, partition, values in producer.batches:
        mine = [m for m in messages if m.topic == topic and partition_of(m.key, range(12), ()) == partition]
        assert values == [m.value for m in mine]


async def test_what_one_batch_cannot_hold_goes_into_another_of_its_partition() -> None:
    producer = Producer()
    messages = [Outgoing("reports.events.v1", b"t1/r1", m.value, []) for m in numbered(30, size=3_000)]

    await an_outbox(producer).publish(messages)

    assert len(producer.batches) > 1
    assert [v for _, _, values in producer.batches for v in values] == [m.value for m in messages]


async def test_a_packed_batch_without_an_answer_counts_as_all_its_messages() -> None:
    producer = Producer("nothing")
    outbox = an_outbox(producer)

    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE] * 20)

    assert outbox.unanswered == 20
    producer.pending[0].set_result(None)
    await asyncio.sleep(0)
    assert outbox.unanswered == 0


@pytest.mark.parametrize("n", [1, 20])
async def test_what_no_request_can_hold_is_never_sent(n: int) -> None:
    producer = Producer(MessageSizeTooLargeError()) if n == 1 else Producer()

    with pytest.raises(Unacceptable):
        await an_outbox(producer).publish([*[MESSAGE] * (n - 1), MESSAGE._replace(value=b" " * 2_000_001)])

    assert not producer.batches


async def test_above_the_backlog_nothing_more_is_taken_and_the_answer_is_at_once() -> None:
    producer = Producer(*["nothing"] * 5)
    outbox = an_outbox(producer, most=5)
    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE] * 5)

    async with asyncio.timeout(0.02):
        with pytest.raises(Unavailable):
            await outbox.publish([MESSAGE])

    assert len(producer.pending) == 5


async def test_a_late_error_of_a_message_that_was_given_up_disturbs_nobody() -> None:
    producer = Producer("nothing")
    outbox = an_outbox(producer)
    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE])

    producer.pending[0].set_exception(KafkaConnectionError())
    await asyncio.sleep(0)

    assert outbox.unanswered == 0


async def test_one_failure_makes_the_whole_batch_not_certainly_sent() -> None:
    with pytest.raises(Unavailable):
        await an_outbox(Producer(None, KafkaConnectionError(), None)).publish([MESSAGE] * 3)


async def test_what_is_too_large_will_never_be_sent() -> None:
    with pytest.raises(Unacceptable) as raised:
        await an_outbox(Producer(MessageSizeTooLargeError())).publish([MESSAGE])
    assert raised.value.reason == "size"


async def test_a_wedged_producer_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    wedged, fresh = Producer(OutOfOrderSequenceNumber()), Producer()
    outbox = an_outbox(wedged)
    monkeypatch.setattr(outbox, "_build", lambda: fresh)

    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE])
    await outbox.publish([MESSAGE])

    assert wedged.stopped


async def test_before_the_start_everything_is_refused_and_nothing_is_nothing() -> None:
    outbox = KafkaOutbox(Settings(), "reports")

    await outbox.publish([])
    with pytest.raises(Unavailable):
        await outbox.publish([MESSAGE])


def test_the_partition_of_a_key_never_changes() -> None:
    """Written down: a change would put commands of one aggregate on two partitions during a roll-out."""
    every = list(range(12))

    assert [partition_of(k, every, every) for k in (b"t1/r1", b"t1/r2", b"t1/")] == [5, 7, 5]
    assert partition_of(b"t1/r1", every, every[:3]) == partition_of(b"t1/r1", every, every)
    assert partition_of(None, every, every[:3]) in every[:3]
