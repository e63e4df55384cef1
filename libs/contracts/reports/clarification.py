"""The published answer, in versions."""

from datetime import datetime

from libs.contracts.messages import Command, Event
from libs.contracts.reports.parts import Draft, Reference


class IssueClarification(Command, name="reports.issue-clarification.v1", of="clarification", to="clarification_id"):
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


class ClarificationPublished(Event, name="reports.clarification-published.v1", of="clarification"):
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


class CountDemand(Command, name="reports.count-demand.v1", of="clarification", to="clarification_id"):
    """How many more ask for an answer: a report joined its case, or somebody said "Ya, ini yang saya terima" (answered
    at once, no ticket). Negative when a report leaves the case."""

    clarification_id: str
    count: int = 1


class DemandCounted(Event, name="reports.demand-counted.v1", of="clarification"):
    clarification_id: str
    count: int


class PauseClarification(Command, name="reports.pause-clarification.v1", of="clarification", to="clarification_id"):
    """Automatic answers stop while a doubt is looked into; `resume` lets them go on."""

    clarification_id: str
    resume: bool = False


class ClarificationPaused(Event, name="reports.clarification-paused.v1", of="clarification"):
    clarification_id: str
    paused: bool


class RetractClarification(Command, name="reports.retract-clarification.v1", of="clarification", to="clarification_id"):
    clarification_id: str
    reason: str


class ClarificationRetracted(Event, name="reports.clarification-retracted.v1", of="clarification"):
    clarification_id: str
    case_id: str
    reason: str
    at: datetime
    version: int = 0
    """The last that was published before."""
