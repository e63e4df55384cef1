"""Kafka in: batches of records, handled as often as it takes, committed when handled.

FastStream polls and rebalances; this module decides what a failure means. Records are judged one by one
inside the handler: what can never succeed goes to the dead letters with a diagnosis, and only I/O errors leave it.
Those are tried again with growing pauses, and if they last the offset goes back, which is the retry record. FastStream
acknowledges nothing: what is handled, and what comes again, is known to `InFlight`.

Source of the settings: measured on FastStream 0.7.8 and Kafka 4.2; docs/decisions/0003-consumer-settings.md.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage
from faststream.security import SASLScram512

from libs.runtime import logs, telemetry
from libs.runtime.consumers import CommitsBehind, fetch_on_demand
from libs.runtime.errors import Unavailable
from libs.runtime.inflight import Handler, InFlight, Records
from libs.runtime.settings import Settings

log = logs.get()

FETCH_MS = 1_000
"""How long the broker holds a question that it has nothing for; it answers at once when it has. `fetch_on_demand` is
what makes a long one harmless."""
POLL_MS = 1_000
"""How long a loop waits for records before it says that it is alive."""
ABREAST = 2
"""Batches at a time where somebody waits, once they are full: with one, the process stands still while its last part is
saved (10 % of a full load, measured). Small ones gather better one after the other: 5 % less work at 50 a second."""
BESIDE = 16
"""Records of a batch where nobody waits, in a process that also serves somebody who does: a batch of 100 held up the
commands beside it for half a second (measured at 50 reports a second)."""
BESIDE_AT_REST = 64
"""The same while nobody waits: whoever comes then meets no more than this. With 500 a wave of reports began behind
seconds of work (480 to 940 ms at the 99th percentile of 20 s; 160 to 180 with this)."""
BUSY_WITHIN = 1.0
"""Seconds since its last batch in which a loop counts as busy, and the loops beside it work half of the time."""
LONGEST_REST = 1.0
LATE = 10.0
"""Seconds behind which a loop yields to nobody any more: else it would fall back for as long as others come."""
GATHERING = 0.25
"""Seconds between two batches where nobody waits, so that under load one batch holds many records: what a batch costs
beside its records (questions to MongoDB, sends, a commit) is most of the cost of a small one. The first record after a
quiet time is taken at once."""
SESSION_TIMEOUT_MS = 10_000
MAX_POLL_INTERVAL_MS = 300_000
RETRY_BUDGET = 20.0
"""Seconds of pauses before the offset is sought back; far below the poll interval, or the partition is taken away."""
FINISHED_WITHIN = 20.0
"""Seconds that a shutdown waits for what is in flight."""
LEFT_WITHIN = 2.0
"""Seconds that leaving a group may take, if the batches have left no more. aiokafka first ends a rebalance that it is
in, and that waits for every other member. Where it is cut off, others take over after the session timeout."""
LIVE_WITHIN = 30.0
"""Seconds without a poll or a try after which the loop counts as dead."""


def pause(failures: int, *, first: float = 0.2, longest: float = 5.0) -> float:
    """Seconds to wait after the n-th failure (from 1): doubles up to `longest`, less up to a quarter of jitter."""
    if failures < 1:
        raise ValueError("failures is counted from 1")
    whole = min(longest, first * 2.0 ** min(failures - 1, 16))
    return whole * (1 - 0.25 * random.random())  # noqa: S311  spread, not secrecy


@dataclass
class Loop:
    """What is known of one consume loop."""

    name: str
    topics: tuple[str, ...]
    last_alive: float = field(default_factory=time.monotonic)
    failures: int = 0
    stopping: bool = False
    ends_by: float = float("inf")
    """Monotonic time until which a loop that stops lets its batches finish."""
    gathers: bool = False
    """Rests between two batches (`GATHERING`), unless one was full."""
    beside: "Loop | None" = None
    """Where somebody waits: while that one is busy, this one rests as long as it works."""
    most: int = 500
    """Records of one batch."""
    behind: float = 0.0
    """Seconds since the oldest record of the batch in hand was written; 0: nothing is waiting."""
    handled: int = 0
    """Records, since the start."""
    first_at: float | None = None
    last_at: float | None = None
    """Monotonic times of the first record's arrival and of the last batch's end."""

    def alive(self) -> None:
        self.last_alive = time.monotonic()

    @property
    def is_live(self) -> bool:
        return time.monotonic() - self.last_alive < LIVE_WITHIN

    @property
    def is_busy(self) -> bool:
        return self.last_at is not None and time.monotonic() - self.last_at < BUSY_WITHIN

    @property
    def takes(self) -> int:
        """Records of the next batch."""
        if self.beside is None:
            return self.most
        return BESIDE if self.beside.is_busy else BESIDE_AT_REST

    def rest(self, records: int, took: float, *, behind: float = 0.0) -> float:
        """Seconds before the next poll, after a batch of so many records, so many seconds old, that took so long."""
        if not records or self.stopping:
            return 0.0
        gathering = GATHERING if self.gathers and records < self.takes else 0.0
        yields = self.beside is not None and self.beside.is_busy and behind < LATE
        return max(gathering, min(took, LONGEST_REST) if yields else 0.0)


class Bus:
    """The consumers of one service."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings = settings
        self._service = service
        security = None
        if settings.kafka_username:
            security = SASLScram512(
                username=settings.kafka_username, password=settings.kafka_password or "", use_ssl=False
            )
        self.broker = KafkaBroker(
            settings.kafka_bootstrap,
            client_id=f"simpul-{service}",
            security=security,
            logger=None,
            apply_types=False,
            graceful_timeout=FINISHED_WITHIN,
            allow_auto_create_topics=False,
            consumer_only=True,
        )
        self.loops: list[Loop] = []
        self._subscribers: list[Any] = []
        self._starts: list[Callable[[], Awaitable[None]]] = []

    def consume(
        self,
        name: str,
        topics: Sequence[str],
        handler: Handler,
        *,
        patient: bool = False,
        beside: Loop | None = None,
        abreast: int = 1,
    ) -> Loop:
        """Reads `topics` as one member of the group `<service>.<name>`.

        Args:
            patient: no person waits for what comes of it, so a batch may gather.
            beside: a loop of this process where somebody waits: while that one is busy, this one takes little at a time
                and yields to it.
            abreast: batches that may be handled at a time where they are full. Order is kept within a key, not within
                a partition.
        """
        loop = Loop(name, tuple(topics), gathers=patient, beside=beside, most=self._settings.batch_records)
        self.loops.append(loop)
        commits = CommitsBehind()
        subscriber: Any = self.broker.subscriber(
            *topics,
            batch=True,
            group_id=f"{self._service}.{name}",
            max_records=loop.most,
            # FastStream sleeps as long after an empty poll, and would not hear of new records: `_watch` returns none.
            batch_timeout_ms=1,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_MS,
            consumer_timeout_ms=FETCH_MS,
            ack_policy=AckPolicy.MANUAL,
            listener=commits,
            no_reply=True,
            parser=raw_parser,
            decoder=raw_decoder,
        )
        self._subscribers.append(subscriber)
        in_flight = InFlight(
            persistent(loop, handler, service=self._service),
            most=abreast,
            full=loop.most,
            on_handled=commits.handled,
        )
        self._starts.append(partial(_start, subscriber, loop, in_flight, commits))
        subscriber(in_flight.take)
        return loop

    async def start(self) -> None:
        """Starts the consumers beside each other; each waits with growing pauses while Kafka is away."""
        await self.broker.connect()
        await asyncio.gather(*(start() for start in self._starts))

    async def stop(self) -> None:
        """Lets running handlers finish (up to 20 s), commits, and leaves the groups: others take over at once.

        A group that is shared out anew meanwhile is left without a word if that takes too long.
        """
        for loop in self.loops:
            loop.stopping, loop.ends_by = True, time.monotonic() + FINISHED_WITHIN
        await self.broker.stop()

    @property
    def is_live(self) -> bool:
        return all(loop.is_live for loop in self.loops)

    @property
    def is_assigned(self) -> bool:
        """Every loop has a consumer; with more members than partitions one may have nothing to read, and is well."""
        return all(s.consumer is not None for s in self._subscribers)


