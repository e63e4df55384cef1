"""The report form in three steps, each with an address of its own: a form is answered by leading to the next page.

    GET  report/{kind}            leads to the address of an empty draft, or shows one
    POST report/hoax/offers       what fits what is typed so far, for the script of step 1
    POST report/{kind}            step 1: keeps the picture, leads to check or origin
    GET  report/{kind}/check      what was answered already
    POST report/{kind}/origin     from the check ("Bukan ini"): leads to origin
    GET  report/{kind}/origin     step 2
    POST report/{kind}/contact    step 2 done: leads to contact
    GET  report/{kind}/contact    step 3
    POST report/{kind}/send       step 3 done: leads to the ticket

The same steps stand below `embed/` for a frame on another site (`embedding`); nothing is kept between them there.

Where the shelf cannot keep the draft, the next page is the answer itself and carries what was told (`report_draft`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reads import BlobView
from libs.contracts.registry.questions import LONGEST_ANSWER
from libs.contracts.reports.reads import KnownMatch, MatchAnswer, MatchView
from libs.contracts.words import Intake, ReportKind
from libs.kit import areas, imaging, media
from libs.kit.visible import is_visible
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.context import EMBED, Office, Visit, Visited, posted, read_form
from services.gateway.dispatch.accepting import Accepted, Origin
from services.gateway.pictures.uploads import LARGEST_BYTES
from services.gateway.reporting import questions
from services.gateway.reporting.draft import Sheet, is_id, new_id, sheet_at, sheet_of, stale_sheet, token_of, upload_in
from services.gateway.reporting.forms import LONGEST_TEXT, ReportForm
from services.gateway.reporting.repeats import remember, sent_before
from services.gateway.reporting.views import (
    MEGA,
    AskedQuestion,
    CheckPage,
    ClaimOffer,
    KnownAnswer,
    OffersPart,
    OthersAnswer,
    ReceiptPage,
    StepPage,
)
from services.gateway.web.pages import Elsewhere, Pages, Site, field_errors, file_of, form_of, see, text_of
from services.gateway.web.views import FIRST_TIME, Back, FieldError, Form, Trouble, put_off, wrong

RECEIPT_SECONDS = 30 * 60
IMAGE_CODES = {
    "image_too_large": "image_too_large",
    "image_too_many_pixels": "image_too_many_pixels",
    "image_type_not_allowed": "image_type_not_allowed",
    "pdf_not_allowed": "image_type_not_allowed",
    "image_bomb": "image_broken",
    "image_broken": "image_broken",
    "media_too_large": "image_too_large",
    "media_broken": "media_broken",
    "media_bomb": "media_broken",
    "media_codec_not_allowed": "media_codec_not_allowed",
    "media_too_long": "media_too_long",
    "pdf_active": "pdf_active",
    "pdf_locked": "pdf_locked",
    "pdf_too_many_pages": "pdf_too_many_pages",
}
LIMITS = {
    "image_too_large": imaging.LARGEST_BYTES // MEGA,
    "media_too_large": media.LARGEST_BYTES // MEGA,
    "image_too_many_pixels": 40,
    "media_too_long": media.LONGEST_SECONDS // 60,
    "pdf_too_many_pages": media.MOST_PAGES,
}
OFFERED_WHILE_TYPING = 2
NO_UPLOADS = Back(status=503, trouble=Trouble.UPLOADS_UNAVAILABLE)
STEP_1 = {"text": "text", "urls": "text", "attachments": "image", "": "text"}

ASKED = "asked"
"""Hidden beside each question that a page shows: its id."""

router = APIRouter(include_in_schema=False)
Kind = Annotated[ReportKind, Path()]


def receipt_cookie(number: str) -> str:
    return f"receipt-{number}"


def contact_cookie(number: str) -> str:
    """Holds the channel of the contact that was left, until notify has it."""
    return f"contact-{number}"


def checked(form: type[BaseModel], values: dict[str, Any]) -> Any:
    """Raises:
    RequestValidationError: as the API would answer it.
    """
    try:
        return form.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(
            [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_url=False)]
        ) from None


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form.

    Attributes:
        name: in its address.
        leads_to: the step that its form is posted to.
        asks: what it shows itself, and so does not carry.
    """

    name: str
    template: str
    leads_to: str
    asks: tuple[str, ...] = ()

    def shown(self, site: Pages, sheet: Sheet, back: Back = FIRST_TIME) -> Response:
        asked = _questions(sheet) if self.name == "origin" else ()
        view = StepPage(
            kind=sheet.kind,
            form=sheet.form(self.leads_to, *self.asks, *(q.field for q in asked)),
            questions=asked,
            draft=sheet.draft,
            areas=areas.children(sheet.office.region_code),
            back=back,
        )
        return _shown(site, sheet, self.template, view, self.name, back)


