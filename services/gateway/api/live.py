"""Server-sent events for open pages."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import StreamingResponse

from libs.runtime.errors import Refused, Unavailable
from services.gateway.context import Office, Parts, SignedInOfficer
from services.gateway.dispatch.streams import Hub, Place, Sees, of_office, of_ticket
from services.gateway.paths import Number, Slug
from services.gateway.tickets.opening import ticket_view

router = APIRouter(include_in_schema=False)

LastEventId = Annotated[str | None, Header(max_length=2_000)]


def _stream(hub: Hub, place: Place, sees: Sees, last_event_id: str | None) -> StreamingResponse:
    hub.require_room(place)
    return StreamingResponse(
        hub.stream(place, sees, last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/{slug}/tickets/{number}/stream")
async def ticket(
    office: Office, parts: Parts, number: Number, request: Request, last_event_id: LastEventId = None
) -> StreamingResponse:
    """For a browser that holds the ticket's cookie."""
    held = parts.ticket_in(request, office, number)
    if held is None:
        raise Refused("wrong_code")
    place = Place(who=held.report_id, office=office.id, address=parts.client(request))
    parts.hub.require_room(place)
    try:
        case_id = (await ticket_view(parts, office, held.number, held.code_hash)).case_id
    except (Refused, Unavailable):
        # Not recorded yet, or reports is away: the report's own events will name its case.
        case_id = None
    return _stream(parts.hub, place, of_ticket(office.id, held.report_id, case_id), last_event_id)


@router.get("/console/stream")
@router.get("/{slug}/console/stream")
async def console(
    officer: SignedInOfficer,
    parts: Parts,
    request: Request,
    slug: Slug | None = None,
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    if slug is not None and slug != officer.tenant.slug:
        raise Refused("not_found")
    place = Place(who=officer.id, office=officer.tenant.id, address=parts.client(request))
    return _stream(parts.hub, place, of_office(officer.tenant.id), last_event_id)
