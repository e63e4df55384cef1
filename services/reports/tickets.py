"""What the holder of a ticket sees: their report, the case it belongs to, and the answer of that case."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.reports.reads import (
    ClaimAnswer,
    KnownCard,
    PartnerReport,
    SentFile,
    Step,
    TicketOpening,
    TicketView,
)
from libs.contracts.words import CaseState, ClarificationState, ReportState
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.mongo import key
from services.reports.case.reads import asked_by
from services.reports.case.state import ENDED, Case
from services.reports.clarification.reads import card
from services.reports.clarification.rules import Clarification
from services.reports.known.reads import card as known_card
from services.reports.looking import living_end
from services.reports.report.reads import answers_of, messages_of
from services.reports.report.rules import Report, has_preview
from services.reports.steps import CASE_STEPS, REPORT_STEPS, step
from services.reports.store import Store

PUBLIC_STEPS = {"asked", "confirmed", "decided", "published", "closed"}


class Tickets:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors

    async def one(self, tenant: str, number: str, code_hash: str) -> TicketView:
        """Raises:
        NotFound: no such number, or not its code; which of the two is not said.
        """
        report = await self._held(tenant, number, code_hash)
        case = await living_end(self._store, tenant, report.case_id)
        clarification = await self._store.clarification_of(tenant, case)
        steps = await self._ticket_steps(tenant, report, case, clarification)
        return TicketView(
            report_id=report.report_id,
            number=report.number,
            kind=report.kind,
            state=ticket_state(report, case, clarification),
            received_at=report.received_at,
            text=report.text,
            urls=report.urls,
            answers=answers_of(report),
            attachments=len(report.attachments),
            files=tuple(SentFile(kind=a.kind or "picture", has_preview=has_preview(a)) for a in report.attachments),
            area=report.area,
            confidential=report.confidential,
            anonymous=report.anonymous,
            case_id=case.case_id if case else None,
            others=_others(report, case, clarification) if case else 0,
            waiting_for=case.party if case else None,
            waiting_until=case.asked_until if case else None,
            answer_due_at=case.answer_due_at if case else report.answer_due_at,
            clarification=card(clarification) if clarification else None,
            known=await self._known(case) if clarification is None else None,
            claims=await self._claims(tenant, report, clarification),
            answer=report.answer,
            outcome=report.answered_outcome,
            helpful=report.helpful,
            screened_reason=report.screened_reason,
            ended_reason=case.closed_reason if case is not None and has_ended(report, case) else "",
            steps=steps,
            messages=messages_of(report),
        )

    async def _known(self, case: Case | None) -> KnownCard | None:
        """Only what the matcher is sure of: nobody is to take another's claim for theirs."""
        if case is None or case.state in ENDED:
            return None
        for found in case.known:
            for scope, known in await self._store.known([key(found.scope, found.id)] if found.is_sure else []):
                if not known.withdrawn:
                    return known_card(scope, known)
        return None

    async def _claims(
        self, tenant: str, report: Report, clarification: Clarification | None
    ) -> tuple[ClaimAnswer, ...]:
        """Each answer once, with the first claim that it is for; what answers the whole report is told there."""
        sure = {c.candidates[0].case_id: c.text for c in reversed(report.claims) if c.is_sure and c.candidates}
        if not sure:
            return ()
        where = {"ix.case": {"$in": list(sure)}, "ix.state": ClarificationState.PUBLISHED}
        published = {c.case_id: c for c in await self._store.find_clarifications(tenant, where, limit=len(sure))}
        if clarification is not None:
            published.pop(clarification.case_id, None)
        order = [case_id for case_id in reversed(sure) if case_id in published]
        return tuple(ClaimAnswer(text=sure[case_id], card=card(published[case_id])) for case_id in order)

    async def report_of(self, tenant: str, number: str, code_hash: str) -> str:
        """Raises:
        NotFound: as for the ticket.
        """
        return (await self._held(tenant, number, code_hash)).report_id

    async def _held(self, tenant: str, number: str, code_hash: str) -> Report:
        found = await self._store.find_reports(tenant, {"ix.number": number}, sort=(), limit=1)
        if not found or not hmac.compare_digest(found[0].code_hash, code_hash) or not code_hash:
            raise NotFound("ticket")
        return found[0]

    async def opening(self, tenant: str, number: str) -> TicketOpening:
        """Raises:
        NotFound: no such number.
        """
        found = await self._store.find_reports(tenant, {"ix.number": number}, sort=(), limit=1)
        if not found:
            raise NotFound("ticket")
        return TicketOpening(report_id=found[0].report_id, code_hash=found[0].code_hash)

    async def of_partner(
        self, tenant: str, partner: str, *, cursor: str | None = None, limit: int = 20
    ) -> Page[PartnerReport]:
        """What a partner reported, newest first."""
        scope, where = f"partner|{tenant}|{partner}", dict[str, Any]({"ix.partner": partner})
        count = await self._engine.collection("report").count(tenant, where)
        if cursor:
            at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            before = [{"ix.received": {"$lt": moment}}, {"ix.received": moment, "_id": {"$lt": last}}]
            where = {"$and": [where, {"$or": before}]}
        found = await self._store.find_reports(tenant, where, sort=(("ix.received", -1), ("_id", -1)), limit=limit + 1)
        shown = found[:limit]
        next_ = None
        if len(found) > limit:
            next_ = self._cursors.encode(scope, [shown[-1].received_at.isoformat(), f"{tenant}/{shown[-1].report_id}"])
        items = [await self._for_partner(tenant, report) for report in shown]
        return Page(items=tuple(items), next=next_, count=count)

    async def one_of_partner(self, tenant: str, partner: str, report_id: str) -> PartnerReport:
        """
        Raises:
            NotFound: there is none, or somebody else reported it.
        """
        report = await self._store.report(tenant, report_id)
        if report is None or report.partner_id != partner:
            raise NotFound("report")
        return await self._for_partner(tenant, report)

    async def _for_partner(self, tenant: str, report: Report) -> PartnerReport:
        case = await living_end(self._store, tenant, report.case_id)
        clarification = await self._store.clarification_of(tenant, case)
        return PartnerReport(
            id=report.report_id,
            number=report.number,
            state=ticket_state(report, case, clarification),
            received_at=report.received_at,
            text=report.text,
            urls=report.urls,
            attachments=len(report.attachments),
            answer_due_at=case.answer_due_at if case else report.answer_due_at,
            clarification=card(clarification) if clarification else None,
            screened_reason=report.screened_reason,
            ended_reason=case.closed_reason if case is not None and has_ended(report, case) else "",
        )

    async def _ticket_steps(
        self, tenant: str, report: Report, case: Case | None, clarification: Clarification | None
    ) -> tuple[Step, ...]:
        own = [
            step(REPORT_STEPS[h["type"]], h)
            for h in await self._engine.pages["report"].history(tenant, report.report_id, types=list(REPORT_STEPS))
            # That their case was put together with another one tells reporters nothing.
            if not h["data"].get("gathered")
        ]
        if case is None:
            return tuple(own)
        others = _others(report, case, clarification)
        linked = [s.model_copy(update={"count": others}) if s.what == "linked" else s for s in own]
        types = [t for t, word in CASE_STEPS.items() if word in PUBLIC_STEPS]
        history = await self._engine.pages["case"].history(tenant, case.case_id, types=types)
        ours = [_public(step(CASE_STEPS[h["type"]], h)) for h in history if _is_told(h)]
        return seen_by_reporter(linked, ours, joined=max((s.at for s in linked), default=report.received_at))


