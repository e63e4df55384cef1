"""What must follow an event of a case: pure functions of its public fields."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AbsorbCase,
    CaseAbsorbed,
    CaseClosed,
    CaseMerged,
    CasePublished,
    CaseRecalled,
    LinkReports,
    MergeResumed,
    RecallCase,
    RecallsSettled,
    ReportsLinked,
    ReportUnlinked,
    SettleRecalls,
    UnlinkReport,
)
from libs.contracts.reports.clarification import CountDemand, IssueClarification
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.report import MoveReport, SettleReport
from libs.runtime.aggregates import FollowUp


def after_case(event: Event) -> Iterable[FollowUp]:
    match event:
        case ReportsLinked(merged_into=str(into)):
            yield FollowUp(
                "link",
                LinkReports(
                    case_id=into,
                    report_ids=event.report_ids,
                    forwarded_often=event.forwarded_often,
                    area=event.area,
                    first_received_at=event.last_at,
                    way=event.way,
                    known=event.known,
                    asks=event.asks,
                    by_partner=event.by_partner,
                    unpublished=event.unpublished,
                    parted=event.parted,
                ),
            )
            for report_id in event.report_ids:
                move = MoveReport(report_id=report_id, into=into, out_of=event.case_id)
                yield FollowUp(f"move|{report_id}", move)
        case ReportsLinked(clarification_id=str(clarification_id)) if event.count - event.unpublished:
            yield FollowUp("count", _counted(clarification_id, event))
        case ReportUnlinked(merged_into=str(into)):
            left = UnlinkReport(case_id=into, report_id=event.report_id, way=event.way, asks=event.asks)
            yield FollowUp("unlink", left.model_copy(update={"unpublished": event.unpublished, "parted": event.parted}))
        case ReportUnlinked(clarification_id=str(clarification_id), asks=True, unpublished=0):
            yield FollowUp("count", CountDemand(clarification_id=clarification_id, count=-1))
        case CaseMerged():
            yield FollowUp("absorb", _absorb(event, into=event.into, absorbed=event.case_id))
        case MergeResumed(brings=brings) if brings is not None:
            yield FollowUp(
                "absorb",
                AbsorbCase(
                    case_id=event.into,
                    absorbed=event.case_id,
                    count=0,
                    first_at=event.first_at,
                    answer_due_at=event.answer_due_at,
                    merge=event.merge,
                    brings=brings,
                ),
            )
        case CaseAbsorbed(passed_to=str(passed_to)):
            passed = _absorb(event, into=passed_to, absorbed=event.absorbed)
            yield FollowUp("absorb", passed.model_copy(update={"way": event.way}))
        case CaseAbsorbed(clarification_id=str(clarification_id)) if event.count - event.unpublished:
            yield FollowUp("count", _counted(clarification_id, event))
        case CaseRecalled(merged_into=str(into)):
            yield FollowUp("recall", RecallCase(case_id=into, mark=event.mark, way=event.way))
        case RecallsSettled(merged_into=str(into)):
            settle = SettleRecalls(case_id=into, report_id=event.report_id, upto=event.upto, way=event.way)
            yield FollowUp("settle", settle)
        case RecallsSettled():
            yield from _settled(event.marks)
        case CaseClosed():
            yield from _settled(event.settled)
        case CasePublished():
            yield FollowUp("issue", _issue(event))


def _counted(clarification_id: str, event: ReportsLinked | CaseAbsorbed) -> CountDemand:
    return CountDemand(clarification_id=clarification_id, count=event.count - event.unpublished)


def _absorb(event: CaseMerged | CaseAbsorbed, *, into: str, absorbed: str) -> AbsorbCase:
    return AbsorbCase(
        case_id=into,
        absorbed=absorbed,
        count=event.count,
        unpublished=event.unpublished,
        forwarded_often=event.forwarded_often,
        first_at=event.first_at,
        answer_due_at=event.answer_due_at,
        merge=event.merge,
        brings=event.brings,
    )


def _settled(marks: Iterable[Mark]) -> Iterable[FollowUp]:
    last: dict[str, int] = {}
    for mark in marks:
        last[mark.report_id] = max(mark.n, last.get(mark.report_id, 0))
    for report_id, n in last.items():
        yield FollowUp(f"settle|{report_id}", SettleReport(report_id=report_id, upto=n))


def _issue(event: CasePublished) -> IssueClarification:
    return IssueClarification(
        clarification_id=event.clarification_id,
        case_id=event.case_id,
        number=event.number,
        version=event.version,
        draft=event.draft,
        references=event.references,
        topic=event.topic,
        area=event.area,
        severity=event.severity,
        author=event.author,
        approvers=event.approvers,
        demand=event.demand,
        at=event.at,
    )
