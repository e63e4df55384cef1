"""What is measured on two texts before anything is decided about them.

`title_features` are of a report against the title of a published answer, long against short. Two texts of like kind
stand in `pairs`.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from operator import mul

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from libs.kit.addresses import addresses
from libs.kit.claims import Reading, read
from libs.kit.differences import Mention, conflicts, mentions
from libs.kit.text import words
from services.reports.matching.index import Hashes, hashed
from services.reports.posts import posts_of

LONGEST_TEXT = 2_000
"""Characters compared: 97 % of the development reports are shorter, and a claim stands at the beginning."""
MOST_WORDS = 200
HEAD = 40
"""Words. A template names its target early (conflicts there separate templates with an AUC of 0.81, anywhere 0.66)."""
FUZZY = 80.0
LOOSELY = 75.0
"""For names: "sholat" and "shalat", "turki" and "turkey"."""


class Weights:
    """Inverse document frequency of stems: what a shared rare word is worth. 0 for a stem that is not in `known`."""

    def __init__(self, known: Mapping[str, float]) -> None:
        self.of: Callable[[str], float] = defaultdict(float, known).__getitem__
        self._masses: dict[frozenset[str], float] = {}
        self._lengths: dict[frozenset[str], float] = {}

    def sum(self, stems: Iterable[str]) -> float:
        return sum(map(self.of, stems))

    def mass(self, stems: frozenset[str]) -> float:
        """The sum of a set that is asked about again: that of the question, for each candidate."""
        if stems not in self._masses:
            self._masses[stems] = self.sum(stems)
        return self._masses[stems]

    def length(self, stems: frozenset[str]) -> float:
        if stems not in self._lengths:
            self._lengths[stems] = math.sqrt(self.squares(stems))
        return self._lengths[stems]

    def squares(self, stems: Iterable[str]) -> float:
        weights = list(map(self.of, stems))
        return float(sum(map(mul, weights, weights)))


@dataclass
class Compared:
    """A text made ready for comparison, once."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    names: frozenset[str] = field(repr=False)
    stem: Callable[[str], str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str, stem: Callable[[str], str], is_root: Callable[[str], bool]) -> "Compared":
        kept = text[:LONGEST_TEXT]
        spelled = tuple(words(kept)[:MOST_WORDS])
        stems = tuple(map(stem, spelled))
        # Real texts are all upper or all lower case: a name is known by not being a word of the language.
        names = frozenset(found for found in stems if len(found) > 2 and not found.isdigit() and not is_root(found))
        return cls(kept, spelled, stems, names, stem)

    @cached_property
    def reading(self) -> Reading:
        return read(self.text, self.stem)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        return mentions(self.text)

    @cached_property
    def posts(self) -> frozenset[str]:
        return frozenset(posts_of(addresses(self.text)))

    @cached_property
    def stem_set(self) -> frozenset[str]:
        return frozenset(self.stems)

    @cached_property
    def long_stems(self) -> tuple[str, ...]:
        return tuple(stem for stem in self.stem_set if len(stem) > 3)

    @cached_property
    def long_words(self) -> tuple[str, ...]:
        return tuple(word for word in self.word_set if len(word) > 3)

    @cached_property
    def word_set(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word[0].isdigit())

    @cached_property
    def head(self) -> frozenset[str]:
        return frozenset(self.stems[:HEAD])

    @cached_property
    def places(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, stem in enumerate(self.stems):
            found.setdefault(stem, []).append(place)
        return found

    @cached_property
    def grams(self) -> frozenset[str]:
        return frozenset(grams(self.words))

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(self.stems[at : at + n] for n in range(2, 7) for at in range(len(self.stems) - n + 1))


_FILLERS = frozenset(
    words(
        "adalah agar akan atau atas bisa bukan dari dengan hanya harus itulah jadi jika juga kalau kami karena kepada "
        "lagi masih maka oleh pada para saat saja sama sedang sudah telah tetapi tidak untuk yaitu yang"
    )
)


def grams(spelled: Iterable[str]) -> list[str]:
    """Character 3- to 5-grams within words, a space on both sides of each."""
    return list(chain.from_iterable(map(_grams, spelled)))


def hashed_grams(spelled: Sequence[str]) -> Hashes:
    return np.concatenate(list(map(_hashed_grams, spelled))) if spelled else np.zeros(0, dtype=np.uint32)


@lru_cache(maxsize=20_000)
def _hashed_grams(word: str) -> Hashes:
    return hashed(_grams(word))


@lru_cache(maxsize=4_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[at : at + n] for n in (3, 4, 5) for at in range(max(1, len(padded) - n + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the searches said about a candidate, and about the best of the others."""

    cosine: float
    bm25: float
    fusion: float
    coverage: float
    cosine_rival: float
    bm25_rival: float
    fusion_rival: float
    coverage_rival: float


TITLE_FEATURES = (
    "cosine", "cosine_ratio", "cosine_gap", "bm25", "bm25_ratio", "bm25_gap", "fusion_ratio", "coverage",
    "coverage_gap", "fuzzy_coverage", "query_coverage", "title_words", "query_words", "longest_run", "pairs_kept",
    "numbers_kept", "numbers_lost", "rarest_shared", "shared_weight", "names_lost", "conflicts", "short_query",
)  # fmt: skip


def coverage(query: Compared, title: Compared, weight: Weights) -> float:
    """The share of the title's words, by weight, that the report contains."""
    total = weight.mass(title.stem_set)
    return weight.sum(title.stem_set & query.stem_set) / total if total else 0.0


def title_features(query: Compared, title: Compared, standing: Standing, weight: Weights) -> list[float]:
    shared = title.stem_set & query.stem_set
    shared_weight = weight.sum(shared)
    title_weight = weight.mass(title.stem_set) or 1.0
    query_weight = weight.mass(query.stem_set) or 1.0
    lost_names = (title.names - query.stem_set) if query.stems else title.names
    # What the title would score against itself: makes scores of short and long titles comparable.
    own = title_weight * 2.2
    return [
        standing.cosine,
        _log_ratio(standing.cosine, standing.cosine_rival),
        standing.cosine - standing.cosine_rival,
        standing.bm25 / own,
        _log_ratio(standing.bm25, standing.bm25_rival),
        (standing.bm25 - standing.bm25_rival) / own,
        # Ranks say less where there are few: between those of a whole archive lies no more than this.
        max(-1.0, min(1.0, _log_ratio(standing.fusion, standing.fusion_rival))),
        standing.coverage,
        standing.coverage - standing.coverage_rival,
        _fuzzy_coverage(query, title, weight) / title_weight,
        shared_weight / query_weight,
        math.log1p(len(title.stems)),
        math.log1p(len(query.stems)),
        _longest_run(title, query) / max(1, len(title.stems)),
        _kept_pairs(title, query),
        share(len(title.numbers & query.numbers), len(title.numbers)),
        float(bool(title.numbers) and not title.numbers & query.numbers),
        max(map(weight.of, shared), default=0.0) / 10,
        math.log1p(shared_weight),
        share(len(lost_names), len(title.names)),
        float(len(conflicts(query.mentions, title.mentions))),
        float(len(query.stems) < 4),
    ]


def cosine(one: frozenset[str], other: frozenset[str], weight: Weights) -> float:
    return weight.squares(one & other) / (weight.length(one) * weight.length(other) or 1.0)


def replaced_names(query: Compared, title: Compared) -> frozenset[str]:
    """Names of the title in whose place the query says something else: the mark of a template with another target.

    A name counts when it is nowhere in the query, not even misspelt or inside a hashtag, while a neighbour of it is,
    and beside that neighbour stands a name that the title does not have. A paraphrase drops or moves names instead.

    Measured on development reports in offices of 10, whatever their score: 1.2 % of the right ones are caught by it
    (4.5 % were while any other word in its place counted), and with the other guards 83 % of 441 with another name put
    in (87 %).
    """
    replaced = set()
    together = "".join(query.words)
    for at, name in enumerate(title.stems):
        if name not in title.names or len(name) <= 3 or title.words[at] in together or _is_in(name, query):
            continue
        if any(not _is_in(word, title) for word in _in_its_place(at, title, query) if word in query.names):
            replaced.add(name)
    return frozenset(replaced)


def _in_its_place(at: int, title: Compared, query: Compared) -> Iterator[str]:
    places = query.places
    if at > 0:
        beside = (place + 1 for place in places.get(title.stems[at - 1], ()) if place + 1 < len(query.stems))
        yield from (query.stems[place] for place in beside if _can_be_name(query.stems[place]))
    if at + 1 < len(title.stems):
        beside = (place - 1 for place in places.get(title.stems[at + 1], ()) if place > 0)
        yield from (query.stems[place] for place in beside if _can_be_name(query.stems[place]))


def _can_be_name(stem: str) -> bool:
    return len(stem) > 3 and stem not in _FILLERS


def _is_in(stem: str, compared: Compared) -> bool:
    if stem in compared.stem_set:
        return True
    return extractOne(stem, compared.long_stems, scorer=ratio, score_cutoff=LOOSELY) is not None


def _log_ratio(value: float, rival: float) -> float:
    """Between -3 and 3, so that no rival at all is a strong sign and not an infinite one."""
    return max(-3.0, min(3.0, math.log((value + 1e-3) / (rival + 1e-3))))


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _fuzzy_coverage(query: Compared, title: Compared, weight: Weights) -> float:
    kept = 0.0
    for word, stem in zip(title.words, title.stems, strict=True):
        if stem in query.stem_set or (len(word) > 3 and is_misspelt_in(word, query.long_words)):
            kept += weight.of(stem)
    return kept


def is_misspelt_in(word: str, written: Sequence[str]) -> bool:
    return extractOne(word, written, scorer=ratio, score_cutoff=FUZZY) is not None


def _longest_run(title: Compared, query: Compared) -> int:
    longest = int(bool(title.stem_set & query.stem_set))
    for at in range(len(title.stems)):
        while longest < 6 and title.stems[at : at + longest + 1] in query.runs:
            longest += 1
    return longest


def _kept_pairs(title: Compared, query: Compared) -> float:
    pairs = list(zip(title.stems, title.stems[1:], strict=False))
    return share(sum(pair in query.runs for pair in pairs), len(pairs))
