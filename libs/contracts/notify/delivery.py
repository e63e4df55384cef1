"""Bulletins (one message version for many), their deliveries, and what partners answer."""

from datetime import datetime
from typing import ClassVar

from libs.contracts.messages import Command, Event, Sealable, command, event
from libs.contracts.reports.parts import Reference


@command
class PlanBulletin(Command):
    """A published version is to reach everybody it concerns. Notify's own, made from ClarificationPublished."""

    type_name: ClassVar[str] = "notify.plan-bulletin.v1"
    aggregate: ClassVar[str] = "bulletin"
    target_field: ClassVar[str] = "bulletin_id"

    bulletin_id: str
    case_id: str
    clarification_id: str
    number: str
    version: int
    claim: str
    verdict: str
    fact: str
    explanation: str
    change_note: str = ""
    references: tuple[Reference, ...] = ()
    topic: str = ""
    area: str | None = None
    severity: int = 1
    partners_due_at: datetime


@event
class BulletinPlanned(Event):
    type_name: ClassVar[str] = "notify.bulletin-planned.v1"
    aggregate: ClassVar[str] = "bulletin"

    bulletin_id: str
    case_id: str
    clarification_id: str
    number: str
    version: int
    claim: str
    verdict: str
    fact: str
    explanation: str
    change_note: str = ""
    references: tuple[Reference, ...] = ()
    topic: str = ""
    area: str | None = None
    severity: int = 1
    partners_due_at: datetime
    at: datetime


@command
class AdvanceBulletin(Command):
    """One chunk of recipients has its deliveries. The cursor stands in the document, so a crash repeats one chunk."""

    type_name: ClassVar[str] = "notify.advance-bulletin.v1"
    aggregate: ClassVar[str] = "bulletin"
    target_field: ClassVar[str] = "bulletin_id"

    bulletin_id: str
    stage: str
    """subjects, partners or done."""
    after: str
    planned: int


@event
class BulletinAdvanced(Event):
    type_name: ClassVar[str] = "notify.bulletin-advanced.v1"
    aggregate: ClassVar[str] = "bulletin"

    bulletin_id: str
    stage: str
    after: str
    planned: int


@command
class PlanClosing(Command):
    """A case was closed without an answer: whoever follows it is told so. Notify's own, made from CaseClosed."""

    type_name: ClassVar[str] = "notify.plan-closing.v1"
    aggregate: ClassVar[str] = "closing"
    target_field: ClassVar[str] = "closing_id"

    closing_id: str
    case_id: str
    reason: str
    closed_at: datetime


@event
class ClosingPlanned(Event):
    type_name: ClassVar[str] = "notify.closing-planned.v1"
    aggregate: ClassVar[str] = "closing"

    closing_id: str
    case_id: str
    reason: str
    closed_at: datetime


@command
class AdvanceClosing(Command):
    """One chunk of followers has its deliveries."""

    type_name: ClassVar[str] = "notify.advance-closing.v1"
    aggregate: ClassVar[str] = "closing"
    target_field: ClassVar[str] = "closing_id"

    closing_id: str
    after: str
    """The last of the chunk; empty when nobody is left."""


@event
class ClosingAdvanced(Event):
    type_name: ClassVar[str] = "notify.closing-advanced.v1"
    aggregate: ClassVar[str] = "closing"

    closing_id: str
    after: str


class DeliveryAddress(Sealable):
    address: str
    name: str = ""


@command
class HoldAnswers(Command):
    """No answer of this clarification goes out while it is paused, or ever again once it is retracted."""

    type_name: ClassVar[str] = "notify.hold-answers.v1"
    aggregate: ClassVar[str] = "hold"
    target_field: ClassVar[str] = "clarification_id"

    clarification_id: str
    paused: bool
    retracted: bool = False


@event
class AnswersHeld(Event):
    type_name: ClassVar[str] = "notify.answers-held.v1"
    aggregate: ClassVar[str] = "hold"

    clarification_id: str
    paused: bool
    retracted: bool = False


