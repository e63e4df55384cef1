"""Reports that are answered one by one: aspirations, complaints, requests for information."""

from dataclasses import dataclass

from libs.contracts.reports.reads import ReportRow
from services.gateway.console.case.views import ReportLine
from services.gateway.console.views import Action, Desk, Filter


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    desk: Desk
    rows: tuple[ReportRow, ...] | None
    """None when the reports service did not answer."""
    filters: tuple[Filter, ...] = ()
    show: str = "unanswered"
    total: int = 0
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    desk: Desk
    report: ReportRow
    line: ReportLine
    answer: Action | None = None
    screen_out: Action | None = None
    settle: Action | None = None
    """What the reporter said since has been dealt with; None where there is nothing."""
