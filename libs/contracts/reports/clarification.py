"""The published answer, in versions."""

from datetime import datetime
from typing import ClassVar

from libs.contracts.messages import Command, Event, command, event
from libs.contracts.reports.parts import Draft, Reference


@command
class IssueClarification(Command):
    type_name: ClassVar[str] = "reports.issue-clarification.v1"
    aggregate: ClassVar[str] = "clarification"
    target_field: ClassVar[str] = "clarification_id"

    clarification_id: str
    case_id: str
    number: str
    version: int
    draft: Draft
    references: tuple[Reference, ...]
    topic: str
    area: str | None
    severity: int
    author: str
    approvers: tuple[str, ...]
    demand: int
    at: datetime


@event
class ClarificationPublished(Event):
    type_name: ClassVar[str] = "reports.clarification-published.v1"
    aggregate: ClassVar[str] = "clarification"

    clarification_id: str
    case_id: str
    number: str
    version: int
    claim: str
    verdict: str
    fact: str
    explanation: str
    change_note: str = ""
    references: tuple[Reference, ...]
    topic: str
    area: str | None
    severity: int
    author: str
    approvers: tuple[str, ...]
    demand: int = 0
    at: datetime


@command
class CountDemand(Command):
    """How many more ask for an answer: a report joined its case, or somebody said "Ya, ini yang saya terima" (answered
    at once, no ticket). Negative when a report leaves the case."""

    type_name: ClassVar[str] = "reports.count-demand.v1"
    aggregate: ClassVar[str] = "clarification"
    target_field: ClassVar[str] = "clarification_id"

    clarification_id: str
    count: int = 1


@event
class DemandCounted(Event):
    type_name: ClassVar[str] = "reports.demand-counted.v1"
    aggregate: ClassVar[str] = "clarification"

    clarification_id: str
    count: int


@command
class PauseClarification(Command):
    """Automatic answers stop while a doubt is looked into; `resume` lets them go on."""

    type_name: ClassVar[str] = "reports.pause-clarification.v1"
    aggregate: ClassVar[str] = "clarification"
    target_field: ClassVar[str] = "clarification_id"

    clarification_id: str
    resume: bool = False


@event
class ClarificationPaused(Event):
    type_name: ClassVar[str] = "reports.clarification-paused.v1"
    aggregate: ClassVar[str] = "clarification"

    clarification_id: str
    paused: bool


@command
class RetractClarification(Command):
    type_name: ClassVar[str] = "reports.retract-clarification.v1"
    aggregate: ClassVar[str] = "clarification"
    target_field: ClassVar[str] = "clarification_id"

    clarification_id: str
    reason: str


@event
class ClarificationRetracted(Event):
    type_name: ClassVar[str] = "reports.clarification-retracted.v1"
    aggregate: ClassVar[str] = "clarification"

    clarification_id: str
    case_id: str
    reason: str
    at: datetime
    version: int = 0
    """The last that was published before."""
