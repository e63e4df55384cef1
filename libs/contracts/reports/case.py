"""Reports of one claim, and the work of checking it."""

from datetime import datetime, timedelta
from typing import ClassVar

from libs.contracts.messages import Command, Event, command, event
from libs.contracts.reports.parts import Belongings, Candidate, Draft, Mark, Part, Reference, Way

FARTHEST_DUE = timedelta(days=365)
"""A party is asked for an answer within a year at most."""


@command
class LinkReports(Command):
    """Reports of one claim join its case; the first opens it."""

    type_name: ClassVar[str] = "reports.link-reports.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"
    mailbox: ClassVar[str] = "placing"

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


@event
class CaseOpened(Event):
    type_name: ClassVar[str] = "reports.case-opened.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    number: str
    area: str | None = None
    opened_at: datetime
    answer_due_at: datetime
    limit_at: datetime
    suggestions: tuple[Candidate, ...] = ()


@event
class ReportsLinked(Event):
    type_name: ClassVar[str] = "reports.reports-linked.v1"
    aggregate: ClassVar[str] = "case"

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


@command
class UnlinkReport(Command):
    """A report left the case: withdrawn, screened out, or not the same claim."""

    type_name: ClassVar[str] = "reports.unlink-report.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"
    mailbox: ClassVar[str] = "placing"

    case_id: str
    report_id: str
    way: Way = Way()


@event
class ReportUnlinked(Event):
    type_name: ClassVar[str] = "reports.report-unlinked.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    report_id: str
    merged_into: str | None = None
    """Set when the case is no more: the report was counted in this one."""
    way: Way = Way()
    clarification_id: str | None = None
    """Set when the case has its answer: one fewer asked for it."""


@command
class LeaseCase(Command):
    """An officer takes the case in hand for a while, so that two do not work on it unknowingly."""

    type_name: ClassVar[str] = "reports.lease-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    release: bool = False


@event
class CaseLeased(Event):
    type_name: ClassVar[str] = "reports.case-leased.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    officer: str | None
    until: datetime | None


@command
class TriageCase(Command):
    type_name: ClassVar[str] = "reports.triage-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    severity: int
    """1 slight, 2 moderate, 3 grave, 4 acute."""
    topic: str
    area: str | None = None
    owner: str | None = None
    owner_known: bool = False
    """An active officer of this office. Added by the service itself, never by a sender."""


@event
class CaseTriaged(Event):
    type_name: ClassVar[str] = "reports.case-triaged.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    severity: int
    topic: str
    area: str | None = None
    owner: str | None = None


@command
class AskSource(Command):
    """A question to an agency. The clock stops only for a named party and a date."""

    type_name: ClassVar[str] = "reports.ask-source.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    party: str
    question: str = ""
    due_at: datetime


@event
class SourceAsked(Event):
    type_name: ClassVar[str] = "reports.source-asked.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    party: str
    question: str = ""
    asked_at: datetime
    due_at: datetime


@command
class RecordConfirmation(Command):
    type_name: ClassVar[str] = "reports.record-confirmation.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    text: str


@event
class SourceConfirmed(Event):
    type_name: ClassVar[str] = "reports.source-confirmed.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    party: str
    text: str
    at: datetime
    answer_due_at: datetime
    """Moved by as long as the clock stood."""
    limit_at: datetime


@command
class AddReference(Command):
    type_name: ClassVar[str] = "reports.add-reference.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    reference: Reference


@event
class ReferenceAdded(Event):
    type_name: ClassVar[str] = "reports.reference-added.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    reference: Reference


@command
class RemoveReference(Command):
    type_name: ClassVar[str] = "reports.remove-reference.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    url: str


@event
class ReferenceRemoved(Event):
    type_name: ClassVar[str] = "reports.reference-removed.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    url: str


@command
class SaveDraft(Command):
    type_name: ClassVar[str] = "reports.save-draft.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    draft: Draft
    expects: int
    """Number of the draft that the author had before them; another number is a version conflict."""
    submit: bool = False
    """Saved and handed to the approvers in one step."""


@event
class DraftSaved(Event):
    type_name: ClassVar[str] = "reports.draft-saved.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    draft: Draft
    number: int
    author: str


@event
class ReviewRequested(Event):
    type_name: ClassVar[str] = "reports.review-requested.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    number: int
    approvals_needed: int
    at: datetime


@command
class ReturnDraft(Command):
    type_name: ClassVar[str] = "reports.return-draft.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    note: str


@event
class ChangesRequested(Event):
    type_name: ClassVar[str] = "reports.changes-requested.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    note: str


@command
class ApproveVerdict(Command):
    type_name: ClassVar[str] = "reports.approve-verdict.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    expects: int


@event
class VerdictApproved(Event):
    type_name: ClassVar[str] = "reports.verdict-approved.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    approver: str
    number: int


@event
class CaseDecided(Event):
    type_name: ClassVar[str] = "reports.case-decided.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    verdict: str
    at: datetime


@command
class PublishCase(Command):
    type_name: ClassVar[str] = "reports.publish-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str


@event
class CasePublished(Event):
    type_name: ClassVar[str] = "reports.case-published.v1"
    aggregate: ClassVar[str] = "case"

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


@command
class MergeCase(Command):
    type_name: ClassVar[str] = "reports.merge-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    into: str
    end: Target | None = None
    """Added by the service itself, never by a sender. None: there is no such case in this office."""


