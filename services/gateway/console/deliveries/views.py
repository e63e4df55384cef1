"""How far a published answer came: what partners said, each delivery, and what is sent by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.gateway.console.case.views import Moment, Published
from services.gateway.console.views import Action, Desk, Filter, share


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """How far one message came on one channel."""

    channel: str
    """`email`, `whatsapp_manual`, `inbox`; more may come."""
    state: str
    """As in the contracts; `unused` where the partner does not take this channel."""
    at: datetime | None = None
    reason: str = ""
    """Code of why it failed or was not sent."""
    manual: bool = False
    """Sent by hand by an officer: `sent` is then all that is known."""


@dataclass(frozen=True, kw_only=True)
class PartnerAnswer:
    url: str
    name: str
    kind: str
    area: str
    channels: Mapping[str, ChannelState]
    answer: str
    """`acknowledged`, `declined`, `silent`, `lapsed` or `not_reached`."""
    answered_at: datetime | None = None
    reason: str = ""
    """Code of why not, or empty."""


@dataclass(frozen=True, kw_only=True)
class Resend:
    action: Action
    count: int
    reasons: tuple[tuple[str, int], ...]
    """Code and number of failures, the most frequent first."""


@dataclass(frozen=True, kw_only=True)
class Funnel:
    chosen: int
    sent: int
    delivered: int | None
    """None where no channel reports deliveries."""
    acknowledged: int
    declined: int
    silent: int

    @property
    def steps(self) -> tuple[tuple[str, int, float], ...]:
        counts = (
            ("chosen", self.chosen),
            ("sent", self.sent),
            ("delivered", self.delivered),
            ("acknowledged", self.acknowledged),
        )
        return tuple((code, n, share(n, self.chosen)) for code, n in counts if n is not None)


@dataclass(frozen=True, kw_only=True)
class AnswersPage:
    """The partners of the area a clarification went to: how far it came and what they said."""

    desk: Desk
    clarification: Published
    fact: str
    claim: str
    verdict: str
    case_url: str
    area: str
    answer_by: datetime | None = None
    funnel: Funnel | None
    """None when the ledger could not be read; the rows are then empty too."""
    columns: tuple[str, ...] = ()
    """Channels in use, in the order of the table."""
    filters: tuple[Filter, ...] = ()
    rows: tuple[PartnerAnswer, ...] = ()
    shown_of: int = 0
    next_url: str = ""
    resend: Resend | None = None
    by_hand: int = 0
    history: tuple[Moment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One message on one channel."""

    state: ChannelState
    attempts: int = 1
    resolve: tuple[Action, Action] | None = None
    """For `unknown` only: it arrived, it did not. Nothing is sent again without a person's word."""


@dataclass(frozen=True, kw_only=True)
class DeliveryPerson:
    recipient: str
    """What officers may know: a ticket number or a partner's name, never an address."""
    kind: str
    """`reporter` or `partner`."""
    url: str = ""
    rows: tuple[DeliveryRow, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesPage:
    desk: Desk
    clarification: Published
    fact: str
    case_url: str
    totals: tuple[tuple[str, int], ...] | None
    """State and number, in the order of a message's way; None when the ledger could not be read."""
    filters: tuple[Filter, ...] = ()
    people: tuple[DeliveryPerson, ...] = ()
    next_url: str = ""
    resend: Resend | None = None

    @property
    def total(self) -> int:
        return sum(count for _, count in self.totals or ())

    @property
    def failed(self) -> int:
        return sum(count for state, count in self.totals or () if state in ("failed", "failed_permanent"))

    @property
    def unknown(self) -> int:
        return dict(self.totals or ()).get("unknown", 0)


@dataclass(frozen=True, kw_only=True)
class HandMessage:
    """One WhatsApp message that an officer sends from the office's own phone."""

    id: str
    about: str
    """A reporter's number, or the partner's name, as the message itself calls its reader."""
    text: str
    open_url: str
    """Leads to `wa.me` with number and text."""
    planned_at: datetime
    sent: Action


@dataclass(frozen=True, kw_only=True)
class HandRefusals:
    """What the phone may say of one person. `of` are all messages of that person: what is said holds for the number."""

    of: tuple[str, ...]
    wrong_number: Action
    stop: Action


@dataclass(frozen=True, kw_only=True)
class HandPerson:
    """All that one person is still to be sent."""

    names: tuple[str, ...]
    """A partner's name; a reporter is called by the numbers of their reports."""
    kind: str
    """`reporter` or `partner`."""
    hint: str
    """Enough to tell two numbers apart: the last two digits."""
    messages: tuple[HandMessage, ...]
    refusals: HandRefusals


@dataclass(frozen=True, kw_only=True)
class HandDone:
    """Sent lately: whoever answers STOP is found here."""

    id: str
    recipient: str
    hint: str
    at: datetime
    refusals: HandRefusals


@dataclass(frozen=True, kw_only=True)
class ByHandPage:
    desk: Desk
    people: tuple[HandPerson, ...] | None
    """None when notify did not answer."""
    done: tuple[HandDone, ...] | None = ()
    """None when notify did not answer."""
    next_url: str = ""

    @property
    def total(self) -> int:
        return sum(len(person.messages) for person in self.people or ())
