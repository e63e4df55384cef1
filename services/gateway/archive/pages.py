"""Published answers as anybody may read them: the list, one with its pictures, corrections, numbers."""

import asyncio
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.reads import OfficerView
from libs.contracts.reports.reads import ClarificationView, KnownCard
from libs.contracts.words import ClarificationState
from libs.runtime.errors import NotFound, Refused
from services.gateway.archive.card import Shape, Subject, subject
from services.gateway.archive.views import (
    ClarificationPage,
    ClarificationsPage,
    CorrectionsPage,
    KnownListPage,
    KnownPage,
)
from services.gateway.archive.wishes import count_demand, count_known_demand
from services.gateway.context import Office, Visit, Visited, posted
from services.gateway.dispatch.idempotency import read_key
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.assets import IMMUTABLE, SHORT
from services.gateway.web.pages import Cursor, Site, Words, office_view, see, text_of

router = APIRouter(include_in_schema=False)

FIRST_FEW = 3
"""Answers of other publishers below the office's own."""


@router.get("/{slug}/clarifications")
async def clarifications(
    office: Office, visit: Visit, site: Site, q: Words = "", verdict: Words = "", after: Cursor = ""
) -> Response:
    found, others = await asyncio.gather(
        or_missing(visit.parts.reports.clarifications(office.id, q=q, verdict=verdict, cursor=after)),
        _others(visit, office, q, wanted=not (verdict or after)),
    )
    base = f"/{office.slug}/clarifications"
    kept = [(n, v) for n, v in (("q", q), ("verdict", verdict)) if v]
    view = ClarificationsPage(
        rows=found.items if found is not None else None,
        query=q,
        verdict=verdict,
        total=found.count if found is not None and (q or verdict) else None,
        newer_url=_with(base, kept) if after else "",
        older_url=_with(base, [*kept, ("after", found.next)]) if found is not None and found.next else "",
        known=others,
        known_url=_with(f"/{office.slug}/known", [("q", q)] if q else []),
    )
    return site.show(visit, office, "archive/clarifications.html", view, nav="clarifications", found=not (q or after))


async def _others(visit: Visited, office: TenantRecord, query: str, *, wanted: bool) -> tuple[KnownCard, ...]:
    """The first few answers of other publishers."""
    if not wanted:
        return ()
    found = await or_missing(visit.parts.reports.known(office.id, q=query, limit=FIRST_FEW))
    return found.items if found is not None else ()


@router.get("/{slug}/known")
async def known(office: Office, visit: Visit, site: Site, q: Words = "", after: Cursor = "") -> Response:
    """What other publishers have answered."""
    found = await or_missing(visit.parts.reports.known(office.id, q=q, cursor=after))
    base = f"/{office.slug}/known"
    kept = [("q", q)] if q else []
    view = KnownListPage(
        rows=found.items if found is not None else None,
        query=q,
        total=found.count if found is not None and q else None,
        newer_url=_with(base, kept) if after else "",
        older_url=_with(base, [*kept, ("after", found.next)]) if found is not None and found.next else "",
    )
    return site.show(visit, office, "archive/known_list.html", view, nav="clarifications")


@router.get("/{slug}/known/{ref}")
async def one_known(office: Office, visit: Visit, site: Site, ref: Id, counted: bool = False) -> Response:
    """No page for search engines: the answer is its publisher's."""
    view = KnownPage(answer=await visit.parts.reports.known_one(office.id, ref), counted=counted)
    return site.show(visit, office, "archive/known.html", view, nav="clarifications")


@router.post("/{slug}/known/{ref}/demand")
@router.post("/{slug}/embed/known/{ref}/demand")
async def known_demand(office: Office, visit: Visit, ref: Id, request: Request) -> Response:
    """ "Ya, ini yang saya terima": counted, and the answer shown."""
    visit.parts.limits.clients.take(visit.client)
    form = await posted(request, visit)
    found = await visit.parts.reports.known_one(office.id, ref)
    await count_known_demand(visit.parts, office, read_key(text_of(form, "key")), found, wait=0)
    return _counted(visit, f"/{office.slug}/known/{found.id}")


