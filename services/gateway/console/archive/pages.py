"""Answers of other publishers: the files that they came in, and what stands in the office's archive."""

import asyncio
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts import ids
from libs.contracts.reports.known import StartImport
from libs.contracts.reports.reads import KnownCard
from services.gateway.console.archive import views
from services.gateway.console.archive.wishes import IMPORTERS, WISHES
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of, wrong
from services.gateway.dispatch.dispatcher import Reply, by_person
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor, Words, file_of

router = APIRouter(include_in_schema=False)

MEGA = 1_000_000
LARGEST_FILE = 10 * MEGA
"""Bytes, about 15,000 rows; operators import larger ones (`services.reports.known_import`)."""
LONGEST_PUBLISHER = 200
IMPORT = Button("archive/import", done=Notice("import_started", "Berkas diterima; barisnya masuk sebentar lagi."))


@router.get("/{slug}/console/archive")
async def archive(shift: OnShift, done: Done, q: Words = "", after: Cursor = "") -> Response:
    return await _shown(shift, done, query=q, after=after)


async def _shown(
    shift: Shift, said: Said, attempt: Attempt | None = None, *, query: str = "", after: str = ""
) -> Response:
    reports, tenant = shift.parts.reports, shift.office.id
    found, imports, frame = await asyncio.gather(
        or_missing(reports.known(tenant, q=query, cursor=after)),
        or_missing(reports.imports(tenant, shift.officer.actor)),
        shift.frame(),
    )
    kept = [(n, v) for n, v in (("q", query), ("after", found.next if found is not None else "")) if v]
    page = views.ArchivePage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        rows=tuple(_entry(shift, card, attempt) for card in found.items) if found is not None else None,
        total=(found.count or 0) if found is not None else 0,
        query=query,
        next_url=f"{shift.url('archive')}?{urlencode(kept)}" if found is not None and found.next else "",
        imports=imports,
        start=shift.action("archive", "import", attempt=of(attempt, "import"), why_not=_why_not(shift)),
        publisher=attempt.typed("publisher") if attempt else "",
        max_megabytes=LARGEST_FILE // MEGA,
    )
    return shift.show("archive/archive", page, status=attempt.status if attempt else 200)


def _entry(shift: Shift, card: KnownCard, attempt: Attempt | None) -> views.Entry:
    if card.shared:
        return views.Entry(card=card)
    done = of(attempt, f"withdraw {card.id}")
    return views.Entry(
        card=card, withdraw=shift.action("archive", card.id, "withdraw", attempt=done, why_not=_why_not(shift))
    )


def _why_not(shift: Shift) -> str:
    return "" if shift.officer.has(*IMPORTERS) else "role_importer"


@router.post("/{slug}/console/archive/import")
async def imported(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)

    async def send(key: UUID) -> Reply:
        return await _started(shift, posted, key)

    return await _carry(shift, Pressed(IMPORT, posted, send))


async def _started(shift: Shift, posted: Posted, key: UUID) -> Reply:
    """
    Raises:
        RequestValidationError: no file, one that is too large, or a publisher that is too long.
        Refused: `uploads_unavailable`, `key_reused`; and as the dispatcher says.
    """
    publisher = posted.text("publisher").strip()
    if len(publisher) > LONGEST_PUBLISHER or not publisher.isprintable():
        raise wrong("publisher", "string_too_long" if len(publisher) > LONGEST_PUBLISHER else "invalid")
    file = file_of(posted.form, "file")
    data = await file.read(LARGEST_FILE + 1) if file is not None else b""
    if not data:
        raise wrong("file", "required")
    if len(data) > LARGEST_FILE:
        raise wrong("file", "file_too_large")
    blob, digest = await shift.parts.uploads.hold(shift.office.id, key, data)
    start = StartImport(
        import_id=str(ids.command_id(shift.office.id, "import", key)),
        blob_id=blob,
        sha256=digest,
        file_name=(file.filename or "")[:LONGEST_PUBLISHER] if file is not None else "",
        publisher=publisher,
    )
    return await shift.parts.dispatcher.send(by_person(shift.officer), key, start)


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    async def again(attempt: Attempt) -> Response:
        return await _shown(shift, attempt.said, attempt)

    return await carry_out(shift, pressed, to=shift.url("archive"), again=again)


add_buttons(router, WISHES, "archive/", _carry)
