"""A delivery: one message to one recipient on one channel, and what became of it.

Before the provider is called it is marked as begun (`leases`). If nothing follows, nobody knows whether the message
went out: then it is `unknown`, is shown as such, and only a person sends it again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import (
    AttemptBegun,
    BeginAttempt,
    DeliveryAddress,
    DeliveryFailed,
    DeliveryFellBack,
    DeliveryPlanned,
    DeliveryRequeued,
    DeliverySent,
    DeliverySuppressed,
    LoginAddress,
    MarkSentByHand,
    NoteFailure,
    NoteFallback,
    PlanDelivery,
    RecordResult,
    RefuseByHand,
    RefusedByHand,
    RetryDelivery,
    SendLoginLink,
    SendOfficerLink,
    SendTicketLink,
    SuppressDelivery,
)
from libs.contracts.words import Channel, DeliveryState, Template
from libs.kit.chat import whatsapp
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused
from services.notify.permissions import require_sender

AUTOMATIC = "automatic"
MANUAL = "manual"

LANE_TICKET, LANE_CRISIS, LANE_CAMPAIGN = 0, 1, 2

WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.FAILED_TRANSIENT})
"""Not out yet: may still be sent, or withdrawn."""
FIRST_WORDS = frozenset({Template.INTERIM, Template.RECEIPT})
"""That it is being checked, or was received: superseded by whatever ends it."""
DECIDED_BY_PEOPLE = frozenset({DeliveryState.UNKNOWN, DeliveryState.FAILED_PERMANENT})

RESULTS = frozenset(
    {DeliveryState.SENT, DeliveryState.FAILED_TRANSIENT, DeliveryState.FAILED_PERMANENT, DeliveryState.UNKNOWN}
)


CHAT_CHANNELS = frozenset({Channel.WHATSAPP, Channel.TELEGRAM})
CHAT_LANES = 10
"""Added to the lane of what goes out by chat: the senders of mail and of chats wait in one queue and do not meet."""
WINDOW_CLOSED = "window_closed"
FALL_BACK = frozenset({WINDOW_CLOSED, whatsapp.WINDOW_CLOSED})
"""Why a message by WhatsApp is handed to an officer's own phone."""

REFUSALS = frozenset({"unsubscribed", "wrong_number"})
"""What an officer may find out by writing to somebody."""


class Delivery(State):
    """
    Attributes:
        refused: what the one written to by hand said to the officer, or whoever has that number.
    """

    private: ClassVar[frozenset[str]] = frozenset({"address", "name", "link", "text"})

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
    fell_back: bool = False
    state: str = DeliveryState.QUEUED
    attempts: int = 0
    code: str = ""
    reason: str = ""
    method: str | None = None
    refused: str = ""
    planned_at: datetime
    changed_at: datetime
    ready_at: datetime
    address: str = ""
    name: str = ""
    link: str = ""
    text: str = ""


