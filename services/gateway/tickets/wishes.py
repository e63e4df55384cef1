"""What the holder of a ticket may want done with their report: number and code are the proof."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.contracts.messages import Command, Sealable
from libs.contracts.notify.subject import StopFollowing
from libs.contracts.reports import report
from libs.contracts.reports.parts import Attachment
from services.gateway.access.sessions import Ticket
from services.gateway.api.models import TicketCode, TicketMessage, TicketRating
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_holder


@dataclass(frozen=True, slots=True)
class HolderWish:
    """
    Attributes:
        path: last word of its address below the ticket, in the API and in pages.
        says: the command for a report, and what goes with it under seal.
    """

    path: str
    name: str
    summary: str
    about: str
    says: Callable[[str, Any], tuple[Command, Sealable | None]]
    body: type[TicketCode] = TicketCode

    async def send(self, parts: Gateway, held: Ticket, key: UUID, given: TicketCode, *, wait: float = WAIT) -> Reply:
        """As `Dispatcher.send`."""
        command, private = self.says(held.report_id, given)
        return await parts.dispatcher.send(by_holder(held), key, command, private=private, wait=wait)


def _message(report_id: str, given: TicketMessage) -> tuple[Command, Sealable | None]:
    return report.AddMessage(report_id=report_id), report.MessageContent(text=given.text)


def _rating(report_id: str, given: TicketRating) -> tuple[Command, Sealable | None]:
    private = report.RatingContent(text=given.text) if given.text else None
    return report.RateAnswer(report_id=report_id, helpful=given.helpful), private


MESSAGE = HolderWish(
    "messages",
    name="add_message",
    summary="Write to the office",
    about="Only the officers of the case read it.",
    says=_message,
    body=TicketMessage,
)
WITHDRAW = HolderWish(
    "withdrawal",
    name="withdraw",
    summary="Withdraw the report",
    about="The office stops looking into it, and what was sent is erased. This cannot be undone.",
    says=lambda report_id, _: (report.WithdrawReport(report_id=report_id), None),
)
RATE = HolderWish(
    "rating",
    name="rate",
    summary="Did it answer?",
    about="Not helpful: the case goes back to whoever works on it.",
    says=_rating,
    body=TicketRating,
)
REJECT = HolderWish(
    "rejection",
    name="reject_match",
    summary="This is not what I reported",
    about="The report leaves the case that it was put to and opens one of its own.",
    says=lambda report_id, _: (report.RejectMatch(report_id=report_id), None),
)
STOP = HolderWish(
    "stop",
    name="stop",
    summary="Stop telling me",
    about="Ends messages about this report to the contact that was left with it.",
    says=lambda report_id, _: (StopFollowing(report_id=report_id), None),
)

WISHES = (MESSAGE, WITHDRAW, RATE, REJECT, STOP)


async def add_evidence(parts: Gateway, held: Ticket, key: UUID, attachments: tuple[Attachment, ...]) -> Reply:
    """The caller has claimed the uploads. Pages only: a program names its pictures with the report."""
    command = report.AddEvidence(report_id=held.report_id, attachments=attachments)
    return await parts.dispatcher.send(by_holder(held), key, command)
