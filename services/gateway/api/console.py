"""The API for officers. The office is that of the session; another office's ids are unknown here."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from libs.contracts.notify.reads import BulletinView, ByHandRow, LedgerRow
from libs.contracts.reads import Page
from libs.contracts.registry.reads import OfficerView, PartnerRow
from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.reports.reads import CaseRow, CaseView, QueueCounts, ReportRow
from services.gateway.api.models import (
    ALWAYS,
    STAFF,
    WRITING,
    AdoptionWish,
    ApprovalWish,
    ClosingWish,
    CommandAnswer,
    ConfirmationWish,
    DraftWish,
    LeaseWish,
    MergeWish,
    PublicationWish,
    QuestionWish,
    ReferenceWish,
    ReportAnswerWish,
    ReportSettlementWish,
    ReturnWish,
    ScreeningWish,
    SettlementWish,
    SuggestionWish,
    TriageWish,
    problems,
)
from services.gateway.api.public import answered
from services.gateway.checking import check_case, check_officer, check_source
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.dispatch.accepting import check_area
from services.gateway.paths import Id

router = APIRouter(prefix="/console")

Cursor = Annotated[str, Query(max_length=600)]
Word = Annotated[str, Query(max_length=60)]

_READ = problems(*ALWAYS, *STAFF)
_WRITE = {201: {"model": CommandAnswer, "description": "Carried out"}, **problems(*WRITING, *STAFF)}


@router.get("/cases", summary="The queue", responses=_READ)
async def cases(
    parts: Parts,
    officer: SignedInOfficer,
    state: Word = "",
    owner: Word = "",
    severity: Annotated[int | None, Query(ge=1, le=4)] = None,
    unread: bool = False,
    cursor: Cursor = "",
) -> Page[CaseRow]:
    """`unread`: those alone that a reporter brought back, by a "Belum", a message or new evidence."""
    return await parts.reports.cases(
        officer.tenant.id, officer.actor, state=state, owner=owner, severity=severity, unread=unread, cursor=cursor
    )


@router.get("/counts", summary="How much waits", responses=_READ)
async def counts(parts: Parts, officer: SignedInOfficer) -> QueueCounts:
    """For the numbers beside the menu: cases, reviews, other reports, messages to send by hand."""
    return await parts.reports.counts(officer.tenant.id, officer.actor)


@router.get("/officers", summary="Colleagues", responses=_READ)
async def officers(parts: Parts, officer: SignedInOfficer) -> tuple[OfficerView, ...]:
    """Active officers of the office, with their names and roles."""
    return await parts.registry.officers(officer.tenant.id, actor=officer.actor)


@router.get("/cases/{case_id}", summary="One case", responses=_READ)
async def case(parts: Parts, officer: SignedInOfficer, case_id: Id, cursor: Cursor = "") -> CaseView:
    """`cursor` turns the page of its reports."""
    return await parts.reports.case(officer.tenant.id, officer.actor, case_id, cursor=cursor)


@router.post("/cases/{case_id}/lease", status_code=202, summary="Take it in hand, or let go", responses=_WRITE)
async def lease(
    parts: Parts, officer: SignedInOfficer, case_id: Id, wish: LeaseWish, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """Who holds a case works on it; others see that. It ends by itself."""
    reply = await parts.commands.lease_case(officer, key, case_id, release=wish.release, wait=wait)
    return answered(reply, response)


@router.post("/cases/{case_id}/triage", status_code=202, summary="Severity, topic, area, owner", responses=_WRITE)
async def triage(
    parts: Parts, officer: SignedInOfficer, case_id: Id, wish: TriageWish, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """Whoever triages owns the case until somebody else does. The area must lie in the office's own."""
    check_area(officer.tenant, wish.area)
    check_officer(parts.directory, officer.tenant, wish.owner)
    reply = await parts.commands.triage_case(
        officer,
        key,
        case_id,
        severity=wish.severity,
        topic=wish.topic,
        area=wish.area,
        owner=wish.owner,
        wait=wait,
    )
    return answered(reply, response)


