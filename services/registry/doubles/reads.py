"""Reads of the likely doubles of an office's partners."""

from collections.abc import Sequence
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.registry.reads import DoubleView
from libs.runtime.cursors import Cursors
from libs.runtime.mongo import Document, TenantCollection
from services.registry.partner.reads import PartnerReads
from services.registry.partner.state import ENDED

MOST_OF_ONE = 20


class DoublesReads:
    def __init__(self, doubles: TenantCollection, partners: PartnerReads, cursors: Cursors) -> None:
        self._doubles = doubles
        self._partners = partners
        self._cursors = cursors

    async def page(self, tenant: str, *, cursor: str | None, limit: int) -> Page[DoubleView]:
        """The likeliest first. The first page says how many there are."""
        scope = f"{tenant}|doubles"
        where: dict[str, Any] = {}
        count = None if cursor else await self._doubles.count(tenant, where)
        if cursor:
            bits, _id = self._cursors.decode(scope, cursor)
            where = {"$or": [{"bits": {"$lt": bits}}, {"bits": bits, "_id": {"$gt": _id}}]}
        documents = await self._doubles.find(tenant, where, sort=[("bits", -1), ("_id", 1)], limit=limit + 1)
        shown = documents[:limit]
        more = len(documents) > limit
        next_ = self._cursors.encode(scope, [shown[-1]["bits"], shown[-1]["_id"]]) if more else None
        return Page[DoubleView](items=await self._viewed(tenant, shown), next=next_, count=count)

    async def of(self, tenant: str, partner_id: str) -> Page[DoubleView]:
        documents = await self._doubles.find(tenant, {"of": partner_id}, sort=[("bits", -1)], limit=MOST_OF_ONE)
        return Page[DoubleView](items=await self._viewed(tenant, documents))

    async def _viewed(self, tenant: str, documents: Sequence[Document]) -> tuple[DoubleView, ...]:
        views = await self._partners.views(tenant, sorted({one for d in documents for one in d["of"]}))
        found = []
        for document in documents:
            pair = [views[one] for one in document["of"] if one in views]
            # One that was merged or told apart a moment ago is taken out a moment later.
            apart = len(pair) == 2 and (pair[1].id in pair[0].apart or pair[0].id in pair[1].apart)
            if len(pair) == 2 and not apart and all(one.state not in ENDED and not one.merged_into for one in pair):
                found.append(
                    DoubleView(
                        id=document["pair"],
                        one=pair[0],
                        other=pair[1],
                        score=document["score"],
                        reasons=tuple(document["reasons"]),
                        at=document["at"],
                    )
                )
        return tuple(found)
