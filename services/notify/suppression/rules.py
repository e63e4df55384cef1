"""Who wants to hear no more, and by which channel. One document per recipient."""

from collections.abc import Iterable, Mapping
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import SettleSuppression, SuppressionSettled, Unsubscribe, Unsubscribed
from libs.contracts.words import Channel
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import Refused

UNSUBSCRIBED, WRONG_NUMBER = "unsubscribed", "wrong_number"
REFUSABLE = frozenset({Channel.EMAIL, Channel.WHATSAPP_MANUAL})
"""The inbox disturbs nobody."""


class Suppression(State):
    """
    Attributes:
        unsettled: channels whose queued deliveries are still to be withdrawn.
        wrong: channel -> the message that went to somebody else's number. Another number of the same partner is not
            meant, so the message stands for the number, which stands sealed in it.
    """

    recipient: str
    recipient_kind: str
    channels: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    wrong: Mapping[str, str] = {}

    def reason(self, channel: str) -> str:
        return WRONG_NUMBER if channel in self.wrong else UNSUBSCRIBED


def decide(state: Suppression | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case Unsubscribe():
            if command.channel not in REFUSABLE:
                raise Refused("validation", "channel")
            if command.reason == WRONG_NUMBER and command.delivery_id is None:
                raise Refused("validation", "delivery_id")
            return [
                Unsubscribed(
                    recipient=command.recipient,
                    recipient_kind=command.recipient_kind,
                    channel=command.channel,
                    reason=command.reason,
                    delivery_id=command.delivery_id,
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
            # Whoever asked for no more is not reached by another number either.
            asked = event.channel in known.channels and event.channel not in known.wrong
            wrong = {c: d for c, d in known.wrong.items() if c != event.channel}
            if event.reason == WRONG_NUMBER and event.delivery_id is not None and not asked:
                wrong[event.channel] = event.delivery_id
            return known.model_copy(
                update={
                    "wrong": wrong,
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
