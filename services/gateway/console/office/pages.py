"""What the office says of itself and how it works: a page for each concern, with a preview before anything is saved."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.words import Role
from libs.runtime.errors import Refused
from services.gateway.console.carrying import Pressed, carry_out, codes_of
from services.gateway.console.office import views
from services.gateway.console.office.logos import made_small, send_logo
from services.gateway.console.office.wishes import CLOCKS, LOGO, LOOK, PRACTICE
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of, wrong
from services.gateway.console.views import Action
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.wishes import Posted, Wish
from services.gateway.reads import or_missing
from services.gateway.web.pages import file_of, number_in, office_view

router = APIRouter(include_in_schema=False)

KNOWN_WITHIN = 3.0
"""Seconds for the directory to come round: the page that follows shows what was saved."""
LOOKED = 0.05
NOT_FIELDS = frozenset({"key", "csrf", "version", "reason", "file"})
REFUSED_FILES: Mapping[str, str] = {
    "image_too_large": "file_too_large",
    "media_too_large": "file_too_large",
}


@dataclass(frozen=True, slots=True)
class Concern:
    """
    Attributes:
        name: as the revisions of the office's record have it.
        path: of its page, below the officers' pages.
    """

    name: str
    path: str
    wish: Wish[Any]


CONCERNS = {
    one.name: one
    for one in (
        Concern("look", "office", LOOK),
        Concern("clocks", "office/clocks", CLOCKS),
        Concern("practice", "office/practice", PRACTICE),
    )
}


def standing(office: TenantRecord, concern: str) -> Mapping[str, str]:
    """Fields of a concern as they stand, as a form has them."""
    part = {"look": office.branding, "clocks": office.settings, "practice": office.settings}[concern]
    names = (n for n in CONCERNS[concern].wish.body.model_fields if n not in ("reason", "expects"))
    return {name: _text(getattr(part, name)) for name in names}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def differences(office: TenantRecord, concern: str, typed: Mapping[str, str]) -> tuple[views.Difference, ...]:
    return tuple(
        views.Difference(field=name, standing=value, typed=_lines(typed.get(name, "")))
        for name, value in standing(office, concern).items()
        if _lines(value) != _lines(typed.get(name, ""))
    )


def _lines(text: str) -> str:
    """Forms end lines with CRLF."""
    return text.replace("\r\n", "\n").strip()


def revision(office: TenantRecord, concern: str) -> int:
    return office.revisions.get(concern, 0)


async def has_come(parts: Gateway, tenant: str, concern: str, *, above: int) -> None:
    """Returns when this process knows of a later revision, or after a while."""
    for _ in range(int(KNOWN_WITHIN / LOOKED)):
        if revision(parts.directory.tenants[tenant], concern) > above:
            return
        await asyncio.sleep(LOOKED)


def now_standing(shift: Shift) -> Shift:
    """With the office's record of this moment."""
    return replace(shift, office=shift.parts.directory.tenants[shift.office.id])


@router.get("/{slug}/console/office")
async def look(shift: OnShift, done: Done) -> Response:
    return await _shown(shift, "look", done)


@router.get("/{slug}/console/office/clocks")
async def clocks(shift: OnShift, done: Done) -> Response:
    return await _shown(shift, "clocks", done)


@router.get("/{slug}/console/office/practice")
async def practice(shift: OnShift, done: Done) -> Response:
    return await _shown(shift, "practice", done)


@router.post("/{slug}/console/office")
async def change_look(shift: OnShift, request: Request) -> Response:
    return await _change(shift, request, "look")


@router.post("/{slug}/console/office/clocks")
async def change_clocks(shift: OnShift, request: Request) -> Response:
    return await _change(shift, request, "clocks")


@router.post("/{slug}/console/office/practice")
async def change_practice(shift: OnShift, request: Request) -> Response:
    return await _change(shift, request, "practice")


@router.post("/{slug}/console/office/preview")
async def preview_look(shift: OnShift, request: Request) -> Response:
    return await _preview(shift, request, "look")


@router.post("/{slug}/console/office/clocks/preview")
async def preview_clocks(shift: OnShift, request: Request) -> Response:
    return await _preview(shift, request, "clocks")


@router.post("/{slug}/console/office/practice/preview")
async def preview_practice(shift: OnShift, request: Request) -> Response:
    return await _preview(shift, request, "practice")


async def _preview(shift: Shift, request: Request, name: str) -> Response:
    """Shows what would change; nothing is."""
    concern = CONCERNS[name]
    (button,) = concern.wish.buttons
    posted = await shift.received(request)
    attempt = Attempt(
        what=button.called, form=posted.form, key=str(read_key(posted.text("key"))), status=200, said=Said()
    )
    try:
        concern.wish.read(values_of(concern.wish, button, posted))
    except RequestValidationError as error:
        return await _shown(shift, name, Said(), replace(attempt, status=422, said=Said(errors=codes_of(error, {}))))
    return await _shown(shift, name, Said(), attempt, previewed=True)


