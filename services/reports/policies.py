"""What must follow an event elsewhere: pure functions of its public fields."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AbsorbCase,
    CaseAbsorbed,
    CaseMerged,
    CasePublished,
    LinkReports,
    ReportsLinked,
    UnlinkReport,
)
from libs.contracts.reports.clarification import CountDemand, IssueClarification
from libs.contracts.reports.report import (
    EvidenceTaken,
    MatchRejected,
    MoveReport,
    PlaceReport,
    ReportMatched,
    ReportReceived,
    ReportScreenedOut,
    ReportWithdrawn,
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
                ),
            )
            for report_id in event.report_ids:
                yield FollowUp(f"move|{report_id}", MoveReport(report_id=report_id, into=into))
        case ReportsLinked(clarification_id=str(clarification_id)) if event.count:
            yield FollowUp("count", CountDemand(clarification_id=clarification_id, count=event.count))
        case CaseMerged():
            yield FollowUp(
                "absorb",
                AbsorbCase(
                    case_id=event.into,
                    absorbed=event.case_id,
                    count=event.count,
                    forwarded_often=event.forwarded_often,
                    first_at=event.first_at,
                    answer_due_at=event.answer_due_at,
                ),
            )
        case CaseAbsorbed(passed_to=str(passed_to)):
            yield FollowUp(
                "absorb",
                AbsorbCase(
                    case_id=passed_to,
                    absorbed=event.absorbed,
                    count=event.count,
                    forwarded_often=event.forwarded_often,
                    first_at=event.first_at,
                    answer_due_at=event.answer_due_at,
                ),
            )
        case CasePublished():
            yield FollowUp("issue", _issue(event))


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