def _questions(sheet: Sheet) -> tuple[AskedQuestion, ...]:
    return asked_in(sheet.office, sheet.kind, sheet.draft.answers)


def asked_in(office: TenantRecord, kind: ReportKind, answers: Mapping[str, str]) -> tuple[AskedQuestion, ...]:
    every = office.settings.questions
    asked = {q.id for q in questions.asked(every, kind, answers)}
    return tuple(
        AskedQuestion(
            question=q,
            field=f"{questions.FIELD}{q.id}",
            value=answers.get(q.id, ""),
            asked=q.id in asked,
            when=f"{questions.FIELD}{q.after}" if q.after else "",
        )
        for q in questions.of_kind(every, kind)
    )


def _wrong_answers(sheet: Sheet, *, among: Collection[str] | None = None) -> tuple[FieldError, ...]:
    return mistakes_in(sheet.office, sheet.kind, sheet.draft.answers, among=among)


def mistakes_in(
    office: TenantRecord, kind: ReportKind, answers: Mapping[str, str], *, among: Collection[str] | None = None
) -> tuple[FieldError, ...]:
    """
    Args:
        among: ids of the questions that a page asked; without it, all that are to be asked.
    """
    found = [
        (q.id, code)
        for q in questions.asked(office.settings.questions, kind, answers)
        if (among is None or q.id in among)
        and (code := questions.problem_with(q, answers.get(q.id, ""), office)) is not None
    ]
    return tuple(_wrong_answer(id_, code, answers.get(id_, "")) for id_, code in found)


def _wrong_answer(question: str, code: str, answer: str) -> FieldError:
    field = f"{questions.FIELD}{question}"
    if code == "string_too_long":
        return FieldError(field=field, code="too_long", value=str(len(answer)), limit=str(LONGEST_ANSWER))
    return FieldError(field=field, code=code)


FIRST = Step("", "reporting/report.html", "", ("text", "forwarded_often", "upload"))
SECOND = Step("origin", "reporting/origin.html", "contact", ("seen_on", "area", "doubt"))
THIRD = Step("contact", "reporting/contact.html", "send")


def _shown(site: Pages, sheet: Sheet, template: str, view: object, step: str, back: Back = FIRST_TIME) -> Response:
    address = sheet.url(step) if sheet.kept else ""
    visit, office = sheet.visit, sheet.office
    response = site.show(visit, office, template, view, status=back.status, headers=back.headers, address=address)
    return visit.finish(response, longer=True)


def _check(site: Pages, sheet: Sheet, found: MatchView) -> Response:
    visit, office, besides = sheet.visit, sheet.office, found.besides
    refused = (*(a.card.case_id for a in besides.answers if a.card.case_id), *(k.card.id for k in besides.known))
    view = CheckPage(
        draft=sheet.draft,
        claims=_of_claims(found, office, visit),
        answers=tuple(_own(a, office, visit) for a in besides.answers),
        others=tuple(_others(k, office, visit) for k in besides.known),
        go_on=replace(sheet, draft=sheet.draft.model_copy(update={"refused": refused})).form("origin"),
    )
    return _shown(site, sheet, "reporting/check.html", view, "check")


@router.get("/{slug}/report/{kind}")
async def start(office: Office, visit: Visit, site: Site, kind: Kind, draft: str = "") -> Response:
    if not is_id(draft):
        # Each report has an address from its first page on, so that Back finds the draft there.
        return visit.finish(see(f"/{office.slug}/report/{kind}?draft={new_id()}"))
    sheet = _unsent(await sheet_at(visit, office, kind, draft))
    return FIRST.shown(site, sheet, Back(trouble=Trouble.UNREAD) if sheet.unread else sheet.draft.shown_at(""))


