"""What one person sent, from the form to its answer."""

from datetime import datetime
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, Flag, Identity, Limit, Note, SaidText
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.reports.case import Target
from libs.contracts.reports.parts import (
    Attachment,
    Candidate,
    ClaimFound,
    KnownFound,
    Mark,
    Part,
    Parted,
    QuestionAnswer,
)
from libs.contracts.words import Intake

MOST_PAGES = 5
"""Addresses of one report of which copies are made."""
OUTCOMES = ("solved", "clarified", "no_action", "not_responsible", "duplicate", "unclear")


class ReportContent(Sealable):
    text: str = ""
    urls: tuple[str, ...] = ()
    doubt: str = ""
    """Why the reporter doubts it."""
    answers: tuple[QuestionAnswer, ...] = ()
    """To what the office asks beside it."""


class MessageContent(Sealable):
    text: SaidText


class RatingContent(Sealable):
    text: Note = ""
    """What is still open, in a few words."""


REVEAL_REASONS = ("verify", "authorities", "warn", "reply", "other")
"""To check the claim, to hand it to the authorities, to warn whoever it is about, to answer the reporter."""


class RevealContent(Sealable):
    note: Note = ""
    """The reason in the officer's words."""


class SnapshotContent(Sealable):
    url: str
    final_url: str = ""
    title: str = ""
    description: str = ""


class SubmitReport(
    Command, name="reports.submit-report.v1", of="report", to="report_id", creates=True, private=ReportContent
):
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
    archive_links: bool = False
    """The office keeps copies of pages. Added by the service itself, never by a sender."""
    intake: str = Intake.FORM
    entered_by: str | None = None
    """The officer who wrote it down for somebody, or saw the post."""
    partner_id: str | None = None
    """The partner who reports."""


class ReportReceived(
    Event,
    name="reports.report-received.v1",
    of="report",
    private={"text", "urls", "doubt", "answers", "code_hash", "body_hash"},
):
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
    intake: str = Intake.FORM
    entered_by: str | None = None
    partner_id: str | None = None
    text: str = ""
    urls: tuple[str, ...] = ()
    doubt: str = ""
    answers: tuple[QuestionAnswer, ...] = ()
    code_hash: str = ""
    body_hash: str | None = None
    pages: int = 0
    """Addresses of which copies are to be made."""
    place_by: datetime | None = None
    """It says little itself, so what its page says is waited for, until then."""


class RecordEvidence(Command, name="reports.record-evidence.v1", of="report", to="report_id", private=MessageContent):
    """Reports has taken a piece of evidence and read it: its hash, and the words in it."""

    report_id: str
    blob_id: str
    sha256: str
    original_sha256: str | None = None
    """Of the file as it was sent, where it is kept as well."""
    perceptual_hash: str | None = None
    """64 hex digits, 256 bits: near for pictures that look alike. It stays in the process; the event seals it."""
    picture_marks: tuple[str, ...] = ()
    """Parts of its hash under a key of reports: of pictures that look alike, at least one is equal."""
    failure: str | None = None
    """Why the picture could not be taken; placing goes on without it."""
    transcribed: bool = False
    """The words were heard by a machine, not read in a picture."""


class EvidenceTaken(Event, name="reports.evidence-taken.v1", of="report", private={"words", "hash"}):
    report_id: str
    blob_id: str
    sha256: str
    original_sha256: str | None = None
    """Of the file as it was sent, where it is kept as well."""
    perceptual_hash: str | None = None
    """Of 64 bits, in what was written before hashes were sealed."""
    picture_marks: tuple[str, ...] = ()
    """Parts of its hash under a key of reports: of pictures that look alike, at least one is equal."""
    failure: str | None = None
    complete: bool
    """True with the last of the report's pictures."""
    at: datetime | None = None
    transcribed: bool = False
    words: str = ""
    hash: str = ""


class RecordSnapshot(Command, name="reports.record-snapshot.v1", of="report", to="report_id", private=SnapshotContent):
    """Reports has looked at an address that was reported. Fields: see `Snapshot`."""

    report_id: str
    page: int
    turn: int
    taken_at: datetime
    status: int | None = None
    media_type: str = ""
    sha256: str | None = None
    screenshot: str = ""
    screenshot_sha256: str | None = None
    failure: str | None = None
    truncated: bool = False


