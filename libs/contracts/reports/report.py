"""What one person sent, from the form to its answer."""

from datetime import datetime
from typing import ClassVar

from libs.contracts.messages import Command, Event, Sealable, command, event
from libs.contracts.reports.parts import Attachment, Candidate, Mark, Part


class ReportContent(Sealable):
    text: str = ""
    urls: tuple[str, ...] = ()
    doubt: str = ""
    """Why the reporter doubts it."""


class MessageContent(Sealable):
    text: str


class RatingContent(Sealable):
    text: str = ""
    """What is still open, in a few words."""


@command
class SubmitReport(Command):
    type_name: ClassVar[str] = "reports.submit-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    creates: ClassVar[bool] = True
    private: ClassVar[type[Sealable] | None] = ReportContent

    report_id: str
    kind: str
    number: str
    code_hash: str
    """Keyed hash of the tracking code; the code itself stays with the reporter."""
    prefix: str = ""
    """Of the office's reference numbers, for the case that may be opened."""
    area: str | None = None
    seen_on: str | None = None
    """Where it was seen: whatsapp, facebook, tiktok, …"""
    forwarded_often: bool = False
    anonymous: bool = True
    confidential: bool = False
    language: str = "id"
    attachments: tuple[Attachment, ...] = ()
    refused: tuple[str, ...] = ()
    """Cases that the reporter has seen and said are not theirs."""
    answer_hours: int = 24
    limit_hours: int = 72
    """The office's clocks at the time; a later change of its settings moves no promise."""


@event
class ReportReceived(Event):
    type_name: ClassVar[str] = "reports.report-received.v1"
    aggregate: ClassVar[str] = "report"
    private: ClassVar[frozenset[str]] = frozenset({"text", "urls", "doubt", "code_hash", "body_hash"})

    report_id: str
    kind: str
    number: str
    prefix: str = ""
    area: str | None = None
    seen_on: str | None = None
    forwarded_often: bool = False
    anonymous: bool = True
    confidential: bool = False
    language: str = "id"
    attachments: tuple[Attachment, ...] = ()
    refused: tuple[str, ...] = ()
    received_at: datetime
    answer_due_at: datetime | None = None
    limit_at: datetime | None = None
    text: str = ""
    urls: tuple[str, ...] = ()
    doubt: str = ""
    code_hash: str = ""
    body_hash: str | None = None


@command
class RecordEvidence(Command):
    """Reports has read a picture: its hashes, and the words in it."""

    type_name: ClassVar[str] = "reports.record-evidence.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    private: ClassVar[type[Sealable] | None] = MessageContent

    report_id: str
    blob_id: str
    sha256: str
    original_sha256: str | None = None
    """Of the file as it was sent, where it is kept as well."""
    perceptual_hash: str | None = None
    failure: str | None = None
    """Why the picture could not be taken; placing goes on without it."""


@event
class EvidenceTaken(Event):
    type_name: ClassVar[str] = "reports.evidence-taken.v1"
    aggregate: ClassVar[str] = "report"
    private: ClassVar[frozenset[str]] = frozenset({"words"})

    report_id: str
    blob_id: str
    sha256: str
    original_sha256: str | None = None
    """Of the file as it was sent, where it is kept as well."""
    perceptual_hash: str | None = None
    failure: str | None = None
    complete: bool
    """True with the last of the report's pictures."""
    words: str = ""


class Placement(Part):
    """Where the matcher would put a report. Added by the service itself, never by a sender."""

    outcome: str
    case_id: str | None = None
    clarification_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    links: tuple[str, ...] = ()
    """Marks of the posts and pages that the report points to: equal for every form of one address."""
    asked_at: datetime | None = None
    """When the matcher had answered, or had not."""


@command
class PlaceReport(Command):
    type_name: ClassVar[str] = "reports.place-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    keyed_by_tenant: ClassVar[bool] = True
    mailbox: ClassVar[str] = "placing"

    report_id: str
    attempt: int = 0
    """n-th time that it is placed, from 1; 0 stands for the next."""
    placement: Placement | None = None


@event
class ReportMatched(Event):
    type_name: ClassVar[str] = "reports.report-matched.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    outcome: str
    kind: str
    number: str = ""
    language: str = "id"
    prefix: str = ""
    area: str | None = None
    case_id: str | None = None
    clarification_id: str | None = None
    opens: bool = False
    """The case is new: made for this report."""
    forwarded_often: bool = False
    suggestions: tuple[Candidate, ...] = ()
    attempt: int = 1
    confidential: bool = False
    answer_due_at: datetime | None = None
    limit_at: datetime | None = None
    received_at: datetime
    previous_case_id: str | None = None
    links: tuple[str, ...] = ()
    ask_again_at: datetime | None = None
    """Where the matcher did not answer."""
    marks: tuple[Mark, ...] = ()
    """What an officer has yet to read of it: goes along to its case."""


