"""Indonesia's administrative areas by their Kemendagri codes.

All provinces and regencies; districts and villages of the regencies that use Simpul. The data is under the ODbL
(`data/areas/README.md`); it is read at the first question, about 2,000 rows.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Level(StrEnum):
    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


_LEVELS = {2: Level.PROVINCE, 5: Level.REGENCY, 8: Level.DISTRICT, 13: Level.VILLAGE}
_SOURCE = Path(__file__).with_name("data") / "areas" / "areas.csv"
_CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)


class UnknownArea(LookupError):
    """No area has this code, or its regency's districts and villages are not shipped."""

    code = "area_unknown"


@dataclass(frozen=True, slots=True)
class Area:
    """One area.

    Attributes:
        code: "32", "32.74", "32.74.05" or "32.74.05.1003".
        name: "Jawa Barat", "Kota Cirebon", "Kesambi": with its kind for regencies, as the ministry writes it.
    """

    code: str
    name: str

    @property
    def level(self) -> Level:
        return _LEVELS[len(self.code)]

    @property
    def title(self) -> str:
        """The name with its kind: "Kec. Kesambi", "Kel. Drajat", "Desa Jatiwangi", "Kota Cirebon"."""
        match self.level:
            case Level.DISTRICT:
                return f"Kec. {self.name}"
            case Level.VILLAGE:
                # In the fourth part, 1… counts kelurahan and 2… desa.
                return f"{'Kel.' if self.code[9] == '1' else 'Desa'} {self.name}"
        return self.name


def is_code(text: str) -> bool:
    """Whether the text has the shape of a code; it need not exist."""
    return _CODE.fullmatch(text) is not None


def parent_code(code: str) -> str | None:
    return code.rpartition(".")[0] or None


def find(code: str) -> Area:
    """
    Raises:
        UnknownArea: no area of ours has this code.
    """
    try:
        return _areas()[code]
    except KeyError:
        raise UnknownArea(code) from None


def exists(code: str) -> bool:
    return code in _areas()


def title_of(code: str | None) -> str:
    """What a page calls the area: its title, or the code as it came where no area of ours has it."""
    if not code:
        return ""
    return find(code).title if exists(code) else code


def children(code: str) -> tuple[Area, ...]:
    """The areas one level below, in the order of their codes; none for a village or an unknown code."""
    return _children().get(code, ())


def provinces() -> tuple[Area, ...]:
    return _children()[None]


def parents(code: str) -> tuple[Area, ...]:
    """The areas above, the nearest first."""
    above = []
    outer = parent_code(code)
    while outer:
        above.append(find(outer))
        outer = parent_code(outer)
    return tuple(above)


def is_within(code: str, outer: str) -> bool:
    """Whether an area is another or lies in it. Reads the codes only."""
    return code == outer or code.startswith(f"{outer}.")


def concerns(area: str, places: Iterable[str]) -> bool:
    """Whether an area is one of some places, lies in one of them or around one."""
    return any(is_within(area, place) or is_within(place, area) for place in places)


def places_of(area: str | None, claim: str, *, region: str) -> tuple[str, ...]:
    """Where a claim matters: in the area of its case, or in the whole region, and in what it names there."""
    return (area or region, *named(claim, region))


def named(text: str, outer: str) -> tuple[str, ...]:
    """The districts of a region, and then the villages, that a text names.

    Many bear the name of an ordinary word (Perak, Maja, Rawa), or of the area around them, which is meant then. So the
    name counts after its kind ("Kec. Maja", "Kelurahan Kecapi"); alone, a district's where it is written as a name or
    is too long for a word, and a village's where it is long and written as a name in the middle of a sentence.
    """
    return tuple(code for code, pattern in _names_within(outer) if pattern.search(text))


LONG_VILLAGE, LONG_DISTRICT = 6, 8
"""Letters. Shorter names are words of the language too often; a guess, from reading the 1,424 names that we have."""


@cache
def _names_within(outer: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    districts = children(outer)
    regency = re.sub(r"^(?:Kota|Kabupaten) ", "", find(outer).name) if exists(outer) else ""
    taken = {regency, *(district.name for district in districts)}
    villages = [village for district in districts for village in children(district.code)]
    return (
        *((district.code, _naming(district, alone=district.name != regency)) for district in districts),
        *((village.code, _naming(village, alone=village.name not in taken)) for village in villages),
    )


def _naming(area: Area, *, alone: bool) -> re.Pattern[str]:
    name = r"\s+".join(map(re.escape, area.name.split()))
    is_district = area.level is Level.DISTRICT
    kind = "kec(?:amatan|\\.)?" if is_district else "(?:kel(?:urahan|\\.)?|desa|ds\\.?)"
    ways = [rf"(?i:\b{kind}\s*{name})(?!\w)"]
    if alone and is_district:
        ways.append(rf"(?i:\b{name})(?!\w)" if len(area.name) >= LONG_DISTRICT else rf"\b{name}(?!\w)")
    elif alone and len(area.name) >= LONG_VILLAGE:
        ways.append(rf"(?<=[a-z0-9,;:)”\"] ){name}(?!\w)")
    return re.compile("|".join(ways))


def facets(code: str) -> tuple[str, ...]:
    """The code and those of all areas around it, for a list that is filtered by any of them. Reads the codes only."""
    around = parent_code(code)
    return (code, *facets(around)) if around else (code,)


def described(code: str, *, up_to: Level = Level.REGENCY) -> str:
    """As in "Kel. Drajat, Kec. Kesambi, Kota Cirebon": the area with those around it, up to a level."""
    around = [find(code), *parents(code)]
    shown = [area for area in around if len(area.code) >= _WIDTH[up_to]]
    return ", ".join(area.title for area in shown or around[:1])


_WIDTH = {level: width for width, level in _LEVELS.items()}


def everywhere() -> tuple[Area, ...]:
    """Every area that is shipped, in the order of the codes."""
    return tuple(_areas().values())


@cache
def _areas() -> dict[str, Area]:
    with _SOURCE.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: Area(row["code"], row["name"]) for row in csv.DictReader(rows)}


@cache
def _children() -> dict[str | None, tuple[Area, ...]]:
    below: dict[str | None, list[Area]] = defaultdict(list)
    for area in _areas().values():
        below[parent_code(area.code)].append(area)
    return {code: tuple(areas) for code, areas in below.items()}
