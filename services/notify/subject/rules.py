"""A subject: what one report's follower is to hear, in whatever order contact, case and answer come.

`todo` says what a worker owes it: `plan` deliveries, or `withdraw` them. The subject is saved first and the answers are
read after that; a bulletin is saved first and its subjects are read after that. So one of the two sees the other, and
as deliveries have deterministic ids both may plan.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from libs.contracts.messages import Command, Event
from libs.contracts.notify.subject import (
    AnswerSubject,
    ContactErased,
    EndSubject,
    EraseContact,
    FollowerContact,
    FollowingStopped,
    FollowSubject,
    LinkSubject,
    NewsNoted,
    NoteNews,
    SettleSubject,
    StopFollowing,
    SubjectAnswered,
    SubjectFollowed,
    SubjectLinked,
    SubjectSettled,
)
from libs.contracts.reports.parts import Part
from libs.contracts.words import Channel, Template
from libs.runtime.aggregates import Context, Due, State
from libs.runtime.errors import NotFound, Refused

ORPHANED_AFTER = timedelta(hours=72)
"""As long as the command topics keep what was sent: a report that has not come by then never will."""

PLAN = "plan"
WITHDRAW = "withdraw"

FOLLOWED_BY = frozenset({Channel.EMAIL, Channel.WHATSAPP_MANUAL, Channel.WHATSAPP, Channel.TELEGRAM})


MOST_NEWS = 20
"""Kept for a contact that comes later than they do: within the seconds between two topics."""

NEWS = frozenset({Template.MESSAGE, Template.NOT_CONTINUED})


class News(Part):
    """Something for this follower alone, not yet planned."""

    id: str
    template: str
    note: str = ""
    said_at: datetime | None = None


class Subject(State):
    """
    Attributes:
        linked_at: when the report came to its case.
        interim: the first word, that it is checked or was received, is planned.
        discontinued: it was screened out. Nothing is owed any more but what is news.
        change: counts what called for work, so that an old piece of work settles no newer call.
    """

    private: ClassVar[frozenset[str]] = frozenset({"address"})

    report_id: str
    kind: str = "hoax"
    number: str = ""
    channel: str = ""
    language: str = "id"
    confidential: bool = False
    conversation_id: str | None = None
    consented_at: datetime | None = None
    address: str = ""
    following: bool = False
    ended: str | None = None
    linked: bool = False
    linked_at: datetime | None = None
    case_id: str | None = None
    clarification_id: str | None = None
    outcome: str = ""
    answer_due_at: datetime | None = None
    answer_id: str | None = None
    interim: bool = False
    news: tuple[News, ...] = ()
    discontinued: bool = False
    todo: str | None = None
    change: int = 0
    erase_at: datetime | None = None
    erased: bool = False


def decide(state: Subject | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case FollowSubject():
            return _follow(state, command, context)
        case LinkSubject():
            return [SubjectLinked(**command.model_dump(include=_LINK))]
        case AnswerSubject():
            return [SubjectAnswered(report_id=command.report_id, answer_id=command.answer_id)]
        case NoteNews():
            if command.template not in NEWS:
                raise Refused("validation", "template")
            return [NewsNoted(**command.model_dump(exclude={"sealed", "body_hash"}))]
        case StopFollowing():
            if state is None or not state.channel:
                raise NotFound()
            return [FollowingStopped(report_id=command.report_id, reason="withdrawn")]
        case EndSubject(reason="orphaned"):
            # The report came after all, between the timer and its command.
            orphaned = state is not None and state.following and not state.linked
            return [FollowingStopped(report_id=command.report_id, reason="orphaned")] if orphaned else []
        case EndSubject():
            if state is not None and state.ended:
                return []
            return [FollowingStopped(report_id=command.report_id, reason=command.reason)]
        case SettleSubject():
            return _settle(state, command)
        case EraseContact():
            if state is None or state.erased:
                return []
            return [ContactErased(report_id=command.report_id, at=context.at)]
    raise TypeError(command.type_name)


_LINK = {"report_id", "case_id", "outcome", "kind", "answer_due_at", "clarification_id", "linked_at"}
_SETTLED = {"report_id", "change", "interim", "erase_at"}


def _follow(state: Subject | None, command: FollowSubject, context: Context) -> list[Event]:
    """Consent that was withdrawn is not given again by a late copy of the first; it takes another report.

    Raises:
        Refused: the report has ended, or the contact is missing.
    """
    if state is not None and (state.ended or state.erased):
        raise Refused("state_conflict")
    contact = context.private
    if not isinstance(contact, FollowerContact) or not contact.address:
        raise Refused("validation", "contact")
    if command.channel not in FOLLOWED_BY or contact.channel != command.channel:
        raise Refused("validation", "channel")
    return [
        SubjectFollowed(
            report_id=command.report_id,
            number=command.number,
            channel=command.channel,
            language=command.language,
            confidential=command.confidential,
            consented_at=command.consented_at,
            kind=command.kind,
            conversation_id=command.conversation_id,
            address=contact.address,
        )
    ]


def _settle(state: Subject | None, command: SettleSubject) -> list[Event]:
    """What a bulletin or a closing told calls for no work here, but starts the clock of the contact all the same."""
    if state is None or state.change != command.change:
        return []
    if state.todo is None and (command.erase_at is None or state.erased or not state.following):
        return []
    return [SubjectSettled(**command.model_dump(include=_SETTLED))]


def evolve(state: Subject | None, event: Event) -> Subject:
    match event:
        case SubjectFollowed():
            known = state or Subject(report_id=event.report_id)
            return _called(known.model_copy(update={**event.model_dump(include=_FOLLOWED), "following": True}))
        case SubjectLinked():
            known = state or Subject(report_id=event.report_id)
            # The follower's own word on the kind stands; a move between cases does not say it.
            return _called(known.model_copy(update={**event.model_dump(include=_LINKED), "linked": True}))
        case SubjectAnswered():
            known = state or Subject(report_id=event.report_id)
            return _called(known.model_copy(update={"answer_id": event.answer_id, "linked": True}))
        case NewsNoted():
            known = state or Subject(report_id=event.report_id)
            return _called(known.model_copy(update=_noted(known, event)))
        case FollowingStopped():
            known = state or Subject(report_id=event.report_id)
            return known.model_copy(
                update={"following": False, "ended": event.reason, "todo": WITHDRAW, "change": known.change + 1}
            )
    assert state is not None
    match event:
        case SubjectSettled():
            return state.model_copy(
                update={
                    "todo": None,
                    "news": (),
                    "interim": state.interim or event.interim,
                    "erase_at": event.erase_at,
                }
            )
        case ContactErased():
            return state.model_copy(update={"address": "", "following": False, "erased": True, "todo": None})
    raise TypeError(event.type_name)


_FOLLOWED = {"number", "channel", "language", "confidential", "consented_at", "kind", "conversation_id", "address"}
_LINKED = {"case_id", "outcome", "answer_due_at", "clarification_id", "linked_at"}


def _noted(known: Subject, event: NewsNoted) -> dict[str, Any]:
    news = News(id=event.news_id, template=event.template, note=event.note, said_at=event.said_at)
    changed: dict[str, Any] = {"news": (*known.news, news)[-MOST_NEWS:], "linked": True}
    if event.template == Template.NOT_CONTINUED:
        changed |= {"discontinued": True, "case_id": None}
    return changed


def _called(state: Subject) -> Subject:
    ready = state.following and state.linked
    return state.model_copy(update={"todo": PLAN, "change": state.change + 1}) if ready else state


def index_fields(state: Subject) -> dict[str, Any]:
    fields: dict[str, Any] = {"case": state.case_id, "following": state.following}
    if state.conversation_id is not None and state.following:
        fields["conversation"] = state.conversation_id
    if state.todo is not None:
        fields["todo"] = state.todo
    if state.erase_at is not None and not state.erased:
        fields["erase_at"] = state.erase_at
    return fields


def due(state: Subject) -> Iterable[Due]:
    if state.following and not state.linked and state.consented_at is not None:
        yield Due("orphaned", state.consented_at + ORPHANED_AFTER)
