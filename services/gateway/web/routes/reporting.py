"""The report form in three steps. Without JavaScript the answers of earlier steps travel in the page; the idempotency
key is made with the first page and stays, so that sending twice is sending once.

    report/{kind}           GET step 1 · POST: keeps the picture, asks what was answered already
    report/{kind}/origin    POST from the check ("Bukan ini") or from step 1: step 2
    report/{kind}/contact   POST from step 2: step 3
    report/{kind}/send      POST from step 3: the ticket
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reads import BlobView, MatchView
from libs.contracts.words import ReportKind
from libs.kit import areas
from libs.kit.imaging import LARGEST_BYTES
from libs.kit.text import addresses
from libs.kit.visible import is_visible
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.context import Office, Visit, Visited, posted
from services.gateway.forms import LONGEST_TEXT, MOST_URLS, ReportForm
from services.gateway.idempotency import read_key
from services.gateway.limits import TooMany
from services.gateway.web.routes.cards import row
from services.gateway.web.routes.pages import Pages, field_errors, file_of, form_of, number_in, see, text_of
from services.gateway.web.routes.public import Site
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
    Upload,
)

MATCH_WITHIN = 3.0
"""Seconds that the check may take; then the report goes on without it."""
RECEIPT_SECONDS = 30 * 60
CARRIED = ("text", "upload", "forwarded_often", "refused", "seen_on", "area", "doubt", "skipped")
IMAGE_CODES = {
    "image_too_large": "image_too_large",
    "image_too_many_pixels": "image_too_many_pixels",
    "image_type_not_allowed": "image_type_not_allowed",
    "pdf_not_allowed": "image_type_not_allowed",
    "image_bomb": "image_broken",
    "image_broken": "image_broken",
}
MEGA = 1_000_000

router = APIRouter(include_in_schema=False)
Kind = Annotated[ReportKind, Path()]


def receipt_cookie(number: str) -> str:
    return f"receipt-{number}"


def _carried(form: FormData, *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name in names for value in form.getlist(name) if isinstance(value, str)]


def _url(office: TenantRecord, kind: ReportKind, step: str = "") -> str:
    return f"/{office.slug}/report/{kind}" + (f"/{step}" if step else "")


def _upload(token: str) -> Upload | None:
    """`<blob id>~<kilobytes>`: what the page needs to name the picture that is kept already."""
    blob, _, size = token.partition("~")
    try:
        UUID(blob)
    except ValueError:
        return None
    return Upload(token=token, name="gambar.jpg", kilobytes=number_in(size) or 0)


def _checked(form: BaseModel | type[BaseModel], values: dict[str, Any]) -> Any:
    """Raises:
    RequestValidationError: as the API would answer it.
    """
    kind = form if isinstance(form, type) else type(form)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(
            [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_url=False)]
        ) from None


def _values(form: FormData, kind: ReportKind, lang: str) -> dict[str, Any]:
    """The answers so far, in the shape of the API's form."""
    text = text_of(form, "text")
    upload = _upload(text_of(form, "upload"))
    values: dict[str, Any] = {
        "kind": kind,
        "text": text,
        "urls": addresses(text)[:MOST_URLS],
        "forwarded_often": text_of(form, "forwarded_often") == "1",
        "doubt": text_of(form, "doubt"),
        "area": text_of(form, "area") or None,
        "seen_on": text_of(form, "seen_on") or None,
        "confidential": text_of(form, "confidential") == "1",
        "language": lang,
        "attachments": [upload.token.partition("~")[0]] if upload else [],
        "refused": [r for r in form.getlist("refused") if isinstance(r, str)],
    }
    return values


@router.get("/{slug}/report/{kind}")
async def start(office: Office, visit: Visit, site: Site, kind: Kind) -> Response:
    view = ReportPage(kind=kind, form=form_of(_url(office, kind), visit), max_characters=LONGEST_TEXT)
    return site.show(visit, office, "public/report.html", view)


