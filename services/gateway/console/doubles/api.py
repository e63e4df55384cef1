"""Likely doubles of partners, for programs."""

from fastapi import APIRouter

from libs.contracts.reads import Page
from libs.contracts.registry.reads import DoubleView
from services.gateway.api.models import READS, Cursor
from services.gateway.api.serving import add_wishes
from services.gateway.console.doubles.wishes import WISHES
from services.gateway.context import Parts, SignedInOfficer
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/doubles", summary="Partners that are likely one", responses=READS)
async def doubles(parts: Parts, officer: SignedInOfficer, cursor: Cursor = "") -> Page[DoubleView]:
    """Pairs with a score from 0 to 1 and the reasons for it, the likeliest first. Nothing is merged by itself."""
    return await parts.registry.doubles(officer.tenant.id, officer.actor, cursor=cursor)


@router.get("/partners/{partner_id}/doubles", summary="Likely doubles of a partner", responses=READS)
async def doubles_of(parts: Parts, officer: SignedInOfficer, partner_id: Id) -> tuple[DoubleView, ...]:
    """The likeliest first."""
    return await parts.registry.doubles_of(officer.tenant.id, officer.actor, partner_id)


add_wishes(router, WISHES)
