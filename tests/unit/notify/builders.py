"""Defaults for the rules' tests: a test says only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from libs.contracts.envelope import Actor, Envelope
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.notify.delivery import (
    BeginAttempt,
    DeliveryAddress,
    OfferAssignment,
    PlanBulletin,
    PlanDelivery,
    RecordResult,
)
from libs.contracts.notify.subject import FollowerContact, FollowSubject, LinkSubject
from libs.contracts.reports.clarification import ClarificationPublished
from libs.runtime.aggregates import Aggregate, Context

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TENANT = "cirebon"
OFFICER = Actor("o1", ("verifier",))
PARTNER = Actor("p1", ("partner",))


def context(*, actor: Actor | None = None, at: datetime = NOW, private: Sealable | None = None) -> Context:
    return Context(id=uuid4(), tenant=TENANT, at=at, actor=actor, private=private)


def envelope(subject: str = "r1") -> Envelope:
    return Envelope(id=uuid4(), type="t", source="/s", subject=subject, time=NOW, tenant=TENANT, correlation_id="c")


class Story:
    """An aggregate and what happened to it."""

    def __init__(self, aggregate: Aggregate[Any]) -> None:
        self._aggregate = aggregate
        self.state: Any = None
        self.events: list[Event] = []

    def tell(self, command: Command, given: Context | None = None) -> list[Event]:
        events = list(self._aggregate.decide(self.state, command, given or context()))
        for event in events:
            self.state = self._aggregate.evolve(self.state, event)
        self.events += events
        return events


def follow(**more: Any) -> FollowSubject:
    return FollowSubject(
        **{"report_id": "r1", "number": "CRB-4F7K-9XM2", "channel": "email", "consented_at": NOW, **more}
    )


def contact(address: str = "warga@contoh.example", channel: str = "email") -> Context:
    return context(private=FollowerContact(channel=channel, address=address))


def link(**more: Any) -> LinkSubject:
    return LinkSubject(**{"report_id": "r1", "case_id": "c1", "outcome": "none", **more})


def plan_delivery(**more: Any) -> PlanDelivery:
    return PlanDelivery(
        **{
            "delivery_id": "d1",
            "template": "answer",
            "channel": "email",
            "recipient": "r1",
            "recipient_kind": "report",
            "lane": 0,
            "bulletin_id": "b1",
            "case_id": "c1",
            "number": "CRB-4F7K-9XM2",
            **more,
        }
    )


def to_address(address: str = "warga@contoh.example", name: str = "") -> Context:
    return context(private=DeliveryAddress(address=address, name=name))


def begin(attempt: int = 1) -> BeginAttempt:
    return BeginAttempt(delivery_id="d1", attempt=attempt)


def result(state: str, *, attempt: int = 1, **more: Any) -> RecordResult:
    return RecordResult(delivery_id="d1", attempt=attempt, result=state, **more)


def offer(**more: Any) -> OfferAssignment:
    return OfferAssignment(
        **{
            "assignment_id": "a1",
            "bulletin_id": "b1",
            "case_id": "c1",
            "partner_id": "p1",
            "due_at": NOW + timedelta(hours=24),
            **more,
        }
    )


def plan_bulletin(**more: Any) -> PlanBulletin:
    return PlanBulletin(
        **{
            "bulletin_id": "b1",
            "case_id": "c1",
            "clarification_id": "k1",
            "number": "KLR-CRB-2026-0147",
            "version": 1,
            "claim": "Air PDAM dicampur zat pembersih pipa",
            "verdict": "false",
            "fact": "Air PDAM aman dipakai.",
            "explanation": "PDAM mengganti 200 meter pipa.",
            "area": "32.74.03",
            "partners_due_at": NOW + timedelta(hours=24),
            **more,
        }
    )


def a_clarification(**more: Any) -> ClarificationPublished:
    return ClarificationPublished(
        **{
            "clarification_id": "k1",
            "case_id": "c1",
            "number": "KLR-CRB-2026-0147",
            "version": 1,
            "claim": "Air PDAM dicampur zat pembersih pipa",
            "verdict": "false",
            "fact": "Air PDAM aman dipakai.",
            "explanation": "PDAM mengganti 200 meter pipa.",
            "references": (),
            "topic": "kesehatan",
            "area": None,
            "severity": 2,
            "author": "o1",
            "approvers": ("o2",),
            "at": NOW,
            **more,
        }
    )
