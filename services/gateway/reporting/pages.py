"""The report form in three steps, each with an address of its own: a form is answered by leading to the next page.

    GET  report/{kind}            leads to the address of an empty draft, or shows one
    POST report/{kind}            step 1: keeps the picture, leads to check or origin
    GET  report/{kind}/check      what was answered already
    POST report/{kind}/origin     from the check ("Bukan ini"): leads to origin
    GET  report/{kind}/origin     step 2
    POST report/{kind}/contact    step 2 done: leads to contact
    GET  report/{kind}/contact    step 3
    POST report/{kind}/send       step 3 done: leads to the ticket

Where the shelf cannot keep the draft, the next page is the answer itself and carries what was told (`report_draft`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reads import BlobView
from libs.contracts.reports.reads import MatchView
from libs.contracts.words import ReportKind
from libs.kit import areas
from libs.kit.imaging import LARGEST_BYTES
from libs.kit.visible import is_visible
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.archive.shown import row
from services.gateway.context import Office, Visit, Visited, posted, read_form
from services.gateway.dispatch.accepting import Accepted
from services.gateway.front.pages import Site
from services.gateway.reporting.draft import (
    Sheet,
    is_id,
    new_id,
    sheet_at,
    sheet_of,
    stale_sheet,
    upload_in,
)
from services.gateway.reporting.forms import LONGEST_TEXT, ReportForm
from services.gateway.web.pages import Pages, field_errors, file_of, form_of, see, text_of
from services.gateway.web.views import (
    AreaOption,
    CheckPage,
    ContactPage,
    Difference,
    FieldError,
    KnownAnswer,
    OriginPage,
    ReportPage,
    Trouble,
)

MATCH_WITHIN = 3.0
"""Seconds that the check may take; then the report goes on without it."""
RECEIPT_SECONDS = 30 * 60
IMAGE_CODES = {
    "image_too_large": "image_too_large",
    "image_too_many_pixels": "image_too_many_pixels",
    "image_type_not_allowed": "image_type_not_allowed",
    "pdf_not_allowed": "image_type_not_allowed",
    "image_bomb": "image_broken",
    "image_broken": "image_broken",
}
MEGA = 1_000_000
STEP_1 = {"text": "text", "urls": "text", "attachments": "image", "": "text"}

router = APIRouter(include_in_schema=False)
Kind = Annotated[ReportKind, Path()]


def receipt_cookie(number: str) -> str:
    return f"receipt-{number}"


def contact_cookie(number: str) -> str:
    """Holds the channel of the contact that was left, until notify has it."""
    return f"contact-{number}"


def _checked(form: type[BaseModel], values: dict[str, Any]) -> Any:
    """Raises:
    RequestValidationError: as the API would answer it.
    """
    try:
        return form.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(
            [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_url=False)]
        ) from None


def _shown(
    site: Pages, sheet: Sheet, page: str, view: object, *, step: str = "", status: int = 200, retry_after: int = 2
) -> Response:
    headers = {"Retry-After": str(retry_after)} if status in (429, 503) else {}
    address = sheet.url(step) if sheet.kept else ""
    visit, template = sheet.visit, f"reporting/{page}.html"
    response = site.show(visit, sheet.office, template, view, status=status, headers=headers, address=address)
    return visit.finish(response, longer=True)


def _first(
    site: Pages,
    sheet: Sheet,
    *,
    errors: tuple[FieldError, ...] = (),
    trouble: Trouble | None = None,
    status: int = 200,
    retry_after: int = 2,
) -> Response:
    draft = sheet.draft
    view = ReportPage(
        kind=sheet.kind,
        form=sheet.form("", "text", "forwarded_often", "upload"),
        text=draft.text,
        forwarded_often=draft.forwarded_often,
        upload=draft.picture,
        max_characters=LONGEST_TEXT,
        errors=errors,
        trouble=trouble,
    )
    return _shown(site, sheet, "report", view, status=status, retry_after=retry_after)


def _check(site: Pages, sheet: Sheet, found: MatchView) -> Response:
    visit, office = sheet.visit, sheet.office
    answers = tuple(
        KnownAnswer(
            row=row(a.card),
            differences=tuple(
                Difference(aspect=d.what, theirs=d.theirs, ours=d.ours, same=d.same) for d in a.differences
            ),
            confirm=form_of(f"/{office.slug}/clarifications/{a.card.number}/demand", visit, key=visit.new_key()),
        )
        for a in found.answers
    )
    shown = sheet.draft.model_copy(update={"refused": tuple(a.card.case_id for a in found.answers if a.card.case_id)})
    view = CheckPage(
        sent_text=sheet.draft.text,
        upload=sheet.draft.picture,
        answers=answers,
        go_on=replace(sheet, draft=shown).form("origin"),
    )
    return _shown(site, sheet, "check", view, step="check")


def _second(
    site: Pages,
    sheet: Sheet,
    *,
    errors: tuple[FieldError, ...] = (),
    trouble: Trouble | None = None,
    status: int = 200,
) -> Response:
    draft = sheet.draft
    view = OriginPage(
        kind=sheet.kind,
        form=sheet.form("contact", "seen_on", "area", "doubt"),
        areas=tuple(AreaOption(code=a.code, name=a.name) for a in areas.children(sheet.office.region_code)),
        seen_on=draft.seen_on,
        area=draft.area,
        doubt=draft.doubt,
        skipped_check=draft.skipped,
        errors=errors,
        trouble=trouble,
    )
    return _shown(site, sheet, "origin", view, step="origin", status=status)


def _third(
    site: Pages,
    sheet: Sheet,
    *,
    errors: tuple[FieldError, ...] = (),
    trouble: Trouble | None = None,
    status: int = 200,
    retry_after: int = 2,
) -> Response:
    draft = sheet.draft
    view = ContactPage(
        kind=sheet.kind,
        form=sheet.form("send"),
        channel=draft.channel,
        email=draft.email,
        phone=draft.phone,
        confidential=draft.confidential,
        errors=errors,
        trouble=trouble,
    )
    return _shown(site, sheet, "contact", view, step="contact", status=status, retry_after=retry_after)


@router.get("/{slug}/report/{kind}")
async def start(office: Office, visit: Visit, site: Site, kind: Kind, draft: str = "") -> Response:
    if not is_id(draft):
        # Each report has an address from its first page on, so that Back finds the draft there.
        return visit.finish(see(f"/{office.slug}/report/{kind}?draft={new_id()}"))
    sheet = await sheet_at(visit, office, kind, draft)
    if sheet.draft.sent:
        return visit.finish(see(_ticket_again(sheet)))
    if sheet.unread:
        return _first(site, sheet, trouble=Trouble.UNREAD)
    return _first(site, sheet, **sheet.draft.shown_at(""))


async def _later(office: TenantRecord, visit: Visited, kind: ReportKind, draft: str) -> Sheet | Response:
    """What a later step's address shows, or where to go instead.

    Raises:
        Unavailable: what was told cannot be read now.
    """
    if not is_id(draft):
        return visit.finish(see(f"/{office.slug}/report/{kind}"))
    sheet = await sheet_at(visit, office, kind, draft)
    if sheet.unread:
        raise Unavailable("shelf")
    if sheet.draft.sent:
        return visit.finish(see(_ticket_again(sheet)))
    return sheet if sheet.kept else visit.finish(see(f"/{office.slug}/report/{kind}"))


def _ticket_again(sheet: Sheet) -> str:
    return f"/{sheet.office.slug}/tickets/{sheet.draft.sent}?again=1"


@router.get("/{slug}/report/{kind}/check")
async def check(office: Office, visit: Visit, site: Site, kind: Kind, draft: str = "") -> Response:
    sheet = await _later(office, visit, kind, draft)
    if isinstance(sheet, Response):
        return sheet
    found, skipped = await _known(visit, office, sheet.draft.text)
    if found is not None and found.answers:
        return _check(site, sheet, found)
    return visit.finish(see(sheet.url("origin") + ("&skipped=1" if skipped else "")))


@router.get("/{slug}/report/{kind}/origin")
async def origin(
    office: Office, visit: Visit, site: Site, kind: Kind, draft: str = "", skipped: bool = False
) -> Response:
    sheet = await _later(office, visit, kind, draft)
    if isinstance(sheet, Response):
        return sheet
    return _second(site, sheet.with_skipped() if skipped else sheet, **sheet.draft.shown_at("origin"))


@router.get("/{slug}/report/{kind}/contact")
async def contact(office: Office, visit: Visit, site: Site, kind: Kind, draft: str = "") -> Response:
    sheet = await _later(office, visit, kind, draft)
    return sheet if isinstance(sheet, Response) else _third(site, sheet, **sheet.draft.shown_at("contact"))


@router.get("/{slug}/report/{kind}/send")
async def not_sent(office: Office, visit: Visit, kind: Kind) -> Response:
    """The address of step 3's answer where it came back with errors, loaded again."""
    return visit.finish(see(f"/{office.slug}/report/{kind}"))


