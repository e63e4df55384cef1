"""What the partners' pages show: frozen values that the routes fill from read models. No I/O, no wording.

PartnerDesk     the frame of every page
HomePage        the to-do list
AssignmentPage  one request to share a clarification, in each of its states
ReportsPage     what they reported; NewReportPage the form
ProfilePage     what the office knows of them; DescribePage the form; LeavingPage how they leave
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.reads import PartnerChange, PartnerView
from libs.contracts.reports.reads import ClarificationView, PartnerReport
from libs.contracts.words import PartnerState
from libs.kit.areas import Area
from services.gateway.console.partners.sections import Facts
from services.gateway.console.views import Action, ClockState, clock_state
from services.gateway.reporting.views import AskedPage


@dataclass(frozen=True, kw_only=True)
class PartnerDesk:
    """The frame of every partner page."""

    partner: str
    logout: Action
    to_answer: int | None = None
    now: datetime
    state: str = PartnerState.ACTIVE
    """Any other reads, but gets no new requests and cannot answer."""
    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.state == PartnerState.ACTIVE


@dataclass(frozen=True, kw_only=True)
class HomePage:
    desk: PartnerDesk
    open: tuple[AssignmentView, ...] | None
    """The most urgent first; None when notify did not answer."""
    past: tuple[AssignmentView, ...] = ()

    def clock(self, assignment: AssignmentView) -> ClockState:
        return clock_state(assignment.due_at, now=self.desk.now)


@dataclass(frozen=True, kw_only=True)
class ReportsPage:
    """What the partner reported, newest first."""

    desk: PartnerDesk
    reports: tuple[PartnerReport, ...] | None
    """None when reports did not answer."""
    sent: str = ""
    """Number of the one that was sent a moment ago."""
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class NewReportPage(AskedPage):
    desk: PartnerDesk


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What the partner may take along."""

    message: str
    """At most 160 characters, with the short link."""
    captions: tuple[str, ...]
    card_url: str
    """The 4:5 card."""
    card_shown_url: str
    """The same, small enough to stand in a page."""
    card_alt: str
    """What a screen reader says, and what the partner pastes as alternative text."""
    clarification_url: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A newer version of what was to be shared."""

    change: str
    at: datetime | None
    retracted: bool = False


@dataclass(frozen=True, kw_only=True)
class AssignmentPage:
    desk: PartnerDesk
    assignment: AssignmentView
    told: AssignmentView | ClarificationView
    """Whose claim, verdict and fact are shown: the newest that could be read."""
    clock: ClockState
    kit: Kit | None
    """None when the clarification could not be read just now; answering still works."""
    area: str = ""
    """Code of the partner's own, for which they were asked."""
    accept: Action | None = None
    """Offered until the deadline, after "Tidak bisa" as well: a partner may think again."""
    decline: Action | None = None
    deciding: bool = False
    """The reason is being asked for, so the two big buttons step aside."""
    correction: Correction | None = None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Something of theirs that runs out soon, or has.

    Attributes:
        days: that are left; below zero: since.
    """

    on: date
    days: int


@dataclass(frozen=True, kw_only=True)
class ProfilePage:
    """
    Attributes:
        facts: None, as `partner`, when the registry did not answer.
        lines: newest first.
        resubmit: of one that had something to correct.
        appeal: of one that was rejected, as long as it may.
    """

    desk: PartnerDesk
    partner: PartnerView | None
    facts: Facts | None = None
    ending: Ending | None = None
    lines: tuple[PartnerChange, ...] | None = None
    saved: bool = False
    edit_url: str = ""
    """Empty, as the next, once it was rejected."""
    leave_url: str = ""
    resubmit: Action | None = None
    appeal: Action | None = None


@dataclass(frozen=True, kw_only=True)
class DescribePage:
    """As the officers' form, without what the office keeps."""

    desk: PartnerDesk
    action: Action
    kind: str
    values: Mapping[str, str]
    errors: Mapping[str, str]
    region: str = ""
    places: tuple[tuple[Area, tuple[Area, ...]], ...] = ()

    def value(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, kw_only=True)
class LeavingPage:
    desk: PartnerDesk
    action: Action
