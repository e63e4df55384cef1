"""Whose file is next: the children that open what is sent are few, and one sender must not keep them from the others.

Nobody has all of them at once, and among those who wait it is the turn of the office that had least of them lately, and
in it of the address that had least. What one had is counted by the size of its pictures, and halves each minute.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from services.gateway.access.limits import TooMany

MOST_WAITING = 64
MOST_OF_OFFICE = 40
MOST_OF_CLIENT = 8
"""Waiting at once. Whole networks share one address: a guess that lets eight of their people upload in one moment."""
SECONDS_EACH = 0.5
"""Of a child, for a picture of ordinary size; what Retry-After is reckoned by."""
HALVED_IN = 60.0
MOST_KNOWN = 10_000


@dataclass(eq=False)
class _Waiting:
    client: str
    office: str
    number: int
    free: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class _Spent:
    """What each had lately; the longest silent are forgotten first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def of(self, name: str) -> float:
        cost, at = self._known.get(name, (0.0, 0.0))
        return float(cost * 0.5 ** ((self._clock() - at) / HALVED_IN))

    def add(self, name: str, cost: float) -> None:
        self._known[name] = (self.of(name) + cost, self._clock())
        self._known.move_to_end(name)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


class Turns:
    def __init__(
        self, places: int, *, most_waiting: int = MOST_WAITING, clock: Callable[[], float] = monotonic
    ) -> None:
        self._places = places
        self._most_waiting = most_waiting
        self._most_of_one = max(1, places - 1)
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []
        self._clients, self._offices = _Spent(clock), _Spent(clock)
        self._number = 0

    @asynccontextmanager
    async def turn(self, *, client: str, office: str, cost: float) -> AsyncIterator[None]:
        """One of the places, once it is this client's turn.

        Args:
            client: an address; the same address at two offices is two.
            cost: megapixels, or any other measure that all use.

        Raises:
            TooMany: too many wait already, of this address, of this office or altogether.
        """
        mine = f"{office} {client}"
        self._admit(mine, office)
        self._number += 1
        waiting = _Waiting(mine, office, self._number)
        self._waiting.append(waiting)
        self._call()
        try:
            await waiting.free
        except asyncio.CancelledError:
            self._leave(waiting)
            raise
        # Counted before it is known how long it took: ten at once must not all look new.
        self._clients.add(mine, cost)
        self._offices.add(office, cost)
        try:
            yield
        finally:
            self._end(mine)

    def _admit(self, client: str, office: str) -> None:
        mine = sum(one.client == client for one in self._waiting)
        theirs = sum(one.office == office for one in self._waiting)
        if mine >= MOST_OF_CLIENT or theirs >= MOST_OF_OFFICE or len(self._waiting) >= self._most_waiting:
            raise TooMany(max(mine, theirs / self._places) * SECONDS_EACH)

    def _call(self) -> None:
        while sum(self._running.values()) < self._places:
            fit = [one for one in self._waiting if self._running[one.client] < self._most_of_one]
            if not fit:
                return
            following = min(
                fit, key=lambda one: (self._offices.of(one.office), self._clients.of(one.client), one.number)
            )
            self._waiting.remove(following)
            self._running[following.client] += 1
            following.free.set_result(None)

    def _leave(self, waiting: _Waiting) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        elif waiting.free.done() and not waiting.free.cancelled():
            self._end(waiting.client)

    def _end(self, client: str) -> None:
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._call()