Show = Callable[..., Response]


async def _told(
    office: TenantRecord, visit: Visited, site: Pages, kind: ReportKind, request: Request, show: Show
) -> tuple[FormData, Sheet] | Response:
    """The form and its sheet; or the page once more, where the form is older than its browser's cookie."""
    try:
        form = await posted(request, visit)
    except Refused:
        old = await stale_sheet(visit, office, kind, await read_form(request))
        return show(site, old, trouble=Trouble.EXPIRED, status=403)
    return form, await sheet_of(visit, office, kind, form)


def _led(sheet: Sheet, step: str, otherwise: Callable[[], Response]) -> Response:
    """To the address of a step; where its draft could not be kept, the step itself is the answer."""
    return sheet.visit.finish(see(sheet.url(step)), longer=True) if sheet.kept else otherwise()


async def _again(
    site: Pages,
    sheet: Sheet,
    step: str,
    *,
    errors: tuple[FieldError, ...] = (),
    trouble: Trouble | None = None,
    status: int,
) -> Response:
    """To the step once more, which says what is wrong."""
    sheet = await sheet.but(sheet.draft.again(step, status, errors, trouble)).put()
    show = {"": _first, "origin": _second, "contact": _third}[step]
    return _led(sheet, step, lambda: show(site, sheet, errors=errors, trouble=trouble, status=status))