@router.post("/{slug}/report/{kind}")
async def told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 1 done."""
    form = await posted(request, visit)
    key = read_key(text_of(form, "key"))
    upload = None if text_of(form, "drop_upload") else _upload(text_of(form, "upload"))
    page = _Step1(site, visit, office, kind, form, key)
    try:
        visit.parts.limits.clients.take(visit.client)
        kept = await taken(visit, office, form)
        upload = _named(kept) if kept is not None else upload
        values = _values(form, kind, visit.lang) | {"attachments": [upload.token.partition("~")[0]] if upload else []}
        _checked(ReportForm, values)
    except RequestValidationError as error:
        return page.again(upload, errors=field_errors(error, STEP_1))
    except PictureRefused as refused:
        return page.again(upload, errors=(refused.error,))
    except TooMany:
        return page.again(upload, trouble=Trouble.TOO_MANY, status=429)
    except (Refused, Unavailable) as error:
        trouble = Trouble.UPLOADS_UNAVAILABLE if isinstance(error, Refused) else Trouble.UNAVAILABLE
        return page.again(upload, trouble=trouble, status=503)
    carried = [*_carried(form, "text", "forwarded_often")]
    if upload is not None:
        carried.append(("upload", upload.token))
    answers, skipped = await _known(visit, office, text_of(form, "text")) if kind == ReportKind.HOAX else (None, False)
    if answers is not None and answers.answers:
        return _check(
            site, visit, office, kind, answers, key=key, carried=carried, sent=text_of(form, "text"), upload=upload
        )
    if skipped:
        carried.append(("skipped", "1"))
    return _origin(site, visit, office, kind, key=key, carried=carried, skipped=skipped)


STEP_1 = {"text": "text", "urls": "text", "attachments": "image", "": "text"}


class PictureRefused(Exception):
    def __init__(self, error: FieldError) -> None:
        super().__init__(error.code)
        self.error = error


async def taken(visit: Visited, office: TenantRecord, form: FormData) -> BlobView | None:
    """The picture that was chosen, kept.

    Raises:
        PictureRefused: it is not one, or too large.
        Refused: `uploads_unavailable`.
    """
    file = file_of(form, "image")
    if file is None:
        return None
    data = await file.read(LARGEST_BYTES + 1)
    if not data:
        return None
    try:
        return await visit.parts.uploads.take(office.id, visit.new_key(), data)
    except Refused as refused:
        if refused.code not in IMAGE_CODES:
            raise
        megabytes = f"{(file.size or len(data)) / MEGA:.1f}"
        shown = megabytes.replace(".", ",") if visit.lang == "id" else megabytes
        limit = str(LARGEST_BYTES // MEGA) if refused.code != "image_too_many_pixels" else "40"
        code = IMAGE_CODES[refused.code]
        raise PictureRefused(FieldError(field="image", code=code, value=shown, limit=limit)) from None


def _named(kept: BlobView) -> Upload:
    size = max(1, kept.size // 1000)
    return Upload(token=f"{kept.id}~{size}", name="gambar.jpg", kilobytes=size)


async def _known(visit: Visited, office: TenantRecord, text: str) -> tuple[MatchView | None, bool]:
    """What was answered already; (None, True) where nobody could say in time."""
    if not is_visible(text):
        return None, False
    try:
        return await visit.parts.reports.match(office.id, text[:LONGEST_TEXT], within=MATCH_WITHIN), False
    except (Unavailable, Refused):
        return None, True


class _Step1:
    """The first page once more, with everything that was typed."""

    def __init__(
        self, site: Pages, visit: Visited, office: TenantRecord, kind: ReportKind, form: FormData, key: UUID
    ) -> None:
        self._site, self._visit, self._office, self._kind, self._form, self._key = site, visit, office, kind, form, key

    def again(
        self,
        upload: Upload | None,
        *,
        errors: tuple[FieldError, ...] = (),
        trouble: Trouble | None = None,
        status: int = 422,
    ) -> Response:
        view = ReportPage(
            kind=self._kind,
            form=form_of(_url(self._office, self._kind), self._visit, key=self._key),
            text=text_of(self._form, "text"),
            forwarded_often=text_of(self._form, "forwarded_often") == "1",
            upload=upload,
            max_characters=LONGEST_TEXT,
            errors=errors,
            trouble=trouble,
        )
        headers = {"Retry-After": "2"} if status == 503 else {}
        return self._site.show(self._visit, self._office, "public/report.html", view, status=status, headers=headers)


def _check(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    kind: ReportKind,
    found: MatchView,
    *,
    key: UUID,
    carried: list[tuple[str, str]],
    sent: str,
    upload: Upload | None,
) -> Response:
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
    refused = [("refused", a.card.case_id) for a in found.answers if a.card.case_id]
    go_on = form_of(_url(office, kind, "origin"), visit, key=key, carried=[*carried, *refused])
    view = CheckPage(sent_text=sent, upload=upload, answers=answers, go_on=go_on)
    return site.show(visit, office, "public/check.html", view)


@router.post("/{slug}/report/{kind}/origin")
async def not_this(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    form = await posted(request, visit)
    key = read_key(text_of(form, "key"))
    return _origin(site, visit, office, kind, key=key, carried=_carried(form, *CARRIED), skipped=False)


def _origin(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    kind: ReportKind,
    *,
    key: UUID,
    carried: list[tuple[str, str]],
    skipped: bool,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
    typed: FormData | None = None,
) -> Response:
    before = [(n, v) for n, v in carried if n not in ("seen_on", "area", "doubt")]
    view = OriginPage(
        kind=kind,
        form=form_of(_url(office, kind, "contact"), visit, key=key, carried=before),
        areas=tuple(AreaOption(code=a.code, name=a.name) for a in areas.children(office.region_code)),
        seen_on=text_of(typed, "seen_on") if typed else "",
        area=text_of(typed, "area") if typed else "",
        doubt=text_of(typed, "doubt") if typed else "",
        skipped_check=skipped,
        errors=errors,
    )
    return site.show(visit, office, "public/origin.html", view, status=status)


@router.post("/{slug}/report/{kind}/contact")
async def origin_told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 2 done."""
    form = await posted(request, visit)
    key = read_key(text_of(form, "key"))
    carried = _carried(form, *CARRIED)
    try:
        _checked(ReportForm, _values(form, kind, visit.lang))
    except RequestValidationError as error:
        errors = field_errors(error)
        return _origin(
            site, visit, office, kind, key=key, carried=carried, skipped=False, status=422, errors=errors, typed=form
        )
    view = ContactPage(kind=kind, form=form_of(_url(office, kind, "send"), visit, key=key, carried=carried))
    return site.show(visit, office, "public/contact.html", view)


