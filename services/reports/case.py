"""A case: reports of one claim, the work of checking it, and the two people who answer for the result."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts import ids
from libs.contracts.messages import Command, Event
from libs.contracts.reports.case import (
    AbsorbCase,
    AddReference,
    AdvanceWatch,
    ApproveVerdict,
    AskSource,
    CaseAbsorbed,
    CaseClosed,
    CaseDecided,
    CaseLeased,
    CaseMerged,
    CaseOpened,
    CasePublished,
    CaseTriaged,
    ChangesRequested,
    CloseCase,
    DraftSaved,
    FinishMerge,
    JudgeSuggestion,
    LeaseCase,
    LinkReports,
    MergeCase,
    MergeFinished,
    PublishCase,
    RecordConfirmation,
    ReferenceAdded,
    ReferenceRemoved,
    RemoveReference,
    ReportsLinked,
    ReportUnlinked,
    ReturnDraft,
    ReviewRequested,
    SaveDraft,
    SourceAsked,
    SourceConfirmed,
    SuggestionJudged,
    TriageCase,
    UnlinkReport,
    VerdictApproved,
    WatchAdvanced,
)
from libs.contracts.reports.parts import Candidate, Draft, Reference
from libs.contracts.words import CaseState, Role, Verdict
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused
from services.reports.permissions import require, require_checker

LEASE = timedelta(minutes=30)
"""How long an officer holds a case in hand. A guess: one uninterrupted piece of work."""
FRESH = timedelta(days=1)
"""After this a published case is only watched."""
WATCHED = timedelta(days=14)
"""After this it rests, unless the claim came back."""
SEVERITY = range(1, 5)
GRAVE = 3
"""From here two people approve."""
SAMPLE = 20
MOST_REFERENCES = 50

ENDED = frozenset({CaseState.MERGED, CaseState.CLOSED, CaseState.OUT_OF_SCOPE})
OUT = frozenset({CaseState.PUBLISHED, CaseState.MONITORING})
WRITABLE = frozenset(
    {
        CaseState.OPEN,
        CaseState.TRIAGED,
        CaseState.INVESTIGATING,
        CaseState.AWAITING_CONFIRMATION,
        CaseState.DRAFTING,
        *OUT,
    }
)
"""Where a draft may be written. After publication it is the draft of a correction."""


class Case(State):
    case_id: str
    number: str
    state: str = CaseState.OPEN
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    answer_due_at: datetime
    limit_at: datetime
    area: str | None = None
    askers: int = 0
    forwarded_often: int = 0
    sample: tuple[str, ...] = ()
    """First reports, for the title and the list."""
    severity: int = 1
    topic: str = ""
    owner: str | None = None
    leased_by: str | None = None
    leased_until: datetime | None = None
    triaged_at: datetime | None = None
    party: str | None = None
    """Who was asked; the answer clock stands while it is set."""
    asked_at: datetime | None = None
    asked_until: datetime | None = None
    references: tuple[Reference, ...] = ()
    draft: Draft = Draft()
    draft_number: int = 0
    author: str | None = None
    submitted_at: datetime | None = None
    approvals: tuple[str, ...] = ()
    approvals_needed: int = 1
    return_note: str = ""
    decided_at: datetime | None = None
    version: int = 0
    """Of the clarification; 0 before the first publication."""
    clarification_id: str | None = None
    published_verdict: str | None = None
    published_fact: str = ""
    published_at: datetime | None = None
    suggestions: tuple[Candidate, ...] = ()
    judged: tuple[str, ...] = ()
    merged_into: str | None = None
    moving: bool = False
    """Merged, and its reports are still being told."""


def decide(case: Case | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to a case.

    Raises:
        Refused: `not_found`, `state_conflict`, `version_conflict`, `role_missing`, `self_approval`, `already_approved`,
            `reference_missing`, `draft_incomplete`, `validation`.
    """
    if isinstance(command, LinkReports):
        return _linked(case, command, context)
    if case is None:
        raise NotFound("case")
    match command:
        case UnlinkReport():
            return [ReportUnlinked(case_id=case.case_id, report_id=command.report_id)]
        case AbsorbCase():
            return _absorbed(case, command)
        case FinishMerge():
            return [MergeFinished(case_id=case.case_id)] if case.moving else []
        case AdvanceWatch():
            return _watched(case, context)
    officer = require_checker(context).id
    if case.state == CaseState.MERGED:
        raise Refused("state_conflict")
    match command:
        case LeaseCase():
            return _leased(case, command, officer, context)
        case TriageCase():
            return _triaged(case, command)
        case AskSource():
            return _asked(case, command, context)
        case RecordConfirmation():
            return _confirmed(case, command, context)
        case AddReference():
            return _referenced(case, command)
        case RemoveReference():
            _require(case, WRITABLE)
            return [ReferenceRemoved(case_id=case.case_id, url=command.url)]
        case SaveDraft():
            return _saved(case, command, officer, context)
        case ReturnDraft():
            require(context, Role.APPROVER)
            _require(case, {CaseState.IN_REVIEW, CaseState.DECIDED})
            return [ChangesRequested(case_id=case.case_id, note=command.note)]
        case ApproveVerdict():
            return _approved(case, command, context)
        case PublishCase():
            return _published(case, context)
        case MergeCase():
            return _merged(case, command)
        case JudgeSuggestion():
            return [SuggestionJudged(case_id=case.case_id, other=command.other, relation=command.relation)]
        case CloseCase():
            if case.state in ENDED or case.state == CaseState.IN_REVIEW:
                raise Refused("state_conflict")
            return [CaseClosed(case_id=case.case_id, reason=command.reason, answered=case.version > 0)]
    raise Refused("validation", "type")


