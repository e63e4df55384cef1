"""What the officers' page of other publishers' answers is told."""

from dataclasses import dataclass

from libs.contracts.reports.reads import ImportView, KnownCard
from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class Entry:
    card: KnownCard
    withdraw: Action | None = None
    """None: it is of the archive that all offices share."""


@dataclass(frozen=True, kw_only=True)
class ArchivePage:
    desk: Desk
    rows: tuple[Entry, ...] | None = ()
    """One keyset page; None when reports does not answer."""
    total: int = 0
    query: str = ""
    next_url: str = ""
    imports: tuple[ImportView, ...] | None = ()
    start: Action
    publisher: str = ""
    """As typed, when the form comes back."""
    max_megabytes: int
