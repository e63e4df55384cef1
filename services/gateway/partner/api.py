"""The API for partners: what they are asked to carry, and their answer."""

from fastapi import APIRouter, Response

from libs.contracts.notify.reads import AssignmentView
from services.gateway.api.models import ALWAYS, STAFF, WRITING, Assignment, CommandAnswer, problems
from services.gateway.api.public import answered
from services.gateway.context import Key, PartnerOrGuest, Parts, SignedInPartner, StaffWait
from services.gateway.paths import Id

router = APIRouter(prefix="/partner")


@router.get("/assignments", summary="What I am asked to carry", responses=problems(*ALWAYS, *STAFF))
async def assignments(parts: Parts, partner: PartnerOrGuest) -> tuple[AssignmentView, ...]:
    """Who came by the link of one request sees that one."""
    found = await parts.notify.assignments(partner.tenant.id, partner.actor, partner.id)
    return tuple(a for a in found if partner.may_open(a.id))


@router.post(
    "/assignments/{assignment_id}/answer",
    status_code=202,
    summary="Ready, or not",
    responses={201: {"model": CommandAnswer, "description": "Carried out"}, **problems(*WRITING, *STAFF)},
)
async def answer(
    parts: Parts,
    partner: SignedInPartner,
    assignment_id: Id,
    given: Assignment,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Until the deadline. The same answer again changes nothing; another one is a conflict."""
    reply = await parts.commands.answer_assignment(
        partner, key, assignment_id, ready=given.ready, reason=given.reason, wait=wait
    )
    return answered(reply, response)
