"""Log-in and log-out in pages. Links from messages show a button first: chat previews open links too."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.notify.reads import AssignmentView
from libs.runtime.errors import NotFound, Refused, TooSoon, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.access.officer_login import let_in, log_in
from services.gateway.access.partner_login import asked_for, enter, enter_by_assignment, send_link
from services.gateway.access.resuming import LONGEST_WAY, brought_along, way_back
from services.gateway.access.sessions import Kind, opens
from services.gateway.access.views import ConfirmPage, LoginLinkPage, LoginPage
from services.gateway.context import Office, Visit, Visited, posted
from services.gateway.dispatch.idempotency import read_key
from services.gateway.paths import LinkToken
from services.gateway.reporting.forms import email_address
from services.gateway.web.pages import Pages, Site, form_of, see, text_of
from services.gateway.web.views import FIRST_TIME, Back, FieldError, put_off, wrong

router = APIRouter(include_in_schema=False)
Way = Annotated[str, Query(max_length=LONGEST_WAY)]


@router.get("/{slug}/login")
async def officer_door(
    office: Office,
    visit: Visit,
    site: Site,
    out: bool = False,
    joined: bool = False,
    next: Way = "",
    kept: bool = False,
) -> Response:
    """
    Args:
        joined: by a mailed link they have just set up how they log in.
        next: the page that led here.
        kept: a form that was sent from it is kept for whoever wrote it.
    """
    way = way_back(office, Kind.OFFICER, next)
    return _officer_door(site, visit, office, signed_out=out, joined=joined, way=way, kept=kept and bool(way))


def _officer_door(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    *,
    email: str = "",
    signed_out: bool = False,
    joined: bool = False,
    way: str = "",
    kept: bool = False,
    back: Back = FIRST_TIME,
) -> Response:
    # The page says whole minutes: rather the one after.
    locked_for = timedelta(seconds=back.retry_after + 59) if back.status == 429 else None
    view = LoginPage(
        form=form_of(f"/{office.slug}/login", visit, carried=[("next", way)]),
        email=email,
        signed_out=signed_out,
        joined=joined,
        kept=kept,
        locked_until=datetime.now(UTC) + locked_for if locked_for else None,
        back=back,
    )
    return site.show(visit, office, "access/officer.html", view, status=back.status, headers=back.headers)


@router.post("/{slug}/login")
async def officer_enters(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    form = await posted(request, visit)
    email, way = text_of(form, "email").strip()[:254], way_back(office, Kind.OFFICER, text_of(form, "next"))
    given = {name: text_of(form, name)[:256] for name in ("password", "code")}
    again = partial(_officer_door, site, visit, office, email=email, way=way)
    missing = [n for n, v in (("email", email), *given.items()) if not v.strip()]
    if missing:
        return again(back=wrong(*(FieldError(field=n, code="required") for n in missing)))
    old = visit.parts.secret_in(request, Kind.OFFICER)
    try:
        visit.parts.limits.guesses.take(visit.client)
        session = await log_in(visit.parts, request, email=email, **given, tenant=office.id)
    except (TooSoon, TooMany) as locked:
        return again(back=Back(status=429, retry_after=locked.retry_after))
    except Refused as refused:
        used = refused.code == "code_used"
        error = FieldError(field="code", code="code_used") if used else FieldError(field="email", code="login_failed")
        return again(back=wrong(error))
    except Unavailable as away:
        return again(back=put_off(away))
    brought = await brought_along(visit.parts, old, session)
    response = see(brought or way or f"/{office.slug}/console/queue")
    let_in(visit.parts, request, response, session)
    return visit.finish(response)


@router.post("/{slug}/logout")
async def leave(office: Office, visit: Visit, request: Request) -> Response:
    """Of officers and partners alike; in a browser that is logged in as both, of the one whose page it was."""
    here = [who for who in (await visit.officer(), await visit.partner()) if who is not None]
    for who in here:
        try:
            await posted(request, visit, session=who.session)
        except Refused:
            continue
        target = "login" if who.session.kind is Kind.OFFICER else "login/partner"
        response = see(f"/{office.slug}/{target}?out=1")
        await visit.parts.sessions.close(who.session.secret)
        visit.parts.forget(response, who.session.kind)
        return visit.finish(response)
    if here:
        raise Refused("forbidden")
    return visit.finish(see(f"/{office.slug}/login?out=1"))


@router.get("/{slug}/login/partner")
async def partner_door(
    office: Office, visit: Visit, site: Site, next: Way = "", kept: bool = False, left: bool = False
) -> Response:
    way = way_back(office, Kind.PARTNER, next)
    return _partner_door(site, visit, office, way=way, kept=kept and bool(way), left=left)


def _partner_door(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    *,
    email: str = "",
    sent: bool = False,
    expired: bool = False,
    late: AssignmentView | None = None,
    way: str = "",
    kept: bool = False,
    left: bool = False,
    back: Back = FIRST_TIME,
) -> Response:
    view = LoginLinkPage(
        form=form_of(f"/{office.slug}/login/partner", visit, carried=[("next", way)]),
        email=email,
        sent=sent,
        kept=kept,
        expired=expired,
        late=late,
        left=left,
        back=back,
    )
    return site.show(visit, office, "access/partner.html", view, status=back.status, headers=back.headers)


@router.post("/{slug}/login/partner")
async def link_asked(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    form = await posted(request, visit)
    typed, way = text_of(form, "email")[:254], way_back(office, Kind.PARTNER, text_of(form, "next"))
    again = partial(_partner_door, site, visit, office, email=typed, way=way)
    try:
        visit.parts.limits.guesses.take(visit.client)
        address = email_address(typed)
        then = way.removeprefix(f"/{office.slug}/") or "partner"
        await send_link(visit.parts, office, address, read_key(text_of(form, "key")), then=then)
    except PydanticCustomError:
        return again(back=wrong(FieldError(field="email", code="email_invalid")))
    except (TooMany, Unavailable) as error:
        return again(back=put_off(error))
    return _partner_door(site, visit, office, sent=True, way=way)


@router.get("/{slug}/login/{secret}")
async def link_opened(office: Office, visit: Visit, site: Site, secret: LinkToken) -> Response:
    if not opens(secret, office.id):
        raise NotFound("link")
    view = ConfirmPage(form=form_of(f"/{office.slug}/login/{secret}", visit), purpose="login")
    return site.show(visit, office, "access/confirm.html", view)


@router.post("/{slug}/login/{secret}")
async def partner_enters(office: Office, visit: Visit, site: Site, secret: LinkToken, request: Request) -> Response:
    await posted(request, visit)
    visit.parts.limits.guesses.take(visit.client)
    if not opens(secret, office.id):
        # Another office's: not spent here, it still opens what it was made for.
        raise NotFound("link")
    old = visit.parts.secret_in(request, Kind.PARTNER)
    entered = await enter(visit.parts, secret, instead_of=old)
    if entered is None:
        return _partner_door(site, visit, office, expired=True, back=wrong())
    session, target = entered
    brought = await brought_along(visit.parts, old, session)
    response = see(brought or f"/{office.slug}/{target or 'partner'}")
    visit.parts.remember(response, session)
    return visit.finish(response)


@router.get("/{slug}/a/{token}")
async def assignment_link(office: Office, visit: Visit, site: Site, token: LinkToken) -> Response:
    """From a message to a partner: their answer is one button away, without a log-in, until its deadline."""
    asked = await _asked(office, visit, token)
    if asked is None:
        return _partner_door(site, visit, office, expired=True, back=Back(status=404))
    partner = await visit.partner()
    if partner is not None and partner.id == asked.partner_id and partner.may_open(asked.id):
        return visit.finish(see(_page_of(office, asked)))
    if asked.due_at <= datetime.now(UTC):
        return _too_late(site, visit, office, asked)
    view = ConfirmPage(form=form_of(f"/{office.slug}/a/{token}", visit), purpose="assignment")
    return site.show(visit, office, "access/confirm.html", view)


@router.post("/{slug}/a/{token}")
async def assignment_opened(office: Office, visit: Visit, site: Site, token: LinkToken, request: Request) -> Response:
    await posted(request, visit)
    visit.parts.limits.guesses.take(visit.client)
    asked = await _asked(office, visit, token)
    if asked is None:
        return _partner_door(site, visit, office, expired=True, back=Back(status=404))
    partner = await visit.partner()
    response = see(_page_of(office, asked))
    if partner is not None and partner.id == asked.partner_id and partner.may_open(asked.id):
        return visit.finish(response)
    if asked.due_at <= datetime.now(UTC):
        return _too_late(site, visit, office, asked)
    old = visit.parts.secret_in(request, Kind.PARTNER)
    visit.parts.remember(response, await enter_by_assignment(visit.parts, office, asked, instead_of=old))
    return visit.finish(response)


async def _asked(office: TenantRecord, visit: Visited, token: str) -> AssignmentView | None:
    link = visit.parts.signed_links.assignment(office.id, token)
    return await asked_for(visit.parts, office, link) if link is not None else None


def _page_of(office: TenantRecord, asked: AssignmentView) -> str:
    return f"/{office.slug}/partner/assignments/{asked.id}"


def _too_late(site: Pages, visit: Visited, office: TenantRecord, asked: AssignmentView) -> Response:
    """Log-in leads on to what was asked, and shows what was answered."""
    return _partner_door(site, visit, office, late=asked, way=_page_of(office, asked), back=Back(status=410))