def decide(state: Delivery | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case PlanDelivery():
            return _plan(state, command, context)
        case SendLoginLink():
            return _login_link(state, command, context)
        case SendOfficerLink():
            return _officer_link(state, command, context)
        case SendTicketLink():
            return _ticket_link(state, command, context)
        case SuppressDelivery() if state is None:
            # Withdrawn from whoever has no such channel.
            return []
    if state is None:
        raise NotFound()
    match command:
        case BeginAttempt():
            if state.state not in WAITING or command.attempt != state.attempts + 1:
                raise Refused("state_conflict")
            return [AttemptBegun(delivery_id=state.delivery_id, attempt=command.attempt, at=context.at)]
        case RecordResult():
            return _record(state, command, context)
        case MarkSentByHand():
            require_sender(context)
            by_hand = state.channel == Channel.WHATSAPP_MANUAL and state.state in WAITING
            if not by_hand and state.state not in DECIDED_BY_PEOPLE:
                raise Refused("state_conflict")
            return [_sent(state, context, method=MANUAL)]
        case NoteFailure():
            # What was sent by hand, or has been tried again since, is none of the provider's.
            if state.state != DeliveryState.SENT or state.method != AUTOMATIC:
                return []
            return [_failed(state, _late_failure(state, command), context)]
        case NoteFallback():
            if state.fell_back:
                return []
            return [DeliveryFellBack(delivery_id=state.delivery_id, at=context.at)]
        case RefuseByHand():
            return _refused(state, command, context)
        case RetryDelivery():
            require_sender(context)
            if state.state not in DECIDED_BY_PEOPLE | {DeliveryState.FAILED_TRANSIENT}:
                raise Refused("state_conflict")
            return [DeliveryRequeued(delivery_id=state.delivery_id, bulletin_id=state.bulletin_id, at=context.at)]
        case SuppressDelivery():
            return [_suppressed(state, command.reason, context)] if state.state in WAITING else []
    raise TypeError(command.type_name)


def _plan(state: Delivery | None, command: PlanDelivery, context: Context) -> list[Event]:
    if state is not None:
        return []
    private = context.private
    address = private if isinstance(private, DeliveryAddress) else DeliveryAddress(address="")
    planned = DeliveryPlanned(
        **command.model_dump(include=_PLANNED),
        address=address.address,
        name=address.name,
        text=address.text,
        at=context.at,
    )
    if command.channel != Channel.INBOX:
        return [planned]
    # What lies in the inbox of this very product is there as soon as it is written.
    return [planned, _sent(_first(planned), context, method=AUTOMATIC)]


_PLANNED = set(PlanDelivery.model_fields) - {"sealed", "body_hash"}


def _link_address(state: Delivery | None, context: Context) -> LoginAddress:
    if state is not None:
        raise Refused("state_conflict")
    private = context.private
    if not isinstance(private, LoginAddress) or not private.address:
        raise Refused("validation", "address")
    return private


def _ticket_link(state: Delivery | None, command: SendTicketLink, context: Context) -> list[Event]:
    private = _link_address(state, context)
    return [
        DeliveryPlanned(
            delivery_id=command.delivery_id,
            template=Template.TICKET_LINK,
            channel=Channel.EMAIL,
            recipient=command.report_id,
            recipient_kind="report",
            lane=LANE_TICKET,
            language=command.language,
            number=command.number,
            address=private.address,
            link=private.link,
            at=context.at,
        )
    ]


OFFICERS_LETTERS = frozenset({Template.INVITATION, Template.FACTOR})


def _officer_link(state: Delivery | None, command: SendOfficerLink, context: Context) -> list[Event]:
    private = _link_address(state, context)
    if command.purpose not in OFFICERS_LETTERS:
        raise Refused("validation", "purpose")
    return [
        DeliveryPlanned(
            delivery_id=command.delivery_id,
            template=command.purpose,
            channel=Channel.EMAIL,
            recipient=command.officer_id,
            recipient_kind="officer",
            lane=LANE_TICKET,
            language=command.language,
            address=private.address,
            link=private.link,
            at=context.at,
        )
    ]


def _login_link(state: Delivery | None, command: SendLoginLink, context: Context) -> list[Event]:
    private = _link_address(state, context)
    return [
        DeliveryPlanned(
            delivery_id=command.delivery_id,
            template=Template.LOGIN_LINK,
            channel=Channel.EMAIL,
            recipient=command.partner_id,
            recipient_kind="partner",
            lane=LANE_TICKET,
            language=command.language,
            address=private.address,
            link=private.link,
            at=context.at,
        )
    ]


def _record(state: Delivery, command: RecordResult, context: Context) -> list[Event]:
    """What the provider said of an attempt.

    An attempt that was given up as unknown may turn out after all: the sender itself knows better than the clock did.
    And one that was withdrawn while it was under way is sent all the same, if the provider has taken it, and unknown if
    nobody knows.
    """
    if command.result not in RESULTS:
        raise Refused("validation", "result")
    if state.state == DeliveryState.SUPPRESSED and command.attempt == state.attempts + 1:
        if command.result == DeliveryState.SENT:
            return [_sent(state, context, method=command.method, attempt=command.attempt)]
        if command.result != DeliveryState.UNKNOWN:
            return []
        begun = AttemptBegun(delivery_id=state.delivery_id, attempt=command.attempt, at=context.at)
        return [begun, _failed(state, command, context)]
    open_states = {DeliveryState.ATTEMPTING}
    if command.result != DeliveryState.UNKNOWN:
        open_states.add(DeliveryState.UNKNOWN)
    if state.state not in open_states or command.attempt != state.attempts:
        raise Refused("state_conflict")
    if command.result == DeliveryState.SENT:
        return [_sent(state, context, method=command.method)]
    return [_failed(state, command, context)]


def _late_failure(state: Delivery, command: NoteFailure) -> RecordResult:
    return RecordResult(
        delivery_id=state.delivery_id,
        attempt=state.attempts,
        result=DeliveryState.FAILED_PERMANENT,
        code=command.code,
    )


def _failed(state: Delivery, command: RecordResult, context: Context) -> DeliveryFailed:
    return DeliveryFailed(
        delivery_id=state.delivery_id,
        attempt=command.attempt,
        state=command.result,
        code=command.code,
        retry_at=command.retry_at,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        bulletin_id=state.bulletin_id,
        at=context.at,
    )


def _refused(state: Delivery, command: RefuseByHand, context: Context) -> list[Event]:
    """Of what waits or was sent by hand: the answer comes after the message.

    Raises:
        Refused: `role_missing`, `validation` for another reason, `state_conflict` where nobody writes by hand.
    """
    require_sender(context)
    if command.reason not in REFUSALS:
        raise Refused("validation", "reason")
    if state.channel != Channel.WHATSAPP_MANUAL:
        raise Refused("state_conflict")
    if state.refused == command.reason:
        return []
    assert context.actor is not None
    return [
        RefusedByHand(
            delivery_id=state.delivery_id,
            reason=command.reason,
            officer=context.actor.id,
            recipient=state.recipient,
            recipient_kind=state.recipient_kind,
            channel=state.channel,
            bulletin_id=state.bulletin_id,
            at=context.at,
        )
    ]


def _sent(state: Delivery, context: Context, *, method: str, attempt: int | None = None) -> DeliverySent:
    return DeliverySent(
        delivery_id=state.delivery_id,
        attempt=state.attempts if attempt is None else attempt,
        method=method,
        at=context.at,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        channel=state.channel,
        template=state.template,
        bulletin_id=state.bulletin_id,
        case_id=state.case_id,
    )


def _suppressed(state: Delivery, reason: str, context: Context) -> DeliverySuppressed:
    return DeliverySuppressed(
        delivery_id=state.delivery_id,
        reason=reason,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        bulletin_id=state.bulletin_id,
        at=context.at,
    )


def _first(event: DeliveryPlanned) -> Delivery:
    return Delivery(**event.model_dump(exclude={"at"}), planned_at=event.at, changed_at=event.at, ready_at=event.at)


def evolve(state: Delivery | None, event: Event) -> Delivery:
    if isinstance(event, DeliveryPlanned):
        return _first(event)
    assert state is not None
    match event:
        case AttemptBegun():
            changed: dict[str, Any] = {"state": DeliveryState.ATTEMPTING, "attempts": event.attempt}
        case DeliverySent():
            changed = {"state": DeliveryState.SENT, "method": event.method, "code": "", "attempts": event.attempt}
        case DeliveryFailed():
            changed = {"state": event.state, "code": event.code, "ready_at": event.retry_at or event.at}
        case DeliveryRequeued():
            changed = {"state": DeliveryState.QUEUED, "ready_at": event.at}
        case DeliverySuppressed():
            changed = {"state": DeliveryState.SUPPRESSED, "reason": event.reason}
        case DeliveryFellBack():
            changed = {"fell_back": True}
        case RefusedByHand():
            changed = {"refused": event.reason}
            if state.state in WAITING:
                changed |= {"state": DeliveryState.SUPPRESSED, "reason": event.reason}
        case _:
            raise TypeError(event.type_name)
    return state.model_copy(update={**changed, "changed_at": event.at})


def index_fields(state: Delivery) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": state.state, "channel": state.channel, "recipient": state.recipient}
    if state.bulletin_id is not None:
        fields |= {"bulletin": state.bulletin_id, "kind": state.recipient_kind}
    if state.case_id is not None and state.recipient_kind == "report":
        fields["case"] = state.case_id
    if state.state == DeliveryState.SENT and state.channel == Channel.WHATSAPP_MANUAL and not state.refused:
        fields["sent_by_hand"] = state.changed_at
    if state.state in WAITING:
        if state.channel == Channel.EMAIL:
            fields |= {"lane": state.lane, "ready_at": state.ready_at}
        elif state.channel in CHAT_CHANNELS:
            fields |= {"lane": CHAT_LANES + state.lane, "ready_at": state.ready_at}
        elif state.channel == Channel.WHATSAPP_MANUAL:
            fields["by_hand"] = state.planned_at
    if falls_back(state):
        fields["falls_back"] = True
    return fields


def falls_back(state: Delivery) -> bool:
    """Whether the next channel is still to take it over: an officer's own phone may write when our number may not."""
    if state.channel != Channel.WHATSAPP or state.recipient_kind != "report" or state.fell_back:
        return False
    why = state.code if state.state == DeliveryState.FAILED_PERMANENT else state.reason
    return state.state in (DeliveryState.FAILED_PERMANENT, DeliveryState.SUPPRESSED) and why in FALL_BACK


def due(state: Delivery) -> Iterable[Due]:
    """A request that nobody can answer in time any more is not sent; a correction is."""
    if state.state in WAITING and state.template == Template.PARTNER_REQUEST and state.due_at is not None:
        yield Due("expire", state.due_at)


def key_subject(command: Command) -> str:
    """Whose key seals the address: the recipient's, so that erasing a person erases it here too.

    A one-time link has a key of its own, which is destroyed once the link has been sent.
    """
    return command.recipient if isinstance(command, PlanDelivery) else command.target
