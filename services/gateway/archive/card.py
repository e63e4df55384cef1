"""Pictures of a published answer, to be passed on: 4:5 for a chat, 1200 × 630 for the preview of a link.

The fact is large, the claim small and banded, the verdict sits on the claim. A template draws them as SVG, resvg makes
the PNG with the fonts beside this file: chat programs take no SVG. Labels are Indonesian as the fact is, whoever asks.
"""

import asyncio
import hashlib
import io
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import resvg_py
from PIL import Image, ImageFont

from libs.contracts.reports.reads import ClarificationView
from libs.kit.calendar import Zone, local_day, long_date
from libs.kit.signs import plain
from libs.runtime.errors import Unavailable
from services.gateway.archive.views import paragraphs
from services.gateway.web.views import TenantView

FONTS = Path(__file__).parent / "fonts"
_FILES = sorted(str(path) for path in FONTS.glob("*.ttf"))
TEMPLATE = "archive/card.svg"
EM = 1000
COLOURS = 48

BRANDS = {"": "#0B5563", "nila": "#27406F", "kopi": "#5C4326", "batu": "#37474F"}

VERDICTS = {
    "false": ("#A3212B", "#FBE9E9"),
    "scam": ("#7A1F5C", "#F8E7F2"),
    "misleading": ("#9A4A00", "#FFF0DC"),
    "true": ("#1B6B3A", "#E4F3E9"),
    "unproven": ("#4A5A63", "#EBEFF1"),
    "needs_context": ("#1F4E9E", "#E6EEFA"),
    "satire": ("#5B3FA0", "#EEE9F9"),
    "not_checkable": ("#3A4248", "#FFFFFF"),
}


class Shape(StrEnum):
    CARD = "card"
    """1080 × 1350: what is downloaded and passed on."""
    SMALL = "small"
    """The same at 432 × 540: what the page itself shows; the whole one would be half of the page's weight."""
    LINK = "link"
    """1200 × 630: what chat programs show of a link."""


SIZES = {Shape.CARD: (1080, 1350), Shape.SMALL: (432, 540), Shape.LINK: (1200, 630)}


