"""A ticket: number and code open it; what happened, the answer, and what its holder can still do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.notify.reads import FollowView
from libs.contracts.reports.parts import Attachment
from libs.contracts.reports.reads import SentFile, TicketView
from libs.contracts.words import ReportKind
from libs.kit.visible import is_visible
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.access.sessions import Ticket
from services.gateway.access.views import ConfirmPage
from services.gateway.api.models import TicketCode, TicketMessage, TicketRating
from services.gateway.context import Office, Visit, Visited, posted
from services.gateway.dispatch.idempotency import read_key
from services.gateway.paths import LinkToken, Number, Position
from services.gateway.reads import or_missing
from services.gateway.reporting.forms import email_address
from services.gateway.reporting.pages import NO_UPLOADS, PictureRefused, contact_cookie, receipt_cookie, taken
from services.gateway.tickets.opening import open_ticket, opened_by_link, send_opening, ticket_view
from services.gateway.tickets.views import (
    Following,
    Receipt,
    TicketLookupPage,
    TicketPage,
    TicketState,
    is_reopened,
    thread,
)
from services.gateway.tickets.wishes import MESSAGE, RATE, STOP, WISHES, HolderWish, add_evidence
from services.gateway.web.pages import Pages, Site, form_of, see, text_of
from services.gateway.web.views import FIRST_TIME, Back, FieldError, put_off, wrong

router = APIRouter(include_in_schema=False)

SHOWN_BEFORE = "0"
"""The code was shown when the ticket was opened; its cookie says so."""
UNREACHABLE = "unreachable"
FOLLOWED_BY = ("email", "whatsapp_manual")


@router.get("/{slug}/tickets")
async def lookup(office: Office, visit: Visit, site: Site, number: str = "", sent: bool = False) -> Response:
    return _lookup(site, visit, office, number=number[:64], sent=sent)


def _lookup(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    *,
    number: str = "",
    email: str = "",
    lost: bool = False,
    sent: bool = False,
    expired: bool = False,
    back: Back = FIRST_TIME,
) -> Response:
    view = TicketLookupPage(
        form=form_of(f"/{office.slug}/tickets", visit),
        lost_form=form_of(f"/{office.slug}/tickets/lost", visit),
        number=number,
        email=email,
        lost=lost,
        sent=sent,
        expired=expired,
        back=back,
    )
    template = "tickets/ticket_lookup.html"
    return site.show(visit, office, template, view, status=back.status, nav="tickets", headers=back.headers)


@router.post("/{slug}/tickets")
async def opened(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    form = await posted(request, visit)
    number, code = text_of(form, "number").strip()[:64], text_of(form, "code")
    again = partial(_lookup, site, visit, office, number=number)
    no_match = wrong(FieldError(field="code", code="wrong_code"))
    try:
        visit.parts.limits.guesses.take(visit.client)
        TicketCode(code=code)
        held, _ = await open_ticket(visit.parts, office, number, code)
    except (ValidationError, RequestValidationError):
        return again(back=no_match)
    except Refused as refused:
        if refused.code != "wrong_code":
            raise
        return again(back=no_match)
    except (TooMany, Unavailable) as error:
        return again(back=put_off(error))
    return _entered(visit, office, held)


def _entered(visit: Visited, office: TenantRecord, held: Ticket) -> Response:
    response = see(f"/{office.slug}/tickets/{held.number}")
    visit.parts.remember_ticket(response, office, held)
    return visit.finish(response)


@router.post("/{slug}/tickets/lost")
async def lost(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    """The code is lost: a link that opens the ticket once, to the contact that it has. Always the same answer."""
    form = await posted(request, visit)
    number, typed = text_of(form, "number").strip()[:64], text_of(form, "email")[:254]
    again = partial(_lookup, site, visit, office, number=number, email=typed, lost=True)
    if not number:
        return again(back=wrong(FieldError(field="lost-number", code="required")))
    try:
        visit.parts.limits.guesses.take(visit.client)
        await send_opening(visit.parts, office, number, email_address(typed), read_key(text_of(form, "key")))
    except PydanticCustomError:
        return again(back=wrong(FieldError(field="lost-email", code="email_invalid")))
    except (TooMany, Unavailable) as error:
        return again(back=put_off(error))
    return visit.finish(see(f"/{office.slug}/tickets?sent=1"))


@router.get("/{slug}/t/{secret}")
async def link_opened(office: Office, visit: Visit, site: Site, secret: LinkToken) -> Response:
    view = ConfirmPage(form=form_of(f"/{office.slug}/t/{secret}", visit), purpose="ticket")
    return site.show(visit, office, "access/confirm.html", view)


@router.post("/{slug}/t/{secret}")
async def enters_by_link(office: Office, visit: Visit, site: Site, secret: LinkToken, request: Request) -> Response:
    await posted(request, visit)
    visit.parts.limits.guesses.take(visit.client)
    held = await opened_by_link(visit.parts, office, secret)
    if held is None:
        return _lookup(site, visit, office, lost=True, expired=True, back=wrong())
    return _entered(visit, office, held)


@router.get("/{slug}/tickets/{number}")
async def ticket(office: Office, visit: Visit, site: Site, number: Number, again: bool = False) -> Response:
    """
    Args:
        again: its form was sent or opened once more.
    """
    held = visit.parts.ticket_in(visit.request, office, number)
    if held is None:
        return _lookup(site, visit, office, number=number[:64])
    return await _shown(site, visit, office, held, again=again)


async def _shown(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    held: Ticket,
    *,
    back: Back = FIRST_TIME,
    again: bool = False,
    still_open: str = "",
    typed: FormData | None = None,
) -> Response:
    """
    Args:
        typed: the message that was not taken; its form comes back as it was.
    """
    code = visit.request.cookies.get(receipt_cookie(held.number), "")
    noted = form_of(f"/{office.slug}/tickets/{held.number}/noted", visit) if code else None
    receipt = Receipt(number=held.number, code=code, first=bool(code), noted=noted)
    try:
        found = await ticket_view(visit.parts, office, held.number, held.code_hash)
    except Refused:
        # The cookie says that the broker has it; reports has not come to it yet.
        view = _recording(office, held, receipt, steps=())
    except Unavailable:
        view = _recording(office, held, receipt, steps=None)
    else:
        follow = await or_missing(visit.parts.notify.subject(office.id, held.report_id))
        view = replace(_page(visit, office, found, follow, receipt), back=back)
    view = replace(view, again=again, still_open=still_open)
    if typed is not None and view.message is not None:
        message = replace(view.message, key=text_of(typed, "key"))
        view = replace(view, message=message, message_text=text_of(typed, "pesan"))
    if view.following is None and view.contact != UNREACHABLE:
        left = visit.request.cookies.get(contact_cookie(held.number), "")
        view = replace(view, contact=left if left in FOLLOWED_BY else view.contact)
    return site.show(
        visit, office, "tickets/ticket.html", view, status=back.status, nav="tickets", headers=back.headers
    )


def _recording(office: TenantRecord, held: Ticket, receipt: Receipt, *, steps: tuple[()] | None) -> TicketPage:
    return TicketPage(
        receipt=receipt,
        kind=ReportKind.HOAX,
        state=TicketState.RECORDING,
        live_url=f"/{office.slug}/tickets/{held.number}/stream",
        steps=steps,
    )


def _contact(follow: FollowView | None) -> str:
    """What there is to say of a contact that nobody follows by."""
    if follow is None:
        return "unknown"
    return UNREACHABLE if follow.undeliverable and not follow.following else ""


def _page(
    visit: Visited, office: TenantRecord, found: TicketView, follow: FollowView | None, receipt: Receipt
) -> TicketPage:
    base = f"/{office.slug}/tickets/{found.number}"
    state = TicketState(found.state) if found.state in set(TicketState) else TicketState.CHECKING
    if is_reopened(found):
        state = TicketState.REOPENED
    open_ = state not in (TicketState.WITHDRAWN, TicketState.SCREENED_OUT, TicketState.CLOSED)
    answered = state == TicketState.ANSWERED
    # After a "Belum" no clock runs; the old one may be long over.
    timed = not answered and state != TicketState.REOPENED
    following = None
    if follow is not None and follow.following and follow.channel:
        following = Following(
            channel=follow.channel,
            masked=follow.masked,
            stop=form_of(f"{base}/stop", visit),
            undeliverable=follow.undeliverable,
        )
    return TicketPage(
        receipt=receipt,
        kind=ReportKind(found.kind),
        state=state,
        live_url=f"{base}/stream",
        steps=thread(found),
        next_at=found.waiting_until if found.waiting_for else found.answer_due_at if timed else None,
        party=found.waiting_for or "",
        reason=found.ended_reason
        if state == TicketState.NOT_CONTINUED
        else found.screened_reason or found.outcome or ("clarified" if state == TicketState.CLOSED else ""),
        answer=found.clarification,
        known=found.known if open_ else None,
        claims=found.claims,
        reply=found.answer,
        answers=found.answers,
        sent_text="\n".join((found.text, *(u for u in found.urls if u not in found.text))).strip(),
        pictures=tuple(f"{base}/pictures/{n}" for n, file in enumerate(_files(found), 1) if file.has_preview),
        other_files=tuple(file.kind for file in _files(found) if not file.has_preview),
        messages=found.messages,
        message=form_of(f"{base}/messages", visit) if open_ else None,
        helped=form_of(f"{base}/rating", visit) if answered and found.helpful is None else None,
        helpful=found.helpful,
        not_mine=form_of(f"{base}/rejection", visit) if answered and found.clarification is not None else None,
        withdraw=form_of(f"{base}/withdrawal", visit) if open_ and not answered else None,
        following=following,
        contact=_contact(follow),
    )


def _files(found: TicketView) -> tuple[SentFile, ...]:
    return found.files or (SentFile(),) * found.attachments


async def _carry(
    office: TenantRecord, visit: Visited, site: Pages, number: str, request: Request, wish: HolderWish
) -> Response:
    """One of the buttons of the ticket; its holder's cookie is the proof."""
    form = await posted(request, visit)
    held = visit.parts.ticket_in(request, office, number)
    if held is None:
        return _lookup(site, visit, office, number=number[:64])
    key = read_key(text_of(form, "key"))
    typed = form if wish is MESSAGE else None
    shown = partial(_shown, site, visit, office, held, still_open=text_of(form, "kurang"), typed=typed)
    try:
        visit.parts.limits.clients.take(visit.client)
        if wish is MESSAGE:
            await _written(visit, office, held, key, form)
        else:
            given = _rating(form) if wish is RATE else TicketCode(code=SHOWN_BEFORE)
            await wish.send(visit.parts, held, key, given)
    except PictureRefused as picture:
        return await shown(back=picture.back)
    except ValidationError as error:
        code = "too_long" if error.errors()[0]["type"] == "string_too_long" else "required"
        field, limit = ("kurang", "1000") if wish is RATE else ("pesan", "5000")
        value = str(len(text_of(form, field)))
        return await shown(back=wrong(FieldError(field=field, code=code, value=value, limit=limit)))
    except (TooMany, Unavailable) as away:
        return await shown(back=put_off(away))
    except Refused as refused:
        if refused.code == "uploads_unavailable":
            return await shown(back=NO_UPLOADS)
        if refused.code not in ("state_conflict", "not_found"):
            raise
        # Somebody was faster: the page shows how it stands.
    path = f"/{office.slug}/tickets/{held.number}"
    response = see(path)
    if wish is STOP:
        visit.parts.drop_cookie(response, contact_cookie(held.number), path=path)
    return visit.finish(response)


