"""HTTP reads of the reports service. The tenant comes from the caller's token and from nowhere else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from libs.contracts.envelope import Actor
from libs.contracts.reads import OutcomeView, Page
from libs.contracts.reports.reads import (
    OFFERED,
    AnswerAddress,
    CaseRow,
    CaseView,
    ClaimMatch,
    ClarificationCard,
    ClarificationView,
    CustodyView,
    ImportView,
    KnownCard,
    MatchView,
    PartnerReport,
    QueueCounts,
    ReportRow,
    StatsView,
    TicketOpening,
    TicketView,
)
from libs.contracts.topics import Service
from libs.contracts.words import CHECKERS, MatchOutcome, Role
from libs.runtime.errors import Refused
from libs.runtime.http import ServiceClient, caller_dependency, tenant_of
from libs.runtime.paths import Id, Number, Position
from libs.runtime.service import Runtime
from libs.runtime.tokens import Caller
from services.reports.case.reads import CaseReads
from services.reports.clarification.reads import ClarificationReads
from services.reports.custody import Custody
from services.reports.evidence import Evidence
from services.reports.known.reads import KnownReads
from services.reports.looking import caution_of
from services.reports.matching.questions import Answer, ClaimFound, Question
from services.reports.report.masking import Reader
from services.reports.report.reads import ReportReads
from services.reports.snapshots import Snapshots
from services.reports.stats import Stats
from services.reports.tickets import Tickets

READERS = CHECKERS | {Role.LEADER}
ANSWERS = TypeAdapter(list[Answer])
LONGEST = 6_000
HURRIED_WITHIN = 0.4
"""Seconds."""

Cursor = Annotated[str | None, Query(max_length=600)]
Limit = Annotated[int, Query(ge=1, le=100)]


class Told(BaseModel):
    """`POST /match`, question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST)
    hurried: bool = False
    """Somebody is typing: an answer that comes late is none."""


def office(caller: Caller) -> Actor:
    """Raises:
    Refused: the caller does not act for somebody who may read the office's work.
    """
    if caller.actor is None or not READERS & set(caller.actor.roles):
        raise Refused("role_missing")
    return caller.actor


def partner(caller: Caller) -> str:
    """Whose own reports are read.

    Raises:
        Refused: the caller does not act for a partner.
    """
    if caller.actor is None or Role.PARTNER not in caller.actor.roles:
        raise Refused("role_missing")
    return caller.actor.id


def reader(caller: Caller) -> Reader:
    """Raises:
    Refused: as `office`.
    """
    return Reader(office(caller).id, datetime.now(UTC))


def checker(caller: Caller) -> Actor:
    """Raises:
    Refused: the caller does not act for somebody who checks reports.
    """
    if caller.actor is None or not CHECKERS & set(caller.actor.roles):
        raise Refused("role_missing")
    return caller.actor


@dataclass(frozen=True)
class Reads:
    tickets: Tickets
    reports: ReportReads
    cases: CaseReads
    custody: Custody
    clarifications: ClarificationReads
    known: KnownReads
    stats: Stats


async def _fitting(reads: Reads, tenant: str, text: str, answer: Answer | ClaimFound, most: int = OFFERED) -> MatchView:
    own = await reads.clarifications.match(tenant, text, answer, most=most)
    # One that the office gave itself, and that surely fits, needs no other beside it.
    room = most - len(own.answers) if own.outcome != MatchOutcome.MATCH else 0
    if not room or not answer.imported:
        return own
    known = await reads.known.fitting(tenant, text, answer.imported, most=room)
    return own.model_copy(update={"known": known})


async def _of_claim(reads: Reads, tenant: str, claim: ClaimFound) -> ClaimMatch | None:
    """None where what was found is not published: an open case is no answer."""
    found = await _fitting(reads, tenant, claim.text, claim, most=1)
    if not found.offers:
        return None
    return ClaimMatch(
        text=claim.text,
        outcome=found.outcome,
        answer=next(iter(found.answers), None),
        known=next(iter(found.known), None),
    )


