"""Coverage of an office's region, from its partners. Nothing under seal is opened."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from libs.contracts.registry.coverage import CoverageView
from libs.contracts.registry.profile import lines_of
from libs.contracts.words import PartnerKind, PartnerState
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document
from services.registry.coverage.counting import Group, Reach, by_kind, district_coverage, kept, unplaced
from services.registry.partner.finding import PartnerFilter

MOST_GROUPS = 20_000
"""Jombang has 306 villages; ten of the widest provinces' regencies together have fewer."""
OF_GROUPS = {"state.area": 1, "state.profile.areas": 1, "state.profile.level": 1, "state.profile.term_until": 1}
OF_REACH = ("state.kind", "state.area", "state.profile.areas")


class CoverageReads:
    def __init__(self, engine: Engine) -> None:
        self._partners = engine.collection("partner")

    async def of(self, tenant: str, region: str, today: date) -> CoverageView:
        groups = await self._groups(tenant)
        reach = await self._reach(tenant)
        return CoverageView(
            at=datetime.now(UTC),
            region=kept(region, (group for group in groups if region in group.keeps), today),
            districts=district_coverage(region, groups, reach, today),
            partners=by_kind(reach, region),
            unplaced=unplaced(groups, today),
        )

    async def _groups(self, tenant: str) -> list[Group]:
        wanted = PartnerFilter(kind=PartnerKind.COMMUNITY_GROUP, state=PartnerState.ACTIVE)
        where = {"ix.facets": {"$all": wanted.facets}}
        documents = await self._partners.find(tenant, where, limit=MOST_GROUPS, fields=OF_GROUPS)
        return [_group(document["state"]) for document in documents]

    async def _reach(self, tenant: str) -> Reach:
        active = {"ix.facets": {"$all": PartnerFilter(state=PartnerState.ACTIVE).facets}}
        counted = await self._partners.tally(tenant, active, by=OF_REACH)
        found: dict[tuple[str, tuple[str, ...]], int] = {}
        for (kind, area, further), count in counted.items():
            key = (kind, tuple(_places(area, "" if further == "None" else further)))
            found[key] = found.get(key, 0) + count
        return found


def _group(state: Document) -> Group:
    profile = state.get("profile") or {}
    until = profile.get("term_until") or ""
    return Group(
        areas=tuple(_places(state["area"], profile.get("areas") or "")),
        level=profile.get("level") or "",
        until=date.fromisoformat(until) if until else None,
    )


def _places(area: str, further: str) -> Iterable[str]:
    return dict.fromkeys((area, *lines_of(further)))
