"""The API for partners: what they are asked to carry, and their answer; what they report, and what came of it; what
is known of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from libs.contracts.fields import NO_CONTROL
from libs.contracts.notify.reads import AssignmentView
from libs.contracts.reads import Page
from libs.contracts.registry.reads import PartnerChange, PartnerView
from libs.contracts.reports.reads import PartnerReport
from libs.contracts.words import Intake
from services.gateway.api.models import READS, WRITES, CommandAnswer, Cursor, answered
from services.gateway.api.serving import add_wishes, with_parameters
from services.gateway.context import Key, PartnerOrGuest, Parts, SignedInPartner, StaffWait, Wait
from services.gateway.dispatch.accepting import Origin
from services.gateway.dispatch.wishes import Wish
from services.gateway.partner.profile import LONGEST_REASON, withdraw
from services.gateway.partner.reporting import PartnerReportForm, require_active
from services.gateway.partner.wishes import OF_MYSELF, WISHES
from services.gateway.paths import Id
from services.gateway.reporting.api import ReportAnswer, answer_of
from services.gateway.reporting.forms import Form

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


@router.get("/profile", summary="What is known of me", responses=READS)
async def profile(parts: Parts, partner: SignedInPartner) -> PartnerView:
    """Numbers and addresses stay under seal."""
    return await parts.registry.partner(partner.tenant.id, partner.actor, partner.id)


@router.get("/history", summary="Who changed what is known of me", responses=READS)
async def history(parts: Parts, partner: SignedInPartner) -> tuple[PartnerChange, ...]:
    """What, when and why, oldest first; of officers only that they are."""
    return await parts.registry.partner_history(partner.tenant.id, partner.actor, partner.id)


def _about_myself(wish: Wish[Any], path: str) -> None:
    async def carried_out(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
        who, body = given["who"], given.get("wish") or wish.read({})
        return answered(await wish.send(parts, who, key, who.id, body, wait=wait), response)

    asked = {"who": SignedInPartner, **({"wish": wish.body} if wish.shape else {})}
    router.add_api_route(
        path,
        with_parameters(carried_out, asked, of=CommandAnswer),
        methods=["POST"],
        status_code=202,
        name=wish.name,
        summary=wish.summary,
        description=wish.about,
        responses=WRITES,
    )


for _wish, _path in OF_MYSELF:
    _about_myself(_wish, _path)


class Leaving(Form):
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON, pattern=NO_CONTROL)] = ""


@router.post("/withdrawal", status_code=202, summary="Cease to be a partner", responses=WRITES)
async def leave(parts: Parts, partner: SignedInPartner, key: Key, wish: Leaving, response: Response) -> CommandAnswer:
    """Nothing is sent any more, no link and no session opens anything; for good."""
    return answered(await withdraw(parts, partner, key, wish.reason.strip()), response)


add_wishes(router, WISHES, who=SignedInPartner)
