"""A report: what one person sent, where it was placed, and what became of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zlib import crc32

from pydantic import BaseModel, ConfigDict

from libs.contracts import ids
from libs.contracts.messages import Command, Event
from libs.contracts.reports.parts import Attachment, Candidate, ClaimFound, Mark, Parted, QuestionAnswer, Snapshot
from libs.contracts.reports.report import (
    AddEvidence,
    AddMessage,
    AnswerRated,
    AnswerReport,
    DetachReport,
    EvidenceAdded,
    EvidenceTaken,
    MatchRejected,
    MessageAdded,
    MessageContent,
    MoveReport,
    OpenOriginal,
    OriginalOpened,
    PersonalDataRevealed,
    Placement,
    PlaceReport,
    PlacingPutOff,
    RateAnswer,
    RatingContent,
    RecordEvidence,
    RecordSnapshot,
    RejectMatch,
    ReportAnswered,
    ReportContent,
    ReportDetached,
    ReportMatched,
    ReportMoved,
    ReportReceived,
    ReportScreenedOut,
    ReportSettled,
    ReportWithdrawn,
    RetakeSnapshot,
    RevealContent,
    RevealPersonalData,
    ScreenOutReport,
    SettleReport,
    SnapshotAsked,
    SnapshotContent,
    SnapshotTaken,
    SubmitReport,
    WithdrawReport,
)
from libs.contracts.words import Intake, MatchOutcome, ReportKind, ReportState, Role
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused
from services.reports.permissions import require, require_checker
from services.reports.report.pages import pages_of, says_little, tells_something

ENDED = frozenset({ReportState.SCREENED_OUT, ReportState.WITHDRAWN, ReportState.CLOSED})
GONE = frozenset({ReportState.SCREENED_OUT, ReportState.WITHDRAWN})
"""No longer counted in its case."""
ASK_AGAIN, ASK_AGAIN_AT_LAST = timedelta(minutes=1), timedelta(minutes=5)
"""From the end of one try until the matcher is asked again about a report that it did not answer for: doubles. While it
is away nobody asks at all, so the longest is how late a report may be once it is back."""
MOST_MESSAGES = 200
MOST_PICTURES = 20
MOST_LOOKS = 20
MOST_OPENINGS = 100
REVEALED = timedelta(minutes=15)
"""How long an officer reads what is masked, each time that they say why."""
PAGE_PATIENCE = timedelta(seconds=5)
"""A report that says little itself is placed without its page after this, and asked about again when it is there."""
MOST_TURNS = 10
"""Times that one page is looked at."""


class Line(BaseModel):
    """A message between reporter and office."""

    model_config = ConfigDict(frozen=True, extra="allow")

    by_office: bool
    at: datetime
    text: str
    officer: str | None = None
    about: str = ""
    """not_answered: what the reporter said of an answer."""


class Picture(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    blob_id: str
    hash: str
    """64 hex digits."""


class Look(BaseModel):
    """At what is masked."""

    model_config = ConfigDict(frozen=True, extra="allow")

    officer: str
    at: datetime
    reason: str
    note: str = ""


class Opening(BaseModel):
    """Of a file as it was sent."""

    model_config = ConfigDict(frozen=True, extra="allow")

    blob_id: str
    officer: str
    at: datetime
    reason: str
    note: str = ""


class Taken(BaseModel):
    """A piece of evidence is in our own store, or was given up.

    Attributes:
        at: None in what was taken before it was noted.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    at: datetime | None = None
    original_sha256: str | None = None
    failure: str | None = None


