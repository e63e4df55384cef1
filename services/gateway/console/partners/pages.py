"""Partners: who carries answers, found by area, kind, platform, state and words of their names."""

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from libs.contracts.words import PartnerState
from libs.kit import areas
from services.gateway.console import views as console_views
from services.gateway.console.partners import views
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.partners.wishes import MAY
from services.gateway.console.shift import OnShift, Said, Shift
from services.gateway.reads import or_missing
from services.gateway.web.pages import Words

router = APIRouter(include_in_schema=False)

SHOWN = 50
FILTERS = ("all", "active", "by_office", "independent")
PLATFORMS = ("facebook", "instagram", "telegram", "threads", "tiktok", "website", "whatsapp", "x", "youtube")
Choice = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for, as its address says it."""

    show: Choice = "all"
    q: Words = ""
    area: Choice = ""
    kind: Choice = ""
    state: Choice = ""
    platform: Choice = ""
    topic: Words = ""
    sort: Choice = "name"

    @property
    def said(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def of_registry(self) -> dict[str, Any]:
        state = PartnerState.ACTIVE if self.show == "active" else self.state
        by_office = {"by_office": "true", "independent": "false"}.get(self.show, "")
        return {
            "area": self.area if areas.is_code(self.area) else "",
            "kind": self.kind,
            "state": state,
            "platform": self.platform,
            "topic": self.topic,
            "run_by_office": by_office,
            "text": self.q,
            "sort": "newest" if self.sort == "newest" else "name",
        }


@router.get("/{slug}/console/partners")
async def partners(
    shift: OnShift,
    asked: Annotated[Asked, Depends(Asked)],
    cursor: Annotated[str, Query(max_length=1_000)] = "",
) -> Response:
    asked = asked if asked.show in FILTERS else replace(asked, show="all")
    tenant, actor = shift.office.id, shift.officer.actor
    listed = shift.parts.registry.partners(tenant, actor, **asked.of_registry(), cursor=cursor, limit=SHOWN)
    found, frame = await asyncio.gather(or_missing(listed), shift.frame())
    records = list(shift.parts.directory.partners_of(tenant))
    counts = {
        "all": len(records),
        "active": sum(p.state == PartnerState.ACTIVE for p in records),
        "by_office": sum(p.run_by_office for p in records),
    }
    counts["independent"] = counts["all"] - counts["by_office"]
    filters = ((code, _address(shift, replace(asked, show=code)), counts[code], code == asked.show) for code in FILTERS)
    page = views.PartnersPage(
        desk=shift.desk(frame, Said()),
        nav=subnav(shift, "list"),
        rows=found.items if found is not None else (),
        found=found.count if found is not None else None,
        total=counts["all"],
        by_office=counts["by_office"],
        filters=tuple(
            console_views.Filter(code=code, url=url, count=count, current=here) for code, url, count, here in filters
        ),
        new_url=shift.url("partners", "new") if shift.officer.has(*MAY) else "",
        asked=asked.said,
        areas=_places(shift.office.region_code, asked.area),
        platforms=PLATFORMS,
        next_url=_address(shift, asked, cursor=found.next) if found is not None and found.next else "",
        available=found is not None,
    )
    return shift.show("partners/partners", page)


def _places(region: str, asked: str) -> tuple[areas.Area, ...]:
    """To choose from: the districts, and the area that another page has led to."""
    inside = areas.children(region)
    here = areas.exists(asked) and asked != region and asked not in {one.code for one in inside}
    return (*inside, areas.find(asked)) if here else inside


def _address(shift: Shift, asked: Asked, **more: str) -> str:
    return f"{shift.url('partners')}?{urlencode({**asked.said, **more})}"
