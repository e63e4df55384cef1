"""Pages that anybody may read: offices, the front page, answers, corrections, numbers, and what stands behind them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from libs.contracts.directory import TenantRecord
from libs.contracts.notify.delivery import Unsubscribe
from libs.contracts.registry.reads import OfficerView
from libs.contracts.words import ClarificationState
from libs.runtime.errors import NotFound, Refused
from services.gateway.access.signed_links import one_click_key
from services.gateway.archive.card import Shape, subject
from services.gateway.archive.shown import clarification_page, row
from services.gateway.archive.wishes import count_demand
from services.gateway.context import Office, Visit, Visited, posted
from services.gateway.dispatch.dispatcher import by_anybody
from services.gateway.dispatch.idempotency import read_key
from services.gateway.paths import AssetName, Id, LinkToken
from services.gateway.reads import or_missing
from services.gateway.web.assets import IMMUTABLE, SHORT
from services.gateway.web.pages import Pages, form_of, office_view, see, text_of
from services.gateway.web.views import (
    AboutPage,
    ClarificationPage,
    ClarificationsPage,
    CorrectionRow,
    CorrectionsPage,
    HomePage,
    OfficeRow,
    OfficesPage,
    PrivacyPage,
    StatsPage,
    UnsubscribePage,
    WeekView,
)

NEWEST = 5

router = APIRouter(include_in_schema=False)


async def _pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


Site = Annotated[Pages, Depends(_pages)]
Words = Annotated[str, Query(max_length=300)]
Cursor = Annotated[str, Query(max_length=600)]


@router.get("/static/{version}/{name:path}")
async def static(version: Id, name: AssetName, request: Request, site: Site) -> Response:
    if site.assets.get(name) is None:
        raise NotFound("asset")
    accepted = request.headers.get("accept-encoding", "")
    return Response(site.assets.body(name, accepted), headers=site.assets.headers(name, version, accepted))


@router.get("/")
async def offices(visit: Visit, site: Site) -> Response:
    tenants = sorted(visit.parts.directory.tenants.values(), key=lambda t: t.branding.name)
    rows = tuple(
        OfficeRow(url=f"/{t.slug}", name=t.branding.name, government=t.branding.government) for t in tenants if t.active
    )
    return site.show(visit, None, "front/offices.html", OfficesPage(offices=rows), found=True)


@router.get("/{slug}")
async def home(office: Office, visit: Visit, site: Site) -> Response:
    reports = visit.parts.reports
    newest, stats = await asyncio.gather(
        or_missing(reports.clarifications(office.id, limit=NEWEST)), or_missing(reports.stats(office.id))
    )
    week = None
    if stats is not None and stats.reports_week:
        week = WeekView(received=stats.reports_week, answered=stats.answered_week, waiting=stats.waiting)
    rows = tuple(row(c) for c in newest.items) if newest is not None else None
    return site.show(visit, office, "front/home.html", HomePage(newest=rows, week=week), found=True)


@router.get("/{slug}/clarifications")
async def clarifications(
    office: Office, visit: Visit, site: Site, q: Words = "", verdict: Words = "", after: Cursor = ""
) -> Response:
    found = await or_missing(visit.parts.reports.clarifications(office.id, q=q, verdict=verdict, cursor=after))
    base = f"/{office.slug}/clarifications"
    kept = [(n, v) for n, v in (("q", q), ("verdict", verdict)) if v]
    view = ClarificationsPage(
        rows=tuple(row(c) for c in found.items) if found is not None else None,
        query=q,
        verdict=verdict,
        total=found.count if found is not None and (q or verdict) else None,
        newer_url=_with(base, kept) if after else "",
        older_url=_with(base, [*kept, ("after", found.next)]) if found is not None and found.next else "",
    )
    return site.show(visit, office, "archive/clarifications.html", view, nav="clarifications", found=not (q or after))


def _with(base: str, query: list[tuple[str, str]]) -> str:
    return f"{base}?{urlencode(query)}" if query else base


async def _clarification(office: Office, visit: Visit, ref: str, *, counted: bool = False) -> ClarificationPage:
    view = await visit.parts.reports.clarification(office.id, ref)
    found: tuple[OfficerView, ...] | None = None
    try:
        found = await or_missing(visit.parts.registry.officers(office.id, (view.author, *view.approvers)))
    except Refused:
        found = None
    return clarification_page(view, office, found or (), public_url=visit.parts.settings.public_url, counted=counted)


@router.get("/{slug}/clarifications/{ref}")
async def clarification(office: Office, visit: Visit, site: Site, ref: Id, counted: bool = False) -> Response:
    view = await _clarification(office, visit, ref, counted=counted)
    if view.row.number != ref:
        return visit.finish(see(f"/{office.slug}/clarifications/{view.row.number}"))
    view = with_pictures(view, office, visit, site)
    return site.show(visit, office, "archive/clarification.html", view, nav="clarifications", found=True)


def with_pictures(view: ClarificationPage, office: TenantRecord, visit: Visited, site: Pages) -> ClarificationPage:
    """With the addresses of its pictures, each naming what it shows: they may be kept for ever."""
    tag = site.cards.tag(subject(view, office_view(office)))
    shown = view.card_url.removesuffix(f"{Shape.CARD}.png")
    return replace(
        view,
        card_url=f"{view.card_url}?v={tag}",
        card_shown_url=f"{shown}{Shape.SMALL}.png?v={tag}",
        preview_url=f"{visit.parts.settings.public_url}{shown}{Shape.LINK}.png?v={tag}",
    )


@router.get("/{slug}/clarifications/{ref}/card.svg")
async def card_of_before(office: Office, ref: Id) -> Response:
    """Was sent and printed before; chat programs did not take it."""
    return RedirectResponse(f"/{office.slug}/clarifications/{quote(ref)}/{Shape.CARD}.png", status_code=308)


@router.get("/{slug}/clarifications/{ref}/{shape}.png")
async def picture(
    office: Office, visit: Visit, site: Site, ref: Id, shape: Shape, request: Request, v: str = ""
) -> Response:
    """Of an answer that may be passed on. Public, without cookies, and drawn once."""
    found = await visit.parts.reports.clarification(office.id, ref)
    if found.state != ClarificationState.PUBLISHED:
        # While a doubt is looked into, and after a retraction, no picture goes out.
        raise NotFound("picture")
    view = clarification_page(found, office, (), public_url=visit.parts.settings.public_url, counted=False)
    about = subject(view, office_view(office))
    tag = site.cards.tag(about)
    headers = {
        "Cache-Control": IMMUTABLE if v == tag else SHORT,
        "Content-Disposition": f'inline; filename="{found.number}.png"',
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": f'"{tag}-{shape}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(await site.cards.png(about, shape), media_type="image/png", headers=headers)


@router.post("/{slug}/clarifications/{ref}/demand")
async def demand(office: Office, visit: Visit, ref: Id, request: Request) -> Response:
    """ "Ya, ini yang saya terima": counted, and the answer shown."""
    visit.parts.limits.clients.take(visit.client)
    form = await posted(request, visit)
    found = await visit.parts.reports.clarification(office.id, ref)
    await count_demand(visit.parts, office, read_key(text_of(form, "key")), found.id, wait=0)
    return visit.finish(see(f"/{office.slug}/clarifications/{found.number}?counted=1"))


@router.get("/{slug}/corrections")
async def corrections(office: Office, visit: Visit, site: Site, after: Cursor = "") -> Response:
    found = await or_missing(visit.parts.reports.clarifications(office.id, cursor=after, corrected=True))
    rows = None
    if found is not None:
        rows = tuple(
            CorrectionRow(
                number=c.number,
                fact=c.fact,
                at=c.corrected_at or c.published_at,
                what="retraction" if c.state == "retracted" else "correction",
                change=c.change_note,
                version=c.version,
            )
            for c in found.items
        )
    older = f"/{office.slug}/corrections?after={found.next}" if found is not None and found.next else ""
    view = CorrectionsPage(rows=rows, older_url=older)
    return site.show(visit, office, "archive/corrections.html", view, nav="corrections", found=True)


@router.get("/{slug}/stats")
async def stats(office: Office, visit: Visit, site: Site) -> Response:
    found = await visit.parts.reports.stats(office.id)
    view = StatsPage(
        as_of=found.at or datetime.now(UTC),
        days=7,
        received=found.reports_week,
        answered=found.answered_week,
        waiting=found.waiting,
        ended=found.ended_week,
        median_hours=round(found.median_hours) if found.median_hours is not None else None,
        clarifications=found.clarifications,
        corrected=found.corrected,
        verdicts=tuple(sorted(found.by_verdict.items(), key=lambda v: -v[1])),
    )
    return site.show(visit, office, "archive/stats.html", view, found=True)


@router.get("/{slug}/about")
async def about(office: Office, visit: Visit, site: Site) -> Response:
    return site.show(visit, office, "front/about.html", AboutPage(), found=True)


@router.get("/{slug}/privacy")
async def privacy(office: Office, visit: Visit, site: Site) -> Response:
    return site.show(visit, office, "front/privacy.html", PrivacyPage(contact=office.branding.email), found=True)


@router.get("/{slug}/u/{token}")
async def unsubscribe_asked(office: Office, visit: Visit, site: Site, token: LinkToken) -> Response:
    link = visit.parts.signed_links.unsubscribe(office.id, token)
    if link is None:
        raise NotFound("link")
    view = UnsubscribePage(form=form_of(f"/{office.slug}/u/{token}", visit), subject=link.recipient_kind)
    return site.show(visit, office, "front/unsubscribe.html", view)


@router.post("/{slug}/u/{token}")
async def unsubscribe(office: Office, visit: Visit, site: Site, token: LinkToken, request: Request) -> Response:
    """From the page's button, or by a mail program with one click (RFC 8058): the link itself is the proof."""
    link = visit.parts.signed_links.unsubscribe(office.id, token)
    if link is None:
        raise NotFound("link")
    visit.parts.limits.clients.take(visit.client)
    key: UUID = one_click_key(token)
    command = Unsubscribe(recipient=link.recipient, recipient_kind=link.recipient_kind, channel=link.channel)
    await visit.parts.dispatcher.send(by_anybody(office.id), key, command, wait=0)
    view = UnsubscribePage(form=None, subject=link.recipient_kind)
    return site.show(visit, office, "front/unsubscribe.html", view)
