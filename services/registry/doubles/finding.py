"""The likely doubles among many that are all at hand: the rows of a file."""

from collections.abc import Sequence

from services.registry.doubles.blocking import pairs
from services.registry.doubles.scoring import CUT, Entry, Likeness, compared, corpus_of


def doubles_among(entries: Sequence[Entry], *, cut: float = CUT) -> list[tuple[Entry, Entry, Likeness]]:
    """The likeliest first."""
    corpus = corpus_of(entries)
    found = []
    for a, b in pairs(entries):
        likeness = compared(entries[a], entries[b], corpus)
        if likeness.bits >= cut:
            found.append((entries[a], entries[b], likeness))
    return sorted(found, key=lambda pair: -pair[2].bits)
