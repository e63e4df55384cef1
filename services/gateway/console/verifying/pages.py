"""The queue of verifications, and what is done with one or with several."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts.reads import Page
from libs.contracts.registry.reads import VerificationRow
from libs.contracts.registry.verification import Outcome
from libs.contracts.words import PartnerKind, PartnerState
from libs.kit import areas
from libs.kit.calendar import local_day
from libs.runtime.errors import Refused
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.partners.partner import shown as partner_shown
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.partners.wishes import MAY
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, wrong
from services.gateway.console.verifying import views
from services.gateway.console.verifying.wishes import DECIDE, PAGE, TAKE, WISHES
from services.gateway.console.views import Filter, clock_state
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor

router = APIRouter(include_in_schema=False)

QUEUE = "verifications"
MOST = 50
"""Rows of a page, and partners of one bulk decision."""
SOON = timedelta(days=60)
"""Before the end of a term: from then on it is shown."""
FILTERS = ("all", PartnerState.SUBMITTED, "administrative_review", "factual_review", "appealed")
BULK = Button(QUEUE, done=Notice("verification_bulk", "Keputusan tersimpan untuk semua yang dipilih."), needed=("act",))
ACTS = ("take", Outcome.GO_ON, Outcome.REVISE, Outcome.REJECT)
Short = Annotated[str, Query(max_length=40)]


@router.get("/{slug}/console/verifications")
async def queue(
    shift: OnShift, done: Done, show: Short = "all", kind: Short = "", area: Short = "", cursor: Cursor = ""
) -> Response:
    return await _queue(shift, done, show=show, kind=kind, area=area, cursor=cursor)


async def _queue(
    shift: Shift,
    said: Said,
    attempt: Attempt | None = None,
    left: Sequence[str] = (),
    *,
    show: str = "all",
    kind: str = "",
    area: str = "",
    cursor: str = "",
) -> Response:
    show = show if show in FILTERS else "all"
    kind = kind if kind in set(PartnerKind) else ""
    area = area if areas.exists(area) else ""
    state = "" if show == "all" else show
    tenant, actor = shift.office.id, shift.officer.actor
    read = shift.parts.registry.verifications(tenant, actor, kind=kind, state=state, area=area, cursor=cursor)
    ending = shift.parts.registry.terms(tenant, actor, until=datetime.now(UTC).date() + SOON)
    found, ends, frame = await asyncio.gather(or_missing(read), or_missing(ending), shift.frame())
    rows = found.items if found is not None else ()
    asked = {"show": show, "kind": kind, "area": area}
    page = views.VerifyingPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        nav=subnav(shift, "verification"),
        rows=tuple(
            views.Waiting(
                row=row,
                clock=clock_state(row.due_at, now=frame.now) if row.due_at else None,
                taken_by=frame.name(row.taken_by) if row.taken_by else "",
            )
            for row in rows
        ),
        total=(found.count or 0) if found is not None else 0,
        filters=tuple(
            Filter(code=code, url=f"{shift.url(QUEUE)}?show={code}", count=None, current=code == show)
            for code in FILTERS
        ),
        asked=asked,
        areas=tuple((one.code, areas.title_of(one.code)) for one in areas.children(shift.office.region_code)),
        bulk=shift.action(QUEUE, attempt=attempt, why_not="" if shift.officer.has(*MAY) else "role_verifier"),
        chosen=frozenset(str(one) for one in attempt.form.getlist("partner")) if attempt else frozenset(),
        left=tuple(row.name for row in rows if row.id in left),
        next_url=_next(shift, found, asked),
        available=found is not None,
        ending=ends.items if ends is not None and not cursor else (),
        today=local_day(frame.now, shift.zone),
    )
    return shift.show("verifying/queue", page, status=attempt.status if attempt else 200)


def _next(shift: Shift, found: Page[VerificationRow] | None, asked: dict[str, str]) -> str:
    if found is None or not found.next:
        return ""
    said = {name: value for name, value in asked.items() if value}
    return f"{shift.url(QUEUE)}?{urlencode({**said, 'cursor': found.next})}"


@router.post("/{slug}/console/verifications")
async def decide_several(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)
    act, reason = posted.text("act"), posted.text("reason").strip()
    chosen = list(dict.fromkeys(str(one) for one in posted.form.getlist("partner")))[:MOST]
    left: list[str] = []

    async def one(key: UUID, partner_id: str) -> Reply | None:
        wish = TAKE if act == "take" else DECIDE
        values = {} if act == "take" else {"outcome": act, "reason": reason}
        try:
            return await shift.send(wish, uuid5(key, partner_id), partner_id, values)
        except Refused as refused:
            if refused.code == "role_missing":
                raise
            left.append(partner_id)
            return None

    async def send(key: UUID) -> Reply:
        posted.require("act")
        if act not in ACTS:
            raise wrong("act", "invalid")
        if not chosen:
            raise wrong("partner", "required")
        if act != "take":
            # A decision about several says why, whatever it is.
            posted.require("reason")
        replies = [reply for reply in await asyncio.gather(*(one(key, each) for each in chosen)) if reply is not None]
        if left:
            raise Refused("state_conflict")
        return replies[0]

    return await carry_out(
        shift,
        Pressed(BULK, posted, send),
        to=shift.url(QUEUE),
        again=lambda attempt: _queue(shift, Said(), attempt, left),
    )


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    partner_id = pressed.ids["partner_id"]
    return await carry_out(
        shift,
        pressed,
        to=shift.url("partners", partner_id),
        again=lambda attempt: partner_shown(shift, partner_id, Said(), attempt),
    )


add_buttons(router, WISHES, PAGE, _carry)
