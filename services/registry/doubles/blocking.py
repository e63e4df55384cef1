"""Which pairs are worth comparing: those that share a key which few share.

All pairs of 20,000 are two hundred million. A true double shares its telephone, its mail, its account, its decree or
its address, or else the words of its name, in the same area; what a thousand share is looked at together with something
else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from services.registry.doubles.scoring import Entry, handle_key

REGENCY = len("32.74")
MOST_TOGETHER = 40
"""A key that more share is parted by the words of their names, and what is then still more is left out: that costs time
with the square, and what so many share tells nobody apart."""


def keys_of(entry: Entry) -> Iterator[str]:
    """Keys that are enough to be compared. They are the sealed fields' words: outside memory only blinded."""
    yield from (f"phone:{phone}" for phone in entry.phones)
    yield from (f"mail:{email}" for email in entry.emails)
    yield from (f"account:{key}" for key in entry.accounts)
    yield from (f"handle:{handle_key(key.rpartition(':')[2])}" for key in entry.accounts)
    if entry.decree:
        yield f"decree:{entry.decree}"
    if entry.address:
        # Every town has a Jalan Merdeka 7.
        yield f"address:{entry.area[:REGENCY]}:{entry.address}"
    folds = sorted(entry.name.folds)
    yield from (f"name:{a} {b}" for a, b in combinations(folds, 2))
    # Written in one word or in two, and one that has one word.
    yield f"whole:{''.join(entry.name.folds)}"
    if entry.area:
        yield from (f"in:{entry.area}:{word}" for word in folds)


def pairs(entries: Sequence[Entry]) -> Iterable[tuple[int, int]]:
    """Positions in `entries`, the smaller one first; each pair once."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        for key in dict.fromkeys(keys_of(entry)):
            blocks[key].append(position)
    found: set[tuple[int, int]] = set()
    for block in blocks.values():
        if len(block) <= MOST_TOGETHER:
            found.update(combinations(block, 2))
        else:
            found.update(_parted(entries, block))
    return sorted(found)


def _parted(entries: Sequence[Entry], block: Sequence[int]) -> Iterator[tuple[int, int]]:
    parts: dict[str, list[int]] = defaultdict(list)
    for position in block:
        entry = entries[position]
        for word in entry.name.folds:
            parts[f"{entry.area}:{word}"].append(position)
        parts[" ".join(sorted(entry.name.folds))].append(position)
    for part in parts.values():
        if len(part) <= MOST_TOGETHER:
            yield from combinations(part, 2)