async def _change(shift: Shift, request: Request, name: str) -> Response:
    concern = CONCERNS[name]
    (button,) = concern.wish.buttons
    posted = await shift.received(request)
    seen = number_in(posted.text("version")) or 0

    async def send(key: UUID) -> Reply:
        reply = await shift.send(concern.wish, key, shift.office.id, values_of(concern.wish, button, posted))
        await has_come(shift.parts, shift.office.id, name, above=seen)
        return reply

    async def again(attempt: Attempt) -> Response:
        if attempt.conflict:
            # Theirs may still be on its way here.
            await has_come(shift.parts, shift.office.id, name, above=seen)
        return await _shown(now_standing(shift), name, Said(), attempt)

    return await carry_out(shift, Pressed(button, posted, send), to=shift.url(concern.path), again=again)


async def _shown(
    shift: Shift, name: str, said: Said, attempt: Attempt | None = None, *, previewed: bool = False
) -> Response:
    concern, office = CONCERNS[name], shift.office
    (button,) = concern.wish.buttons
    tried = of(attempt, button.called)
    typed = {n: v for n, v in tried.texts.items() if n not in NOT_FIELDS} if tried else {}
    held = tried is not None and not tried.conflict
    frame = await shift.frame()
    page = views.ConcernPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        concern=name,
        action=_action(
            shift,
            concern.path,
            # After a conflict the next press knows what stands now, and means to replace it.
            version=number_in(tried.typed("version")) if tried and held else revision(office, name),
            attempt=tried,
        ),
        preview_url=shift.url(concern.path, "preview"),
        values=tried.texts if tried else standing(office, name),
        errors=tried.said.errors if tried else {},
        differences=differences(office, name, typed) if tried and (previewed or tried.conflict) else (),
        previewed=previewed,
        conflict=tried is not None and tried.conflict,
        look=office_view(_as_typed(office, typed), shift.visit.lang) if previewed and name == "look" else None,
        logo=f"/{office.slug}/logo/{office.logo}" if office.logo else "",
        logo_action=_action(shift, "office/logo", version=revision(office, "logo"), attempt=of(attempt, "logo")),
        removal=_action(shift, "office/logo/removal", version=revision(office, "logo")),
    )
    if attempt is not None and tried is None:
        page = replace(page, errors=attempt.said.errors)
    return shift.show("office/concern", page, status=attempt.status if attempt else 200)


def _as_typed(office: TenantRecord, typed: Mapping[str, str]) -> TenantRecord:
    return office.model_copy(update={"branding": office.branding.model_copy(update=dict(typed))})


def _action(shift: Shift, path: str, *, version: int | None = None, attempt: Attempt | None = None) -> Action:
    return Action(
        url=shift.url(path),
        key=attempt.key if attempt else str(shift.visit.new_key()),
        csrf=shift.officer.session.csrf,
        version=version,
        why_not="" if shift.officer.has(Role.TENANT_ADMIN) else "role_admin",
    )


@router.post("/{slug}/console/office/logo")
async def put_up(shift: OnShift, request: Request) -> Response:
    return await _change_logo(shift, request, remove=False)


@router.post("/{slug}/console/office/logo/removal")
async def take_down(shift: OnShift, request: Request) -> Response:
    return await _change_logo(shift, request, remove=True)


async def _change_logo(shift: Shift, request: Request, *, remove: bool) -> Response:
    button = LOGO.buttons[1 if remove else 0]
    posted = await shift.received(request)
    seen = number_in(posted.text("version")) or 0

    async def send(key: UUID) -> Reply:
        if not shift.officer.has(*LOGO.may):
            raise Refused("role_missing")
        picture = "" if remove else await _sent_picture(shift, posted, key)
        body = LOGO.read({"upload": "", "reason": posted.text("reason"), "expects": seen})
        reply = await send_logo(shift.parts, shift.officer, key, body, picture)
        await has_come(shift.parts, shift.office.id, "logo", above=seen)
        return reply

    async def again(attempt: Attempt) -> Response:
        if attempt.conflict:
            await has_come(shift.parts, shift.office.id, "logo", above=seen)
        said = Said(problem="gone") if attempt.conflict else attempt.said
        return await _shown(now_standing(shift), "look", Said(), replace(attempt, said=said))

    return await carry_out(shift, Pressed(button, posted, send), to=shift.url("office"), again=again)


async def _sent_picture(shift: Shift, posted: Posted, key: UUID) -> str:
    file = file_of(posted.form, "file")
    if file is None:
        raise wrong("file", "required")
    parts, tenant = shift.parts, shift.office.id
    try:
        blob = await parts.uploads.take(tenant, key, await file.read(), client=shift.visit.client)
        return await made_small(parts, tenant, blob.id)
    except Refused as refused:
        if refused.code in ("uploads_unavailable", "key_reused"):
            raise
        raise wrong("file", REFUSED_FILES.get(refused.code, "file_type")) from None


@router.get("/{slug}/console/office/history")
async def history(shift: OnShift, done: Done) -> Response:
    frame, lines = await asyncio.gather(
        shift.frame(), or_missing(shift.parts.registry.office_history(shift.office.id, shift.officer.actor))
    )
    page = views.HistoryPage(
        desk=shift.desk(frame, done), lines=lines.items if lines is not None else None, names=frame.names
    )
    return shift.show("office/history", page)
