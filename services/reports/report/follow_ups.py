"""What must follow an event of a report: pure functions of its public fields."""

from collections.abc import Iterable
from datetime import datetime

from libs.contracts.messages import Event
from libs.contracts.reports.case import LinkReports, RecallCase, SettleRecalls, UnlinkReport
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.report import (
    AnswerRated,
    EvidenceAdded,
    EvidenceTaken,
    MatchRejected,
    MessageAdded,
    PlaceReport,
    ReportMatched,
    ReportMoved,
    ReportReceived,
    ReportScreenedOut,
    ReportSettled,
    ReportWithdrawn,
    SnapshotTaken,
)
from libs.contracts.words import ReportKind
from libs.runtime.aggregates import FollowUp


def after_report(event: Event) -> Iterable[FollowUp]:
    match event:
        case ReportReceived(kind=ReportKind.HOAX, attachments=(), place_by=None):
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=1))
        case EvidenceTaken(complete=True):
            # The words in its pictures are known now, or will not be.
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=1))
        case SnapshotTaken(place=True):
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=1))
        case ReportMatched():
            yield from _after_matched(event)
        case MatchRejected():
            yield FollowUp("unlink", _unlink(event, event.case_id))
            yield FollowUp("place", PlaceReport(report_id=event.report_id, attempt=event.attempt))
        case ReportWithdrawn(case_id=str(case_id)):
            yield FollowUp("unlink", _unlink(event, case_id))
        case ReportScreenedOut(case_id=str(case_id)):
            yield FollowUp("unlink", _unlink(event, case_id).model_copy(update={"asks": event.asks}))
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


def _unlink(event: MatchRejected | ReportWithdrawn | ReportScreenedOut, case_id: str) -> UnlinkReport:
    return UnlinkReport(case_id=case_id, report_id=event.report_id, unpublished=event.unpublished)


def _recalls(case_id: str, marks: Iterable[Mark]) -> Iterable[FollowUp]:
    for mark in marks:
        yield FollowUp(f"recall|{mark.n}", RecallCase(case_id=case_id, mark=mark))


def _after_matched(event: ReportMatched) -> Iterable[FollowUp]:
    assert event.case_id is not None
    stays = event.case_id == event.previous_case_id
    unpublished = int(event.asks and event.confidential)
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
            known=event.known,
            asks=event.asks,
            by_partner=event.by_partner and not stays,
            unpublished=0 if stays else unpublished,
            parted=event.parted,
        ),
    )
    if event.previous_case_id is not None and not stays:
        left = UnlinkReport(
            case_id=event.previous_case_id,
            report_id=event.report_id,
            asks=event.asks,
            unpublished=unpublished,
            gathered_into=event.case_id if event.gathered else None,
            parted=event.parted.model_copy(update={"other": event.case_id}) if event.parted is not None else None,
        )
        yield FollowUp("unlink", left)
    if not stays:
        yield from _recalls(event.case_id, event.marks)
