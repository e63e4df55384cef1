"""How a case ends, is watched after its answer, and is opened again."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from libs.contracts.messages import Event
from libs.contracts.reports.case import CaseClosed, CaseReopened, CloseCase, ReopenCase, WatchAdvanced
from libs.contracts.reports.parts import Mark
from libs.contracts.words import CaseState
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context, Due
from libs.runtime.errors import Refused
from services.reports.case.state import ENDED, OUT, Case

FRESH = timedelta(days=1)
"""After this a published case is only watched."""
WATCHED = timedelta(days=14)
"""After this it rests, unless the claim came back."""


def closed(case: Case, command: CloseCase, context: Context) -> Iterable[Event]:
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


def reopened(case: Case, command: ReopenCase) -> Iterable[Event]:
    if command.reason == "retracted":
        stands = not case.answered or 0 < command.version < case.version
        return [] if stands else [CaseReopened(case_id=case.case_id, reason=command.reason)]
    # Closed with a reason that was told: only what happens since opens it again.
    waits = case.state == CaseState.CLOSED and not case.answered and case.closed_at is None
    return [CaseReopened(case_id=case.case_id, reason=command.reason)] if waits else []


def watched(case: Case, context: Context) -> Iterable[Event]:
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


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case CaseClosed():
            return {
                "state": CaseState.CLOSED,
                "closed_at": event.at,
                "closed_reason": event.reason if event.at is not None else "",
                "leased_by": None,
                "leased_until": None,
                **heard(case, event.settled, {}),
            }
        case CaseReopened():
            return {
                **open_again(case),
                "state": work_of(case),
                "retracted": case.retracted or event.reason == "retracted",
            }
        case WatchAdvanced():
            return {"state": event.state}
    return None


def work_of(case: Case) -> CaseState:
    """Where work on a case goes on that had ended."""
    if case.state not in ENDED | OUT:
        return CaseState(case.state)
    if case.party is not None:
        return CaseState.AWAITING_CONFIRMATION
    if case.draft_number:
        return CaseState.DRAFTING
    return CaseState.TRIAGED if case.topic else CaseState.OPEN


def open_again(case: Case) -> Mapping[str, Any]:
    """A closed case that somebody asks in. One with an answer is only watched again: the answer is theirs as well."""
    if case.state != CaseState.CLOSED:
        return {}
    state = CaseState.MONITORING if case.answered else work_of(case)
    return {"state": state, "closed_at": None, "closed_reason": ""}


def heard(case: Case, marks: Iterable[Mark], upto: Mapping[str, int]) -> Mapping[str, Any]:
    settled = {**case.settled}
    for report, n in (*((m.report_id, m.n) for m in marks), *upto.items()):
        settled[report] = max(n, settled.get(report, 0))
    return {"settled": settled, "marks": tuple(m for m in case.marks if m.n > settled.get(m.report_id, 0))}
