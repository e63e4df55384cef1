"""What the pages of a ticket are told, and how its thread is told to its holder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from libs.contracts.reports.parts import QuestionAnswer
from libs.contracts.reports.reads import ClaimAnswer, ClarificationCard, KnownCard, MessageView, Step, TicketView
from libs.contracts.words import ReportKind
from services.gateway.web.views import Form, FormPage


class TicketState(StrEnum):
    RECORDING = "recording"
    """Acknowledged by the broker, not yet seen by reports: "Tersimpan, sedang dicatat"."""
    RECEIVED = "received"
    CHECKING = "checking"
    WAITING_PARTY = "waiting_party"
    ANSWERED = "answered"
    CLOSED = "closed"
    NOT_CONTINUED = "not_continued"
    """Its case was closed without an answer; a message takes it up again."""
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    """Its reporter said that the answer did not answer."""


ENDED = frozenset(
    {
        TicketState.ANSWERED,
        TicketState.CLOSED,
        TicketState.NOT_CONTINUED,
        TicketState.SCREENED_OUT,
        TicketState.WITHDRAWN,
    }
)


@dataclass(frozen=True, kw_only=True)
class ThreadStep:
    step: str
    node: str
    """todo, now, done, stopped, corrected, knot."""
    at: datetime | None = None
    """When it happened; for `todo` the latest time it will."""
    party: str = ""
    """Who is waited for."""
    until: datetime | None = None
    count: int = 0
    """Others with the same claim."""
    reason: str = ""
    """Code of why it was not taken up, or of how it came; or the officer's own words for why it was not continued."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Shown with the number and the secret code; the code only to who already proved to hold it."""

    number: str
    code: str
    """16 characters without spaces; empty when this visitor may not see it again."""
    first: bool = False
    """Nobody has said yet that number and code are noted down: the receipt comes before everything."""
    noted: Form | None = None
    """Says so; the code is not shown again then."""

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.code[i : i + 4] for i in range(0, len(self.code), 4))


@dataclass(frozen=True, kw_only=True)
class Following:
    """The contact that news goes to, masked by the owner ("s…n@…")."""

    channel: str
    masked: str
    stop: Form
    undeliverable: bool = False
    """The last message did not arrive: the ticket itself says what it said."""


@dataclass(frozen=True, kw_only=True)
class TicketPage(FormPage):
    receipt: Receipt
    kind: ReportKind
    state: TicketState
    again: bool = False
    """Its form was sent once more, or gone back to: said, with a way to a report that is new."""
    live_url: str
    """Stream of this ticket's events; the page also works without it."""
    steps: tuple[ThreadStep, ...] | None = ()
    """Oldest first; None when reports does not answer."""
    next_at: datetime | None = None
    """Latest time of the next news."""
    party: str = ""
    reason: str = ""
    """Code of the outcome (closed) or of why it was not taken up (screened_out); the office's own words of why it was
    not continued."""
    answer: ClarificationCard | None = None
    known: KnownCard | None = None
    """What another publisher has answered, while the office has not: perhaps the same, never the office's word."""
    claims: tuple[ClaimAnswer, ...] = ()
    """Of several claims those that have their answer, beside whatever becomes of the report."""
    reply: str = ""
    """An office's own answer where there is no clarification (aspiration, complaint, request)."""
    sent_text: str = ""
    answers: tuple[QuestionAnswer, ...] = ()
    messages: tuple[MessageView, ...] = ()
    pictures: tuple[str, ...] = ()
    other_files: tuple[str, ...] = ()
    """Kinds of what was sent and has nothing to be seen: voice, …"""
    """Addresses of what the reporter sent, for whoever has opened the ticket."""
    message_text: str = ""
    """As typed, when the form comes back."""
    message: Form | None = None
    """Write to the officer; None when nobody would read it."""
    helped: Form | None = None
    """"Menjawab?" Ya/Belum."""
    helpful: bool | None = None
    """Once said."""
    still_open: str = ""
    """As typed beside a "Belum", when the form comes back."""
    not_mine: Form | None = None
    """"Ini bukan yang saya laporkan": looked at again."""
    withdraw: Form | None = None
    following: Following | None = None
    contact: str = ""
    """Where nobody follows: the channel of the contact that was left a moment ago; `unreachable`, where the number is
    somebody else's; `unknown`, where it cannot be read whether one was left; empty where none was."""

    @property
    def open(self) -> bool:
        return self.state not in ENDED


@dataclass(frozen=True, kw_only=True)
class TicketLookupPage(FormPage):
    form: Form
    lost_form: Form
    """Asks for a link to the contact that was left."""
    number: str = ""
    email: str = ""
    lost: bool = False
    """That form came back."""
    sent: bool = False
    expired: bool = False
    """A link was used before, or is too old."""
    minutes: int = 15


SHOWN_STEPS = {
    "received": "received",
    "linked": "linked",
    "moved": "linked",
    "rejected": "rematched",
    "asked": "waiting_party",
    "confirmed": "checking",
    "published": "answered",
    "closed": "not_continued",
    "answered": "answered",
    "screened_out": "screened_out",
    "withdrawn": "withdrawn",
}
"""Steps that a reporter sees, by the words of the page; the others are the office's own."""
NODES = {"screened_out": "stopped", "not_continued": "stopped", "withdrawn": "stopped"}


def thread(ticket: TicketView) -> tuple[ThreadStep, ...]:
    """Oldest first: what happened, where it stands, what comes next."""
    steps = list(_happened(ticket))
    again = is_reopened(ticket)
    if again:
        steps.append(ThreadStep(step="reopened", node="now"))
    elif ticket.state in ("received", "checking") and ticket.clarification is None:
        steps.append(ThreadStep(step="checking", node="now"))
    if ticket.state in ("received", "checking", "waiting_party"):
        steps.append(ThreadStep(step="answered", node="todo", at=None if again else ticket.answer_due_at))
    if ticket.state == "answered" and ticket.helpful is None:
        steps.append(ThreadStep(step="closed", node="todo"))
    if ticket.state == "closed":
        steps.append(ThreadStep(step="closed", node="done"))
    return tuple(steps)


def is_reopened(ticket: TicketView) -> bool:
    """Its reporter said "Belum", and no other answer has come since."""
    return ticket.helpful is False and ticket.state in ("received", "checking")


def _happened(ticket: TicketView) -> Iterator[ThreadStep]:
    listed = [s for s in ticket.steps if s.what in SHOWN_STEPS]
    waiting = next((s for s in reversed(listed) if s.what in ("asked", "confirmed")), None)
    for step in listed:
        if SHOWN_STEPS[step.what] == "linked":
            if step.count:
                yield ThreadStep(step="linked", node="knot", at=step.at, count=step.count)
        elif step.what == "published" and (step.count or 1) > 1:
            yield ThreadStep(step="corrected", node="corrected", at=step.at)
        else:
            yield _told(step, is_now=step.what == "asked" and step is waiting)


def _told(step: Step, *, is_now: bool) -> ThreadStep:
    word = SHOWN_STEPS[step.what]
    return ThreadStep(
        step=word,
        node="now" if is_now else NODES.get(word, "done"),
        at=step.at,
        party=step.party or "",
        until=step.until,
        reason=step.note if word in ("received", "screened_out", "not_continued") else "",
    )
