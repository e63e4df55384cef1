"""The queue of an office: what waits, who has it, until when."""

from dataclasses import dataclass
from datetime import datetime

from libs.contracts.reports.reads import CaseRow
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
    case: CaseRow
    url: str
    due_at: datetime
    clock: ClockState
    askers: int
    askers_share: float
    """Askers against the longest row of the page, in percent."""
    lease: Lease | None = None
    claim_action: Action | None = None
    """Offered where nobody holds the case."""

    @property
    def severity(self) -> int | None:
        """1 to 4; None before triage."""
        return self.case.severity if self.case.topic or self.case.severity > 1 else None


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
