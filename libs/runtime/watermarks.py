"""How far each process has relayed what it saved: one number a process, in place of a mark in every document.

Each save bears the name of the process and a number that grows. Up to the watermark of a name everything is in Kafka: a
document whose last save lies there is relayed whole. Where it lies above, the tail of its history is told again, under
the ids that it had. So a watermark may lag behind, and is never ahead.

A save of which nobody knows what became of it holds its watermark where it is. The process goes on under another name,
and the sweeper marks one by one what lies above. Measured: a mark for each document was 40 % of MongoDB's work for a
command (120 of 290 µs), half of it for the index of those without one.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from libs.runtime import logs
from libs.runtime.errors import Unavailable

log = logs.get()

GATHERED = 0.1
"""Seconds that a watermark waits before it is stored: one write stands for all saves meanwhile."""
STALE = 30.0
"""Seconds after which a save that is not relayed counts as left: longer than a batch is tried again."""
KEPT_ALIVE = 60.0
"""Seconds after which the watermark of a process at rest is stored again, to show that it lives."""
FORGOTTEN = timedelta(hours=1)
"""Age of the last sign of life after which the sweeper looks for nothing more under a name."""
REMEMBERED = 64
"""Earlier names of this process of which it still knows which saves are relayed."""


def is_relayed(document: Mapping[str, Any], watermarks: Mapping[str, int]) -> bool:
    """Whether documents and watermarks, as they are stored, say that all events of a document are in Kafka."""
    if document["relayed"] == document["version"]:
        return True
    return "saved_by" in document and bool(document["save"] <= watermarks.get(document["saved_by"], 0))


class WatermarkStore(Protocol):
    async def get(self, names: Iterable[str]) -> Mapping[str, int]: ...

    async def raise_to(self, name: str, number: int, *, at: datetime, is_open: bool) -> None:
        """Never lowers it."""
        ...

    async def open(self) -> Mapping[str, int]:
        """Watermarks of those that may have left something behind."""
        ...

    async def close(self, *, before: datetime) -> None:
        """Of those without a sign of life since `before` the sweeper need know no more."""
        ...


@dataclass(slots=True, eq=False)
class Save:
    """One save, from before it is stored until all of it is in Kafka. `is_begun`: something may be stored."""

    by: str
    number: int
    is_begun: bool = False


@dataclass(slots=True, eq=False)
class _Series:
    """The saves under one name. `open`: number -> monotonic time at which it was begun."""

    name: str = field(default_factory=lambda: uuid4().hex[:12])
    last: int = 0
    open: dict[int, float] = field(default_factory=dict)
    stored: int = -1
    stored_at: float = float("-inf")

    @property
    def watermark(self) -> int:
        return min(self.open, default=self.last + 1) - 1


class Watermarks:
    def __init__(self, store: WatermarkStore) -> None:
        self._store = store
        self._current = _Series()
        self._series = {self._current.name: self._current}
        self._others: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    @contextlib.contextmanager
    def saving(self) -> Iterator[Save]:
        """A save that is relayed when the block ends; one that raises is left to whoever meets it."""
        save = self.begin()
        try:
            yield save
        except BaseException:
            self.leave(save)
            raise
        self.finish(save)

    def begin(self) -> Save:
        series = self._current
        series.last += 1
        series.open[series.last] = time.monotonic()
        return Save(series.name, series.last)

    async def announce(self, save: Save) -> None:
        """Call it before anything is stored under a save: from then on the sweeper knows the name."""
        series = self._series.get(save.by)
        if series is not None and series.stored < 0:
            await self._put(series)
        save.is_begun = True

    def finish(self, save: Save) -> None:
        series = self._series.get(save.by)
        if series is not None and series.open.pop(save.number, None) is not None and series.stored >= 0:
            self._wake()

    def leave(self, save: Save) -> None:
        """It is not certain that it was stored, or that all of it is in Kafka."""
        if not save.is_begun:
            self.finish(save)
        elif save.by == self._current.name:
            self._rename()

    def covers(self, document: Mapping[str, Any]) -> bool:
        """Whether a document is known to be relayed whole. Of its own saves a process knows more than is stored."""
        series = self._series.get(document.get("saved_by", ""))
        if series is not None and document["save"] not in series.open:
            return True
        return is_relayed(document, self._others)

    async def learn(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Asks how far other processes are, where it matters for these documents."""
        names = {d["saved_by"] for d in documents if not self.covers(d) and "saved_by" in d}
        if names := names - self._series.keys():
            self._others |= await self._store.get(names)

    async def behind(self) -> list[tuple[str, int]]:
        """Names and watermarks above which something may have been left."""
        await self._keep()
        found = dict(await self._store.open())
        return [(name, self._series[name].watermark if name in self._series else found[name]) for name in found]

    async def tidy(self) -> None:
        """Call it when nothing was found `behind`."""
        await self._store.close(before=datetime.now(UTC) - FORGOTTEN)

    async def settle(self) -> None:
        """Returns when what is known is stored, or cannot be."""
        if self._task is not None:
            self._hurry.set()
            await asyncio.wait({self._task})
            self._hurry.clear()

    async def close(self) -> None:
        """
        Raises:
            Unavailable: the sweepers of others look after it.
        """
        await self.settle()
        if self._current.stored >= 0:
            await self._put(self._current, is_open=bool(self._current.open))

    async def _keep(self) -> None:
        series = self._current
        now = time.monotonic()
        if any(now - begun > STALE for begun in series.open.values()):
            self._rename()
        elif series.stored >= 0 and now - series.stored_at > KEPT_ALIVE:
            await self._put(series)

    def _rename(self) -> None:
        self._current = _Series()
        self._series[self._current.name] = self._current
        if len(self._series) > REMEMBERED:
            oldest = self._series.pop(next(iter(self._series)))
            self._others[oldest.name] = max(0, oldest.stored)

    def _wake(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def _rising(self) -> list[_Series]:
        return [one for one in self._series.values() if 0 <= one.stored < one.watermark]

    async def _run(self) -> None:
        while self._rising():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHERED):
                    await self._hurry.wait()
            try:
                for series in self._rising():
                    await self._put(series)
            except Unavailable as error:
                # The next save tries again.
                log.warning("watermark_left", dependency=error.dependency)
                return

    async def _put(self, series: _Series, *, is_open: bool = True) -> None:
        watermark = series.watermark
        await self._store.raise_to(series.name, watermark, at=datetime.now(UTC), is_open=is_open)
        series.stored, series.stored_at = max(series.stored, watermark), time.monotonic()
