"""How often the workers look for work: often while something happens, seldom while nothing does."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Step = Callable[[], Awaitable[bool]]


@dataclass
class Pace:
    """
    Attributes:
        lively: seconds that a stir lasts: a change passes from worker to worker well within that.
        seldom: seconds between two looks while nothing stirs; so long may wait what only time, or another process,
            has made ready.
    """

    lively: float = 5.0
    seldom: float = 2.0
    now: Callable[[], float] = time.monotonic
    _until: float = field(default=float("-inf"), init=False)

    def stir(self) -> None:
        self._until = self.now() + self.lively

    def paced(self, step: Step) -> Step:
        """`step`, passed over where it is not time to look."""
        looked = float("-inf")

        async def look() -> bool:
            nonlocal looked
            now = self.now()
            if now > self._until and now - looked < self.seldom:
                return False
            looked = now
            found = await step()
            if found:
                self.stir()
            return found

        return look
