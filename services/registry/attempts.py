"""Counting wrong log-ins and used codes, each with one write that MongoDB decides: parallel guesses gain nothing.

Whoever guesses at somebody's log-in may not lock them out of it. A browser in which an officer has logged in, and a
network from which they did, count their tries apart from all others; the tries of strangers count for their network and
all together, so that guessing from many addresses is slow as well.
"""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from libs.runtime.mongo import Mongo, expiring

ALLOWED = 5
"""Wrong tries of one browser or one network."""
ALLOWED_STRANGERS = 20
"""Wrong tries of all strangers together. A guess: more than an office mistypes, far less than guessing a code needs."""
LOCKED_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)
KNOWN_FOR = timedelta(days=60)
"""How long a network is known to be an officer's after they have logged in from it."""

Counter = tuple[str, int]
"""A place where tries are counted, and how many are allowed there."""


def counters(place: str, *, client: str, browser: str, is_known_browser: bool, is_known_client: bool) -> list[Counter]:
    """Where a try of a log-in counts.

    Args:
        place: of the officer, or of an address that is nobody's.
    """
    if browser and is_known_browser:
        return [(f"{place}/b/{browser}", ALLOWED)]
    if not client:
        return [(place, ALLOWED)]
    own = (f"{place}/c/{client}", ALLOWED)
    return [own] if is_known_client else [own, (place, ALLOWED_STRANGERS)]


class Attempts:
    """Tries at a place: an officer's log-in, or an address that belongs to nobody."""

    def __init__(self, mongo: Mongo) -> None:
        self._tries = mongo.tenants("attempts")
        self._steps = mongo.tenants("totp_steps")
        self._known = mongo.tenants("known_clients")

    async def ensure_indexes(self) -> None:
        for collection in (self._tries, self._steps):
            await collection.ensure_indexes([expiring("at", seconds=int(KEPT.total_seconds()), name="expire")])
        await self._known.ensure_indexes([expiring("at", seconds=int(KNOWN_FOR.total_seconds()), name="expire")])

    async def take(self, tenant: str, place: str, *, now: datetime, allowed: int = ALLOWED) -> timedelta | None:
        """Counts one try before it is looked at.

        Returns:
            None, or how long the place is still locked.
        """
        since = now - LOCKED_FOR
        fresh = {"count": {"$lt": allowed}, "at": {"$gt": since}}
        counted = {"$inc": {"count": 1}, "$set": {"at": now}}
        anew = {"$set": {"count": 1, "at": now}}
        if await self._tries.update(tenant, place, counted, where=fresh):
            return None
        try:
            if await self._tries.update(tenant, place, anew, where={"at": {"$lte": since}}, upsert=True):
                return None
        except DuplicateKeyError:
            # It stands there: full, or made at this very moment.
            if await self._tries.update(tenant, place, counted, where=fresh):
                return None
        found = await self._tries.get(tenant, place)
        return max(found["at"] + LOCKED_FOR - now, timedelta(seconds=1)) if found else timedelta(seconds=1)

    async def is_known(self, tenant: str, place: str, client: str) -> bool:
        return bool(client) and await self._known.get(tenant, f"{place}/{client}") is not None

    async def know(self, tenant: str, place: str, client: str, *, now: datetime) -> None:
        if client:
            await self._known.update(tenant, f"{place}/{client}", {"$set": {"at": now}}, upsert=True)

    async def forget(self, tenant: str, place: str) -> None:
        await self._tries.delete(tenant, place)

    async def use_step(self, tenant: str, officer: str, step: int, *, now: datetime) -> bool:
        """False if this or a later code was used before: nobody who looked over a shoulder can use it again."""
        used = {"$set": {"step": step, "at": now}}
        try:
            return await self._steps.update(tenant, officer, used, where={"step": {"$lt": step}}, upsert=True)
        except DuplicateKeyError:
            return await self._steps.update(tenant, officer, used, where={"step": {"$lt": step}})
