"""The partners' own pages: what they are asked to carry, the kit, and their answer."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.reports.reads import ClarificationView
from libs.contracts.words import AssignmentState, ClarificationState
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.resuming import only_shown, shown_again
from services.gateway.console.views import clock_state
from services.gateway.dispatch.idempotency import read_key
from services.gateway.partner import profile, reporting, views
from services.gateway.partner.guests import Answer, AsGuest, Guest, row_of
from services.gateway.partner.wishes import ANSWER
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import see, text_of

router = APIRouter(include_in_schema=False)

REASONS = ("no_time", "not_fitting", "disagree", "other")


async def _assignments(guest: Guest) -> tuple[AssignmentView, ...] | None:
    partner = guest.partner
    return await or_missing(guest.visit.parts.notify.assignments(guest.office.id, partner.actor, partner.id))


@router.get("/{slug}/partner")
async def home(guest: AsGuest) -> Response:
    row, found = await asyncio.gather(row_of(guest), _assignments(guest))
    now = datetime.now(UTC)
    open_ = None if found is None else tuple(a for a in found if a.state == AssignmentState.OFFERED)
    page = views.HomePage(
        desk=guest.desk(row, len(open_) if open_ is not None else None, now, Answer()),
        open=tuple(sorted(open_, key=lambda a: a.due_at)) if open_ is not None else None,
        past=tuple(a for a in found or () if a.state != AssignmentState.OFFERED),
    )
    return guest.show("home", page)


@router.get("/{slug}/partner/assignments/{assignment_id}")
async def assignment(guest: AsGuest, assignment_id: Id) -> Response:
    return await _shown(guest, assignment_id, Answer())


async def _shown(guest: Guest, assignment_id: str, last: Answer) -> Response:
    parts, tenant = guest.visit.parts, guest.office.id
    found, row, listed = await asyncio.gather(
        parts.notify.assignment(tenant, guest.partner.actor, assignment_id), row_of(guest), _assignments(guest)
    )
    clarification = await or_missing(parts.reports.clarification(tenant, found.number))
    waiting = None if listed is None else sum(a.state == AssignmentState.OFFERED for a in listed)
    now = datetime.now(UTC)
    page = assignment_page(guest, found, clarification, guest.desk(row, waiting, now, last), last)
    return guest.show("assignment", page, status=last.status)


def assignment_page(
    guest: Guest,
    found: AssignmentView,
    clarification: ClarificationView | None,
    desk: views.PartnerDesk,
    last: Answer,
) -> views.AssignmentPage:
    answerable = found.state == AssignmentState.OFFERED and guest.partner.active
    base = ("assignments", found.id)
    keys = {last.what: last.key}
    return views.AssignmentPage(
        desk=desk,
        assignment=found,
        told=clarification or found,
        clock=clock_state(found.due_at, now=desk.now, done=found.state != AssignmentState.OFFERED),
        kit=_kit(guest, found, clarification) if clarification else None,
        area=guest.partner.record.area,
        accept=guest.action(*base, "accept", key=keys.get("accept", "")) if answerable else None,
        decline=guest.action(*base, "decline", key=keys.get("decline", ""), typed={"reason": last.reason})
        if answerable
        else None,
        deciding=last.what == "decline" and answerable,
        correction=_correction(found, clarification) if clarification else None,
    )


def _kit(guest: Guest, found: AssignmentView, clarification: ClarificationView) -> views.Kit:
    """The caption was written with the version that was offered; of a newer one, its fact and address are left."""
    address = f"/{guest.office.slug}/clarifications/{found.number}"
    link = f"{guest.visit.parts.settings.public_url}{address}"
    newer = _correction(found, clarification) is not None
    return views.Kit(
        message=f"{clarification.fact} {link}",
        captions=() if newer else (found.caption,),
        card_url=f"{address}/card.png",
        card_shown_url=f"{address}/small.png",
        card_alt=f"{clarification.fact} “{clarification.claim}”",
        clarification_url=address,
    )


def _correction(found: AssignmentView, clarification: ClarificationView) -> views.Correction | None:
    if clarification.state == ClarificationState.RETRACTED:
        return views.Correction(change=clarification.retraction, at=None, retracted=True)
    newest = max(clarification.versions, key=lambda v: v.version, default=None)
    if newest is None or newest.version == 1 or newest.at <= found.offered_at:
        return None
    return views.Correction(change=newest.change_note, at=newest.at)


@router.post("/{slug}/partner/assignments/{assignment_id}/accept")
async def accept(guest: AsGuest, assignment_id: Id, request: Request) -> Response:
    form = await guest.posted(request)
    return await _answered(guest, assignment_id, form, ready=True)


@router.post("/{slug}/partner/assignments/{assignment_id}/decline")
async def decline(guest: AsGuest, assignment_id: Id, request: Request) -> Response:
    form = await guest.posted(request)
    return await _answered(guest, assignment_id, form, ready=False)


async def _answered(guest: Guest, assignment_id: str, form: FormData, *, ready: bool) -> Response:
    key, reason = read_key(text_of(form, "key")), "" if ready else text_of(form, "reason")
    what = "accept" if ready else "decline"
    shown = only_shown(guest.visit.request)
    if shown:
        last = Answer(status=shown, what=what, key=str(key), reason=reason, problem="typed_again")
        return await _shown(guest, assignment_id, last)
    if not ready and reason not in REASONS:
        last = Answer(status=422, what=what, key=str(key), errors={"reason": "required"})
        return await _shown(guest, assignment_id, last)
    try:
        given = ANSWER.read({"ready": ready, "reason": reason})
        await ANSWER.send(guest.visit.parts, guest.partner, key, assignment_id, given)
    except Unavailable:
        last = Answer(status=503, what=what, key=str(key), reason=reason, problem="unavailable")
        return await _shown(guest, assignment_id, last)
    except Refused as refused:
        if refused.code not in ("already_answered", "state_conflict", "key_reused"):
            raise
        return await _shown(guest, assignment_id, Answer(status=409, problem="gone"))
    return guest.visit.finish(see(guest.url("assignments", assignment_id)))


router.include_router(reporting.router)
router.include_router(profile.router)


@router.get("/{slug}/partner/{rest:path}")
async def form_address(guest: AsGuest, request: Request) -> Response:
    """After every page: the address of a form, loaded again or come back to after a log-in."""
    return await shown_again(request, guest.visit, guest.office, guest.partner.session)
