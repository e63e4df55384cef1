"""Bulletins (one message version for many), their deliveries, and what partners answer."""

from datetime import datetime
from typing import Annotated

from libs.contracts.fields import Flag, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.reports.parts import Reference


class PlanBulletin(Command, name="notify.plan-bulletin.v1", of="bulletin", to="bulletin_id"):
    """A published version is to reach everybody it concerns. Notify's own, made from ClarificationPublished."""

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


class BulletinPlanned(Event, name="notify.bulletin-planned.v1", of="bulletin"):
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


class AdvanceBulletin(Command, name="notify.advance-bulletin.v1", of="bulletin", to="bulletin_id"):
    """One chunk of recipients has its deliveries. The cursor stands in the document, so a crash repeats one chunk."""

    bulletin_id: str
    stage: str
    """subjects, partners or done."""
    after: str
    planned: int


class BulletinAdvanced(Event, name="notify.bulletin-advanced.v1", of="bulletin"):
    bulletin_id: str
    stage: str
    after: str
    planned: int


class PlanClosing(Command, name="notify.plan-closing.v1", of="closing", to="closing_id"):
    """A case was closed without an answer: whoever follows it is told so. Notify's own, made from CaseClosed."""

    closing_id: str
    case_id: str
    reason: str
    closed_at: datetime


class ClosingPlanned(Event, name="notify.closing-planned.v1", of="closing"):
    closing_id: str
    case_id: str
    reason: str
    closed_at: datetime


class AdvanceClosing(Command, name="notify.advance-closing.v1", of="closing", to="closing_id"):
    """One chunk of followers has its deliveries."""

    closing_id: str
    after: str
    """The last of the chunk; empty when nobody is left."""


class ClosingAdvanced(Event, name="notify.closing-advanced.v1", of="closing"):
    closing_id: str
    after: str


class DeliveryAddress(Sealable):
    address: str
    name: str = ""
    text: str = ""
    """Of a message whose words are made when it is planned: what is said in a chat."""


class HoldAnswers(Command, name="notify.hold-answers.v1", of="hold", to="clarification_id"):
    """No answer of this clarification goes out while it is paused, or ever again once it is retracted."""

    clarification_id: str
    paused: bool
    retracted: bool = False


class AnswersHeld(Event, name="notify.answers-held.v1", of="hold"):
    clarification_id: str
    paused: bool
    retracted: bool = False


class PlanDelivery(
    Command, name="notify.plan-delivery.v1", of="delivery", to="delivery_id", creates=True, private=DeliveryAddress
):
    """One message to one recipient on one channel; the id is made of the three, so there are never two."""

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
    conversation_id: str | None = None
    """The chat that it goes to."""
    said_at: datetime | None = None
    """Of a message: when the office wrote it. Its words stand in the thread and nowhere else."""


class DeliveryPlanned(
    Event, name="notify.delivery-planned.v1", of="delivery", private={"address", "name", "link", "text"}
):
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
    conversation_id: str | None = None
    said_at: datetime | None = None
    at: datetime
    address: str = ""
    name: str = ""
    text: str = ""
    link: str = ""
    """The secret of a log-in link; its key is destroyed once it has been sent."""


class BeginAttempt(Command, name="notify.begin-attempt.v1", of="delivery", to="delivery_id"):
    delivery_id: str
    attempt: int


class AttemptBegun(Event, name="notify.attempt-begun.v1", of="delivery"):
    """Written before the provider is called: if nothing follows, nobody knows whether it went out."""

    delivery_id: str
    attempt: int
    at: datetime


class RecordResult(Command, name="notify.record-result.v1", of="delivery", to="delivery_id"):
    delivery_id: str
    attempt: int
    result: str
    """sent, failed_transient, failed_permanent or unknown."""
    code: str = ""
    """The provider's own: "250", "452"; never its text, which may hold an address."""
    retry_at: datetime | None = None
    method: str = "automatic"


class DeliverySent(Event, name="notify.delivery-sent.v1", of="delivery"):
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


class DeliveryFailed(Event, name="notify.delivery-failed.v1", of="delivery"):
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


class NoteFailure(Command, name="notify.note-failure.v1", of="delivery", to="delivery_id"):
    """The provider had taken it and says later that it did not arrive."""

    delivery_id: str
    code: str


class NoteFallback(Command, name="notify.note-fallback.v1", of="delivery", to="delivery_id"):
    """What could not go out by this channel is planned on the next one."""

    delivery_id: str


class DeliveryFellBack(Event, name="notify.delivery-fell-back.v1", of="delivery"):
    delivery_id: str
    at: datetime


class MarkSentByHand(Command, name="notify.mark-sent-by-hand.v1", of="delivery", to="delivery_id"):
    """An officer sent the prepared text from their own phone."""

    delivery_id: str


