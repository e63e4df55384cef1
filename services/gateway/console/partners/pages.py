"""Partners: who carries answers, on which accounts, and what they have answered."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.words import PartnerState
from services.gateway.console import views as console_views
from services.gateway.console.deliveries.pages import ANSWERS, partners_named
from services.gateway.console.partners import views as people_views
from services.gateway.console.shift import OnShift, Said, Shift, area_name
from services.gateway.paths import Id
from services.gateway.reads import or_missing
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
    page = people_views.PartnersPage(
        desk=shift.desk(frame, Said()),
        rows=tuple(_row(shift, r) for r in rows[start : start + SHOWN]),
        total=len(records),
        by_office=len(chosen["by_office"]),
        filters=tuple(
            console_views.Filter(code=c, url=f"{base}?show={c}", count=len(chosen[c]), current=c == show)
            for c in FILTERS
        ),
        query=q,
        next_url=f"{base}?{urlencode(kept)}" if len(rows) > start + SHOWN else "",
        available=bool(named) or not wanted,
        answers_known=False,
    )
    return shift.show("partners/partners", page)


def _fits(row: PartnerRow, query: str) -> bool:
    told = " ".join((row.name, area_name(row.area), *(a.handle for a in row.accounts))).casefold()
    return all(word in told for word in query.casefold().split())


def _row(shift: Shift, row: PartnerRow) -> people_views.PartnerRow:
    return people_views.PartnerRow(
        url=shift.url("partners", row.id),
        name=row.name,
        kind=row.kind,
        area=area_name(row.area),
        state=row.state,
        accounts=len(row.accounts),
        run_by_office=row.run_by_office,
    )


@router.get("/{slug}/console/partners/{partner_id}")
async def partner(shift: OnShift, partner_id: Id) -> Response:
    tenant, actor = shift.office.id, shift.officer.actor
    row, assignments, frame = await asyncio.gather(
        shift.parts.registry.partner(tenant, actor, partner_id),
        or_missing(shift.parts.notify.assignments(tenant, actor, partner_id)),
        shift.frame(),
    )
    page = people_views.PartnerPage(
        desk=shift.desk(frame, Said()),
        name=row.name,
        kind=row.kind,
        area=area_name(row.area),
        state=row.state,
        run_by_office=row.run_by_office,
        since=row.registered_at,
        accounts=tuple(
            people_views.Account(platform=a.platform, handle=a.handle, url=a.url, state=a.state) for a in row.accounts
        ),
        channels=row.channels,
        answers=tuple(_answer(shift, a) for a in assignments) if assignments is not None else None,
    )
    return shift.show("partners/partner", page)


def _answer(shift: Shift, assignment: AssignmentView) -> people_views.PastAnswer:
    return people_views.PastAnswer(
        url=f"{shift.url('deliveries', assignment.bulletin_id)}/partners",
        fact=assignment.fact,
        at=assignment.answered_at or assignment.offered_at,
        answer=ANSWERS.get(assignment.state, assignment.state),
        reason=assignment.reason,
    )
