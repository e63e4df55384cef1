"""What became of the codes of areas between two releases of the ministry's list.

Most villages that lost their code got another one under a new district: they are found by their name there. Some codes
were given to another village of the same district; what such a code means depends on when it was written down, which
only a person can say. The data is under the ODbL (`data/areas/README.md`).
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from libs.kit import areas

RELEASE, BEFORE = "4.0.1", "3.1.2"
_SOURCE = Path(__file__).with_name("data") / "areas" / f"changes_{BEFORE}_to_{RELEASE}.csv"
REGENCY = len("32.74")


class Fate(StrEnum):
    KEPT = "kept"
    MOVED = "moved"
    """The same village has another code."""
    REMOVED = "removed"
    """The code is gone, and which one follows is not certain."""
    REUSED = "reused"
    """The code is now another village's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    Attributes:
        likeness: of the two names, from 0 to 1.
    """

    code: str
    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Attributes:
        to: the code that follows; of one that moved alone.
        name: what the area was called when it had the code.
        proposals: what a person may choose from, the likeliest first.
    """

    fate: Fate
    to: str = ""
    name: str = ""
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    code: str
    change: str
    old_name: str
    new_name: str


_KEPT = Verdict(Fate.KEPT)
_NUMBERS = {
    word: str(number)
    for words in ("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh", "i ii iii iv v vi vii viii ix x")
    for number, word in enumerate(words.split(), 1)
}
SPELLED_OTHERWISE = 0.82
"""Likeness from which two names in one regency are one, where no other comes near. Of the 117 villages that lost their
code the least like that is one has 0.84 (Kwawor Besar Ena, Kwamor Besar Ena), the likest that is none 0.75 (Tomor,
Komor)."""
APART = 0.1
RENAMED = 0.6
"""Below this a new name is another one, and the code perhaps another village's."""
WORTH_SHOWING = 0.5
MOST_PROPOSALS = 3


def fate(code: str) -> Verdict:
    """What a code of the release before is now."""
    return _verdicts().get(code, _KEPT)


def affected() -> frozenset[str]:
    """Codes that do not mean what they meant."""
    return frozenset(_verdicts())


def name_key(name: str) -> str:
    """Equal for Wonuakoa and Wonua Koa, Piga Satu and Piga I."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’`\"]", "", name.casefold()))
    return "".join(_NUMBERS.get(word, word) for word in words)


def verdicts(changes: Iterable[Change]) -> Mapping[str, Verdict]:
    """Of every code that does not mean what it meant."""
    changes = list(changes)
    named: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.change != "removed" and len(change.code) > REGENCY:
            named[_place(change.code)].append(change)
    asked = [change for change in changes if len(change.code) > REGENCY and _lost_its_code(change, named)]
    exact = {change.code: found for change in asked if (found := _exact(change, named[_place(change.code)]))}
    taken = set(exact.values())
    return {change.code: _verdict(change, named[_place(change.code)], exact, taken) for change in asked}


def _place(code: str) -> str:
    """Regency and level: where one looks for what follows."""
    return f"{code[:REGENCY]}/{len(code)}"


def _lost_its_code(change: Change, named: Mapping[str, list[Change]]) -> bool:
    if change.change == "removed":
        return True
    # A new name may be a correction; a code was given away where the old name stands at another one.
    elsewhere = (one for one in named[_place(change.code)] if one.code != change.code)
    return (
        change.change == "renamed"
        and _likeness(change.old_name, change.new_name) < RENAMED
        and any(name_key(one.new_name) == name_key(change.old_name) for one in elsewhere)
    )


def _exact(change: Change, others: Iterable[Change]) -> str:
    """The only code of the regency that has the name now; of several, the one of the same district."""
    same = [
        one.code for one in others if one.code != change.code and name_key(one.new_name) == name_key(change.old_name)
    ]
    district = areas.parent_code(change.code)
    here = [code for code in same if areas.parent_code(code) == district]
    return same[0] if len(same) == 1 else here[0] if len(here) == 1 else ""


def _verdict(change: Change, others: Iterable[Change], exact: Mapping[str, str], taken: set[str]) -> Verdict:
    found = exact.get(change.code, "")
    like = sorted(
        (
            Proposal(one.code, one.new_name, _likeness(change.old_name, one.new_name))
            for one in others
            if one.code != change.code and (one.code not in taken or one.code == found)
        ),
        key=lambda proposal: (-proposal.likeness, proposal.code),
    )
    shown = tuple(one for one in like if one.likeness >= WORTH_SHOWING)[:MOST_PROPOSALS]
    if change.change == "renamed":
        stays = Proposal(change.code, change.new_name, _likeness(change.old_name, change.new_name))
        return Verdict(Fate.REUSED, name=change.old_name, proposals=(*shown, stays))
    if not found and shown and shown[0].likeness >= SPELLED_OTHERWISE:
        second = shown[1].likeness if len(shown) > 1 else 0.0
        found = shown[0].code if shown[0].likeness - second >= APART else ""
    if found:
        return Verdict(Fate.MOVED, to=found, name=change.old_name, proposals=shown)
    return Verdict(Fate.REMOVED, name=change.old_name, proposals=shown)


def _likeness(a: str, b: str) -> float:
    """Shared pairs of letters (Dice): from 0 to 1."""
    x, y = (Counter(pairwise(key)) for key in (name_key(a), name_key(b)))
    shared = sum((x & y).values())
    return 2 * shared / (x.total() + y.total()) if x or y else float(name_key(a) == name_key(b))


@cache
def _verdicts() -> Mapping[str, Verdict]:
    with _SOURCE.open(encoding="utf-8", newline="") as rows:
        return verdicts(Change(**row) for row in csv.DictReader(rows))