@event
class CaseMerged(Event):
    type_name: ClassVar[str] = "reports.case-merged.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    into: str
    count: int
    forwarded_often: int = 0
    first_at: datetime
    answer_due_at: datetime
    merge: int = 0
    """How many times this case was merged: one that lives again may be merged again."""
    brings: Belongings | None = None


@command
class AbsorbCase(Command):
    """The other half of a merge: demand is added and the earliest clock kept."""

    type_name: ClassVar[str] = "reports.absorb-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    absorbed: str
    count: int
    forwarded_often: int = 0
    first_at: datetime
    answer_due_at: datetime
    way: Way = Way()
    merge: int = 0
    brings: Belongings | None = None


@event
class CaseAbsorbed(Event):
    type_name: ClassVar[str] = "reports.case-absorbed.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    absorbed: str
    count: int
    forwarded_often: int = 0
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


@event
class CaseRevived(Event):
    """A ring of merges was found, or a merge into nothing: this case lives on."""

    type_name: ClassVar[str] = "reports.case-revived.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    askers: int | None = None
    """Set where its reports were counted anew."""


@command
class ReviveCase(Command):
    """Sent by the service itself, for a case that was lost in a ring of merges or in a merge into nothing."""

    type_name: ClassVar[str] = "reports.revive-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    merge: int
    """The merge that went wrong; a later one stands."""
    askers: int


@command
class ResumeMerge(Command):
    """Sent by the service itself: reports wait in a merged case, or what it had was left behind."""

    type_name: ClassVar[str] = "reports.resume-merge.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    merge: int


@event
class MergeResumed(Event):
    type_name: ClassVar[str] = "reports.merge-resumed.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    into: str
    merge: int
    first_at: datetime
    answer_due_at: datetime
    brings: Belongings | None = None


@command
class FinishMerge(Command):
    """Every report of the merged case has been told to move."""

    type_name: ClassVar[str] = "reports.finish-merge.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    merge: int = 0


@event
class MergeFinished(Event):
    type_name: ClassVar[str] = "reports.merge-finished.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str


@command
class JudgeSuggestion(Command):
    """The officer has looked: another case, or the same campaign with another target."""

    type_name: ClassVar[str] = "reports.judge-suggestion.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    other: str
    relation: str
    """different or campaign."""
    known: bool = False
    """A case of this office. Added by the service itself, never by a sender."""


@event
class SuggestionJudged(Event):
    type_name: ClassVar[str] = "reports.suggestion-judged.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    other: str
    relation: str


@command
class CloseCase(Command):
    type_name: ClassVar[str] = "reports.close-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    reason: str = ""
    """Told to who waits for an answer; needed while there is none."""


@event
class CaseClosed(Event):
    type_name: ClassVar[str] = "reports.case-closed.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    reason: str = ""
    """Told to who waits for an answer."""
    number: str = ""
    answered: bool = False
    """An answer was published before; otherwise the reporters hear that it is not continued."""
    at: datetime | None = None
    settled: tuple[Mark, ...] = ()


@command
class AdvanceWatch(Command):
    """Fired by the clock: a published case is watched for its claim coming back, and rests when it does not."""

    type_name: ClassVar[str] = "reports.advance-watch.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str


@event
class WatchAdvanced(Event):
    type_name: ClassVar[str] = "reports.watch-advanced.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    state: str
    """monitoring or closed."""


@command
class ReopenCase(Command):
    """Sent by the service itself: an answer was retracted, or reports wait in a case that was closed without one."""

    type_name: ClassVar[str] = "reports.reopen-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    reason: str
    """retracted or waiting."""
    version: int = 0
    """The version that was retracted; a later one stands."""


@event
class CaseReopened(Event):
    type_name: ClassVar[str] = "reports.case-reopened.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    reason: str


@command
class RecallCase(Command):
    """A reporter said "Belum", wrote, or sent new evidence: the case comes back to its owner."""

    type_name: ClassVar[str] = "reports.recall-case.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    mark: Mark
    way: Way = Way()


@event
class CaseRecalled(Event):
    type_name: ClassVar[str] = "reports.case-recalled.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    mark: Mark
    owner: str | None = None
    merged_into: str | None = None
    """Set when the case is no more: the mark goes on to this one."""
    way: Way = Way()


@command
class SettleRecalls(Command):
    """Marks were dealt with: by a message to the reporter, or because an officer says so."""

    type_name: ClassVar[str] = "reports.settle-recalls.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    report_id: str | None = None
    """None: all of the case."""
    upto: int | None = None
    """The last mark of this report that it speaks of; None: all that there are, by the officer's word."""
    way: Way = Way()


@event
class RecallsSettled(Event):
    type_name: ClassVar[str] = "reports.recalls-settled.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    marks: tuple[Mark, ...] = ()
    report_id: str | None = None
    upto: int | None = None
    merged_into: str | None = None
    way: Way = Way()


@command
class AdoptDraft(Command):
    """The text of a merged case becomes the draft; what stood there is kept in its place."""

    type_name: ClassVar[str] = "reports.adopt-draft.v1"
    aggregate: ClassVar[str] = "case"
    target_field: ClassVar[str] = "case_id"

    case_id: str
    of: str
    """The merged case."""
    expects: int


@event
class DraftAdopted(Event):
    type_name: ClassVar[str] = "reports.draft-adopted.v1"
    aggregate: ClassVar[str] = "case"

    case_id: str
    of: str
    draft: Draft
    number: int
    author: str
    """Who wrote it, not who took it over: they do not approve it."""