def _unsent(sheet: Sheet) -> Sheet:
    """
    Raises:
        Elsewhere: the report is sent; its ticket says so.
    """
    if sheet.draft.sent:
        raise Elsewhere(sheet.visit.finish(see(_ticket_again(sheet))))
    return sheet


def _ticket_again(sheet: Sheet) -> str:
    return f"/{sheet.office.slug}/tickets/{sheet.draft.sent}?again=1"


async def _later(office: Office, visit: Visit, kind: Kind, draft: str = "") -> Sheet:
    """What a later step's address shows.

    Raises:
        Elsewhere: nothing lies there, or it was sent.
        Unavailable: what was told cannot be read now.
    """
    sheet = await sheet_at(visit, office, kind, draft) if is_id(draft) else None
    if sheet is not None and sheet.unread:
        raise Unavailable("shelf")
    if sheet is None or not (sheet.kept or sheet.draft.sent):
        raise Elsewhere(visit.finish(see(f"/{office.slug}/report/{kind}")))
    return _unsent(sheet)


Later = Annotated[Sheet, Depends(_later)]


@router.get("/{slug}/report/{kind}/check")
async def check(sheet: Later, site: Site) -> Response:
    found, skipped = await _known(sheet)
    if found is not None and found.offers:
        return _check(site, sheet, found)
    return sheet.visit.finish(see(sheet.url("origin") + ("&skipped=1" if skipped else "")))


@router.get("/{slug}/report/{kind}/origin")
async def origin(sheet: Later, site: Site, skipped: bool = False) -> Response:
    return SECOND.shown(site, sheet.with_skipped() if skipped else sheet, sheet.draft.shown_at("origin"))


@router.get("/{slug}/report/{kind}/contact")
async def contact(sheet: Later, site: Site) -> Response:
    return THIRD.shown(site, sheet, sheet.draft.shown_at("contact"))


@router.get("/{slug}/report/{kind}/send")
async def not_sent(office: Office, visit: Visit, kind: Kind) -> Response:
    """The address of step 3's answer where it came back with errors, loaded again."""
    return visit.finish(see(f"/{office.slug}/report/{kind}"))


async def _told(
    office: TenantRecord, visit: Visited, site: Pages, kind: ReportKind, request: Request, step: Step
) -> tuple[FormData, Sheet]:
    """
    Raises:
        Elsewhere: the form is older than its browser's cookie; its page is shown once more.
    """
    try:
        form = await posted(request, visit)
    except Refused:
        old = await stale_sheet(visit, office, kind, await read_form(request))
        raise Elsewhere(step.shown(site, old, Back(status=403, trouble=Trouble.EXPIRED))) from None
    return form, await sheet_of(visit, office, kind, form)


def led(site: Pages, sheet: Sheet, step: Step, back: Back = FIRST_TIME) -> Response:
    """To the address of a step; where its draft could not be kept, the step itself is the answer."""
    if sheet.kept:
        return sheet.visit.finish(see(sheet.url(step.name)), longer=True)
    return step.shown(site, sheet, back)


async def _again(site: Pages, sheet: Sheet, step: Step, back: Back) -> Response:
    """To the step once more, which says what is wrong."""
    return led(site, await sheet.but(sheet.draft.again(step.name, back)).put(), step, back)