def _require(case: Case, states: Iterable[str]) -> None:
    if case.state not in states:
        raise Refused("state_conflict")


def _linked(case: Case | None, command: LinkReports, context: Context) -> Iterable[Event]:
    if case is None:
        if command.answer_due_at is None or command.limit_at is None:
            raise NotFound("case")
        yield CaseOpened(
            case_id=command.case_id,
            number=ids.reference_number(f"KSS-{command.prefix}", UUID(command.case_id)),
            area=command.area,
            opened_at=command.first_received_at,
            answer_due_at=command.answer_due_at,
            limit_at=command.limit_at,
            suggestions=command.suggestions,
        )
    yield ReportsLinked(
        case_id=command.case_id,
        report_ids=command.report_ids,
        count=len(command.report_ids),
        forwarded_often=command.forwarded_often,
        area=command.area,
        last_at=context.at,
        suggestions=command.suggestions if case is not None else (),
        clarification_id=case.clarification_id if case is not None else None,
        merged_into=case.merged_into if case is not None else None,
    )


def _absorbed(case: Case, command: AbsorbCase) -> Iterable[Event]:
    revives = case.merged_into == command.absorbed and case.case_id < command.absorbed
    if case.merged_into == command.absorbed and not revives:
        return []
    return [
        CaseAbsorbed(
            case_id=case.case_id,
            absorbed=command.absorbed,
            count=command.count,
            forwarded_often=command.forwarded_often,
            first_at=command.first_at,
            answer_due_at=command.answer_due_at,
            passed_to=None if revives else case.merged_into,
            revives=revives,
        )
    ]


def _leased(case: Case, command: LeaseCase, officer: str, context: Context) -> Iterable[Event]:
    held_by_other = (
        case.leased_by is not None
        and case.leased_by != officer
        and case.leased_until is not None
        and case.leased_until > context.at
    )
    if held_by_other:
        raise Refused("state_conflict", "leased_by")
    if command.release:
        return [CaseLeased(case_id=case.case_id, officer=None, until=None)]
    return [CaseLeased(case_id=case.case_id, officer=officer, until=context.at + LEASE)]


