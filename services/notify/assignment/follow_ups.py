"""What must follow when a partner has answered."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.notify.delivery import AssignmentAcknowledged, AssignmentDeclined, SuppressDelivery
from libs.contracts.words import Channel
from libs.runtime.aggregates import FollowUp
from services.notify.identities import delivery_id


def after_assignment(event: Event) -> Iterable[FollowUp]:
    match event:
        case AssignmentAcknowledged() | AssignmentDeclined():
            # Answered in the inbox, or by one of several messages: the others need not go out.
            for channel in (Channel.EMAIL, Channel.WHATSAPP_MANUAL):
                waiting = delivery_id(event.bulletin_id, event.partner_id, channel)
                yield FollowUp(f"answered|{channel}", SuppressDelivery(delivery_id=waiting, reason="answered"))
