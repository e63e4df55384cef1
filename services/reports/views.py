"""Queries: what other processes and, through the gateway, people see of reports, cases and clarifications."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.reads import (
    AnswerAddress,
    CaseRow,
    CaseView,
    ClarificationCard,
    ClarificationView,
    Difference,
    MarkView,
    MatchAnswer,
    MatchView,
    MessageView,
    QueueCounts,
    ReportRow,
    SimilarCase,
    StatsView,
    Step,
    TicketOpening,
    TicketView,
    VersionView,
)
from libs.contracts.words import CaseState, ClarificationState, MatchOutcome, ReportState
from libs.kit.differences import differences
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.kept import Kept
from libs.runtime.mongo import Document
from services.reports.case import ENDED, OUT, Case
from services.reports.clarification import Clarification
from services.reports.looking import living_end
from services.reports.matching.questions import Answer
from services.reports.numbers import WEEK, middle, what_became_of
from services.reports.placing import told
from services.reports.report import EVIDENCE, NOT_ANSWERED, Report
from services.reports.search import all_of, asked, number_asked
from services.reports.store import Store

PAGE = 20
MOST = 100
SITEMAP = 50_000
"""Addresses in one file, by sitemaps.org; with each office's fixed pages a few may be cut."""
TITLE = 140
"""Characters of a report that stand for a case without a claim."""
STATS_KEPT = 30.0
"""Seconds."""
NEWEST = 500
"""Answers of a week that the middle of their hours is taken from."""
WAITING: Mapping[str, Any] = {"$or": [{"ix.state": {"$in": ["received", "reopened"]}}, {"ix.unread": True}]}
"""Reports that are answered one by one and wait for an answer, or to be read."""

CASE_STEPS = {
    "reports.case-opened.v1": "opened",
    "reports.case-triaged.v1": "triaged",
    "reports.source-asked.v1": "asked",
    "reports.source-confirmed.v1": "confirmed",
    "reports.reference-added.v1": "referenced",
    "reports.review-requested.v1": "submitted",
    "reports.changes-requested.v1": "returned",
    "reports.verdict-approved.v1": "approved",
    "reports.case-decided.v1": "decided",
    "reports.case-published.v1": "published",
    "reports.case-merged.v1": "merged",
    "reports.case-absorbed.v1": "absorbed",
    "reports.case-closed.v1": "closed",
    "reports.case-reopened.v1": "reopened",
    "reports.case-recalled.v1": "recalled",
    "reports.recalls-settled.v1": "settled",
    "reports.draft-adopted.v1": "adopted",
    "reports.case-revived.v1": "revived",
}
PUBLIC_STEPS = {"asked", "confirmed", "decided", "published", "closed"}
BROUGHT_STEPS = {"asked", "confirmed"}
"""Of a merged case, in the history of the one it joined: what the office learnt stays in sight."""
MOST_BROUGHT = 20
MOST_MARKS = 20
REPORT_STEPS = {
    "reports.report-received.v1": "received",
    "reports.report-matched.v1": "linked",
    "reports.match-rejected.v1": "rejected",
    "reports.report-moved.v1": "moved",
    "reports.report-screened-out.v1": "screened_out",
    "reports.report-answered.v1": "answered",
    "reports.report-withdrawn.v1": "withdrawn",
    "reports.answer-rated.v1": "rated",
}


