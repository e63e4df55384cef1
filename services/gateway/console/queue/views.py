"""The queue of an office: what waits, who has it, until when."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.console.views import Action, ClockState, Desk, Filter


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Who works on a case, so that two do not."""

    name: str
    until: datetime | None
    """None: the owner keeps it although nobody works on it this minute."""
    mine: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitingFor:
    party: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    id: str
    url: str
    due_at: datetime
    clock: ClockState
    severity: int | None
    """1 to 4; None before triage."""
    claim: str
    topic: str
    """Code of the topic, empty before triage."""
    about_own_tenant: bool = False
    asks_money: bool = False
    askers: int
    askers_last_hour: int | None
    """None where the list does not know it."""
    askers_share: float
    """Askers against the longest row of the page, in percent."""
    state: str
    waiting_for: WaitingFor | None = None
    lease: Lease | None = None
    claim_action: Action | None = None
    """Offered where nobody holds the case."""
    unread: int = 0
    """What reporters said since, and nobody has dealt with."""
    not_answered: int = 0
    """Of these, "Belum"."""


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    desk: Desk
    rows: tuple[QueueRow, ...] = ()
    filters: tuple[Filter, ...] = ()
    query: str = ""
    waiting: int = 0
    ended: bool = False
    """The list is of cases that have left the queue."""
    late: int = 0
    next_url: str = ""
    next_count: int = 0
    available: bool = True
    """False: the reports service did not answer in time, so nothing is known about the queue."""

    @property
    def filtered(self) -> bool:
        return bool(self.query) or any(f.current for f in self.filters[1:])
