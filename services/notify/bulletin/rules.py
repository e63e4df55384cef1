"""A bulletin: one version of an answer, carried to everybody it concerns, chunk by chunk.

The cursor stands in the document, so a crash repeats one chunk and makes no second delivery.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import AdvanceBulletin, BulletinAdvanced, BulletinPlanned, PlanBulletin
from libs.contracts.reports.parts import Reference
from libs.runtime.aggregates import Context, State

SUBJECTS = "subjects"
EARLIER = "earlier"
"""Whoever was told an earlier version and has left the case since."""
PARTNERS = "partners"
DONE = "done"

ORDER = (SUBJECTS, EARLIER, PARTNERS, DONE)


class Bulletin(State):
    """`planned_at` is the time of publication."""

    bulletin_id: str
    case_id: str
    clarification_id: str
    number: str
    version: int
    claim: str
    verdict: str
    fact: str
    explanation: str
    change_note: str = ""
    references: tuple[Reference, ...] = ()
    topic: str = ""
    area: str | None = None
    severity: int = 1
    partners_due_at: datetime
    planned_at: datetime
    stage: str = SUBJECTS
    after: str = ""
    planned: int = 0


def decide(state: Bulletin | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case PlanBulletin():
            if state is not None:
                return []
            return [BulletinPlanned(**command.model_dump(exclude={"sealed", "body_hash"}), at=context.at)]
        case AdvanceBulletin():
            # Of two workers that did the same chunk, the second comes too late; both planned the same deliveries.
            if state is None or _place(command.stage, command.after) <= _place(state.stage, state.after):
                return []
            return [
                BulletinAdvanced(
                    bulletin_id=command.bulletin_id, stage=command.stage, after=command.after, planned=command.planned
                )
            ]
    raise TypeError(command.type_name)


def _place(stage: str, after: str) -> tuple[int, str]:
    return ORDER.index(stage), after


def evolve(state: Bulletin | None, event: Event) -> Bulletin:
    match event:
        case BulletinPlanned():
            return Bulletin(**event.model_dump(exclude={"at"}), planned_at=event.at)
        case BulletinAdvanced():
            assert state is not None
            return state.model_copy(
                update={"stage": event.stage, "after": event.after, "planned": state.planned + event.planned}
            )
    raise TypeError(event.type_name)


def index_fields(state: Bulletin) -> dict[str, Any]:
    fields: dict[str, Any] = {"case": state.case_id, "version": state.version}
    if state.stage != DONE:
        fields["unfinished_since"] = state.planned_at
    return fields