class Report(State):
    private: ClassVar[frozenset[str]] = frozenset(
        {
            "text",
            "urls",
            "doubt",
            "words",
            "messages",
            "answer",
            "looks",
            "snapshots",
            "pictures",
            "answers",
            "transcript",
            "openings",
            "claims",
        }
    )

    report_id: str
    kind: str
    number: str
    prefix: str = ""
    state: str = ReportState.RECEIVED
    received_at: datetime
    answer_due_at: datetime | None = None
    limit_at: datetime | None = None
    code_hash: str = ""
    area: str | None = None
    seen_on: str | None = None
    forwarded_often: bool = False
    anonymous: bool = True
    confidential: bool = False
    language: str = "id"
    attachments: tuple[Attachment, ...] = ()
    evidence: tuple[str, ...] = ()
    """Blobs that were taken, or given up."""
    picture_marks: tuple[str, ...] = ()
    """By which reports with pictures that look alike are found."""
    refused: tuple[str, ...] = ()
    case_id: str | None = None
    outcome: str | None = None
    suggestions: tuple[Candidate, ...] = ()
    links: tuple[str, ...] = ()
    attempts: int = 0
    ask_again_at: datetime | None = None
    screened_reason: str | None = None
    answered_outcome: str | None = None
    answered_at: datetime | None = None
    helpful: bool | None = None
    rated_at: datetime | None = None
    recalls: int = 0
    """Marks that it ever made."""
    marks: tuple[Mark, ...] = ()
    """Those that nobody has dealt with."""
    ended_at: datetime | None = None
    pages: int = 0
    """Addresses of which copies are made."""
    page_turns: Mapping[str, int] = {}
    """Page -> how often it is to be looked at, where that is more than once."""
    page_done: Mapping[str, int] = {}
    """Page -> how often it was."""
    place_by: datetime | None = None
    intake: str = Intake.FORM
    entered_by: str | None = None
    partner_id: str | None = None
    text: str = ""
    urls: tuple[str, ...] = ()
    doubt: str = ""
    answers: tuple[QuestionAnswer, ...] = ()
    words: str = ""
    messages: tuple[Line, ...] = ()
    answer: str = ""
    looks: tuple[Look, ...] = ()
    """The last ones; the history has all."""
    transcript: str = ""
    """What a machine heard in its voice notes and videos."""
    openings: tuple[Opening, ...] = ()
    """The last ones; the history has all."""
    brought: Mapping[str, datetime] = {}
    """Of evidence that came after the report: when."""
    taken: Mapping[str, Taken] = {}
    snapshots: tuple[Snapshot, ...] = ()
    pictures: tuple[Picture, ...] = ()
    claims: tuple[ClaimFound, ...] = ()
    """Where it makes several: those that have something to be named."""

    @property
    def asks(self) -> bool:
        """Somebody wants to know; nobody does where an officer saw a post."""
        return self.intake != Intake.POST_SEEN

    @property
    def unpublished(self) -> int:
        """How many ask by it whom no published number may count."""
        return int(self.asks and self.confidential)

    @property
    def told_by_evidence(self) -> str:
        """The words in its pictures, and what was heard in its recordings."""
        return "\n".join(part for part in (self.words, self.transcript) if part)

    def own_case(self, *, refused: int = 0) -> str:
        """The case that it opens where no other fits; once it has left so many more."""
        return ids.case_id_text(self.report_id, len(self.refused) + refused)


TAKEN = frozenset(ReportReceived.model_fields) & frozenset(Report.model_fields)


