"""Where everybody comes in: the offices, an office's front page, how it works, what it keeps; and the way out of its
mails."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from libs.contracts.notify.delivery import Unsubscribe
from libs.runtime.errors import NotFound
from services.gateway.access.signed_links import one_click_key
from services.gateway.context import Office, Visit
from services.gateway.dispatch.dispatcher import by_anybody
from services.gateway.front.views import HomePage, OfficesPage, UnsubscribePage
from services.gateway.paths import LinkToken
from services.gateway.reads import or_missing
from services.gateway.web.pages import Site, form_of

NEWEST = 5

router = APIRouter(include_in_schema=False)


@router.get("/")
async def offices(visit: Visit, site: Site) -> Response:
    tenants = sorted(visit.parts.directory.tenants.values(), key=lambda t: t.branding.name)
    view = OfficesPage(offices=tuple(t for t in tenants if t.active))
    return site.show(visit, None, "front/offices.html", view, found=True)


@router.get("/{slug}")
async def home(office: Office, visit: Visit, site: Site) -> Response:
    reports = visit.parts.reports
    newest, stats = await asyncio.gather(
        or_missing(reports.clarifications(office.id, limit=NEWEST)), or_missing(reports.stats(office.id))
    )
    view = HomePage(
        newest=newest.items if newest is not None else None,
        week=stats if stats is not None and stats.reports_week else None,
    )
    return site.show(visit, office, "front/home.html", view, found=True)


@router.get("/{slug}/about")
async def about(office: Office, visit: Visit, site: Site) -> Response:
    return site.show(visit, office, "front/about.html", None, found=True)


@router.get("/{slug}/privacy")
async def privacy(office: Office, visit: Visit, site: Site) -> Response:
    return site.show(visit, office, "front/privacy.html", None, found=True)


@router.get("/{slug}/u/{token}")
async def unsubscribe_asked(office: Office, visit: Visit, site: Site, token: LinkToken) -> Response:
    link = visit.parts.signed_links.unsubscribe(office.id, token)
    if link is None:
        raise NotFound("link")
    view = UnsubscribePage(form=form_of(f"/{office.slug}/u/{token}", visit), subject=link.recipient_kind)
    return site.show(visit, office, "front/unsubscribe.html", view)


@router.post("/{slug}/u/{token}")
async def unsubscribe(office: Office, visit: Visit, site: Site, token: LinkToken) -> Response:
    """From the page's button, or by a mail program with one click (RFC 8058): the link itself is the proof."""
    link = visit.parts.signed_links.unsubscribe(office.id, token)
    if link is None:
        raise NotFound("link")
    visit.parts.limits.clients.take(visit.client)
    command = Unsubscribe(recipient=link.recipient, recipient_kind=link.recipient_kind, channel=link.channel)
    await visit.parts.dispatcher.send(by_anybody(office.id), one_click_key(token), command, wait=0)
    return site.show(visit, office, "front/unsubscribe.html", UnsubscribePage(form=None, subject=link.recipient_kind))
