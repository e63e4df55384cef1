"""Reports of one claim, and the work of checking it."""

from datetime import datetime
from typing import Annotated

from libs.contracts.fields import (
    AreaCode,
    DueTime,
    Flag,
    Identity,
    Limit,
    Line,
    Note,
    Revision,
    SaidNote,
    SaidText,
    Severity,
    Topic,
    Url,
)
from libs.contracts.messages import Command, Event
from libs.contracts.reports.known import KnownEntry
from libs.contracts.reports.parts import Belongings, Candidate, Draft, KnownFound, Mark, Part, Parted, Reference, Way


class LinkReports(Command, name="reports.link-reports.v1", of="case", to="case_id", mailbox="placing"):
    """Reports of one claim join its case; the first opens it."""

    case_id: str
    report_ids: tuple[str, ...]
    prefix: str = ""
    area: str | None = None
    forwarded_often: int = 0
    opens: bool = False
    suggestions: tuple[Candidate, ...] = ()
    first_received_at: datetime
    answer_due_at: datetime | None = None
    limit_at: datetime | None = None
    way: Way = Way()
    known: tuple[KnownFound, ...] = ()
    asks: bool = True
    """False: of a post that an officer saw, which nobody asks about."""
    by_partner: bool = False
    unpublished: int = 0
    """Of those who ask, how many did so by a report that is to stay hidden from the public."""
    parted: Parted | None = None


class CaseOpened(Event, name="reports.case-opened.v1", of="case"):
    case_id: str
    number: str
    area: str | None = None
    opened_at: datetime
    answer_due_at: datetime
    limit_at: datetime
    suggestions: tuple[Candidate, ...] = ()
    known: tuple[KnownFound, ...] = ()


class ReportsLinked(Event, name="reports.reports-linked.v1", of="case"):
    case_id: str
    report_ids: tuple[str, ...]
    count: int
    forwarded_often: int = 0
    area: str | None = None
    last_at: datetime
    suggestions: tuple[Candidate, ...] = ()
    clarification_id: str | None = None
    """Set when the case has its answer already."""
    merged_into: str | None = None
    """Set when the case is no more: the reports move on to this one."""
    way: Way = Way()
    known: tuple[KnownFound, ...] = ()
    asks: bool = True
    by_partner: bool = False
    unpublished: int = 0
    parted: Parted | None = None


class UnlinkReport(Command, name="reports.unlink-report.v1", of="case", to="case_id", mailbox="placing"):
    """A report left the case: withdrawn, screened out, or not the same claim."""

    case_id: str
    report_id: str
    way: Way = Way()
    asks: bool = True
    """False: it was counted as no asker."""
    unpublished: int = 0
    gathered_into: str | None = None
    """The case in which the same is told by many, where it went there by itself."""
    parted: Parted | None = None


class ReportUnlinked(Event, name="reports.report-unlinked.v1", of="case"):
    case_id: str
    report_id: str
    merged_into: str | None = None
    """Set when the case is no more: the report was counted in this one."""
    way: Way = Way()
    clarification_id: str | None = None
    """Set when the case has its answer: one fewer asked for it."""
    asks: bool = True
    unpublished: int = 0
    gathered_into: str | None = None
    parted: Parted | None = None


class ReportTakenOut(Event, name="reports.report-taken-out.v1", of="case"):
    """An officer took it out of this case."""

    case_id: str
    report_id: str
    number: str
    by: str
    reason: str
    other: str
    """The case that it lies in now."""


class ReportBroughtIn(Event, name="reports.report-brought-in.v1", of="case"):
    """An officer took it out of another case; it lies in this one now."""

    case_id: str
    report_id: str
    number: str
    by: str
    reason: str
    other: str


class LeaseCase(Command, name="reports.lease-case.v1", of="case", to="case_id"):
    """An officer takes the case in hand for a while, so that two do not work on it unknowingly."""

    case_id: str
    release: Flag = False


class CaseLeased(Event, name="reports.case-leased.v1", of="case"):
    case_id: str
    officer: str | None
    until: datetime | None


class TriageCase(Command, name="reports.triage-case.v1", of="case", to="case_id"):
    case_id: str
    severity: Severity
    topic: Topic
    area: AreaCode | None = None
    owner: Identity | None = None
    owner_known: bool = False
    """An active officer of this office. Added by the service itself, never by a sender."""


class CaseTriaged(Event, name="reports.case-triaged.v1", of="case"):
    case_id: str
    severity: int
    topic: str
    area: str | None = None
    owner: str | None = None


class HandOverCase(Command, name="reports.hand-over-case.v1", of="case", to="case_id"):
    """Who held it has left: it goes to whoever the office named. Reports' own, made from the directory."""

    case_id: str
    officer: str
    gone: bool = False
    """Is no longer active. Looked up by the service itself, as is the next."""
    heir: str | None = None


class CaseHandedOver(Event, name="reports.case-handed-over.v1", of="case"):
    case_id: str
    officer: str
    heir: str | None = None
    """None: nobody was named who is still there; it is held by no one."""


