"""Producer and follower on a real Kafka that pauses and comes back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord

from deploy.local import kafka
from deploy.local.stack import Stack
from libs.contracts.topics import Service, journal, mailbox
from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.followers import Follower
from libs.runtime.outbox import KafkaOutbox, Outgoing
from tests.integration.runtime.house import eventually
from tests.office import settings_of

JOURNAL = journal(Service.NOTIFY)
"""Written by notify, followed by the gateway; no service of these tests writes to it."""


class Heard:
    def __init__(self) -> None:
        self.mark = uuid4().hex.encode()
        self.values: list[bytes] = []

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        self.values += [r.value for r in records if r.value and r.value.startswith(self.mark)]

    def message(self, number: int, size: int = 0) -> Outgoing:
        return Outgoing(JOURNAL, b"t1/%d" % number, self.mark + b"%d" % number + b" " * size, [])


@pytest.fixture
async def outbox(stack: Stack) -> AsyncIterator[KafkaOutbox]:
    outbox = KafkaOutbox(settings_of(stack, Service.NOTIFY), "notify", within=10)
    await outbox.start()
    yield outbox
    await outbox.stop()


@pytest.fixture
async def heard(stack: Stack) -> AsyncIterator[Heard]:
    heard = Heard()
    follower = a_follower(stack, heard)
    await follower.start()
    await eventually(lambda: follower.is_ready)
    yield heard
    await follower.stop()


def a_follower(stack: Stack, heard: Heard, *, from_start: bool = False) -> Follower:
    return Follower(
        settings_of(stack, Service.GATEWAY),
        "gateway",
        [JOURNAL],
        heard.take,
        from_start=from_start,
    )


async def test_a_follower_that_is_ready_hears_everything_that_comes_after(stack: Stack, outbox: KafkaOutbox) -> None:
    for _ in range(3):
        heard = Heard()
        follower = a_follower(stack, heard)
        await follower.start()
        await follower.caught_up()
        await outbox.publish([heard.message(n) for n in range(24)])
        await eventually(lambda heard=heard: len(heard.values) == 24)  # type: ignore[misc]
        await follower.stop()


async def test_a_projection_is_ready_only_when_it_has_read_to_the_end(stack: Stack, outbox: KafkaOutbox) -> None:
    heard = Heard()
    await outbox.publish([heard.message(n) for n in range(200)])

    follower = a_follower(stack, heard, from_start=True)
    await follower.start()
    await follower.caught_up()

    assert len(heard.values) == 200
    await follower.stop()


async def test_order_within_a_key_is_kept(outbox: KafkaOutbox, heard: Heard) -> None:
    def many(k: bytes) -> list[Outgoing]:
        return [Outgoing(JOURNAL, k, heard.mark + k + b"%03d" % n, []) for n in range(50)]

    await asyncio.gather(outbox.publish(many(b"a")), outbox.publish(many(b"b")))
    await eventually(lambda: len(heard.values) == 100)

    for k in (b"a", b"b"):
        mine = [v for v in heard.values if v.startswith(heard.mark + k)]
        assert mine == sorted(mine)


async def test_a_time_out_is_unknown_and_is_kept_when_the_broker_comes_back(
    stack: Stack, outbox: KafkaOutbox, heard: Heard
) -> None:
    await outbox.publish([heard.message(0)])
    outbox._within = 1.0
    stack.pause(kafka.NAME)
    try:
        with pytest.raises(Unavailable):
            await outbox.publish([heard.message(1)])
        assert outbox.unanswered == 1
    finally:
        stack.resume(kafka.NAME)

    await eventually(lambda: outbox.unanswered == 0, within=20)
    await eventually(lambda: len(heard.values) == 2, within=20)
    outbox._within = 15.0
    await outbox.publish([heard.message(1)])
    await eventually(lambda: heard.values == [heard.mark + b"0", heard.mark + b"1", heard.mark + b"1"])


async def test_a_follower_goes_on_where_it_was_after_the_broker_was_killed(
    stack: Stack, outbox: KafkaOutbox, heard: Heard
) -> None:
    await outbox.publish([heard.message(1)])
    await eventually(lambda: len(heard.values) == 1)

    await asyncio.to_thread(stack.kill_kafka)
    await asyncio.to_thread(stack.start_kafka)
    outbox._within = 15.0
    await outbox.publish([heard.message(2)])

    await eventually(lambda: len(heard.values) >= 2, within=30)
    assert list(dict.fromkeys(heard.values)) == [heard.mark + b"1", heard.mark + b"2"]


async def test_what_the_broker_takes_and_what_it_does_not(stack: Stack, outbox: KafkaOutbox, heard: Heard) -> None:
    await outbox.publish([heard.message(1, size=1_000_000)])
    with pytest.raises(Unacceptable) as raised:
        await outbox.publish([heard.message(2, size=1_100_000)])

    assert raised.value.reason == "size"
    await eventually(lambda: len(heard.values) == 1)


async def test_a_service_cannot_write_the_mailbox_or_the_journal_of_another(outbox: KafkaOutbox) -> None:
    for topic in (mailbox(Service.REPORTS), journal(Service.REPORTS), "reports.dlq.v1", "registry.directory.v1"):
        with pytest.raises(Unavailable):
            await outbox.publish([Outgoing(topic, b"t1/x", b"{}", [])])


async def test_a_topic_that_is_not_in_the_catalogue_is_not_made(outbox: KafkaOutbox) -> None:
    outbox._within = 2.0

    with pytest.raises(Unavailable):
        await outbox.publish([Outgoing("notify.surprise.v1", b"t1/x", b"{}", [])])