@router.post("/{slug}/report/{kind}")
@router.post("/{slug}/embed/{kind}")
async def told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 1 done."""
    form, sheet = await _told(office, visit, site, kind, request, FIRST)
    if sheet.draft.sent:
        # The page of a report that was sent, typed in once more: another report.
        sheet = sheet.anew()
    upload = "" if text_of(form, "drop_upload") else text_of(form, "upload")
    sheet = sheet.but(sheet.draft.first(form, upload if upload_in(upload) else ""))
    try:
        visit.parts.limits.clients.take(visit.client)
        kept = await taken(visit, office, form)
        if kept is not None:
            sheet = sheet.but(sheet.draft.first(form, token_of(kept)))
        checked(ReportForm, sheet.draft.values(kind, visit.lang))
    except RequestValidationError as error:
        return await _again(site, sheet, FIRST, wrong(*field_errors(error, STEP_1)))
    except PictureRefused as refused:
        if refused.retry_after:
            return FIRST.shown(site, await sheet.put(), refused.back)
        return await _again(site, sheet, FIRST, refused.back)
    except TooMany as busy:
        return FIRST.shown(site, sheet, put_off(busy))
    except Refused:
        return await _again(site, sheet, FIRST, NO_UPLOADS)
    except Unavailable as away:
        return await _again(site, sheet, FIRST, put_off(away))
    sheet = await sheet.put()
    if kind != ReportKind.HOAX:
        return led(site, sheet, SECOND)
    if sheet.kept:
        return visit.finish(see(sheet.url("check")), longer=True)
    found, skipped = await _known(sheet)
    if found is not None and found.offers:
        return _check(site, sheet, found)
    return SECOND.shown(site, sheet.with_skipped() if skipped else sheet)


@router.post("/{slug}/report/hoax/offers")
async def while_typing(office: Office, visit: Visit, site: Site, request: Request) -> Response:
    """Answers to what is typed so far, as a part of the page; nothing (204) where there are none or it takes too long.
    Nothing of it is kept."""
    form = await posted(request, visit)
    text = text_of(form, "text")[:LONGEST_TEXT]
    try:
        visit.parts.limits.typing.take(visit.client)
        found = await visit.parts.reports.match_while_typing(office.id, text) if is_visible(text) else None
    except (TooMany, Unavailable, Refused):
        found = None
    if found is None or not found.offers:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    claims = _of_claims(found, office, visit)
    besides = found.besides
    answers = tuple(_own(a, office, visit) for a in besides.answers[: max(0, OFFERED_WHILE_TYPING - len(claims))])
    room = max(0, OFFERED_WHILE_TYPING - len(claims) - len(answers))
    others = tuple(_others(k, office, visit) for k in besides.known[:room])
    return site.show(visit, office, "reporting/offers.html", OffersPart(claims=claims, answers=answers, others=others))


def _of_claims(found: MatchView, office: TenantRecord, visit: Visited) -> tuple[ClaimOffer, ...]:
    return tuple(
        ClaimOffer(
            text=claim.text,
            own=_own(claim.answer, office, visit) if claim.answer is not None else None,
            other=_others(claim.known, office, visit) if claim.known is not None else None,
        )
        for claim in found.claims
    )


def _own(found: MatchAnswer, office: TenantRecord, visit: Visited) -> KnownAnswer:
    return KnownAnswer(found=found, confirm=_yes(office, visit, f"clarifications/{found.card.number}"))


def _others(found: KnownMatch, office: TenantRecord, visit: Visited) -> OthersAnswer:
    return OthersAnswer(found=found, confirm=_yes(office, visit, f"known/{found.card.id}"))


def _yes(office: TenantRecord, visit: Visited, answer: str) -> Form:
    if visit.framed is not None:
        return form_of(f"/{office.slug}/{EMBED}/{answer}/demand?lang={visit.lang}", visit)
    return form_of(f"/{office.slug}/{answer}/demand", visit)


class PictureRefused(Exception):
    """`retry_after`: seconds, where it may be taken later; else 0."""

    def __init__(self, error: FieldError, *, retry_after: int = 0) -> None:
        super().__init__(error.code)
        self.error = error
        self.retry_after = retry_after

    @property
    def back(self) -> Back:
        if not self.retry_after:
            return wrong(self.error)
        return Back(status=429, errors=(self.error,), retry_after=self.retry_after)


async def taken(visit: Visited, office: TenantRecord, form: FormData) -> BlobView | None:
    """The file that was chosen, kept.

    Raises:
        PictureRefused: it is none that is taken, or too large; or this address or this office has too many in hand.
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
        limit = str(LIMITS.get(refused.code, ""))
        code = IMAGE_CODES[refused.code]
        raise PictureRefused(FieldError(field="image", code=code, value=shown, limit=limit)) from None


async def _known(sheet: Sheet) -> tuple[MatchView | None, bool]:
    """What was answered already; (None, True) where nobody could say in time."""
    text = sheet.draft.text
    if not is_visible(text):
        return None, False
    try:
        return await sheet.visit.parts.reports.match(sheet.office.id, text[:LONGEST_TEXT]), False
    except (Unavailable, Refused):
        return None, True


