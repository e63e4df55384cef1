"""Which areas have a live community group, and how many partners are where. Pure: days and partners come in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from libs.contracts.registry.coverage import DistrictCoverage, Kept, Standing
from libs.contracts.registry.profile import GroupLevel
from libs.kit import areas
from libs.kit.areas import Level

SOON = timedelta(days=60)
"""Before its end a term is "expiring": the first of the reminders that an office gets."""
_WIDTH = {GroupLevel.REGENCY: 5, GroupLevel.DISTRICT: 8, GroupLevel.VILLAGE: 13}
"""Characters of a code of this level."""


@dataclass(frozen=True, slots=True)
class Group:
    """A community group at work.

    Attributes:
        areas: its own first.
        level: as its decree says; empty: that of its areas.
        until: last day of its term; None: nobody has said.
    """

    areas: tuple[str, ...]
    level: str = ""
    until: date | None = None

    @property
    def keeps(self) -> frozenset[str]:
        """The areas whose group it is: a district's group meets in a village, and is the district's nevertheless."""
        if self.level not in set(GroupLevel):
            return frozenset(self.areas)
        width = _WIDTH[GroupLevel(self.level)]
        return frozenset(code[:width] for code in self.areas if len(code) >= width)


def standing_of(until: date | None, today: date) -> Standing:
    """The last day of a term is included."""
    if until is None:
        return Standing.LIVE
    if until < today:
        return Standing.NONE
    return Standing.EXPIRING if until - today <= SOON else Standing.LIVE


def kept(code: str, groups: Iterable[Group], today: date) -> Kept:
    """By the group that stays longest; one whose term nobody has said stays longest of all."""
    found = tuple(groups)
    if not found:
        return Kept(code=code)
    until = None if any(g.until is None for g in found) else max(g.until for g in found if g.until is not None)
    return Kept(
        code=code,
        standing=standing_of(until, today),
        until=until.isoformat() if until is not None else "",
        groups=sum(standing_of(g.until, today) is not Standing.NONE for g in found),
    )


Reach = Mapping[tuple[str, tuple[str, ...]], int]
"""Kind and areas of partners -> how many there are."""


def by_kind(reach: Reach, code: str) -> Mapping[str, int]:
    """Partners of an area and of those inside it, each once."""
    found: Counter[str] = Counter()
    for (kind, places), count in reach.items():
        if any(areas.is_within(place, code) for place in places):
            found[kind] += count
    return dict(sorted(found.items()))


def districts_of(region: str) -> Sequence[areas.Area]:
    """Those of a regency, or of all regencies of a province whose districts are known."""
    if not areas.exists(region):
        return ()
    regencies = areas.children(region) if areas.find(region).level is Level.PROVINCE else (areas.find(region),)
    return tuple(district for regency in regencies for district in areas.children(regency.code))


def district_coverage(region: str, groups: Sequence[Group], reach: Reach, today: date) -> tuple[DistrictCoverage, ...]:
    keeping: dict[str, list[Group]] = {}
    for group in groups:
        for code in group.keeps:
            keeping.setdefault(code, []).append(group)
    return tuple(
        DistrictCoverage(
            **kept(district.code, keeping.get(district.code, ()), today).model_dump(),
            villages=tuple(
                kept(village.code, keeping.get(village.code, ()), today) for village in areas.children(district.code)
            ),
            partners=by_kind(reach, district.code),
        )
        for district in districts_of(region)
    )


def unplaced(groups: Iterable[Group], today: date) -> int:
    """Live groups that are counted nowhere, because their areas are wider than their level."""
    return sum(not group.keeps and standing_of(group.until, today) is not Standing.NONE for group in groups)