async def _start(subscriber: Any, loop: Loop, in_flight: InFlight, commits: CommitsBehind) -> None:
    failures = 0
    while True:
        try:
            await subscriber.start()
            break
        except Exception as error:
            failures += 1
            log.warning("kafka_not_reached", loop=loop.name, attempt=failures, error=error)
            loop.alive()
            await subscriber.stop()
            await asyncio.sleep(pause(failures))
    # Nothing is awaited in between: FastStream polls as soon as it can, and what it handled then nobody would commit.
    _watch(subscriber.consumer, loop, in_flight, commits)


def _watch(consumer: Any, loop: Loop, in_flight: InFlight, commits: CommitsBehind) -> None:
    """Notes every poll: a subscriber's `running` stays True after its loop has ended. Before a poll, rests as the loop
    does, and goes back to what was not handled. Returns only when there are records, or the loop stops. Leaves when
    what is in flight has ended and is committed."""
    fetch_on_demand(consumer)
    commits.serve(consumer)
    poll, leave = consumer.getmany, consumer.stop
    records, polled_at = 0, 0.0

    async def getmany(*, timeout_ms: int, max_records: int) -> Any:
        nonlocal records, polled_at
        rest = loop.rest(records, time.monotonic() - polled_at, behind=loop.behind)
        if rest:
            await asyncio.sleep(rest)
        found: Any = {}
        while not found and not loop.stopping:
            loop.alive()
            for partition, offset in (await in_flight.give_back()).items():
                if partition in consumer.assignment():
                    consumer.seek(partition, offset)
            found = await poll(timeout_ms=POLL_MS, max_records=loop.takes)
            now = time.time()
            loop.behind = max((now - of[0].timestamp / 1000 for of in found.values()), default=0.0)
        commits.read(found)
        records, polled_at = sum(map(len, found.values())), time.monotonic()
        return found

    async def stop() -> None:
        await in_flight.landed(within=max(0.0, loop.ends_by - time.monotonic()))
        await commits.settle()
        try:
            async with asyncio.timeout(min(FINISHED_WITHIN, max(LEFT_WITHIN, loop.ends_by - time.monotonic()))):
                await leave()
        except TimeoutError:
            log.warning("group_not_left", loop=loop.name)

    consumer.getmany, consumer.stop = getmany, stop


