"""What the office says of itself and how it works: each concern with its form, and the history of all."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.contracts.registry.reads import HistoryLine
from services.gateway.console.views import Action, Desk
from services.gateway.web.views import TenantView


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of one field: as it stands, and as it was typed."""

    field: str
    standing: str
    typed: str


@dataclass(frozen=True, kw_only=True)
class ConcernPage:
    desk: Desk
    concern: str
    """look, clocks or practice."""
    action: Action
    preview_url: str
    values: Mapping[str, str]
    """Of the form's fields: as they stand, or as typed where it comes back."""
    errors: Mapping[str, str]
    differences: tuple[Difference, ...] = ()
    previewed: bool = False
    """The differences, and the look, of what is not saved yet."""
    conflict: bool = False
    """Somebody changed it since: the differences are between theirs and what was typed."""
    look: TenantView | None = None
    """The office as its visitors would see it."""
    logo: str = ""
    """Where the picture is; empty: there is none."""
    logo_action: Action | None = None
    removal: Action | None = None

    def value(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    desk: Desk
    lines: tuple[HistoryLine, ...] | None
    names: Mapping[str, str]
    """Of officers by their id."""