@dataclass(frozen=True, slots=True)
class Lines:
    """Text set in lines, from `x`; `at[n]` is the base line of the n-th. Pixels."""

    text: tuple[str, ...]
    size: int
    leading: int
    x: int = 0
    first: int = 0

    @property
    def at(self) -> tuple[tuple[int, str], ...]:
        return tuple((self.first + n * self.leading, line) for n, line in enumerate(self.text))

    @property
    def last(self) -> int:
        """Base line of the last one."""
        return self.first + max(0, len(self.text) - 1) * self.leading


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that a picture shows. Equal subjects are one picture."""

    number: str
    version: int
    at: datetime
    fact: str
    claim: str
    verdict: str
    why: str
    address: str
    monogram: str
    government: str
    name: str
    theme: str
    zone: Zone


@dataclass(frozen=True, kw_only=True)
class CardView:
    shape: str
    brand: str
    verdict: str
    ink: str
    tint: str
    verdict_width: int
    note_fits: bool
    monogram: str
    government: Lines
    name: Lines
    fact: Lines
    why: Lines
    claim: Lines
    number: str
    foot: Lines


def subject(answer: ClarificationView, tenant: TenantView, site: str) -> Subject:
    """
    Args:
        site: absolute address of the office's pages.
    """
    why, *_ = (*paragraphs(answer.explanation), "")
    return Subject(
        number=answer.number,
        version=answer.version,
        at=answer.versions[-1].at if answer.versions else answer.published_at,
        fact=answer.fact,
        claim=answer.claim,
        verdict=answer.verdict,
        why=re.sub(r"\s*\[\d{1,2}\]", "", why),
        address=site.partition("://")[2],
        monogram=tenant.monogram,
        government=tenant.government,
        name=tenant.name,
        theme=tenant.theme,
        zone=tenant.zone,
    )


def laid_out(about: Subject, shape: Shape, verdict_word: str, note: str) -> CardView:
    """Where each line stands. A text that fits at no size is cut, with an ellipsis; nothing runs over."""
    wide = shape is Shape.LINK
    on_band = 1000 if wide else 830
    if wide:
        government = _set(about.government, 400, sizes=(24,), lines=1, width=960, x=152, first=68)
        name = _set(about.name, 700, sizes=(34,), lines=1, width=960, x=152, first=106)
        fact = _set(about.fact, 700, sizes=(60, 52, 46, 40), lines=(2, 3, 3, 4), width=1072, x=64, spacing=-0.022)
        fact = replace(fact, first=204 + fact.size)
        why = _NOTHING
        claim = _set(f"“{drawable(about.claim)}”", 400, sizes=(28,), lines=1, width=on_band, x=124, first=504)
        foot = _NOTHING
    else:
        government = _set(about.government, 400, sizes=(27,), lines=1, width=824, x=184, first=98)
        name = _set(about.name, 700, sizes=(38,), lines=1, width=824, x=184, first=142)
        fact = _set(about.fact, 700, sizes=(88, 76, 64, 54), lines=(3, 4, 4, 5), width=936, x=72, spacing=-0.022)
        fact = replace(fact, first=324 + fact.size)
        room = 800 - (fact.last + 88 - fact.size)
        most = tuple(max(0, (room - 20) // leading) for leading in (58, 50))
        why = _set(about.why, 400, sizes=(42, 36), lines=most, width=936, x=72)
        why = replace(why, first=fact.last + 36 + why.size)
        claim = _set(f"“{drawable(about.claim)}”", 400, sizes=(32,), lines=2, width=on_band, x=144, first=990)
        dated = long_date(local_day(about.at, about.zone), "id")
        dated = f"Versi {about.version}, {dated} · {about.address}"
        foot = _set(dated, 400, sizes=(26,), lines=1, width=936, x=72, first=1314)
    size, around = (32, 84) if wide else (36, 92)
    verdict_width = round(around + _measure(verdict_word, 800) * size + len(verdict_word))
    ink, tint = VERDICTS.get(about.verdict, VERDICTS["not_checkable"])
    return CardView(
        shape=Shape.LINK if wide else Shape.CARD,
        brand=BRANDS.get(about.theme, BRANDS[""]),
        verdict=about.verdict,
        ink=ink,
        tint=tint,
        verdict_width=verdict_width,
        note_fits=bool(note) and verdict_width + 24 + _measure(note, 600) * (26 if wide else 30) <= on_band,
        monogram="".join(_set(about.monogram, 700, sizes=(36,), lines=1, width=80).text),
        government=government,
        name=name,
        fact=fact,
        why=why,
        claim=claim,
        number=about.number,
        foot=foot,
    )


_NOTHING = Lines((), 0, 0)


def _set(
    text: str,
    weight: int,
    *,
    sizes: tuple[int, ...],
    lines: int | tuple[int, ...],
    width: int,
    x: int = 0,
    first: int = 0,
    spacing: float = 0,
) -> Lines:
    """The largest size at which the text fits; at the smallest one it is cut.

    Args:
        lines: how many there may be, at each of the sizes.
        spacing: between letters, in ems.
    """
    shown = drawable(text)
    allowed = lines if isinstance(lines, tuple) else (lines,) * len(sizes)
    kept: tuple[str, ...] = ()
    for size, most in zip(sizes, allowed, strict=True):
        ems = width / size
        kept = tuple(_wrap(shown, weight, ems, spacing))
        if len(kept) <= most:
            break
    else:
        kept = kept[:most]
        kept = (*kept[:-1], _cut(kept[-1], weight, ems, spacing)) if kept else ()
    return Lines(kept, size, round(size * (1.38 if weight == 400 else 1.16)), x, first)


def _wrap(text: str, weight: int, ems: float, spacing: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if _measure(longer, weight, spacing) <= ems:
            line = longer
            continue
        if line:
            yield line
        line = word
        while _measure(line, weight, spacing) > ems:
            head = _longest(line, lambda part: _measure(part, weight, spacing) <= ems)
            yield head
            line = line[len(head) :]
    if line:
        yield line


def _longest(word: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of a word that fits, at least one letter; no letter is parted from its marks."""
    end = next((n for n in range(len(word), 1, -1) if fits(word[:n])), 1)
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    return word[:end]


def _cut(line: str, weight: int, ems: float, spacing: float) -> str:
    while line and _measure(f"{line}…", weight, spacing) > ems:
        shorter = line.rpartition(" ")[0]
        line = shorter or line[:-1]
    return f"{line.rstrip(' ,.;:')}…"


