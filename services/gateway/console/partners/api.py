"""Partners and colleagues, for programs."""

from fastapi import APIRouter

from libs.contracts.reads import Page
from libs.contracts.registry.reads import OfficerView, PartnerRow
from services.gateway.api.models import READS, Cursor, Word
from services.gateway.context import Parts, SignedInOfficer

router = APIRouter(prefix="/console")


@router.get("/officers", summary="Colleagues", responses=READS)
async def officers(parts: Parts, officer: SignedInOfficer) -> tuple[OfficerView, ...]:
    """Active officers of the office, with their names and roles."""
    return await parts.registry.officers(officer.tenant.id, actor=officer.actor)


@router.get("/partners", summary="Partners", responses=READS)
async def partners(
    parts: Parts,
    officer: SignedInOfficer,
    area: Word = "",
    kind: Word = "",
    state: Word = "",
    cursor: Cursor = "",
) -> Page[PartnerRow]:
    """Those of the office, by area, kind and state."""
    return await parts.registry.partners(
        officer.tenant.id, officer.actor, area=area, kind=kind, state=state, cursor=cursor
    )
