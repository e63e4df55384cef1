"""Partners: who carries answers, on which accounts, and what they have answered."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from libs.contracts.registry.reads import PartnerRow
from libs.contracts.words import PartnerState
from libs.kit import areas
from services.gateway.console import views as console_views
from services.gateway.console.deliveries.pages import partners_named
from services.gateway.console.partners import views
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.partners.wishes import MAY
from services.gateway.console.shift import OnShift, Said
from services.gateway.web.pages import Words

router = APIRouter(include_in_schema=False)

SHOWN = 50
MOST = 1_000
"""Partners whose names are read to be sorted and searched, in five reads; offices of today have about 120."""
FILTERS = ("all", "active", "by_office", "independent")


@router.get("/{slug}/console/partners")
async def partners(
    shift: OnShift,
    show: Annotated[str, Query(max_length=20)] = "all",
    q: Words = "",
    start: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """Names are the registry's alone, so the list is put in their order here."""
    records = list(shift.parts.directory.partners_of(shift.office.id))
    chosen = {
        "all": records,
        "active": [p for p in records if p.state == PartnerState.ACTIVE],
        "by_office": [p for p in records if p.run_by_office],
        "independent": [p for p in records if not p.run_by_office],
    }
    show = show if show in FILTERS else "all"
    wanted = sorted(p.id for p in chosen[show])[:MOST]
    named, frame = await asyncio.gather(partners_named(shift, wanted), shift.frame())
    rows = sorted((r for r in named.values() if _fits(r, q)), key=lambda r: r.name.casefold())
    base = shift.url("partners")
    kept = [(n, v) for n, v in (("show", show), ("q", q), ("start", str(start + SHOWN))) if v]
    page = views.PartnersPage(
        desk=shift.desk(frame, Said()),
        nav=subnav(shift, "list"),
        rows=tuple(rows[start : start + SHOWN]),
        total=len(records),
        by_office=len(chosen["by_office"]),
        filters=tuple(
            console_views.Filter(code=c, url=f"{base}?show={c}", count=len(chosen[c]), current=c == show)
            for c in FILTERS
        ),
        new_url=shift.url("partners", "new") if shift.officer.has(*MAY) else "",
        query=q,
        next_url=f"{base}?{urlencode(kept)}" if len(rows) > start + SHOWN else "",
        available=bool(named) or not wanted,
    )
    return shift.show("partners/partners", page)


def _fits(row: PartnerRow, query: str) -> bool:
    told = " ".join((row.name, areas.title_of(row.area), *(a.handle for a in row.accounts))).casefold()
    return all(word in told for word in query.casefold().split())
