"""Readers of every partition, without a group: projections of compacted topics, and followers of journals."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from libs.runtime import logs
from libs.runtime.bus import FETCH_MS, GATHERING, LIVE_WITHIN, pause
from libs.runtime.consumers import fetch_on_demand
from libs.runtime.errors import Unavailable
from libs.runtime.outbox import kafka_options
from libs.runtime.settings import Settings

log = logs.get()

Take = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]


class Follower:
    """Hands every record of some topics to `take`, from the beginning or from now on.

    `take` must not fail on a record: what it cannot read it passes over (the records are those of our own services, and
    a follower has no dead letters). Unavailable is tried again.

    Attributes:
        patient: half a second late is early enough; every question that the broker answers with nothing costs both.
            Once caught up it rests `GATHERING` after each batch, so that the next one holds more.
    """

    def __init__(
        self,
        settings: Settings,
        service: str,
        topics: Sequence[str],
        take: Take,
        *,
        from_start: bool,
        patient: bool = True,
    ) -> None:
        self._settings = settings
        self._service = service
        self._topics = tuple(topics)
        self._take = take
        self._from_start = from_start
        self._patient = patient
        self._caught_up = asyncio.Event()
        self._last_alive = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self.positions: dict[TopicPartition, int] = {}
        """Next offset of every partition."""

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"follow {','.join(self._topics)}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def is_ready(self) -> bool:
        """Read to the end that the topics had at the start."""
        return self._caught_up.is_set()

    @property
    def is_live(self) -> bool:
        return self._task is not None and not self._task.done() and time.monotonic() - self._last_alive < LIVE_WITHIN

    async def caught_up(self) -> None:
        await self._caught_up.wait()

    async def _run(self) -> None:
        failures = 0
        while True:
            self._last_alive = time.monotonic()
            consumer = AIOKafkaConsumer(
                **kafka_options(self._settings),
                client_id=f"simpul-{self._service}",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest" if self._from_start else "latest",
                fetch_max_wait_ms=FETCH_MS,
                consumer_timeout_ms=FETCH_MS,
            )
            try:
                await consumer.start()
                fetch_on_demand(consumer)
                failures = 0
                await self._follow(consumer)
            except (KafkaError, OSError, Unavailable) as error:
                failures += 1
                log.warning("follower_interrupted", topics=self._topics, attempt=failures, error=error)
                await asyncio.sleep(pause(failures))
            finally:
                with contextlib.suppress(KafkaError, OSError):
                    await consumer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        partitions = []
        for topic in self._topics:
            found = await self._partitions(consumer, topic)
            partitions += [TopicPartition(topic, p) for p in found]
        consumer.assign(partitions)
        for partition in partitions:
            if partition in self.positions:
                consumer.seek(partition, self.positions[partition])
            else:
                # Without it, what is written before the position is known is missed.
                self.positions[partition] = await consumer.position(partition)
        ends = await consumer.end_offsets(partitions)
        while True:
            if not self._caught_up.is_set() and all(self.positions[p] >= ends[p] for p in partitions):
                self._caught_up.set()
            self._last_alive = time.monotonic()
            batch = await consumer.getmany(timeout_ms=FETCH_MS if self._caught_up.is_set() else 200, max_records=1000)
            if batch:
                await self._take([record for records in batch.values() for record in records])
                self.positions |= {partition: records[-1].offset + 1 for partition, records in batch.items()}
                if self._patient and self._caught_up.is_set():
                    await asyncio.sleep(GATHERING)
            else:
                for partition in partitions:
                    # Compaction and markers leave gaps at the end that no record fills.
                    self.positions[partition] = max(self.positions[partition], await consumer.position(partition))

    async def _partitions(self, consumer: AIOKafkaConsumer, topic: str) -> list[int]:
        while True:
            await consumer._client.force_metadata_update()
            found = consumer.partitions_for_topic(topic)
            if found:
                return sorted(found)
            self._last_alive = time.monotonic()
            await asyncio.sleep(0.5)
