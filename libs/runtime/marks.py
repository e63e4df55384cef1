"""Marks of what was relayed, set behind the batch's back: nobody waits for a mark.

A mark only says that a tail need not be relayed again. One that is lost with its process is made up for by the sweeper,
which tells the events once more, with the ids that they had. Measured: marks were a quarter of a batch's time.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from libs.runtime import logs
from libs.runtime.errors import Unavailable

log = logs.get()

GATHERED = 0.1
"""Seconds that a few marks wait for more: a write for each is a tenth of a service's time at 50 commands a second."""
FEW = 64
MOST = 2_000
"""Marks that may wait; beyond it whoever adds some waits with them."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """A document whose events up to `version` are in Kafka. `is_long`: time to turn a page of its history."""

    document_id: str
    version: int
    is_long: bool


class Marks:
    """The marks of one kind of aggregate. What comes while some are set is set together after them."""

    def __init__(self, mark: Callable[[Sequence[Relayed]], Awaitable[None]]) -> None:
        self._mark = mark
        self._waiting: dict[str, Relayed] = {}
        self._setting: dict[str, Relayed] = {}
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    def relayed(self, document_id: str) -> int:
        """Version up to which a document is known to be relayed though no mark says so yet; 0 if none is."""
        known = self._waiting.get(document_id) or self._setting.get(document_id)
        return known.version if known else 0

    async def add(self, relayed: Sequence[Relayed]) -> None:
        self._waiting |= {one.document_id: one for one in relayed}
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        if len(self._waiting) > MOST:
            await asyncio.wait({self._task})

    async def settle(self) -> None:
        """Returns when every mark is set, or left to the sweeper."""
        if self._task is not None:
            self._hurry.set()
            await asyncio.wait({self._task})
            self._hurry.clear()

    async def _run(self) -> None:
        while self._waiting:
            if len(self._waiting) < FEW:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(GATHERED):
                        await self._hurry.wait()
            self._setting, self._waiting = self._waiting, {}
            try:
                await self._mark(list(self._setting.values()))
            except Unavailable as error:
                log.warning("marks_left", count=len(self._setting), dependency=error.dependency)
            except Exception as error:
                log.error("marks_left", count=len(self._setting), error=error)
            finally:
                self._setting = {}
