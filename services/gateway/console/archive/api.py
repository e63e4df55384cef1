"""Answers of other publishers, for programs of officers."""

from fastapi import APIRouter

from libs.contracts.reports.reads import ImportView
from services.gateway.api.models import READS
from services.gateway.api.serving import add_wishes
from services.gateway.console.archive.wishes import WISHES
from services.gateway.context import Parts, SignedInOfficer

router = APIRouter(prefix="/console")


@router.get("/imports", summary="Files of published answers", responses=READS)
async def imports(parts: Parts, officer: SignedInOfficer) -> tuple[ImportView, ...]:
    """The latest twenty of the office, newest first: how far each is, and which rows could not be taken."""
    return await parts.reports.imports(officer.tenant.id, officer.actor)


add_wishes(router, WISHES)
