"""Cases and contexts with defaults; a test says only what matters to it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts import ids
from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.reports.case import (
    AddReference,
    ApproveVerdict,
    LinkReports,
    MergeCase,
    PublishCase,
    SaveDraft,
    Target,
    TriageCase,
)
from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.reports.report import ReportContent, SubmitReport
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.reports.case import rules as case
from services.reports.case.state import Case
from services.reports.report import rules as report

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
RINA = Actor("rina", ("verifier",))
DIMAS = Actor("dimas", ("approver",))
LESTARI = Actor("lestari", ("approver",))
REFERENCE = Reference(title="Siaran pers", url="https://dinas.example/siaran", publisher="Dinas Sosial")


def context(actor: Actor | None = None, *, at: datetime = NOON, private: Sealable | None = None) -> Context:
    return Context(id=uuid4(), tenant="cirebon", at=at, actor=actor, private=private)


def a_draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "claim": "Pemkot membagikan bantuan Rp1,5 juta lewat tautan",
        "verdict": "scam",
        "about_own_tenant": False,
        "fact": "Pemkot tidak memungut biaya admin untuk bantuan apa pun.",
        "explanation": "Dinas Sosial menyatakan program itu tidak ada. [1]",
    }
    return Draft(**{**values, **changes})


def after(state: Case | None, command: Command, actor: Actor | None = None, *, at: datetime = NOON) -> Case:
    """The case once the command was carried out."""
    for event in case.decide(state, command, context(actor, at=at)):
        state = case.evolve(state, event)
    assert state is not None
    return state


def an_open_case(case_id: str | None = None) -> Case:
    identity = case_id or str(ids.case_id(UUID("6a0c2c1e-3a8b-5f0e-9a50-0d6a5f6f0001")))
    return after(
        None,
        LinkReports(
            case_id=identity,
            report_ids=("report-1",),
            prefix="CRB",
            first_received_at=NOON,
            answer_due_at=NOON + timedelta(hours=24),
            limit_at=NOON + timedelta(hours=72),
            opens=True,
        ),
    )


def merge_of(case_id: str, into: str, *, end: str | None = None) -> MergeCase:
    """A merge whose target was looked up; `end` where that one had gone on."""
    return MergeCase(case_id=case_id, into=into, end=Target(case_id=end or into, number="KSS-CRB-1", state="open"))


def a_case_in_review(**draft: Any) -> Case:
    opened = an_open_case()
    triaged = after(opened, TriageCase(case_id=opened.case_id, severity=2, topic="social_aid"), RINA)
    referenced = after(triaged, AddReference(case_id=opened.case_id, reference=REFERENCE), RINA)
    save = SaveDraft(case_id=opened.case_id, draft=a_draft(**draft), expects=0, submit=True)
    return after(referenced, save, RINA)


def a_published_case() -> Case:
    reviewed = a_case_in_review()
    decided = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)
    return after(decided, PublishCase(case_id=reviewed.case_id), DIMAS)


def submission(**changes: Any) -> SubmitReport:
    values: dict[str, Any] = {
        "report_id": "6a0c2c1e-3a8b-5f0e-9a50-0d6a5f6f0002",
        "kind": "hoax",
        "number": "CRB-4F7K-9XM2",
        "code_hash": "hash",
        "prefix": "CRB",
    }
    return SubmitReport(**{**values, **changes})


def a_report(**changes: Any) -> report.Report:
    state: report.Report | None = None
    content = ReportContent(text="Air PDAM dicampur zat pembersih pipa, jangan diminum tiga hari")
    for event in report.decide(None, submission(**changes), context(private=content)):
        state = report.evolve(state, event)
    assert state is not None
    return state


def evolved(state: report.Report, events: Iterable[Event]) -> report.Report:
    for event in events:
        state = report.evolve(state, event)
    return state


def refusal(state: Case | None, command: Any, actor: Any = RINA, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        list(case.decide(state, command, context(actor, **more)))
    return refused.value
