"""What somebody shares from another app to the installed pages: the first step of the form, filled in.

    POST share  what was shared becomes a draft; leads to its first step. Nothing is sent.
    GET  share  leads to an empty form

The browser sends it without a token of ours, so it may do no more than fill a form. A page of another site does not do
even that: it comes without our cookie, and a new one would take the place of that which the drafts of this browser open
with.
"""

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.words import Intake, ReportKind
from libs.kit.visible import is_visible
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.context import Office, Visit, read_form
from services.gateway.reporting.draft import Draft, Sheet, key_of, new_id
from services.gateway.reporting.forms import LONGEST_TEXT
from services.gateway.reporting.pages import FIRST, NO_UPLOADS, PictureRefused, led, taken
from services.gateway.web.pages import Site, see, text_of
from services.gateway.web.views import FIRST_TIME, FieldError, put_off, wrong

router = APIRouter(include_in_schema=False)

NOTHING = wrong(FieldError(field="text", code="shared_nothing"))


@router.get("/{slug}/share")
async def nothing(office: Office) -> Response:
    return _empty(office)


def _empty(office: TenantRecord) -> Response:
    return see(f"/{office.slug}/report/{ReportKind.HOAX}")


@router.post("/{slug}/share")
async def shared(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return _empty(office)
    form = await _form(request)
    place = new_id()
    draft = Draft(key=key_of(visit, place), text=text_in(form), intake=Intake.SHARE)
    back = FIRST_TIME
    try:
        visit.parts.limits.clients.take(visit.client)
        kept = await taken(visit, office, form)
        if kept is not None:
            draft = draft.model_copy(update={"upload": f"{kept.id}~{max(1, kept.size // 1000)}"})
    except PictureRefused as refused:
        back = refused.back
    except Refused:
        back = NO_UPLOADS
    except (TooMany, Unavailable) as away:
        back = put_off(away)
    if back is FIRST_TIME and not (is_visible(draft.text) or draft.upload):
        back = NOTHING
    sheet = Sheet(visit, office, ReportKind.HOAX, place, draft if back is FIRST_TIME else draft.again("", back))
    return led(site, await sheet.put(), FIRST, back)


async def _form(request: Request) -> FormData:
    """Without anything, where it cannot be read."""
    try:
        return await read_form(request)
    except HTTPException:
        return FormData()


def text_in(form: FormData) -> str:
    """What was shared, each once: apps put the address into any of the three, and often into two."""
    parts: list[str] = []
    for name in ("title", "text", "url"):
        part = text_of(form, name).replace("\x00", "").strip()
        if part and not any(part in other for other in parts):
            parts = [other for other in parts if other not in part] + [part]
    return "\n".join(parts)[:LONGEST_TEXT]
