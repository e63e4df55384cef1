"""The API for partners: what they are asked to carry, and their answer."""

from fastapi import APIRouter

from libs.contracts.notify.reads import AssignmentView
from services.gateway.api.models import READS
from services.gateway.api.serving import add_wishes
from services.gateway.context import PartnerOrGuest, Parts, SignedInPartner
from services.gateway.partner.wishes import WISHES

router = APIRouter(prefix="/partner")


@router.get("/assignments", summary="What I am asked to carry", responses=READS)
async def assignments(parts: Parts, partner: PartnerOrGuest) -> tuple[AssignmentView, ...]:
    """Who came by the link of one request sees that one."""
    found = await parts.notify.assignments(partner.tenant.id, partner.actor, partner.id)
    return tuple(a for a in found if partner.may_open(a.id))


add_wishes(router, WISHES, who=SignedInPartner)
