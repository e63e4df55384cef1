"""The share card: 4:5, 1080 × 1350, one SVG that carries its own font.

The fact is large, the claim small and banded, the verdict sits on the claim.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from libs.kit.signs import plain
from services.gateway.web.assets import STATIC
from services.gateway.web.views import ClarificationPage, TenantView

WIDTH = 936
"""Between the margins, in pixels."""
CLAIM_WIDTH = 830

_REGULAR = (
    170, 282, 395, 790, 646, 974, 734, 245, 295, 295, 479, 606, 270, 498, 286, 429, 732, 371, 600, 609, 630, 616,
    597, 543, 628, 597, 286, 306, 606, 606, 606, 499, 929, 652, 693, 781, 742, 612, 581, 821, 736, 256, 383, 654,
    531, 836, 736, 878, 643, 878, 641, 646, 512, 700, 652, 984, 597, 623, 584, 315, 429, 315, 606, 598, 352, 572,
    667, 600, 667, 615, 393, 662, 573, 229, 229, 548, 229, 908, 573, 655, 667, 667, 338, 509, 388, 573, 517, 797,
    487, 536, 449, 317, 300, 317, 606,
)  # fmt: skip
_BOLD = (
    178, 371, 498, 915, 647, 1046, 793, 311, 379, 379, 540, 660, 357, 600, 378, 506, 708, 403, 597, 611, 654, 615,
    602, 559, 632, 602, 378, 398, 660, 660, 660, 583, 927, 712, 691, 774, 740, 595, 586, 808, 733, 279, 393, 679,
    543, 893, 741, 878, 648, 878, 661, 647, 542, 718, 697, 1020, 661, 660, 571, 416, 506, 416, 660, 663, 381, 580,
    672, 608, 672, 612, 406, 652, 593, 252, 252, 577, 252, 924, 593, 652, 672, 672, 374, 514, 413, 593, 566, 883,
    558, 586, 481, 398, 395, 398, 660,
)  # fmt: skip
"""Advance widths of the characters 32 to 126 in thousandths of an em, read from the font we ship (weights 400, 700)."""

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


@dataclass(frozen=True, slots=True)
class Lines:
    """Text set in lines. `size` in pixels; the n-th line (from 0) stands `n * leading` below the first."""

    text: tuple[str, ...]
    size: int
    leading: int


@dataclass(frozen=True, kw_only=True)
class CardView:
    brand: str
    verdict: str
    ink: str
    tint: str
    verdict_width: int
    fact: Lines
    why: Lines
    claim: Lines
    number: str
    version: int
    at: datetime
    address: str
    font: str
    """woff2, base64."""


def card(view: ClarificationPage, tenant: TenantView, verdict_word: str) -> CardView:
    fact = _set(view.row.fact, _BOLD, sizes=(88, 76, 64, 54), lines=(3, 4, 4, 5), width=WIDTH, spacing=-0.022)
    room = 800 - (412 + (len(fact.text) - 1) * fact.leading)
    why = _set(
        view.explanation[0] if view.explanation else "",
        _REGULAR,
        sizes=(42, 36),
        lines=(max(0, (room - 20) // 58), max(0, (room - 20) // 50)),
        width=WIDTH,
    )
    ink, tint = VERDICTS.get(view.row.verdict, VERDICTS["not_checkable"])
    return CardView(
        brand=BRANDS.get(tenant.theme, BRANDS[""]),
        verdict=view.row.verdict,
        ink=ink,
        tint=tint,
        verdict_width=92 + round(_measure(verdict_word, _BOLD) * 36 * 1.04 + len(verdict_word)),
        fact=fact,
        why=why,
        claim=_set(f"“{view.row.claim}”", _REGULAR, sizes=(32,), lines=(2,), width=CLAIM_WIDTH),
        number=view.row.number,
        version=view.version,
        at=view.versions[-1].at if view.versions else view.row.published_at,
        address=view.url.partition("://")[2].partition("/clarifications/")[0],
        font=_font(),
    )


def _set(
    text: str,
    widths: tuple[int, ...],
    *,
    sizes: tuple[int, ...],
    lines: tuple[int, ...],
    width: int,
    spacing: float = 0,
) -> Lines:
    """The largest size at which the text fits; at the smallest one it is cut, with an ellipsis."""
    text = plain(text)
    for size, most in zip(sizes, lines, strict=True):
        broken = tuple(_wrap(text, widths, width / size, spacing))
        if len(broken) <= most:
            return Lines(broken, size, round(size * 1.16 if size > 50 else size * 1.38))
    kept = broken[:most]
    if kept:
        kept = (*kept[:-1], _cut(kept[-1], widths, width / size, spacing))
    return Lines(kept, size, round(size * 1.16 if size > 50 else size * 1.38))


def _wrap(text: str, widths: tuple[int, ...], ems: float, spacing: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _measure(longer, widths, spacing) > ems:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _cut(line: str, widths: tuple[int, ...], ems: float, spacing: float) -> str:
    while line and _measure(f"{line}…", widths, spacing) > ems:
        line = line.rpartition(" ")[0]
    return f"{line.rstrip(' ,.;:')}…"


def _measure(text: str, widths: tuple[int, ...], spacing: float = 0) -> float:
    """Width in ems. A character outside the table counts as a wide one, so that a line is rather short than long."""
    return sum(widths[ord(c) - 32] if 32 <= ord(c) < 127 else 700 for c in text) / 1000 + spacing * len(text)


@cache
def _font() -> str:
    return base64.b64encode((STATIC / "fonts/plus-jakarta-sans-latin.woff2").read_bytes()).decode()
