"""A case: reports of one claim, the work of checking it, and the two people who answer for the result.

Each wish is a line in `decide`; what it does, and what its events change, stands in the part that the line names.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.reports.case import (
    AbsorbCase,
    AddReference,
    AdoptDraft,
    AdoptKnown,
    AdvanceWatch,
    ApproveVerdict,
    AskSource,
    CaseOpened,
    CloseCase,
    DismissKnown,
    FinishMerge,
    HandOverCase,
    JudgeSuggestion,
    LeaseCase,
    LinkReports,
    MergeCase,
    PublishCase,
    RecallCase,
    RecordConfirmation,
    RemoveReference,
    ReopenCase,
    ResumeMerge,
    ReturnDraft,
    ReviveCase,
    SaveDraft,
    SettleRecalls,
    TriageCase,
    UnlinkReport,
)
from libs.contracts.words import CaseState
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.reports.case import arrivals, ending, merge, review, work
from services.reports.case.state import ENDED, OUT, Case
from services.reports.permissions import require_checker


def decide(case: Case | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to a case.

    Raises:
        Refused: `not_found`, `state_conflict`, `version_conflict`, `role_missing`, `self_approval`, `already_approved`,
            `reference_missing`, `draft_incomplete`, `validation`.
    """
    if isinstance(command, LinkReports):
        return arrivals.linked(case, command, context)
    if case is None:
        raise NotFound("case")
    match command:
        case UnlinkReport() | AbsorbCase() | RecallCase():
            return arrivals.reached(case, command, context)
        case SettleRecalls():
            if command.upto is None:
                require_checker(context)
            return arrivals.reached(case, command, context)
        case HandOverCase():
            return work.handed_over(case, command)
        case FinishMerge():
            return merge.finished(case, command)
        case ResumeMerge():
            return merge.resumed(case, command)
        case ReviveCase():
            return merge.revived(case, command)
        case ReopenCase():
            return ending.reopened(case, command)
        case AdvanceWatch():
            return ending.watched(case, context)
    officer = require_checker(context).id
    if case.state == CaseState.MERGED:
        raise Refused("state_conflict")
    match command:
        case LeaseCase():
            return work.leased(case, command, officer, context)
        case TriageCase():
            return work.triaged(case, command)
        case AdoptDraft():
            return review.adopted(case, command)
        case AdoptKnown():
            return review.taken_from(case, command, officer)
        case DismissKnown():
            return work.dismissed(case, command)
        case AskSource():
            return work.asked(case, command, context)
        case RecordConfirmation():
            return work.confirmed(case, command, context)
        case AddReference():
            return work.referenced(case, command)
        case RemoveReference():
            return work.unreferenced(case, command)
        case SaveDraft():
            return review.saved(case, command, officer, context)
        case ReturnDraft():
            return review.returned(case, command, context)
        case ApproveVerdict():
            return review.approved(case, command, context)
        case PublishCase():
            return review.published(case, context)
        case MergeCase():
            return merge.merged(case, command)
        case JudgeSuggestion():
            return work.judged(case, command)
        case CloseCase():
            return ending.closed(case, command, context)
    raise Refused("validation", "type")


CHANGES: tuple[Callable[[Case, Event], Mapping[str, Any] | None], ...] = (
    arrivals.changes, work.changes, review.changes, ending.changes, merge.changes
)  # fmt: skip


def evolve(case: Case | None, event: Event) -> Case:
    if isinstance(event, CaseOpened):
        return Case(
            case_id=event.case_id,
            number=event.number,
            opened_at=event.opened_at,
            first_at=event.opened_at,
            last_at=event.opened_at,
            answer_due_at=event.answer_due_at,
            limit_at=event.limit_at,
            area=event.area,
            suggestions=event.suggestions,
            known=event.known,
        )
    assert case is not None
    return case.model_copy(update=dict(_changes(case, event)))


def _changes(case: Case, event: Event) -> Mapping[str, Any]:
    for changes in CHANGES:
        found = changes(case, event)
        if found is not None:
            return found
    return {}


def index_fields(case: Case) -> dict[str, Any]:
    """`open`: in the queue, to be worked on or to be read. `first`: before others of its severity; else absent, so
    that cases of before stand where those without it do."""
    waiting = case.state == CaseState.AWAITING_CONFIRMATION
    unread = len(case.marks) if case.state != CaseState.MERGED else 0
    first = {"first": True} if case.by_partner else {}
    return {
        **first,
        "number": case.number,
        "state": case.state,
        "open": (case.state not in ENDED and case.state not in OUT) or unread > 0,
        "unread": unread,
        "due": None if waiting else case.answer_due_at,
        "severity": case.severity,
        "owner": case.owner,
        "leased_by": case.leased_by,
        "submitted": case.state == CaseState.IN_REVIEW,
        "published": case.published_at,
        "moving": case.moving,
        "merged_into": case.merged_into,
        "merges": case.merges,
        "opened": case.opened_at,
    }
