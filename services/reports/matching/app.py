"""The matcher: a process of its own that holds every open case and published answer in memory.

Built from MongoDB at the start, kept up by the journal of reports, which it follows without a group. It writes nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord
from fastapi import FastAPI
from pydantic import ValidationError

from libs.contracts.envelope import MalformedEnvelope, parse, type_of
from libs.contracts.messages import Event
from libs.contracts.reports.case import CaseClosed, CaseMerged, DraftSaved
from libs.contracts.reports.clarification import (
    ClarificationPaused,
    ClarificationPublished,
    ClarificationRetracted,
)
from libs.contracts.reports.report import (
    EvidenceTaken,
    ReportMatched,
    ReportMoved,
    ReportScreenedOut,
    ReportWithdrawn,
)
from libs.contracts.topics import Service, journal
from libs.contracts.words import ClarificationState
from libs.runtime import logs, telemetry
from libs.runtime.engine import Engine
from libs.runtime.followers import Follower
from libs.runtime.http import Health, caller_dependency, service_app
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo, identity_of, key
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.sealing import SubjectKeys
from libs.runtime.service import REFUSED, patiently
from libs.runtime.tokens import Tokens
from services.reports.case import ENDED
from services.reports.kinds import AGGREGATES, CLARIFICATION, REPORT
from services.reports.matching.engine import Document, Kinds, Matcher
from services.reports.matching.questions import Answer, Found, Question
from services.reports.placing import told
from services.reports.report import Report
from services.reports.settings import Settings
from services.reports.store import LEAN, Store

log = logs.get()

CHUNK = 500
MOST_QUESTIONS = 500


class Shelf:
    """What the matcher knows. Every case and its clarification are one document, whose id is the case's."""

    def __init__(self, engine: Engine, store: Store, matcher: Matcher) -> None:
        self._engine = engine
        self._store = store
        self._matcher = matcher
        self._clarifications: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def build(self) -> None:
        """Everything from MongoDB. Cases first, so that an answer replaces its case; then the texts linked to them."""
        for case_document in await self._all("case", {"ix.state": {"$nin": [s.value for s in ENDED]}}):
            await self._case(case_document["tenant"], identity_of(case_document["_id"]))
        for document in await self._all("clarification", {}):
            await self._clarification(document["tenant"], identity_of(document["_id"]))
        async for tenant, report in self._reports():
            self._link(tenant, report)
        # The first question loads the stemmer's words; nobody should wait for that.
        self._matcher.match("", "bantuan dibagikan lewat tautan", 1)
        log.info("matcher_built", documents=len(self._matcher))

    async def _all(self, aggregate: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        return await self._engine.collection(aggregate).across_tenants(where, limit=1_000_000, fields={"tenant": 1})

    async def _reports(self) -> AsyncIterator[tuple[str, Report]]:
        last = ""
        while True:
            documents = await self._engine.collection("report").across_tenants(
                {"_id": {"$gt": last}, "ix.case": {"$type": "string"}}, sort=(("_id", 1),), limit=CHUNK, fields=LEAN
            )
            if not documents:
                return
            last = documents[-1]["_id"]
            opened = await self._store.opened(REPORT, documents)
            for document, report in zip(documents, opened, strict=True):
                yield document["tenant"], report
            await asyncio.sleep(0)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Reads what the events are about all at once: what is stored is as new as the newest of them, or newer."""
        async with self._lock:
            heard = list(filter(None, map(_concerning, records)))
            about = {key(tenant, event.report_id) for tenant, event in heard if isinstance(event, _REPORT_READ)}
            reports = await self._store.reports(about) if about else {}
            for tenant, event in heard:
                await self._heard(tenant, event, reports)

    async def _heard(self, tenant: str, event: Event, reports: Mapping[str, Report]) -> None:
        match event:
            case ReportMatched() | ReportMoved() | EvidenceTaken():
                report = reports.get(key(tenant, event.report_id))
                if report is not None:
                    if isinstance(event, ReportMatched) and event.opens and report.case_id:
                        await self._case(tenant, report.case_id, report)
                    self._link(tenant, report)
            case ReportWithdrawn() | ReportScreenedOut():
                self._matcher.remove(event.report_id, tenant)
            case DraftSaved():
                await self._case(tenant, event.case_id)
            case CaseMerged() | CaseClosed():
                if f"{tenant}/{event.case_id}" not in self._clarifications:
                    self._matcher.remove(event.case_id, tenant)
            case ClarificationPublished() | ClarificationPaused() | ClarificationRetracted():
                await self._clarification(tenant, event.clarification_id)

    async def _case(self, tenant: str, case_id: str, report: Report | None = None) -> None:
        if f"{tenant}/{case_id}" in self._clarifications:
            return
        case = await self._store.case(tenant, case_id)
        title = case.draft.claim if case is not None else ""
        if not title:
            if report is None and case is not None and case.sample:
                report = await self._store.report(tenant, case.sample[0])
            title = told(report) if report is not None else ""
        if title and (case is None or case.state not in ENDED):
            self._matcher.add(Document(case_id, tenant, Kinds.CASE, title))

    async def _clarification(self, tenant: str, clarification_id: str) -> None:
        found = (await self._engine.collection("clarification").load([f"{tenant}/{clarification_id}"], LEAN)).values()
        for one in await self._store.opened(CLARIFICATION, list(found)):
            if one.state == ClarificationState.PUBLISHED:
                latest = one.latest
                self._clarifications[f"{tenant}/{one.case_id}"] = one.clarification_id
                title = f"{latest.fact} {latest.claim}"
                self._matcher.add(Document(one.case_id, tenant, Kinds.CLARIFICATION, title, latest.explanation))
            else:
                self._clarifications.pop(f"{tenant}/{one.case_id}", None)
                self._matcher.remove(one.case_id, tenant)

    def _link(self, tenant: str, report: Report) -> None:
        text = told(report)
        if report.case_id is None or not text or report.case_id == report.own_case():
            return
        self._matcher.add(Document(report.report_id, tenant, Kinds.LINKED, text, answers_to=report.case_id))

    def answer(self, question: Question) -> Answer:
        result = self._matcher.match(question.tenant, question.text, question.limit, without=question.without)
        return Answer(
            id=question.id,
            decision=result.decision,
            candidates=tuple(
                Found(
                    case_id=c.id,
                    clarification_id=self._clarifications.get(f"{question.tenant}/{c.id}"),
                    kind=c.kind,
                    score=c.score,
                )
                for c in result.candidates
            ),
        )


_REPORT_READ = (ReportMatched, ReportMoved, EvidenceTaken)
_CONCERNING: dict[str, type[Event]] = {
    kind.type_name: kind
    for kind in (
        *_REPORT_READ, ReportWithdrawn, ReportScreenedOut, DraftSaved, CaseMerged, CaseClosed,
        ClarificationPublished, ClarificationPaused, ClarificationRetracted,
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
        starting = asyncio.create_task(start())
        try:
            yield
        finally:
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await starting
            await follower.stop()
            mongo.close()

    async def projected() -> bool:
        return follower.is_ready

    health.live["follower"] = lambda: follower.is_live or not health.started
    health.ready["journal"] = projected
    app = service_app(Service.MATCHER, health, lifespan=lifespan)
    From: Any = caller_dependency(Tokens(keyring))

    @app.post("/match")
    async def match(questions: list[Question], caller: From) -> list[Answer]:
        answers = []
        for question in questions[:MOST_QUESTIONS]:
            answers.append(shelf.answer(question))
            await asyncio.sleep(0)
        return answers

    return app
