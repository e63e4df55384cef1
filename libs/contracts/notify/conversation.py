"""A chat with one person: what they said, and how a report comes of it. Nothing is sent on before they say so."""

from datetime import datetime

from libs.contracts.messages import Command, Event, Sealable


class ChatContent(Sealable):
    address: str
    """What the provider is told to write back to them."""
    text: str = ""
    media: str = ""
    """By which the provider hands out the file."""


class HearMessage(Command, name="notify.hear-message.v1", of="conversation", to="conversation_id", private=ChatContent):
    """Somebody wrote to the office's number. Its id is made of the provider's: told twice, it is heard once."""

    conversation_id: str
    channel: str
    account: str
    """The office's own number or bot, as the provider names it."""
    kind: str
    said_at: datetime
    """By the provider's clock."""
    media_type: str = ""
    forwarded: bool = False
    forwarded_often: bool = False
    language: str = "id"
    doubted: str = ""
    """Why a mail joins nothing that its address began before: `unproven` (nothing shows that it is of its sender), or
    `other_address` (it answers a letter that went to somebody else)."""


class MessageHeard(Event, name="notify.message-heard.v1", of="conversation", private={"address", "text", "media"}):
    conversation_id: str
    message_id: str
    channel: str
    account: str
    kind: str
    said_at: datetime
    heard_at: datetime
    media_type: str = ""
    forwarded: bool = False
    forwarded_often: bool = False
    language: str = "id"
    doubted: str = ""
    address: str = ""
    text: str = ""
    media: str = ""


class MessagePassedOver(Event, name="notify.message-passed-over.v1", of="conversation"):
    """More than a conversation holds lay unanswered."""

    conversation_id: str
    message_id: str


class TurnContent(Sealable):
    """What the office's side says and keeps, as JSON of the service's own."""

    turn: str


class TakeTurn(Command, name="notify.take-turn.v1", of="conversation", to="conversation_id", private=TurnContent):
    """Our answer to what was said. Notify's own: its worker has looked up what the answer needs."""

    conversation_id: str
    turn: int
    answers: tuple[str, ...]
    """Ids of the messages that it answers."""


class TurnTaken(Event, name="notify.turn-taken.v1", of="conversation", private={"content"}):
    conversation_id: str
    turn: int
    answers: tuple[str, ...]
    at: datetime
    content: str = ""


class SettleTurn(Command, name="notify.settle-turn.v1", of="conversation", to="conversation_id"):
    """What the turn called for is done: the reply is planned, the report is with the broker."""

    conversation_id: str
    turn: int
    report_id: str | None = None
    number: str = ""


class TurnSettled(Event, name="notify.turn-settled.v1", of="conversation"):
    conversation_id: str
    turn: int
    report_id: str | None = None
    number: str = ""
    at: datetime


class DropDraft(Command, name="notify.drop-draft.v1", of="conversation", to="conversation_id"):
    """A day went by without "kirim": nothing was sent, and nothing is kept to be sent."""

    conversation_id: str
    turn: int


class DraftDropped(Event, name="notify.draft-dropped.v1", of="conversation"):
    conversation_id: str
    turn: int


class ForgetConversation(Command, name="notify.forget-conversation.v1", of="conversation", to="conversation_id"):
    """Its key is destroyed: nothing of it can be read any more."""

    conversation_id: str


class ConversationForgotten(Event, name="notify.conversation-forgotten.v1", of="conversation"):
    conversation_id: str
    at: datetime