async def raw_parser(records: Records) -> KafkaMessage:
    """Wraps the raw records and looks at nothing.

    FastStream's own parser runs before any middleware and decodes headers: one that is not UTF-8 makes it fail, nothing
    is sought back, and the next commit passes the whole batch.
    """
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def raw_decoder(message: Any) -> Records:
    records: Records = message.raw_message
    return records


def persistent(loop: Loop, handler: Handler, *, service: str) -> Handler:
    """A handler that is tried again while a dependency is away, within the retry budget.

    Only then does it raise, and the offset goes back. The count of failures outlives the call, so that a batch that
    comes again does not start with short pauses.
    """

    async def handle(records: Records) -> None:
        if not records:
            return
        topic = records[0].topic
        oldest = min(r.timestamp for r in records) / 1000
        telemetry.LAG_SECONDS.labels(service, topic).set(max(0.0, time.time() - oldest))
        telemetry.BATCH_RECORDS.labels(service, topic).observe(len(records))
        waited = 0.0
        loop.first_at = loop.first_at or time.monotonic()
        while True:
            loop.alive()
            try:
                with telemetry.BATCH_SECONDS.labels(service, topic).time():
                    await _guarded(handler, records)
                loop.failures = 0
                loop.handled += len(records)
                loop.last_at = time.monotonic()
                return
            except Unavailable as error:
                loop.failures += 1
                telemetry.RETRIES.labels(service, topic, error.dependency).inc()
                wait = pause(loop.failures)
                log.warning(
                    "batch_failed",
                    topic=topic,
                    records=len(records),
                    attempt=loop.failures,
                    dependency=error.dependency,
                )
                if loop.stopping or waited + wait > RETRY_BUDGET:
                    raise
                waited += wait
                await asyncio.sleep(wait)

    return handle


async def _guarded(handler: Handler, records: Records) -> None:
    try:
        await handler(records)
    except Unavailable:
        raise
    except asyncio.CancelledError:
        # Cancelled from elsewhere (a driver's own scope), not by our shutdown: it would end the consume loop for good.
        task = asyncio.current_task()
        if task is not None and task.cancelling() == 0:
            raise Unavailable("cancelled") from None
        raise
    except Exception as error:
        # Nothing else should arrive here. Bare, it would make FastStream seek back at once and spin.
        log.error("handler_raised", topic=records[0].topic, error=error)
        raise Unavailable(type(error).__name__) from error