class SnapshotTaken(
    Event,
    name="reports.snapshot-taken.v1",
    of="report",
    private={"url", "final_url", "title", "description"},
):
    report_id: str
    page: int
    turn: int
    taken_at: datetime
    status: int | None = None
    media_type: str = ""
    sha256: str | None = None
    screenshot: str = ""
    screenshot_sha256: str | None = None
    failure: str | None = None
    truncated: bool = False
    place: bool = False
    """It was waited for: the report is placed now."""
    ask_again: bool = False
    """The report was placed without it, and says little itself."""
    url: str = ""
    final_url: str = ""
    title: str = ""
    description: str = ""


class RetakeSnapshot(Command, name="reports.retake-snapshot.v1", of="report", to="report_id"):
    """An officer wants an address that was reported looked at once more."""

    report_id: str
    page: Annotated[int, Limit(least=1, most=MOST_PAGES)]


class SnapshotAsked(Event, name="reports.snapshot-asked.v1", of="report"):
    report_id: str
    page: int
    turn: int


class Placement(Part):
    """Where the matcher would put a report. Added by the service itself, never by a sender."""

    outcome: str
    case_id: str | None = None
    clarification_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    links: tuple[str, ...] = ()
    """Marks of the posts and pages that the report points to: equal for every form of one address."""
    known: tuple[KnownFound, ...] = ()
    """What other publishers have answered; the report is not answered by it."""
    asked_at: datetime | None = None
    """When the matcher had answered, or had not."""
    claims: tuple[ClaimFound, ...] = ()
    """Of a report that makes several, those that have something to be named. No answer to one of them is its answer."""


class PlaceReport(
    Command, name="reports.place-report.v1", of="report", to="report_id", keyed_by_tenant=True, mailbox="placing"
):
    report_id: str
    attempt: int = 0
    """n-th time that it is placed, from 1; 0 stands for the next."""
    placement: Placement | None = None
    out_of: str | None = None
    into: str | None = None
    """Both or none, while one event is told by many: it leaves the small case, where it still lies there, if it surely
    belongs into this one."""


class ReportMatched(Event, name="reports.report-matched.v1", of="report", private={"claims"}):
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
    gathered: bool = False
    """It left a small case for the one in which the same event is told by many."""
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
    known: tuple[KnownFound, ...] = ()
    asks: bool = True
    """Somebody asks. False: an officer saw the post; it is evidence of the claim, and no demand for an answer."""
    by_partner: bool = False
    claims: tuple[ClaimFound, ...] = ()
    """As of its placement, with the words of the report: sealed."""
    parted: Parted | None = None
    """An officer put it there."""


class PlacingPutOff(Event, name="reports.placing-put-off.v1", of="report"):
    """The matcher was asked once more and did not answer. The report stays in its own case and is asked about again."""

    report_id: str
    attempt: int
    ask_again_at: datetime


class RejectMatch(Command, name="reports.reject-match.v1", of="report", to="report_id"):
    """The reporter says: this is not what I reported."""

    report_id: str


class MatchRejected(Event, name="reports.match-rejected.v1", of="report"):
    report_id: str
    case_id: str
    attempt: int
    """Number of the placing that follows."""
    unpublished: int = 0


class DetachReport(Command, name="reports.detach-report.v1", of="report", to="report_id"):
    """An officer takes a report out of its case: into one of its own, or into the one that is named."""

    report_id: str
    case_id: Identity
    """Where the officer saw it; it may lie elsewhere by now."""
    reason: Annotated[str, Limit(words=("other_claim", "other_target", "mistake"))]
    into: Annotated[str, Limit(longest=60, pattern=NO_CONTROL)] = ""
    """Number or id of a case; empty: a new one."""
    end: Target | None = None
    """Added by the service itself, never by a sender. None: there is no such case in this office."""


class ReportDetached(Event, name="reports.report-detached.v1", of="report"):
    report_id: str
    case_id: str
    """That it left."""
    into: str
    reason: str


class MoveReport(Command, name="reports.move-report.v1", of="report", to="report_id", mailbox="placing"):
    """Its case was merged into another."""

    report_id: str
    into: str
    out_of: str | None = None
    """The case that it is to leave: one that has left it already stays where it is. None: any."""


class ReportMoved(Event, name="reports.report-moved.v1", of="report"):
    report_id: str
    case_id: str
    previous_case_id: str | None = None
    marks: tuple[Mark, ...] = ()


