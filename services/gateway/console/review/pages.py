"""Review by a second person: the list, and one answer as the public will read it."""

import asyncio
from datetime import datetime
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from libs.contracts.reports.reads import CaseRow, CaseView, ClarificationView
from libs.contracts.words import CaseState, PartnerState
from libs.kit import areas
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.case.page import (
    LOCKED,
    OUT,
    can_approve,
    clock_of,
    draft_view,
    history,
    published_view,
    reference_line,
)
from services.gateway.console.case.pages import read
from services.gateway.console.review import views
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, Frame, OnShift, Said, Shift, of
from services.gateway.console.wishes import WISHES
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor, see

router = APIRouter(include_in_schema=False)

SHOWN = 20
"""Each is a case that is read for its draft and its approvals."""


@router.get("/{slug}/console/reviews")
async def reviews(shift: OnShift, done: Done, after: Cursor = "") -> Response:
    listed = shift.parts.reports.cases(
        shift.office.id, shift.officer.actor, state=CaseState.IN_REVIEW, cursor=after, limit=SHOWN
    )
    found, frame = await asyncio.gather(or_missing(listed), shift.frame())
    cases = await or_missing(_cases(shift, found.items)) if found is not None else None
    page = views.ReviewsPage(
        desk=shift.desk(frame, done, live=True),
        rows=tuple(_row(shift, c, frame) for c in cases or () if c.state == CaseState.IN_REVIEW),
        next_url=f"{shift.url('reviews')}?after={found.next}" if found is not None and found.next else "",
        available=cases is not None,
    )
    return shift.show("review/reviews", page)


async def _cases(shift: Shift, rows: tuple[CaseRow, ...]) -> list[CaseView]:
    return await asyncio.gather(*(read(shift, row.id) for row in rows))


def _row(shift: Shift, case: CaseView, frame: Frame) -> views.ReviewRow:
    due_at, clock = clock_of(case, now=frame.now)
    return views.ReviewRow(
        case=case,
        author=frame.name(case.author),
        submitted_at=_submitted_at(case, frame),
        due_at=due_at,
        clock=clock,
        mine=case.author == shift.officer.id,
    )


def _submitted_at(case: CaseView, frame: Frame) -> datetime:
    return next((s.at for s in reversed(case.steps) if s.what == "submitted"), frame.now)


async def _shown(shift: Shift, case_id: str, said: Said, attempt: Attempt | None = None) -> Response:
    case, frame = await asyncio.gather(read(shift, case_id), shift.frame())
    if case.state not in LOCKED | OUT:
        return shift.visit.finish(see(shift.url("cases", case_id)))
    standing = None
    if case.clarification is not None and case.state in LOCKED:
        standing = await or_missing(shift.parts.reports.clarification(shift.office.id, case.clarification.number))
    page = review_page(shift, case, frame, standing, said, attempt)
    return shift.show("review/review", page, status=attempt.status if attempt else 200)


@router.get("/{slug}/console/reviews/{case_id}")
async def review(shift: OnShift, case_id: Id, done: Done) -> Response:
    return await _shown(shift, case_id, done)


def review_page(
    shift: Shift,
    case: CaseView,
    frame: Frame,
    standing: ClarificationView | None,
    said: Said,
    attempt: Attempt | None,
) -> views.ReviewPage:
    due_at, clock = clock_of(case, now=frame.now)
    why_not = can_approve(shift, case)
    out = case.state in OUT
    approved = {s.actor: s.at for s in case.steps if s.what == "approved"}
    return views.ReviewPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        case=case,
        case_url=shift.url("cases", case.id),
        draft=draft_view(case, frame, case.draft),
        previous=standing,
        submitted_at=_submitted_at(case, frame),
        due_at=due_at,
        clock=clock,
        references=tuple(reference_line(r) for r in case.references),
        approvals=tuple(views.Approval(name=frame.name(a), at=approved.get(a, frame.now)) for a in case.approvals),
        partners=partners_concerned(shift, case.area, case.draft.claim),
        approve=shift.action(
            "reviews", case.id, "approve", attempt=of(attempt, "approve"), version=case.draft_number, why_not=why_not
        ),
        return_=shift.action(
            "reviews",
            case.id,
            "return",
            attempt=of(attempt, "return"),
            why_not="" if why_not == "already_approved" else why_not,
        ),
        publish=shift.action("reviews", case.id, "publish", attempt=of(attempt, "publish"))
        if case.state == CaseState.DECIDED
        else None,
        published=published_view(shift, case) if out else None,
        history=tuple(history(case, frame, case_url=partial(shift.url, "cases"))),
    )


def partners_concerned(shift: Shift, area: str | None, claim: str) -> int:
    """Active partners of the area, and of the places that the claim names, as notify will choose them."""
    places = areas.places_of(area, claim, region=shift.office.region_code)
    return sum(
        p.state == PartnerState.ACTIVE and areas.concerns(p.area, places)
        for p in shift.parts.directory.partners_of(shift.office.id)
    )


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    case_id = pressed.ids["case_id"]
    there = shift.url("reviews") if pressed.button.called == "return" else shift.url("reviews", case_id)
    return await carry_out(shift, pressed, to=there, again=lambda attempt: _shown(shift, case_id, Said(), attempt))


add_buttons(router, WISHES, "reviews/", _carry)
