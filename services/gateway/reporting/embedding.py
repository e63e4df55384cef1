"""The report form in a frame on another site: the first step, and the script that puts the frame there.

    GET embed      step 1; `?kind=` for another kind than a hoax
    GET embed.js   for one line in the other site's page

Browsers keep no cookie of ours in such a frame: what was told travels in the page itself, and its token is a seat
(`access/seats.py`) instead of the browser's cookie.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from libs.contracts.words import Intake, ReportKind
from services.gateway.context import EMBED, Office, Visit
from services.gateway.reporting.draft import Draft, Sheet, key_of, new_id
from services.gateway.reporting.pages import FIRST
from services.gateway.web.pages import Site, see

router = APIRouter(include_in_schema=False)

SCRIPT = "embed.js"
KEPT = "public, max-age=3600"


@router.get("/{slug}/embed")
async def start(office: Office, visit: Visit, site: Site, kind: ReportKind = ReportKind.HOAX) -> Response:
    place = new_id()
    draft = Draft(key=key_of(visit, place), intake=Intake.EMBED)
    return FIRST.shown(site, Sheet(visit, office, kind, place, draft, unkept=True))


@router.get("/{slug}/embed/{kind}")
@router.get("/{slug}/embed/{kind}/origin")
@router.get("/{slug}/embed/{kind}/contact")
@router.get("/{slug}/embed/{kind}/send")
async def loaded_again(office: Office, visit: Visit, kind: Annotated[ReportKind, Path()]) -> Response:
    """The address of a step's answer, without what was sent to it."""
    return see(f"/{office.slug}/{EMBED}?kind={kind}&lang={visit.lang}")


@router.get("/{slug}/embed.js")
async def script(office: Office, request: Request, site: Site) -> Response:
    accepted = request.headers.get("accept-encoding", "")
    headers = site.assets.headers(SCRIPT, site.assets.version, accepted)
    return Response(site.assets.body(SCRIPT, accepted), headers={**headers, "Cache-Control": KEPT})
