"""Aspirations, complaints and requests for information: reports that are answered one by one."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from libs.contracts.reports.reads import ReportRow
from libs.contracts.words import ReportState
from libs.kit import areas
from services.gateway.console import views as console_views
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.case import views as case_views
from services.gateway.console.case.page import message_lines, page_lines, piece_lines, reveal_form
from services.gateway.console.requests import views
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, Frame, OnShift, Said, Shift, of
from services.gateway.console.wishes import WISHES
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor

router = APIRouter(include_in_schema=False)

FILTERS = {"unanswered": "waiting", "unread": "unread", "answered": ReportState.ANSWERED, "all": None}
ENDED = frozenset({ReportState.WITHDRAWN, ReportState.SCREENED_OUT, ReportState.CLOSED})


@router.get("/{slug}/console/answers")
async def listed(
    shift: OnShift, done: Done, show: Annotated[str, Query(max_length=20)] = "unanswered", after: Cursor = ""
) -> Response:
    show = show if show in FILTERS else "unanswered"
    found, frame = await asyncio.gather(
        or_missing(
            shift.parts.reports.reports(
                shift.office.id, shift.officer.actor, state=FILTERS[show] or "", cursor=after, limit=20
            )
        ),
        shift.frame(),
    )
    base = shift.url("answers")
    page = views.RequestsPage(
        desk=shift.desk(frame, done),
        rows=found.items if found is not None else None,
        filters=tuple(
            console_views.Filter(
                code=code,
                url=f"{base}?show={code}",
                count=found.count if found is not None and code == show else None,
                current=code == show,
            )
            for code in FILTERS
        ),
        show=show,
        total=(found.count or 0) if found is not None else 0,
        next_url=f"{base}?show={show}&after={found.next}" if found is not None and found.next else "",
    )
    return shift.show("requests/requests", page)


@router.get("/{slug}/console/answers/{report_id}")
async def one(shift: OnShift, report_id: Id, done: Done) -> Response:
    return await _shown(shift, report_id, done)


async def _shown(shift: Shift, report_id: str, said: Said, attempt: Attempt | None = None) -> Response:
    row, frame = await asyncio.gather(
        shift.parts.reports.report(shift.office.id, shift.officer.actor, report_id), shift.frame()
    )
    open_ = row.state not in ENDED and (not row.answer or row.state == ReportState.REOPENED)
    desk = shift.desk(frame, attempt.said if attempt else said)
    page = views.RequestPage(
        desk=desk,
        report=row,
        line=request_line(shift, row, frame, attempt),
        answer=shift.action("answers", report_id, "answer", attempt=of(attempt, "answer")) if open_ else None,
        screen_out=shift.action("answers", report_id, "screen", attempt=of(attempt, "screen"))
        if open_ and not row.answer
        else None,
        settle=shift.action("answers", report_id, "settle", attempt=of(attempt, "settle"))
        if row.marks or row.state == ReportState.REOPENED
        else None,
    )
    return shift.show("requests/request", page, status=attempt.status if attempt else 200)


def request_line(shift: Shift, row: ReportRow, frame: Frame, attempt: Attempt | None) -> case_views.ReportLine:
    replying = of(attempt, "reply")
    return case_views.ReportLine(
        id=row.id,
        number=row.number,
        sent_at=row.received_at,
        text=row.text,
        answers=row.answers,
        links=tuple(u for u in row.urls if u not in row.text and u not in {p.url for p in row.pages}),
        pages=page_lines(shift, row, attempt, "answers", row.id),
        pieces=piece_lines(shift, row),
        picture_text=row.words,
        transcript=row.transcript,
        area=areas.title_of(row.area),
        seen_on=row.seen_on or "",
        confidential=row.confidential,
        messages=message_lines(row),
        reply=None
        if row.state in (ReportState.WITHDRAWN, ReportState.SCREENED_OUT)
        else shift.action("answers", row.id, "reply", attempt=replying),
        reply_text=replying.typed("text") if replying else "",
        masked=row.masked,
        revealed_until=row.revealed_until,
        reveal=reveal_form(shift, row, of(attempt, "reveal"), "answers", row.id),
        looks=tuple(
            case_views.Look(who=frame.name(r.officer), at=r.at, reason=r.reason, note=r.note) for r in row.reveals
        ),
        intake=row.intake,
        entered_by=frame.name(row.entered_by) if row.entered_by else "",
    )


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    report_id = pressed.ids["report_id"]
    return await carry_out(
        shift,
        pressed,
        to=shift.url("answers", report_id),
        again=lambda attempt: _shown(shift, report_id, Said(), attempt),
    )


add_buttons(router, WISHES, "answers/", _carry)
