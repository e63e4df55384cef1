"""One case: reports, evidence, draft, clocks, and everything an officer does with it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from libs.contracts.reports.parts import Draft
from libs.contracts.reports.reads import CaseView
from libs.runtime.errors import NotFound, Unavailable
from services.gateway.access.resuming import only_shown
from services.gateway.console.carrying import VERSION, Pressed, carry_out
from services.gateway.console.case import views as case_views
from services.gateway.console.case import wishes
from services.gateway.console.case.page import case_page, reference_id, report_line
from services.gateway.console.case.unsent import (
    DRAFT,
    NOTHING,
    SECTIONS,
    Unsent,
    is_crossed,
    is_page,
    keep,
    kept,
    unsent_in,
)
from services.gateway.console.requests.wishes import reply_name
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import (
    Attempt,
    Done,
    OnShift,
    Said,
    Shift,
    wrong,
)
from services.gateway.console.wishes import WISHES
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted
from services.gateway.paths import Id, Position
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor, number_in, see, text_of

router = APIRouter(include_in_schema=False)

Send = Callable[[UUID], Awaitable[Reply]]


async def read(shift: Shift, case_id: str, *, cursor: str = "") -> CaseView:
    return await shift.parts.reports.case(shift.office.id, shift.officer.actor, case_id, cursor=cursor)


async def _shown(shift: Shift, case_id: str, said: Said, attempt: Attempt | None = None) -> Response:
    case, frame = await asyncio.gather(read(shift, case_id), shift.frame())
    if case.merged_into is not None:
        return shift.visit.finish(see(f"{shift.url('cases', case.merged_into)}?done={LED_HERE.word}"))
    # What was just sent is the last word, wherever the rest of it could be kept.
    whole = attempt is not None and is_page(attempt.form)
    unsent = unsent_in(attempt.form, case) if attempt is not None and whole else await kept(shift, case)
    if attempt is None:
        attempt = _crossed(shift, case, said, unsent)
    elif whole and is_crossed(case, unsent):
        attempt = replace(attempt, conflict=True)
    page = case_page(shift, case, frame, said, attempt, unsent)
    return shift.show("case/case", page, status=attempt.status if attempt else 200)


def _crossed(shift: Shift, case: CaseView, said: Said, unsent: Unsent) -> Attempt | None:
    """Somebody saved a draft while another was being written here: as if that had been sent now."""
    if not is_crossed(case, unsent):
        return None
    form = FormData(list(unsent.fields.items()))
    return Attempt(what="draft", form=form, key=str(shift.visit.new_key()), status=200, said=said, conflict=True)


@router.get("/{slug}/console/cases/{case_id}")
async def case(shift: OnShift, case_id: Id, done: Done) -> Response:
    return await _shown(shift, case_id, done)


@router.get("/{slug}/console/cases/{case_id}/reports")
async def reports(shift: OnShift, case_id: Id, after: Cursor = "") -> Response:
    found, frame = await asyncio.gather(read(shift, case_id, cursor=after), shift.frame())
    base = shift.url("cases", case_id)
    page = case_views.CaseReportsPage(
        desk=shift.desk(frame, Said()),
        number=found.number,
        case_url=base,
        title=found.title,
        total=found.askers,
        reports=tuple(report_line(shift, r, None, frame, case_id=case_id) for r in found.reports.items),
        next_url=f"{base}/reports?after={found.reports.next}" if found.reports.next else "",
    )
    return shift.show("case/case_reports", page)


@router.get("/{slug}/console/reports/{report_id}/pictures/{number}")
async def picture(shift: OnShift, report_id: Id, number: Position) -> Response:
    data = await shift.parts.reports.picture(shift.office.id, shift.officer.actor, report_id, number)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.get("/{slug}/console/reports/{report_id}/pages/{page}/{turn}/picture")
async def page_picture(shift: OnShift, report_id: Id, page: Position, turn: Position) -> Response:
    data = await shift.parts.reports.page_picture(shift.office.id, shift.officer.actor, report_id, page, turn)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.get("/{slug}/console/reports/{report_id}/pages/{page}/{turn}/copy")
async def page_copy(shift: OnShift, report_id: Id, page: Position, turn: Position) -> Response:
    """Never shown: it is a stranger's page, and leaves as a file."""
    data = await shift.parts.reports.page_copy(shift.office.id, shift.officer.actor, report_id, page, turn)
    name = f"laman-{report_id[:8]}-{page}-{turn}.warc.gz"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/warc", headers=headers)


async def _carry(shift: Shift, pressed: Pressed, *, to: str = "") -> Response:
    """What else was typed on the page is kept, before and after.

    Args:
        to: address of the page that shows what came of it, where it is not that of the case.
    """
    case_id, form = pressed.ids["case_id"], pressed.form

    async def again(attempt: Attempt) -> Response:
        return await _shown(shift, case_id, Said(), attempt)

    there = to or shift.url("cases", case_id)
    if only_shown(shift.visit.request) or not is_page(form):
        return await carry_out(shift, pressed, to=there, again=again)
    case = await or_missing(read(shift, case_id))
    unsent = unsent_in(form, case)
    if unsent.at is not None and not await keep(shift, case_id, unsent):
        # The next page would come without what else was typed.
        said = Said(problem="unavailable")
        return await again(Attempt(what=pressed.what, form=form, key=text_of(form, "key"), status=503, said=said))
    answer = await carry_out(shift, pressed, to=there, again=again)
    wrote = _written(pressed)
    if answer.status_code == 303 and wrote:
        await keep(shift, case_id, unsent_in(form, case, but=wrote))
    return answer


