"""The queue of cases, for programs."""

from typing import Annotated

from fastapi import APIRouter, Query

from libs.contracts.reads import Page
from libs.contracts.reports.reads import CaseRow, QueueCounts
from services.gateway.api.models import READS, Cursor, Word
from services.gateway.context import Parts, SignedInOfficer

router = APIRouter(prefix="/console")


@router.get("/cases", summary="The queue", responses=READS)
async def cases(
    parts: Parts,
    officer: SignedInOfficer,
    state: Word = "",
    owner: Word = "",
    severity: Annotated[int | None, Query(ge=1, le=4)] = None,
    unread: bool = False,
    cursor: Cursor = "",
) -> Page[CaseRow]:
    """`unread`: those alone that a reporter brought back, by a "Belum", a message or new evidence."""
    return await parts.reports.cases(
        officer.tenant.id, officer.actor, state=state, owner=owner, severity=severity, unread=unread, cursor=cursor
    )


@router.get("/counts", summary="How much waits", responses=READS)
async def counts(parts: Parts, officer: SignedInOfficer) -> QueueCounts:
    """For the numbers beside the menu: cases, reviews, other reports, messages to send by hand."""
    return await parts.reports.counts(officer.tenant.id, officer.actor)
