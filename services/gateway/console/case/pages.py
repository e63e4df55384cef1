"""One case: reports, evidence, draft, clocks, and everything an officer does with it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.reports.reads import CaseView
from libs.runtime.errors import NotFound, Unavailable
from services.gateway.access.resuming import only_shown
from services.gateway.api.models import (
    ClosingWish,
    ConfirmationWish,
    DraftWish,
    QuestionWish,
    ReferenceWish,
    ScreeningWish,
    TriageWish,
)
from services.gateway.checking import check_source
from services.gateway.console.case import views as case_views
from services.gateway.console.case.page import case_page, end_of_day, reference_id, report_line
from services.gateway.console.case.unsent import (
    DRAFT,
    NOTHING,
    REPLY,
    SECTIONS,
    Unsent,
    is_crossed,
    is_page,
    keep,
    kept,
    unsent_in,
)
from services.gateway.console.shift import (
    Attempt,
    Done,
    OnShift,
    Said,
    Shift,
    carry_out,
    checked,
    require,
    wrong,
)
from services.gateway.dispatch.accepting import check_area
from services.gateway.dispatch.commands import Reply
from services.gateway.front.pages import Cursor
from services.gateway.paths import Id, Position
from services.gateway.reads import or_missing
from services.gateway.web.pages import number_in, see, text_of

router = APIRouter(include_in_schema=False)

Wish = Callable[[UUID], Awaitable[Reply]]


async def read(shift: Shift, case_id: str, *, cursor: str = "") -> CaseView:
    return await shift.parts.reports.case(shift.office.id, shift.officer.actor, case_id, cursor=cursor)


async def _shown(shift: Shift, case_id: str, said: Said, attempt: Attempt | None = None) -> Response:
    case, frame = await asyncio.gather(read(shift, case_id), shift.frame())
    if case.merged_into is not None:
        return shift.visit.finish(see(f"{shift.url('cases', case.merged_into)}?done=led_here"))
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
        reports=tuple(report_line(shift, r, None, case_id=case_id) for r in found.reports.items),
        next_url=f"{base}/reports?after={found.reports.next}" if found.reports.next else "",
    )
    return shift.show("case/case_reports", page)


@router.get("/{slug}/console/reports/{report_id}/pictures/{number}")
async def picture(shift: OnShift, report_id: Id, number: Position) -> Response:
    data = await shift.parts.reports.picture(shift.office.id, shift.officer.actor, report_id, number)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


async def _do(
    shift: Shift,
    case_id: str,
    form: FormData,
    wish: Wish,
    *,
    what: str,
    done: str,
    names: dict[str, str] | None = None,
    to: str = "",
    wrote: Collection[str] = (),
) -> Response:
    """
    Args:
        wrote: fields of the page that this carries out, where they are no section of it.
    """

    async def again(attempt: Attempt) -> Response:
        return await _shown(shift, case_id, Said(), attempt)

    there = to or shift.url("cases", case_id)
    if only_shown(shift.visit.request) or not is_page(form):
        return await carry_out(shift, form, wish, what=what, done=done, to=there, again=again, names=names)
    case = await or_missing(read(shift, case_id))
    unsent = unsent_in(form, case)
    if unsent.at is not None and not await keep(shift, case_id, unsent):
        # The next page would come without what else was typed.
        said = Said(problem="unavailable")
        return await again(Attempt(what=what, form=form, key=text_of(form, "key"), status=503, said=said))
    answer = await carry_out(shift, form, wish, what=what, done=done, to=there, again=again, names=names)
    done_with = wrote or SECTIONS.get(what, ())
    if answer.status_code == 303 and done_with:
        await keep(shift, case_id, unsent_in(form, case, but=done_with))
    return answer


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


@router.post("/{slug}/console/cases/{case_id}/claim")
async def claim(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.lease_case(shift.officer, key, case_id)

    return await _do(shift, case_id, form, wish, what="claim", done="claimed")


@router.post("/{slug}/console/cases/{case_id}/release")
async def release(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.lease_case(shift.officer, key, case_id, release=True)

    return await _do(shift, case_id, form, wish, what="release", done="released")


@router.post("/{slug}/console/cases/{case_id}/triage")
async def triage(shift: OnShift, case_id: Id, request: Request) -> Response:
    """Whoever triages a case owns it until somebody else does."""
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        require(form, "severity", "topic")
        given = checked(
            TriageWish,
            {
                "severity": number_in(text_of(form, "severity")),
                "topic": text_of(form, "topic"),
                "area": text_of(form, "area") or None,
            },
        )
        check_area(shift.office, given.area)
        return await shift.commands.triage_case(
            shift.officer,
            key,
            case_id,
            severity=given.severity,
            topic=given.topic,
            area=given.area,
            owner=shift.officer.id,
        )

    return await _do(shift, case_id, form, wish, what="triage", done="triaged")


@router.post("/{slug}/console/cases/{case_id}/references")
async def add_reference(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)
    url = text_of(form, "url").strip()

    async def wish(key: UUID) -> Reply:
        require(form, "title", "url")
        given = checked(
            ReferenceWish,
            {"title": text_of(form, "title"), "url": url, "publisher": text_of(form, "publisher")},
        )
        check_source(given.url)
        source = Reference(title=given.title, url=given.url, publisher=given.publisher)
        return await shift.commands.add_reference(shift.officer, key, case_id, source)

    return await _do(shift, case_id, form, wish, what="references", done="reference_added")


@router.post("/{slug}/console/cases/{case_id}/references/{reference}/remove")
async def remove_reference(shift: OnShift, case_id: Id, reference: Id, request: Request) -> Response:
    form = await shift.posted(request)
    found = await read(shift, case_id)
    url = next((r.url for r in found.references if reference_id(r.url) == reference), None)
    if url is None:
        # Removed by somebody else, or by the first sending of this very form.
        return shift.visit.finish(see(f"{shift.url('cases', case_id)}?done=reference_removed"))

    async def wish(key: UUID) -> Reply:
        return await shift.commands.remove_reference(shift.officer, key, case_id, url)

    return await _do(shift, case_id, form, wish, what=f"remove {reference}", done="reference_removed")


DRAFT_NAMES = {"change_note": "change"}


def draft_of(form: FormData) -> Draft:
    """
    Raises:
        RequestValidationError: a field is too long, or holds what no text holds.
    """
    given = checked(
        DraftWish,
        {
            "claim": text_of(form, "claim"),
            "verdict": text_of(form, "verdict") or None,
            "about_own_tenant": {"yes": True, "no": False}.get(text_of(form, "about_own_tenant")),
            "fact": text_of(form, "fact"),
            "explanation": text_of(form, "explanation").replace("\r\n", "\n"),
            "change_note": text_of(form, "change"),
            "expects": version_of(form),
        },
    )
    return Draft(
        claim=given.claim,
        verdict=given.verdict,
        about_own_tenant=given.about_own_tenant,
        fact=given.fact,
        explanation=given.explanation,
        change_note=given.change_note,
    )


def version_of(form: FormData) -> int:
    """
    Raises:
        RequestValidationError: the page's own hidden field was tampered with.
    """
    version = number_in(text_of(form, "version"))
    if version is None:
        raise wrong("version", "invalid")
    return version


async def _written(shift: Shift, case_id: str, request: Request, *, submit: bool) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.save_draft(
            shift.officer, key, case_id, draft_of(form), expects=version_of(form), submit=submit
        )

    done = "submitted" if submit else "draft_saved"
    return await _do(shift, case_id, form, wish, what="draft", done=done, names=DRAFT_NAMES)


@router.post("/{slug}/console/cases/{case_id}/draft")
async def save_draft(shift: OnShift, case_id: Id, request: Request) -> Response:
    return await _written(shift, case_id, request, submit=False)


@router.post("/{slug}/console/cases/{case_id}/submit")
async def submit_draft(shift: OnShift, case_id: Id, request: Request) -> Response:
    return await _written(shift, case_id, request, submit=True)


@router.post("/{slug}/console/cases/{case_id}/correct")
async def correct(shift: OnShift, case_id: Id, request: Request) -> Response:
    """The published text becomes the draft of the next version; what stands stays until that one is approved."""
    form = await shift.posted(request)
    found = await read(shift, case_id)

    async def wish(key: UUID) -> Reply:
        draft = found.draft.model_copy(update={"change_note": ""})
        return await shift.commands.save_draft(shift.officer, key, case_id, draft, expects=found.draft_number)

    return await _do(shift, case_id, form, wish, what="correct", done="correction_started")


@router.post("/{slug}/console/cases/{case_id}/publish")
async def publish(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.publish_case(shift.officer, key, case_id)

    return await _do(shift, case_id, form, wish, what="publish", done="published")


@router.post("/{slug}/console/cases/{case_id}/ask")
async def ask(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)
    agencies = {a.id: a.name for a in shift.parts.directory.agencies_of(shift.office.id)}
    party = agencies.get(text_of(form, "party"), "")

    async def wish(key: UUID) -> Reply:
        require(form, "party", "until")
        due_at = end_of_day(text_of(form, "until"), shift, now=datetime.now(UTC))
        given = {"party": party, "question": text_of(form, "question"), "due_at": due_at.isoformat()}
        asked = checked(QuestionWish, given)
        return await shift.commands.ask_source(
            shift.officer, key, case_id, party=asked.party, question=asked.question, due_at=asked.due_at
        )

    return await _do(shift, case_id, form, wish, what="ask", done="asked", names={"due_at": "until"})


@router.post("/{slug}/console/cases/{case_id}/confirm")
async def confirm(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        given = checked(ConfirmationWish, {"text": text_of(form, "confirmed")})
        return await shift.commands.record_confirmation(shift.officer, key, case_id, given.text)

    return await _do(shift, case_id, form, wish, what="confirm", done="confirmed", names={"text": "confirmed"})


@router.post("/{slug}/console/cases/{case_id}/close")
async def close(shift: OnShift, case_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        require(form, "reason")
        given = checked(ClosingWish, {"reason": text_of(form, "reason").strip()})
        return await shift.commands.close_case(shift.officer, key, case_id, reason=given.reason)

    return await _do(shift, case_id, form, wish, what="close", done="closed")


@router.post("/{slug}/console/cases/{case_id}/settle")
async def settle(shift: OnShift, case_id: Id, request: Request) -> Response:
    """Everything that reporters brought back has been dealt with, by the officer's word."""
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.settle_recalls(shift.officer, key, case_id)

    return await _do(shift, case_id, form, wish, what="settle", done="settled")


