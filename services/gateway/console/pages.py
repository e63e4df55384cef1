"""The officers' pages, room by room."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.access.resuming import shown_again
from services.gateway.console.archive import pages as archive
from services.gateway.console.case import evidence
from services.gateway.console.case import pages as case
from services.gateway.console.coverage import pages as coverage
from services.gateway.console.deliveries import by_hand
from services.gateway.console.deliveries import pages as deliveries
from services.gateway.console.doubles import pages as doubles
from services.gateway.console.embedding import pages as embed
from services.gateway.console.entry import pages as entry
from services.gateway.console.imports import pages as imports
from services.gateway.console.office import officers
from services.gateway.console.office import pages as office
from services.gateway.console.partners import pages as partners
from services.gateway.console.partners import partner
from services.gateway.console.questions import pages as questions
from services.gateway.console.queue import pages as queue
from services.gateway.console.requests import pages as requests
from services.gateway.console.review import pages as review
from services.gateway.console.segments import pages as segments
from services.gateway.console.shift import OnShift
from services.gateway.console.verifying import pages as verifying
from services.gateway.web.pages import see

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/console")
async def start(shift: OnShift) -> Response:
    return shift.visit.finish(see(shift.url("queue")))


ROOMS = (
    queue, case, evidence, review, deliveries, by_hand, partners, partner, imports, verifying, doubles, segments,
    coverage, requests, archive, questions, embed, entry, office, officers,
)  # fmt: skip
for room in ROOMS:
    router.include_router(room.router)


@router.get("/{slug}/console/{rest:path}")
async def form_address(shift: OnShift, request: Request) -> Response:
    """After every page: the address of a form, loaded again or come back to after a log-in."""
    return await shown_again(request, shift.visit, shift.office, shift.officer.session)
