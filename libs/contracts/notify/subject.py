"""Who wants to hear of a report, and what there is to say."""

from datetime import datetime

from libs.contracts.messages import Command, Event, Sealable


class FollowerContact(Sealable):
    channel: str
    """email, whatsapp_manual, or the channel of the conversation that the report came from."""
    address: str


class FollowSubject(Command, name="notify.follow-subject.v1", of="subject", to="report_id", private=FollowerContact):
    """The reporter left a contact for this report only."""

    report_id: str
    number: str
    channel: str
    language: str = "id"
    confidential: bool = False
    consented_at: datetime
    kind: str = "hoax"
    conversation_id: str | None = None
    """Where the report came from a chat: news goes back to it."""


class SubjectFollowed(Event, name="notify.subject-followed.v1", of="subject", private={"address"}):
    report_id: str
    number: str
    channel: str
    language: str
    confidential: bool
    consented_at: datetime
    kind: str = "hoax"
    conversation_id: str | None = None
    address: str = ""


class StopFollowing(Command, name="notify.stop-following.v1", of="subject", to="report_id"):
    """Withdrawal of consent; queued deliveries are suppressed."""

    report_id: str


class FollowingStopped(Event, name="notify.following-stopped.v1", of="subject"):
    report_id: str
    reason: str
    """withdrawn, refused, orphaned, unsubscribed or wrong_number."""


class LinkSubject(Command, name="notify.link-subject.v1", of="subject", to="report_id"):
    """The report stands in a case now. Notify's own, made from ReportMatched and ReportMoved."""

    report_id: str
    case_id: str | None
    outcome: str
    kind: str = "hoax"
    answer_due_at: datetime | None = None
    clarification_id: str | None = None
    """Set when the case has its answer already: then no interim message is due."""
    linked_at: datetime | None = None


class SubjectLinked(Event, name="notify.subject-linked.v1", of="subject"):
    report_id: str
    case_id: str | None
    outcome: str
    kind: str = "hoax"
    answer_due_at: datetime | None = None
    clarification_id: str | None = None
    linked_at: datetime | None = None
    """When the report came to the case, by the clock of reports."""


class AnswerSubject(Command, name="notify.answer-subject.v1", of="subject", to="report_id"):
    """The report was answered by itself, not with its case. Notify's own, made from ReportAnswered."""

    report_id: str
    answer_id: str


class SubjectAnswered(Event, name="notify.subject-answered.v1", of="subject"):
    report_id: str
    answer_id: str


class NoteNews(Command, name="notify.note-news.v1", of="subject", to="report_id"):
    """Something for this follower alone, once. Notify's own, made from MessageAdded and ReportScreenedOut."""

    report_id: str
    news_id: str
    """Of the event that it is news of; stands for the message in the delivery's own id."""
    template: str
    """message, or not_continued, which ends it."""
    note: str = ""
    """Code of the reason; never what a person wrote to another."""
    said_at: datetime | None = None
    """Of a message: when the office wrote it; by that it is found in the thread."""


class NewsNoted(Event, name="notify.news-noted.v1", of="subject"):
    report_id: str
    news_id: str
    template: str
    note: str = ""
    said_at: datetime | None = None


class SettleSubject(Command, name="notify.settle-subject.v1", of="subject", to="report_id"):
    """What a change called for has been done: its deliveries are planned, or withdrawn."""

    report_id: str
    change: int
    """Number of the change that was looked at; a later one is not settled by this."""
    interim: bool = False
    erase_at: datetime | None = None
    """When the contact is destroyed; None while there is something left to tell."""


class SubjectSettled(Event, name="notify.subject-settled.v1", of="subject"):
    report_id: str
    change: int
    interim: bool = False
    erase_at: datetime | None = None


class EraseContact(Command, name="notify.erase-contact.v1", of="subject", to="report_id"):
    """The key of the contact is destroyed; nothing can be sent to this follower any more."""

    report_id: str


class ContactErased(Event, name="notify.contact-erased.v1", of="subject"):
    report_id: str
    at: datetime


class EndSubject(Command, name="notify.end-subject.v1", of="subject", to="report_id"):
    """Its report was refused, withdrawn or screened out."""

    report_id: str
    reason: str
