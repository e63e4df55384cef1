"""The API for partners: what they are asked to carry, and their answer; what they report, and what came of it."""

from fastapi import APIRouter, Request, Response

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.reads import Page
from libs.contracts.reports.reads import PartnerReport
from libs.contracts.words import Intake
from services.gateway.api.models import READS, WRITES, Cursor
from services.gateway.api.serving import add_wishes
from services.gateway.context import Key, PartnerOrGuest, Parts, SignedInPartner, Wait
from services.gateway.dispatch.accepting import Origin
from services.gateway.partner.reporting import PartnerReportForm, require_active
from services.gateway.partner.wishes import WISHES
from services.gateway.paths import Id
from services.gateway.reporting.api import ReportAnswer, answer_of

router = APIRouter(prefix="/partner")


@router.get("/assignments", summary="What I am asked to carry", responses=READS)
async def assignments(parts: Parts, partner: PartnerOrGuest) -> tuple[AssignmentView, ...]:
    """Who came by the link of one request sees that one."""
    found = await parts.notify.assignments(partner.tenant.id, partner.actor, partner.id)
    return tuple(a for a in found if partner.may_open(a.id))


@router.get("/reports", summary="What I reported", responses=READS)
async def reports(parts: Parts, partner: SignedInPartner, cursor: Cursor = "") -> Page[PartnerReport]:
    """Newest first, each with its answer once there is one."""
    return await parts.reports.partner_reports(partner.tenant.id, partner.actor, cursor=cursor)


@router.get("/reports/{report_id}", summary="One report of mine", responses=READS)
async def report(parts: Parts, partner: SignedInPartner, report_id: Id) -> PartnerReport:
    """As in the list. What somebody else reported is unknown here."""
    return await parts.reports.partner_report(partner.tenant.id, partner.actor, report_id)


@router.post("/reports", status_code=202, summary="Report something as a partner", responses=WRITES)
async def send_report(
    parts: Parts,
    partner: SignedInPartner,
    key: Key,
    wait: Wait,
    form: PartnerReportForm,
    request: Request,
    response: Response,
) -> ReportAnswer:
    """It stands first among cases of its severity. A suspended partner may not."""
    require_active(partner)
    parts.limits.clients.take(parts.client(request))
    origin = Origin(Intake.PARTNER, partner=partner.actor)
    accepted = await parts.accepting.submit_report(partner.tenant, form, key, wait=wait, origin=origin)
    response.status_code = 202 if accepted.outcome is None else 201
    return answer_of(accepted)


add_wishes(router, WISHES, who=SignedInPartner)
