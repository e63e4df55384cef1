"""What must follow an event elsewhere: pure functions of its public fields."""

from collections.abc import Iterable
from datetime import datetime

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
    ReopenCase,
    ReportsLinked,
    ReportUnlinked,
    SettleRecalls,
    UnlinkReport,
)
from libs.contracts.reports.clarification import ClarificationRetracted, CountDemand, IssueClarification
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.report import (
    AnswerRated,
    EvidenceAdded,
    EvidenceTaken,
    MatchRejected,
    MessageAdded,
    MoveReport,
    PlaceReport,
    ReportMatched,
    ReportMoved,
    ReportReceived,
    ReportScreenedOut,
    ReportSettled,
    ReportWithdrawn,
    SettleReport,
)
from libs.contracts.words import ReportKind
from libs.runtime.aggregates import FollowUp


def after_report(event: Event) -> Iterable[FollowUp]:
    match event:
        case ReportReceived(kind=ReportKind.HOAX, attachments=()):
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=1))
        case EvidenceTaken(complete=True):
            # The words in its pictures are known now, or will not be.
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=1))
        case ReportMatched():
            yield from _after_matched(event)
        case MatchRejected():
            yield FollowUp("unlink", UnlinkReport(case_id=event.case_id, report_id=event.report_id))
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=event.attempt))
        case ReportWithdrawn(case_id=str(case_id)) | ReportScreenedOut(case_id=str(case_id)):
            yield FollowUp("unlink", UnlinkReport(case_id=case_id, report_id=event.report_id))
        case ReportMoved():
            yield from _recalls(event.case_id, event.marks)
        case MessageAdded(case_id=str(case_id), by_office=False, mark=n) if n:
            yield from _recalls(case_id, [Mark(report_id=event.report_id, n=n, reason="message", at=event.at)])
        case MessageAdded(case_id=str(case_id), by_office=True, mark=n) if n:
            yield FollowUp("settle", SettleRecalls(case_id=case_id, report_id=event.report_id, upto=n))
        case EvidenceAdded(case_id=str(case_id), mark=n, at=datetime() as at) if n:
            yield from _recalls(case_id, [Mark(report_id=event.report_id, n=n, reason="evidence", at=at)])
        case AnswerRated(case_id=str(case_id), mark=n, at=datetime() as at) if n:
            yield from _recalls(case_id, [Mark(report_id=event.report_id, n=n, reason="not_answered", at=at)])
        case ReportSettled(case_id=str(case_id)):
            yield FollowUp("settle", SettleRecalls(case_id=case_id, report_id=event.report_id, upto=event.upto))


def _recalls(case_id: str, marks: Iterable[Mark]) -> Iterable[FollowUp]:
    for mark in marks:
        yield FollowUp(f"recall|{mark.n}", RecallCase(case_id=case_id, mark=mark))


def _after_matched(event: ReportMatched) -> Iterable[FollowUp]:
    assert event.case_id is not None
    stays = event.case_id == event.previous_case_id
    yield FollowUp(
        "link",
        LinkReports(
            case_id=event.case_id,
            report_ids=() if stays else (event.report_id,),
            prefix=event.prefix,
            area=event.area,
            forwarded_often=int(event.forwarded_often and not stays),
            opens=event.opens,
            suggestions=event.suggestions,
            first_received_at=event.received_at,
            answer_due_at=event.answer_due_at,
            limit_at=event.limit_at,
        ),
    )
    if event.previous_case_id is not None and not stays:
        yield FollowUp("unlink", UnlinkReport(case_id=event.previous_case_id, report_id=event.report_id))
    if not stays:
        yield from _recalls(event.case_id, event.marks)


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
                ),
            )
            for report_id in event.report_ids:
                move = MoveReport(report_id=report_id, into=into, out_of=event.case_id)
                yield FollowUp(f"move|{report_id}", move)
        case ReportsLinked(clarification_id=str(clarification_id)) if event.count:
            yield FollowUp("count", CountDemand(clarification_id=clarification_id, count=event.count))
        case ReportUnlinked(merged_into=str(into)):
            yield FollowUp("unlink", UnlinkReport(case_id=into, report_id=event.report_id, way=event.way))
        case ReportUnlinked(clarification_id=str(clarification_id)):
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
        case CaseAbsorbed(clarification_id=str(clarification_id)) if event.count:
            yield FollowUp("count", CountDemand(clarification_id=clarification_id, count=event.count))
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


def _absorb(event: CaseMerged | CaseAbsorbed, *, into: str, absorbed: str) -> AbsorbCase:
    return AbsorbCase(
        case_id=into,
        absorbed=absorbed,
        count=event.count,
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


def after_clarification(event: Event) -> Iterable[FollowUp]:
    match event:
        case ClarificationRetracted():
            # Whoever was answered by it is without an answer again.
            yield FollowUp("reopen", ReopenCase(case_id=event.case_id, reason="retracted", version=event.version))


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