class Views:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors
        self._stats = Kept[StatsView](STATS_KEPT)

    async def ticket(self, tenant: str, number: str, code_hash: str) -> TicketView:
        """Raises:
        NotFound: no such number, or not its code; which of the two is not said.
        """
        report = await self._held(tenant, number, code_hash)
        case = await living_end(self._store, tenant, report.case_id)
        clarification = await self._clarification_of(tenant, case)
        steps = await self._ticket_steps(tenant, report, case, clarification)
        return TicketView(
            report_id=report.report_id,
            number=report.number,
            kind=report.kind,
            state=ticket_state(report, case, clarification),
            received_at=report.received_at,
            text=report.text,
            urls=report.urls,
            attachments=len(report.attachments),
            area=report.area,
            confidential=report.confidential,
            anonymous=report.anonymous,
            case_id=case.case_id if case else None,
            others=max(0, asked_by(case, clarification) - 1) if case else 0,
            waiting_for=case.party if case else None,
            waiting_until=case.asked_until if case else None,
            answer_due_at=case.answer_due_at if case else report.answer_due_at,
            clarification=card(clarification) if clarification else None,
            answer=report.answer,
            outcome=report.answered_outcome,
            helpful=report.helpful,
            screened_reason=report.screened_reason,
            ended_reason=case.closed_reason if case is not None and has_ended(report, case) else "",
            steps=steps,
            messages=messages_of(report),
        )

    async def report_of_ticket(self, tenant: str, number: str, code_hash: str) -> str:
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

    async def _clarification_of(self, tenant: str, case: Case | None) -> Clarification | None:
        if case is None or case.clarification_id is None:
            return None
        found = await self._store.find_clarifications(tenant, {"ix.case": case.case_id}, limit=1)
        return found[0] if found else None

    async def _ticket_steps(
        self, tenant: str, report: Report, case: Case | None, clarification: Clarification | None
    ) -> tuple[Step, ...]:
        own = [
            _step(REPORT_STEPS[h["type"]], h)
            for h in await self._engine.pages["report"].history(tenant, report.report_id, types=list(REPORT_STEPS))
        ]
        if case is None:
            return tuple(own)
        others = max(0, asked_by(case, clarification) - 1)
        linked = [s.model_copy(update={"count": others}) if s.what == "linked" else s for s in own]
        types = [t for t, word in CASE_STEPS.items() if word in PUBLIC_STEPS]
        history = await self._engine.pages["case"].history(tenant, case.case_id, types=types)
        ours = [_public(_step(CASE_STEPS[h["type"]], h)) for h in history if _is_told(h)]
        return seen_by_reporter(linked, ours, joined=max((s.at for s in linked), default=report.received_at))

    async def match(self, tenant: str, text: str, answer: Answer) -> MatchView:
        """Published answers among what the matcher found, with what differs from the text."""
        cases = [c for c in answer.candidates if c.clarification_id is not None]
        found = await self._store.find_clarifications(
            tenant, {"ix.case": {"$in": [c.case_id for c in cases]}, "ix.state": "published"}, limit=10
        )
        return match_view(text, answer, {c.case_id: c for c in found})

    async def clarifications(
        self,
        tenant: str,
        *,
        query: str = "",
        verdict: str = "",
        cursor: str | None = None,
        limit: int = PAGE,
        corrected: bool = False,
    ) -> Page[ClarificationCard]:
        limit = min(limit, MOST)
        where: dict[str, Any] = {"ix.state": {"$ne": ClarificationState.RETRACTED}}
        if corrected:
            where = {"ix.corrected": True}
        if verdict:
            where["ix.verdict"] = verdict
        number, words = number_asked(query), asked(query)
        if query.strip() and not words:
            return Page(items=(), count=0)
        answers = self._engine.collection("clarification")
        if number is not None and await answers.count(tenant, {**where, **number}, limit=1):
            where |= number
        elif words:
            where |= all_of(words)
        count = await answers.count(tenant, where)
        scope = f"clarifications|{tenant}"
        if cursor:
            at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            where = {"$and": [where, {"$or": [{"ix.at": {"$lt": moment}}, {"ix.at": moment, "_id": {"$lt": last}}]}]}
        found = await self._store.find_clarifications(tenant, where, sort=(("ix.at", -1), ("_id", -1)), limit=limit + 1)
        more = found[limit - 1] if len(found) > limit else None
        next_ = None
        if more is not None:
            next_ = self._cursors.encode(scope, [more.latest.at.isoformat(), f"{tenant}/{more.clarification_id}"])
        return Page(items=tuple(card(c) for c in found[:limit]), next=next_, count=count)

    async def answer_addresses(self, tenant: str) -> tuple[AnswerAddress, ...]:
        """As many as one sitemap may name, newest first."""
        found = await self._engine.collection("clarification").find(
            tenant,
            {"ix.state": {"$ne": ClarificationState.RETRACTED}},
            sort=(("ix.at", -1),),
            limit=SITEMAP,
            fields={"ix.number": 1, "ix.at": 1},
        )
        return tuple(AnswerAddress(number=d["ix"]["number"], at=d["ix"]["at"]) for d in found)

    async def clarification(self, tenant: str, ref: str) -> ClarificationView:
        """By number or id."""
        number = number_asked(ref) or {"ix.number": ref.upper()}
        found = await self._store.find_clarifications(tenant, number, limit=1)
        if not found:
            found = await self._store.find_clarifications(tenant, {"_id": f"{tenant}/{ref}"}, limit=1)
        if not found:
            raise NotFound("clarification")
        one, latest = found[0], found[0].latest
        return ClarificationView(
            id=one.clarification_id,
            case_id=one.case_id,
            number=one.number,
            version=latest.version,
            state=one.state,
            claim=latest.claim,
            verdict=latest.verdict,
            fact=latest.fact,
            explanation=latest.explanation,
            references=latest.references,
            versions=tuple(
                VersionView(version=v.version, verdict=v.verdict, fact=v.fact, at=v.at, change_note=v.change_note)
                for v in one.versions
            ),
            author=latest.author,
            approvers=latest.approvers,
            demand=one.demand,
            area=one.area,
            topic=one.topic,
            published_at=one.published_at,
            retraction=one.retraction,
        )

    async def stats(self, tenant: str) -> StatsView:
        """Counted anew at most once in `STATS_KEPT`: anybody may ask, and a week may hold 50,000 reports."""
        return await self._stats.get(tenant, lambda: self._counted(tenant))

    async def _counted(self, tenant: str) -> StatsView:
        now = datetime.now(UTC)
        clarifications = self._engine.collection("clarification")
        stands = {"ix.state": {"$ne": ClarificationState.RETRACTED}}
        tally = await self._engine.collection("report").tally(
            tenant, {"ix.received": {"$gte": now - WEEK}}, by=("ix.state", "ix.case")
        )
        found = await clarifications.find(
            tenant,
            {**stands, "ix.case": {"$in": sorted({case for _, case in tally})}},
            limit=len(tally) + 1,
            fields={"ix.case": 1},
        )
        reports = what_became_of(tally, {d["ix"]["case"] for d in found})
        verdicts = {v: n for (v,), n in (await clarifications.tally(tenant, stands, by=("ix.verdict",))).items()}
        changed = await self._store.find_clarifications(
            tenant, {"ix.at": {"$gte": now - WEEK}}, sort=(("ix.at", -1),), limit=NEWEST
        )
        new = [c for c in changed if c.published_at >= now - WEEK]
        cases = await self._store.cases_of(tenant, [c.case_id for c in new])
        return StatsView(
            reports_week=reports.received,
            answered_week=reports.answered,
            waiting=reports.waiting,
            ended_week=reports.ended,
            clarifications=sum(verdicts.values()),
            corrected=await clarifications.count(tenant, {"ix.corrected": True}),
            median_hours=middle(c.published_at - cases[c.case_id].first_at for c in new if c.case_id in cases),
            by_verdict=verdicts,
            at=now,
        )

    async def queue(
        self,
        tenant: str,
        *,
        state: str | None = None,
        owner: str | None = None,
        severity: int | None = None,
        unread: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CaseRow]:
        """Gravest first, then oldest."""
        limit = min(limit, MOST)
        where: dict[str, Any] = {"ix.state": state} if state else {"ix.open": True}
        if unread:
            where["ix.unread"] = {"$gt": 0}
        if owner:
            where["ix.owner"] = owner
        if severity:
            where["ix.severity"] = severity
        count = await self._engine.collection("case").count(tenant, where)
        scope = f"queue|{tenant}"
        if cursor:
            grade, at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            after = [
                {"ix.severity": {"$lt": grade}},
                {"ix.severity": grade, "ix.opened": {"$gt": moment}},
                {"ix.severity": grade, "ix.opened": moment, "_id": {"$gt": last}},
            ]
            where = {"$and": [where, {"$or": after}]}
        found = await self._store.find_cases(
            tenant, where, sort=(("ix.severity", -1), ("ix.opened", 1), ("_id", 1)), limit=limit + 1
        )
        titles = await self._titles(tenant, found[:limit])
        next_ = None
        if len(found) > limit:
            last_case = found[limit - 1]
            position = [last_case.severity, last_case.opened_at.isoformat(), f"{tenant}/{last_case.case_id}"]
            next_ = self._cursors.encode(scope, position)
        answers = await self._answers_of(tenant, found[:limit])
        items = tuple(case_row(c, titles[c.case_id], answers.get(c.case_id)) for c in found[:limit])
        return Page(items=items, next=next_, count=count)

    async def _answers_of(self, tenant: str, cases: Sequence[Case]) -> dict[str, Clarification]:
        answered = [c.case_id for c in cases if c.clarification_id is not None]
        if not answered:
            return {}
        where = {"ix.case": {"$in": answered}}
        return {c.case_id: c for c in await self._store.find_clarifications(tenant, where, limit=len(answered))}

    async def counts(self, tenant: str) -> QueueCounts:
        cases, reports = self._engine.collection("case"), self._engine.collection("report")
        return QueueCounts(
            queue=await cases.count(tenant, {"ix.open": True}),
            unread=await cases.count(tenant, {"ix.open": True, "ix.unread": {"$gt": 0}}),
            reviews=await cases.count(tenant, {"ix.state": CaseState.IN_REVIEW}),
            others=await reports.count(tenant, {"ix.one_by_one": True, **WAITING}),
        )

    async def _titles(self, tenant: str, cases: Sequence[Case]) -> dict[str, str]:
        """Claim, or the beginning of the first report."""
        first = {c.case_id: c.sample[0] for c in cases if not c.draft.claim and c.sample}
        reports = await self._store.reports(f"{tenant}/{r}" for r in first.values())
        titles = {}
        for case in cases:
            report = reports.get(f"{tenant}/{first.get(case.case_id)}")
            titles[case.case_id] = case.draft.claim or (_short(told(report)) if report else case.number)
        return titles

    async def case(self, tenant: str, case_id: str, *, cursor: str | None = None) -> CaseView:
        case = await self._store.case(tenant, case_id)
        if case is None:
            raise NotFound("case")
        reports = await self.case_reports(tenant, case_id, cursor=cursor)
        clarification = await self._clarification_of(tenant, case)
        titles = await self._titles(tenant, [case])
        hour = datetime.now(UTC) - timedelta(hours=1)
        history = await self._engine.pages["case"].history(tenant, case_id, types=list(CASE_STEPS))
        return CaseView(
            **case_row(case, titles[case_id], clarification).model_dump(exclude={"suggestions"}),
            suggestions=case.suggestions,
            last_hour=await self._engine.collection("report").count(
                tenant, {"ix.case": case_id, "ix.received": {"$gte": hour}}
            ),
            first_at=case.first_at,
            last_at=case.last_at,
            screened_at=next((h["at"] for h in history if h["type"] == "reports.case-triaged.v1"), None),
            references=case.references,
            draft=case.draft,
            draft_number=case.draft_number,
            approvals=case.approvals,
            approvals_needed=case.approvals_needed,
            return_note=case.return_note,
            clarification=card(clarification) if clarification else None,
            merged_into=case.merged_into,
            similar=await self._similar(tenant, case, titles[case_id]),
            reports=reports,
            marks=await self._marks(tenant, case),
            spare_drafts=case.spare_drafts,
            also_asked=case.also_asked,
            retracted=case.retracted,
            closed_reason=case.closed_reason,
            steps=await self._case_steps(tenant, case, history),
        )

    async def _case_steps(self, tenant: str, case: Case, history: Sequence[Document]) -> tuple[Step, ...]:
        steps = [_step(CASE_STEPS[h["type"]], h) for h in history if not _went_on(h)]
        types = [t for t, word in CASE_STEPS.items() if word in BROUGHT_STEPS]
        for joined in case.carried[-MOST_BROUGHT:]:
            brought = await self._engine.pages["case"].history(tenant, joined, types=types)
            steps += [_step(CASE_STEPS[h["type"]], h) for h in brought]
        return tuple(sorted(steps, key=lambda s: s.at))

    async def _marks(self, tenant: str, case: Case) -> tuple[MarkView, ...]:
        """With what was said, out of the reports."""
        marks = sorted(case.marks, key=lambda m: m.at)[:MOST_MARKS]
        reports = await self._store.reports({f"{tenant}/{m.report_id}" for m in marks})
        return tuple(
            mark_view(m, report) for m in marks if (report := reports.get(f"{tenant}/{m.report_id}")) is not None
        )

    async def _similar(self, tenant: str, case: Case, title: str) -> tuple[SimilarCase, ...]:
        candidates = {c.case_id: c for c in case.suggestions if c.case_id not in case.judged}
        others = await self._store.cases_of(tenant, candidates)
        titles = await self._titles(tenant, list(others.values()))
        found = []
        for case_id, other in others.items():
            if other.state in (CaseState.MERGED,):
                continue
            found.append(
                SimilarCase(
                    id=case_id,
                    kind="clarification" if other.version else "case",
                    case_id=case_id,
                    number=other.number,
                    title=titles[case_id],
                    verdict=other.published_verdict,
                    state=other.state,
                    askers=other.askers,
                    score=candidates[case_id].score,
                    differences=rows(title, titles[case_id]),
                )
            )
        return tuple(sorted(found, key=lambda s: -s.score)[:3])

    async def case_reports(
        self, tenant: str, case_id: str, *, cursor: str | None = None, limit: int = 10
    ) -> Page[ReportRow]:
        """Newest first."""
        where: dict[str, Any] = {"ix.case": case_id}
        return await self._reports(tenant, where, scope=f"case|{tenant}|{case_id}", cursor=cursor, limit=limit)

    async def reports(
        self, tenant: str, *, kind: str | None, state: str | None, cursor: str | None, limit: int = PAGE
    ) -> Page[ReportRow]:
        """Reports of the kinds that are answered one by one. `waiting`: for an answer, or to be read; `unread`."""
        where: dict[str, Any] = {"ix.one_by_one": True}
        if kind:
            where["ix.kind"] = kind
        if state == "waiting":
            where |= WAITING
        elif state == "unread":
            where["ix.unread"] = True
        elif state:
            where["ix.state"] = state
        return await self._reports(tenant, where, scope=f"reports|{tenant}", cursor=cursor, limit=limit)

    async def _reports(
        self, tenant: str, where: dict[str, Any], *, scope: str, cursor: str | None, limit: int
    ) -> Page[ReportRow]:
        limit = min(limit, MOST)
        count = await self._engine.collection("report").count(tenant, where)
        if cursor:
            at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            before = [{"ix.received": {"$lt": moment}}, {"ix.received": moment, "_id": {"$lt": last}}]
            where = {"$and": [where, {"$or": before}]}
        found = await self._store.find_reports(tenant, where, sort=(("ix.received", -1), ("_id", -1)), limit=limit + 1)
        next_ = None
        if len(found) > limit:
            last_report = found[limit - 1]
            next_ = self._cursors.encode(
                scope, [last_report.received_at.isoformat(), f"{tenant}/{last_report.report_id}"]
            )
        return Page(items=tuple(report_row(r) for r in found[:limit]), next=next_, count=count)

    async def report(self, tenant: str, report_id: str) -> ReportRow:
        found = await self._store.report(tenant, report_id)
        if found is None:
            raise NotFound("report")
        return report_row(found)


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


