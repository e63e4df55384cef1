"""What must follow an event of a delivery."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.notify.delivery import RefusedByHand, Unsubscribe
from libs.runtime.aggregates import FollowUp


def after_delivery(event: Event) -> Iterable[FollowUp]:
    match event:
        case RefusedByHand():
            stop = Unsubscribe(
                recipient=event.recipient,
                recipient_kind=event.recipient_kind,
                channel=event.channel,
                reason=event.reason,
                delivery_id=event.delivery_id,
            )
            yield FollowUp("stop", stop)