@router.post("/{slug}/report/{kind}/send")
async def send(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 3 done: kept once the broker has it."""
    form = await posted(request, visit)
    key = read_key(text_of(form, "key"))
    again = _Step3(site, visit, office, kind, form, key)
    channel = text_of(form, "channel") or "code"
    values = _values(form, kind, visit.lang)
    if channel in ("email", "whatsapp_manual"):
        values["contact"] = {
            "channel": channel,
            "address": text_of(form, "email" if channel == "email" else "phone") or " ",
            "consent": text_of(form, "consent") == "1",
        }
    try:
        visit.parts.limits.clients.take(visit.client)
        visit.parts.limits.shares.take(office.id)
        accepted = await visit.parts.accepting.submit_report(office, _checked(ReportForm, values), key)
    except RequestValidationError as error:
        where = {"contact.address": "email" if channel == "email" else "phone", "contact": "consent"}
        return again.shown(errors=_contact_errors(error, where), status=422)
    except TooMany:
        return again.shown(trouble=Trouble.TOO_MANY, status=429)
    except Unavailable:
        return again.shown(trouble=Trouble.UNAVAILABLE, status=503)
    except Refused as refused:
        if refused.code == "uploads_unavailable":
            return again.shown(trouble=Trouble.UPLOADS_UNAVAILABLE, status=503)
        raise
    response = see(f"/{office.slug}/tickets/{accepted.number}")
    ticket = visit.parts.ticket_of(office, accepted, visit.lang)
    visit.parts.remember_ticket(response, office, ticket)
    visit.parts.set_cookie(
        response,
        receipt_cookie(accepted.number),
        accepted.tracking_code,
        seconds=RECEIPT_SECONDS,
        path=f"/{office.slug}/tickets/{accepted.number}",
    )
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


class _Step3:
    """The last page once more, with the same key."""

    def __init__(
        self, site: Pages, visit: Visited, office: TenantRecord, kind: ReportKind, form: FormData, key: UUID
    ) -> None:
        self._site, self._visit, self._office, self._kind, self._form, self._key = site, visit, office, kind, form, key

    def shown(self, *, errors: tuple[FieldError, ...] = (), trouble: Trouble | None = None, status: int) -> Response:
        form = self._form
        action = _url(self._office, self._kind, "send")
        view = ContactPage(
            kind=self._kind,
            form=form_of(action, self._visit, key=self._key, carried=_carried(form, *CARRIED)),
            channel=text_of(form, "channel") or "code",
            email=text_of(form, "email"),
            phone=text_of(form, "phone"),
            confidential=text_of(form, "confidential") == "1",
            errors=errors,
            trouble=trouble,
        )
        headers = {"Retry-After": "2"} if status == 503 else {}
        return self._site.show(self._visit, self._office, "public/contact.html", view, status=status, headers=headers)


@router.get("/{slug}/report")
async def no_kind(office: Office) -> Response:
    raise NotFound("kind")
