"""One case, for programs."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from libs.contracts.reports.reads import CaseView, CustodyView
from services.gateway.api.models import READS, WRITES, CommandAnswer, Cursor, answered
from services.gateway.api.serving import add_wishes
from services.gateway.console.case import wishes
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/cases/{case_id}", summary="One case", responses=READS)
async def case(parts: Parts, officer: SignedInOfficer, case_id: Id, cursor: Cursor = "") -> CaseView:
    """`cursor` turns the page of its reports."""
    return await parts.reports.case(officer.tenant.id, officer.actor, case_id, cursor=cursor)


@router.get("/cases/{case_id}/custody", summary="The chain of custody of a case", responses=READS)
async def custody(parts: Parts, officer: SignedInOfficer, case_id: Id) -> CustodyView:
    """Each piece of evidence with its digests, who brought it and when, and who had it as it was sent, and why."""
    return await parts.reports.custody(officer.tenant.id, officer.actor, case_id)


@router.delete(
    "/cases/{case_id}/references",
    status_code=202,
    summary=wishes.REMOVE_REFERENCE.summary,
    description=wishes.REMOVE_REFERENCE.about,
    responses=WRITES,
)
async def remove_reference(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    url: Annotated[str, Query(min_length=4, max_length=2_000)],
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    wish = wishes.REMOVE_REFERENCE
    reply = await wish.send(parts, officer, key, case_id, wish.read({"url": url}), wait=wait)
    return answered(reply, response)


add_wishes(router, wishes.WISHES)