def router(
    runtime: Runtime, reads: Reads, pictures: Evidence, pages: Snapshots, matcher: ServiceClient, *, within: float
) -> APIRouter:
    api = APIRouter()
    From: Any = caller_dependency(runtime.tokens)

    @api.get("/outcomes/{command_id}")
    async def outcome(command_id: UUID, caller: From, body: str | None = None) -> OutcomeView:
        return await runtime.outcome_view(tenant_of(caller), command_id, body)

    @api.get("/tickets/{number}")
    async def ticket(
        number: Number, caller: From, code_hash: Annotated[str, Header(alias="x-code-hash", max_length=64)]
    ) -> TicketView:
        return await reads.tickets.one(tenant_of(caller), number, code_hash)

    @api.get("/tickets/{number}/pictures/{position}")
    async def ticket_picture(
        number: Number,
        position: Position,
        caller: From,
        code_hash: Annotated[str, Header(alias="x-code-hash", max_length=64)],
    ) -> Response:
        """To the holder of number and code, as the ticket itself."""
        report_id = await reads.tickets.report_of(tenant_of(caller), number, code_hash)
        return Response(await pictures.picture(tenant_of(caller), report_id, position), media_type="image/jpeg")

    @api.get("/tickets/{number}/opening")
    async def opening(number: Number, caller: From) -> TicketOpening:
        if caller.service != Service.GATEWAY:
            raise Refused("forbidden")
        return await reads.tickets.opening(tenant_of(caller), number)

    @api.post("/match")
    async def match(told: Told, caller: From) -> MatchView:
        tenant = tenant_of(caller)
        caution = caution_of(runtime.directory, tenant)
        question = Question(id="asked", tenant=tenant, text=told.text, limit=5, caution=caution, by_claim=True)
        path, patience = ("/match?hurried=true", HURRIED_WITHIN) if told.hurried else ("/match", within)
        body = await matcher.post(path, tenant=None, json=[question.model_dump(mode="json")], within=patience)
        answer = ANSWERS.validate_json(body)[0]
        found = await _fitting(reads, tenant, told.text, answer)
        claims = [await _of_claim(reads, tenant, claim) for claim in answer.claims]
        return found.model_copy(update={"claims": tuple(filter(None, claims))})

    @api.get("/known")
    async def known(
        caller: From, q: Annotated[str, Query(max_length=300)] = "", cursor: Cursor = None, limit: Limit = 20
    ) -> Page[KnownCard]:
        return await reads.known.page(tenant_of(caller), query=q, cursor=cursor, limit=limit)

    @api.get("/known/{known_id}")
    async def one_known(known_id: Id, caller: From) -> KnownCard:
        return await reads.known.one(tenant_of(caller), known_id)

    @api.get("/known-imports")
    async def known_imports(caller: From) -> tuple[ImportView, ...]:
        office(caller)
        return await reads.known.imports(tenant_of(caller))

    @api.get("/clarifications")
    async def clarifications(
        caller: From,
        q: Annotated[str, Query(max_length=300)] = "",
        verdict: Annotated[str, Query(max_length=40)] = "",
        cursor: Cursor = None,
        limit: Limit = 20,
        corrected: bool = False,
    ) -> Page[ClarificationCard]:
        return await reads.clarifications.page(
            tenant_of(caller), query=q, verdict=verdict, cursor=cursor, limit=limit, corrected=corrected
        )

    @api.get("/answer-addresses")
    async def answer_addresses(caller: From) -> tuple[AnswerAddress, ...]:
        return await reads.clarifications.addresses(tenant_of(caller))

    @api.get("/clarifications/{ref}")
    async def clarification(ref: Id, caller: From) -> ClarificationView:
        return await reads.clarifications.one(tenant_of(caller), ref)

    @api.get("/stats")
    async def stats(caller: From) -> StatsView:
        return await reads.stats.of(tenant_of(caller))

    @api.get("/cases")
    async def cases(
        caller: From,
        state: str | None = None,
        owner: str | None = None,
        severity: Annotated[int | None, Query(ge=1, le=4)] = None,
        unread: bool = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[CaseRow]:
        office(caller)
        return await reads.cases.queue(
            tenant_of(caller),
            state=state,
            owner=owner,
            severity=severity,
            unread=unread,
            cursor=cursor,
            limit=limit,
        )

    @api.get("/cases/counts")
    async def counts(caller: From) -> QueueCounts:
        office(caller)
        return await reads.cases.counts(tenant_of(caller))

    @api.get("/cases/{case_id}")
    async def case(case_id: Id, caller: From, cursor: Cursor = None) -> CaseView:
        return await reads.cases.one(tenant_of(caller), case_id, reader(caller), cursor=cursor)

    @api.get("/cases/{case_id}/custody")
    async def custody(case_id: Id, caller: From) -> CustodyView:
        return await reads.custody.of(tenant_of(caller), case_id, reader(caller))

    @api.get("/reports")
    async def reports(
        caller: From, kind: str | None = None, state: str | None = None, cursor: Cursor = None, limit: Limit = 20
    ) -> Page[ReportRow]:
        office(caller)
        return await reads.reports.page(tenant_of(caller), kind=kind, state=state, cursor=cursor, limit=limit)

    @api.get("/reports/{report_id}")
    async def report(report_id: Id, caller: From) -> ReportRow:
        return await reads.reports.one(tenant_of(caller), report_id, reader(caller))

    @api.get("/partner-reports")
    async def partner_reports(caller: From, cursor: Cursor = None, limit: Limit = 20) -> Page[PartnerReport]:
        return await reads.tickets.of_partner(tenant_of(caller), partner(caller), cursor=cursor, limit=limit)

    @api.get("/partner-reports/{report_id}")
    async def partner_report(report_id: Id, caller: From) -> PartnerReport:
        return await reads.tickets.one_of_partner(tenant_of(caller), partner(caller), report_id)

    @api.get("/reports/{report_id}/copies/{number}")
    async def copy(report_id: Id, number: Position, caller: From) -> Response:
        office(caller)
        data = await pictures.copy(tenant_of(caller), report_id, number)
        return Response(data, media_type="application/octet-stream")

    @api.get("/reports/{report_id}/originals/{number}")
    async def original(report_id: Id, number: Position, caller: From) -> Response:
        data = await pictures.original(tenant_of(caller), report_id, number, reader(caller))
        return Response(data, media_type="application/octet-stream")

    @api.get("/reports/{report_id}/pictures/{number}")
    async def picture(report_id: Id, number: Position, caller: From) -> Response:
        office(caller)
        return Response(await pictures.picture(tenant_of(caller), report_id, number), media_type="image/jpeg")

    @api.get("/reports/{report_id}/pages/{page}/{turn}/screenshot")
    async def screenshot(report_id: Id, page: Position, turn: Position, caller: From) -> Response:
        office(caller)
        found = await pages.screenshot(tenant_of(caller), report_id, page, turn)
        return Response(found, media_type="image/jpeg")

    @api.get("/reports/{report_id}/pages/{page}/{turn}/warc")
    async def warc(report_id: Id, page: Position, turn: Position, caller: From) -> Response:
        checker(caller)
        found = await pages.warc(tenant_of(caller), report_id, page, turn)
        return Response(found, media_type="application/warc")

    return api
