"""Who wants to hear of a report, and what there is to say."""

from datetime import datetime
from typing import ClassVar

from libs.contracts.messages import Command, Event, Sealable, command, event


class FollowerContact(Sealable):
    channel: str
    """email or whatsapp_manual."""
    address: str


@command
class FollowSubject(Command):
    """The reporter left a contact for this report only."""

    type_name: ClassVar[str] = "notify.follow-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"
    private: ClassVar[type[Sealable] | None] = FollowerContact

    report_id: str
    number: str
    channel: str
    language: str = "id"
    confidential: bool = False
    consented_at: datetime
    kind: str = "hoax"


@event
class SubjectFollowed(Event):
    type_name: ClassVar[str] = "notify.subject-followed.v1"
    aggregate: ClassVar[str] = "subject"
    private: ClassVar[frozenset[str]] = frozenset({"address"})

    report_id: str
    number: str
    channel: str
    language: str
    confidential: bool
    consented_at: datetime
    kind: str = "hoax"
    address: str = ""


@command
class StopFollowing(Command):
    """Withdrawal of consent; queued deliveries are suppressed."""

    type_name: ClassVar[str] = "notify.stop-following.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str


@event
class FollowingStopped(Event):
    type_name: ClassVar[str] = "notify.following-stopped.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    reason: str
    """withdrawn, refused, orphaned, unsubscribed or wrong_number."""


@command
class LinkSubject(Command):
    """The report stands in a case now. Notify's own, made from ReportMatched and ReportMoved."""

    type_name: ClassVar[str] = "notify.link-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    case_id: str | None
    outcome: str
    kind: str = "hoax"
    answer_due_at: datetime | None = None
    clarification_id: str | None = None
    """Set when the case has its answer already: then no interim message is due."""
    linked_at: datetime | None = None


@event
class SubjectLinked(Event):
    type_name: ClassVar[str] = "notify.subject-linked.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    case_id: str | None
    outcome: str
    kind: str = "hoax"
    answer_due_at: datetime | None = None
    clarification_id: str | None = None
    linked_at: datetime | None = None
    """When the report came to the case, by the clock of reports."""


@command
class AnswerSubject(Command):
    """The report was answered by itself, not with its case. Notify's own, made from ReportAnswered."""

    type_name: ClassVar[str] = "notify.answer-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    answer_id: str


@event
class SubjectAnswered(Event):
    type_name: ClassVar[str] = "notify.subject-answered.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    answer_id: str


@command
class NoteNews(Command):
    """Something for this follower alone, once. Notify's own, made from MessageAdded and ReportScreenedOut."""

    type_name: ClassVar[str] = "notify.note-news.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    news_id: str
    """Of the event that it is news of; stands for the message in the delivery's own id."""
    template: str
    """message, or not_continued, which ends it."""
    note: str = ""
    """Code of the reason; never what a person wrote to another."""


@event
class NewsNoted(Event):
    type_name: ClassVar[str] = "notify.news-noted.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    news_id: str
    template: str
    note: str = ""


@command
class SettleSubject(Command):
    """What a change called for has been done: its deliveries are planned, or withdrawn."""

    type_name: ClassVar[str] = "notify.settle-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    change: int
    """Number of the change that was looked at; a later one is not settled by this."""
    interim: bool = False
    erase_at: datetime | None = None
    """When the contact is destroyed; None while there is something left to tell."""


@event
class SubjectSettled(Event):
    type_name: ClassVar[str] = "notify.subject-settled.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    change: int
    interim: bool = False
    erase_at: datetime | None = None


@command
class EraseContact(Command):
    """The key of the contact is destroyed; nothing can be sent to this follower any more."""

    type_name: ClassVar[str] = "notify.erase-contact.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str


@event
class ContactErased(Event):
    type_name: ClassVar[str] = "notify.contact-erased.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    at: datetime


@command
class EndSubject(Command):
    """Its report was refused, withdrawn or screened out."""

    type_name: ClassVar[str] = "notify.end-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    reason: str