def drawable(text: str) -> str:
    """The text as our fonts can draw it: one line, no controls, no direction marks; a word in a script that we have no
    font for becomes an ellipsis, a sign (an emoji) is left out."""
    kept = []
    for character in unicodedata.normalize("NFC", plain(text)):
        kind = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif kind in ("Cc", "Cf", "Cs", "Co", "Cn") or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
            continue
        elif _has(character):
            kept.append(character)
        elif kind[0] in "LN":
            kept.append("…")
    return " ".join(re.sub("…[…\\s]*…", "…", "".join(kept)).split())


def _measure(text: str, weight: int, spacing: float = 0) -> float:
    """Width in ems."""
    return sum(_word(part, weight) for part in re.split(r"(\s+)", text)) / EM + spacing * len(text)


@lru_cache(maxsize=4096)
def _word(word: str, weight: int) -> float:
    ours = _characters(weight)
    return sum(
        _font(weight if in_ours else 0).getlength("".join(run))
        for in_ours, run in groupby(word, key=lambda character: character in ours)
    )


@cache
def _font(weight: int) -> ImageFont.FreeTypeFont:
    name = f"plus-jakarta-sans-{weight}.ttf" if weight else "dejavu-sans-further.ttf"
    return ImageFont.truetype(str(FONTS / name), EM)


@cache
def _characters(weight: int) -> frozenset[str]:
    """What a font holds; 0 is the one for the rest."""
    listed = (FONTS / ("plus-jakarta-sans.txt" if weight else "dejavu-sans-further.txt")).read_text()
    return frozenset(chr(int(code, 16)) for code in listed.split())


def _has(character: str) -> bool:
    return character in _characters(700) or character in _characters(0)


class Cards:
    """Draws in a thread, one picture at a time, and keeps the last ones: about 60 kB each.

    Measured: 0.1 to 0.2 s of one core a picture, nothing once it is kept.
    """

    KEPT = 120
    WAITING = 12
    """Pictures asked for and not drawn yet; about two seconds of work. Who comes then is told to come again."""

    def __init__(self, render: Callable[[CardView], str], words: Callable[[str], tuple[str, str]], look: str) -> None:
        """
        Args:
            render: the template.
            words: verdict -> its word and what it says.
            look: the template's text.
        """
        self._render = render
        self._words = words
        self._look = hashlib.sha256(look.encode() + Path(__file__).read_bytes()).hexdigest()
        self._kept: OrderedDict[tuple[Shape, Subject], bytes] = OrderedDict()
        self._drawing: dict[tuple[Shape, Subject], asyncio.Task[bytes]] = {}
        self._one = asyncio.Semaphore(1)

    def tag(self, about: Subject) -> str:
        """Names this picture of this answer: equal tags, equal pictures."""
        return hashlib.sha256(f"{self._look}|{about!r}".encode()).hexdigest()[:16]

    async def png(self, about: Subject, shape: Shape) -> bytes:
        """
        Raises:
            Unavailable: too many wait to be drawn.
        """
        key = (shape, about)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawing = self._drawing.get(key)
        if drawing is None:
            if len(self._drawing) >= self.WAITING:
                raise Unavailable("card")
            drawing = self._drawing[key] = asyncio.create_task(self._drawn(key))
        # Whoever gives up waiting does not take the picture from the others.
        return await asyncio.shield(drawing)

    async def _drawn(self, key: tuple[Shape, Subject]) -> bytes:
        shape, about = key
        try:
            async with self._one:
                drawn = await asyncio.to_thread(self.draw, about, shape)
            self._kept[key] = drawn
            while len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
            return drawn
        finally:
            del self._drawing[key]

    def svg(self, about: Subject, shape: Shape) -> str:
        return self._render(laid_out(about, shape, *self._words(about.verdict)))

    def draw(self, about: Subject, shape: Shape) -> bytes:
        width, height = SIZES[shape]
        png = resvg_py.svg_to_bytes(
            svg_string=self.svg(about, shape), width=width, height=height, skip_system_fonts=True, font_files=_FILES
        )
        # Few colours and their edges: a palette takes a third of the bytes, and nobody sees the difference.
        drawn = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small = io.BytesIO()
        drawn.save(small, "PNG", optimize=True)
        return small.getvalue()