@router.post("/{slug}/report/{kind}")
async def told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 1 done."""
    read = await _told(office, visit, site, kind, request, _first)
    if isinstance(read, Response):
        return read
    form, sheet = read
    if sheet.draft.sent:
        # The page of a report that was sent, typed in once more: another report.
        sheet = sheet.anew()
    upload = "" if text_of(form, "drop_upload") else text_of(form, "upload")
    sheet = sheet.but(sheet.draft.first(form, upload if upload_in(upload) else ""))
    try:
        visit.parts.limits.clients.take(visit.client)
        kept = await taken(visit, office, form)
        if kept is not None:
            sheet = sheet.but(sheet.draft.first(form, f"{kept.id}~{max(1, kept.size // 1000)}"))
        _checked(ReportForm, sheet.draft.values(kind, visit.lang))
    except RequestValidationError as error:
        return await _again(site, sheet, "", errors=field_errors(error, STEP_1), status=422)
    except PictureRefused as refused:
        if not refused.retry_after:
            return await _again(site, sheet, "", errors=(refused.error,), status=422)
        after = refused.retry_after
        return _first(site, await sheet.put(), errors=(refused.error,), status=429, retry_after=after)
    except TooMany as busy:
        return _first(site, sheet, trouble=Trouble.TOO_MANY, status=429, retry_after=busy.retry_after)
    except (Refused, Unavailable) as error:
        trouble = Trouble.UPLOADS_UNAVAILABLE if isinstance(error, Refused) else Trouble.UNAVAILABLE
        return await _again(site, sheet, "", trouble=trouble, status=503)
    sheet = await sheet.put()
    if kind != ReportKind.HOAX:
        return _led(sheet, "origin", lambda: _second(site, sheet))
    if sheet.kept:
        return visit.finish(see(sheet.url("check")), longer=True)
    found, skipped = await _known(visit, office, sheet.draft.text)
    if found is not None and found.answers:
        return _check(site, sheet, found)
    return _second(site, sheet.with_skipped() if skipped else sheet)


class PictureRefused(Exception):
    """`retry_after`: seconds, where it may be taken later; else 0."""

    def __init__(self, error: FieldError, *, retry_after: int = 0) -> None:
        super().__init__(error.code)
        self.error = error
        self.retry_after = retry_after


async def taken(visit: Visited, office: TenantRecord, form: FormData) -> BlobView | None:
    """The picture that was chosen, kept.

    Raises:
        PictureRefused: it is not one, or too large; or this address or this office has too many in hand.
        Refused: `uploads_unavailable`.
    """
    file = file_of(form, "image")
    if file is None:
        return None
    data = await file.read(LARGEST_BYTES + 1)
    if not data:
        return None
    try:
        return await visit.parts.uploads.take(office.id, visit.new_key(), data, client=visit.client)
    except TooMany as busy:
        waits = FieldError(field="image", code="image_waits", value=str(busy.retry_after))
        raise PictureRefused(waits, retry_after=busy.retry_after) from None
    except Refused as refused:
        if refused.code not in IMAGE_CODES:
            raise
        megabytes = f"{(file.size or len(data)) / MEGA:.1f}"
        shown = megabytes.replace(".", ",") if visit.lang == "id" else megabytes
        limit = str(LARGEST_BYTES // MEGA) if refused.code != "image_too_many_pixels" else "40"
        code = IMAGE_CODES[refused.code]
        raise PictureRefused(FieldError(field="image", code=code, value=shown, limit=limit)) from None


async def _known(visit: Visited, office: TenantRecord, text: str) -> tuple[MatchView | None, bool]:
    """What was answered already; (None, True) where nobody could say in time."""
    if not is_visible(text):
        return None, False
    try:
        return await visit.parts.reports.match(office.id, text[:LONGEST_TEXT], within=MATCH_WITHIN), False
    except (Unavailable, Refused):
        return None, True


@router.post("/{slug}/report/{kind}/origin")
async def not_this(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    read = await _told(office, visit, site, kind, request, _second)
    if isinstance(read, Response):
        return read
    form, sheet = read
    if sheet.draft.sent:
        return visit.finish(see(_ticket_again(sheet)))
    if text_of(form, "back"):
        return _led(sheet, "", lambda: _first(site, sheet))
    sheet = await sheet.but(sheet.draft.checked(form)).put()
    return _led(sheet, "origin", lambda: _second(site, sheet))


@router.post("/{slug}/report/{kind}/contact")
async def origin_told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 2 done."""
    read = await _told(office, visit, site, kind, request, _second)
    if isinstance(read, Response):
        return read
    form, sheet = read
    if sheet.draft.sent:
        return visit.finish(see(_ticket_again(sheet)))
    sheet = await sheet.but(sheet.draft.second(form)).put()
    if text_of(form, "back"):
        return _led(sheet, "", lambda: _first(site, sheet))
    try:
        _checked(ReportForm, sheet.draft.values(kind, visit.lang))
    except RequestValidationError as error:
        return await _again(site, sheet, "origin", errors=field_errors(error), status=422)
    return _led(sheet, "contact", lambda: _third(site, sheet))