class WithdrawReport(Command, name="reports.withdraw-report.v1", of="report", to="report_id"):
    report_id: str


class ReportWithdrawn(Event, name="reports.report-withdrawn.v1", of="report"):
    report_id: str
    case_id: str | None = None
    unpublished: int = 0


class AddMessage(Command, name="reports.add-message.v1", of="report", to="report_id", private=MessageContent):
    """A line in the thread between reporter and office. No actor: the reporter wrote it."""

    report_id: str


class MessageAdded(Event, name="reports.message-added.v1", of="report", private={"text"}):
    report_id: str
    by_office: bool
    at: datetime
    text: str = ""
    case_id: str | None = None
    mark: int = 0
    """By the reporter: the number of the mark that it makes. By the office: of the last that it deals with."""


class AddEvidence(Command, name="reports.add-evidence.v1", of="report", to="report_id"):
    """More pictures from the reporter, beside those that came with the report."""

    report_id: str
    attachments: tuple[Attachment, ...]


class EvidenceAdded(Event, name="reports.evidence-added.v1", of="report"):
    report_id: str
    attachments: tuple[Attachment, ...]
    case_id: str | None = None
    mark: int = 0
    at: datetime | None = None


class RateAnswer(Command, name="reports.rate-answer.v1", of="report", to="report_id", private=RatingContent):
    """ "Menjawab?": yes closes the report, no reopens it."""

    report_id: str
    helpful: Flag
    answered: bool = False
    """Its case has a published answer. Added by the service itself, never by a sender."""


class AnswerRated(Event, name="reports.answer-rated.v1", of="report", private={"text"}):
    report_id: str
    helpful: bool
    case_id: str | None = None
    at: datetime | None = None
    mark: int = 0
    text: str = ""


class SettleReport(Command, name="reports.settle-report.v1", of="report", to="report_id"):
    """An officer dealt with what the reporter wrote, or with their "Belum": it counts as answered again."""

    report_id: str
    upto: int | None = None
    """The last mark that was dealt with; None: all that there are, by the officer's word."""


class ReportSettled(Event, name="reports.report-settled.v1", of="report"):
    report_id: str
    upto: int
    case_id: str | None = None
    at: datetime


class RevealPersonalData(
    Command, name="reports.reveal-personal-data.v1", of="report", to="report_id", private=RevealContent
):
    """An officer wants to read what is masked in a report: with a reason, for a quarter of an hour."""

    report_id: str
    reason: Annotated[str, Limit(words=REVEAL_REASONS)]
    """`other` needs a note."""


class PersonalDataRevealed(Event, name="reports.personal-data-revealed.v1", of="report", private={"note"}):
    report_id: str
    officer: str
    reason: str
    at: datetime
    case_id: str | None = None
    note: str = ""


OPEN_REASONS = ("verify", "authorities", "other")


class OpenOriginal(Command, name="reports.open-original.v1", of="report", to="report_id", private=RevealContent):
    """An officer wants a file as it was sent: with a reason, for a quarter of an hour."""

    report_id: str
    piece: Annotated[int, Limit(least=1, most=20)]
    """Which of its evidence, from 1."""
    reason: Annotated[str, Limit(words=OPEN_REASONS)]
    """`other` needs a note."""


class OriginalOpened(Event, name="reports.original-opened.v1", of="report", private={"note"}):
    report_id: str
    piece: int
    blob_id: str
    sha256: str
    officer: str
    reason: str
    at: datetime
    case_id: str | None = None
    note: str = ""


class ScreenOutReport(Command, name="reports.screen-out-report.v1", of="report", to="report_id"):
    report_id: str
    reason: Annotated[str, Limit(words=("spam", "out_of_scope", "unclear"))]
    """Told to the reporter."""


class ReportScreenedOut(Event, name="reports.report-screened-out.v1", of="report"):
    report_id: str
    reason: str
    case_id: str | None = None
    asks: bool = True
    unpublished: int = 0


class AnswerReport(Command, name="reports.answer-report.v1", of="report", to="report_id", private=MessageContent):
    """An answer to one person: aspirations, complaints and requests for information."""

    report_id: str
    outcome: Annotated[str, Limit(words=OUTCOMES)]
    """Closed is not the same as solved."""


class ReportAnswered(Event, name="reports.report-answered.v1", of="report", private={"text"}):
    report_id: str
    number: str
    outcome: str
    language: str = "id"
    at: datetime
    text: str = ""