class AskSource(Command, name="reports.ask-source.v1", of="case", to="case_id"):
    """A question to an agency. The clock stops only for a named party and a date."""

    case_id: str
    party: Line
    question: Note = ""
    due_at: DueTime


class SourceAsked(Event, name="reports.source-asked.v1", of="case"):
    case_id: str
    party: str
    question: str = ""
    asked_at: datetime
    due_at: datetime


class RecordConfirmation(Command, name="reports.record-confirmation.v1", of="case", to="case_id"):
    case_id: str
    text: SaidText


class SourceConfirmed(Event, name="reports.source-confirmed.v1", of="case"):
    case_id: str
    party: str
    text: str
    at: datetime
    answer_due_at: datetime
    """Moved by as long as the clock stood."""
    limit_at: datetime


class AddReference(Command, name="reports.add-reference.v1", of="case", to="case_id"):
    case_id: str
    reference: Reference


class ReferenceAdded(Event, name="reports.reference-added.v1", of="case"):
    case_id: str
    reference: Reference


class RemoveReference(Command, name="reports.remove-reference.v1", of="case", to="case_id"):
    case_id: str
    url: Url


class ReferenceRemoved(Event, name="reports.reference-removed.v1", of="case"):
    case_id: str
    url: str


class SaveDraft(Command, name="reports.save-draft.v1", of="case", to="case_id"):
    case_id: str
    draft: Draft
    expects: Revision
    """Number of the draft that the author had before them; another number is a version conflict."""
    submit: Flag = False
    """Saved and handed to the approvers in one step."""


class DraftSaved(Event, name="reports.draft-saved.v1", of="case"):
    case_id: str
    draft: Draft
    number: int
    author: str


class ReviewRequested(Event, name="reports.review-requested.v1", of="case"):
    case_id: str
    number: int
    approvals_needed: int
    at: datetime


class ReturnDraft(Command, name="reports.return-draft.v1", of="case", to="case_id"):
    case_id: str
    note: SaidNote


class ChangesRequested(Event, name="reports.changes-requested.v1", of="case"):
    case_id: str
    note: str


class ApproveVerdict(Command, name="reports.approve-verdict.v1", of="case", to="case_id"):
    case_id: str
    expects: Revision


class VerdictApproved(Event, name="reports.verdict-approved.v1", of="case"):
    case_id: str
    approver: str
    number: int


class CaseDecided(Event, name="reports.case-decided.v1", of="case"):
    case_id: str
    verdict: str
    at: datetime


class PublishCase(Command, name="reports.publish-case.v1", of="case", to="case_id"):
    case_id: str


class CasePublished(Event, name="reports.case-published.v1", of="case"):
    case_id: str
    clarification_id: str
    number: str
    version: int
    draft: Draft
    references: tuple[Reference, ...]
    topic: str
    area: str | None
    severity: int
    author: str
    approvers: tuple[str, ...]
    demand: int
    at: datetime


class Target(Part):
    """Where a merge would lead: the living end of the chain of merges that begins at the case that was named."""

    case_id: str
    number: str
    state: str
    clarification_id: str | None = None
    """Of an answer that stands."""


class MergeCase(Command, name="reports.merge-case.v1", of="case", to="case_id"):
    case_id: str
    into: Identity
    end: Target | None = None
    """Added by the service itself, never by a sender. None: there is no such case in this office."""


class CaseMerged(Event, name="reports.case-merged.v1", of="case"):
    case_id: str
    into: str
    count: int
    forwarded_often: int = 0
    unpublished: int = 0
    first_at: datetime
    answer_due_at: datetime
    merge: int = 0
    """How many times this case was merged: one that lives again may be merged again."""
    brings: Belongings | None = None


class AbsorbCase(Command, name="reports.absorb-case.v1", of="case", to="case_id"):
    """The other half of a merge: demand is added and the earliest clock kept."""

    case_id: str
    absorbed: str
    count: int
    forwarded_often: int = 0
    unpublished: int = 0
    first_at: datetime
    answer_due_at: datetime
    way: Way = Way()
    merge: int = 0
    brings: Belongings | None = None


class CaseAbsorbed(Event, name="reports.case-absorbed.v1", of="case"):
    case_id: str
    absorbed: str
    count: int
    forwarded_often: int = 0
    unpublished: int = 0
    first_at: datetime
    answer_due_at: datetime
    passed_to: str | None = None
    """Set when this case was merged itself: everything goes on to that one."""
    revives: bool = False
    """Two cases were merged into each other at the same moment; this one lives on."""
    way: Way = Way()
    merge: int = 0
    brings: Belongings | None = None
    clarification_id: str | None = None
    """Set when the case has its answer already: it is theirs as well."""


class CaseRevived(Event, name="reports.case-revived.v1", of="case"):
    """A ring of merges was found, or a merge into nothing: this case lives on."""

    case_id: str
    askers: int | None = None
    """Set where its reports were counted anew."""
    unpublished: int = 0


