"""Who wants to hear no more, and by which channel. One document per recipient."""

from collections.abc import Iterable
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import SettleSuppression, SuppressionSettled, Unsubscribe, Unsubscribed
from libs.contracts.words import Channel
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import Refused

REFUSABLE = frozenset({Channel.EMAIL, Channel.WHATSAPP_MANUAL})
"""The inbox disturbs nobody."""


class Suppression(State):
    """
    Attributes:
        unsettled: channels whose queued deliveries are still to be withdrawn.
    """

    recipient: str
    recipient_kind: str
    channels: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()


def decide(state: Suppression | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case Unsubscribe():
            if command.channel not in REFUSABLE:
                raise Refused("validation", "channel")
            return [
                Unsubscribed(
                    recipient=command.recipient, recipient_kind=command.recipient_kind, channel=command.channel
                )
            ]
        case SettleSuppression():
            if state is None or not set(state.unsettled) & set(command.channels):
                return []
            return [SuppressionSettled(recipient=command.recipient, channels=command.channels)]
    raise TypeError(command.type_name)


def evolve(state: Suppression | None, event: Event) -> Suppression:
    match event:
        case Unsubscribed():
            known = state or Suppression(recipient=event.recipient, recipient_kind=event.recipient_kind)
            return known.model_copy(
                update={
                    "channels": tuple(sorted({*known.channels, event.channel})),
                    "unsettled": tuple(sorted({*known.unsettled, event.channel})),
                }
            )
        case SuppressionSettled():
            assert state is not None
            left = tuple(c for c in state.unsettled if c not in event.channels)
            return state.model_copy(update={"unsettled": left})
    raise TypeError(event.type_name)


def index_fields(state: Suppression) -> dict[str, Any]:
    return {"unsettled": True} if state.unsettled else {}