def decide(report: Report | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to a report.

    Raises:
        Refused: `not_found`, `state_conflict`, `role_missing`, `validation`, `already_answered`.
    """
    if report is None:
        if isinstance(command, SubmitReport):
            return [_received(command, context)]
        raise NotFound("report")
    match command:
        case SubmitReport():
            # Another command for the id of this report: ids are made from the command, so it is forged or a mistake.
            raise Refused("state_conflict")
        case RecordEvidence():
            return _evidence(report, command, context)
        case RecordSnapshot():
            return _snapshot(report, command, context)
        case RetakeSnapshot():
            return _once_more(report, command, context)
        case PlaceReport():
            return _placed(report, command, context)
        case RejectMatch():
            return _rejected(report)
        case MoveReport():
            return _moved(report, command)
        case WithdrawReport():
            if report.state in ENDED:
                raise Refused("state_conflict")
            return [
                ReportWithdrawn(report_id=report.report_id, case_id=report.case_id, unpublished=report.unpublished)
            ]
        case AddMessage():
            return _message(report, context)
        case AddEvidence():
            return _more_evidence(report, command, context)
        case RateAnswer():
            return _rated(report, command, context)
        case SettleReport():
            return _settled(report, command, context)
        case RevealPersonalData():
            return _revealed(report, command, context)
        case OpenOriginal():
            return _opened(report, command, context)
        case DetachReport():
            return _detached(report, command, context)
        case ScreenOutReport():
            require_checker(context)
            if report.state in ENDED:
                raise Refused("state_conflict")
            return [
                ReportScreenedOut(
                    report_id=report.report_id,
                    reason=command.reason,
                    case_id=report.case_id,
                    asks=report.asks,
                    unpublished=report.unpublished,
                )
            ]
        case AnswerReport():
            return _answered(report, command, context)
    raise Refused("validation", "type")


def _received(command: SubmitReport, context: Context) -> ReportReceived:
    content = context.private
    if not isinstance(content, ReportContent):
        raise Refused("validation", "sealed")
    if not (is_visible(content.text) or content.urls or command.attachments):
        raise Refused("validation", "text")
    pages = pages_of(content.text, content.urls) if command.archive_links else ()
    alone = command.kind == ReportKind.HOAX and not command.attachments
    _from_whom(command, context)
    return ReportReceived(
        report_id=command.report_id,
        kind=command.kind,
        number=command.number,
        prefix=command.prefix,
        area=command.area,
        seen_on=command.seen_on,
        forwarded_often=command.forwarded_often,
        anonymous=command.anonymous,
        confidential=command.confidential,
        language=command.language,
        attachments=command.attachments,
        refused=command.refused,
        received_at=context.at,
        answer_due_at=context.at + timedelta(hours=command.answer_hours),
        limit_at=context.at + timedelta(hours=command.limit_hours),
        intake=command.intake,
        entered_by=command.entered_by,
        partner_id=command.partner_id,
        text=content.text,
        urls=content.urls,
        doubt=content.doubt,
        answers=content.answers,
        code_hash=command.code_hash,
        body_hash=command.body_hash,
        pages=len(pages),
        place_by=context.at + PAGE_PATIENCE if pages and alone and says_little(content.text) else None,
    )


def pages_due(report: Report) -> list[tuple[int, int]]:
    """Pages that are still to be looked at, each with its turn."""
    wanted = ((page, report.page_turns.get(str(page), 1)) for page in range(1, report.pages + 1))
    return [(page, turn) for page, turn in wanted if report.page_done.get(str(page), 0) < turn]


def _snapshot(report: Report, command: RecordSnapshot, context: Context) -> Iterable[Event]:
    content = context.private
    if not isinstance(content, SnapshotContent):
        raise Refused("validation", "sealed")
    due = pages_due(report)
    if (command.page, command.turn) not in due:
        return []
    taken = SnapshotTaken(
        report_id=report.report_id,
        page=command.page,
        turn=command.turn,
        taken_at=command.taken_at,
        status=command.status,
        media_type=command.media_type,
        sha256=command.sha256,
        screenshot=command.screenshot,
        screenshot_sha256=command.screenshot_sha256,
        failure=command.failure,
        truncated=command.truncated,
        url=content.url,
        final_url=content.final_url,
        title=content.title,
        description=content.description,
    )
    tells = tells_something(_as_kept(taken))
    if report.state in ENDED or report.kind != ReportKind.HOAX:
        return [taken]
    if report.case_id is None:
        waited_for = report.place_by is not None and report.attempts == 0
        return [taken.model_copy(update={"place": waited_for and (tells or len(due) == 1)})]
    unplaced = report.case_id == report.own_case() and report.outcome != MatchOutcome.MATCH
    again = (
        tells and unplaced and report.ask_again_at is None and says_little(f"{report.text}\n{report.told_by_evidence}")
    )
    return [taken.model_copy(update={"ask_again": again})]


def _as_kept(event: SnapshotTaken) -> Snapshot:
    taken = {name: value for name, value in vars(event).items() if name in Snapshot.model_fields}
    return Snapshot.model_validate({**taken, "at": event.taken_at})


def _once_more(report: Report, command: RetakeSnapshot, context: Context) -> Iterable[Event]:
    require_checker(context)
    done = report.page_done.get(str(command.page), 0)
    if not 1 <= command.page <= report.pages or report.state in GONE or done >= MOST_TURNS:
        raise Refused("state_conflict")
    if any(page == command.page for page, _ in pages_due(report)):
        return []
    return [SnapshotAsked(report_id=report.report_id, page=command.page, turn=done + 1)]


def _from_whom(command: SubmitReport, context: Context) -> None:
    """
    Raises:
        Refused: `role_missing`, `forbidden`: it speaks for somebody else.
    """
    if command.entered_by is not None and require_checker(context).id != command.entered_by:
        raise Refused("forbidden")
    if command.partner_id is not None and require(context, Role.PARTNER).id != command.partner_id:
        raise Refused("forbidden")


def _evidence(report: Report, command: RecordEvidence, context: Context) -> Iterable[Event]:
    if command.blob_id in report.evidence:
        return []
    if command.blob_id not in {a.blob_id for a in report.attachments}:
        raise Refused("validation", "blob_id")
    words = context.private.text if isinstance(context.private, MessageContent) else ""
    return [
        EvidenceTaken(
            report_id=report.report_id,
            blob_id=command.blob_id,
            sha256=command.sha256,
            original_sha256=command.original_sha256,
            picture_marks=command.picture_marks,
            failure=command.failure,
            complete=len(report.evidence) + 1 == len(report.attachments),
            at=context.at,
            transcribed=command.transcribed,
            words=words,
            hash=command.perceptual_hash or "",
        )
    ]


def is_to_be_placed(report: Report, command: PlaceReport) -> bool:
    """Whether it would change anything. A repeat does not, nor a try that came too late: the report has its place by
    then, from an earlier try or from an officer. It need not be looked at by the matcher."""
    attempt = command.attempt or report.attempts + 1
    if command.out_of is not None:
        return report.state == ReportState.LINKED and report.case_id == command.out_of
    waits = report.case_id is None or report.ask_again_at is not None
    return report.state not in ENDED and report.kind == ReportKind.HOAX and waits and attempt > report.attempts


def pause_before(attempt: int, report_id: str) -> timedelta:
    """From the end of the try before this one, from the second. Up to a quarter less, so that what was put off
    together does not come back together."""
    spread = crc32(report_id.encode()) / 2**32
    return min(_doubled(attempt - 2), ASK_AGAIN_AT_LAST) * (1 - spread / 4)


def _doubled(times: int) -> timedelta:
    return ASK_AGAIN * (1 << min(max(times, 0), 16))


def _placed(report: Report, command: PlaceReport, context: Context) -> Iterable[Event]:
    if not is_to_be_placed(report, command):
        return []
    attempt = command.attempt or report.attempts + 1
    placement = command.placement or Placement(outcome=MatchOutcome.UNMATCHED)
    gathered = command.out_of is not None
    if gathered and (placement.outcome != MatchOutcome.MATCH or placement.case_id in (None, command.out_of)):
        return []
    ask_again_at = None
    if placement.outcome == MatchOutcome.UNMATCHED:
        ask_again_at = (placement.asked_at or context.at) + pause_before(attempt + 1, report.report_id)
        if report.case_id is not None:
            return [PlacingPutOff(report_id=report.report_id, attempt=attempt, ask_again_at=ask_again_at)]
    own = report.case_id or report.own_case()
    case_id = placement.case_id or own
    return [
        ReportMatched(
            report_id=report.report_id,
            outcome=placement.outcome,
            kind=report.kind,
            number=report.number,
            language=report.language,
            prefix=report.prefix,
            area=report.area,
            case_id=case_id,
            clarification_id=placement.clarification_id,
            opens=case_id == own and report.case_id is None,
            gathered=gathered,
            forwarded_often=report.forwarded_often,
            suggestions=placement.candidates if placement.outcome == MatchOutcome.SUGGEST else (),
            attempt=attempt,
            confidential=report.confidential,
            answer_due_at=report.answer_due_at,
            limit_at=report.limit_at,
            received_at=report.received_at,
            previous_case_id=report.case_id,
            links=placement.links,
            ask_again_at=ask_again_at,
            marks=report.marks,
            known=placement.known,
            asks=report.asks,
            by_partner=report.partner_id is not None,
            claims=placement.claims,
        )
    ]


def _rejected(report: Report) -> Iterable[Event]:
    if report.case_id is None or report.state in ENDED or report.outcome != MatchOutcome.MATCH:
        raise Refused("state_conflict")
    return [
        MatchRejected(
            report_id=report.report_id,
            case_id=report.case_id,
            attempt=report.attempts + 1,
            unpublished=report.unpublished,
        )
    ]


def _detached(report: Report, command: DetachReport, context: Context) -> Iterable[Event]:
    """Out of its case, for good: the place that the matcher gave it does not come back.

    Raises:
        Refused: `state_conflict`: it lies there no more; `validation`: it cannot go where it is to go.
    """
    officer = require_checker(context)
    if report.case_id is None or report.state in ENDED or report.case_id != command.case_id:
        raise Refused("state_conflict")
    end = command.end
    if command.into and (end is None or end.case_id == report.case_id):
        raise Refused("validation", "into")
    into = end.case_id if command.into and end is not None else report.own_case(refused=1)
    parted = Parted(number=report.number, by=officer.id, reason=command.reason, other=report.case_id)
    detached = ReportDetached(
        report_id=report.report_id, case_id=report.case_id, into=into, reason=command.reason
    )
    matched = ReportMatched(
        report_id=report.report_id,
        outcome=MatchOutcome.NONE,
        kind=report.kind,
        number=report.number,
        language=report.language,
        prefix=report.prefix,
        area=report.area,
        case_id=into,
        clarification_id=end.clarification_id if command.into and end is not None else None,
        opens=not command.into,
        forwarded_often=report.forwarded_often,
        attempt=report.attempts,
        confidential=report.confidential,
        answer_due_at=report.answer_due_at,
        limit_at=report.limit_at,
        received_at=report.received_at,
        previous_case_id=report.case_id,
        links=report.links,
        marks=report.marks,
        asks=report.asks,
        by_partner=report.partner_id is not None,
        parted=parted,
    )
    return [detached, matched]


def _moved(report: Report, command: MoveReport) -> Iterable[Event]:
    left = command.out_of is not None and report.case_id != command.out_of
    if report.state in GONE or report.case_id == command.into or left:
        return []
    return [
        ReportMoved(
            report_id=report.report_id, case_id=command.into, previous_case_id=report.case_id, marks=report.marks
        )
    ]


def _message(report: Report, context: Context) -> Iterable[Event]:
    content = context.private
    if not isinstance(content, MessageContent) or not is_visible(content.text):
        raise Refused("validation", "text")
    if report.state in GONE or len(report.messages) >= MOST_MESSAGES:
        raise Refused("state_conflict")
    by_office = context.actor is not None
    if by_office:
        require_checker(context)
    return [
        MessageAdded(
            report_id=report.report_id,
            by_office=by_office,
            at=context.at,
            text=content.text,
            case_id=report.case_id,
            mark=report.recalls if by_office else report.recalls + 1,
        )
    ]


def _rated(report: Report, command: RateAnswer, context: Context) -> Iterable[Event]:
    """Only an answer can be rated: a "Ya" without one would end a report that nobody looked at."""
    alone = report.kind != ReportKind.HOAX
    answered = report.answered_at is not None if alone else command.answered
    if report.state in GONE or not answered:
        raise Refused("state_conflict")
    content = context.private
    text = content.text.strip() if isinstance(content, RatingContent) and is_visible(content.text) else ""
    waits = any(m.reason == NOT_ANSWERED for m in report.marks)
    if not command.helpful and waits and not text:
        return []
    return [
        AnswerRated(
            report_id=report.report_id,
            helpful=command.helpful,
            case_id=report.case_id,
            at=context.at,
            mark=0 if command.helpful else report.recalls + 1,
            text=text,
        )
    ]


def _settled(report: Report, command: SettleReport, context: Context) -> Iterable[Event]:
    if command.upto is None:
        require_checker(context)
    upto = report.recalls if command.upto is None else command.upto
    reopened = report.state == ReportState.REOPENED
    if not any(m.n <= upto for m in report.marks) and not (reopened and upto == report.recalls):
        return []
    return [ReportSettled(report_id=report.report_id, upto=upto, case_id=report.case_id, at=context.at)]


def _more_evidence(report: Report, command: AddEvidence, context: Context) -> Iterable[Event]:
    if report.state in ENDED:
        raise Refused("state_conflict")
    known = {a.blob_id for a in report.attachments}
    fresh = tuple(a for a in command.attachments if a.blob_id not in known)
    if len(known) + len(fresh) > MOST_PICTURES:
        raise Refused("validation", "attachments")
    if not fresh:
        return []
    return [
        EvidenceAdded(
            report_id=report.report_id,
            attachments=fresh,
            case_id=report.case_id,
            mark=report.recalls + 1,
            at=context.at,
        )
    ]


def _answered(report: Report, command: AnswerReport, context: Context) -> Iterable[Event]:
    require_checker(context)
    content = context.private
    if not isinstance(content, MessageContent) or not is_visible(content.text):
        raise Refused("validation", "text")
    if report.kind == ReportKind.HOAX or report.state in ENDED:
        raise Refused("state_conflict")
    if report.answered_at is not None and report.state == ReportState.ANSWERED:
        raise Refused("already_answered")
    return [
        ReportAnswered(
            report_id=report.report_id,
            number=report.number,
            outcome=command.outcome,
            language=report.language,
            at=context.at,
            text=content.text,
        )
    ]


def _revealed(report: Report, command: RevealPersonalData, context: Context) -> Iterable[Event]:
    officer = require_checker(context)
    note = context.private.note if isinstance(context.private, RevealContent) else ""
    if command.reason == "other" and not is_visible(note):
        raise Refused("validation", "note")
    return [
        PersonalDataRevealed(
            report_id=report.report_id,
            officer=officer.id,
            reason=command.reason,
            at=context.at,
            case_id=report.case_id,
            note=note,
        )
    ]


def _opened(report: Report, command: OpenOriginal, context: Context) -> Iterable[Event]:
    officer = require_checker(context)
    note = context.private.note if isinstance(context.private, RevealContent) else ""
    if command.reason == "other" and not is_visible(note):
        raise Refused("validation", "note")
    if not 1 <= command.piece <= len(report.attachments):
        raise NotFound("original")
    attachment = report.attachments[command.piece - 1]
    if attachment.original_sha256 is None or not is_kept(report, attachment):
        raise NotFound("original")
    return [
        OriginalOpened(
            report_id=report.report_id,
            piece=command.piece,
            blob_id=attachment.blob_id,
            sha256=attachment.original_sha256,
            officer=officer.id,
            reason=command.reason,
            at=context.at,
            case_id=report.case_id,
            note=note,
        )
    ]


def has_preview(attachment: Attachment) -> bool:
    """Something of it can be seen: a still, the first page, or the picture that it is."""
    return attachment.preview_sha256 is not None or (attachment.size > 0 and attachment.media_type == "image/jpeg")


def is_kept(report: Report, attachment: Attachment) -> bool:
    taken = report.taken.get(attachment.blob_id)
    return attachment.blob_id in report.evidence and (taken is None or taken.failure is None)


def openings_of(report: Report, attachment: Attachment) -> tuple[Opening, ...]:
    return tuple(opening for opening in all_openings_of(report) if opening.blob_id == attachment.blob_id)


def all_openings_of(report: Report) -> tuple[Opening, ...]:
    """None are known of a report that was erased."""
    return report.openings if isinstance(report.openings, tuple) else ()


def opened_until(report: Report, attachment: Attachment, officer: str, at: datetime) -> datetime | None:
    """Until when an officer may have the file as it was sent; None where they may not."""
    ends = [o.at + REVEALED for o in openings_of(report, attachment) if o.officer == officer]
    return max((end for end in ends if end > at), default=None)


def looks_of(report: Report) -> tuple[Look, ...]:
    """None are known of one that was erased."""
    return report.looks if isinstance(report.looks, tuple) else ()


def revealed_until(report: Report, officer: str, at: datetime) -> datetime | None:
    """Until when nothing is hidden from an officer; None where it is."""
    ends = [look.at + REVEALED for look in looks_of(report) if look.officer == officer]
    return max((end for end in ends if end > at), default=None)


def evolve(report: Report | None, event: Event) -> Report:
    if isinstance(event, ReportReceived):
        # A matching clock of its own starts only for hoaxes; the others wait for a person.
        state = ReportState.MATCHING if event.kind == ReportKind.HOAX else ReportState.RECEIVED
        taken = {name: value for name, value in vars(event).items() if name in TAKEN}
        return Report.model_validate({"state": state, **taken})
    assert report is not None
    return report.model_copy(update=dict(_changes(report, event)))


def _changes(report: Report, event: Event) -> Mapping[str, Any]:
    match event:
        case EvidenceTaken():
            return {
                "evidence": (*report.evidence, event.blob_id),
                "pictures": _with_picture(report, event),
                "picture_marks": (*report.picture_marks, *event.picture_marks),
                "taken": {**report.taken, event.blob_id: _taken(event)},
                **_heard_or_read(report, event),
            }
        case SnapshotTaken():
            before = report.snapshots if isinstance(report.snapshots, tuple) else ()
            again = {"ask_again_at": event.taken_at} if event.ask_again else {}
            done = {**report.page_done, str(event.page): event.turn}
            return {"page_done": done, "snapshots": (*before, _as_kept(event)), **again}
        case SnapshotAsked():
            return {"page_turns": {**report.page_turns, str(event.page): event.turn}}
        case EvidenceAdded():
            return {
                "attachments": (*report.attachments, *event.attachments),
                "brought": {**report.brought, **{a.blob_id: event.at for a in event.attachments if event.at}},
                **_marked(report, event.mark, EVIDENCE, event.at),
            }
        case ReportMatched():
            unanswered = event.outcome == MatchOutcome.UNMATCHED
            return {
                "state": report.state if event.case_id == report.case_id else ReportState.LINKED,
                "case_id": event.case_id,
                "outcome": event.outcome,
                "suggestions": event.suggestions,
                "claims": event.claims,
                "attempts": event.attempt,
                "links": event.links,
                # Events of before had no time of their own.
                "ask_again_at": event.ask_again_at or (_from_receipt(event) if unanswered else None),
            }
        case PlacingPutOff():
            return {"attempts": event.attempt, "ask_again_at": event.ask_again_at}
        case MatchRejected():
            return {
                "state": ReportState.MATCHING,
                "refused": (*report.refused, event.case_id),
                "case_id": None,
                "outcome": None,
                "helpful": None,
            }
        case ReportDetached():
            return {"refused": (*report.refused, event.case_id), "helpful": None}
        case ReportMoved():
            return {"case_id": event.case_id, "ask_again_at": None}
        case ReportWithdrawn():
            return {"state": ReportState.WITHDRAWN, "ask_again_at": None}
        case MessageAdded():
            line = Line(by_office=event.by_office, at=event.at, text=event.text)
            written = {"messages": (*report.messages, line)}
            if event.by_office:
                return {**written, **_dealt_with(report, event.mark)}
            return {**written, **_marked(report, event.mark, MESSAGE, event.at)}
        case AnswerRated():
            return _after_rating(report, event)
        case ReportSettled():
            return _dealt_with(report, event.upto)
        case PersonalDataRevealed():
            return {"looks": (*report.looks, _look(event))[-MOST_LOOKS:]}
        case OriginalOpened():
            return {"openings": (*report.openings, _opening(event))[-MOST_OPENINGS:]}
        case ReportScreenedOut():
            return {"state": ReportState.SCREENED_OUT, "screened_reason": event.reason, "ask_again_at": None}
        case ReportAnswered():
            return {
                "state": ReportState.ANSWERED,
                "answer": event.text,
                "answered_outcome": event.outcome,
                "answered_at": event.at,
                "helpful": None,
                "marks": (),
            }
    return {}


def _taken(event: EvidenceTaken) -> Taken:
    return Taken(at=event.at, original_sha256=event.original_sha256, failure=event.failure)


def _heard_or_read(report: Report, event: EvidenceTaken) -> Mapping[str, Any]:
    if not event.words:
        return {}
    if event.transcribed:
        return {"transcript": f"{report.transcript}\n{event.words}".strip()}
    return {"words": f"{report.words}\n{event.words}".strip()}


def _opening(event: OriginalOpened) -> Opening:
    return Opening(blob_id=event.blob_id, officer=event.officer, at=event.at, reason=event.reason, note=event.note)


def _look(event: PersonalDataRevealed) -> Look:
    return Look(officer=event.officer, at=event.at, reason=event.reason, note=event.note)


def _with_picture(report: Report, event: EvidenceTaken) -> tuple[Picture, ...]:
    return (*report.pictures, Picture(blob_id=event.blob_id, hash=event.hash)) if event.hash else report.pictures


def _from_receipt(event: ReportMatched) -> datetime:
    return event.received_at + _doubled(event.attempt - 1)


NOT_ANSWERED, MESSAGE, EVIDENCE = "not_answered", "message", "evidence"


def _marked(report: Report, n: int, reason: str, at: datetime | None) -> Mapping[str, Any]:
    # An older version wrote events without a number: they marked nothing.
    if not n or at is None:
        return {}
    return {"recalls": n, "marks": (*report.marks, Mark(report_id=report.report_id, n=n, reason=reason, at=at))}


def _dealt_with(report: Report, upto: int) -> Mapping[str, Any]:
    """An officer has seen to it: what was answered counts as answered again, and may be rated again."""
    marks = tuple(m for m in report.marks if m.n > upto)
    if report.state != ReportState.REOPENED or any(m.reason == NOT_ANSWERED for m in marks):
        return {"marks": marks}
    state = ReportState.LINKED if report.kind == ReportKind.HOAX else ReportState.ANSWERED
    return {"marks": marks, "state": state, "helpful": None}


def _after_rating(report: Report, event: AnswerRated) -> Mapping[str, Any]:
    rated: dict[str, Any] = {"helpful": event.helpful, "rated_at": event.at}
    if event.helpful:
        return {**rated, "state": ReportState.CLOSED}
    said = (
        (Line(by_office=False, at=event.at, text=event.text, about=NOT_ANSWERED),)
        if event.text and event.at is not None
        else ()
    )
    return {
        **rated,
        "state": ReportState.REOPENED,
        "messages": (*report.messages, *said),
        **_marked(report, event.mark, NOT_ANSWERED, event.at),
    }


def due(report: Report) -> Iterable[Due]:
    if report.ask_again_at is not None and report.state not in ENDED:
        yield Due("ask_again", report.ask_again_at, report.attempts + 1)
    if report.place_by is not None and report.case_id is None and not report.attempts and report.state not in ENDED:
        yield Due("place", report.place_by, 1)


def index_fields(report: Report) -> dict[str, Any]:
    """`one_by_one`: a kind that has no case and is answered alone."""
    found: dict[str, Any] = {
        "number": report.number,
        "kind": report.kind,
        "state": report.state,
        "received": report.received_at,
    }
    if report.case_id is not None:
        found["case"] = report.case_id
    if report.picture_marks and report.state not in GONE:
        found["pictures"] = list(report.picture_marks)
    if report.links:
        found["links"] = list(report.links)
    if report.kind != ReportKind.HOAX:
        found["one_by_one"] = True
    if report.marks and report.state not in GONE:
        found["unread"] = True
    if report.looks or report.openings:
        found["revealed"] = True
    if report.confidential:
        found["hidden"] = True
    if report.partner_id is not None:
        found["partner"] = report.partner_id
    if not report.asks:
        found["post"] = True
    if len(report.evidence) < len(report.attachments):
        found["evidence_due"] = True
    if report.pages and report.state not in ENDED and pages_due(report):
        found["pages_due"] = True
    return found
