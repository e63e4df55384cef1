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
    """withdrawn, refused, orphaned or unsubscribed."""


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


@event
class SubjectLinked(Event):
    type_name: ClassVar[str] = "notify.subject-linked.v1"
    aggregate: ClassVar[str] = "subject"

    report_id: str
    case_id: str | None
    outcome: str
    kind: str = "hoax"
    answer_due_at: datetime | None = None


@command
class EndSubject(Command):
    """Its report was refused, withdrawn or screened out."""

    type_name: ClassVar[str] = "notify.end-subject.v1"
    aggregate: ClassVar[str] = "subject"
    target_field: ClassVar[str] = "report_id"

    report_id: str
    reason: str
