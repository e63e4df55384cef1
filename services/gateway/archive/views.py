"""What the pages of published answers are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from libs.contracts.registry.reads import OfficerView
from libs.contracts.reports.reads import ClarificationCard, ClarificationView, KnownCard, VersionView


@dataclass(frozen=True, kw_only=True)
class ClarificationsPage:
    rows: tuple[ClarificationCard, ...] | None
    """One keyset page; None when reports does not answer."""
    query: str = ""
    verdict: str = ""
    """Filter; empty means all."""
    total: int | None = None
    """Of this search, where it was counted."""
    newer_url: str = ""
    older_url: str = ""
    known: tuple[KnownCard, ...] = ()
    """Of other publishers, the first few."""
    known_url: str = ""
    """All of them."""


@dataclass(frozen=True, kw_only=True)
class KnownListPage:
    rows: tuple[KnownCard, ...] | None
    """One keyset page; None when reports does not answer."""
    query: str = ""
    total: int | None = None
    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownPage:
    answer: KnownCard
    counted: bool = False
    """This reader just said "Ya, ini yang saya terima"."""


@dataclass(frozen=True, kw_only=True)
class CorrectionsPage:
    rows: tuple[ClarificationCard, ...] | None
    older_url: str = ""


@dataclass(frozen=True, kw_only=True)
class ClarificationPage:
    answer: ClarificationView
    officers: Sequence[OfficerView] = ()
    """Who wrote and approved it, as far as registry said so."""
    site: str
    """Absolute address of the office's pages."""
    tag: str
    """Of its pictures: names what they show, so that they may be kept for ever."""
    counted: bool = False
    """This reader just said "Ya, ini yang saya terima"."""

    @property
    def url(self) -> str:
        """Absolute: for sharing and ClaimReview."""
        return f"{self.site}/clarifications/{self.answer.number}"

    @property
    def explanation(self) -> tuple[str, ...]:
        return paragraphs(self.answer.explanation)

    @property
    def author(self) -> str:
        return self._initials(self.answer.author)

    @property
    def approvers(self) -> tuple[str, ...]:
        return tuple(map(self._initials, self.answer.approvers))

    @property
    def correction(self) -> VersionView | None:
        last = self.answer.versions[-1] if self.answer.versions else None
        return last if last and last.change_note else None

    @property
    def whatsapp_url(self) -> str:
        return "https://wa.me/?text=" + quote(f"{self.answer.fact} {self.url}", safe="")

    def _initials(self, officer: str) -> str:
        """A full name only where the office set so and the officer agreed; then registry says it here."""
        return next((o.initials for o in self.officers if o.id == officer), "")


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in text.split("\n\n") if p.strip())
