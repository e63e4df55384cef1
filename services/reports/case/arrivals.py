"""What comes to a case: its reports, what their reporters say, and cases that join it. A merged case passes it on."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from libs.contracts import ids
from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AbsorbCase,
    CaseAbsorbed,
    CaseOpened,
    CaseRecalled,
    CaseRevived,
    LinkReports,
    RecallCase,
    RecallsSettled,
    ReportBroughtIn,
    ReportsLinked,
    ReportTakenOut,
    ReportUnlinked,
    SettleRecalls,
    SuggestionJudged,
    UnlinkReport,
)
from libs.contracts.reports.parts import Parted, Way
from libs.contracts.words import CaseState
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound
from services.reports.case.belongings import SAMPLE, known_together, onward, taken_over
from services.reports.case.ending import heard, open_again
from services.reports.case.merge import living
from services.reports.case.review import approvals_needed
from services.reports.case.state import Case


def linked(case: Case | None, command: LinkReports, context: Context) -> Iterable[Event]:
    if case is None:
        if command.answer_due_at is None or command.limit_at is None:
            raise NotFound("case")
        yield CaseOpened(
            case_id=command.case_id,
            number=ids.reference_number(f"KSS-{command.prefix}", UUID(command.case_id)),
            area=command.area,
            opened_at=command.first_received_at,
            answer_due_at=command.answer_due_at,
            limit_at=command.limit_at,
            suggestions=command.suggestions,
            known=command.known,
        )
        yield _links(None, command, context)
        yield from _brought_in(command)
    else:
        yield from reached(case, command, context)


def _links(case: Case | None, command: LinkReports, context: Context) -> ReportsLinked:
    return ReportsLinked(
        case_id=command.case_id,
        report_ids=command.report_ids,
        count=len(command.report_ids) if command.asks else 0,
        forwarded_often=command.forwarded_often,
        area=command.area,
        last_at=context.at,
        suggestions=command.suggestions if case is not None else (),
        clarification_id=case.clarification_id if case is not None and case.answered else None,
        known=command.known if case is not None else (),
        asks=command.asks,
        by_partner=command.by_partner,
        unpublished=command.unpublished,
        parted=command.parted,
    )


Travelling = LinkReports | UnlinkReport | AbsorbCase | RecallCase | SettleRecalls
"""What is meant for the case that lives, wherever the one that it was sent to went."""


def reached(case: Case, command: Travelling, context: Context) -> Iterable[Event]:
    """Passed on by a merged case, else taken. In a ring of merges one case lives again for it."""
    if case.merged_into is None:
        yield from _taken(case, command, context)
        return
    if isinstance(command, AbsorbCase) and command.absorbed == case.case_id and command.merge < case.merges:
        # It was merged once more since: that merge took everything along.
        return
    came = command.way
    if isinstance(command, AbsorbCase) and not came.via:
        came = Way(via=(command.absorbed,))
    way = onward(case.case_id, case.merged_into, came)
    if way is not None:
        yield _passed_on(case, command, way, context)
        return
    yield CaseRevived(case_id=case.case_id)
    yield from _taken(case.model_copy(update=dict(living(case))), command, context)


def _taken(case: Case, command: Travelling, context: Context) -> Iterable[Event]:
    match command:
        case LinkReports():
            return [_links(case, command, context), *_brought_in(command)]
        case UnlinkReport():
            answer = case.clarification_id if case.answered else None
            left = ReportUnlinked(case_id=case.case_id, report_id=command.report_id, clarification_id=answer)
            left = left.model_copy(update=_as_counted(command))
            return [left, *_taken_out(command)]
        case AbsorbCase():
            return _absorbed(case, command)
        case RecallCase():
            return _recalled(case, command)
        case SettleRecalls():
            return _settled(case, command)


def _passed_on(case: Case, command: Travelling, way: Way, context: Context) -> Event:
    into = case.merged_into
    match command:
        case LinkReports():
            return _links(case, command, context).model_copy(update={"merged_into": into, "way": way})
        case UnlinkReport():
            left = ReportUnlinked(case_id=case.case_id, report_id=command.report_id, merged_into=into, way=way)
            return left.model_copy(update=_as_counted(command))
        case AbsorbCase():
            passed = command.model_dump(include=_PASSED) | {"brings": command.brings}
            return CaseAbsorbed(case_id=case.case_id, passed_to=into, way=way, **passed)
        case RecallCase():
            return CaseRecalled(case_id=case.case_id, mark=command.mark, merged_into=into, way=way)
        case SettleRecalls():
            return RecallsSettled(
                case_id=case.case_id, report_id=command.report_id, upto=command.upto, merged_into=into, way=way
            )


def _as_counted(command: UnlinkReport) -> Mapping[str, Any]:
    said = command.model_dump(include={"asks", "unpublished", "gathered_into"})
    return {**said, "parted": command.parted}


def _brought_in(command: LinkReports) -> Iterable[Event]:
    parted = command.parted
    if parted is None:
        return
    for report_id in command.report_ids:
        yield ReportBroughtIn(case_id=command.case_id, report_id=report_id, **parted.model_dump())
    yield _apart(command.case_id, parted)


def _taken_out(command: UnlinkReport) -> Iterable[Event]:
    parted = command.parted
    if parted is not None:
        yield ReportTakenOut(case_id=command.case_id, report_id=command.report_id, **parted.model_dump())
        yield _apart(command.case_id, parted)


def _apart(case_id: str, parted: Parted) -> SuggestionJudged:
    """As if the one had been proposed with the other: neither is again, and the matcher keeps their texts apart."""
    relation = "campaign" if parted.reason == "other_target" else "different"
    return SuggestionJudged(case_id=case_id, other=parted.other, relation=relation)


_PASSED = {"absorbed", "count", "unpublished", "forwarded_often", "first_at", "answer_due_at", "merge"}


def _absorbed(case: Case, command: AbsorbCase) -> Iterable[Event]:
    if command.absorbed == case.case_id:
        # Round the ring and home again: what it had never went anywhere.
        return []
    brings = command.brings
    # What this case gave away before it lived again comes back with the number of the one that took it.
    own = brings is not None and case.case_id in brings.carried
    return [
        CaseAbsorbed(
            case_id=case.case_id,
            absorbed=command.absorbed,
            count=command.count - (case.given if own else 0),
            unpublished=command.unpublished - (case.given_unpublished if own else 0),
            forwarded_often=command.forwarded_often - (case.given_forwarded if own else 0),
            first_at=command.first_at,
            answer_due_at=command.answer_due_at,
            merge=command.merge,
            brings=brings,
            clarification_id=case.clarification_id if case.answered else None,
        )
    ]


def _recalled(case: Case, command: RecallCase) -> Iterable[Event]:
    mark = command.mark
    known = {(m.report_id, m.n) for m in case.marks}
    if (mark.report_id, mark.n) in known or mark.n <= case.settled.get(mark.report_id, 0):
        return []
    return [CaseRecalled(case_id=case.case_id, mark=mark, owner=case.owner)]


def _settled(case: Case, command: SettleRecalls) -> Iterable[Event]:
    report, upto = command.report_id, command.upto
    marks = tuple(m for m in case.marks if report in (None, m.report_id) and m.n <= (upto if upto is not None else m.n))
    # A mark may still be on its way here: what was dealt with is remembered.
    fresh = report is not None and upto is not None and upto > case.settled.get(report, 0)
    if not marks and not fresh:
        return []
    return [RecallsSettled(case_id=case.case_id, marks=marks, report_id=report, upto=upto)]


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case ReportsLinked():
            if event.merged_into is not None:
                return {}
            room = SAMPLE - len(case.sample)
            reopened = open_again(case) if event.report_ids and not case.answered else {}
            known = {c.case_id for c in case.suggestions} | {*case.judged, case.case_id}
            return {
                "askers": case.askers + event.count,
                "unpublished": case.unpublished + event.unpublished,
                "forwarded_often": case.forwarded_often + event.forwarded_often,
                "by_partner": case.by_partner or event.by_partner,
                "sample": (*case.sample, *event.report_ids[: max(0, room)]),
                "area": case.area or event.area,
                "last_at": max(case.last_at, event.last_at),
                "suggestions": (*case.suggestions, *(c for c in event.suggestions if c.case_id not in known)),
                "known": known_together(case.known, event.known, without=case.judged),
                **reopened,
            }
        case ReportUnlinked():
            if event.merged_into is not None:
                return {}
            askers, sample = case.askers - event.asks, tuple(r for r in case.sample if r != event.report_id)
            # Nobody asks any more, no post was seen, and nobody has looked at it: nothing is left of the case.
            emptied = askers <= 0 and not sample and case.state == CaseState.OPEN
            return {
                "state": CaseState.CLOSED if emptied else case.state,
                # Below zero for a moment where it leaves before its merge has arrived.
                "askers": askers,
                "unpublished": case.unpublished - event.unpublished,
                "sample": sample,
                "marks": tuple(m for m in case.marks if m.report_id != event.report_id),
            }
        case CaseAbsorbed():
            return _grown(case, event)
        case CaseRecalled():
            if event.merged_into is not None:
                return {}
            return {"marks": (*case.marks, event.mark), **open_again(case)}
        case RecallsSettled():
            if event.merged_into is not None:
                return {}
            return heard(case, event.marks, {event.report_id: event.upto} if event.report_id and event.upto else {})
    return None


def _grown(case: Case, event: CaseAbsorbed) -> Mapping[str, Any]:
    if event.passed_to is not None:
        return {}
    # An older version let a case live again with this event.
    alive = case.model_copy(update=dict(living(case))) if event.revives else case
    # A closed case without an answer is taken up again: who comes along is still waiting for one. An answer that
    # rests answers them too, and rests on.
    reopened = {} if alive.answered else open_again(alive)
    alive = alive.model_copy(update=dict(reopened))
    found: dict[str, Any] = {
        "state": alive.state,
        "merged_into": alive.merged_into,
        "moving": alive.moving,
        "closed_at": alive.closed_at,
        "closed_reason": alive.closed_reason,
        "askers": case.askers + event.count,
        "unpublished": case.unpublished + event.unpublished,
        "forwarded_often": case.forwarded_often + event.forwarded_often,
        "first_at": min(case.first_at, event.first_at),
        "answer_due_at": min(case.answer_due_at, event.answer_due_at),
        "suggestions": tuple(c for c in case.suggestions if c.case_id != event.absorbed),
    }
    if event.brings is None:
        return found
    found |= taken_over(alive, event.brings, of=event.absorbed)
    return {**found, **_graver(alive, found["severity"], state=found["state"])}


def _graver(case: Case, severity: int, *, state: str) -> Mapping[str, Any]:
    """What a higher severity asks of a text that is with the approvers."""
    needed = max(case.approvals_needed, approvals_needed(case.draft, severity))
    undecided = state == CaseState.DECIDED and len(case.approvals) < needed
    return {"approvals_needed": needed, "state": CaseState.IN_REVIEW if undecided else state}
