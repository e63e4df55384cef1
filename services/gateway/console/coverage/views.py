"""Where an office has community groups and partners."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from libs.contracts.registry.coverage import Standing
from services.gateway.console.partners.views import Place
from services.gateway.console.views import Desk

DENSE = 60
"""Villages above which districts are closed: what lies open would be eight screens of a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An area and whether it has a group of its own.

    Attributes:
        until: last day of the term, over or not; None: nobody has said, or there never was one.
        url: of the groups there.
    """

    code: str
    title: str
    standing: Standing
    until: date | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """
    Attributes:
        own: the group of the district itself.
        partners: kind -> how many are active there.
        silent: those of them that let everything pass; None: not known now.
        url: of the partners there.
    """

    own: Tile
    name: str
    tiles: tuple[Tile, ...]
    partners: tuple[tuple[str, int], ...]
    silent: int | None
    url: str

    def count(self, standing: str) -> int:
        return count(self.tiles, standing)

    @property
    def reached(self) -> int:
        return sum(number for _, number in self.partners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    name: str
    kind: str
    area: str
    url: str


@dataclass(frozen=True, kw_only=True)
class CoveragePage:
    """
    Attributes:
        at: when it was read; None: it could not be read, now or before.
        own: the group of the whole region.
        partners: of the whole region, each once.
        unplaced: groups of a village that name none.
        silent: the first of them; `silent_count`: of all. None: not known now.
        exports: of what -> addresses as XLSX and as CSV.
    """

    desk: Desk
    nav: tuple[Place, ...] = ()
    at: datetime | None = None
    own: Tile | None = None
    districts: tuple[District, ...] = ()
    partners: tuple[tuple[str, int], ...] = ()
    unplaced: int = 0
    silent: tuple[Silent, ...] = ()
    silent_count: int | None = None
    exports: tuple[tuple[str, str, str], ...] = ()

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for district in self.districts for tile in district.tiles)

    @property
    def dense(self) -> bool:
        return len(self.tiles) > DENSE

    def count(self, standing: str) -> int:
        return count(self.tiles, standing)

    @property
    def kept(self) -> int:
        return len(self.tiles) - self.count(Standing.NONE)

    @property
    def emptiest(self) -> str:
        """The district with the largest share of villages without a group; empty where all have one."""
        lacking = [one for one in self.districts if one.count(Standing.NONE)]
        return max(lacking, key=lambda one: one.count(Standing.NONE) / len(one.tiles)).name if lacking else ""


def count(tiles: Iterable[Tile], standing: str) -> int:
    return sum(tile.standing == standing for tile in tiles)
