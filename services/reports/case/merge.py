"""Merging a case into another one, and what brings back one whose merge came to nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    CaseMerged,
    CaseRevived,
    FinishMerge,
    MergeCase,
    MergeFinished,
    MergeResumed,
    ResumeMerge,
    ReviveCase,
)
from libs.contracts.words import CaseState
from libs.runtime.errors import Refused
from services.reports.case.belongings import belongings_of
from services.reports.case.ending import work_of
from services.reports.case.state import ENDED, OUT, Case


def merged(case: Case, command: MergeCase) -> Iterable[Event]:
    if command.into == case.case_id or command.end is None:
        raise Refused("validation", "into")
    if case.state in OUT or case.version:
        # A published answer stays where people found it; the other case joins it, not the other way round.
        raise Refused("state_conflict")
    if command.end.case_id == case.case_id:
        raise Refused("merged_here", "into")
    return [
        CaseMerged(
            case_id=case.case_id,
            into=command.end.case_id,
            merge=case.merges + 1,
            brings=belongings_of(case),
            count=case.askers,
            unpublished=case.unpublished,
            forwarded_often=case.forwarded_often,
            first_at=case.first_at,
            answer_due_at=case.answer_due_at,
        )
    ]


def resumed(case: Case, command: ResumeMerge) -> Iterable[Event]:
    if case.merged_into is None or command.merge != case.merges:
        return []
    return [
        MergeResumed(
            case_id=case.case_id,
            into=case.merged_into,
            merge=case.merges + 1,
            first_at=case.first_at,
            answer_due_at=case.answer_due_at,
            brings=None if case.brought else belongings_of(case),
        )
    ]


def finished(case: Case, command: FinishMerge) -> Iterable[Event]:
    # One that was told of an earlier merge says nothing about this one.
    done = case.moving and command.merge in (0, case.merges)
    return [MergeFinished(case_id=case.case_id)] if done else []


def revived(case: Case, command: ReviveCase) -> Iterable[Event]:
    lost = case.state == CaseState.MERGED and command.merge == case.merges
    return [CaseRevived(case_id=case.case_id, askers=command.askers, unpublished=command.unpublished)] if lost else []


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case CaseMerged():
            return {
                "state": CaseState.MERGED,
                "was": case.state,
                "merged_into": event.into,
                "moving": True,
                "merges": event.merge or case.merges + 1,
                "given": event.count,
                "given_unpublished": event.unpublished,
                "given_forwarded": event.forwarded_often,
                "brought": event.brings is not None,
                "leased_by": None,
                "leased_until": None,
            }
        case MergeResumed():
            return {"moving": True, "merges": event.merge, "brought": True}
        case MergeFinished():
            return {"moving": False}
        case CaseRevived():
            return {
                **living(case),
                "askers": case.askers if event.askers is None else event.askers,
                "unpublished": case.unpublished if event.askers is None else event.unpublished,
            }
    return None


def living(case: Case) -> Mapping[str, Any]:
    was = case.was if case.was is not None and case.was not in ENDED else work_of(case)
    return {"state": was, "merged_into": None, "moving": False, "closed_at": None, "closed_reason": ""}
