"""Working on a case: in whose hand it is, how grave it is, who was asked, what it rests on."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from libs.contracts.fields import FARTHEST_DUE
from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AddReference,
    AskSource,
    CaseHandedOver,
    CaseLeased,
    CaseTriaged,
    DismissKnown,
    HandOverCase,
    JudgeSuggestion,
    KnownDismissed,
    LeaseCase,
    RecordConfirmation,
    ReferenceAdded,
    ReferenceRemoved,
    RemoveReference,
    SourceAsked,
    SourceConfirmed,
    SuggestionJudged,
    TriageCase,
)
from libs.contracts.words import CaseState
from libs.kit.hosts import refused_because
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.reports.case.belongings import awaited
from services.reports.case.review import approvals_needed
from services.reports.case.state import ENDED, MOST_REFERENCES, NOBODY_ASKED, WRITABLE, Case, require_state

LEASE = timedelta(minutes=30)
"""How long an officer holds a case in hand. A guess: one uninterrupted piece of work."""
SEVERITY = range(1, 5)


def leased(case: Case, command: LeaseCase, officer: str, context: Context) -> Iterable[Event]:
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


def triaged(case: Case, command: TriageCase) -> Iterable[Event]:
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


def handed_over(case: Case, command: HandOverCase) -> Iterable[Event]:
    holds = command.officer in (case.owner, case.leased_by)
    if not holds or not command.gone or case.state in ENDED:
        return []
    return [CaseHandedOver(case_id=case.case_id, officer=command.officer, heir=command.heir)]


def asked(case: Case, command: AskSource, context: Context) -> Iterable[Event]:
    require_state(case, {CaseState.OPEN, CaseState.TRIAGED, CaseState.INVESTIGATING, CaseState.DRAFTING})
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


def confirmed(case: Case, command: RecordConfirmation, context: Context) -> Iterable[Event]:
    require_state(case, {CaseState.AWAITING_CONFIRMATION})
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


def referenced(case: Case, command: AddReference) -> Iterable[Event]:
    require_state(case, WRITABLE)
    schemed = command.reference.url.lower().startswith(("https://", "http://"))
    if not schemed or refused_because(command.reference.url) is not None:
        # It becomes a link on a public page: no other scheme may stand there, and nobody is sent to what it is not.
        raise Refused("validation", "url")
    if command.reference.url in {r.url for r in case.references}:
        return []
    if len(case.references) >= MOST_REFERENCES:
        raise Refused("validation", "references")
    return [ReferenceAdded(case_id=case.case_id, reference=command.reference)]


def unreferenced(case: Case, command: RemoveReference) -> Iterable[Event]:
    require_state(case, WRITABLE)
    return [ReferenceRemoved(case_id=case.case_id, url=command.url)]


def judged(case: Case, command: JudgeSuggestion) -> Iterable[Event]:
    if not command.known or command.other == case.case_id:
        raise Refused("validation", "other")
    return [SuggestionJudged(case_id=case.case_id, other=command.other, relation=command.relation)]


def dismissed(case: Case, command: DismissKnown) -> Iterable[Event]:
    if command.known_id in case.judged:
        return []
    if command.known_id not in {k.id for k in case.known}:
        raise Refused("validation", "known_id")
    return [KnownDismissed(case_id=case.case_id, known_id=command.known_id)]


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case CaseLeased():
            state = CaseState.INVESTIGATING if event.officer and case.state == CaseState.TRIAGED else case.state
            return {"leased_by": event.officer, "leased_until": event.until, "state": state}
        case CaseHandedOver():
            released = {"leased_by": None, "leased_until": None} if case.leased_by == event.officer else {}
            return {**released, "owner": event.heir if case.owner == event.officer else case.owner}
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
            return {**answered, "state": CaseState.INVESTIGATING, **NOBODY_ASKED}
        case ReferenceAdded():
            return {"references": (*case.references, event.reference)}
        case ReferenceRemoved():
            return {"references": tuple(r for r in case.references if r.url != event.url)}
        case KnownDismissed():
            return {
                "judged": (*case.judged, event.known_id),
                "known": tuple(k for k in case.known if k.id != event.known_id),
            }
        case SuggestionJudged():
            return {
                "judged": (*case.judged, event.other),
                "suggestions": tuple(c for c in case.suggestions if c.case_id != event.other),
            }
    return None
