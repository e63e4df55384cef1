from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from libs.contracts import ids
from libs.contracts.envelope import Envelope
from libs.contracts.notify.subject import EndSubject
from libs.contracts.reports.report import ReportWithdrawn
from libs.contracts.topics import Service
from libs.runtime.aggregates import FollowUp, Incoming
from libs.runtime.intake import Intake
from libs.runtime.outcomes import Outcome, Result

STEP = "end"


@dataclass
class Engine:
    applied: list[Incoming] = field(default_factory=list)

    async def apply(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        self.applied += incoming
        return [Outcome(Result.DONE) for _ in incoming]


class Outbox:
    async def publish(self, messages: Sequence[Any]) -> None:
        assert not messages


def intake_of(service: Service, engine: Engine) -> Intake:
    return Intake(
        service=service,
        engine=cast(Any, engine),
        outbox=cast(Any, Outbox()),
        commands={},
        events={ReportWithdrawn.type_name: ReportWithdrawn},
        signatures=cast(Any, None),
        opener=cast(Any, None),
        knows=lambda tenant: True,
        react=lambda event, envelope: [FollowUp(STEP, EndSubject(report_id=envelope.subject, reason="withdrawn"))],
    )


@pytest.fixture
def withdrawn() -> Envelope:
    return Envelope(
        id=uuid4(), type=ReportWithdrawn.type_name, source="/simpul/reports", subject=str(uuid4()),
        time=datetime.now(UTC), tenant="t", correlation_id="c", sequence=2,
    )  # fmt: skip


def record_of(envelope: Envelope) -> Any:
    body = ReportWithdrawn(report_id=envelope.subject).model_dump_json().encode()
    return SimpleNamespace(value=body, headers=envelope.headers(), topic="reports.events.v1", partition=0, offset=0)


async def test_a_reaction_never_has_the_id_of_a_follow_up_of_the_owner_with_the_same_step(withdrawn: Envelope) -> None:
    engine = Engine()

    await intake_of(Service.NOTIFY, engine).journal((record_of(withdrawn),))

    assert engine.applied[0].context.id != ids.follow_up_id(withdrawn.id, STEP)


async def test_an_event_that_comes_again_makes_the_same_reaction(withdrawn: Envelope) -> None:
    engine = Engine()
    intake = intake_of(Service.NOTIFY, engine)

    await intake.journal((record_of(withdrawn), record_of(withdrawn)))

    assert engine.applied[0].context.id == engine.applied[1].context.id
