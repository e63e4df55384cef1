"""Reports one by one, for programs."""

from fastapi import APIRouter

from libs.contracts.reads import Page
from libs.contracts.reports.reads import ReportRow
from services.gateway.api.models import READS, Cursor, Word
from services.gateway.api.serving import add_wishes
from services.gateway.console.requests.wishes import WISHES
from services.gateway.context import Parts, SignedInOfficer
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/reports", summary="Reports, by kind and state", responses=READS)
async def reports(
    parts: Parts, officer: SignedInOfficer, kind: Word = "", state: Word = "", cursor: Cursor = ""
) -> Page[ReportRow]:
    """Newest first, by kind and state."""
    return await parts.reports.reports(officer.tenant.id, officer.actor, kind=kind, state=state, cursor=cursor)


@router.get("/reports/{report_id}", summary="One report", responses=READS)
async def report(parts: Parts, officer: SignedInOfficer, report_id: Id) -> ReportRow:
    """What was sent, without who sent it."""
    return await parts.reports.report(officer.tenant.id, officer.actor, report_id)


add_wishes(router, WISHES)
