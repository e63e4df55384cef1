"""Reads of the services, typed. A page asks in parallel and says which part is missing.

case, ledger = await asyncio.gather(reports.case(who, id), or_missing(notify.bulletins(who, id)))
"""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from libs.contracts.envelope import Actor
from libs.contracts.notify.reads import (
    AssignmentView,
    BulletinView,
    ByHandRow,
    FollowerFound,
    FollowView,
    LedgerRow,
    ProposalAsked,
    ProposalView,
)
from libs.contracts.reads import OutcomeView, Page
from libs.contracts.registry.coverage import CoverageView
from libs.contracts.registry.import_reads import ImportRow, PartnerImportView
from libs.contracts.registry.reads import (
    Authenticated,
    Authentication,
    DoubleView,
    HistoryLine,
    MailedLink,
    OfficerAddress,
    OfficerView,
    PartnerChange,
    PartnerFound,
    PartnerRow,
    PartnerView,
    TermRow,
    VerificationRow,
)
from libs.contracts.registry.segments import Candidates, SegmentView
from libs.contracts.reports.reads import (
    AnswerAddress,
    CaseRow,
    CaseView,
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
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.http import ServiceClient

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

OUTCOME_WITHIN = 2.0
"""Seconds; the request waits anyway."""
PROOF_WITHIN = 3.0
"""Seconds for a password check: argon2 and a compare-and-set take about 100 ms when nothing else runs."""

EVIDENCE_WITHIN = 15.0
"""Seconds for at most 16 MB, unsealed."""
MATCH_WITHIN = 3.0
"""Seconds; then a report goes on without being compared."""
TYPING_WITHIN = 0.5
"""Seconds; then what was typed is older than the answer."""
COVERAGE_WITHIN = 5.0
"""Seconds; everything that an office has is counted."""
ADDRESSES_WITHIN = 5.0
"""Seconds. Only crawlers wait, and what they get is kept."""

_ADDRESSES = TypeAdapter(tuple[AnswerAddress, ...])
_PARTNER_IMPORTS = TypeAdapter(tuple[PartnerImportView, ...])
_IMPORTS = TypeAdapter(tuple[ImportView, ...])
_BULLETINS = TypeAdapter(tuple[BulletinView, ...])
_BY_HAND = TypeAdapter(tuple[ByHandRow, ...])
_ASSIGNMENTS = TypeAdapter(tuple[AssignmentView, ...])
_IDS = TypeAdapter(tuple[str, ...])


async def or_missing(read: Awaitable[T]) -> T | None:
    """The answer, or None where its service does not answer in time. What is refused stays refused."""
    try:
        return await read
    except Unavailable:
        return None


def _given(**params: object) -> dict[str, Any]:
    """Query parameters without the ones that were left open."""
    return {name: value for name, value in params.items() if value is not None and value != ""}


class _Reads:
    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def outcome(self, tenant: str, command: UUID, body_hash: str | None) -> OutcomeView:
        params = _given(body=body_hash)
        return await self._one(OutcomeView, tenant, f"/outcomes/{command}", params=params, within=OUTCOME_WITHIN)

    async def _one(
        self,
        kind: type[M],
        tenant: str,
        path: str,
        *,
        actor: Actor | None = None,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        within: float | None = None,
    ) -> M:
        body = await self._client.get(path, tenant=tenant, actor=actor, params=params, within=within)
        return kind.model_validate_json(body)

    async def _answer(
        self, kind: type[M], tenant: str | None, path: str, question: Mapping[str, Any], within: float | None = None
    ) -> M:
        return kind.model_validate_json(await self._client.post(path, tenant=tenant, json=question, within=within))


class ReportsReads(_Reads):
    async def match(self, tenant: str, text: str) -> MatchView:
        """At most three published answers that may be what somebody asks; text and links in one."""
        return await self._answer(MatchView, tenant, "/match", {"text": text}, MATCH_WITHIN)

    async def match_while_typing(self, tenant: str, text: str) -> MatchView:
        """The same, or Unavailable: nobody waits for it."""
        return await self._answer(MatchView, tenant, "/match", {"text": text, "hurried": True}, TYPING_WITHIN)

    async def clarifications(
        self,
        tenant: str,
        *,
        q: str = "",
        verdict: str = "",
        cursor: str = "",
        limit: int = 20,
        corrected: bool = False,
    ) -> Page[ClarificationCard]:
        params = _given(q=q, verdict=verdict, cursor=cursor, limit=limit, corrected="true" if corrected else None)
        return await self._one(Page[ClarificationCard], tenant, "/clarifications", params=params)

    async def clarification(self, tenant: str, ref: str) -> ClarificationView:
        """By number or id."""
        return await self._one(ClarificationView, tenant, f"/clarifications/{_segment(ref)}")

    async def known(self, tenant: str, *, q: str = "", cursor: str = "", limit: int = 20) -> Page[KnownCard]:
        """What other publishers have answered, newest first."""
        return await self._one(Page[KnownCard], tenant, "/known", params=_given(q=q, cursor=cursor, limit=limit))

    async def known_one(self, tenant: str, known_id: str) -> KnownCard:
        return await self._one(KnownCard, tenant, f"/known/{_segment(known_id)}")

    async def imports(self, tenant: str, actor: Actor) -> tuple[ImportView, ...]:
        return _IMPORTS.validate_json(await self._client.get("/known-imports", tenant=tenant, actor=actor))

    async def answer_addresses(self, tenant: str) -> tuple[AnswerAddress, ...]:
        """Of every answer that is not retracted, newest first."""
        body = await self._client.get("/answer-addresses", tenant=tenant, within=ADDRESSES_WITHIN)
        return _ADDRESSES.validate_json(body)

    async def ticket(self, tenant: str, *, number: str, code_hash: str) -> TicketView:
        """
        Raises:
            Refused: `wrong_code`, for a number that never was just as for a wrong code.
        """
        path = f"/tickets/{_segment(number)}"
        body = await self._client.get(path, tenant=tenant, headers={"x-code-hash": code_hash})
        return TicketView.model_validate_json(body)

    async def opening(self, tenant: str, number: str) -> TicketOpening:
        return await self._one(TicketOpening, tenant, f"/tickets/{_segment(number)}/opening")

    async def ticket_picture(self, tenant: str, number: str, code_hash: str, position: int) -> bytes:
        """JPEG."""
        path = f"/tickets/{_segment(number)}/pictures/{position}"
        return await self._client.get(path, tenant=tenant, headers={"x-code-hash": code_hash})

    async def stats(self, tenant: str) -> StatsView:
        return await self._one(StatsView, tenant, "/stats")

    async def cases(
        self,
        tenant: str,
        actor: Actor,
        *,
        state: str = "",
        owner: str = "",
        severity: int | None = None,
        unread: bool = False,
        cursor: str = "",
        limit: int = 50,
    ) -> Page[CaseRow]:
        """The queue; `state` narrows it, and shows what has left it. `unread`: what reporters brought back."""
        params = _given(
            state=state,
            owner=owner,
            severity=severity,
            unread="true" if unread else "",
            cursor=cursor,
            limit=limit,
        )
        return await self._one(Page[CaseRow], tenant, "/cases", actor=actor, params=params)

    async def case(self, tenant: str, actor: Actor, case_id: str, *, cursor: str = "") -> CaseView:
        """`cursor` turns the page of its reports."""
        path = f"/cases/{_segment(case_id)}"
        return await self._one(CaseView, tenant, path, actor=actor, params=_given(cursor=cursor))

    async def reports(
        self, tenant: str, actor: Actor, *, kind: str = "", state: str = "", cursor: str = "", limit: int = 50
    ) -> Page[ReportRow]:
        params = _given(kind=kind, state=state, cursor=cursor, limit=limit)
        return await self._one(Page[ReportRow], tenant, "/reports", actor=actor, params=params)

    async def report(self, tenant: str, actor: Actor, report_id: str) -> ReportRow:
        return await self._one(ReportRow, tenant, f"/reports/{_segment(report_id)}", actor=actor)

    async def partner_reports(self, tenant: str, actor: Actor, *, cursor: str = "") -> Page[PartnerReport]:
        """What the partner who asks has reported, newest first."""
        return await self._one(
            Page[PartnerReport], tenant, "/partner-reports", actor=actor, params=_given(cursor=cursor)
        )

    async def partner_report(self, tenant: str, actor: Actor, report_id: str) -> PartnerReport:
        return await self._one(PartnerReport, tenant, f"/partner-reports/{_segment(report_id)}", actor=actor)

    async def picture(self, tenant: str, actor: Actor, report_id: str, number: int) -> bytes:
        """JPEG."""
        path = f"/reports/{_segment(report_id)}/pictures/{number}"
        return await self._client.get(path, tenant=tenant, actor=actor)

    async def page_picture(self, tenant: str, actor: Actor, report_id: str, page: int, turn: int) -> bytes:
        """JPEG."""
        path = f"/reports/{_segment(report_id)}/pages/{page}/{turn}/screenshot"
        return await self._client.get(path, tenant=tenant, actor=actor)

    async def page_copy(self, tenant: str, actor: Actor, report_id: str, page: int, turn: int) -> bytes:
        """WARC, gzip."""
        path = f"/reports/{_segment(report_id)}/pages/{page}/{turn}/warc"
        return await self._client.get(path, tenant=tenant, actor=actor)

    async def evidence_copy(self, tenant: str, actor: Actor, report_id: str, piece: int) -> bytes:
        """Of the media type that its report says."""
        path = f"/reports/{_segment(report_id)}/copies/{piece}"
        return await self._client.get(path, tenant=tenant, actor=actor, within=EVIDENCE_WITHIN)

    async def original(self, tenant: str, actor: Actor, report_id: str, piece: int) -> bytes:
        """
        Raises:
            Refused: `forbidden`: this officer has not opened it, or longer ago than a quarter of an hour.
        """
        path = f"/reports/{_segment(report_id)}/originals/{piece}"
        return await self._client.get(path, tenant=tenant, actor=actor, within=EVIDENCE_WITHIN)

    async def custody(self, tenant: str, actor: Actor, case_id: str) -> CustodyView:
        return await self._one(CustodyView, tenant, f"/cases/{_segment(case_id)}/custody", actor=actor)

    async def counts(self, tenant: str, actor: Actor) -> QueueCounts:
        return await self._one(QueueCounts, tenant, "/cases/counts", actor=actor)


class RegistryReads(_Reads):
    async def authenticate(self, question: Authentication) -> Authenticated:
        """
        Raises:
            Refused: `unauthenticated`, whatever was wrong; `code_used`.
            TooSoon: tried too often.
        """
        asked = question.model_dump(mode="json")
        return await self._answer(Authenticated, None, "/internal/authenticate", asked, PROOF_WITHIN)

    async def confirm(self, tenant: str, officer: str, code: str) -> None:
        """A fresh code of an officer who is logged in.

        Raises:
            Refused: `code_wrong` or `code_used`.
        """
        question = {"officer_id": officer, "code": code}
        await self._client.post("/internal/confirm", tenant=tenant, json=question, within=PROOF_WITHIN)

    async def partner_by_contact(self, tenant: str, address: str) -> PartnerFound:
        return await self._answer(PartnerFound, tenant, "/internal/partner-by-contact", {"address": address})

    async def officers(
        self, tenant: str, ids: Sequence[str] = (), *, actor: Actor | None = None
    ) -> tuple[OfficerView, ...]:
        """The given ones, or all of the office: with their names for an officer, else with initials only."""
        params = _given(ids=",".join(ids))
        return (await self._one(Page[OfficerView], tenant, "/officers", actor=actor, params=params)).items

    async def officer_history(self, tenant: str, actor: Actor, officer: str) -> Page[HistoryLine]:
        """Newest first."""
        return await self._one(Page[HistoryLine], tenant, f"/officers/{_segment(officer)}/history", actor=actor)

    async def officer_address(self, tenant: str, officer: str) -> str:
        """Where a link is mailed to."""
        question = {"officer_id": officer}
        return (await self._answer(OfficerAddress, tenant, "/internal/officer-address", question)).email

    async def mailed_link(self, tenant: str, officer: str, secret: str) -> MailedLink:
        """
        Raises:
            Refused: `not_found`: the link was used, is another's or too old.
        """
        question = {"officer_id": officer, "secret": secret}
        return await self._answer(MailedLink, tenant, "/internal/mailed-link", question)

    async def office_history(self, tenant: str, actor: Actor) -> Page[HistoryLine]:
        """Newest first."""
        return await self._one(Page[HistoryLine], tenant, "/office/history", actor=actor)

    async def logo(self, tenant: str, name: str) -> bytes:
        """JPEG.

        Raises:
            Refused: `not_found`: the office has another one now, or none.
        """
        return await self._client.get(f"/office/logo/{_segment(name)}", tenant=tenant)

    async def partners(
        self,
        tenant: str,
        actor: Actor,
        *,
        area: str = "",
        kind: str = "",
        state: str = "",
        platform: str = "",
        topic: str = "",
        run_by_office: str = "",
        text: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int = 50,
    ) -> Page[PartnerRow]:
        """`run_by_office`: true, false, or empty for either; `sort`: name or newest."""
        params = _given(
            area=area,
            kind=kind,
            state=state,
            platform=platform,
            topic=topic,
            run_by_office=run_by_office,
            text=text,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )
        return await self._one(Page[PartnerRow], tenant, "/partners", actor=actor, params=params)

    async def verifications(
        self, tenant: str, actor: Actor, *, kind: str = "", state: str = "", area: str = "", cursor: str = ""
    ) -> Page[VerificationRow]:
        params = _given(kind=kind, state=state, area=area, cursor=cursor)
        return await self._one(Page[VerificationRow], tenant, "/verifications", actor=actor, params=params)

    async def terms(self, tenant: str, actor: Actor, *, until: date) -> Page[TermRow]:
        """Of partners, those that end by this day or have ended."""
        return await self._one(Page[TermRow], tenant, "/terms", actor=actor, params={"until": until.isoformat()})

    async def partners_named(self, tenant: str, actor: Actor, ids: Sequence[str]) -> tuple[PartnerRow, ...]:
        params = {"ids": ",".join(ids)}
        return (await self._one(Page[PartnerRow], tenant, "/partners", actor=actor, params=params)).items

    async def partner(self, tenant: str, actor: Actor, partner_id: str) -> PartnerView:
        return await self._one(PartnerView, tenant, f"/partners/{_segment(partner_id)}", actor=actor)

    async def partner_history(self, tenant: str, actor: Actor, partner_id: str) -> tuple[PartnerChange, ...]:
        path = f"/partners/{_segment(partner_id)}/history"
        return (await self._one(Page[PartnerChange], tenant, path, actor=actor)).items

    async def partner_imports(self, tenant: str, actor: Actor) -> tuple[PartnerImportView, ...]:
        body = await self._client.get("/partner-imports", tenant=tenant, actor=actor)
        return _PARTNER_IMPORTS.validate_json(body)

    async def partner_import(self, tenant: str, actor: Actor, import_id: str) -> PartnerImportView:
        return await self._one(PartnerImportView, tenant, f"/partner-imports/{_segment(import_id)}", actor=actor)

    async def import_rows(
        self, tenant: str, actor: Actor, import_id: str, *, became: str = "", after: int = 0, limit: int = 100
    ) -> Page[ImportRow]:
        path = f"/partner-imports/{_segment(import_id)}/rows"
        params = _given(became=became, after=after or None, limit=limit)
        return await self._one(Page[ImportRow], tenant, path, actor=actor, params=params)

    async def doubles(self, tenant: str, actor: Actor, *, cursor: str = "", limit: int = 20) -> Page[DoubleView]:
        params = _given(cursor=cursor, limit=limit)
        return await self._one(Page[DoubleView], tenant, "/doubles", actor=actor, params=params)

    async def doubles_of(self, tenant: str, actor: Actor, partner_id: str) -> tuple[DoubleView, ...]:
        path = f"/partners/{_segment(partner_id)}/doubles"
        return (await self._one(Page[DoubleView], tenant, path, actor=actor)).items

    async def coverage(self, tenant: str, actor: Actor, day: date) -> CoverageView:
        params = {"day": day.isoformat()}
        return await self._one(CoverageView, tenant, "/coverage", actor=actor, params=params, within=COVERAGE_WITHIN)

    async def segments(self, tenant: str, actor: Actor) -> tuple[SegmentView, ...]:
        return (await self._one(Page[SegmentView], tenant, "/segments", actor=actor)).items

    async def segment(self, tenant: str, actor: Actor, segment_id: str) -> SegmentView:
        return await self._one(SegmentView, tenant, f"/segments/{_segment(segment_id)}", actor=actor)

    async def segment_history(self, tenant: str, actor: Actor, segment_id: str) -> tuple[HistoryLine, ...]:
        path = f"/segments/{_segment(segment_id)}/history"
        return (await self._one(Page[HistoryLine], tenant, path, actor=actor)).items

    async def candidates(self, tenant: str, actor: Actor, segment_id: str) -> Candidates:
        """Active partners of a segment."""
        return await self._one(Candidates, tenant, f"/segments/{_segment(segment_id)}/candidates", actor=actor)


class NotifyReads(_Reads):
    async def subject(self, tenant: str, report_id: str) -> FollowView:
        """Nobody follows a report whose sender left no contact: that is an answer, too."""
        try:
            return await self._one(FollowView, tenant, f"/subjects/{_segment(report_id)}")
        except Refused as refused:
            if refused.code != "not_found":
                raise
            return FollowView(following=False)

    async def follower(self, tenant: str, report_id: str, address: str) -> FollowerFound:
        """
        Raises:
            Refused: `not_found`: nobody follows this report by mail to this address.
        """
        path = f"/subjects/{_segment(report_id)}/follower"
        return await self._answer(FollowerFound, tenant, path, {"address": address})

    async def bulletins(self, tenant: str, actor: Actor, case_id: str) -> tuple[BulletinView, ...]:
        answer = await self._client.get("/bulletins", tenant=tenant, actor=actor, params={"case_id": case_id})
        return _BULLETINS.validate_json(answer)

    async def bulletin(self, tenant: str, actor: Actor, bulletin_id: str) -> BulletinView:
        return await self._one(BulletinView, tenant, f"/bulletins/{_segment(bulletin_id)}", actor=actor)

    async def ledger(
        self, tenant: str, actor: Actor, bulletin_id: str, *, state: str = "", cursor: str = ""
    ) -> Page[LedgerRow]:
        path = f"/bulletins/{_segment(bulletin_id)}/ledger"
        return await self._one(Page[LedgerRow], tenant, path, actor=actor, params=_given(state=state, cursor=cursor))

    async def by_hand(self, tenant: str, actor: Actor, *, cursor: str = "") -> Page[ByHandRow]:
        return await self._one(Page[ByHandRow], tenant, "/by-hand", actor=actor, params=_given(cursor=cursor))

    async def sent_by_hand(self, tenant: str, actor: Actor) -> tuple[ByHandRow, ...]:
        return _BY_HAND.validate_json(await self._client.get("/sent-by-hand", tenant=tenant, actor=actor))

    async def assignments(self, tenant: str, actor: Actor, partner_id: str) -> tuple[AssignmentView, ...]:
        path = f"/partners/{_segment(partner_id)}/assignments"
        return _ASSIGNMENTS.validate_json(await self._client.get(path, tenant=tenant, actor=actor))

    async def silent_partners(self, tenant: str, actor: Actor) -> tuple[str, ...]:
        """Who let what they were asked pass, and has answered nothing in half a year."""
        return _IDS.validate_json(await self._client.get("/silent-partners", tenant=tenant, actor=actor))

    async def proposal(
        self, tenant: str, actor: Actor, partners: Sequence[str], *, wanted: int, cap: int
    ) -> ProposalView:
        question = ProposalAsked(partners=tuple(partners), wanted=wanted, cap=cap).model_dump(mode="json")
        answer = await self._client.post("/proposal", tenant=tenant, actor=actor, json=question)
        return ProposalView.model_validate_json(answer)

    async def assignment(self, tenant: str, actor: Actor, assignment_id: str) -> AssignmentView:
        return await self._one(AssignmentView, tenant, f"/assignments/{_segment(assignment_id)}", actor=actor)


def _segment(identity: str) -> str:
    """One segment of a path, whatever somebody typed."""
    return quote(identity, safe="")
