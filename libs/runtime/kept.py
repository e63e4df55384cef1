"""What takes long to make and may be a little old, kept in memory."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """One thing for each office. Made anew after a while, by one request at a time; the others wait for it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._made: dict[str, tuple[float, T]] = {}
        self._making: dict[str, asyncio.Lock] = {}

    async def get(self, office: str, make: Callable[[], Awaitable[T]]) -> T:
        async with self._making.setdefault(office, asyncio.Lock()):
            made = self._made.get(office)
            if made is None or self._clock() - made[0] >= self._seconds:
                made = self._made[office] = self._clock(), await make()
            return made[1]
