"""Batches of one consumer that are handled at the same time.

While a full one waits for MongoDB or Kafka the next is begun; after a small one nothing is, until it ends. Two with
a key in common go one after the other: the order within a key stays. Offsets are passed on in the order of the batches:
a commit never passes what is not handled.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from aiokafka import ConsumerRecord, TopicPartition

from libs.runtime import logs
from libs.runtime.errors import Unavailable

log = logs.get()

Records = tuple[ConsumerRecord, ...]
Handler = Callable[[Records], Awaitable[None]]
Offsets = dict[TopicPartition, int]


@dataclass(eq=False)
class _Batch:
    records: Records
    task: asyncio.Task[None] | None = None
    is_handled: bool = False

    @cached_property
    def keys(self) -> frozenset[bytes | None]:
        return frozenset(record.key for record in self.records)

    @property
    def is_running(self) -> bool:
        return self.task is not None and not self.task.done()

    def first(self) -> Offsets:
        found: Offsets = {}
        for record in reversed(self.records):
            found[TopicPartition(record.topic, record.partition)] = record.offset
        return found

    def after(self) -> Offsets:
        """Next offset of each partition."""
        found = {(record.topic, record.partition): record.offset + 1 for record in self.records}
        return {TopicPartition(*partition): offset for partition, offset in found.items()}


class InFlight:
    """
    Args:
        handle: raises only what means that its batch was not handled.
        most: batches at a time.
        full: records from which on a batch says that more are waiting. Until a smaller one ends nothing is begun.
        on_handled: told the next offsets of batches that are handled, and all before them as well.
    """

    def __init__(self, handle: Handler, *, most: int, full: int = 1, on_handled: Callable[[Offsets], None]) -> None:
        self._handle = handle
        self._most = most
        self._full = full
        self._batches: deque[_Batch] = deque()
        self._has_failed = False
        self._on_handled = on_handled

    async def take(self, records: Records) -> None:
        """Begins a batch; returns when there is room for another, or when one has failed (`give_back`)."""
        if not records:
            return
        batch = _Batch(records)
        self._batches.append(batch)
        while not self._has_failed and any(b.is_running and b.keys & batch.keys for b in self._batches):
            await self._one_ends()
        if self._has_failed:
            return
        batch.task = asyncio.create_task(self._run(batch))
        room = self._most if len(records) >= self._full else 1
        while not self._has_failed and len(self._running()) >= room:
            await self._one_ends()

    async def give_back(self) -> Offsets:
        """Where to read again because a batch has failed; nothing while all is well.

        Waits for those that still run: what comes again must not overtake them.
        """
        if not self._has_failed:
            return {}
        await self.landed()
        again: Offsets = {}
        for batch in self._batches:
            for partition, offset in batch.first().items():
                again[partition] = min(offset, again.get(partition, offset))
        self._batches.clear()
        self._has_failed = False
        return again

    async def landed(self, *, within: float | None = None) -> None:
        """Returns when nothing runs any more; what still does after so many seconds is cancelled."""
        if running := self._running():
            _, late = await asyncio.wait(running, timeout=within)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _running(self) -> set[asyncio.Task[None]]:
        return {batch.task for batch in self._batches if batch.task is not None and batch.is_running}

    async def _one_ends(self) -> None:
        await asyncio.wait(self._running(), return_when=asyncio.FIRST_COMPLETED)

    async def _run(self, batch: _Batch) -> None:
        try:
            await self._handle(batch.records)
        except Exception as error:
            # Whatever it is: a batch that is neither handled nor given back would hold up every commit after it.
            if not isinstance(error, Unavailable):
                log.error("batch_not_handled", topic=batch.records[0].topic, error=error)
            self._has_failed = True
        else:
            batch.is_handled = True
            while self._batches and self._batches[0].is_handled:
                self._on_handled(self._batches.popleft().after())