def mark_view(mark: Mark, report: Report) -> MarkView:
    lines = report.messages if isinstance(report.messages, tuple) else ()
    said = [line.text for line in lines if not line.by_office and line.at == mark.at]
    return MarkView(
        report_id=report.report_id,
        number=report.number,
        n=mark.n,
        reason=mark.reason,
        at=mark.at,
        text=said[0] if said and mark.reason != EVIDENCE else "",
    )


def _went_on(entry: Mapping[str, Any]) -> bool:
    """Meant for the case that this one was merged into."""
    return bool(entry["data"].get("passed_to") or entry["data"].get("merged_into"))


def _is_told(entry: Mapping[str, Any]) -> bool:
    """A closing is told to reporters where they get no answer by it; older ones were written for the office alone."""
    data = entry["data"]
    return entry["type"] != "reports.case-closed.v1" or (data.get("at") is not None and not data.get("answered"))


def card(clarification: Clarification) -> ClarificationCard:
    latest = clarification.latest
    return ClarificationCard(
        id=clarification.clarification_id,
        case_id=clarification.case_id,
        number=clarification.number,
        version=latest.version,
        claim=latest.claim,
        verdict=latest.verdict,
        fact=latest.fact,
        published_at=clarification.published_at,
        corrected_at=latest.at if latest.version > 1 else None,
        demand=clarification.demand,
        area=clarification.area,
        topic=clarification.topic,
        state=clarification.state,
        change_note=clarification.retraction or latest.change_note,
    )


