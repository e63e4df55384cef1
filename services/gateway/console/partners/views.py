"""Partners of an office, and people whose request is answered alone."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.console.case.views import Moment, ReportLine
from services.gateway.console.views import Action, Desk, Filter


@dataclass(frozen=True, kw_only=True)
class PartnerRow:
    url: str
    name: str
    kind: str
    area: str
    state: str
    accounts: int
    run_by_office: bool = False
    """Run by a public office; the others are independent."""
    answered: int = 0
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class PartnersPage:
    desk: Desk
    rows: tuple[PartnerRow, ...] = ()
    total: int = 0
    by_office: int = 0
    filters: tuple[Filter, ...] = ()
    query: str = ""
    next_url: str = ""
    available: bool = True
    answers_known: bool = True
    """False: how often each was asked and answered is not counted anywhere."""


@dataclass(frozen=True, kw_only=True)
class Account:
    platform: str
    handle: str
    url: str
    state: str
    verified_at: datetime | None = None
    followers: int | None = None
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PastAnswer:
    url: str
    fact: str
    at: datetime
    answer: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerPage:
    desk: Desk
    name: str
    kind: str
    area: str
    state: str
    run_by_office: bool = False
    """By a public office; the others are independent."""
    since: datetime | None = None
    accounts: tuple[Account, ...] = ()
    channels: tuple[str, ...] = ()
    """On which a contact point with consent exists; the address itself stays sealed to notify."""
    answers: tuple[PastAnswer, ...] | None = ()
    """None when notify did not answer."""
    history: tuple[Moment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """A report that is answered one by one: an aspiration, a complaint, a request for information."""

    url: str
    number: str
    kind: str
    state: str
    sent_at: datetime
    text: str
    area: str = ""
    confidential: bool = False
    messages: int = 0
    unread: int = 0
    not_answered: int = 0


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    desk: Desk
    rows: tuple[RequestRow, ...] | None
    """None when the reports service did not answer."""
    filters: tuple[Filter, ...] = ()
    show: str = "unanswered"
    total: int = 0
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """The form for the answer to one person, with what was typed when it comes back with errors."""

    action: Action
    outcome: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    desk: Desk
    line: ReportLine
    kind: str
    state: str
    answered: str = ""
    """The answer that was given."""
    answer: Answering | None = None
    screen_out: Action | None = None
    unread: int = 0
    not_answered: int = 0
    settle: Action | None = None
    """What the reporter said since has been dealt with; None where there is nothing."""
