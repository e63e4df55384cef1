"""Counting wrong log-ins and used codes, each with one write that MongoDB decides: parallel guesses gain nothing."""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from libs.runtime.mongo import Mongo, expiring

ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)


class Attempts:
    """Tries at a place: an officer's log-in, or an address that belongs to nobody."""

    def __init__(self, mongo: Mongo) -> None:
        self._tries = mongo.tenants("attempts")
        self._steps = mongo.tenants("totp_steps")

    async def ensure_indexes(self) -> None:
        for collection in (self._tries, self._steps):
            await collection.ensure_indexes([expiring("at", seconds=int(KEPT.total_seconds()), name="expire")])

    async def take(self, tenant: str, place: str, *, now: datetime) -> bool:
        """Counts one try before it is looked at; False while the place is locked."""
        counted = {"$inc": {"count": 1}, "$set": {"at": now}}
        try:
            return await self._tries.update(tenant, place, counted, where={"count": {"$lt": ALLOWED}}, upsert=True)
        except DuplicateKeyError:
            # It stands there with the last try allowed, and locks from then on; or it was made at this moment.
            over = {"count": {"$gte": ALLOWED}, "at": {"$lte": now - LOCKED_FOR}}
            return await self._tries.update(tenant, place, {"$set": {"count": 1, "at": now}}, where=over) or (
                await self._tries.update(tenant, place, counted, where={"count": {"$lt": ALLOWED}})
            )

    async def forget(self, tenant: str, place: str) -> None:
        await self._tries.delete(tenant, place)

    async def use_step(self, tenant: str, officer: str, step: int, *, now: datetime) -> bool:
        """False if this or a later code was used before: nobody who looked over a shoulder can use it again."""
        used = {"$set": {"step": step, "at": now}}
        try:
            return await self._steps.update(tenant, officer, used, where={"step": {"$lt": step}}, upsert=True)
        except DuplicateKeyError:
            return await self._steps.update(tenant, officer, used, where={"step": {"$lt": step}})
