"""What the pages about files of partners are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.contracts.registry.import_reads import ImportRow, PartnerImportView
from services.gateway.console.partners.views import Place
from services.gateway.console.views import Action, Desk, Filter


@dataclass(frozen=True, kw_only=True)
class ImportsPage:
    desk: Desk
    nav: tuple[Place, ...]
    start: Action
    imports: tuple[PartnerImportView, ...] | None = ()
    """None when the registry does not answer."""
    max_megabytes: int
    max_rows: int


@dataclass(frozen=True, kw_only=True)
class Column:
    """One of the file. `letter`: as spreadsheets call it; `samples`: what stands in its first rows."""

    number: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    """
    Attributes:
        columns: where somebody is to say what they are.
        rows: those that are shown; None when they could not be read.
        shown: which of them, by what became of them.
        typed: what was typed into a form that comes back.
    """

    desk: Desk
    nav: tuple[Place, ...]
    file: PartnerImportView
    fields: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    map: Action
    run: Action
    stop: Action
    filters: tuple[Filter, ...] = ()
    shown: str = ""
    rows: tuple[ImportRow, ...] | None = ()
    next_url: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
