"""Partners of an office."""

from dataclasses import dataclass

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.reads import PartnerRow
from services.gateway.console.views import Desk, Filter


@dataclass(frozen=True, kw_only=True)
class PartnersPage:
    desk: Desk
    rows: tuple[PartnerRow, ...] = ()
    total: int = 0
    by_office: int = 0
    """Run by a public office; the others are independent."""
    filters: tuple[Filter, ...] = ()
    query: str = ""
    next_url: str = ""
    available: bool = True


@dataclass(frozen=True, kw_only=True)
class PartnerPage:
    desk: Desk
    partner: PartnerRow
    answers: tuple[AssignmentView, ...] | None = ()
    """None when notify did not answer."""