def _written(pressed: Pressed) -> Collection[str]:
    """Fields of the page that it carried out."""
    called = pressed.button.called
    return (reply_name(pressed.posted),) if called == "reply" else SECTIONS.get(called, ())


@router.post("/{slug}/console/cases/{case_id}/unsent")
async def typed(shift: OnShift, case_id: Id, request: Request) -> Response:
    """Kept as it is, whatever is wrong with it: by a script while somebody writes, and by Enter in a field."""
    form = await shift.posted(request)
    by_script = request.headers.get("accept") == "application/json"
    if only_shown(request):
        said = Said(problem="typed_again")
        attempt = Attempt(what="draft", form=form, key=text_of(form, "key"), status=only_shown(request), said=said)
        return await _shown(shift, case_id, Said(), attempt)
    case = await read(shift, case_id)
    unsent = unsent_in(form, case, but=DRAFT if text_of(form, "drop") else ())
    if not await keep(shift, case_id, unsent):
        raise Unavailable("shelf")
    if not by_script:
        return shift.visit.finish(see(shift.url("cases", case_id)))
    at = unsent.at.astimezone(shift.zone.tz).strftime("%H.%M") if unsent.at else ""
    return JSONResponse({"at": at}, headers={"Cache-Control": "no-store"})


LED_HERE = Notice("led_here", "Kasus yang Anda buka sudah digabung ke kasus ini.")
REMOVE = Button(
    "cases/{case_id}/references/{reference}/remove",
    each="reference",
    done=Notice("reference_removed", "Bukti dilepas dari kasus."),
)
CORRECT = Button(
    "cases/{case_id}/correct",
    done=Notice("correction_started", "Draf ralat dibuka. Versi yang terbit tetap tampil sampai ralatnya disetujui."),
)
JOIN = Button(
    "cases/{case_id}/similar/{other}/{relation}",
    name="similar",
    each="relation",
    done=Notice("merged", "Kedua kasus digabung. Laporannya pindah ke kasus ini sebentar lagi."),
)
PUT_AWAY = replace(JOIN, done=Notice("similar_answered", "Jawaban Anda tentang kasus mirip tersimpan."))


@router.post("/{slug}/console/cases/{case_id}/references/{reference}/remove")
async def remove_reference(shift: OnShift, case_id: Id, reference: Id, request: Request) -> Response:
    posted = await shift.received(request, case_id=case_id, reference=reference)
    found = await read(shift, case_id)
    url = next((r.url for r in found.references if reference_id(r.url) == reference), None)
    if url is None:
        # Removed by somebody else, or by the first sending of this very form.
        return shift.visit.finish(see(f"{shift.url('cases', case_id)}?done={REMOVE.done.word}"))
    remove = shift.sending(wishes.REMOVE_REFERENCE, case_id, {"url": url})
    return await _carry(shift, Pressed(REMOVE, posted, remove))


def _version_of(posted: Posted) -> int:
    """
    Raises:
        RequestValidationError: the page's own hidden field was tampered with.
    """
    version = number_in(posted.text(VERSION))
    if version is None:
        raise wrong(VERSION, "invalid")
    return version


@router.post("/{slug}/console/cases/{case_id}/correct")
async def correct(shift: OnShift, case_id: Id, request: Request) -> Response:
    """The published text becomes the draft of the next version; what stands stays until that one is approved."""
    posted = await shift.received(request, case_id=case_id)
    found = await read(shift, case_id)
    draft = found.draft.model_copy(update={"change_note": ""})
    save = shift.sending(wishes.DRAFT, case_id, _saved(draft, expects=found.draft_number))
    return await _carry(shift, Pressed(CORRECT, posted, save))


def _saved(draft: Draft, *, expects: int) -> dict[str, Any]:
    return {**{name: getattr(draft, name) for name in Draft.model_fields}, "expects": expects}


@router.post("/{slug}/console/cases/{case_id}/similar/{other}/{relation}")
async def judge(shift: OnShift, case_id: Id, other: Id, relation: Id, request: Request) -> Response:
    """The same claim: the case without a published answer joins the other. Else the suggestion is put away."""
    posted = await shift.received(request, case_id=case_id, other=other, relation=relation)
    if relation in ("campaign", "different"):
        put_away = shift.sending(wishes.JUDGE, case_id, {"other": other, "relation": relation})
        return await _carry(shift, Pressed(PUT_AWAY, posted, put_away))
    if relation != "same":
        raise NotFound("relation")
    found = await read(shift, case_id)
    stays = case_id if found.clarification is not None else other
    joins = other if stays == case_id else case_id

    async def merge(key: UUID) -> Reply:
        unsent = unsent_in(posted.form, found) if joins == case_id and is_page(posted.form) else NOTHING
        if unsent.draft is not None:
            # A case that has joined another is opened no more: what was typed goes along as its draft.
            saved = _saved(unsent.draft, expects=_version_of(posted))
            await shift.send(wishes.DRAFT, uuid5(key, "draft"), case_id, saved)
        return await shift.send(wishes.MERGE, key, joins, {"into": stays})

    return await _carry(shift, Pressed(JOIN, posted, merge), to=shift.url("cases", stays))


add_buttons(router, WISHES, "cases/", _carry)
