"""Partners from a file: brought, its columns named, its rows judged, entered."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts.registry.import_reads import ImportRow, PartnerImportView
from libs.contracts.registry.imports import FIELDS, MOST_ROWS, ImportState
from libs.kit import areas, exports
from libs.kit.sheets import LARGEST_FILE, letters
from libs.runtime.errors import Refused
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.imports import views
from services.gateway.console.imports.template import template
from services.gateway.console.imports.uploading import import_id_of, started
from services.gateway.console.imports.wishes import REGISTRARS, WISHES
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of
from services.gateway.console.views import Action, Filter
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import file_of

router = APIRouter(include_in_schema=False)

START = Button("imports", done=Notice("import_brought", "Berkas diterima dan sedang dibaca."))
MOVING = frozenset({ImportState.UPLOADED, ImportState.MAPPED, ImportState.RUNNING})
"""The registry is at work; the page is read again when something has changed."""
JUDGED = frozenset({ImportState.CHECKED, ImportState.RUNNING, ImportState.DONE, ImportState.STOPPED})
BECAME = ("refused", "new", "changed", "same", "passed")
LONGEST_LIST = 60_000
"""Rows that one download holds."""
PAGE = 1_000

Form = Literal["xlsx", "csv"]
Became = Annotated[str, Query(max_length=20)]


def _action(shift: Shift, *path: str, attempt: Attempt | None = None) -> Action:
    return Action(
        url=shift.url(*path),
        key=attempt.key if attempt else str(shift.visit.new_key()),
        csrf=shift.officer.session.csrf,
        why_not="" if shift.officer.has(*REGISTRARS) else "role_verifier",
        typed=attempt.texts if attempt else {},
    )


@router.get("/{slug}/console/imports")
async def imports(shift: OnShift, done: Done) -> Response:
    return await _list(shift, done)


async def _list(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    """Who may not bring files sees none: their names and counts are of those who may."""
    may = shift.officer.has(*REGISTRARS)
    reading = or_missing(shift.parts.registry.partner_imports(shift.office.id, shift.officer.actor)) if may else _none()
    found, frame = await asyncio.gather(reading, shift.frame())
    page = views.ImportsPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        nav=subnav(shift, "imports"),
        start=_action(shift, "imports", attempt=of(attempt, START.called)),
        imports=found,
        max_megabytes=LARGEST_FILE // 1_000_000,
        max_rows=MOST_ROWS,
    )
    return shift.show("imports/imports", page, status=attempt.status if attempt else 200)


async def _none() -> tuple[PartnerImportView, ...]:
    return ()


@router.post("/{slug}/console/imports")
async def bring(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)
    file = file_of(posted.form, "file")
    data = await file.read(LARGEST_FILE + 1) if file is not None else b""

    async def send(key: UUID) -> Reply:
        if not shift.officer.has(*REGISTRARS):
            raise Refused("role_missing")
        return await started(shift.parts, shift.officer, key, data, (file.filename if file is not None else "") or "")

    async def again(attempt: Attempt) -> Response:
        return await _list(shift, attempt.said, attempt)

    import_id = import_id_of(shift.officer, read_key(posted.text("key")))
    return await carry_out(shift, Pressed(START, posted, send), to=shift.url("imports", import_id), again=again)


@router.get("/{slug}/console/imports/template.{form}")
async def import_template(shift: OnShift, form: Form) -> Response:
    lang = "en" if shift.visit.lang == "en" else "id"
    return shift.visit.finish(_file(template(form, lang, region=shift.office.region_code), f"mitra.{form}"))


def _file(data: bytes, name: str) -> Response:
    kind = exports.XLSX if name.endswith(".xlsx") else exports.CSV
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/{slug}/console/imports/{import_id}")
async def one(
    shift: OnShift,
    import_id: Id,
    done: Done,
    became: Became = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    columns: bool = False,
) -> Response:
    return await _one(shift, import_id, done, became=became, after=after, columns=columns)


async def _one(
    shift: Shift,
    import_id: str,
    said: Said,
    attempt: Attempt | None = None,
    *,
    became: str = "",
    after: int = 0,
    columns: bool = False,
) -> Response:
    """
    Args:
        columns: they are to be named once more.
    """
    tenant, actor, registry = shift.office.id, shift.officer.actor, shift.parts.registry
    file, frame = await asyncio.gather(registry.partner_import(tenant, actor, import_id), shift.frame())
    tally = file.judged if file.state == ImportState.CHECKED else file.tally
    counts = {name: getattr(tally, name) for name in BECAME}
    shown = became if became in BECAME else next((name for name in BECAME if counts[name]), "refused")
    naming = file.state == ImportState.READ or (file.state == ImportState.CHECKED and columns)
    judged = file.state in JUDGED and not file.forgotten and not naming
    rows = (
        await or_missing(registry.import_rows(tenant, actor, import_id, became=shown, after=after)) if judged else None
    )
    base = shift.url("imports", import_id)
    page = views.ImportPage(
        desk=shift.desk(frame, attempt.said if attempt else said, live=file.state in MOVING),
        nav=subnav(shift, "imports"),
        file=file,
        fields=FIELDS,
        columns=_columns(file, of(attempt, "columns")) if naming or of(attempt, "columns") else (),
        areas=_areas(shift.office.region_code),
        map=_action(shift, "imports", import_id, "columns", attempt=of(attempt, "columns")),
        run=_action(shift, "imports", import_id, "run", attempt=of(attempt, "run")),
        stop=_action(shift, "imports", import_id, "stop", attempt=of(attempt, "stop")),
        filters=tuple(
            Filter(code=name, url=f"{base}?became={name}", count=counts[name], current=name == shown)
            for name in BECAME
            if counts[name] or name == shown
        ),
        shown=shown,
        rows=rows.items if rows is not None else (None if judged else ()),
        next_url=f"{base}?{urlencode({'became': shown, 'after': rows.next})}" if rows is not None and rows.next else "",
        typed=attempt.texts if attempt else {},
    )
    return shift.show("imports/import", page, status=attempt.status if attempt else 200)


def _columns(file: PartnerImportView, attempt: Attempt | None) -> tuple[views.Column, ...]:
    named = file.fields or file.proposed
    return tuple(
        views.Column(
            number=number,
            letter=letters(number),
            heading=heading,
            samples=tuple(row[number] for row in file.samples if number < len(row) and row[number])[:3],
            field=attempt.typed(f"c{number}") if attempt is not None else named[number],
        )
        for number, heading in enumerate(file.headings)
    )


def _areas(region: str) -> tuple[tuple[str, str], ...]:
    return tuple((area.code, area.title) for area in areas.children(region))


@router.get("/{slug}/console/imports/{import_id}/rows.{form}")
async def download(shift: OnShift, import_id: Id, form: Form, became: Became = "refused") -> Response:
    """Rows as they were judged, one line for each cell that is wrong."""
    rows: list[ImportRow] = []
    after = 0
    while len(rows) < LONGEST_LIST:
        page = await shift.parts.registry.import_rows(
            shift.office.id, shift.officer.actor, import_id, became=became, after=after, limit=PAGE
        )
        rows += page.items
        if page.next is None:
            break
        after = int(page.next)
    words = shift.site.renderer.words("console/imports/words.html", shift.visit.lang)
    heads = [words.HEADS[name] for name in ("number", "name", "became", "cell", "column", "shown", "error")]
    lines = await asyncio.to_thread(lambda: list(_lines(rows, words.BECAME, words.CELL_ERRORS)))
    made = exports.csv_of(heads, lines) if form == "csv" else exports.xlsx_of(heads, lines, sheet="Impor")
    return shift.visit.finish(_file(made, f"impor.{form}"))


def _lines(rows: Sequence[ImportRow], became: dict[str, str], errors: dict[str, str]) -> list[list[exports.Cell]]:
    found: list[list[exports.Cell]] = []
    for row in rows:
        head: list[exports.Cell] = [row.number, row.name, became.get(row.became, row.became)]
        for error in row.errors:
            told = errors.get(error.code, error.code)
            named = [areas.title_of(one) if areas.is_code(one) else one for one in error.candidates]
            meant = f" {', '.join(named)}" if named else ""
            found.append([*head, error.cell, error.column, error.shown, told + meant])
        if not row.errors:
            found.append([*head, None, None, None, None])
    return found


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    import_id = pressed.ids["import_id"]

    async def again(attempt: Attempt) -> Response:
        return await _one(shift, import_id, attempt.said, attempt)

    return await carry_out(shift, pressed, to=shift.url("imports", import_id), again=again)


add_buttons(router, WISHES, "imports/", _carry)
