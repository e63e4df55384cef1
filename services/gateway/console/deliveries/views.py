"""How far a published answer came: what partners said, each delivery, and what is sent by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.contracts.notify.reads import ByHandRow, DeliveryRow, LedgerRow
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.words import AssignmentState
from services.gateway.console.case.views import Published
from services.gateway.console.views import Action, Desk, Filter, share

HEARD = frozenset({AssignmentState.ACKNOWLEDGED, AssignmentState.DECLINED, AssignmentState.LAPSED})


@dataclass(frozen=True, kw_only=True)
class PartnerAnswer:
    id: str
    name: str
    partner: PartnerRow | None
    """None where the registry did not answer."""
    channels: Mapping[str, DeliveryRow]
    given: LedgerRow | None
    """The row that holds the answer; None where nobody was asked."""

    @property
    def answer(self) -> str:
        """`acknowledged`, `declined`, `silent`, `lapsed` or `not_reached`."""
        if self.given is None:
            return "not_reached"
        return self.given.answer if self.given.answer in HEARD else "silent"


@dataclass(frozen=True, kw_only=True)
class Resend:
    action: Action
    count: int
    reasons: tuple[tuple[str, int], ...]
    """Code and number of failures, the most frequent first."""


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Nothing that is carried here says that it was delivered: neither SMTP nor an officer's own phone."""

    chosen: int
    sent: int
    acknowledged: int
    declined: int
    silent: int

    @property
    def steps(self) -> tuple[tuple[str, int, float], ...]:
        counts = (("chosen", self.chosen), ("sent", self.sent), ("acknowledged", self.acknowledged))
        return tuple((code, n, share(n, self.chosen)) for code, n in counts)


@dataclass(frozen=True, kw_only=True)
class AnswersPage:
    """The partners of the area a clarification went to: how far it came and what they said."""

    desk: Desk
    clarification: Published
    fact: str
    case_url: str
    area: str | None
    funnel: Funnel | None
    """None when the ledger could not be read; the rows are then empty too."""
    columns: tuple[str, ...] = ()
    """Channels in use, in the order of the table."""
    filters: tuple[Filter, ...] = ()
    rows: tuple[PartnerAnswer, ...] = ()
    shown_of: int = 0
    next_url: str = ""
    by_hand: int = 0


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One message on one channel."""

    delivery: DeliveryRow
    resolve: tuple[Action, Action] | None = None
    """For `unknown` only: it arrived, it did not. Nothing is sent again without a person's word."""


@dataclass(frozen=True, kw_only=True)
class DeliveryPerson:
    recipient: str
    """What officers may know: a ticket number or a partner's name, never an address."""
    kind: str
    """`report` or `partner`."""
    partner_id: str | None = None
    rows: tuple[Sending, ...]


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

    row: ByHandRow
    about: str
    """A reporter's number, or the partner's name, as the message itself calls its reader."""
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
    """`report` or `partner`."""
    hint: str
    """Enough to tell two numbers apart: the last two digits."""
    messages: tuple[HandMessage, ...]
    refusals: HandRefusals


@dataclass(frozen=True, kw_only=True)
class HandDone:
    """Sent lately: whoever answers STOP is found here."""

    row: ByHandRow
    recipient: str
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
