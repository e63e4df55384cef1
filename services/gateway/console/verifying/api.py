"""The verification of partners, for programs."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter

from libs.contracts.reads import Page
from libs.contracts.registry.reads import TermRow, VerificationRow
from services.gateway.api.models import READS, Cursor, Word
from services.gateway.api.serving import add_wishes
from services.gateway.console.verifying.wishes import WISHES
from services.gateway.context import Parts, SignedInOfficer

router = APIRouter(prefix="/console")


@router.get("/verifications", summary="Partners whose verification waits", responses=READS)
async def verifications(
    parts: Parts, officer: SignedInOfficer, area: Word = "", kind: Word = "", state: Word = "", cursor: Cursor = ""
) -> Page[VerificationRow]:
    """What is due first stands first; what nobody has taken, by the time since when it waits."""
    return await parts.registry.verifications(
        officer.tenant.id, officer.actor, area=area, kind=kind, state=state, cursor=cursor
    )


@router.get("/terms", summary="Partners whose term ends", responses=READS)
async def terms(parts: Parts, officer: SignedInOfficer) -> Page[TermRow]:
    """Within 60 days, or over already; what ends first stands first."""
    until = datetime.now(UTC).date() + timedelta(days=60)
    return await parts.registry.terms(officer.tenant.id, officer.actor, until=until)


add_wishes(router, WISHES)
