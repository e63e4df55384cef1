"""Coverage, for programs."""

from datetime import UTC, datetime

from fastapi import APIRouter

from libs.contracts.registry.coverage import CoverageView
from libs.kit.calendar import local_day
from services.gateway.api.models import READS
from services.gateway.context import Parts, SignedInOfficer
from services.gateway.web.pages import zone_of

router = APIRouter(prefix="/console")


@router.get("/coverage", summary="Coverage", responses=READS)
async def coverage(parts: Parts, officer: SignedInOfficer) -> CoverageView:
    """Which villages and districts have a live community group (until 60 days before its end; then it is expiring),
    and how many partners are at work in each district, by kind."""
    today = local_day(datetime.now(UTC), zone_of(officer.tenant))
    return await parts.registry.coverage(officer.tenant.id, officer.actor, today)


@router.get("/silent-partners", summary="Partners that answer nothing", responses=READS)
async def silent_partners(parts: Parts, officer: SignedInOfficer) -> tuple[str, ...]:
    """Ids of those who let what they were asked pass and have answered nothing in 180 days."""
    return await parts.notify.silent_partners(officer.tenant.id, officer.actor)
