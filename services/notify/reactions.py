"""What the events of others mean to notify."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from libs.contracts.envelope import Envelope
from libs.contracts.messages import Event
from libs.contracts.notify.delivery import HoldAnswers, PlanBulletin, PlanClosing
from libs.contracts.notify.subject import AnswerSubject, EndSubject, LinkSubject, NoteNews
from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reports.case import CaseClosed
from libs.contracts.reports.clarification import (
    ClarificationPaused,
    ClarificationPublished,
    ClarificationRetracted,
)
from libs.contracts.reports.report import (
    MatchRejected,
    MessageAdded,
    ReportAnswered,
    ReportMatched,
    ReportMoved,
    ReportReceived,
    ReportScreenedOut,
    ReportWithdrawn,
    SubmitReport,
)
from libs.contracts.words import MatchOutcome, ReportKind, Template
from libs.runtime.aggregates import FollowUp
from services.notify.identities import bulletin_id

AnswerHours = Callable[[str], int]
"""How long the partners of a tenant have to answer."""


def reactions(hours: AnswerHours) -> Callable[[Event, Envelope], Iterable[FollowUp]]:
    def react(event: Event, envelope: Envelope) -> Iterable[FollowUp]:
        match event:
            case ClarificationPublished():
                yield FollowUp("plan", _bulletin(event, hours(envelope.tenant)))
            case ClarificationPaused():
                hold = HoldAnswers(clarification_id=event.clarification_id, paused=event.paused)
                yield FollowUp("hold", hold)
            case ClarificationRetracted():
                hold = HoldAnswers(clarification_id=event.clarification_id, paused=True, retracted=True)
                yield FollowUp("hold", hold)
            case CaseClosed(answered=False):
                closing = PlanClosing(
                    closing_id=str(envelope.id), case_id=event.case_id, reason=event.reason, closed_at=envelope.time
                )
                yield FollowUp("close", closing)
            case ReportReceived() if event.kind != ReportKind.HOAX:
                # It is put into no case: it is answered by itself.
                received = LinkSubject(
                    report_id=event.report_id,
                    case_id=None,
                    outcome=MatchOutcome.UNMATCHED,
                    kind=event.kind,
                    answer_due_at=event.answer_due_at,
                )
                yield FollowUp("receive", received)
            case ReportMatched():
                yield FollowUp("link", _link(event, envelope))
            case ReportMoved():
                moved = LinkSubject(
                    report_id=event.report_id,
                    case_id=event.case_id,
                    outcome=MatchOutcome.MATCH,
                    linked_at=envelope.time,
                )
                yield FollowUp("link", moved)
            case MatchRejected():
                apart = LinkSubject(report_id=event.report_id, case_id=None, outcome=MatchOutcome.UNMATCHED)
                yield FollowUp("link", apart)
            case ReportAnswered():
                yield FollowUp("answer", AnswerSubject(report_id=event.report_id, answer_id=str(envelope.id)))
            case MessageAdded(by_office=True):
                news = NoteNews(
                    report_id=event.report_id,
                    news_id=str(envelope.id),
                    template=Template.MESSAGE,
                    said_at=event.at,
                )
                yield FollowUp("news", news)
            case ReportWithdrawn():
                yield FollowUp("end", EndSubject(report_id=event.report_id, reason="withdrawn"))
            case ReportScreenedOut():
                news = NoteNews(
                    report_id=event.report_id,
                    news_id=str(envelope.id),
                    template=Template.NOT_CONTINUED,
                    note=event.reason,
                )
                yield FollowUp("news", news)
            case ReportsRefused(command=SubmitReport.type_name, problem=problem) if problem != "key_reused":
                # A reused key was refused for its second body; the report of the first one stands.
                yield FollowUp("end", EndSubject(report_id=envelope.subject, reason="refused"))

    return react


def _bulletin(event: ClarificationPublished, hours: int) -> PlanBulletin:
    return PlanBulletin(
        bulletin_id=bulletin_id(event.clarification_id, event.version),
        case_id=event.case_id,
        clarification_id=event.clarification_id,
        number=event.number,
        version=event.version,
        claim=event.claim,
        verdict=event.verdict,
        fact=event.fact,
        explanation=event.explanation,
        change_note=event.change_note,
        references=event.references,
        topic=event.topic,
        area=event.area,
        severity=event.severity,
        partners_due_at=event.at + timedelta(hours=hours),
    )


def _link(event: ReportMatched, envelope: Envelope) -> LinkSubject:
    return LinkSubject(
        report_id=event.report_id,
        case_id=event.case_id,
        outcome=event.outcome,
        kind=event.kind,
        answer_due_at=event.answer_due_at,
        clarification_id=event.clarification_id,
        linked_at=envelope.time,
    )
