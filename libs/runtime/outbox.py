"""Sending to Kafka: acknowledged by all replicas, idempotent, bounded in time and in memory."""

import asyncio
import random
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder

from libs.runtime import logs, telemetry
from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.settings import Settings

log = logs.get()

FEW = 16
"""Messages up to this number are handed to the producer one by one, which puts those of concurrent callers together.
More are packed here, by partition: a future and a queue for each cost more than the message (12 against 5 µs)."""

LARGEST = 2_000_000
"""Bytes of one request; the broker's own limit for a record is 1,048,588, for dead letters 2,097,152."""


class Outgoing(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Outbox(Protocol):
    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Returns when every message is acknowledged. Order within a key is kept.

        Raises:
            Unavailable: not certainly sent; it may still arrive. Send it again with the same ids.
        """
        ...


def kafka_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"bootstrap_servers": settings.kafka_bootstrap}
    if settings.kafka_username:
        options |= {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password,
        }
    return options


def partition_of(key: bytes | None, every: Sequence[int], available: Sequence[int]) -> int:
    """The partition of a key, the same for all our producers. Kafka's own hash is Python in aiokafka, 15 µs a key."""
    if key is None:
        return random.choice(available or every)  # noqa: S311  spread, not secrecy
    return every[zlib.crc32(key) % len(every)]


async def _packed(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> list[tuple[str, int, BatchBuilder]]:
    """Messages as batches (topic, partition, batch), in order within a partition."""
    partitions: dict[str, list[int]] = {}
    filling: dict[tuple[str, int], BatchBuilder] = {}
    packed: list[tuple[str, int, BatchBuilder]] = []
    for topic, message_key, value, headers in messages:
        if len(value or b"") > LARGEST:
            raise MessageSizeTooLargeError
        if topic not in partitions:
            partitions[topic] = sorted(await producer.partitions_for(topic))
        partition = partition_of(message_key, partitions[topic], ())
        batch = filling.get((topic, partition))
        if batch is None or batch.append(timestamp=None, key=message_key, value=value, headers=headers) is None:
            batch = filling[topic, partition] = producer.create_batch()
            packed.append((topic, partition, batch))
            batch.append(timestamp=None, key=message_key, value=value, headers=headers)
    for _, _, batch in packed:
        batch.close()
    return packed


class KafkaOutbox:
    """An idempotent producer with a bounded backlog.

    aiokafka gives up no send by itself: what was sent before a time-out is written when the broker comes back. So a
    time-out means *unknown*, and while `most` messages are unanswered nothing more is taken.
    """

    def __init__(self, settings: Settings, service: str, *, within: float = 15.0, most: int = 20_000) -> None:
        self._settings = settings
        self._service = service
        self._within = within
        self._most = most
        self._unanswered = 0
        self._producer: AIOKafkaProducer | None = None
        self._rebuilding = asyncio.Lock()

    async def start(self) -> None:
        self._producer = self._build()
        await self._producer.start()

    async def stop(self) -> None:
        if self._producer is not None:
            try:
                async with asyncio.timeout(10):
                    await self._producer.stop()
            except TimeoutError:
                log.warning("producer_not_flushed", unanswered=self._unanswered)

    def _build(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **kafka_options(self._settings),
            client_id=f"simpul-{self._service}",
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=262_144,
            max_request_size=LARGEST,
            request_timeout_ms=10_000,
            partitioner=partition_of,
        )

    @property
    def unanswered(self) -> int:
        return self._unanswered

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        if not messages:
            return
        producer = self._producer
        if producer is None or self._unanswered + len(messages) > max(self._most, len(messages)):
            telemetry.SENDS.labels(self._service, "refused").inc(len(messages))
            raise Unavailable("kafka")
        sent: dict[asyncio.Future[Any], int] = {}
        try:
            async with asyncio.timeout(self._within):
                if len(messages) <= FEW:
                    for m in messages:
                        sent[await producer.send(m.topic, m.value, key=m.key, headers=m.headers)] = 1
                else:
                    for topic, partition, batch in await _packed(producer, messages):
                        sending = await producer.send_batch(batch, topic, partition=partition)
                        sent[sending] = batch.record_count()
                await asyncio.wait(sent)
        except TimeoutError:
            telemetry.SENDS.labels(self._service, "unknown").inc(len(messages))
            raise Unavailable("kafka") from None
        except MessageSizeTooLargeError:
            raise Unacceptable("size", "message") from None
        except KafkaError as error:
            telemetry.SENDS.labels(self._service, "failed").inc(len(messages))
            raise Unavailable("kafka") from error
        finally:
            self._count_unanswered(sent)
        await self._judge(sent)
        telemetry.SENDS.labels(self._service, "kept").inc(len(messages))

    def _count_unanswered(self, sent: "Mapping[asyncio.Future[Any], int]") -> None:
        """Counts what was given up: aiokafka goes on with it by itself."""
        for future, count in sent.items():
            if not future.done():
                self._unanswered += count
                future.add_done_callback(partial(self._answered, count))

    def _answered(self, count: int, future: "asyncio.Future[Any]") -> None:
        self._unanswered -= count
        if not future.cancelled():
            future.exception()

    async def _judge(self, sent: "Mapping[asyncio.Future[Any], int]") -> None:
        errors = [e for f in sent if not f.cancelled() and (e := f.exception()) is not None]
        if not errors and not any(f.cancelled() for f in sent):
            return
        if any(type(e).__name__ in _WEDGED for e in errors):
            await self._rebuild()
        if errors and all(isinstance(e, MessageSizeTooLargeError) for e in errors):
            raise Unacceptable("size", "message")
        telemetry.SENDS.labels(self._service, "failed").inc(sum(sent.values()))
        raise Unavailable("kafka")

    async def _rebuild(self) -> None:
        """A producer whose sequence the broker no longer follows never recovers by itself (aiokafka issue 1017)."""
        async with self._rebuilding:
            log.error("producer_rebuilt")
            old, fresh = self._producer, self._build()
            await fresh.start()
            self._producer = fresh
            if old is not None:
                try:
                    async with asyncio.timeout(2):
                        await old.stop()
                except (TimeoutError, KafkaError):
                    log.warning("producer_abandoned")


_WEDGED = {"OutOfOrderSequenceNumber", "UnknownProducerId", "InvalidProducerEpoch", "ProducerFenced"}