def _triaged(case: Case, command: TriageCase) -> Iterable[Event]:
    if case.state in ENDED:
        raise Refused("state_conflict")
    if command.severity not in SEVERITY:
        raise Refused("validation", "severity")
    return [
        CaseTriaged(
            case_id=case.case_id,
            severity=command.severity,
            topic=command.topic,
            area=command.area or case.area,
            owner=command.owner or case.owner,
        )
    ]


def _asked(case: Case, command: AskSource, context: Context) -> Iterable[Event]:
    _require(case, {CaseState.OPEN, CaseState.TRIAGED, CaseState.INVESTIGATING, CaseState.DRAFTING})
    if not is_visible(command.party):
        raise Refused("validation", "party")
    if command.due_at <= context.at:
        raise Refused("validation", "due_at")
    return [
        SourceAsked(
            case_id=case.case_id,
            party=command.party,
            question=command.question,
            asked_at=context.at,
            due_at=command.due_at,
        )
    ]


def _confirmed(case: Case, command: RecordConfirmation, context: Context) -> Iterable[Event]:
    _require(case, {CaseState.AWAITING_CONFIRMATION})
    assert case.party is not None
    assert case.asked_at is not None
    stood = max(timedelta(0), context.at - case.asked_at)
    return [
        SourceConfirmed(
            case_id=case.case_id,
            party=case.party,
            text=command.text,
            at=context.at,
            answer_due_at=case.answer_due_at + stood,
            limit_at=case.limit_at + stood,
        )
    ]


def _referenced(case: Case, command: AddReference) -> Iterable[Event]:
    _require(case, WRITABLE)
    if not command.reference.url.startswith(("https://", "http://")):
        # It becomes a link on a public page: no other scheme may stand there.
        raise Refused("validation", "url")
    if command.reference.url in {r.url for r in case.references}:
        return []
    if len(case.references) >= MOST_REFERENCES:
        raise Refused("validation", "references")
    return [ReferenceAdded(case_id=case.case_id, reference=command.reference)]


def _saved(case: Case, command: SaveDraft, officer: str, context: Context) -> Iterable[Event]:
    _require(case, WRITABLE)
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    number = case.draft_number + 1
    saved = DraftSaved(case_id=case.case_id, draft=command.draft, number=number, author=officer)
    if not command.submit:
        return [saved]
    missing = missing_in(command.draft, correcting=case.version > 0)
    if missing:
        raise Refused("draft_incomplete", *missing)
    if not case.references:
        raise Refused("reference_missing", "references")
    needed = approvals_needed(command.draft, case.severity)
    return [saved, ReviewRequested(case_id=case.case_id, number=number, approvals_needed=needed, at=context.at)]


def missing_in(draft: Draft, *, correcting: bool) -> list[str]:
    """Fields that a draft needs before two people can look at it."""
    needed = {
        "claim": is_visible(draft.claim),
        "verdict": draft.verdict in set(Verdict),
        "about_own_tenant": draft.about_own_tenant is not None,
        "fact": is_visible(draft.fact),
        "explanation": is_visible(draft.explanation),
        "change_note": is_visible(draft.change_note) or not correcting,
    }
    return [name for name, there in needed.items() if not there]


def approvals_needed(draft: Draft, severity: int) -> int:
    """Two where the office judges itself or much is at stake, else one; the author is never among them."""
    return 2 if draft.about_own_tenant or severity >= GRAVE else 1


def _approved(case: Case, command: ApproveVerdict, context: Context) -> Iterable[Event]:
    approver = require(context, Role.APPROVER).id
    _require(case, {CaseState.IN_REVIEW})
    if approver == case.author:
        raise Refused("self_approval")
    if approver in case.approvals:
        raise Refused("already_approved")
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    assert case.draft.verdict is not None
    yield VerdictApproved(case_id=case.case_id, approver=approver, number=case.draft_number)
    if len(case.approvals) + 1 >= case.approvals_needed:
        yield CaseDecided(case_id=case.case_id, verdict=case.draft.verdict, at=context.at)