async def _written(visit: Visited, office: TenantRecord, held: Ticket, key: UUID, form: FormData) -> None:
    """A message, a picture, or both."""
    picture = await taken(visit, office, form)
    if picture is not None:
        attachment = Attachment(
            blob_id=picture.id,
            sha256=picture.sha256,
            media_type=picture.media_type,
            size=picture.size,
            original_sha256=picture.original_sha256,
            kind=picture.kind,
            duration_seconds=picture.duration_seconds,
            pages=picture.pages,
            preview_sha256=picture.preview_sha256,
        )
        await add_evidence(visit.parts, held, key, (attachment,))
        visit.parts.uploads.keep(office.id, [UUID(picture.id)])
    text = text_of(form, "pesan")
    if is_visible(text) or picture is None:
        await MESSAGE.send(visit.parts, held, key, TicketMessage(code=SHOWN_BEFORE, text=text))


def _rating(form: FormData) -> TicketRating:
    typed = text_of(form, "kurang")
    helpful = text_of(form, "helped") == "yes"
    return TicketRating(code=SHOWN_BEFORE, helpful=helpful, text=typed if is_visible(typed) else "")


@router.post("/{slug}/tickets/{number}/noted")
async def noted(office: Office, visit: Visit, site: Site, number: Number, request: Request) -> Response:
    """Number and code are noted down: from now on the code is asked for."""
    form = await posted(request, visit)
    held = visit.parts.ticket_in(request, office, number)
    if held is None:
        return _lookup(site, visit, office, number=number[:64])
    if text_of(form, "noted") != "1":
        back = wrong(FieldError(field="noted", code="not_noted"))
        return await _shown(site, visit, office, held, back=back)
    path = f"/{office.slug}/tickets/{held.number}"
    response = see(path)
    visit.parts.drop_cookie(response, receipt_cookie(held.number), path=path)
    return visit.finish(response)


@router.get("/{slug}/tickets/{number}/pictures/{position}")
async def picture(office: Office, visit: Visit, number: Number, position: Position) -> Response:
    """What its reporter sent, for whoever has opened the ticket."""
    held = visit.parts.ticket_in(visit.request, office, number)
    if held is None:
        raise NotFound("picture")
    data = await visit.parts.reports.ticket_picture(office.id, held.number, held.code_hash, position)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _button(wish: HolderWish) -> Callable[..., Awaitable[Response]]:
    async def pressed(office: Office, visit: Visit, site: Site, number: Number, request: Request) -> Response:
        return await _carry(office, visit, site, number, request, wish)

    return pressed


for wish in WISHES:
    router.add_api_route(f"/{{slug}}/tickets/{{number}}/{wish.path}", _button(wish), methods=["POST"])
