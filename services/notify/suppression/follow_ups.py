"""What must follow when somebody wants no more."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.notify.delivery import Unsubscribed
from libs.contracts.notify.subject import EndSubject
from libs.runtime.aggregates import FollowUp


def after_suppression(event: Event) -> Iterable[FollowUp]:
    match event:
        case Unsubscribed(recipient_kind="report"):
            # A reporter left one contact for one report: who refuses that channel follows no more.
            yield FollowUp("end", EndSubject(report_id=event.recipient, reason=event.reason))