def match_view(text: str, answer: Answer, published: Mapping[str, Clarification]) -> MatchView:
    """What the matcher found, as far as it is published; the outcome is about the first answer shown."""
    answers = tuple(
        MatchAnswer(
            card=card(published[c.case_id]),
            score=c.score,
            differences=rows(text, published[c.case_id].latest.claim),
        )
        for c in answer.candidates
        if c.clarification_id is not None and c.case_id in published
    )[:3]
    if not answers:
        return MatchView(outcome=MatchOutcome.NONE)
    # The matcher's decision is about its first candidate, which may be an open case.
    is_first = answers[0].card.case_id == answer.candidates[0].case_id
    return MatchView(outcome=answer.decision if is_first else MatchOutcome.SUGGEST, answers=answers)


def asked_by(case: Case, clarification: Clarification | None) -> int:
    """How many asked about a claim: what every page says that names a number. Before there is an answer these are the
    reports; then the answer counts on, for it is also shown to people who do not report any more."""
    return clarification.demand if clarification is not None else case.askers


def case_row(case: Case, title: str, clarification: Clarification | None) -> CaseRow:
    stands = case.party is not None or case.state in ENDED or case.state in OUT
    return CaseRow(
        id=case.case_id,
        number=case.number,
        state=case.state,
        title=title,
        severity=case.severity,
        topic=case.topic,
        area=case.area,
        askers=max(0, case.askers),
        asked=asked_by(case, clarification),
        forwarded_often=case.forwarded_often,
        owner=case.owner,
        leased_by=case.leased_by,
        leased_until=case.leased_until,
        opened_at=case.opened_at,
        answer_due_at=None if stands else case.answer_due_at,
        limit_at=case.limit_at,
        waiting_for=case.party,
        waiting_until=case.asked_until,
        suggestions=len(case.suggestions),
        verdict=case.published_verdict or case.draft.verdict,
        fact=case.published_fact or case.draft.fact,
        submitted_at=case.submitted_at,
        author=case.author,
        unread=len(case.marks),
        not_answered=sum(m.reason == NOT_ANSWERED for m in case.marks),
    )


