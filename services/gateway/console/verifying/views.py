"""Partners whose verification waits for the office."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from libs.contracts.registry.reads import ReviewView, TermRow, VerificationRow
from services.gateway.console.partners.views import Place
from services.gateway.console.views import Action, ClockState, Desk, Filter


@dataclass(frozen=True, kw_only=True)
class Waiting:
    row: VerificationRow
    clock: ClockState | None
    """None while nobody has taken it."""
    taken_by: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifyingPage:
    """
    Attributes:
        chosen: ids of partners that are ticked, where the form comes back.
        left: names of those for which it could not be done.
    """

    desk: Desk
    nav: tuple[Place, ...] = ()
    rows: tuple[Waiting, ...] = ()
    total: int = 0
    filters: tuple[Filter, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    areas: tuple[tuple[str, str], ...] = ()
    """Code and name of the districts of the office."""
    bulk: Action
    chosen: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()
    next_url: str = ""
    ending: tuple[TermRow, ...] = ()
    """Partners whose term ends soon or is over."""
    today: date | None = None
    available: bool = True


@dataclass(frozen=True, kw_only=True)
class VerificationPart:
    """Of a partner's page: what is open to be done, by the last word of its path."""

    review: ReviewView
    taken_by: str = ""
    proposed_by: str = ""
    clock: ClockState | None = None
    buttons: Mapping[str, Action] = field(default_factory=dict)
    papers: Mapping[str, Action] = field(default_factory=dict)
    """By paper, while they may be ticked."""
    names: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""
    """Name of the form that came back with errors."""
    can_pass: bool = False
    missing: bool = False
    """A paper was found missing or wrong."""