@router.post("/{slug}/console/cases/{case_id}/reports/{report_id}/settle")
async def settle_one(shift: OnShift, case_id: Id, report_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.settle_recalls(shift.officer, key, case_id, report_id=report_id)

    return await _do(shift, case_id, form, wish, what=f"settle {report_id}", done="settled")


@router.post("/{slug}/console/cases/{case_id}/drafts/{of}/adopt")
async def adopt(shift: OnShift, case_id: Id, of: Id, request: Request) -> Response:
    """The draft of a merged case in place of the one that stands; that one is kept beside it."""
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.adopt_draft(shift.officer, key, case_id, of=of, expects=version_of(form))

    return await _do(shift, case_id, form, wish, what=f"adopt {of}", done="adopted")


@router.post("/{slug}/console/cases/{case_id}/similar/{other}/{relation}")
async def judge(shift: OnShift, case_id: Id, other: Id, relation: Id, request: Request) -> Response:
    """The same claim: the case without a published answer joins the other. Else the suggestion is put away."""
    form = await shift.posted(request)
    what = f"similar {relation}"
    if relation in ("campaign", "different"):

        async def put_away(key: UUID) -> Reply:
            return await shift.commands.judge_suggestion(shift.officer, key, case_id, other=other, relation=relation)

        return await _do(shift, case_id, form, put_away, what=what, done="similar_answered")
    if relation != "same":
        raise NotFound("relation")
    found = await read(shift, case_id)
    stays = case_id if found.clarification is not None else other
    joins = other if stays == case_id else case_id

    async def merge(key: UUID) -> Reply:
        unsent = unsent_in(form, found) if joins == case_id and is_page(form) else NOTHING
        if unsent.draft is not None:
            # A case that has joined another is opened no more: what was typed goes along as its draft.
            of_draft = uuid5(key, "draft")
            await shift.commands.save_draft(shift.officer, of_draft, case_id, unsent.draft, expects=version_of(form))
        return await shift.commands.merge_case(shift.officer, key, joins, stays)

    return await _do(shift, case_id, form, merge, what=what, done="merged", to=shift.url("cases", stays))


@router.post("/{slug}/console/cases/{case_id}/reports/{report_id}/reply")
async def reply(shift: OnShift, case_id: Id, report_id: Id, request: Request) -> Response:
    form = await shift.posted(request)
    name = reply_name(form, report_id)

    async def wish(key: UUID) -> Reply:
        given = checked(ConfirmationWish, {"text": text_of(form, name) or text_of(form, "text")})
        return await shift.commands.reply_to_reporter(shift.officer, key, report_id, given.text)

    return await _do(shift, case_id, form, wish, what=f"reply {report_id}", done="replied", wrote=(name,))


def reply_name(form: FormData, report_id: str) -> str:
    """The box that was written in: the one beside the button, where the report has several on the page."""
    named = text_of(form, "box")
    return named if named.startswith(REPLY) else f"{REPLY}{report_id}"


@router.post("/{slug}/console/cases/{case_id}/reports/{report_id}/screen")
async def screen_out(shift: OnShift, case_id: Id, report_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await screened_out(shift, form, key, report_id)

    return await _do(shift, case_id, form, wish, what=f"screen {report_id}", done="screened_out")


async def screened_out(shift: Shift, form: FormData, key: UUID, report_id: str) -> Reply:
    own = f"reason-{report_id}"  # On the case page, where the reason of closing it is asked for as well.
    name = own if own in form else "reason"
    require(form, name)
    given = checked(ScreeningWish, {"reason": text_of(form, name)})
    return await shift.commands.screen_out_report(shift.officer, key, report_id, given.reason)
