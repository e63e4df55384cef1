"""A case from its first report to its ruling, and the reports that open none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from deploy.demo.fields import STRICT, Age, AreaCode, Email, Key, Phone, Text, Url
from libs.contracts.words import CaseState, ReportKind, Verdict

DRAFTED = {CaseState.DRAFTING, CaseState.IN_REVIEW}
APPROVED = {CaseState.DECIDED, CaseState.PUBLISHED, CaseState.MONITORING, CaseState.CLOSED}
PUBLIC = APPROVED - {CaseState.DECIDED}


class Topic(StrEnum):
    POLITICS = "politics"
    GOVERNMENT = "government"
    HEALTH = "health"
    DISASTER = "disaster"
    CRIME = "crime"
    LAW = "law"
    FIGURE = "figure"
    SOCIAL_AID = "social_aid"
    JOBS = "jobs"
    PRIZE_SCAM = "prize_scam"
    RELIGION = "religion"
    EDUCATION = "education"
    ECONOMY = "economy"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Report:
    text: Text
    ago: Age
    area: AreaCode
    kind: ReportKind = ReportKind.HOAX
    seen_on: Literal["whatsapp", "facebook", "instagram", "tiktok", "telegram", "x", "youtube", "offline"] | None = None
    forwarded_often: bool = False
    link: Url | None = None
    doubt: Text | None = None
    """What made the reporter ask, in their own words."""
    email: Email | None = None
    whatsapp: Phone | None = None
    confidential: bool = False
    recording: Annotated[str, StringConstraints(pattern=r"^[a-z-]+\.ogg$")] | None = None
    """A file of `recordings/`."""
    answers: dict[Key, Text] = Field(default_factory=dict)
    """To the office's own questions. Quote yes and no."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Reference:
    title: Text
    publisher: Text
    url: Url
    ago: Age


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Correction:
    """What version 2 of the clarification changes, and how version 1 had read."""

    ago: Age
    note: Text
    explanation_before: Text


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Ruling:
    """Verdict and text of a case: a draft until the case is approved, its clarification once published."""

    verdict: Verdict
    fact: Text
    """The headline: what is so, not what is not."""
    explanation: Text
    """Paragraphs separated by an empty line; [1] points to the first reference."""
    references: tuple[Reference, ...] = Field(min_length=2)
    author: Key
    approvers: tuple[Key, ...] = ()
    approved: Age | None = None
    published: Age | None = None
    correction: Correction | None = None

    def __post_init__(self) -> None:
        if self.author in self.approvers:
            raise ValueError(f"{self.author} cannot approve a text of their own")
        cited = {int(number) for number in re.findall(r"\[(\d+)\]", self.explanation)}
        if cited != set(range(1, len(self.references) + 1)):
            raise ValueError("the explanation must cite each reference, and no other: [1], [2] …")
        steps = [step for step in (self.approved, self.published, self.correction and self.correction.ago) if step]
        if steps != sorted(steps, reverse=True):
            raise ValueError("approved, published and corrected must follow each other in time")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Question:
    """What the office asked an agency; the clock rests until the named day."""

    agency: Key
    text: Text
    asked: Age
    answer_due_in: Age


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Case:
    """Topic and severity are what triage gives it; an open case has yet to be triaged."""

    key: Key
    state: CaseState
    claim: Text
    topic: Topic
    severity: int = Field(ge=1, le=4)
    area: AreaCode
    about_own_tenant: bool = False
    owner: Key | None = None
    question: Question | None = None
    ruling: Ruling | None = None
    merged_into: Key | None = None
    same_template_as: Key | None = None
    """A case with the same wording and another target: the same campaign, never the same case."""
    reports: tuple[Report, ...] = Field(min_length=2, max_length=8)

    def __post_init__(self) -> None:
        for broken in self._broken_rules():
            raise ValueError(f"{self.key}: {broken}")

    def _broken_rules(self) -> Iterator[str]:
        ruling, state = self.ruling, self.state
        if (self.owner is None) != (state is CaseState.OPEN):
            yield "every case but an open one has an owner"
        if (self.question is not None) != (state is CaseState.AWAITING_CONFIRMATION):
            yield "awaiting_confirmation names what was asked, of whom and until when"
        if (self.merged_into is not None) != (state is CaseState.MERGED):
            yield "merged names the case that took the reports over"
        if (ruling is not None) != (state in DRAFTED | APPROVED):
            yield "a ruling stands in the cases from drafting onwards"
        if ruling and (ruling.approved is not None) != (state in APPROVED):
            yield "approved belongs to the cases from decided onwards"
        if ruling and (ruling.published is not None) != (state in PUBLIC):
            yield "published belongs to the cases from published onwards"
        if ruling and state in APPROVED and len(ruling.approvers) < self.approvals_needed:
            yield f"needs {self.approvals_needed} approvers"
        if ruling and ruling.approved and ruling.approved >= self.opened:
            yield "approved before the first report came"
        if any(report.kind is not ReportKind.HOAX for report in self.reports):
            yield "only hoax reports belong to a case"

    @property
    def opened(self) -> timedelta:
        return max(report.ago for report in self.reports)

    @property
    def approvals_needed(self) -> int:
        """Enough for a claim about the office's own government, and for a grave one."""
        return 2 if self.about_own_tenant or self.severity >= 3 else 1


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AskedAgain:
    """A text that nobody has sent yet, and the case whose published clarification answers it at once."""

    text: Text
    expected_match: Key


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Docket:
    """What one file under cases/ holds."""

    cases: tuple[Case, ...]
    voices: tuple[Report, ...]
    """Aspirations, complaints and requests for information; they open no case."""
    asked_again: tuple[AskedAgain, ...] = ()
