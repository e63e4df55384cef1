"""What takes long to make and may be a few minutes old."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

SECONDS = 600.0
"""A sitemap of 7,000 answers is 0.7 MB, and crawlers come in swarms."""


@dataclass
class Kept:
    """A text for each office, made anew after a while, by one request at a time."""

    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _made: dict[str, tuple[float, str]] = field(default_factory=dict)
    _making: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def get(self, name: str, make: Callable[[], Awaitable[str]]) -> str:
        async with self._making.setdefault(name, asyncio.Lock()):
            made = self._made.get(name)
            if made is None or self.clock() - made[0] >= self.seconds:
                made = self._made[name] = self.clock(), await make()
            return made[1]