def _others(report: Report, case: Case, clarification: Clarification | None) -> int:
    """How many more asked; whoever is to stay hidden is not among those that are told of."""
    return max(0, asked_by(case, clarification) - (0 if report.unpublished else 1))


def ticket_state(report: Report, case: Case | None, clarification: Clarification | None) -> str:
    """What the reporter reads. Answered means published for its case; how it was delivered is shown beside it."""
    if report.state in (ReportState.WITHDRAWN, ReportState.SCREENED_OUT, ReportState.CLOSED):
        return str(report.state)
    if report.state == ReportState.ANSWERED:
        return "answered"
    if clarification is not None and clarification.state != ClarificationState.RETRACTED:
        # After a "Belum" a newer version is an answer again.
        newer = report.rated_at is not None and clarification.latest.at > report.rated_at
        if report.state != ReportState.REOPENED or newer:
            return "answered"
    elif case is not None and has_ended(report, case):
        return "not_continued"
    if case is not None and case.party is not None:
        return "waiting_party"
    if report.state == ReportState.RECEIVED or (case is not None and case.state == CaseState.OPEN):
        return "received"
    return "checking"


def has_ended(report: Report, case: Case) -> bool:
    """Closed without an answer: whoever asked before that has their end. A later one opens the case again."""
    if case.state not in ENDED or case.answered:
        return False
    return case.closed_at is None or report.received_at <= case.closed_at


def seen_by_reporter(own: Sequence[Step], ours: Sequence[Step], *, joined: datetime) -> tuple[Step, ...]:
    """One line of time. Who joins a case that has its answer was answered when they joined, not before they asked."""
    first = min((s.at for s in own), default=joined)
    earlier = [s for s in ours if s.at < first]
    answers = [s for s in earlier if s.what == "published"]
    given = [answers[0].model_copy(update={"at": joined, "count": 1})] if answers else []
    return (*sorted((*own, *(s for s in ours if s.at >= first), *given), key=lambda s: s.at),)


def _is_told(entry: Mapping[str, Any]) -> bool:
    """A closing is told to reporters where they get no answer by it; older ones were written for the office alone."""
    data = entry["data"]
    return entry["type"] != "reports.case-closed.v1" or (data.get("at") is not None and not data.get("answered"))


def _public(step: Step) -> Step:
    """Without who did it, and without what was said between the office and others."""
    note = step.note if step.what in ("decided", "published", "closed") else ""
    return step.model_copy(update={"actor": None, "note": note})