@event
class PlacingPutOff(Event):
    """The matcher was asked once more and did not answer. The report stays in its own case and is asked about again."""

    type_name: ClassVar[str] = "reports.placing-put-off.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    attempt: int
    ask_again_at: datetime


@command
class RejectMatch(Command):
    """The reporter says: this is not what I reported."""

    type_name: ClassVar[str] = "reports.reject-match.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"

    report_id: str


@event
class MatchRejected(Event):
    type_name: ClassVar[str] = "reports.match-rejected.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    case_id: str
    attempt: int
    """Number of the placing that follows."""


@command
class MoveReport(Command):
    """Its case was merged into another."""

    type_name: ClassVar[str] = "reports.move-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    mailbox: ClassVar[str] = "placing"

    report_id: str
    into: str
    out_of: str | None = None
    """The case that it is to leave: one that has left it already stays where it is. None: any."""


@event
class ReportMoved(Event):
    type_name: ClassVar[str] = "reports.report-moved.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    case_id: str
    previous_case_id: str | None = None
    marks: tuple[Mark, ...] = ()


@command
class WithdrawReport(Command):
    type_name: ClassVar[str] = "reports.withdraw-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"

    report_id: str


@event
class ReportWithdrawn(Event):
    type_name: ClassVar[str] = "reports.report-withdrawn.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    case_id: str | None = None


@command
class AddMessage(Command):
    """A line in the thread between reporter and office. No actor: the reporter wrote it."""

    type_name: ClassVar[str] = "reports.add-message.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    private: ClassVar[type[Sealable] | None] = MessageContent

    report_id: str


@event
class MessageAdded(Event):
    type_name: ClassVar[str] = "reports.message-added.v1"
    aggregate: ClassVar[str] = "report"
    private: ClassVar[frozenset[str]] = frozenset({"text"})

    report_id: str
    by_office: bool
    at: datetime
    text: str = ""
    case_id: str | None = None
    mark: int = 0
    """By the reporter: the number of the mark that it makes. By the office: of the last that it deals with."""


@command
class AddEvidence(Command):
    """More pictures from the reporter, beside those that came with the report."""

    type_name: ClassVar[str] = "reports.add-evidence.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    attachments: tuple[Attachment, ...]


@event
class EvidenceAdded(Event):
    type_name: ClassVar[str] = "reports.evidence-added.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    attachments: tuple[Attachment, ...]
    case_id: str | None = None
    mark: int = 0
    at: datetime | None = None


@command
class RateAnswer(Command):
    """ "Menjawab?": yes closes the report, no reopens it."""

    type_name: ClassVar[str] = "reports.rate-answer.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    private: ClassVar[type[Sealable] | None] = RatingContent

    report_id: str
    helpful: bool
    answered: bool = False
    """Its case has a published answer. Added by the service itself, never by a sender."""


@event
class AnswerRated(Event):
    type_name: ClassVar[str] = "reports.answer-rated.v1"
    aggregate: ClassVar[str] = "report"
    private: ClassVar[frozenset[str]] = frozenset({"text"})

    report_id: str
    helpful: bool
    case_id: str | None = None
    at: datetime | None = None
    mark: int = 0
    text: str = ""


@command
class SettleReport(Command):
    """An officer dealt with what the reporter wrote, or with their "Belum": it counts as answered again."""

    type_name: ClassVar[str] = "reports.settle-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    upto: int | None = None
    """The last mark that was dealt with; None: all that there are, by the officer's word."""


@event
class ReportSettled(Event):
    type_name: ClassVar[str] = "reports.report-settled.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    upto: int
    case_id: str | None = None
    at: datetime


@command
class ScreenOutReport(Command):
    type_name: ClassVar[str] = "reports.screen-out-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    reason: str
    """spam, out_of_scope or unclear; told to the reporter."""


@event
class ReportScreenedOut(Event):
    type_name: ClassVar[str] = "reports.report-screened-out.v1"
    aggregate: ClassVar[str] = "report"

    report_id: str
    reason: str
    case_id: str | None = None


@command
class AnswerReport(Command):
    """An answer to one person: aspirations, complaints and requests for information."""

    type_name: ClassVar[str] = "reports.answer-report.v1"
    aggregate: ClassVar[str] = "report"
    target_field: ClassVar[str] = "report_id"
    private: ClassVar[type[Sealable] | None] = MessageContent

    report_id: str
    outcome: str
    """solved, clarified, no_action, not_responsible, duplicate or unclear: closed is not the same as solved."""


@event
class ReportAnswered(Event):
    type_name: ClassVar[str] = "reports.report-answered.v1"
    aggregate: ClassVar[str] = "report"
    private: ClassVar[frozenset[str]] = frozenset({"text"})

    report_id: str
    number: str
    outcome: str
    language: str = "id"
    at: datetime
    text: str = ""
