"""Cases as the office reads them: the queue, and one with all that belongs to it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.reports.parts import ClaimFound, Mark
from libs.contracts.reports.reads import (
    CaseRow,
    CaseView,
    Exchanged,
    KnownCard,
    KnownMatch,
    MarkView,
    Piece,
    QueueCounts,
    ReportedClaim,
    ReportRow,
    SimilarCase,
    Step,
    Surge,
)
from libs.contracts.words import CaseState
from libs.kit.differences import side_by_side
from libs.kit.personal import mask
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.mongo import Document, key
from services.reports.case.state import ENDED, OUT, Case
from services.reports.case.surges import HOUR, LEAST
from services.reports.case.surging import surging
from services.reports.clarification.reads import card, difference_rows
from services.reports.clarification.rules import Clarification
from services.reports.known.reads import card as known_card
from services.reports.placing import CAMPAIGN, told
from services.reports.report.masking import Reader, Veil
from services.reports.report.reads import WAITING, ReportReads
from services.reports.report.rules import (
    EVIDENCE,
    NOT_ANSWERED,
    Look,
    Opening,
    Report,
    all_openings_of,
    looks_of,
    revealed_until,
)
from services.reports.steps import CASE_STEPS, LEFT, gathered, gathered_into, step
from services.reports.store import MOST, Store

TITLE = 140
"""Characters of a report that stand for a case without a claim."""
BESIDE = 700
"""Characters of each text that are shown beside another of its campaign: its target stands early."""
BROUGHT_STEPS = {"asked", "confirmed"}
"""Of a merged case, in the history of the one it joined: what the office learnt stays in sight."""
MOST_BROUGHT = 20
MOST_MARKS = 20
MOST_CLAIMS = 8


QUEUE_ORDER = (("ix.severity", -1), ("ix.first", -1), ("ix.opened", 1), ("_id", 1))


class CaseReads:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors, reports: ReportReads) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors
        self._reports = reports

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
        """Gravest first, among these what partners reported, then oldest."""
        limit = min(limit, MOST)
        where: dict[str, Any] = {"ix.state": state} if state else {"ix.open": True}
        if unread:
            where["ix.unread"] = {"$gt": 0}
        if owner:
            where["ix.owner"] = owner
        if severity:
            where["ix.severity"] = severity
        count = await self._engine.collection("case").count(tenant, where)
        scope = f"queue by rank|{tenant}"
        if cursor:
            grade, first, at, last = self._cursors.decode(scope, cursor)
            where = {"$and": [where, {"$or": _after(grade, first, datetime.fromisoformat(at), last)}]}
        found = await self._store.find_cases(tenant, where, sort=QUEUE_ORDER, limit=limit + 1)
        titles = await self._titles(tenant, found[:limit])
        next_ = None
        if len(found) > limit:
            last_case = found[limit - 1]
            first = last_case.by_partner or None
            position = [last_case.severity, first, last_case.opened_at.isoformat(), f"{tenant}/{last_case.case_id}"]
            next_ = self._cursors.encode(scope, position)
        answers = await self._answers_of(tenant, found[:limit])
        surges = await self._surges(tenant, found[:limit])
        items = tuple(
            case_row(c, titles[c.case_id], answers.get(c.case_id), surges.get(c.case_id)) for c in found[:limit]
        )
        return Page(items=items, next=next_, count=count)

    async def _surges(self, tenant: str, cases: Sequence[Case]) -> dict[str, Surge]:
        """Counted from what is stored, so that every replica says the same, also after a restart."""
        now = datetime.now(UTC)
        told = [c.case_id for c in cases if c.askers >= LEAST and c.last_at is not None and c.last_at >= now - HOUR]
        if not told:
            return {}
        return await surging(self._engine, tenant, {"$in": told}, now)

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

    async def title(self, tenant: str, case: Case) -> str:
        return (await self._titles(tenant, [case]))[case.case_id]

    async def _titles(self, tenant: str, cases: Sequence[Case]) -> dict[str, str]:
        """Claim, or the beginning of the first report."""
        texts = await self._texts(tenant, cases)
        return {c.case_id: c.draft.claim or _short(texts[c.case_id]) or c.number for c in cases}

    async def _texts(self, tenant: str, cases: Sequence[Case]) -> dict[str, str]:
        """Claim, or all of the first report."""
        first = {c.case_id: c.sample[0] for c in cases if not c.draft.claim and c.sample}
        reports = await self._store.reports(f"{tenant}/{r}" for r in first.values())
        samples = {case_id: reports.get(f"{tenant}/{report_id}") for case_id, report_id in first.items()}
        return {c.case_id: c.draft.claim or (_masked(r) if (r := samples.get(c.case_id)) else "") for c in cases}

    async def one(self, tenant: str, case_id: str, reader: Reader, *, cursor: str | None = None) -> CaseView:
        case = await self._store.case(tenant, case_id)
        if case is None:
            raise NotFound("case")
        reports = await self._reports.of_case(tenant, case_id, reader, cursor=cursor)
        clarification = await self._store.clarification_of(tenant, case)
        titles = await self._titles(tenant, [case])
        hour = datetime.now(UTC) - timedelta(hours=1)
        history = await self._engine.pages["case"].history(tenant, case_id, types=[*CASE_STEPS, LEFT])
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
            known=await self._known(case, titles[case_id]),
            claims=await self._claims(tenant, case, reports.items),
            reports=reports,
            marks=await self._marks(tenant, case, reader),
            spare_drafts=case.spare_drafts,
            also_asked=case.also_asked,
            retracted=case.retracted,
            closed_reason=case.closed_reason,
            steps=await self._case_steps(tenant, case, history),
        )

    async def _case_steps(self, tenant: str, case: Case, history: Sequence[Document]) -> tuple[Step, ...]:
        steps = [step(CASE_STEPS[h["type"]], h) for h in history if h["type"] in CASE_STEPS and not _went_on(h)]
        others = await self._store.cases_of(tenant, gathered_into(history))
        steps += gathered(history, {case_id: other.number for case_id, other in others.items()})
        types = [t for t, word in CASE_STEPS.items() if word in BROUGHT_STEPS]
        for joined in case.carried[-MOST_BROUGHT:]:
            brought = await self._engine.pages["case"].history(tenant, joined, types=types)
            steps += [step(CASE_STEPS[h["type"]], h) for h in brought]
        for report in await self._reports.looked_at(tenant, case.case_id):
            steps += [look_step(report, look) for look in looks_of(report)]
            steps += [opening_step(report, opening) for opening in all_openings_of(report)]
        return tuple(sorted(steps, key=lambda s: s.at))

    async def _marks(self, tenant: str, case: Case, reader: Reader) -> tuple[MarkView, ...]:
        """With what was said, out of the reports."""
        marks = sorted(case.marks, key=lambda m: m.at)[:MOST_MARKS]
        reports = await self._store.reports({f"{tenant}/{m.report_id}" for m in marks})
        found = ((m, reports.get(f"{tenant}/{m.report_id}")) for m in marks)
        return tuple(mark_view(m, report, reader) for m, report in found if report is not None)

    async def _known(self, case: Case, title: str) -> tuple[KnownMatch, ...]:
        stored = {
            known.known_id: known_card(scope, known)
            for scope, known in await self._store.known([key(k.scope, k.id) for k in case.known])
            if not known.withdrawn
        }
        return tuple(
            KnownMatch(
                card=stored[found.id],
                score=found.score,
                is_sure=found.is_sure,
                differences=difference_rows(title, stored[found.id].claim),
                reasons=found.reasons,
            )
            for found in case.known
            if found.id in stored
        )

    async def _claims(self, tenant: str, case: Case, reports: Sequence[ReportRow]) -> tuple[ReportedClaim, ...]:
        # A message that is passed on says the same in each copy.
        claims = list({claim.text: claim for report in reports for claim in report.claims}.values())[:MOST_CLAIMS]
        ids = {c.case_id for claim in claims for c in claim.candidates} - {case.case_id}
        cases = await self._store.cases_of(tenant, ids) if ids else {}
        living = {case_id: other for case_id, other in cases.items() if other.state != CaseState.MERGED}
        titles = await self._titles(tenant, list(living.values()))
        wanted = [key(k.scope, k.id) for claim in claims for k in claim.known[:1]]
        known = {k.known_id: known_card(scope, k) for scope, k in await self._store.known(wanted) if not k.withdrawn}
        told = (reported_claim(claim, living, titles, known) for claim in claims)
        return tuple(filter(None, told))

    async def _similar(self, tenant: str, case: Case, title: str) -> tuple[SimilarCase, ...]:
        candidates = {c.case_id: c for c in case.suggestions if c.case_id not in case.judged}
        others = await self._store.cases_of(tenant, candidates)
        titles = await self._titles(tenant, list(others.values()))
        campaign = [other for case_id, other in others.items() if candidates[case_id].relation == CAMPAIGN]
        texts = await self._texts(tenant, [case, *campaign]) if campaign else {}
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
                    differences=difference_rows(title, titles[case_id]),
                    relation=candidates[case_id].relation,
                    reasons=candidates[case_id].reasons,
                    **(_beside(texts[case.case_id], texts[case_id]) if case_id in texts else {}),
                )
            )
        return tuple(sorted(found, key=lambda s: -s.score)[:3])


def _after(grade: int, first: bool | None, opened: datetime, last: str) -> list[dict[str, Any]]:
    """What follows a place in the queue. `first` is true or absent, and what is absent sorts below."""
    here = {"ix.severity": grade, "ix.first": first}
    return [
        {"ix.severity": {"$lt": grade}},
        *([{"ix.severity": grade, "ix.first": None}] if first else []),
        {**here, "ix.opened": {"$gt": opened}},
        {**here, "ix.opened": opened, "_id": {"$gt": last}},
    ]


def _beside(ours: str, theirs: str) -> dict[str, Any]:
    """Two texts of one campaign, and what was exchanged in them."""
    laid = side_by_side(theirs[:BESIDE], ours[:BESIDE])
    return {
        "ours": tuple(Piece(text=piece.text, differs=piece.differs) for piece in laid.ours),
        "theirs": tuple(Piece(text=piece.text, differs=piece.differs) for piece in laid.theirs),
        "exchanged": tuple(Exchanged(ours=ours, theirs=theirs) for theirs, ours in laid.exchanged),
    }


def reported_claim(
    claim: ClaimFound, cases: Mapping[str, Case], titles: Mapping[str, str], known: Mapping[str, KnownCard]
) -> ReportedClaim | None:
    """None where nothing of what was found is there any more."""
    for n, found in enumerate(claim.candidates):
        if (other := cases.get(found.case_id)) is not None:
            return ReportedClaim(
                text=claim.text,
                is_sure=claim.is_sure and n == 0,
                case_id=other.case_id,
                number=other.number,
                title=titles[other.case_id],
                state=other.state,
                verdict=other.published_verdict,
                score=found.score,
                reasons=found.reasons,
            )
    for elsewhere in claim.known:
        if (card := known.get(elsewhere.id)) is not None:
            return ReportedClaim(
                text=claim.text,
                is_sure=elsewhere.is_sure,
                score=elsewhere.score,
                known=card,
                reasons=elsewhere.reasons,
            )
    return None


def look_step(report: Report, look: Look) -> Step:
    return Step(what="revealed", at=look.at, actor=look.officer, party=report.number, note=look.reason)


def opening_step(report: Report, opening: Opening) -> Step:
    return Step(what="original_opened", at=opening.at, actor=opening.officer, party=report.number, note=opening.reason)


def mark_view(mark: Mark, report: Report, reader: Reader) -> MarkView:
    veil = Veil(lifted=revealed_until(report, reader.officer, reader.at) is not None)
    lines = report.messages if isinstance(report.messages, tuple) else ()
    said = [line.text for line in lines if not line.by_office and line.at == mark.at]
    return MarkView(
        report_id=report.report_id,
        number=report.number,
        n=mark.n,
        reason=mark.reason,
        at=mark.at,
        text=veil.over(said[0]) if said and mark.reason != EVIDENCE else "",
    )


def _went_on(entry: Mapping[str, Any]) -> bool:
    """Meant for the case that this one was merged into."""
    return bool(entry["data"].get("passed_to") or entry["data"].get("merged_into"))


def asked_by(case: Case, clarification: Clarification | None) -> int:
    """How many asked about a claim, for everybody to know. Before there is an answer these are the reports; then the
    answer counts on, for it is also shown to people who do not report any more."""
    return clarification.demand if clarification is not None else case.published_askers


def case_row(case: Case, title: str, clarification: Clarification | None, surge: Surge | None = None) -> CaseRow:
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
        asked=asked_by(case, clarification) + max(0, case.unpublished),
        forwarded_often=case.forwarded_often,
        by_partner=case.by_partner,
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
        surge=surge,
    )


def _masked(report: Report) -> str:
    """What a report says, as far as pages show it of a case. A queue has fifty."""
    said = told(report)
    return mask(said if len(said) <= BESIDE else said[:BESIDE].rsplit(" ", 1)[0])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rsplit(" ", 1)[0] + "…"
