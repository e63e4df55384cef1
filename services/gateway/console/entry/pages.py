"""An officer enters a report: for somebody who came, called or wrote, or of a post that they saw.

GET  console/reports/new[?as=post]  the form, on one page
POST console/reports/new            leads to the receipt
GET  console/reports/{number}       number and code, to hand over or to print
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.words import CHECKERS, Intake, ReportKind
from libs.kit import areas
from libs.kit.addresses import addresses
from libs.runtime.errors import Refused
from services.gateway.access.resuming import only_shown
from services.gateway.console.entry import views
from services.gateway.console.entry.forms import EntryForm, check_entry
from services.gateway.console.shift import Done, OnShift, Said, Shift
from services.gateway.dispatch.accepting import Origin
from services.gateway.paths import Number
from services.gateway.reporting.draft import Draft
from services.gateway.reporting.one_page import NotSent, answers_in, send, typed
from services.gateway.reporting.pages import (
    RECEIPT_SECONDS,
    STEP_1,
    asked_in,
    checked,
    receipt_cookie,
)
from services.gateway.web.pages import form_of, see, text_of
from services.gateway.web.views import FIRST_TIME, Back, Trouble

router = APIRouter(include_in_schema=False)

POST = "post"
NO_CODE = "-"
"""In the cookie of a report that nobody needs a code for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the form."""

    draft: Draft
    kind: ReportKind = ReportKind.HOAX
    intake: str = ""
    url: str = ""
    consent: bool = False

    @property
    def post(self) -> bool:
        return self.intake == Intake.POST_SEEN

    @property
    def way(self) -> Intake:
        """Any, where none was chosen: that comes back as an error before it counts."""
        return Intake(self.intake) if self.intake in set(Intake) else Intake.FORM

    def values(self) -> dict[str, Any]:
        # In the language of the office: which one the reporter reads is not asked.
        if not self.post:
            values = self.draft.values_with_contact(self.kind, "id", consent=self.consent)
            return {**values, "intake": self.intake}
        values = self.draft.values(ReportKind.HOAX, "id")
        return {**values, "urls": _distinct((*addresses(self.url), *values["urls"])), "intake": self.intake}


def _distinct(urls: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(urls))[:10]


def _written(form: FormData) -> Entry:
    """What was typed. A box of another kind of form says nothing."""
    post = text_of(form, "as") == POST
    kind = text_of(form, "kind")
    return Entry(
        draft=typed(form),
        kind=ReportKind(kind) if kind in set(ReportKind) and not post else ReportKind.HOAX,
        intake=Intake.POST_SEEN if post else text_of(form, "intake")[:20],
        url=text_of(form, "url")[:2_000],
        consent=text_of(form, "consent") == "1",
    )


def _require_checker(shift: Shift) -> None:
    if not shift.officer.has(*CHECKERS):
        raise Refused("role_missing")


@router.get("/{slug}/console/reports/new")
async def empty(shift: OnShift, done: Done, as_: Annotated[str, Query(alias="as", max_length=20)] = "") -> Response:
    _require_checker(shift)
    intake = Intake.POST_SEEN if as_ == POST else ""
    return await _shown(shift, Entry(Draft(key=shift.visit.new_key()), intake=intake))


async def _shown(shift: Shift, entry: Entry, back: Back = FIRST_TIME) -> Response:
    frame = await shift.frame()
    carried = [("as", POST)] if entry.post else []
    csrf = shift.officer.session.csrf
    page = views.EntryPage(
        desk=shift.desk(frame, Said()),
        form=form_of(shift.url("reports", "new"), shift.visit, key=entry.draft.key, csrf=csrf, carried=carried),
        draft=entry.draft,
        areas=areas.children(shift.office.region_code),
        kind=entry.kind,
        intake=entry.intake,
        post=entry.post,
        questions=() if entry.post else asked_in(shift.office, entry.kind, entry.draft.answers),
        url=entry.url,
        back=back,
    )
    return shift.show("entry/entry", page, status=back.status)


@router.post("/{slug}/console/reports/new")
async def entered(shift: OnShift, request: Request) -> Response:
    _require_checker(shift)
    form = await shift.posted(request)
    entry = _written(form)
    shown = only_shown(request)
    if shown:
        return await _shown(shift, entry, Back(status=shown, trouble=Trouble.EXPIRED))

    def read(draft: Draft) -> EntryForm:
        values = replace(entry, draft=draft).values()
        if not entry.post:
            values["answers"] = answers_in(shift.office, entry.kind, draft, form)
        asked: EntryForm = checked(EntryForm, values)
        check_entry(asked)
        return asked

    try:
        accepted = await send(
            shift.visit,
            shift.office,
            form,
            Origin(entry.way, officer=shift.officer.actor),
            count=lambda: shift.parts.limits.officers.take(shift.officer.id),
            read=read,
            fields=_fields(entry),
        )
    except NotSent as back:
        return await _shown(shift, replace(entry, draft=back.draft), back.back)
    response = see(shift.url("reports", accepted.number))
    code = NO_CODE if entry.post else accepted.tracking_code
    path = shift.url("reports", accepted.number)
    shift.parts.set_cookie(response, receipt_cookie(accepted.number), code, seconds=RECEIPT_SECONDS, path=path)
    return shift.visit.finish(response)


def _fields(entry: Entry) -> dict[str, str]:
    """Name in the form of the API -> name in the page."""
    address = "email" if entry.draft.channel == "email" else "phone"
    return {**STEP_1, "urls": "url" if entry.post else "text", "contact.address": address, "contact": "consent"}


@router.get("/{slug}/console/reports/{number}")
async def receipt(shift: OnShift, number: Number) -> Response:
    _require_checker(shift)
    frame = await shift.frame()
    code = shift.visit.request.cookies.get(receipt_cookie(number), "")
    page = views.EnteredPage(
        desk=shift.desk(frame, Said()),
        number=number,
        code="" if code == NO_CODE else code,
        post=code == NO_CODE,
        address=f"{shift.parts.settings.public_url}/{shift.office.slug}/tickets",
    )
    return shift.show("entry/entered", page)