class ReviveCase(Command, name="reports.revive-case.v1", of="case", to="case_id"):
    """Sent by the service itself, for a case that was lost in a ring of merges or in a merge into nothing."""

    case_id: str
    merge: int
    """The merge that went wrong; a later one stands."""
    askers: int
    unpublished: int = 0


class ResumeMerge(Command, name="reports.resume-merge.v1", of="case", to="case_id"):
    """Sent by the service itself: reports wait in a merged case, or what it had was left behind."""

    case_id: str
    merge: int


class MergeResumed(Event, name="reports.merge-resumed.v1", of="case"):
    case_id: str
    into: str
    merge: int
    first_at: datetime
    answer_due_at: datetime
    brings: Belongings | None = None


class FinishMerge(Command, name="reports.finish-merge.v1", of="case", to="case_id"):
    """Every report of the merged case has been told to move."""

    case_id: str
    merge: int = 0


class MergeFinished(Event, name="reports.merge-finished.v1", of="case"):
    case_id: str


class JudgeSuggestion(Command, name="reports.judge-suggestion.v1", of="case", to="case_id"):
    """The officer has looked: another case, or the same campaign with another target."""

    case_id: str
    other: Identity
    relation: Annotated[str, Limit(words=("different", "campaign"))]
    known: bool = False
    """A case of this office. Added by the service itself, never by a sender."""


class SuggestionJudged(Event, name="reports.suggestion-judged.v1", of="case"):
    case_id: str
    other: str
    relation: str


class CloseCase(Command, name="reports.close-case.v1", of="case", to="case_id"):
    case_id: str
    reason: Note = ""
    """Told to who waits for an answer; needed while there is none."""


class CaseClosed(Event, name="reports.case-closed.v1", of="case"):
    case_id: str
    reason: str = ""
    """Told to who waits for an answer."""
    number: str = ""
    answered: bool = False
    """An answer was published before; otherwise the reporters hear that it is not continued."""
    at: datetime | None = None
    settled: tuple[Mark, ...] = ()


class AdvanceWatch(Command, name="reports.advance-watch.v1", of="case", to="case_id"):
    """Fired by the clock: a published case is watched for its claim coming back, and rests when it does not."""

    case_id: str


class WatchAdvanced(Event, name="reports.watch-advanced.v1", of="case"):
    case_id: str
    state: str
    """monitoring or closed."""


class ReopenCase(Command, name="reports.reopen-case.v1", of="case", to="case_id"):
    """Sent by the service itself: an answer was retracted, or reports wait in a case that was closed without one."""

    case_id: str
    reason: str
    """retracted or waiting."""
    version: int = 0
    """The version that was retracted; a later one stands."""


class CaseReopened(Event, name="reports.case-reopened.v1", of="case"):
    case_id: str
    reason: str


class RecallCase(Command, name="reports.recall-case.v1", of="case", to="case_id"):
    """A reporter said "Belum", wrote, or sent new evidence: the case comes back to its owner."""

    case_id: str
    mark: Mark
    way: Way = Way()


class CaseRecalled(Event, name="reports.case-recalled.v1", of="case"):
    case_id: str
    mark: Mark
    owner: str | None = None
    merged_into: str | None = None
    """Set when the case is no more: the mark goes on to this one."""
    way: Way = Way()


class SettleRecalls(Command, name="reports.settle-recalls.v1", of="case", to="case_id"):
    """Marks were dealt with: by a message to the reporter, or because an officer says so."""

    case_id: str
    report_id: Identity | None = None
    """None: all of the case."""
    upto: int | None = None
    """The last mark of this report that it speaks of; None: all that there are, by the officer's word."""
    way: Way = Way()


class RecallsSettled(Event, name="reports.recalls-settled.v1", of="case"):
    case_id: str
    marks: tuple[Mark, ...] = ()
    report_id: str | None = None
    upto: int | None = None
    merged_into: str | None = None
    way: Way = Way()


class AdoptDraft(Command, name="reports.adopt-draft.v1", of="case", to="case_id"):
    """The text of a merged case becomes the draft; what stood there is kept in its place."""

    case_id: str
    of: Identity
    """The merged case."""
    expects: Revision


class AdoptKnown(Command, name="reports.adopt-known.v1", of="case", to="case_id"):
    """The answer of another publisher becomes the beginning of the draft, with its publisher as a source."""

    case_id: str
    known_id: Identity
    expects: Revision
    entry: KnownEntry | None = None
    """As it stands in the archive. Added by the service itself, never by a sender."""


class DismissKnown(Command, name="reports.dismiss-known.v1", of="case", to="case_id"):
    """It answers another claim: no longer shown with the case, nor to its reporters."""

    case_id: str
    known_id: Identity


class KnownDismissed(Event, name="reports.known-dismissed.v1", of="case"):
    case_id: str
    known_id: str


class DraftAdopted(Event, name="reports.draft-adopted.v1", of="case"):
    case_id: str
    of: str
    draft: Draft
    number: int
    author: str
    """Who wrote it, not who took it over: they do not approve it."""