@command
class PlanDelivery(Command):
    """One message to one recipient on one channel; the id is made of the three, so there are never two."""

    type_name: ClassVar[str] = "notify.plan-delivery.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"
    creates: ClassVar[bool] = True
    private: ClassVar[type[Sealable] | None] = DeliveryAddress

    delivery_id: str
    template: str
    channel: str
    recipient: str
    """A report id or a partner id."""
    recipient_kind: str
    """report or partner."""
    lane: int
    """0 ticket, 1 crisis, 2 campaign; lower goes first."""
    language: str = "id"
    bulletin_id: str | None = None
    case_id: str | None = None
    number: str = ""
    assignment_id: str | None = None
    due_at: datetime | None = None
    confidential: bool = False
    note: str = ""
    """For not_continued: code of the reason, or the office's own words where it closed the case."""


@event
class DeliveryPlanned(Event):
    type_name: ClassVar[str] = "notify.delivery-planned.v1"
    aggregate: ClassVar[str] = "delivery"
    private: ClassVar[frozenset[str]] = frozenset({"address", "name", "link"})

    delivery_id: str
    template: str
    channel: str
    recipient: str
    recipient_kind: str
    lane: int
    language: str
    bulletin_id: str | None = None
    case_id: str | None = None
    number: str = ""
    assignment_id: str | None = None
    due_at: datetime | None = None
    confidential: bool = False
    note: str = ""
    at: datetime
    address: str = ""
    name: str = ""
    link: str = ""
    """The secret of a log-in link; its key is destroyed once it has been sent."""


@command
class BeginAttempt(Command):
    type_name: ClassVar[str] = "notify.begin-attempt.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str
    attempt: int


@event
class AttemptBegun(Event):
    """Written before the provider is called: if nothing follows, nobody knows whether it went out."""

    type_name: ClassVar[str] = "notify.attempt-begun.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    attempt: int
    at: datetime


@command
class RecordResult(Command):
    type_name: ClassVar[str] = "notify.record-result.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str
    attempt: int
    result: str
    """sent, failed_transient, failed_permanent or unknown."""
    code: str = ""
    """The provider's own: "250", "452"; never its text, which may hold an address."""
    retry_at: datetime | None = None
    method: str = "automatic"


@event
class DeliverySent(Event):
    type_name: ClassVar[str] = "notify.delivery-sent.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    attempt: int
    method: str
    """automatic, or manual where an officer ticked it."""
    at: datetime
    recipient: str
    recipient_kind: str
    channel: str
    template: str
    bulletin_id: str | None = None
    case_id: str | None = None


@event
class DeliveryFailed(Event):
    type_name: ClassVar[str] = "notify.delivery-failed.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    attempt: int
    state: str
    """failed_transient (tried again at `retry_at`), failed_permanent or unknown."""
    code: str
    retry_at: datetime | None = None
    recipient: str
    recipient_kind: str
    bulletin_id: str | None = None
    at: datetime


@command
class MarkSentByHand(Command):
    """An officer sent the prepared text from their own phone."""

    type_name: ClassVar[str] = "notify.mark-sent-by-hand.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str


@command
class RefuseByHand(Command):
    """What the officer's phone said of the one written to by hand: it is somebody else's number, or they ask for no
    more."""

    type_name: ClassVar[str] = "notify.refuse-by-hand.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str
    reason: str
    """wrong_number or unsubscribed."""


@event
class RefusedByHand(Event):
    type_name: ClassVar[str] = "notify.refused-by-hand.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    reason: str
    officer: str
    recipient: str
    recipient_kind: str
    channel: str
    bulletin_id: str | None = None
    at: datetime


@command
class RetryDelivery(Command):
    """Only what failed or is unknown; a person decided it."""

    type_name: ClassVar[str] = "notify.retry-delivery.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str


@event
class DeliveryRequeued(Event):
    type_name: ClassVar[str] = "notify.delivery-requeued.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    bulletin_id: str | None = None
    at: datetime


@command
class SuppressDelivery(Command):
    type_name: ClassVar[str] = "notify.suppress-delivery.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"

    delivery_id: str
    reason: str


@event
class DeliverySuppressed(Event):
    type_name: ClassVar[str] = "notify.delivery-suppressed.v1"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: str
    reason: str
    """unsubscribed, wrong_number, no_consent, no_address, superseded, answered or expired."""
    recipient: str
    recipient_kind: str
    bulletin_id: str | None = None
    at: datetime