@router.post("/cases/{case_id}/questions", status_code=202, summary="Ask a named party, until a date", responses=_WRITE)
async def question(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: QuestionWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """The clock of the case stops until the party has answered, or until the date."""
    reply = await parts.commands.ask_source(
        officer, key, case_id, party=wish.party, question=wish.question, due_at=wish.due_at, wait=wait
    )
    return answered(reply, response)


@router.post("/cases/{case_id}/confirmations", status_code=202, summary="What the party answered", responses=_WRITE)
async def confirmation(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: ConfirmationWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """What the asked party said; the clock of the case runs on."""
    return answered(await parts.commands.record_confirmation(officer, key, case_id, wish.text, wait=wait), response)


@router.post("/cases/{case_id}/references", status_code=202, summary="Add a source", responses=_WRITE)
async def reference(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: ReferenceWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """An address that supports the answer; at least one is needed before it may be submitted."""
    check_source(wish.url)
    source = Reference(title=wish.title, url=wish.url, publisher=wish.publisher)
    return answered(await parts.commands.add_reference(officer, key, case_id, source, wait=wait), response)


@router.delete("/cases/{case_id}/references", status_code=202, summary="Remove a source", responses=_WRITE)
async def remove_reference(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    url: Annotated[str, Query(min_length=4, max_length=2_000)],
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Named by its address."""
    return answered(await parts.commands.remove_reference(officer, key, case_id, url, wait=wait), response)


@router.post("/cases/{case_id}/draft", status_code=202, summary="Save the draft, or submit it", responses=_WRITE)
async def draft(
    parts: Parts, officer: SignedInOfficer, case_id: Id, wish: DraftWish, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """`expects` is the number of the draft that the author had before them: somebody else's later one is never
    overwritten."""
    written = Draft(
        claim=wish.claim,
        verdict=wish.verdict,
        about_own_tenant=wish.about_own_tenant,
        fact=wish.fact,
        explanation=wish.explanation,
        change_note=wish.change_note,
    )
    reply = await parts.commands.save_draft(
        officer, key, case_id, written, expects=wish.expects, submit=wish.submit, wait=wait
    )
    return answered(reply, response)


@router.post("/cases/{case_id}/return", status_code=202, summary="Back to the author", responses=_WRITE)
async def return_draft(
    parts: Parts, officer: SignedInOfficer, case_id: Id, wish: ReturnWish, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """What is to be changed stands with the draft."""
    return answered(await parts.commands.return_draft(officer, key, case_id, wish.note, wait=wait), response)


@router.post("/cases/{case_id}/approval", status_code=202, summary="Approve, with a fresh code", responses=_WRITE)
async def approve(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: ApprovalWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """The code is a fresh one of the officer's second factor. The author cannot approve; some cases need two who do."""
    reply = await parts.commands.approve_verdict(officer, key, case_id, expects=wish.expects, code=wish.code, wait=wait)
    return answered(reply, response)


@router.post("/cases/{case_id}/publication", status_code=202, summary="Publish the answer", responses=_WRITE)
async def publish(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: PublicationWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """After all approvals. Makes the answer public and sends it to those who follow it."""
    return answered(await parts.commands.publish_case(officer, key, case_id, wait=wait), response)


@router.post("/cases/{case_id}/merge", status_code=202, summary="The same claim as another case", responses=_WRITE)
async def merge(
    parts: Parts, officer: SignedInOfficer, case_id: Id, wish: MergeWish, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """Leads on to where that case went. `merged_here` where it has gone into this one already."""
    await check_case(parts.reports, officer, wish.into, field="into")
    return answered(await parts.commands.merge_case(officer, key, case_id, wish.into, wait=wait), response)


@router.post("/cases/{case_id}/suggestions", status_code=202, summary="Not the same claim", responses=_WRITE)
async def judge(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: SuggestionWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Puts a suggestion of the matcher away: another claim, or one of the same campaign."""
    await check_case(parts.reports, officer, wish.other, field="other")
    reply = await parts.commands.judge_suggestion(
        officer, key, case_id, other=wish.other, relation=wish.relation, wait=wait
    )
    return answered(reply, response)


@router.post("/cases/{case_id}/closing", status_code=202, summary="Close the case", responses=_WRITE)
async def close(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: ClosingWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Without an answer; the reason stands in the case's history."""
    return answered(await parts.commands.close_case(officer, key, case_id, reason=wish.reason, wait=wait), response)


@router.post("/cases/{case_id}/adoption", status_code=202, summary="Take a merged case's draft", responses=_WRITE)
async def adopt(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: AdoptionWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """The draft that stood there is kept in its place."""
    reply = await parts.commands.adopt_draft(officer, key, case_id, of=wish.of, expects=wish.expects, wait=wait)
    return answered(reply, response)


@router.post("/cases/{case_id}/settlement", status_code=202, summary="Dealt with what came back", responses=_WRITE)
async def settle(
    parts: Parts,
    officer: SignedInOfficer,
    case_id: Id,
    wish: SettlementWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """A message to the reporter does the same for their report."""
    reply = await parts.commands.settle_recalls(officer, key, case_id, report_id=wish.report_id, wait=wait)
    return answered(reply, response)


@router.get("/reports", summary="Reports, by kind and state", responses=_READ)
async def reports(
    parts: Parts, officer: SignedInOfficer, kind: Word = "", state: Word = "", cursor: Cursor = ""
) -> Page[ReportRow]:
    """Newest first, by kind and state."""
    return await parts.reports.reports(officer.tenant.id, officer.actor, kind=kind, state=state, cursor=cursor)


@router.get("/reports/{report_id}", summary="One report", responses=_READ)
async def report(parts: Parts, officer: SignedInOfficer, report_id: Id) -> ReportRow:
    """What was sent, without who sent it."""
    return await parts.reports.report(officer.tenant.id, officer.actor, report_id)


@router.post("/reports/{report_id}/messages", status_code=202, summary="Write to the reporter", responses=_WRITE)
async def message(
    parts: Parts,
    officer: SignedInOfficer,
    report_id: Id,
    wish: ConfirmationWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Read with the ticket's code, and sent to the reporter's contact where there is one."""
    return answered(await parts.commands.reply_to_reporter(officer, key, report_id, wish.text, wait=wait), response)


@router.post("/reports/{report_id}/answer", status_code=202, summary="Answer one reporter", responses=_WRITE)
async def answer(
    parts: Parts,
    officer: SignedInOfficer,
    report_id: Id,
    wish: ReportAnswerWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Once; for what is no hoax. Read with the ticket's code, and sent to the reporter's contact where there is one."""
    reply = await parts.commands.answer_report(officer, key, report_id, outcome=wish.outcome, text=wish.text, wait=wait)
    return answered(reply, response)


@router.post("/reports/{report_id}/screening", status_code=202, summary="Screen it out", responses=_WRITE)
async def screen_out(
    parts: Parts,
    officer: SignedInOfficer,
    report_id: Id,
    wish: ScreeningWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """It is not looked into; the reporter reads why."""
    return answered(await parts.commands.screen_out_report(officer, key, report_id, wish.reason, wait=wait), response)


@router.post("/reports/{report_id}/settlement", status_code=202, summary="Dealt with its mark", responses=_WRITE)
async def settle_report(
    parts: Parts,
    officer: SignedInOfficer,
    report_id: Id,
    wish: ReportSettlementWish,
    key: Key,
    wait: StaffWait,
    response: Response,
) -> CommandAnswer:
    """Takes the mark off one report of a case."""
    return answered(await parts.commands.settle_report(officer, key, report_id, wait=wait), response)


@router.get("/cases/{case_id}/bulletins", summary="How far the answer has been carried", responses=_READ)
async def bulletins(parts: Parts, officer: SignedInOfficer, case_id: Id) -> tuple[BulletinView, ...]:
    """One entry for each version that was sent, with how many deliveries and requests are in which state."""
    return await parts.notify.bulletins(officer.tenant.id, officer.actor, case_id)


@router.get("/bulletins/{bulletin_id}/ledger", summary="Every recipient and channel", responses=_READ)
async def ledger(
    parts: Parts, officer: SignedInOfficer, bulletin_id: Id, state: Word = "", cursor: Cursor = ""
) -> Page[LedgerRow]:
    """One row for each recipient and channel of one version of an answer: its state, and why it did not arrive."""
    return await parts.notify.ledger(officer.tenant.id, officer.actor, bulletin_id, state=state, cursor=cursor)


@router.get("/by-hand", summary="Messages to send by hand", responses=_READ)
async def by_hand(parts: Parts, officer: SignedInOfficer, cursor: Cursor = "") -> Page[ByHandRow]:
    """What waits for an officer to send from the office's own telephone, oldest first."""
    return await parts.notify.by_hand(officer.tenant.id, officer.actor, cursor=cursor)


@router.get("/partners", summary="Partners", responses=_READ)
async def partners(
    parts: Parts,
    officer: SignedInOfficer,
    area: Word = "",
    kind: Word = "",
    state: Word = "",
    cursor: Cursor = "",
) -> Page[PartnerRow]:
    """Those of the office, by area, kind and state."""
    return await parts.registry.partners(
        officer.tenant.id, officer.actor, area=area, kind=kind, state=state, cursor=cursor
    )


@router.post("/deliveries/{delivery_id}/sent-by-hand", status_code=202, summary="I have sent it", responses=_WRITE)
async def sent_by_hand(
    parts: Parts, officer: SignedInOfficer, delivery_id: Id, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """Recorded as sent by an officer, not as arrived."""
    return answered(await parts.commands.mark_sent_by_hand(officer, key, delivery_id, wait=wait), response)


@router.post("/deliveries/{delivery_id}/retry", status_code=202, summary="Try a failed one again", responses=_WRITE)
async def retry(
    parts: Parts, officer: SignedInOfficer, delivery_id: Id, key: Key, wait: StaffWait, response: Response
) -> CommandAnswer:
    """A delivery that failed for good, or whose outcome nobody knows; the recipient may get it twice."""
    return answered(await parts.commands.retry_delivery(officer, key, delivery_id, wait=wait), response)