def _published(case: Case, context: Context) -> Iterable[Event]:
    require(context, Role.EDITOR, Role.APPROVER, Role.VERIFIER)
    _require(case, {CaseState.DECIDED})
    assert case.author is not None
    return [
        CasePublished(
            case_id=case.case_id,
            clarification_id=case.clarification_id or str(ids.clarification_id(UUID(case.case_id))),
            number=case.number.removeprefix("KSS-"),
            version=case.version + 1,
            draft=case.draft,
            references=case.references,
            topic=case.topic,
            area=case.area,
            severity=case.severity,
            author=case.author,
            approvers=case.approvals,
            demand=case.askers,
            at=context.at,
        )
    ]


def _merged(case: Case, command: MergeCase) -> Iterable[Event]:
    if command.into == case.case_id:
        raise Refused("validation", "into")
    if case.state in OUT or case.version:
        # A published answer stays where people found it; the other case joins it, not the other way round.
        raise Refused("state_conflict")
    return [
        CaseMerged(
            case_id=case.case_id,
            into=command.into,
            count=case.askers,
            forwarded_often=case.forwarded_often,
            first_at=case.first_at,
            answer_due_at=case.answer_due_at,
        )
    ]


def _watched(case: Case, context: Context) -> Iterable[Event]:
    for timer in due(case):
        if timer.at <= context.at:
            state = CaseState.MONITORING if case.state == CaseState.PUBLISHED else CaseState.CLOSED
            yield WatchAdvanced(case_id=case.case_id, state=state)


def due(case: Case) -> Iterable[Due]:
    """When the clock moves a published case on."""
    if case.published_at is not None and case.state == CaseState.PUBLISHED:
        yield Due("watch", case.published_at + FRESH)
    if case.published_at is not None and case.state == CaseState.MONITORING:
        yield Due("watch", case.published_at + WATCHED)


def evolve(case: Case | None, event: Event) -> Case:
    if isinstance(event, CaseOpened):
        return Case(
            case_id=event.case_id,
            number=event.number,
            opened_at=event.opened_at,
            first_at=event.opened_at,
            last_at=event.opened_at,
            answer_due_at=event.answer_due_at,
            limit_at=event.limit_at,
            area=event.area,
            suggestions=event.suggestions,
        )
    assert case is not None
    return case.model_copy(update=dict(_changes(case, event)))


