"""Coverage: a tile for each village by district, numbers for each district, partners that answer nothing."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from libs.contracts.directory import PartnerRecord
from libs.contracts.registry.coverage import CoverageView, DistrictCoverage, Kept
from libs.contracts.words import PartnerKind, PartnerState
from libs.kit import areas, exports
from libs.kit.calendar import local_day
from libs.runtime.errors import Unavailable
from services.gateway.console.coverage import views
from services.gateway.console.coverage.tables import SHEETS, TABLES
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.shift import OnShift, Said, Shift
from services.gateway.reads import or_missing

router = APIRouter(include_in_schema=False)

SHOWN = 20
"""Silent partners by name; the numbers of districts count all."""


class Form(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class Of(StrEnum):
    VILLAGES = "villages"
    DISTRICTS = "districts"


def today(shift: Shift) -> date:
    return local_day(datetime.now(UTC), shift.zone)


async def read(shift: Shift) -> tuple[CoverageView | None, bool]:
    """As the registry has it, or as it last had, and then True."""
    office, kept = shift.office.id, shift.parts.coverage
    found = await or_missing(shift.parts.registry.coverage(office, shift.officer.actor, today(shift)))
    if found is None:
        return kept.get(office), True
    kept[office] = found
    return found, False


async def silent_partners(shift: Shift) -> tuple[PartnerRecord, ...] | None:
    """Those who are active and answer nothing; None: notify did not say."""
    found = await or_missing(shift.parts.notify.silent_partners(shift.office.id, shift.officer.actor))
    if found is None:
        return None
    records = (shift.parts.directory.partner(shift.office.id, one) for one in found)
    return tuple(one for one in records if one is not None and one.state == PartnerState.ACTIVE)


def by_district(partners: Iterable[PartnerRecord] | None) -> Mapping[str, int] | None:
    return None if partners is None else Counter(one.area[:8] for one in partners if len(one.area) >= 8)


@router.get("/{slug}/console/coverage")
async def coverage(shift: OnShift) -> Response:
    (found, old), silent, frame = await asyncio.gather(read(shift), silent_partners(shift), shift.frame())
    desk = shift.desk(frame, Said())
    nav = subnav(shift, "coverage")
    if found is None:
        return shift.show("coverage/coverage", views.CoveragePage(desk=desk, nav=nav), status=503)
    quiet = by_district(silent)
    page = views.CoveragePage(
        desk=replace(desk, stale_since=found.at if old else None),
        nav=nav,
        at=found.at,
        own=_tile(shift, found.region),
        districts=tuple(_district(shift, one, quiet) for one in found.districts),
        partners=tuple(found.partners.items()),
        unplaced=found.unplaced,
        silent=await _named(shift, silent or ()),
        silent_count=None if silent is None else len(silent),
        exports=tuple((of, _export(shift, of, Form.XLSX), _export(shift, of, Form.CSV)) for of in Of),
    )
    return shift.show("coverage/coverage", page)


def _district(shift: Shift, one: DistrictCoverage, silent: Mapping[str, int] | None) -> views.District:
    return views.District(
        own=_tile(shift, one),
        name=areas.find(one.code).name,
        tiles=tuple(_tile(shift, village) for village in one.villages),
        partners=tuple(one.partners.items()),
        silent=None if silent is None else silent.get(one.code, 0),
        url=listed(shift, area=one.code),
    )


def _tile(shift: Shift, one: Kept) -> views.Tile:
    return views.Tile(
        code=one.code,
        title=areas.find(one.code).name,
        standing=one.standing,
        until=date.fromisoformat(one.until) if one.until else None,
        url=listed(shift, area=one.code, kind=PartnerKind.COMMUNITY_GROUP),
    )


def listed(shift: Shift, **wanted: str) -> str:
    return f"{shift.url('partners')}?{urlencode(wanted)}"


def _export(shift: Shift, of: str, form: str) -> str:
    return shift.url("coverage", of, f"export.{form}")


async def _named(shift: Shift, silent: Sequence[PartnerRecord]) -> tuple[views.Silent, ...]:
    first = sorted(silent, key=lambda one: (one.area, one.id))[:SHOWN]
    if not first:
        return ()
    ids = [one.id for one in first]
    rows = await or_missing(shift.parts.registry.partners_named(shift.office.id, shift.officer.actor, ids))
    return tuple(
        views.Silent(name=row.name, kind=row.kind, area=row.area, url=shift.url("partners", row.id))
        for row in rows or ()
    )


@router.get("/{slug}/console/coverage/{of}/export.{form}")
async def export(shift: OnShift, of: Of, form: Form) -> Response:
    (found, old), silent = await asyncio.gather(read(shift), silent_partners(shift))
    if found is None or old:
        raise Unavailable("registry")
    headings, rows = TABLES[of](found, by_district(silent))
    return file(f"cakupan-{shift.office.slug}-{today(shift)}", form, headings, rows, sheet=SHEETS[of])


def file(
    name: str, form: Form, headings: Sequence[str], rows: Sequence[Sequence[exports.Cell]], *, sheet: str
) -> Response:
    as_book = form is Form.XLSX
    body = exports.xlsx_of(headings, rows, sheet=sheet) if as_book else exports.csv_of(headings, rows)
    kept_as = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, media_type=exports.XLSX if as_book else exports.CSV, headers=kept_as)
