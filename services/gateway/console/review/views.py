"""What a second officer is asked to approve, and who would hear of it."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.console.case.views import Draft, Moment, Published, ReferenceLine
from services.gateway.console.views import Action, ClockState, Desk


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    url: str
    number: str
    fact: str
    claim: str
    verdict: str
    author: str
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
    approvals: int
    needed: int
    reporters: int
    mine: bool = False
    """The reader wrote it, so somebody else has to look."""


@dataclass(frozen=True, kw_only=True)
class ReviewsPage:
    desk: Desk
    rows: tuple[ReviewRow, ...] = ()
    next_url: str = ""
    available: bool = True


@dataclass(frozen=True, kw_only=True)
class Approval:
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who will hear of it. A number is None when the service that knows did not answer."""

    reporters: int | None
    email: int | None = None
    by_hand: int | None = None
    code_only: int | None = None
    """Reporters who left no contact and look by their code."""
    partners: int | None = None
    earlier: int | None = None
    """Who got an earlier version and will get the correction."""


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    desk: Desk
    number: str
    case_url: str
    state: str
    """`in_review`, `decided` or `published`."""
    draft: Draft
    previous: Draft | None = None
    """The published version that a correction replaces."""
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
    references: tuple[ReferenceLine, ...]
    approvals: tuple[Approval, ...] = ()
    needed: int = 1
    audience: Audience
    approve: Action
    return_: Action
    publish: Action | None = None
    published: Published | None = None
    history: tuple[Moment, ...] = ()
