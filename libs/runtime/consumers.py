"""What we change of aiokafka's consumer: when it asks the broker, and when it commits."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from libs.runtime import logs

log = logs.get()

COMMITTED_WITHIN = 0.5
"""Seconds that a commit waits for those of the next batches. Whoever takes over after a kill handles as much again,
and finds that it has its effect already."""

SETTLED_WITHIN = 2.0
"""Seconds that whoever gives a partition up waits for its last commit: aiokafka tries again for as long as Kafka is
away."""


def fetch_on_demand(consumer: Any) -> None:
    """Makes the consumer ask the broker while somebody polls, and not while a batch is handled.

    Left to itself aiokafka asks as soon as a batch is taken, gets the next record, and keeps it: what comes after that
    one, while the handler works, is not in the next batch but in the one after. And it asks again after a tenth of a
    second, without the partitions whose records wait; those are then heard of when the broker lets that question go.
    """
    poll = consumer.getmany

    async def getmany(*, timeout_ms: int, max_records: int) -> Any:
        consumer.resume(*consumer.paused())
        found = await poll(timeout_ms=timeout_ms, max_records=max_records)
        if 0 < sum(map(len, found.values())) < max_records:
            consumer.pause(*consumer.assignment())
        return found

    consumer.getmany = getmany


class CommitsBehind(ConsumerRebalanceListener):  # type: ignore[misc]
    """Commits what was handled a little later, at the latest before partitions are given up or the consumer leaves.

    Nobody waits for a commit; the broker took one for every batch, of all partitions, and the next batch waited.
    """

    def __init__(self) -> None:
        self._consumer: Any = None
        self._from: dict[Any, int] = {}
        """First offset that was read of each partition since it was assigned. What was begun before that may end when
        others have committed further."""
        self._handled: dict[Any, int] = {}
        """Next offset of each partition that is not committed yet."""
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def serve(self, consumer: Any) -> None:
        self._consumer = consumer

    def read(self, records: Mapping[Any, Sequence[ConsumerRecord]]) -> None:
        for partition, of_partition in records.items():
            self._from.setdefault(partition, of_partition[0].offset)

    def handled(self, offsets: Mapping[Any, int]) -> None:
        self._handled |= {p: offset for p, offset in offsets.items() if p in self._from and offset > self._from[p]}
        if self._handled and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())

    async def settle(self) -> None:
        """Returns when what was handled is committed, or cannot be."""
        self._hurry.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=SETTLED_WITHIN)
            self._task.cancel()
        self._hurry.clear()

    async def on_partitions_revoked(self, revoked: object) -> None:
        # Nothing is read from here until the next assignment.
        await self.settle()
        self._from, self._handled = {}, {}

    def on_partitions_assigned(self, assigned: object) -> None:
        """Each is known from its first record on (`read`)."""

    async def _run(self) -> None:
        while self._handled:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(COMMITTED_WITHIN):
                    await self._hurry.wait()
            handled, self._handled = self._handled, {}
            try:
                if handled:
                    await self._consumer.commit(handled)
            except KafkaError as error:
                # The partition's next batch commits further; until then its records may be handled again.
                log.warning("offsets_not_committed", partitions=len(handled), error=error)
