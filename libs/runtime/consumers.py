"""What we change of aiokafka's consumer: when it asks the broker, and when it commits."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from aiokafka.errors import KafkaError

from libs.runtime import logs

log = logs.get()

COMMITTED_WITHIN = 0.1
"""Seconds that a commit waits for those of the next batches. Whoever takes over after a kill handles as much again,
and finds that it has its effect already."""

LEFT_WITHIN = 2.0
"""Seconds that a consumer which leaves waits for its last commit: aiokafka tries again for as long as Kafka is away."""


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


class CommitsBehind:
    """Commits what was handled a little later, at the latest before the consumer leaves.

    Nobody waits for a commit; the broker took one for every batch, of all partitions, and the next batch waited.
    """

    def __init__(self, consumer: Any) -> None:
        self._assignment = consumer.assignment
        self._commit, self._leave = consumer.commit, consumer.stop
        self._handled: dict[Any, int] = {}
        """Next offset of each partition that is not committed yet."""
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def handled(self, offsets: Mapping[Any, int]) -> None:
        self._handled |= offsets
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._hurry.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=LEFT_WITHIN)
            self._task.cancel()
        await self._leave()

    async def _run(self) -> None:
        while self._handled:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(COMMITTED_WITHIN):
                    await self._hurry.wait()
            handled, self._handled = self._handled, {}
            ours = {partition: offset for partition, offset in handled.items() if partition in self._assignment()}
            try:
                if ours:
                    await self._commit(ours)
            except KafkaError as error:
                # The partition's next batch commits further; until then its records may be handled again.
                log.warning("offsets_not_committed", partitions=len(ours), error=error)
