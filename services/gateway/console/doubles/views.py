"""Partners that are likely one, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.registry.reads import DoubleView, PartnerView
from services.gateway.console.partners.views import Place
from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of a pair.

    Attributes:
        merge_url: where a form is sent that merges this one into the other.
    """

    partner: PartnerView
    url: str
    merge_url: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """
    Attributes:
        action: of the form; each button says where it goes. Sent without one, they are told apart.
        shared: fields that are the same on both sides.
    """

    double: DoubleView
    sides: tuple[Side, Side]
    action: Action
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sure(self) -> bool:
        return self.double.score >= SURE


SURE = 0.99


@dataclass(frozen=True, kw_only=True)
class DoublesPage:
    """
    Attributes:
        pairs: None when the registry did not answer.
    """

    desk: Desk
    nav: tuple[Place, ...] = ()
    pairs: tuple[Pair, ...] | None = ()
    total: int = 0
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Former:
    """Another record of a partner, which was merged into it."""

    name: str
    url: str
    merged_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Doubles:
    """What a partner's own page says of its doubles.

    Attributes:
        likely: name, address of the page with the pair.
        into: the one that goes on, where this one was merged.
        undo: the form that undoes it; None where it is too late or nothing was merged.
    """

    likely: tuple[tuple[str, str], ...] = ()
    former: tuple[Former, ...] = ()
    into: Former | None = None
    undo: Action | None = None
    undo_until: datetime | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
