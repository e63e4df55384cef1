"""Saved segments of an office's partners, and whom they propose."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.contracts.notify.reads import ProposedPartner
from libs.contracts.registry.reads import HistoryLine, PartnerRow
from libs.contracts.registry.segments import SegmentView
from libs.kit.areas import Area
from services.gateway.console.partners.views import Place
from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class SegmentForm:
    """What a segment asks, to be written; the office's districts and known platforms to choose from."""

    action: Action
    values: Mapping[str, str]
    errors: Mapping[str, str]
    areas: tuple[Area, ...]
    platforms: tuple[str, ...]

    def value(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, kw_only=True)
class SegmentsPage:
    desk: Desk
    nav: tuple[Place, ...] = ()
    rows: tuple[SegmentView, ...] | None = ()
    """None: the registry did not answer."""
    form: SegmentForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    line: ProposedPartner
    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """
    Attributes:
        wanted, cap: as typed.
        rows: the chosen, then the first of those who were asked often enough; None: not asked for.
        more: the segment has more partners than are looked at.
        available: notify answered.
    """

    wanted: str = ""
    cap: str = "3"
    rows: tuple[Proposed, ...] | None = None
    chosen: int = 0
    passed: int = 0
    more: bool = False
    available: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)
    xlsx_url: str = ""
    csv_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    change: HistoryLine
    who: str


@dataclass(frozen=True, kw_only=True)
class SegmentPage:
    """
    Attributes:
        rows: the first of its partners.
        list_url: of all of them.
        history: newest first; None: it could not be read.
    """

    desk: Desk
    nav: tuple[Place, ...] = ()
    segment: SegmentView
    rows: tuple[PartnerRow, ...] | None = ()
    list_url: str = ""
    proposal: Proposal
    form: SegmentForm
    retire: Action
    history: tuple[Line, ...] | None = ()
