"""What a partner is to the office, read and changed by itself; and how it leaves.

GET  partner/profile              what is known, what runs out, who changed what
GET  partner/profile/edit         the form
POST partner/profile/description  leads to the profile
POST partner/profile/resubmission what was missing is there; leads to the profile
POST partner/profile/appeal       against a rejection; leads to the profile
GET  partner/profile/leaving      what leaving means
POST partner/profile/leaving      leads to the door
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.registry.partner import SetPartnerState
from libs.contracts.registry.reads import PartnerView
from libs.contracts.words import PartnerKind, PartnerState
from libs.kit.calendar import local_day
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.principals import Partner
from services.gateway.access.resuming import only_shown
from services.gateway.console.carrying import codes_of, field_codes
from services.gateway.console.partners.partner import places, written
from services.gateway.console.partners.sections import facts_of
from services.gateway.console.views import Action
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import Reply, by_person
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.wishes import Wish
from services.gateway.partner import views
from services.gateway.partner.guests import Answer, AsGuest, Guest, row_of
from services.gateway.partner.wishes import APPEAL, DESCRIBE, RESUBMIT, described
from services.gateway.reads import or_missing
from services.gateway.web.pages import see, text_of, zone_of

router = APIRouter(include_in_schema=False)

SOON_DAYS = 60
"""The first reminder before a term ends is as early."""
LONGEST_REASON = 300


@router.get("/{slug}/partner/profile")
async def profile(guest: AsGuest, saved: bool = False) -> Response:
    return await _profile(guest, Answer(), saved=saved)


async def _profile(guest: Guest, last: Answer, *, saved: bool = False) -> Response:
    registry, partner = guest.visit.parts.registry, guest.partner
    row, lines = await asyncio.gather(
        row_of(guest), or_missing(registry.partner_history(guest.office.id, partner.actor, partner.id))
    )
    now = datetime.now(UTC)
    goes_on = row is not None and row.state != PartnerState.REJECTED
    page = views.ProfilePage(
        desk=guest.desk(row, None, now, last),
        partner=row,
        facts=facts_of(guest.visit.parts.directory, guest.office.id, row.profile) if row is not None else None,
        ending=ending(row, local_day(now, zone_of(guest.office))) if row is not None else None,
        lines=tuple(reversed(lines)) if lines is not None else None,
        saved=saved,
        edit_url=guest.url("profile", "edit") if goes_on else "",
        leave_url=guest.url("profile", "leaving") if goes_on else "",
        resubmit=_next(guest, last, "resubmission") if row and row.state == PartnerState.NEEDS_REVISION else None,
        appeal=_next(guest, last, "appeal") if row and may_appeal(row, now) else None,
    )
    return guest.show("profile", page, status=last.status)


def _next(guest: Guest, last: Answer, what: str) -> Action:
    key, typed = (last.key, {"text": last.reason}) if last.what == what else ("", {})
    return guest.action("profile", what, key=key, typed=typed)


def may_appeal(row: PartnerView, now: datetime) -> bool:
    until = row.review.appeal_until
    return row.state == PartnerState.REJECTED and until is not None and now <= until


def ending(row: PartnerView, today: date) -> views.Ending | None:
    if not row.profile.term_until:
        return None
    on = date.fromisoformat(row.profile.term_until)
    days = (on - today).days
    return views.Ending(on=on, days=days) if days <= SOON_DAYS else None


@router.get("/{slug}/partner/profile/edit")
async def edit(guest: AsGuest) -> Response:
    row = await guest.visit.parts.registry.partner(guest.office.id, guest.partner.actor, guest.partner.id)
    return _form(guest, row, written(row), Answer())


def _form(guest: Guest, row: PartnerView | None, values: Mapping[str, str], last: Answer) -> Response:
    kind = values.get("kind", "")
    page = views.DescribePage(
        desk=guest.desk(row, None, datetime.now(UTC), last),
        action=guest.action("profile", "description", key=last.key),
        kind=kind if kind in set(PartnerKind) else "",
        values=values,
        errors=last.errors,
        region=guest.office.region_code,
        places=places(guest.office.region_code),
    )
    return guest.show("describe", page, status=last.status)


@router.post("/{slug}/partner/profile/description")
async def describe(guest: AsGuest, request: Request) -> Response:
    form = await guest.posted(request)
    key, shown = read_key(text_of(form, "key")), only_shown(request)
    if shown:
        return await _again(guest, form, Answer(status=shown, key=str(key), problem="typed_again"))
    try:
        wish = DESCRIBE.read(described(form))
        await DESCRIBE.send(guest.visit.parts, guest.partner, key, guest.partner.id, wish)
    except RequestValidationError as error:
        return await _again(guest, form, Answer(status=422, errors=codes_of(error, {})))
    except Unavailable:
        return await _again(guest, form, Answer(status=503, key=str(key), problem="unavailable"))
    except Refused as refused:
        errors = field_codes(refused, {})
        if errors is not None:
            return await _again(guest, form, Answer(status=422, errors=errors))
        if refused.code not in ("state_conflict", "key_reused"):
            raise
        return await _again(guest, form, Answer(status=409, problem="gone"))
    return guest.visit.finish(see(f"{guest.url('profile')}?saved=1"))


@router.post("/{slug}/partner/profile/resubmission")
async def resubmit(guest: AsGuest, request: Request) -> Response:
    return await _moved_on(guest, request, RESUBMIT, "resubmission", {})


@router.post("/{slug}/partner/profile/appeal")
async def appeal(guest: AsGuest, request: Request) -> Response:
    form = await guest.posted(request)
    return await _moved_on(guest, request, APPEAL, "appeal", {"text": text_of(form, "text")})


async def _moved_on(guest: Guest, request: Request, wish: Wish[Any], what: str, said: Mapping[str, str]) -> Response:
    form = await guest.posted(request)
    key, shown, typed = read_key(text_of(form, "key")), only_shown(request), said.get("text", "")
    if shown:
        return await _profile(guest, Answer(status=shown, what=what, key=str(key), reason=typed, problem="typed_again"))
    try:
        await wish.send(guest.visit.parts, guest.partner, key, guest.partner.id, wish.read(said))
    except RequestValidationError as error:
        return await _profile(guest, Answer(status=422, what=what, reason=typed, errors=codes_of(error, {})))
    except Unavailable:
        last = Answer(status=503, what=what, key=str(key), reason=typed, problem="unavailable")
        return await _profile(guest, last)
    except Refused as refused:
        errors = field_codes(refused, {})
        if errors is not None:
            return await _profile(guest, Answer(status=422, what=what, reason=typed, errors=errors))
        if refused.code not in ("state_conflict", "key_reused"):
            raise
        return await _profile(guest, Answer(status=409, problem="gone"))
    return guest.visit.finish(see(f"{guest.url('profile')}?saved=1"))


async def _again(guest: Guest, form: FormData, last: Answer) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    return _form(guest, await row_of(guest), values, last)


@router.get("/{slug}/partner/profile/leaving")
async def leaving(guest: AsGuest) -> Response:
    return await _leaving(guest, Answer())


async def _leaving(guest: Guest, last: Answer) -> Response:
    page = views.LeavingPage(
        desk=guest.desk(await row_of(guest), None, datetime.now(UTC), last),
        action=guest.action("profile", "leaving", key=last.key, typed={"reason": last.reason}),
    )
    return guest.show("leaving", page, status=last.status)


@router.post("/{slug}/partner/profile/leaving")
async def leave(guest: AsGuest, request: Request) -> Response:
    form = await guest.posted(request)
    key, shown = read_key(text_of(form, "key")), only_shown(request)
    reason = " ".join(text_of(form, "reason").split())
    if shown:
        return await _leaving(guest, Answer(status=shown, key=str(key), reason=reason, problem="typed_again"))
    if len(reason) > LONGEST_REASON:
        return await _leaving(guest, Answer(status=422, key=str(key), reason=reason, errors={"reason": "too_long"}))
    try:
        await withdraw(guest.visit.parts, guest.partner, key, reason)
    except Unavailable:
        return await _leaving(guest, Answer(status=503, key=str(key), reason=reason, problem="unavailable"))
    except Refused as refused:
        errors = field_codes(refused, {})
        if errors is None and refused.code not in ("state_conflict", "key_reused"):
            raise
        last = Answer(status=422, errors=errors) if errors else Answer(status=409, problem="gone")
        return await _leaving(guest, last)
    session = guest.partner.session
    response = see(f"/{guest.office.slug}/login/partner?left=1")
    await guest.visit.parts.sessions.close(session.secret)
    guest.visit.parts.forget(response, session.kind)
    return guest.visit.finish(response)


async def withdraw(parts: Gateway, partner: Partner, key: UUID, reason: str) -> Reply:
    """
    Raises: as `Dispatcher.send`.
    """
    wish = SetPartnerState(partner_id=partner.id, state=PartnerState.WITHDRAWN, reason=reason)
    return await parts.dispatcher.send(by_person(partner), key, wish)
