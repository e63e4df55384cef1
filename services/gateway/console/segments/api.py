"""Segments and whom they propose, for programs."""

from typing import Annotated, Any
from uuid import uuid5

from fastapi import APIRouter, Query, Response

from libs.contracts.notify.reads import ProposalView
from libs.contracts.registry.reads import HistoryLine
from libs.contracts.registry.segments import SegmentView
from services.gateway.api.models import READS, WRITES, CommandAnswer, answered
from services.gateway.api.serving import add_wishes, with_parameters
from services.gateway.console.segments import wishes
from services.gateway.console.segments.wishes import DEFINE
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/segments", summary="Segments", responses=READS)
async def segments(parts: Parts, officer: SignedInOfficer) -> tuple[SegmentView, ...]:
    """By name, those in use first, each with how many partners are in it now."""
    return await parts.registry.segments(officer.tenant.id, officer.actor)


@router.get("/segments/{segment_id}", summary="One segment", responses=READS)
async def segment(parts: Parts, officer: SignedInOfficer, segment_id: Id) -> SegmentView:
    """What it asks, and how many partners are in it now."""
    return await parts.registry.segment(officer.tenant.id, officer.actor, segment_id)


@router.get("/segments/{segment_id}/history", summary="The history of a segment", responses=READS)
async def segment_history(parts: Parts, officer: SignedInOfficer, segment_id: Id) -> tuple[HistoryLine, ...]:
    """Newest first."""
    return await parts.registry.segment_history(officer.tenant.id, officer.actor, segment_id)


@router.get("/segments/{segment_id}/proposal", summary="Whom to ask next", responses=READS)
async def proposal(
    parts: Parts,
    officer: SignedInOfficer,
    segment_id: Id,
    wanted: Annotated[int, Query(ge=1, le=200)] = 10,
    cap: Annotated[int, Query(ge=1, le=30)] = 3,
) -> ProposalView:
    """Active partners of the segment: who was never asked first, then who was asked longest ago; whoever was asked
    `cap` times within 30 days is passed over. The same question has the same answer until somebody is asked."""
    found = await parts.registry.candidates(officer.tenant.id, officer.actor, segment_id)
    return await parts.notify.proposal(officer.tenant.id, officer.actor, found.ids, wanted=wanted, cap=cap)


async def _define(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
    who, wish = given["who"], given["wish"]
    return answered(await DEFINE.send(parts, who, key, str(uuid5(key, "segment")), wish, wait=wait), response)


router.add_api_route(
    "/segments",
    with_parameters(_define, {"who": SignedInOfficer, "wish": DEFINE.body}, of=CommandAnswer),
    methods=["POST"],
    status_code=202,
    name=DEFINE.name,
    summary=DEFINE.summary,
    description=DEFINE.about,
    responses=WRITES,
)
add_wishes(router, wishes.WISHES)
