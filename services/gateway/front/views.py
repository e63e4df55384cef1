"""What the pages of an office's front room are told."""

from dataclasses import dataclass

from libs.contracts.directory import TenantRecord
from libs.contracts.reports.reads import ClarificationCard, StatsView
from services.gateway.web.views import Form


@dataclass(frozen=True, kw_only=True)
class OfficesPage:
    offices: tuple[TenantRecord, ...]


@dataclass(frozen=True, kw_only=True)
class HomePage:
    newest: tuple[ClarificationCard, ...] | None
    """None when reports does not answer."""
    week: StatsView | None = None
    """Where there were reports in it."""


@dataclass(frozen=True, kw_only=True)
class UnsubscribePage:
    form: Form | None
    """None when it is done, or was done before: then the page only says so."""
    subject: str
    """report (news of one report) or partner (requests to share)."""
