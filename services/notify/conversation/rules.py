"""A conversation: what was said waits until a worker has looked up what an answer needs; its turn says what is replied
and what is done. First the turn is kept, then it is carried out: so a crash repeats a turn and never makes another.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from libs.contracts.messages import Command, Event
from libs.contracts.notify.conversation import (
    ChatContent,
    ConversationForgotten,
    DraftDropped,
    DropDraft,
    ForgetConversation,
    HearMessage,
    MessageHeard,
    MessagePassedOver,
    SettleTurn,
    TakeTurn,
    TurnContent,
    TurnSettled,
    TurnTaken,
)
from libs.contracts.reports.parts import Part
from libs.contracts.words import Channel, ReportKind
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused

CHATS = frozenset({Channel.WHATSAPP, Channel.TELEGRAM, Channel.EMAIL})
KEPT = "blob:"
"""Before the id of a picture that lies at the gateway already, where a provider's own name of the file would stand."""

UNPROVEN, OTHER_ADDRESS = "unproven", "other_address"
"""Why a mail is kept apart."""

MOST_HEARD = 60
"""Messages that may lie unanswered. A person sends that many in an hour, a machine in a second."""
SETTLED, PATIENCE = timedelta(seconds=1.2), timedelta(seconds=5)
"""Of silence before we answer, so that what is forwarded in one go gets one answer; and the longest that somebody who
goes on writing waits for it."""
DRAFT_KEPT = timedelta(hours=24)
"""Without "kirim" nothing is sent, and after a day nothing is left that could be."""
PACED_WITHIN = timedelta(minutes=10)
MOST_TURNS = 20
"""Replies within PACED_WITHIN; beyond, nothing is said: an answering machine on the other side would talk for ever."""
A_DAY = timedelta(hours=24)
MOST_A_DAY = 60
MOST_MAILS_A_DAY = 12
"""Likewise, for one that takes its time. A person has what they ask for in three or four."""


class Heard(Part):
    id: str
    kind: str
    said_at: datetime
    heard_at: datetime
    text: str = ""
    media: str = ""
    media_type: str = ""
    forwarded: bool = False
    forwarded_often: bool = False
    doubted: str = ""

    @property
    def is_unproven(self) -> bool:
        return self.doubted == UNPROVEN


class Draft(Part):
    """What a report would be made of.

    Attributes:
        blobs: pictures at the gateway, by id.
        unproven: a part of it came by a mail whose sender nothing proves.
        refused: cases that the person has seen and said are not theirs.
        last_said_at: of the newest message in it, by the provider's clock.
    """

    kind: str = ReportKind.HOAX
    texts: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()
    forwarded_often: bool = False
    unproven: bool = False
    refused: tuple[str, ...] = ()
    last_said_at: datetime | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)

    @property
    def says_something(self) -> bool:
        return bool(self.texts or self.blobs)


class Offer(Part):
    """A published answer that was shown and not yet judged."""

    clarification_id: str
    case_id: str
    number: str
    fact: str
    publisher: str = ""
    """Who else answered it; `clarification_id` names their entry then, and `url` their page."""
    url: str = ""
    claim: str = ""
    """Of several, the one that it answers, in the words of the person."""

    @property
    def refusal(self) -> str:
        """What a report carries whose sender says that this is not theirs."""
        return self.case_id or self.clarification_id


class Does:
    """What a turn does beside replying."""

    SUBMIT = "submit"
    ADD = "add"
    """To the report that came of this conversation last."""
    DEMAND = "demand"
    """An answer that was offered is what the person asked for: it is counted, nothing is sent."""
    STOP = "stop"


class Turn(Part):
    """
    Attributes:
        reply: what is said; empty: nothing. Where something is done first, the words for its success.
        sends: what is submitted or added.
        draft: what is left of it after the turn.
        demanded: the clarification that is counted.
        sent_until: messages that were said up to then belong to what this turn sends, whenever they come.
    """

    reply: str = ""
    does: str = ""
    sends: Draft | None = None
    draft: Draft | None = None
    offers: tuple[Offer, ...] = ()
    demanded: str = ""
    of_others: bool = False
    """What is demanded is another publisher's."""
    language: str = "id"
    sent_until: datetime | None = None
    eager_until: datetime | None = None
    """"kirim" was heard before what it is to send: messages of other times may be on their way."""


class Conversation(State):
    """
    Attributes:
        heard: not answered yet, in the order in which it came.
        turn: number of the last turn; `pending` is it, until it is carried out.
        report_id: of the last report that came of it.
    """

    private: ClassVar[frozenset[str]] = frozenset({"address", "heard", "draft", "offers", "pending"})

    conversation_id: str
    channel: str
    account: str
    language: str = "id"
    address: str = ""
    heard: tuple[Heard, ...] = ()
    passed_over: bool = False
    draft: Draft | None = None
    draft_since: datetime | None = None
    offers: tuple[Offer, ...] = ()
    turn: int = 0
    is_pending: bool = False
    pending: Turn | None = None
    recent_turns: tuple[datetime, ...] = ()
    report_id: str | None = None
    number: str = ""
    sent_until: datetime | None = None
    eager_until: datetime | None = None
    last_said_at: datetime | None = None
    """When the person last wrote, by the provider's clock: its window is reckoned from then."""
    last_heard_at: datetime | None = None
    forgotten: bool = False

    # What is sealed is written anew with what is said alone: that it counts no more is told in the open.

    @property
    def open_draft(self) -> Draft:
        return self.draft if self.draft is not None and self.draft_since is not None else Draft()

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        return self.offers if self.draft_since is not None else ()


