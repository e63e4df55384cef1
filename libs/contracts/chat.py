"""What notify asks of the gateway's door on behalf of somebody who chats: the same that the gateway's own pages do.

Every write is made from `key`: asked again, it is the same command.
"""

from datetime import datetime
from uuid import UUID

from libs.contracts.reads import Read


class ChatQuestion(Read):
    """`POST /internal/chat/match`: published answers that may fit."""

    text: str


class ChatReport(Read):
    """`POST /internal/chat/reports`: a report of what was said, whose reporter is answered in the chat."""

    key: UUID
    kind: str
    text: str
    pictures: tuple[UUID, ...] = ()
    channel: str
    address: str
    conversation_id: str
    forwarded_often: bool = False
    unproven: bool = False
    """Nothing shows that what it is made of was written by whoever its address belongs to."""
    refused: tuple[str, ...] = ()
    language: str = "id"


class ChatReported(Read):
    """The report is with the broker."""

    report_id: str
    number: str
    tracking_code: str


class ChatAddition(Read):
    """`POST /internal/chat/additions`: a message, or pictures, for a report that came of the same chat."""

    key: UUID
    report_id: str
    text: str = ""
    pictures: tuple[UUID, ...] = ()


class ChatDemand(Read):
    """`POST /internal/chat/demands`: a published answer is what the person asked for."""

    key: UUID
    clarification_id: str
    of_others: bool = False
    """It is another publisher's, and the id that of its entry."""


class ChatWords(Read):
    """`POST /internal/chat/words`: what the office wrote to one reporter: the message of that moment, or, without one,
    the answer to their report alone. Else `not_found`."""

    report_id: str
    number: str
    said_at: datetime | None = None


class ChatWordsFound(Read):
    text: str


class ChatDone(Read):
    """The broker has it. `is_recorded`: so has its owner."""

    is_recorded: bool = False
