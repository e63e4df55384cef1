"""A case: reports of one claim, the work of checking it, and the two people who answer for the result."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import Field

from libs.contracts import ids
from libs.contracts.messages import Command, Event
from libs.contracts.reports.case import (
    FARTHEST_DUE,
    AbsorbCase,
    AddReference,
    AdoptDraft,
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
    CaseRecalled,
    CaseReopened,
    CaseRevived,
    CaseTriaged,
    ChangesRequested,
    CloseCase,
    DraftAdopted,
    DraftSaved,
    FinishMerge,
    JudgeSuggestion,
    LeaseCase,
    LinkReports,
    MergeCase,
    MergeFinished,
    MergeResumed,
    PublishCase,
    RecallCase,
    RecallsSettled,
    RecordConfirmation,
    ReferenceAdded,
    ReferenceRemoved,
    RemoveReference,
    ReopenCase,
    ReportsLinked,
    ReportUnlinked,
    ResumeMerge,
    ReturnDraft,
    ReviewRequested,
    ReviveCase,
    SaveDraft,
    SettleRecalls,
    SourceAsked,
    SourceConfirmed,
    SuggestionJudged,
    TriageCase,
    UnlinkReport,
    VerdictApproved,
    WatchAdvanced,
)
from libs.contracts.reports.parts import Asked, Candidate, Draft, Mark, Reference, SpareDraft, Way
from libs.contracts.words import CaseState, Role, Verdict
from libs.kit.hosts import refused_because
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused
from services.reports.merged import SAMPLE, awaited, belongings_of, onward, taken_over
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
    merges: int = 0
    """Times that it was merged, or that a merge was taken up again."""
    was: str | None = None
    """State before the merge."""
    given: int = 0
    """Askers that went along with the merge."""
    given_forwarded: int = 0
    brought: bool = False
    """What it had went along as well."""
    carried: tuple[str, ...] = ()
    """Cases whose reports are counted here."""
    spare_drafts: tuple[SpareDraft, ...] = ()
    also_asked: tuple[Asked, ...] = ()
    """Parties that merged cases await an answer from."""
    marks: tuple[Mark, ...] = ()
    """What reporters said since, and nobody has dealt with."""
    settled: dict[str, int] = Field(default_factory=dict)
    """Report -> the last of its marks that was dealt with."""
    retracted: bool = False
    """Its answer was taken back."""
    closed_at: datetime | None = None
    closed_reason: str = ""

    @property
    def answered(self) -> bool:
        return self.version > 0 and not self.retracted


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
        case UnlinkReport() | AbsorbCase() | RecallCase():
            return _reached(case, command, context)
        case SettleRecalls():
            if command.upto is None:
                require_checker(context)
            return _reached(case, command, context)
        case FinishMerge():
            # One that was told of an earlier merge says nothing about this one.
            done = case.moving and command.merge in (0, case.merges)
            return [MergeFinished(case_id=case.case_id)] if done else []
        case ResumeMerge():
            return _resumed(case, command)
        case ReviveCase():
            lost = case.state == CaseState.MERGED and command.merge == case.merges
            return [CaseRevived(case_id=case.case_id, askers=command.askers)] if lost else []
        case ReopenCase():
            return _reopened(case, command)
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
        case AdoptDraft():
            return _adopted(case, command)
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
            if not command.known or command.other == case.case_id:
                raise Refused("validation", "other")
            return [SuggestionJudged(case_id=case.case_id, other=command.other, relation=command.relation)]
        case CloseCase():
            return _closed(case, command, context)
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
        yield _links(None, command, context)
    else:
        yield from _reached(case, command, context)


def _links(case: Case | None, command: LinkReports, context: Context) -> ReportsLinked:
    return ReportsLinked(
        case_id=command.case_id,
        report_ids=command.report_ids,
        count=len(command.report_ids),
        forwarded_often=command.forwarded_often,
        area=command.area,
        last_at=context.at,
        suggestions=command.suggestions if case is not None else (),
        clarification_id=case.clarification_id if case is not None and case.answered else None,
    )


Travelling = LinkReports | UnlinkReport | AbsorbCase | RecallCase | SettleRecalls
"""What is meant for the case that lives, wherever the one that it was sent to went."""


def _reached(case: Case, command: Travelling, context: Context) -> Iterable[Event]:
    """Passed on by a merged case, else taken. In a ring of merges one case lives again for it."""
    if case.merged_into is None:
        yield from _taken(case, command, context)
        return
    if isinstance(command, AbsorbCase) and command.absorbed == case.case_id and command.merge < case.merges:
        # It was merged once more since: that merge took everything along.
        return
    came = command.way
    if isinstance(command, AbsorbCase) and not came.via:
        came = Way(via=(command.absorbed,))
    way = onward(case.case_id, case.merged_into, came)
    if way is not None:
        yield _passed_on(case, command, way, context)
        return
    revived = CaseRevived(case_id=case.case_id)
    yield revived
    yield from _taken(evolve(case, revived), command, context)


def _taken(case: Case, command: Travelling, context: Context) -> Iterable[Event]:
    match command:
        case LinkReports():
            return [_links(case, command, context)]
        case UnlinkReport():
            answer = case.clarification_id if case.answered else None
            return [ReportUnlinked(case_id=case.case_id, report_id=command.report_id, clarification_id=answer)]
        case AbsorbCase():
            return _absorbed(case, command)
        case RecallCase():
            return _recalled(case, command)
        case SettleRecalls():
            return _settled(case, command)


def _passed_on(case: Case, command: Travelling, way: Way, context: Context) -> Event:
    into = case.merged_into
    match command:
        case LinkReports():
            return _links(case, command, context).model_copy(update={"merged_into": into, "way": way})
        case UnlinkReport():
            return ReportUnlinked(case_id=case.case_id, report_id=command.report_id, merged_into=into, way=way)
        case AbsorbCase():
            passed = command.model_dump(include=_PASSED) | {"brings": command.brings}
            return CaseAbsorbed(case_id=case.case_id, passed_to=into, way=way, **passed)
        case RecallCase():
            return CaseRecalled(case_id=case.case_id, mark=command.mark, merged_into=into, way=way)
        case SettleRecalls():
            return RecallsSettled(
                case_id=case.case_id, report_id=command.report_id, upto=command.upto, merged_into=into, way=way
            )


_PASSED = {"absorbed", "count", "forwarded_often", "first_at", "answer_due_at", "merge"}


def _absorbed(case: Case, command: AbsorbCase) -> Iterable[Event]:
    if command.absorbed == case.case_id:
        # Round the ring and home again: what it had never went anywhere.
        return []
    brings = command.brings
    # What this case gave away before it lived again comes back with the number of the one that took it.
    own = brings is not None and case.case_id in brings.carried
    return [
        CaseAbsorbed(
            case_id=case.case_id,
            absorbed=command.absorbed,
            count=command.count - (case.given if own else 0),
            forwarded_often=command.forwarded_often - (case.given_forwarded if own else 0),
            first_at=command.first_at,
            answer_due_at=command.answer_due_at,
            merge=command.merge,
            brings=brings,
            clarification_id=case.clarification_id if case.answered else None,
        )
    ]


def _recalled(case: Case, command: RecallCase) -> Iterable[Event]:
    mark = command.mark
    known = {(m.report_id, m.n) for m in case.marks}
    if (mark.report_id, mark.n) in known or mark.n <= case.settled.get(mark.report_id, 0):
        return []
    return [CaseRecalled(case_id=case.case_id, mark=mark, owner=case.owner)]


def _settled(case: Case, command: SettleRecalls) -> Iterable[Event]:
    report, upto = command.report_id, command.upto
    marks = tuple(m for m in case.marks if report in (None, m.report_id) and m.n <= (upto if upto is not None else m.n))
    # A mark may still be on its way here: what was dealt with is remembered.
    fresh = report is not None and upto is not None and upto > case.settled.get(report, 0)
    if not marks and not fresh:
        return []
    return [RecallsSettled(case_id=case.case_id, marks=marks, report_id=report, upto=upto)]


def _resumed(case: Case, command: ResumeMerge) -> Iterable[Event]:
    if case.merged_into is None or command.merge != case.merges:
        return []
    return [
        MergeResumed(
            case_id=case.case_id,
            into=case.merged_into,
            merge=case.merges + 1,
            first_at=case.first_at,
            answer_due_at=case.answer_due_at,
            brings=None if case.brought else belongings_of(case),
        )
    ]


def _reopened(case: Case, command: ReopenCase) -> Iterable[Event]:
    if command.reason == "retracted":
        stands = not case.answered or 0 < command.version < case.version
        return [] if stands else [CaseReopened(case_id=case.case_id, reason=command.reason)]
    # Closed with a reason that was told: only what happens since opens it again.
    waits = case.state == CaseState.CLOSED and not case.answered and case.closed_at is None
    return [CaseReopened(case_id=case.case_id, reason=command.reason)] if waits else []


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
    if command.owner is not None and not command.owner_known:
        raise Refused("validation", "owner")
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
    if not context.at < command.due_at <= context.at + FARTHEST_DUE:
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
    schemed = command.reference.url.lower().startswith(("https://", "http://"))
    if not schemed or refused_because(command.reference.url) is not None:
        # It becomes a link on a public page: no other scheme may stand there, and nobody is sent to what it is not.
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


def _adopted(case: Case, command: AdoptDraft) -> Iterable[Event]:
    _require(case, WRITABLE)
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    spare = next((s for s in case.spare_drafts if s.case_id == command.of), None)
    if spare is None:
        raise Refused("state_conflict")
    return [
        DraftAdopted(
            case_id=case.case_id,
            of=spare.case_id,
            draft=spare.draft,
            number=case.draft_number + 1,
            author=spare.author,
        )
    ]


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
    if command.into == case.case_id or command.end is None:
        raise Refused("validation", "into")
    if case.state in OUT or case.version:
        # A published answer stays where people found it; the other case joins it, not the other way round.
        raise Refused("state_conflict")
    if command.end.case_id == case.case_id:
        raise Refused("merged_here", "into")
    return [
        CaseMerged(
            case_id=case.case_id,
            into=command.end.case_id,
            merge=case.merges + 1,
            brings=belongings_of(case),
            count=case.askers,
            forwarded_often=case.forwarded_often,
            first_at=case.first_at,
            answer_due_at=case.answer_due_at,
        )
    ]


def _closed(case: Case, command: CloseCase, context: Context) -> Iterable[Event]:
    if case.state in ENDED or case.state == CaseState.IN_REVIEW:
        raise Refused("state_conflict")
    if not case.answered and not is_visible(command.reason):
        # Whoever asked is told why they get no answer.
        raise Refused("validation", "reason")
    return [
        CaseClosed(
            case_id=case.case_id,
            reason=command.reason,
            number=case.number,
            answered=case.answered,
            at=context.at,
            settled=case.marks,
        )
    ]


def _watched(case: Case, context: Context) -> Iterable[Event]:
    for timer in due(case):
        if timer.at <= context.at:
            state = CaseState.MONITORING if case.state == CaseState.PUBLISHED else CaseState.CLOSED
            yield WatchAdvanced(case_id=case.case_id, state=state)


def due(case: Case) -> Iterable[Due]:
    """When the clock moves a published case on: not while somebody waits to be heard."""
    if case.marks:
        return
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
            reopened = _open_again(case) if event.count and not case.answered else {}
            known = {c.case_id for c in case.suggestions} | {*case.judged, case.case_id}
            return {
                "askers": case.askers + event.count,
                "forwarded_often": case.forwarded_often + event.forwarded_often,
                "sample": (*case.sample, *event.report_ids[: max(0, room)]),
                "area": case.area or event.area,
                "last_at": max(case.last_at, event.last_at),
                "suggestions": (*case.suggestions, *(c for c in event.suggestions if c.case_id not in known)),
                **reopened,
            }
        case ReportUnlinked():
            if event.merged_into is not None:
                return {}
            # Nobody asks any more and nobody has looked at it: nothing is left of the case.
            emptied = case.askers <= 1 and case.state == CaseState.OPEN
            return {
                "state": CaseState.CLOSED if emptied else case.state,
                # Below zero for a moment where it leaves before its merge has arrived.
                "askers": case.askers - 1,
                "sample": tuple(r for r in case.sample if r != event.report_id),
                "marks": tuple(m for m in case.marks if m.report_id != event.report_id),
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
            answered = {"answer_due_at": event.answer_due_at, "limit_at": event.limit_at}
            if case.also_asked:
                return {**answered, **awaited(case.also_asked[0]), "also_asked": case.also_asked[1:]}
            return {**answered, "state": CaseState.INVESTIGATING, **_NOBODY_ASKED}
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
                "also_asked": (),
                **_NOBODY_ASKED,
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
                "retracted": False,
                "leased_by": None,
                "leased_until": None,
            }
        case CaseMerged():
            return {
                "state": CaseState.MERGED,
                "was": case.state,
                "merged_into": event.into,
                "moving": True,
                "merges": event.merge or case.merges + 1,
                "given": event.count,
                "given_forwarded": event.forwarded_often,
                "brought": event.brings is not None,
                "leased_by": None,
                "leased_until": None,
            }
        case MergeResumed():
            return {"moving": True, "merges": event.merge, "brought": True}
        case MergeFinished():
            return {"moving": False}
        case CaseRevived():
            return {
                **_alive(case),
                "askers": case.askers if event.askers is None else event.askers,
            }
        case CaseAbsorbed():
            return _grown(case, event)
        case CaseRecalled():
            if event.merged_into is not None:
                return {}
            return {"marks": (*case.marks, event.mark), **_open_again(case)}
        case RecallsSettled():
            if event.merged_into is not None:
                return {}
            return _heard(case, event.marks, {event.report_id: event.upto} if event.report_id and event.upto else {})
        case CaseReopened():
            return {
                **_open_again(case),
                "state": _work_of(case),
                "retracted": case.retracted or event.reason == "retracted",
            }
        case SuggestionJudged():
            return {
                "judged": (*case.judged, event.other),
                "suggestions": tuple(c for c in case.suggestions if c.case_id != event.other),
            }
        case WatchAdvanced():
            return {"state": event.state}
        case DraftAdopted():
            return _exchanged(case, event)
        case CaseClosed():
            return {
                "state": CaseState.CLOSED,
                "closed_at": event.at,
                "closed_reason": event.reason if event.at is not None else "",
                "leased_by": None,
                "leased_until": None,
                **_heard(case, event.settled, {}),
            }
    return {}


_NOBODY_ASKED = {"party": None, "asked_at": None, "asked_until": None}


def _work_of(case: Case) -> CaseState:
    """Where work on a case goes on that had ended."""
    if case.state not in ENDED | OUT:
        return CaseState(case.state)
    if case.party is not None:
        return CaseState.AWAITING_CONFIRMATION
    if case.draft_number:
        return CaseState.DRAFTING
    return CaseState.TRIAGED if case.topic else CaseState.OPEN


def _open_again(case: Case) -> Mapping[str, Any]:
    """A closed case that somebody asks in. One with an answer is only watched again: the answer is theirs as well."""
    if case.state != CaseState.CLOSED:
        return {}
    state = CaseState.MONITORING if case.answered else _work_of(case)
    return {"state": state, "closed_at": None, "closed_reason": ""}


def _alive(case: Case) -> Mapping[str, Any]:
    was = case.was if case.was is not None and case.was not in ENDED else _work_of(case)
    return {"state": was, "merged_into": None, "moving": False, "closed_at": None, "closed_reason": ""}


def _grown(case: Case, event: CaseAbsorbed) -> Mapping[str, Any]:
    if event.passed_to is not None:
        return {}
    # An older version let a case live again with this event.
    alive = case.model_copy(update=dict(_alive(case))) if event.revives else case
    # A closed case without an answer is taken up again: who comes along is still waiting for one. An answer that
    # rests answers them too, and rests on.
    reopened = {} if alive.answered else _open_again(alive)
    alive = alive.model_copy(update=dict(reopened))
    found: dict[str, Any] = {
        "state": alive.state,
        "merged_into": alive.merged_into,
        "moving": alive.moving,
        "closed_at": alive.closed_at,
        "closed_reason": alive.closed_reason,
        "askers": case.askers + event.count,
        "forwarded_often": case.forwarded_often + event.forwarded_often,
        "first_at": min(case.first_at, event.first_at),
        "answer_due_at": min(case.answer_due_at, event.answer_due_at),
        "suggestions": tuple(c for c in case.suggestions if c.case_id != event.absorbed),
    }
    if event.brings is None:
        return found
    found |= taken_over(alive, event.brings, of=event.absorbed)
    return {**found, **_graver(alive, found["severity"], state=found["state"])}


def _graver(case: Case, severity: int, *, state: str) -> Mapping[str, Any]:
    """What a higher severity asks of a text that is with the approvers."""
    needed = max(case.approvals_needed, approvals_needed(case.draft, severity))
    undecided = state == CaseState.DECIDED and len(case.approvals) < needed
    return {"approvals_needed": needed, "state": CaseState.IN_REVIEW if undecided else state}


def _heard(case: Case, marks: Iterable[Mark], upto: Mapping[str, int]) -> Mapping[str, Any]:
    settled = {**case.settled}
    for report, n in (*((m.report_id, m.n) for m in marks), *upto.items()):
        settled[report] = max(n, settled.get(report, 0))
    return {"settled": settled, "marks": tuple(m for m in case.marks if m.n > settled.get(m.report_id, 0))}


def _exchanged(case: Case, event: DraftAdopted) -> Mapping[str, Any]:
    """The text that stood there takes the place of the one that was adopted."""
    spare = [s for s in case.spare_drafts if s.case_id != event.of]
    if case.author is not None and case.draft not in (Draft(), event.draft):
        number = next((s.number for s in case.spare_drafts if s.case_id == event.of), "")
        spare.append(SpareDraft(case_id=event.of, number=number, author=case.author, draft=case.draft))
    waits = case.state == CaseState.AWAITING_CONFIRMATION
    return {
        "draft": event.draft,
        "draft_number": event.number,
        "author": event.author,
        "approvals": (),
        "spare_drafts": tuple(spare),
        "state": case.state if waits else CaseState.DRAFTING,
    }


def index_fields(case: Case) -> dict[str, Any]:
    """`open`: in the queue, to be worked on or to be read."""
    waiting = case.state == CaseState.AWAITING_CONFIRMATION
    unread = len(case.marks) if case.state != CaseState.MERGED else 0
    return {
        "number": case.number,
        "state": case.state,
        "open": (case.state not in ENDED and case.state not in OUT) or unread > 0,
        "unread": unread,
        "due": None if waiting else case.answer_due_at,
        "severity": case.severity,
        "owner": case.owner,
        "leased_by": case.leased_by,
        "submitted": case.state == CaseState.IN_REVIEW,
        "published": case.published_at,
        "moving": case.moving,
        "merged_into": case.merged_into,
        "merges": case.merges,
        "opened": case.opened_at,
    }