@router.post("/{slug}/report/{kind}/send")
async def send(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 3 done: kept once the broker has it."""
    read = await _told(office, visit, site, kind, request, _third)
    if isinstance(read, Response):
        return read
    form, sheet = read
    if sheet.draft.sent:
        # Pressed twice, or sent again after Back: the same receipt, whichever answer the browser shows.
        receipt = visit.parts.accepting.receipt(office, sheet.draft.key)
        return _received(sheet, receipt, _ticket_again(sheet))
    sheet = sheet.but(sheet.draft.third(form))
    if text_of(form, "back"):
        sheet = await sheet.put()
        return _led(sheet, "origin", lambda: _second(site, sheet))
    values = sheet.draft.values_with_contact(kind, visit.lang, consent=text_of(form, "consent") == "1")
    try:
        visit.parts.limits.clients.take(visit.client)
        visit.parts.limits.shares.take(office.id)
        accepted = await visit.parts.accepting.submit_report(office, _checked(ReportForm, values), sheet.draft.key)
    except RequestValidationError as error:
        where = {"contact.address": "email" if sheet.draft.channel == "email" else "phone", "contact": "consent"}
        return await _again(site, sheet, "contact", errors=_contact_errors(error, where), status=422)
    except TooMany as busy:
        return _third(site, sheet, trouble=Trouble.TOO_MANY, status=429, retry_after=busy.retry_after)
    except Unavailable:
        return await _again(site, sheet, "contact", trouble=Trouble.UNAVAILABLE, status=503)
    except Refused as refused:
        return await _not_taken(site, sheet, refused)
    await sheet.sent(accepted.number)
    return _received(sheet, accepted, f"/{office.slug}/tickets/{accepted.number}")


async def _not_taken(site: Pages, sheet: Sheet, refused: Refused) -> Response:
    """
    Raises:
        Refused: nothing that another press of the button could mend.
    """
    if refused.code == "uploads_unavailable":
        return await _again(site, sheet, "contact", trouble=Trouble.UPLOADS_UNAVAILABLE, status=503)
    if refused.code == "key_reused":
        # A report with other words went out under this key: these become one of their own.
        return await _again(site, sheet.anew(), "contact", trouble=Trouble.ANOTHER, status=409)
    raise refused


def _received(sheet: Sheet, accepted: Accepted, address: str) -> Response:
    visit, office, parts = sheet.visit, sheet.office, sheet.visit.parts
    response = see(address)
    parts.remember_ticket(response, office, parts.ticket_of(office, accepted, visit.lang))
    path = f"/{office.slug}/tickets/{accepted.number}"
    name = receipt_cookie(accepted.number)
    parts.set_cookie(response, name, accepted.tracking_code, seconds=RECEIPT_SECONDS, path=path)
    if sheet.draft.channel in ("email", "whatsapp_manual"):
        name = contact_cookie(accepted.number)
        parts.set_cookie(response, name, sheet.draft.channel, seconds=RECEIPT_SECONDS, path=path)
    return visit.finish(response)


def _contact_errors(error: RequestValidationError, where: dict[str, str]) -> tuple[FieldError, ...]:
    """Consent and address stand beside each other in the page; pydantic reports both under `contact`."""
    found = []
    for one in field_errors(error, where):
        if one.code in ("email_invalid", "phone_invalid"):
            found.append(FieldError(field=where["contact.address"], code=one.code))
        else:
            found.append(one)
    return tuple(found)


@router.get("/{slug}/report")
async def no_kind(office: Office) -> Response:
    raise NotFound("kind")
