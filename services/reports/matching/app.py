"""The matcher: a process of its own that holds every open case, published answer and imported one in memory.

Built from MongoDB at the start, kept up by the journal of reports, which it follows without a group. It writes nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord
from fastapi import FastAPI, Request
from pydantic import ValidationError

from libs.contracts.envelope import MalformedEnvelope, parse, type_of
from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    CaseAbsorbed,
    CaseClosed,
    CaseMerged,
    CaseRecalled,
    CaseReopened,
    CaseRevived,
    DraftAdopted,
    DraftSaved,
    KnownDismissed,
    ReportUnlinked,
    SuggestionJudged,
)
from libs.contracts.reports.clarification import (
    ClarificationPaused,
    ClarificationPublished,
    ClarificationRetracted,
)
from libs.contracts.reports.known import KnownEntry, KnownRecorded, KnownWithdrawn
from libs.contracts.reports.report import (
    AnswerRated,
    EvidenceTaken,
    ReportMatched,
    ReportMoved,
    ReportScreenedOut,
    ReportWithdrawn,
    SnapshotTaken,
)
from libs.contracts.topics import Service, journal
from libs.contracts.words import ClarificationState
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import ERASED, Aggregate
from libs.runtime.engine import Engine
from libs.runtime.errors import Busy
from libs.runtime.followers import Follower
from libs.runtime.http import Health, caller_dependency, service_app
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo, identity_of, key, tenant_of
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.sealing import SubjectKeys
from libs.runtime.service import REFUSED, begin, patiently
from libs.runtime.tokens import Tokens
from services.reports.case.state import ENDED, Case
from services.reports.clarification.rules import Clarification
from services.reports.kinds import AGGREGATES, CASE, CLARIFICATION, KNOWN, REPORT
from services.reports.matching.apart import Apart
from services.reports.matching.engine import (
    LINKED_PER_CASE,
    Candidate,
    Caution,
    Decision,
    Document,
    Kinds,
    Matcher,
    MatchResult,
    is_sure,
    said_before,
)
from services.reports.matching.questions import Answer, ClaimFound, Found, Imported, Question, Why
from services.reports.matching.teaching import groups, teaches
from services.reports.matching.turns import Turns
from services.reports.placing import told
from services.reports.report.rules import Report
from services.reports.settings import Settings
from services.reports.store import LEAN, Store

log = logs.get()

CHUNK = 500
STARTS_IN = 2.0
HURRY = 0.2
"""Seconds that a question asked while somebody types is worth waiting for."""


class Shelf:
    """What the matcher knows. Every case and its clarification are one document, whose id is the case's."""

    def __init__(self, engine: Engine, store: Store, matcher: Matcher) -> None:
        self._engine = engine
        self._store = store
        self._matcher = matcher
        self._clarifications: dict[str, str] = {}
        self._grouped: dict[str, set[str]] = {}
        """Case → reports that lead others to it only while it is open."""
        self._scopes: dict[str, str] = {}
        """Whose archive an imported answer stands in."""
        self._apart = Apart()
        self._lock = asyncio.Lock()

    async def build(self) -> None:
        """Everything from MongoDB. Cases first, so that an answer replaces its case; then the texts linked to them."""
        async for cases in self._all(CASE, {"ix.state": {"$nin": [s.value for s in ENDED]}}):
            samples = await self._samples(cases, {})
            for document_id, case in cases.items():
                self._case(document_id, case, samples.get(_sample_of(document_id, case)))
        # Of closed ones too: what was said of their texts holds.
        async for cases in self._all(CASE, {"state.judged.0": {"$exists": True}}):
            await self._part(cases)
        async for clarifications in self._all(CLARIFICATION, {}):
            for document_id, clarification in clarifications.items():
                self._clarification(tenant_of(document_id), clarification)
        async for document_id, entry in self._entries():
            self._entry(tenant_of(document_id), identity_of(document_id), entry)
        async for reports in self._all(REPORT, {"ix.case": {"$type": "string"}}):
            for document_id, report in reports.items():
                self._link(tenant_of(document_id), report)
        await asyncio.to_thread(self._matcher.upkeep)
        # The first question loads the stemmer's words; nobody should wait for that.
        self._matcher.match("", "bantuan dibagikan lewat tautan", 1)
        log.info("matcher_built", documents=len(self._matcher))

    async def _all(self, kind: Aggregate[Any], where: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """States by document id, `CHUNK` at a time."""
        last = ""
        while True:
            documents = await self._engine.collection(kind.name).across_tenants(
                {"_id": {"$gt": last}, **where}, sort=(("_id", 1),), limit=CHUNK, fields=LEAN
            )
            if not documents:
                return
            last = documents[-1]["_id"]
            yield dict(zip((d["_id"] for d in documents), await self._store.opened(kind, documents), strict=True))
            await asyncio.sleep(0)

    async def _entries(self) -> AsyncIterator[tuple[str, KnownEntry]]:
        """What others have answered. There may be a hundred thousand: of each document no more is read than that."""
        last = ""
        while True:
            documents = await self._engine.collection(KNOWN.name).across_tenants(
                {"_id": {"$gt": last}, "ix.offered": True},
                sort=(("_id", 1),),
                limit=CHUNK,
                fields={"state.entry": 1},
            )
            if not documents:
                return
            last = documents[-1]["_id"]
            for document in documents:
                yield document["_id"], KnownEntry.model_construct(**document["state"]["entry"])
            await asyncio.sleep(0)

    async def _samples(
        self, cases: Mapping[str, Case], known: Mapping[str, Report], *, claimed: bool = False
    ) -> dict[str, Report]:
        """The first report of each case that somebody has put into words (`claimed`), or nobody yet."""
        wanted = {_sample_of(i, case) for i, case in cases.items() if bool(case.draft.claim) is claimed}
        return await self._store.reports(wanted - known.keys() - {""})

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Reads what the events are about all at once: what is stored is as new as the newest of them, or newer."""
        async with self._lock:
            heard = list(filter(None, map(_concerning, records)))
            if not heard:
                return
            reports = await self._store.reports({key(t, e.report_id) for t, e in heard if isinstance(e, _REPORT_READ)})
            opened = {
                key(tenant, event.case_id): report
                for tenant, event in heard
                if isinstance(event, ReportMatched) and event.opens and event.case_id
                if (report := reports.get(key(tenant, event.report_id))) is not None
            }
            drafted = {key(tenant, event.case_id) for tenant, event in heard if isinstance(event, _CASE_READ)}
            left = {key(tenant, event.case_id) for tenant, event in heard if isinstance(event, ReportUnlinked)}
            robbed = {key(t, e.case_id) for t, e in heard if isinstance(e, ReportUnlinked) and e.parted is not None}
            judged = {key(tenant, event.case_id) for tenant, event in heard if isinstance(event, _JUDGED)}
            cases = await self._store.cases(opened.keys() | drafted | left | judged)
            samples = await self._samples({i: c for i, c in cases.items() if i not in opened}, reports) | reports
            for document_id in left - self._clarifications.keys():
                # Nobody asks in it any more: it ended without a word of its own.
                if document_id in cases and cases[document_id].state in ENDED:
                    self._matcher.remove(identity_of(document_id), tenant_of(document_id))
            # What has ended goes first: a case that was taken up again in the same breath is stored as open.
            for tenant, event in heard:
                await self._heard(tenant, event, reports)
            for document_id in robbed - self._clarifications.keys():
                # It may have stood under the words of the report that an officer took out.
                self._matcher.remove(identity_of(document_id), tenant_of(document_id))
            for document_id in opened.keys() | drafted | robbed:
                case = cases.get(document_id)
                sample = samples.get(_sample_of(document_id, case)) if case is not None else None
                self._case(document_id, case, opened.get(document_id) or sample)
            await self._part({i: case for i, case in cases.items() if i in judged})
            # Beside questions, none of which then waits for it.
            await asyncio.to_thread(self._matcher.upkeep)

    async def _heard(self, tenant: str, event: Event, reports: Mapping[str, Report]) -> None:
        match event:
            case ReportMatched() | ReportMoved() | EvidenceTaken() | SnapshotTaken() | AnswerRated():
                report = reports.get(key(tenant, event.report_id))
                if report is not None:
                    self._link(tenant, report)
            case ReportWithdrawn() | ReportScreenedOut():
                self._matcher.remove(event.report_id, tenant)
            case CaseMerged() | CaseClosed():
                if isinstance(event, CaseMerged):
                    # Its reports and what was said of them go along.
                    self._apart.discard(key(tenant, event.case_id))
                if key(tenant, event.case_id) not in self._clarifications:
                    self._matcher.remove(event.case_id, tenant)
            case KnownRecorded():
                self._entry(tenant, event.known_id, event.entry)
            case KnownWithdrawn():
                self._forgotten(tenant, event.known_id)
            case ClarificationPublished() | ClarificationPaused() | ClarificationRetracted():
                document_id = key(tenant, event.clarification_id)
                found = await self._engine.collection(CLARIFICATION.name).load([document_id], LEAN)
                for one in await self._store.opened(CLARIFICATION, list(found.values())):
                    self._clarification(tenant, one)
                    await self._first_report(tenant, one.case_id)

    def _case(self, document_id: str, case: Case | None, report: Report | None) -> None:
        """A case under what its draft claims, or under what was reported; None: it is about to be opened."""
        if document_id in self._clarifications or (case is not None and case.state in ENDED):
            return
        title = (case.draft.claim if case is not None else "") or (told(report) if report is not None else "")
        if title:
            self._matcher.add(Document(identity_of(document_id), tenant_of(document_id), Kinds.CASE, title))

    def _clarification(self, tenant: str, clarification: Clarification) -> None:
        case_id = clarification.case_id
        if clarification.state == ClarificationState.PUBLISHED:
            latest = clarification.latest
            self._clarifications[key(tenant, case_id)] = clarification.clarification_id
            for report_id in self._grouped.pop(key(tenant, case_id), ()):
                self._matcher.remove(report_id, tenant)
            # What the office found is no part of the claim: "itu tidak benar" would deny it.
            body = f"{latest.fact}\n{latest.explanation}"
            self._matcher.add(Document(case_id, tenant, Kinds.CLARIFICATION, latest.claim, body))
        else:
            self._clarifications.pop(key(tenant, case_id), None)
            self._matcher.remove(case_id, tenant)

    async def _part(self, cases: Mapping[str, Case]) -> None:
        """Keeps the texts of these cases away from what officers have said that they are not."""
        parted = {i: case for i, case in cases.items() if case.judged and case.merged_into is None}
        wanted = {key(tenant_of(i), report_id) for i, case in parted.items() for report_id in case.sample}
        reports = await self._store.reports(wanted) if wanted else {}
        for document_id, case in parted.items():
            others = {*case.judged} - {case.case_id, *case.carried}
            found = (reports.get(key(tenant_of(document_id), report_id)) for report_id in case.sample)
            texts = [text for report in found if report is not None for text in _texts(report)]
            self._apart.put(document_id, others, texts)

    def _entry(self, tenant: str, known_id: str, entry: KnownEntry) -> None:
        self._scopes[known_id] = tenant
        body = f"{entry.fact}\n{entry.body}"
        self._matcher.add(Document(known_id, tenant, Kinds.IMPORTED, entry.claim, body))

    def _forgotten(self, tenant: str, known_id: str) -> None:
        self._scopes.pop(known_id, None)
        self._matcher.remove(known_id, tenant)

    def _link(self, tenant: str, report: Report) -> None:
        text, case = told(report), key(tenant, report.case_id or "")
        for said in _texts(report):
            self._apart.note(case, said)
        is_published = case in self._clarifications
        is_taught = teaches(report, is_published=is_published)
        if text and (is_taught or (not is_published and self._groups(tenant, report, text))):
            self._matcher.add(Document(report.report_id, tenant, Kinds.LINKED, text, answers_to=report.case_id))
        else:
            self._matcher.remove(report.report_id, tenant)
        if is_taught and case in self._grouped:
            self._grouped[case].discard(report.report_id)

    def _groups(self, tenant: str, report: Report, text: str) -> bool:
        if not groups(report):
            return False
        group = self._grouped.setdefault(key(tenant, report.case_id or ""), set())
        if len(group) < LINKED_PER_CASE and self._matcher.retells(tenant, report.case_id or "", text):
            group.add(report.report_id)
        return report.report_id in group

    async def _first_report(self, tenant: str, case_id: str) -> None:
        """What opened a case is the case's own text once its claim is published."""
        cases = await self._store.cases([key(tenant, case_id)])
        for report in (await self._samples(cases, {}, claimed=True)).values():
            self._link(tenant, report)

    def answer(self, question: Question) -> Answer:
        asked = (question.tenant, question.text, question.limit)
        without = {*question.without, *self._apart.without(question.tenant, question.text)}
        caution = Caution(question.caution)
        result = self._matcher.match(*asked, without=without, caution=caution)
        message = question.text if question.typed is None else question.typed
        by_claim = (
            self._matcher.by_claim(question.tenant, message, result, without=without, caution=caution)
            if question.by_claim
            else []
        )
        # What answers one claim of several does not answer the message; a case that says all of it is joined.
        is_in_part = by_claim and is_sure(result) and not said_before(result.candidates[0])
        decision = Decision.SUGGEST if is_in_part else result.decision
        return Answer(
            id=question.id,
            decision=decision,
            candidates=self._found(question.tenant, result),
            imported=self._imported(result.imported),
            claims=tuple(
                ClaimFound(
                    text=text,
                    decision=found.decision,
                    candidates=self._found(question.tenant, found),
                    imported=self._imported(found.imported),
                )
                for text, found in by_claim
            ),
        )

    def _found(self, tenant: str, result: MatchResult) -> tuple[Found, ...]:
        return tuple(
            Found(
                case_id=c.id,
                clarification_id=self._clarifications.get(key(tenant, c.id)),
                kind=c.kind,
                score=c.score,
                is_campaign=c.is_campaign,
                reasons=_why(c),
            )
            for c in result.candidates
        )

    def _imported(self, result: MatchResult | None) -> tuple[Imported, ...]:
        if result is None:
            return ()
        return tuple(
            Imported(
                known_id=c.id,
                scope=self._scopes[c.id],
                score=c.score,
                is_sure=position == 0 and result.decision is Decision.MATCH,
                reasons=_why(c),
            )
            for position, c in enumerate(result.candidates)
        )


def _why(candidate: Candidate) -> tuple[Why, ...]:
    return tuple(Why(code=reason.code, value=reason.value) for reason in candidate.reasons)


def _texts(report: Report) -> set[str]:
    """How its words may come again: as they were sent, or with what was read since in its pictures and pages."""
    return {report.text, told(report)} - {"", ERASED}


def _sample_of(document_id: str, case: Case) -> str:
    """Document id of a case's first report; empty where it has none."""
    return key(tenant_of(document_id), case.sample[0]) if case.sample else ""


_REPORT_READ = (ReportMatched, ReportMoved, EvidenceTaken, SnapshotTaken, AnswerRated)
_CASE_READ = (DraftSaved, DraftAdopted, CaseReopened, CaseRevived, CaseRecalled, CaseAbsorbed)
"""After these a case may stand under other words, or stand again."""
_JUDGED = (SuggestionJudged, KnownDismissed, CaseAbsorbed)
"""After these officers have said of more texts what they are not."""
_CONCERNING: dict[str, type[Event]] = {
    kind.type_name: kind
    for kind in (
        *_REPORT_READ, ReportWithdrawn, ReportScreenedOut, ReportUnlinked, *_CASE_READ, CaseMerged, CaseClosed,
        SuggestionJudged, KnownDismissed,
        ClarificationPublished, ClarificationPaused, ClarificationRetracted, KnownRecorded, KnownWithdrawn,
    )
}  # fmt: skip


def _concerning(record: ConsumerRecord) -> tuple[str, Event] | None:
    """Tenant and event, if it changes what the matcher knows; most events do not."""
    kind = _CONCERNING.get(type_of(record.headers))
    if kind is None or record.value is None:
        return None
    try:
        return parse(record.headers).tenant, kind.model_validate_json(record.value)
    except (MalformedEnvelope, ValidationError) as error:
        log.error("event_unreadable", partition=record.partition, offset=record.offset, error=error)
        return None


def create_app(settings: Settings) -> FastAPI:
    logs.configure(Service.MATCHER, settings.log_level)
    telemetry.configure(Service.MATCHER, settings.trace_ratio)
    keyring = Keyring(settings.secrets_dir, Service.MATCHER)
    mongo = Mongo(settings.mongo_url, Service.REPORTS)
    keys = SubjectKeys(mongo.key_store, keyring.master)
    # The engine is used for its reads only: the matcher has no right to write to any topic.
    engine = Engine(
        service=Service.REPORTS,
        mongo=mongo,
        keys=keys,
        outbox=KafkaOutbox(settings, Service.MATCHER),
        signing=keyring.tokens(Service.REPORTS, Service.MATCHER),
        aggregates=AGGREGATES,
        refused=REFUSED[Service.REPORTS],
    )
    shelf = Shelf(engine, Store(engine, keys), Matcher())
    follower = Follower(settings, Service.MATCHER, [journal(Service.REPORTS)], shelf.take, from_start=False)
    health = Health()

    async def start() -> None:
        # The position in the journal is known before MongoDB is read, so nothing falls between the two.
        await follower.start()
        await follower.caught_up()
        await patiently("matcher", shelf.build)
        health.started = True

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        starting = begin(start, health)
        try:
            yield
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await follower.stop()
            mongo.close()

    async def projected() -> bool:
        return follower.is_ready

    health.live["follower"] = lambda: follower.is_live or not health.started
    health.ready["journal"] = projected
    app = service_app(Service.MATCHER, health, lifespan=lifespan)
    From: Any = caller_dependency(Tokens(keyring))

    turns = Turns()

    @app.post("/match")
    async def match(
        questions: list[Question], caller: From, request: Request, patient: bool = False, hurried: bool = False
    ) -> list[Answer]:
        """As many answers as there is time for. `patient`: no person waits for it. `hurried`: somebody is typing, and a
        late answer is none: whoever sends a report does not wait behind it."""
        who = "placing" if patient else "people"
        try:
            if not health.started:
                # Half of the cases are not known yet: "none" would be wrong, and nobody would ask again.
                raise Busy("matcher", retry_after=STARTS_IN)
            answers = await turns.answered(
                questions,
                shelf.answer,
                patient=patient,
                within=HURRY if hurried else settings.match_within,
                is_gone=request.is_disconnected,
            )
        except Busy:
            telemetry.QUESTIONS.labels(who, "put_off").inc(len(questions))
            raise
        telemetry.QUESTIONS.labels(who, "answered").inc(len(answers))
        telemetry.QUESTIONS.labels(who, "no_time").inc(len(questions) - len(answers))
        return answers

    return app