def decide(state: Conversation | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case HearMessage():
            return _hear(state, command, context)
    if state is None:
        raise NotFound()
    match command:
        case TakeTurn():
            return _take(state, command, context)
        case SettleTurn():
            if not state.is_pending or command.turn != state.turn:
                return []
            return [TurnSettled(**command.model_dump(exclude={"sealed", "body_hash"}), at=context.at)]
        case DropDraft():
            # Another turn has come since, and with it another day.
            if state.draft_since is None or command.turn != state.turn:
                return []
            return [DraftDropped(conversation_id=state.conversation_id, turn=state.turn)]
        case ForgetConversation():
            return (
                [] if state.forgotten else [ConversationForgotten(conversation_id=state.conversation_id, at=context.at)]
            )
    raise TypeError(command.type_name)


def _hear(state: Conversation | None, command: HearMessage, context: Context) -> list[Event]:
    content = context.private
    if not isinstance(content, ChatContent) or not content.address:
        raise Refused("validation", "address")
    if command.channel not in CHATS:
        raise Refused("validation", "channel")
    if state is not None and len(state.heard) >= MOST_HEARD:
        return [MessagePassedOver(conversation_id=command.conversation_id, message_id=str(context.id))]
    return [
        MessageHeard(
            conversation_id=command.conversation_id,
            message_id=str(context.id),
            channel=command.channel,
            account=command.account,
            kind=command.kind,
            said_at=command.said_at,
            heard_at=context.at,
            media_type=command.media_type,
            forwarded=command.forwarded,
            forwarded_often=command.forwarded_often,
            language=command.language,
            doubted=command.doubted,
            address=content.address,
            text=content.text,
            media=content.media,
        )
    ]


def _take(state: Conversation, command: TakeTurn, context: Context) -> list[Event]:
    """Two workers may have looked: the first one's turn stands.

    Raises:
        Refused: `state_conflict`.
    """
    content = context.private
    if not isinstance(content, TurnContent):
        raise Refused("validation", "turn")
    waiting = {heard.id for heard in state.heard}
    if state.is_pending or command.turn != state.turn + 1 or not set(command.answers) <= waiting:
        raise Refused("state_conflict")
    return [
        TurnTaken(
            conversation_id=state.conversation_id,
            turn=command.turn,
            answers=command.answers,
            at=context.at,
            content=content.turn,
        )
    ]


def evolve(state: Conversation | None, event: Event) -> Conversation:
    if isinstance(event, MessageHeard):
        return _heard(state, event)
    assert state is not None
    match event:
        case MessagePassedOver():
            return state.model_copy(update={"passed_over": True})
        case TurnTaken():
            return _taken(state, event)
        case TurnSettled():
            changed: dict[str, Any] = {"is_pending": False, "pending": None}
            if event.report_id is not None:
                changed |= {"report_id": event.report_id, "number": event.number}
            elif state.pending is not None and state.pending.does == Does.SUBMIT:
                # It was not taken: what comes late belongs to no report.
                changed["sent_until"] = None
            return state.model_copy(update=changed)
        case DraftDropped():
            return state.model_copy(update={"draft_since": None})
        case ConversationForgotten():
            return Conversation(
                conversation_id=state.conversation_id,
                channel=state.channel,
                account=state.account,
                language=state.language,
                turn=state.turn,
                forgotten=True,
            )
    raise TypeError(event.type_name)


def _heard(state: Conversation | None, event: MessageHeard) -> Conversation:
    known = state or Conversation(
        conversation_id=event.conversation_id, channel=event.channel, account=event.account, language=event.language
    )
    heard = Heard(id=event.message_id, **event.model_dump(include=set(Heard.model_fields) - {"id"}))
    return known.model_copy(
        update={
            "address": event.address,
            "account": event.account,
            "heard": (*known.heard, heard),
            "last_said_at": max(filter(None, (known.last_said_at, event.said_at))),
            "last_heard_at": event.heard_at,
            "forgotten": False,
        }
    )


def _taken(state: Conversation, event: TurnTaken) -> Conversation:
    turn = Turn.model_validate_json(event.content)
    answered = set(event.answers)
    fresh = turn.draft is not None and turn.draft.says_something
    return state.model_copy(
        update={
            "turn": event.turn,
            "is_pending": True,
            "pending": turn,
            "heard": tuple(heard for heard in state.heard if heard.id not in answered),
            "passed_over": False,
            "draft": turn.draft if fresh else None,
            "draft_since": event.at if fresh else None,
            "offers": turn.offers,
            "language": turn.language,
            "sent_until": turn.sent_until or state.sent_until,
            "eager_until": turn.eager_until,
            "recent_turns": (*state.recent_turns, event.at)[-MOST_A_DAY:],
        }
    )


def is_paced_out(state: Conversation, now: datetime) -> bool:
    """Whether so much was said lately that nothing more is."""
    a_day = MOST_MAILS_A_DAY if state.channel == Channel.EMAIL else MOST_A_DAY
    return _are_within(state.recent_turns, MOST_TURNS, PACED_WITHIN, now) or _are_within(
        state.recent_turns, a_day, A_DAY, now
    )


def _are_within(turns: tuple[datetime, ...], many: int, span: timedelta, now: datetime) -> bool:
    return len(turns) >= many and now - turns[-many] < span


def index_fields(state: Conversation) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if state.is_pending:
        fields["pending_since"] = state.recent_turns[-1]
    elif state.heard:
        first, last = state.heard[0].heard_at, state.heard[-1].heard_at
        fields["answer_at"] = min(last + SETTLED, first + PATIENCE)
    if state.last_heard_at is not None and not state.forgotten:
        fields["silent_since"] = state.last_heard_at
    return fields


def due(state: Conversation) -> Iterable[Due]:
    if state.draft_since is not None:
        yield Due("drop", state.draft_since + DRAFT_KEPT, state.turn)