def _changes(case: Case, event: Event) -> Mapping[str, Any]:
    match event:
        case ReportsLinked():
            if event.merged_into is not None:
                return {}
            room = SAMPLE - len(case.sample)
            known = {c.case_id for c in case.suggestions} | {*case.judged, case.case_id}
            return {
                "askers": case.askers + event.count,
                "forwarded_often": case.forwarded_often + event.forwarded_often,
                "sample": (*case.sample, *event.report_ids[: max(0, room)]),
                "area": case.area or event.area,
                "last_at": max(case.last_at, event.last_at),
                "suggestions": (*case.suggestions, *(c for c in event.suggestions if c.case_id not in known)),
                "state": CaseState.OPEN if case.state == CaseState.CLOSED and not case.version else case.state,
            }
        case ReportUnlinked():
            # Nobody asks any more and nobody has looked at it: nothing is left of the case.
            emptied = case.askers <= 1 and case.state == CaseState.OPEN
            return {
                "state": CaseState.CLOSED if emptied else case.state,
                "askers": max(0, case.askers - 1),
                "sample": tuple(r for r in case.sample if r != event.report_id),
            }
        case CaseLeased():
            state = CaseState.INVESTIGATING if event.officer and case.state == CaseState.TRIAGED else case.state
            return {"leased_by": event.officer, "leased_until": event.until, "state": state}
        case CaseTriaged():
            return {
                "severity": event.severity,
                "topic": event.topic,
                "area": event.area,
                "owner": event.owner,
                "state": CaseState.TRIAGED if case.state == CaseState.OPEN else case.state,
                "approvals_needed": max(case.approvals_needed, approvals_needed(case.draft, event.severity)),
            }
        case SourceAsked():
            return {
                "state": CaseState.AWAITING_CONFIRMATION,
                "party": event.party,
                "asked_at": event.asked_at,
                "asked_until": event.due_at,
            }
        case SourceConfirmed():
            return {
                "state": CaseState.INVESTIGATING,
                "party": None,
                "asked_at": None,
                "asked_until": None,
                "answer_due_at": event.answer_due_at,
                "limit_at": event.limit_at,
            }
        case ReferenceAdded():
            return {"references": (*case.references, event.reference)}
        case ReferenceRemoved():
            return {"references": tuple(r for r in case.references if r.url != event.url)}
        case DraftSaved():
            waiting = case.state == CaseState.AWAITING_CONFIRMATION
            return {
                "draft": event.draft,
                "draft_number": event.number,
                "author": event.author,
                "approvals": (),
                "state": case.state if waiting else CaseState.DRAFTING,
            }
        case ReviewRequested():
            return {
                "state": CaseState.IN_REVIEW,
                "approvals": (),
                "approvals_needed": event.approvals_needed,
                "return_note": "",
                "submitted_at": event.at,
                "party": None,
                "asked_at": None,
                "asked_until": None,
            }
        case ChangesRequested():
            return {"state": CaseState.DRAFTING, "approvals": (), "return_note": event.note}
        case VerdictApproved():
            return {"approvals": (*case.approvals, event.approver)}
        case CaseDecided():
            return {"state": CaseState.DECIDED, "decided_at": event.at}
        case CasePublished():
            return {
                "state": CaseState.PUBLISHED,
                "version": event.version,
                "clarification_id": event.clarification_id,
                "published_verdict": event.draft.verdict,
                "published_fact": event.draft.fact,
                "published_at": event.at,
                "leased_by": None,
                "leased_until": None,
            }
        case CaseMerged():
            return {"state": CaseState.MERGED, "merged_into": event.into, "moving": True}
        case MergeFinished():
            return {"moving": False}
        case CaseAbsorbed():
            if event.passed_to is not None:
                return {}
            alive = {"state": CaseState.OPEN, "merged_into": None, "moving": False} if event.revives else {}
            return {
                **alive,
                "askers": case.askers + event.count,
                "forwarded_often": case.forwarded_often + event.forwarded_often,
                "first_at": min(case.first_at, event.first_at),
                "answer_due_at": min(case.answer_due_at, event.answer_due_at),
                "suggestions": tuple(c for c in case.suggestions if c.case_id != event.absorbed),
            }
        case SuggestionJudged():
            return {
                "judged": (*case.judged, event.other),
                "suggestions": tuple(c for c in case.suggestions if c.case_id != event.other),
            }
        case WatchAdvanced():
            return {"state": event.state}
        case CaseClosed():
            return {"state": CaseState.CLOSED, "leased_by": None, "leased_until": None}
    return {}


def index_fields(case: Case) -> dict[str, Any]:
    waiting = case.state == CaseState.AWAITING_CONFIRMATION
    return {
        "number": case.number,
        "state": case.state,
        "open": case.state not in ENDED and case.state not in OUT,
        "due": None if waiting else case.answer_due_at,
        "severity": case.severity,
        "owner": case.owner,
        "leased_by": case.leased_by,
        "submitted": case.state == CaseState.IN_REVIEW,
        "published": case.published_at,
        "moving": case.moving,
        "merged_into": case.merged_into,
        "opened": case.opened_at,
    }