@router.post("/{slug}/report/{kind}/origin")
@router.post("/{slug}/embed/{kind}/origin")
async def not_this(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    form, sheet = await _told(office, visit, site, kind, request, SECOND)
    sheet = _unsent(sheet)
    if text_of(form, "back"):
        return led(site, sheet, FIRST)
    return led(site, await sheet.but(sheet.draft.checked(form)).put(), SECOND)


@router.post("/{slug}/report/{kind}/contact")
@router.post("/{slug}/embed/{kind}/contact")
async def origin_told(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 2 done."""
    form, sheet = await _told(office, visit, site, kind, request, SECOND)
    sheet = await sheet.but(_unsent(sheet).draft.second(form)).put()
    if text_of(form, "back"):
        return led(site, sheet, FIRST)
    try:
        checked(ReportForm, sheet.draft.values(kind, visit.lang))
    except RequestValidationError as error:
        return await _again(site, sheet, SECOND, wrong(*field_errors(error)))
    shown = {value for value in form.getlist(ASKED) if isinstance(value, str)}
    if mistakes := _wrong_answers(sheet, among=shown):
        return await _again(site, sheet, SECOND, wrong(*mistakes))
    if any(q.asked and q.question.id not in shown for q in _questions(sheet)):
        # What was just answered asks for more.
        return led(site, sheet, SECOND)
    return led(site, sheet, THIRD)


@router.post("/{slug}/report/{kind}/send")
@router.post("/{slug}/embed/{kind}/send")
async def send(office: Office, visit: Visit, site: Site, kind: Kind, request: Request) -> Response:
    """Step 3 done: kept once the broker has it."""
    form, sheet = await _told(office, visit, site, kind, request, THIRD)
    if sheet.draft.sent:
        # Pressed twice, or sent again after Back: the same receipt, whichever answer the browser shows.
        receipt = visit.parts.accepting.receipt(office, sheet.draft.key)
        return _received(sheet, receipt, _ticket_again(sheet))
    sheet = sheet.but(sheet.draft.third(form))
    if text_of(form, "back"):
        return led(site, await sheet.put(), SECOND)
    if mistakes := _wrong_answers(sheet):
        # The office has asked for more meanwhile, or a page was left out.
        return await _again(site, sheet, SECOND, wrong(*mistakes))
    values = sheet.draft.values_with_contact(kind, visit.lang, consent=text_of(form, "consent") == "1")
    values["answers"] = {q.question.id: q.value for q in _questions(sheet) if q.asked and q.value}
    before = await sent_before(visit, office, kind, sheet.draft) if visit.framed is None else None
    if before is not None:
        await sheet.sent(before.number)
        return _received(sheet, before, f"/{office.slug}/tickets/{before.number}?again=1")
    try:
        visit.parts.limits.clients.take(visit.client)
        visit.parts.limits.shares.take(office.id)
        asked: ReportForm = checked(ReportForm, values)
        origin = Origin(Intake(sheet.draft.intake))
        accepted = await visit.parts.accepting.submit_report(office, asked, sheet.draft.key, origin=origin)
    except RequestValidationError as error:
        where = {"contact.address": "email" if sheet.draft.channel == "email" else "phone", "contact": "consent"}
        return await _again(site, sheet, THIRD, wrong(*contact_errors(error, where)))
    except TooMany as busy:
        return THIRD.shown(site, sheet, put_off(busy))
    except Unavailable as away:
        return await _again(site, sheet, THIRD, put_off(away))
    except Refused as refused:
        if refused.code == "uploads_unavailable":
            return await _again(site, sheet, THIRD, NO_UPLOADS)
        if refused.code != "key_reused":
            raise
        # A report with other words went out under this key: these become one of their own.
        return await _again(site, sheet.anew(), THIRD, Back(status=409, trouble=Trouble.ANOTHER))
    if visit.framed is not None:
        return site.show(visit, office, "reporting/embedded.html", ReceiptPage(accepted.number, accepted.tracking_code))
    await remember(visit, office, kind, sheet.draft)
    await sheet.sent(accepted.number)
    return _received(sheet, accepted, f"/{office.slug}/tickets/{accepted.number}")


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


def contact_errors(error: RequestValidationError, where: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Consent and address stand beside each other in the page; pydantic reports both under `contact`."""
    address = ("email_invalid", "phone_invalid")
    found = field_errors(error, where)
    return tuple(replace(e, field=where.get("contact.address", e.field)) if e.code in address else e for e in found)


@router.get("/{slug}/report")
async def no_kind(office: Office) -> Response:
    raise NotFound("kind")
