"""Segments of an office, each with how many partners are in it now."""

import asyncio

from libs.contracts.registry.segments import INDEPENDENT, OFFICE, Candidates, SegmentView
from libs.contracts.words import PartnerState
from libs.runtime.engine import Engine
from libs.runtime.mongo import identity_of
from libs.runtime.sealing import SubjectKeys
from services.registry.partner.finding import PartnerFilter, Words
from services.registry.segment.rules import Segment
from services.registry.store import WITHOUT_HISTORY, Found, Store

MOST = 200
"""Segments of an office, retired ones included."""
MOST_CANDIDATES = 10_000


def wanted(segment: Segment, *, state: str | None = None) -> PartnerFilter:
    """
    Args:
        state: instead of the segment's own.
    """
    return PartnerFilter(
        area=segment.area or None,
        kind=segment.kind or None,
        state=state or segment.state or None,
        platform=segment.platform or None,
        topic=segment.topic or None,
        run_by_office={OFFICE: True, INDEPENDENT: False}.get(segment.run_by),
    )


class SegmentReads:
    def __init__(self, engine: Engine, keys: SubjectKeys, *, spoken: Words) -> None:
        self._store: Store[Segment] = Store(engine, "segment", keys)
        self._partners = engine.collection("partner")
        self._spoken = spoken

    async def listed(self, tenant: str) -> tuple[SegmentView, ...]:
        """By name, those in use first."""
        documents = await self._store.collection.find(tenant, {}, sort=[("_id", 1)], limit=MOST, fields=WITHOUT_HISTORY)
        found = await self._store.opened(documents)
        views = await asyncio.gather(*(self._view(one) for one in found))
        return tuple(sorted(views, key=lambda view: (view.retired, view.name.casefold(), view.id)))

    async def one(self, tenant: str, segment: str) -> SegmentView | None:
        found = await self._store.opened(await self._store.by_id(tenant, [segment]))
        return await self._view(found[0]) if found else None

    async def candidates(self, tenant: str, segment: str) -> Candidates | None:
        found = await self._store.opened(await self._store.by_id(tenant, [segment]))
        if not found:
            return None
        asked = wanted(found[0].state, state=PartnerState.ACTIVE)
        if found[0].state.state not in ("", PartnerState.ACTIVE):
            return Candidates()
        documents = await self._partners.find(
            tenant,
            asked.where(self._spoken),
            sort=asked.order,
            limit=MOST_CANDIDATES + 1,
            fields={"_id": 1},
        )
        ids = tuple(identity_of(document["_id"]) for document in documents)
        return Candidates(ids=ids[:MOST_CANDIDATES], more=len(ids) > MOST_CANDIDATES)

    async def _view(self, found: Found[Segment]) -> SegmentView:
        state = found.state
        count = 0
        if not state.retired:
            count = await self._partners.count(found.tenant, wanted(state).where(self._spoken))
        return SegmentView(id=found.id, count=count, **state.model_dump(exclude={"defined_at"}))
