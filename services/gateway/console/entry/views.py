"""What the pages are told on which an officer enters a report."""

from dataclasses import dataclass

from libs.contracts.words import ReportKind
from services.gateway.console.views import Desk
from services.gateway.reporting.views import AskedPage


@dataclass(frozen=True, kw_only=True)
class EntryPage(AskedPage):
    desk: Desk
    kind: ReportKind
    intake: str
    post: bool = False
    """A post that the officer saw: its address is asked for, and no reporter."""
    url: str = ""
    """Of the post, as it was typed."""


@dataclass(frozen=True, kw_only=True)
class EnteredPage:
    """Number and code, to be handed over."""

    desk: Desk
    number: str
    code: str
    """Empty where it is not shown (any more)."""
    post: bool = False
    address: str
    """Where number and code open the report."""

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.code[i : i + 4] for i in range(0, len(self.code), 4))
