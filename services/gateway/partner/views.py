"""What the partners' pages show: frozen values that the routes fill from read models. No I/O, no wording.

PartnerDesk     the frame of every page
HomePage        the to-do list
AssignmentPage  one request to share a clarification, in each of its states
LinkExpiredPage what an old one-time link shows
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.gateway.console.views import Action, ClockState


@dataclass(frozen=True, kw_only=True)
class PartnerDesk:
    """The frame of every partner page."""

    partner: str
    logout: Action
    to_answer: int | None = None
    now: datetime
    stale_since: datetime | None = None
    suspended: bool = False
    """Suspended partners read, but get no new requests and cannot answer."""
    notice: str = ""
    """`acknowledged`, `declined` or `changed`."""
    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OpenAssignment:
    url: str
    fact: str
    verdict: str
    claim: str
    answer_by: datetime
    clock: ClockState


@dataclass(frozen=True, kw_only=True)
class PastAssignment:
    url: str
    fact: str
    state: str
    """`acknowledged`, `declined`, `lapsed` or `withdrawn`."""
    at: datetime
    corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class HomePage:
    desk: PartnerDesk
    open: tuple[OpenAssignment, ...] | None
    """The most urgent first; None when notify did not answer."""
    past: tuple[PastAssignment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What the partner may take along."""

    message: str
    """At most 160 characters, with the short link."""
    captions: tuple[str, ...]
    card_url: str
    card_shown_url: str
    """The same, small enough to stand in a page."""
    """The 4:5 card; the `card_alt` is what a screen reader says, and what the partner pastes as alternative text."""
    card_alt: str
    clarification_url: str
    valid_until: datetime | None


REASONS = ("no_time", "not_fitting", "disagree", "other")


@dataclass(frozen=True, kw_only=True)
class Decline:
    """The form behind "Tidak bisa", with what was typed when it comes back with errors."""

    action: Action
    reasons: tuple[str, ...] = REASONS
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A newer version of what was to be shared."""

    change: str
    at: datetime | None
    retracted: bool = False


@dataclass(frozen=True, kw_only=True)
class AssignmentPage:
    desk: PartnerDesk
    number: str
    """Of the clarification."""
    fact: str
    claim: str
    verdict: str
    state: str
    """`offered`, `acknowledged`, `declined`, `lapsed` or `withdrawn`."""
    answer_by: datetime
    clock: ClockState
    kit: Kit | None
    """None when the clarification could not be read just now; answering still works."""
    offered_at: datetime
    answered_at: datetime | None = None
    reason: str = ""
    why_you: str = ""
    """Code of why this partner was asked: `area`, `topic`, `all`."""
    area: str = ""
    accept: Action | None = None
    """Offered until the deadline, after "Tidak bisa" as well: a partner may think again."""
    decline: Decline | None = None
    deciding: bool = False
    """The reason is being asked for, so the two big buttons step aside."""
    correction: Correction | None = None