def _counted(visit: Visited, answer: str) -> Response:
    """To the answer, in the language of the frame that it was asked in: a cookie does not carry it from there."""
    lang = f"&lang={visit.lang}" if visit.framed is not None else ""
    return visit.finish(see(f"{answer}?counted=1{lang}"))


def _with(base: str, query: list[tuple[str, str]]) -> str:
    return f"{base}?{urlencode(query)}" if query else base


@router.get("/{slug}/clarifications/{ref}")
async def clarification(office: Office, visit: Visit, site: Site, ref: Id, counted: bool = False) -> Response:
    answer = await visit.parts.reports.clarification(office.id, ref)
    if answer.number != ref:
        return visit.finish(see(f"/{office.slug}/clarifications/{answer.number}"))
    view = ClarificationPage(
        answer=answer,
        officers=await _who_decided(visit, office, answer),
        site=_site_of(visit, office),
        tag=site.cards.tag(_subject(visit, office, answer)),
        counted=counted,
    )
    return site.show(visit, office, "archive/clarification.html", view, nav="clarifications", found=True)


async def _who_decided(visit: Visited, office: TenantRecord, answer: ClarificationView) -> tuple[OfficerView, ...]:
    try:
        found = await or_missing(visit.parts.registry.officers(office.id, (answer.author, *answer.approvers)))
    except Refused:
        return ()
    return found or ()


def _site_of(visit: Visited, office: TenantRecord) -> str:
    return f"{visit.parts.settings.public_url}/{office.slug}"


def _subject(visit: Visited, office: TenantRecord, answer: ClarificationView) -> Subject:
    return subject(answer, office_view(office), _site_of(visit, office))


@router.get("/{slug}/clarifications/{ref}/card.svg")
async def card_of_before(office: Office, ref: Id) -> Response:
    """Was sent and printed before; chat programs did not take it."""
    return RedirectResponse(f"/{office.slug}/clarifications/{quote(ref)}/{Shape.CARD}.png", status_code=308)


@router.get("/{slug}/clarifications/{ref}/{shape}.png")
async def picture(
    office: Office, visit: Visit, site: Site, ref: Id, shape: Shape, request: Request, v: str = ""
) -> Response:
    """Of an answer that may be passed on. Public, without cookies, and drawn once."""
    answer = await visit.parts.reports.clarification(office.id, ref)
    if answer.state != ClarificationState.PUBLISHED:
        # While a doubt is looked into, and after a retraction, no picture goes out.
        raise NotFound("picture")
    about = _subject(visit, office, answer)
    tag = site.cards.tag(about)
    headers = {
        "Cache-Control": IMMUTABLE if v == tag else SHORT,
        "Content-Disposition": f'inline; filename="{answer.number}.png"',
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": f'"{tag}-{shape}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(await site.cards.png(about, shape), media_type="image/png", headers=headers)


@router.post("/{slug}/clarifications/{ref}/demand")
@router.post("/{slug}/embed/clarifications/{ref}/demand")
async def demand(office: Office, visit: Visit, ref: Id, request: Request) -> Response:
    """ "Ya, ini yang saya terima": counted, and the answer shown."""
    visit.parts.limits.clients.take(visit.client)
    form = await posted(request, visit)
    found = await visit.parts.reports.clarification(office.id, ref)
    await count_demand(visit.parts, office, read_key(text_of(form, "key")), found.id, wait=0)
    return _counted(visit, f"/{office.slug}/clarifications/{found.number}")


@router.get("/{slug}/corrections")
async def corrections(office: Office, visit: Visit, site: Site, after: Cursor = "") -> Response:
    found = await or_missing(visit.parts.reports.clarifications(office.id, cursor=after, corrected=True))
    older = f"/{office.slug}/corrections?after={found.next}" if found is not None and found.next else ""
    view = CorrectionsPage(rows=found.items if found is not None else None, older_url=older)
    return site.show(visit, office, "archive/corrections.html", view, nav="corrections", found=True)


@router.get("/{slug}/stats")
async def stats(office: Office, visit: Visit, site: Site) -> Response:
    return site.show(visit, office, "archive/stats.html", await visit.parts.reports.stats(office.id), found=True)
