"""What a second officer is asked to approve, and who would hear of it."""

from dataclasses import dataclass
from datetime import datetime

from libs.contracts.reports.reads import CaseView, ClarificationView
from services.gateway.console.case.views import Draft, Moment, Published, ReferenceLine
from services.gateway.console.views import Action, ClockState, Desk


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    case: CaseView
    author: str
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
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
class ReviewPage:
    desk: Desk
    case: CaseView
    case_url: str
    draft: Draft
    previous: ClarificationView | None = None
    """The published version that a correction replaces."""
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
    references: tuple[ReferenceLine, ...]
    approvals: tuple[Approval, ...] = ()
    partners: int
    """Who will be asked to carry it."""
    approve: Action
    return_: Action
    publish: Action | None = None
    published: Published | None = None
    history: tuple[Moment, ...] = ()