def report_row(report: Report) -> ReportRow:
    return ReportRow(
        id=report.report_id,
        number=report.number,
        kind=report.kind,
        state=report.state,
        received_at=report.received_at,
        text=report.text,
        urls=report.urls,
        doubt=report.doubt,
        area=report.area,
        seen_on=report.seen_on,
        forwarded_often=report.forwarded_often,
        confidential=report.confidential,
        attachments=len(report.attachments),
        words=report.words,
        case_id=report.case_id,
        answer=report.answer,
        messages=messages_of(report),
        marks=report.marks,
    )


def messages_of(report: Report) -> tuple[MessageView, ...]:
    if not isinstance(report.messages, tuple):
        return ()
    return tuple(
        MessageView(by_office=m.by_office, at=m.at, text=m.text, officer=m.officer, about=m.about)
        for m in report.messages
    )


def rows(theirs: str, ours: str) -> tuple[Difference, ...]:
    return tuple(
        Difference(what=d.what, theirs=d.theirs or "", ours=d.ours or "", same=d.same)
        for d in differences(theirs, ours)
    )


def _step(what: str, entry: Mapping[str, Any]) -> Step:
    data: Document = entry["data"]
    actor = entry.get("actor")
    until = data.get("due_at")
    return Step(
        what=what,
        at=entry["at"],
        actor=actor["id"] if actor else None,
        party=data.get("party"),
        note=str(data.get("note") or data.get("reason") or data.get("text") or data.get("verdict") or ""),
        until=datetime.fromisoformat(until) if until else None,
        count=data.get("count") or data.get("version"),
    )


def _public(step: Step) -> Step:
    """Without who did it, and without what was said between the office and others."""
    note = step.note if step.what in ("decided", "published", "closed") else ""
    return step.model_copy(update={"actor": None, "note": note})


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rsplit(" ", 1)[0] + "…"
