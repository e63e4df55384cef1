"""Which process sends which deliveries, and what it has begun to send: marks beside the state, no events.

A lease is for a while and for many deliveries. Before the provider is called, those of one round are marked as begun,
by whoever still holds their lease: one narrow write for each, where an event of its own would cost ten times that
(measured: 20 against 210 microseconds of MongoDB). A mark stays until the result is recorded, with the attempt's
beginning as an event before it; whatever is marked and has no result was cut off, and is unknown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from libs.contracts.words import DeliveryState
from libs.runtime.documents import NEEDED
from libs.runtime.mongo import Document, TenantCollection
from services.notify.delivery.rules import LANE_CAMPAIGN, LANE_CRISIS, LANE_TICKET
from services.notify.store import STATE

LEASED_FOR = timedelta(seconds=30)
"""Longer than a step of the sender; also how long the queue of a killed process waits for another."""

QUEUE, BEGUN, OVERTAKEN = "queue", "begun", "overtaken"
"""Names of the indexes of what waits, of what has begun, and of what was withdrawn after it had begun."""

LANES = (LANE_TICKET, LANE_CRISIS, LANE_CAMPAIGN)


def in_turn(groups: Sequence[Sequence[Document]]) -> list[Document]:
    """One of each group after the other, so that a large campaign of one office delays no other office."""
    return [d for d in chain.from_iterable(zip_longest(*groups)) if d is not None]


class Leases:
    def __init__(self, collection: TenantCollection, holder: str, lanes: Sequence[int] = LANES) -> None:
        self._collection = collection
        self._holder = holder
        self._lanes = lanes

    async def take(self, most: int, *, now: datetime) -> list[Document]:
        """Up to `most` deliveries that wait: by lane, and within a lane the tenants in turn."""
        taken: list[Document] = []
        if not await self._collection.across_tenants(
            {"ix.lane": {"$in": list(self._lanes)}, **self._ready(now)}, limit=1, fields={"tenant": 1}, hint=QUEUE
        ):
            return taken
        for lane in self._lanes:
            if len(taken) < most:
                taken += await self._take_lane(lane, most - len(taken), now)
        return taken

    async def _take_lane(self, lane: int, most: int, now: datetime) -> list[Document]:
        tenants = await self._waiting_tenants(lane, now)
        if not tenants:
            return []
        share = -(-most // len(tenants))
        groups = []
        for tenant in tenants:
            where = {**self._free(lane, now), "tenant": tenant}
            groups.append(
                await self._collection.across_tenants(
                    where, sort=[("ix.ready_at", 1)], limit=share, fields={"tenant": 1}, hint=QUEUE
                )
            )
        wanted = [d["_id"] for d in in_turn(groups)][:most]
        await self._collection.update_across_tenants(
            {"_id": {"$in": wanted}, **self._unleased(now)},
            {"$set": {"lease_by": self._holder, "lease_until": now + LEASED_FOR}},
        )
        mine = await self._collection.across_tenants(
            {"_id": {"$in": wanted}, "lease_by": self._holder}, limit=len(wanted), fields=NEEDED
        )
        by_id = {d["_id"]: d for d in mine}
        return [by_id[i] for i in wanted if i in by_id]

    async def _waiting_tenants(self, lane: int, now: datetime) -> list[str]:
        """One step on the index for each tenant that waits."""
        found: list[str] = []
        while True:
            where = self._free(lane, now)
            if found:
                where["tenant"] = {"$gt": found[-1]}
            following = await self._collection.across_tenants(
                where, sort=[("tenant", 1)], limit=1, fields={"tenant": 1}, hint=QUEUE
            )
            if not following:
                return found
            found.append(following[0]["tenant"])

    async def begin(self, attempts: Mapping[str, int], *, now: datetime) -> set[str]:
        """Marks deliveries as begun; returns those that still waited and were still this holder's.

        Args:
            attempts: number of the attempt by document id.
        """
        begun = 0
        for number in set(attempts.values()):
            begun += await self._collection.update_across_tenants(
                {
                    "_id": {"$in": [i for i, n in attempts.items() if n == number]},
                    "lease_by": self._holder,
                    "ix.ready_at": {"$exists": True},
                },
                {"$set": {"begun_at": now, "begun": number, "begun_by": self._holder}},
            )
        if begun == len(attempts):
            return set(attempts)
        marked = await self._collection.across_tenants(
            {"_id": {"$in": list(attempts)}, "begun_by": self._holder, "begun_at": now},
            limit=len(attempts),
            fields={"tenant": 1},
        )
        return {d["_id"] for d in marked}

    async def give_back(self, document_ids: Sequence[str]) -> None:
        if document_ids:
            await self._collection.update_across_tenants(
                {"_id": {"$in": list(document_ids)}, "lease_by": self._holder},
                {"$unset": {"lease_by": "", "lease_until": ""}},
            )

    def _free(self, lane: int, now: datetime) -> dict[str, Any]:
        return {"ix.lane": lane, **self._ready(now)}

    def _ready(self, now: datetime) -> dict[str, Any]:
        return {"ix.ready_at": {"$lte": now}, **self._unleased(now)}

    def _unleased(self, now: datetime) -> dict[str, Any]:
        return {"lease_until": {"$not": {"$gt": now}}, "begun_at": {"$exists": False}}


async def cut_off(collection: TenantCollection, *, before: datetime, most: int) -> list[Document]:
    """Deliveries whose attempt began before that and has no result, those included that were withdrawn meanwhile."""
    fields = {**STATE, "begun_at": 1, "begun": 1}
    where: dict[str, Any] = {"begun_at": {"$lte": before}}
    waiting = {**where, "ix.ready_at": {"$exists": True}}
    found = await collection.across_tenants(waiting, limit=most, fields=fields, hint=BEGUN)
    overtaken = {**where, "ix.state": DeliveryState.SUPPRESSED.value}
    return found + await collection.across_tenants(overtaken, limit=most, fields=fields, hint=OVERTAKEN)


async def clear(collection: TenantCollection, document_ids: Sequence[str]) -> None:
    """Takes marks and leases off, so that what is to be tried again can be taken at once."""
    if document_ids:
        await collection.update_across_tenants(
            {"_id": {"$in": list(document_ids)}},
            {"$unset": dict.fromkeys(("begun_at", "begun", "begun_by", "lease_by", "lease_until"), "")},
        )
