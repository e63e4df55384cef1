"""Partners of an office."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.contracts.directory import AgencyRecord
from libs.contracts.registry.reads import PartnerRow, PartnerView
from libs.kit.areas import Area
from services.gateway.console.views import Action, Desk, Filter


@dataclass(frozen=True)
class Place:
    """One of the pages about partners: its word, where it is, whether it is this one."""

    word: str
    url: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class PartnersPage:
    desk: Desk
    nav: tuple[Place, ...] = ()
    rows: tuple[PartnerRow, ...] = ()
    total: int = 0
    by_office: int = 0
    """Run by a public office; the others are independent."""
    filters: tuple[Filter, ...] = ()
    new_url: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What the list was asked for: `q`, `area`, `kind`, `state`, `platform`, `sort`, `show`."""
    areas: tuple[Area, ...] = ()
    platforms: tuple[str, ...] = ()
    found: int | None = None
    """How many there are; only the first page knows."""
    next_url: str = ""
    available: bool = True

    @property
    def query(self) -> str:
        return self.asked.get("q", "")

    @property
    def narrowed(self) -> bool:
        return any(self.asked.get(name) for name in ("q", "area", "kind", "state", "platform"))


@dataclass(frozen=True)
class Section:
    """A part of a partner's page: template `part_<template>.html`, and what it is told (`part` there)."""

    template: str
    view: object


@dataclass(frozen=True, kw_only=True)
class PartnerPage:
    desk: Desk
    partner: PartnerView
    nav: tuple[Place, ...] = ()
    sections: tuple[Section, ...] = ()
    beside: tuple[Section, ...] = ()
    edit_url: str = ""
    """Empty for whoever may not."""
    field_ids: Mapping[str, str] = field(default_factory=dict)
    """Field -> where it is, of the form that comes back."""


@dataclass(frozen=True, kw_only=True)
class PartnerForm:
    """What is known of a partner, to be written.

    Attributes:
        kind: which fields there are; empty: to be chosen first.
        places: districts with their villages; empty where the office's region has too many to choose from.
    """

    desk: Desk
    action: Action
    nav: tuple[Place, ...] = ()
    partner: PartnerView | None = None
    kind: str = ""
    kinds: tuple[tuple[str, str], ...] = ()
    """Kind, and the address of its form."""
    values: Mapping[str, str]
    errors: Mapping[str, str]
    region: str = ""
    """Code of the office's own area."""
    places: tuple[tuple[Area, tuple[Area, ...]], ...] = ()
    agencies: tuple[AgencyRecord, ...] = ()

    def value(self, name: str) -> str:
        return self.values.get(name, "")
