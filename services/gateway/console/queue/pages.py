"""The queue of cases."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from libs.contracts.reads import Page
from libs.contracts.reports.reads import CaseRow
from libs.contracts.words import CaseState
from services.gateway.console import views as console_views
from services.gateway.console.case.page import ENDED, LOCKED, OUT, lease
from services.gateway.console.queue import views
from services.gateway.console.shift import Done, Frame, OnShift, Said, Shift
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor, Words

router = APIRouter(include_in_schema=False)

PAGE = 50
SEARCHED_PAGE, MOST_SEARCHED = 100, 5
"""A search looks through the first 500 cases of the queue: reports keeps no index over the words of a case."""
STATES = {
    "waiting": CaseState.AWAITING_CONFIRMATION,
    "published": CaseState.PUBLISHED,
    "monitoring": CaseState.MONITORING,
    "closed": CaseState.CLOSED,
}
UNREAD = "unread"
FILTERS = ("all", "mine", UNREAD, *STATES)
Filter = Annotated[str, Query(max_length=20)]


@router.get("/{slug}/console/queue")
async def queue(shift: OnShift, done: Done, show: Filter = "all", q: Words = "", after: Cursor = "") -> Response:
    show = show if show in FILTERS else "all"
    listed = _searched(shift, show, q) if q.strip() else _listed(shift, show, cursor=after, limit=PAGE)
    found, frame = await asyncio.gather(or_missing(listed), shift.frame())
    if found is None:
        return shift.show(
            "queue/queue", views.QueuePage(desk=shift.desk(frame, done), query=q, available=False), status=503
        )
    return shift.show("queue/queue", queue_page(shift, found, frame, done, show=show, query=q))


async def _listed(shift: Shift, show: str, *, cursor: str, limit: int) -> Page[CaseRow]:
    owner = shift.officer.id if show == "mine" else ""
    return await shift.parts.reports.cases(
        shift.office.id,
        shift.officer.actor,
        state=STATES.get(show, ""),
        owner=owner,
        unread=show == UNREAD,
        cursor=cursor,
        limit=limit,
    )


async def _searched(shift: Shift, show: str, query: str) -> Page[CaseRow]:
    words, cursor, rows = query.casefold().split(), "", list[CaseRow]()
    for _ in range(MOST_SEARCHED):
        page = await _listed(shift, show, cursor=cursor, limit=SEARCHED_PAGE)
        rows += [r for r in page.items if all(w in f"{r.number} {r.title} {r.fact}".casefold() for w in words)]
        cursor = page.next or ""
        if not cursor:
            break
    return Page[CaseRow](items=tuple(rows), count=len(rows))


def queue_page(
    shift: Shift, found: Page[CaseRow], frame: Frame, done: Said, *, show: str, query: str
) -> views.QueuePage:
    most = max((asked(r) for r in found.items), default=0)
    rows = tuple(_row(shift, r, frame, most=most) for r in found.items)
    total = found.count if found.count is not None else len(rows)
    kept = [(name, value) for name, value in (("show", show), ("after", found.next or "")) if value]
    known = frame.counts
    counts: dict[str, int | None] = {"all": known.queue, UNREAD: known.unread} if known else {}
    counts |= {} if query else {show: total}
    whole = found.next is None and show in ("all", "mine")
    return views.QueuePage(
        desk=shift.desk(frame, done, live=True),
        rows=rows,
        filters=tuple(
            console_views.Filter(
                code=code,
                url=f"{shift.url('queue')}?show={code}",
                count=counts.get(code),
                current=code == show,
            )
            for code in FILTERS
        ),
        query=query,
        waiting=total,
        ended=STATES.get(show) in ENDED | OUT,
        late=sum(r.clock == console_views.ClockState.LATE for r in rows) if whole else 0,
        next_url=f"{shift.url('queue')}?{urlencode(kept)}" if found.next else "",
        next_count=min(PAGE, max(1, total - len(rows))),
    )


def asked(row: CaseRow) -> int:
    return row.askers if row.asked is None else row.asked


def _row(shift: Shift, row: CaseRow, frame: Frame, *, most: int) -> views.QueueRow:
    held = lease(shift, frame, leased_by=row.leased_by, until=row.leased_until, owner=row.owner)
    free = held is None and row.state not in ENDED | LOCKED | OUT and shift.works
    due_at = row.answer_due_at or row.waiting_until or row.limit_at
    return views.QueueRow(
        case=row,
        url=shift.url("reviews" if row.state in LOCKED else "cases", row.id),
        due_at=due_at,
        clock=console_views.clock_state(
            due_at, now=frame.now, paused=row.waiting_for is not None, done=row.state in ENDED | OUT
        ),
        askers=asked(row),
        askers_share=console_views.share(asked(row), most),
        lease=held,
        claim_action=shift.action("cases", row.id, "claim") if free else None,
    )
