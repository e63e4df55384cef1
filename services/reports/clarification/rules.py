"""A clarification: the published answer to one claim, in versions that stay."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from libs.contracts.messages import Command, Event
from libs.contracts.reports.clarification import (
    ClarificationPaused,
    ClarificationPublished,
    ClarificationRetracted,
    CountDemand,
    DemandCounted,
    IssueClarification,
    PauseClarification,
    RetractClarification,
)
from libs.contracts.reports.parts import Reference
from libs.contracts.words import ClarificationState, Role
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.reports.permissions import require


class Version(BaseModel):
    """What was published at one time. Never changed."""

    model_config = ConfigDict(frozen=True, extra="allow")

    version: int
    at: datetime
    claim: str
    verdict: str
    fact: str
    explanation: str
    change_note: str
    references: tuple[Reference, ...]
    author: str
    approvers: tuple[str, ...]


class Clarification(State):
    clarification_id: str
    case_id: str
    number: str
    state: str = ClarificationState.PUBLISHED
    versions: tuple[Version, ...]
    topic: str = ""
    area: str | None = None
    severity: int = 1
    demand: int = 0
    """How many asked: the reports of its case, and everybody who said that this is what they received."""
    published_at: datetime
    retraction: str = ""
    retracted_at: datetime | None = None

    @property
    def latest(self) -> Version:
        return self.versions[-1]


def decide(clarification: Clarification | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to a clarification.

    Raises:
        Refused: `not_found`, `state_conflict`, `role_missing`, `validation`.
    """
    if isinstance(command, IssueClarification):
        return _issued(clarification, command, context)
    if clarification is None:
        raise NotFound("clarification")
    if clarification.state == ClarificationState.RETRACTED:
        raise Refused("state_conflict")
    match command:
        case CountDemand():
            return [DemandCounted(clarification_id=clarification.clarification_id, count=command.count)]
        case PauseClarification():
            require(context, Role.APPROVER, Role.EDITOR)
            if (clarification.state == ClarificationState.PAUSED) != command.resume:
                raise Refused("state_conflict")
            return [ClarificationPaused(clarification_id=clarification.clarification_id, paused=not command.resume)]
        case RetractClarification():
            require(context, Role.APPROVER)
            if not is_visible(command.reason):
                raise Refused("validation", "reason")
            return [
                ClarificationRetracted(
                    clarification_id=clarification.clarification_id,
                    case_id=clarification.case_id,
                    reason=command.reason,
                    at=context.at,
                    version=clarification.latest.version,
                )
            ]
    raise Refused("validation", "type")


def _issued(clarification: Clarification | None, command: IssueClarification, context: Context) -> Iterable[Event]:
    if context.actor is not None and command.author in command.approvers:
        raise Refused("self_approval")
    if clarification is not None and command.version <= clarification.latest.version:
        return []
    draft = command.draft
    assert draft.verdict is not None
    return [
        ClarificationPublished(
            clarification_id=command.clarification_id,
            case_id=command.case_id,
            number=command.number,
            version=command.version,
            claim=draft.claim,
            verdict=draft.verdict,
            fact=draft.fact,
            explanation=draft.explanation,
            change_note=draft.change_note,
            references=command.references,
            topic=command.topic,
            area=command.area,
            severity=command.severity,
            author=command.author,
            approvers=command.approvers,
            demand=command.demand,
            at=command.at,
        )
    ]


def evolve(clarification: Clarification | None, event: Event) -> Clarification:
    if isinstance(event, ClarificationPublished):
        return _published(clarification, event)
    assert clarification is not None
    return clarification.model_copy(update=dict(_changes(clarification, event)))


def _published(clarification: Clarification | None, event: ClarificationPublished) -> Clarification:
    version = Version(
        version=event.version,
        at=event.at,
        claim=event.claim,
        verdict=event.verdict,
        fact=event.fact,
        explanation=event.explanation,
        change_note=event.change_note,
        references=event.references,
        author=event.author,
        approvers=event.approvers,
    )
    if clarification is None:
        return Clarification(
            clarification_id=event.clarification_id,
            case_id=event.case_id,
            number=event.number,
            versions=(version,),
            topic=event.topic,
            area=event.area,
            severity=event.severity,
            demand=event.demand,
            published_at=event.at,
        )
    return clarification.model_copy(
        update={
            "versions": (*clarification.versions, version),
            "state": ClarificationState.PUBLISHED,
            "topic": event.topic,
            "area": event.area,
            "severity": event.severity,
        }
    )


def _changes(clarification: Clarification, event: Event) -> Mapping[str, Any]:
    match event:
        case DemandCounted():
            return {"demand": max(0, clarification.demand + event.count)}
        case ClarificationPaused():
            return {"state": ClarificationState.PAUSED if event.paused else ClarificationState.PUBLISHED}
        case ClarificationRetracted():
            return {
                "state": ClarificationState.RETRACTED,
                "retraction": event.reason,
                "retracted_at": event.at,
            }
    return {}


def index_fields(clarification: Clarification) -> dict[str, Any]:
    latest = clarification.latest
    return {
        "number": clarification.number,
        "case": clarification.case_id,
        "state": clarification.state,
        "at": latest.at,
        "corrected": len(clarification.versions) > 1 or clarification.state == ClarificationState.RETRACTED,
        "verdict": latest.verdict,
    }
