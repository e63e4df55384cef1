"""Areas as people write them in a table: a code in whatever shape, or names with those around them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from libs.kit import areas
from libs.kit.areas import Area, Level


class NotAPlace(ValueError):
    """
    Attributes:
        code: area_unknown, area_outside or area_ambiguous.
        candidates: codes that it may mean.
    """

    def __init__(self, code: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.candidates = candidates


MOST_CANDIDATES = 6
_KINDS = {
    Level.VILLAGE: r"kel(?:urahan)?|desa|ds|gampong|nagari|pekon",
    Level.DISTRICT: r"kec(?:amatan)?|distrik",
    Level.REGENCY: r"kab(?:upaten)?|kota|kotamadya",
    Level.PROVINCE: r"prov(?:insi)?|propinsi",
}
_WITH_KIND = [(level, re.compile(rf"(?:{words})(?:\.\s*|\s+)(?=\w)", re.IGNORECASE)) for level, words in _KINDS.items()]
_SEPARATORS = re.compile(
    r"[,;/|()\n]+|\s[-–]\s|(?<=\w)\s+(?=(?:kec|kab|kel|desa|prov|kecamatan|kelurahan)\b\.?\s)", re.IGNORECASE
)
_DIGITS = re.compile(r"\d{2}|\d{4}|\d{6}|\d{10}")
_DOTTED = re.compile(r"(\d\d)\.(\d{1,2})(?:\.(\d{1,2})(?:\.(\d{4}))?)?")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    level: Level | None = None


def code_of(text: str) -> str | None:
    """A code with its dots, where the text is one: with other signs between, without any ("3274051003"), or as a
    spreadsheet leaves a number of it ("32.1" for 32.10)."""
    written = text.strip().replace(" ", "").replace("-", ".").replace("/", ".")
    if _DIGITS.fullmatch(written):
        cuts = (2, 4, 6, 10)
        parts = [written[a:b] for a, b in zip((0, *cuts), cuts, strict=False) if len(written) >= b]
        return ".".join(parts)
    dotted = _DOTTED.fullmatch(written)
    if dotted is None:
        return None
    # A number drops the noughts at its end: 32.1 was 32.10.
    two = [dotted[1], dotted[2].ljust(2, "0")] + ([dotted[3].zfill(2)] if dotted[3] else [])
    return ".".join([*two, dotted[4]] if dotted[4] else two)


@lru_cache(maxsize=8_192)
def resolved(text: str, *, region: str, level: Level | None = None) -> str:
    """Code of the area of a region that a text names.

    Args:
        level: what kind of area the column says it is.

    Raises:
        NotAPlace: none of them, one that lies elsewhere, or several.
    """
    code = code_of(text)
    if code is not None:
        if not areas.exists(code):
            raise NotAPlace("area_unknown")
        if not areas.is_within(code, region):
            raise NotAPlace("area_outside")
        return code
    parts = [part for part in (_part(piece) for piece in _SEPARATORS.split(text)) if part.name]
    if not parts:
        raise NotAPlace("area_unknown")
    if level is not None and parts[0].level is None:
        parts[0] = _Part(parts[0].name, level)
    return _one_of(parts, region)


@lru_cache(maxsize=8_192)
def village_in(village: str, district: str, *, region: str) -> str:
    """As `resolved`, of two columns."""
    outer = resolved(district, region=region, level=Level.DISTRICT)
    if code_of(village) is not None:
        return resolved(village, region=outer)
    try:
        return _one_of([_Part(_part(village).name, Level.VILLAGE)], outer)
    except NotAPlace as error:
        if error.code != "area_unknown":
            raise
    # In another district of the same region: both are told, for one of the two cells is wrong.
    elsewhere = _fitting([_Part(_part(village).name, Level.VILLAGE)], region)
    raise NotAPlace("area_contradicts" if elsewhere else "area_unknown", elsewhere[:MOST_CANDIDATES])


def _part(piece: str) -> _Part:
    text = " ".join(piece.split())
    for level, pattern in _WITH_KIND:
        said = pattern.match(text)
        if said:
            # A regency's kind is part of its name: there is a Kota and a Kabupaten Cirebon.
            return _Part(_folded(text if level is Level.REGENCY else text[said.end() :]), level)
    return _Part(_folded(text))


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in text if c.isalnum())
    return re.sub(r"^(?:kabupaten|kab)(?=[a-z])", "kabupaten", letters) if letters.startswith("kab") else letters


def _one_of(parts: list[_Part], region: str) -> str:
    found = _fitting(parts, region)
    if not found:
        raise NotAPlace("area_outside" if _is_elsewhere(parts, region) else "area_unknown")
    if len(found) > 1:
        raise NotAPlace("area_ambiguous", found[:MOST_CANDIDATES])
    return found[0]


def _fitting(parts: list[_Part], region: str) -> tuple[str, ...]:
    """Areas of a region that bear the first name and lie in what the further ones name."""
    wanted, *around = parts
    found = []
    for area in _names_in(region).get(wanted.name, ()):
        if wanted.level is not None and area.level is not wanted.level:
            continue
        names = {_folded(outer.name) for outer in areas.parents(area.code)}
        names |= {name.removeprefix("kabupaten").removeprefix("kota") for name in names}
        if all(part.name in names for part in around):
            found.append(area.code)
    return tuple(found)


def _is_elsewhere(parts: list[_Part], region: str) -> bool:
    """A regency or province that is not the region: districts of others are mostly not shipped."""
    return any(
        not areas.is_within(area.code, region) and not areas.is_within(region, area.code)
        for part in parts
        for area in _names_above().get(part.name, ())
    )


@lru_cache(maxsize=64)
def _names_in(region: str) -> Mapping[str, tuple[Area, ...]]:
    return _by_name(area for area in areas.everywhere() if areas.is_within(area.code, region))


@lru_cache(maxsize=1)
def _names_above() -> Mapping[str, tuple[Area, ...]]:
    return _by_name(a for a in areas.everywhere() if a.level in (Level.PROVINCE, Level.REGENCY))


def _by_name(found: Iterable[Area]) -> Mapping[str, tuple[Area, ...]]:
    names: dict[str, list[Area]] = defaultdict(list)
    for area in found:
        names[_folded(area.name)].append(area)
    return {name: tuple(same) for name, same in names.items()}