class RefuseByHand(Command, name="notify.refuse-by-hand.v1", of="delivery", to="delivery_id"):
    """What the officer's phone said of the one written to by hand: it is somebody else's number, or they ask for no
    more."""

    delivery_id: str
    reason: Annotated[str, Limit(words=("wrong_number", "unsubscribed"))]


class RefusedByHand(Event, name="notify.refused-by-hand.v1", of="delivery"):
    delivery_id: str
    reason: str
    officer: str
    recipient: str
    recipient_kind: str
    channel: str
    bulletin_id: str | None = None
    at: datetime


class RetryDelivery(Command, name="notify.retry-delivery.v1", of="delivery", to="delivery_id"):
    """Only what failed or is unknown; a person decided it."""

    delivery_id: str


class DeliveryRequeued(Event, name="notify.delivery-requeued.v1", of="delivery"):
    delivery_id: str
    bulletin_id: str | None = None
    at: datetime


class SuppressDelivery(Command, name="notify.suppress-delivery.v1", of="delivery", to="delivery_id"):
    delivery_id: str
    reason: str


class DeliverySuppressed(Event, name="notify.delivery-suppressed.v1", of="delivery"):
    delivery_id: str
    reason: str
    """unsubscribed, wrong_number, no_consent, no_address, superseded, answered or expired."""
    recipient: str
    recipient_kind: str
    bulletin_id: str | None = None
    at: datetime


class OfferAssignment(Command, name="notify.offer-assignment.v1", of="assignment", to="assignment_id"):
    assignment_id: str
    bulletin_id: str
    case_id: str
    partner_id: str
    due_at: datetime


class AssignmentOffered(Event, name="notify.assignment-offered.v1", of="assignment"):
    assignment_id: str
    bulletin_id: str
    case_id: str
    partner_id: str
    due_at: datetime
    at: datetime


class AnswerAssignment(Command, name="notify.answer-assignment.v1", of="assignment", to="assignment_id"):
    """Siap or tidak bisa; declining costs nothing."""

    assignment_id: str
    ready: Flag
    reason: Annotated[str, Limit(words=("", "no_time", "not_fitting", "disagree", "other"))] = ""
    """For declining."""


class AssignmentAcknowledged(Event, name="notify.assignment-acknowledged.v1", of="assignment"):
    assignment_id: str
    bulletin_id: str
    partner_id: str
    at: datetime


class AssignmentDeclined(Event, name="notify.assignment-declined.v1", of="assignment"):
    assignment_id: str
    bulletin_id: str
    partner_id: str
    reason: str
    at: datetime


class LapseAssignment(Command, name="notify.lapse-assignment.v1", of="assignment", to="assignment_id"):
    """Fired by the clock at `due_at`."""

    assignment_id: str


class AssignmentLapsed(Event, name="notify.assignment-lapsed.v1", of="assignment"):
    assignment_id: str
    bulletin_id: str
    partner_id: str


class Unsubscribe(Command, name="notify.unsubscribe.v1", of="suppression", to="recipient"):
    """One click in a message, or an officer's word: this recipient hears no more by this channel."""

    recipient: str
    recipient_kind: str
    channel: str
    reason: str = "unsubscribed"
    """Or wrong_number."""
    delivery_id: str | None = None
    """For a wrong number: the message that was written to it."""


class Unsubscribed(Event, name="notify.unsubscribed.v1", of="suppression"):
    recipient: str
    recipient_kind: str
    channel: str
    reason: str = "unsubscribed"
    """Or wrong_number."""
    delivery_id: str | None = None
    """For a wrong number: the message that was written to it."""


class SettleSuppression(Command, name="notify.settle-suppression.v1", of="suppression", to="recipient"):
    """What was queued for this recipient has been withdrawn."""

    recipient: str
    channels: tuple[str, ...]


class SuppressionSettled(Event, name="notify.suppression-settled.v1", of="suppression"):
    recipient: str
    channels: tuple[str, ...]


class LoginAddress(Sealable):
    address: str
    link: str
    """The one-time link, with its secret."""


class SendLoginLink(Command, name="notify.send-login-link.v1", of="delivery", to="delivery_id", private=LoginAddress):
    """A partner asked for a one-time link. The link is made by the gateway and is in nobody's log."""

    delivery_id: str
    partner_id: str
    language: str = "id"


class SendOfficerLink(
    Command, name="notify.send-officer-link.v1", of="delivery", to="delivery_id", private=LoginAddress
):
    """An officer was invited, or two colleagues agreed that their second factor be renewed."""

    delivery_id: str
    officer_id: str
    purpose: str
    """invitation or factor."""
    language: str = "id"


class SendTicketLink(Command, name="notify.send-ticket-link.v1", of="delivery", to="delivery_id", private=LoginAddress):
    """A reporter has lost the code and named the contact that they left. The link is made by the gateway."""

    delivery_id: str
    report_id: str
    number: str
    language: str = "id"