@command
class OfferAssignment(Command):
    type_name: ClassVar[str] = "notify.offer-assignment.v1"
    aggregate: ClassVar[str] = "assignment"
    target_field: ClassVar[str] = "assignment_id"

    assignment_id: str
    bulletin_id: str
    case_id: str
    partner_id: str
    due_at: datetime


@event
class AssignmentOffered(Event):
    type_name: ClassVar[str] = "notify.assignment-offered.v1"
    aggregate: ClassVar[str] = "assignment"

    assignment_id: str
    bulletin_id: str
    case_id: str
    partner_id: str
    due_at: datetime
    at: datetime


@command
class AnswerAssignment(Command):
    """Siap or tidak bisa; declining costs nothing."""

    type_name: ClassVar[str] = "notify.answer-assignment.v1"
    aggregate: ClassVar[str] = "assignment"
    target_field: ClassVar[str] = "assignment_id"

    assignment_id: str
    ready: bool
    reason: str = ""
    """For declining: no_time, not_fitting, disagree or other."""


@event
class AssignmentAcknowledged(Event):
    type_name: ClassVar[str] = "notify.assignment-acknowledged.v1"
    aggregate: ClassVar[str] = "assignment"

    assignment_id: str
    bulletin_id: str
    partner_id: str
    at: datetime


@event
class AssignmentDeclined(Event):
    type_name: ClassVar[str] = "notify.assignment-declined.v1"
    aggregate: ClassVar[str] = "assignment"

    assignment_id: str
    bulletin_id: str
    partner_id: str
    reason: str
    at: datetime


@command
class LapseAssignment(Command):
    """Fired by the clock at `due_at`."""

    type_name: ClassVar[str] = "notify.lapse-assignment.v1"
    aggregate: ClassVar[str] = "assignment"
    target_field: ClassVar[str] = "assignment_id"

    assignment_id: str


@event
class AssignmentLapsed(Event):
    type_name: ClassVar[str] = "notify.assignment-lapsed.v1"
    aggregate: ClassVar[str] = "assignment"

    assignment_id: str
    bulletin_id: str
    partner_id: str


@command
class Unsubscribe(Command):
    """One click in a message, or an officer's word: this recipient hears no more by this channel."""

    type_name: ClassVar[str] = "notify.unsubscribe.v1"
    aggregate: ClassVar[str] = "suppression"
    target_field: ClassVar[str] = "recipient"

    recipient: str
    recipient_kind: str
    channel: str
    reason: str = "unsubscribed"
    """Or wrong_number."""
    delivery_id: str | None = None
    """For a wrong number: the message that was written to it."""


@event
class Unsubscribed(Event):
    type_name: ClassVar[str] = "notify.unsubscribed.v1"
    aggregate: ClassVar[str] = "suppression"

    recipient: str
    recipient_kind: str
    channel: str
    reason: str = "unsubscribed"
    """Or wrong_number."""
    delivery_id: str | None = None
    """For a wrong number: the message that was written to it."""


@command
class SettleSuppression(Command):
    """What was queued for this recipient has been withdrawn."""

    type_name: ClassVar[str] = "notify.settle-suppression.v1"
    aggregate: ClassVar[str] = "suppression"
    target_field: ClassVar[str] = "recipient"

    recipient: str
    channels: tuple[str, ...]


@event
class SuppressionSettled(Event):
    type_name: ClassVar[str] = "notify.suppression-settled.v1"
    aggregate: ClassVar[str] = "suppression"

    recipient: str
    channels: tuple[str, ...]


class LoginAddress(Sealable):
    address: str
    link: str
    """The one-time link, with its secret."""


@command
class SendLoginLink(Command):
    """A partner asked for a one-time link. The link is made by the gateway and is in nobody's log."""

    type_name: ClassVar[str] = "notify.send-login-link.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"
    private: ClassVar[type[Sealable] | None] = LoginAddress

    delivery_id: str
    partner_id: str
    language: str = "id"


@command
class SendTicketLink(Command):
    """A reporter has lost the code and named the contact that they left. The link is made by the gateway."""

    type_name: ClassVar[str] = "notify.send-ticket-link.v1"
    aggregate: ClassVar[str] = "delivery"
    target_field: ClassVar[str] = "delivery_id"
    private: ClassVar[type[Sealable] | None] = LoginAddress

    delivery_id: str
    report_id: str
    number: str
    language: str = "id"
