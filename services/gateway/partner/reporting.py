"""Partners report, and see what came of it.

GET  partner/reports      what they reported, with its answer
GET  partner/reports/new  the form, on one page
POST partner/reports/new  leads to the list
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts.words import Intake, ReportKind
from libs.kit import areas
from libs.runtime.errors import Refused
from services.gateway.access.principals import Partner
from services.gateway.access.resuming import only_shown
from services.gateway.dispatch.accepting import Origin
from services.gateway.partner import views
from services.gateway.partner.guests import Answer, AsGuest, Guest, row_of
from services.gateway.reads import or_missing
from services.gateway.reporting.draft import Draft
from services.gateway.reporting.forms import ReportForm
from services.gateway.reporting.one_page import NotSent, answers_in, send, typed
from services.gateway.reporting.pages import STEP_1, asked_in, checked
from services.gateway.web.pages import Cursor, form_of, see
from services.gateway.web.views import FIRST_TIME, Back, Trouble

router = APIRouter(include_in_schema=False)

RECORDED_WITHIN = 3.0
"""Seconds that the page waits, so that the list that it leads to has the report."""


class PartnerReportForm(ReportForm):
    """A hoax that a partner came across. Its outcome stands on the partner's page, so no contact is asked for."""

    kind: Literal[ReportKind.HOAX] = ReportKind.HOAX
    contact: None = None


def require_active(partner: Partner) -> None:
    """
    Raises:
        Refused: `forbidden`: they are suspended, not verified yet, or their term has ended.
    """
    if not partner.active:
        raise Refused("forbidden")


@router.get("/{slug}/partner/reports")
async def listed(guest: AsGuest, after: Cursor = "", sent: Annotated[str, Query(max_length=40)] = "") -> Response:
    row, found = await asyncio.gather(
        row_of(guest),
        or_missing(guest.visit.parts.reports.partner_reports(guest.office.id, guest.partner.actor, cursor=after)),
    )
    base = guest.url("reports")
    page = views.ReportsPage(
        desk=guest.desk(row, None, datetime.now(UTC), Answer()),
        reports=found.items if found is not None else None,
        sent=sent,
        next_url=f"{base}?after={found.next}" if found is not None and found.next else "",
    )
    return guest.show("reports", page)


@router.get("/{slug}/partner/reports/new")
async def empty(guest: AsGuest) -> Response:
    return await _shown(guest, Draft(key=guest.visit.new_key()))


async def _shown(guest: Guest, draft: Draft, back: Back = FIRST_TIME) -> Response:
    row = await row_of(guest)
    csrf = guest.partner.session.csrf
    page = views.NewReportPage(
        desk=guest.desk(row, None, datetime.now(UTC), Answer()),
        form=form_of(guest.url("reports", "new"), guest.visit, key=draft.key, csrf=csrf),
        draft=draft,
        questions=asked_in(guest.office, ReportKind.HOAX, draft.answers),
        areas=areas.children(guest.office.region_code),
        back=back,
    )
    return guest.show("new_report", page, status=back.status)


@router.post("/{slug}/partner/reports/new")
async def reported(guest: AsGuest, request: Request) -> Response:
    require_active(guest.partner)
    form = await guest.posted(request)
    shown = only_shown(request)
    if shown:
        return await _shown(guest, typed(form), Back(status=shown, trouble=Trouble.EXPIRED))

    def read(draft: Draft) -> ReportForm:
        answers = answers_in(guest.office, ReportKind.HOAX, draft, form)
        values = {**draft.values(ReportKind.HOAX, "id"), "answers": answers}
        found: ReportForm = checked(PartnerReportForm, values)
        return found

    try:
        accepted = await send(
            guest.visit,
            guest.office,
            form,
            Origin(Intake.PARTNER, partner=guest.partner.actor),
            count=lambda: guest.visit.parts.limits.clients.take(guest.visit.client),
            read=read,
            fields=STEP_1,
            wait=RECORDED_WITHIN,
        )
    except NotSent as back:
        return await _shown(guest, back.draft, back.back)
    return guest.visit.finish(see(f"{guest.url('reports')}?sent={accepted.number}"))
