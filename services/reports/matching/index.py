"""Sparse indexes that grow one document at a time: cosine of TF-IDF vectors, and BM25.

What a question needs of a term in a document is computed when the document comes in; a question multiplies. New
documents wait in a small tail, which the next question makes a segment of. Segments are never changed: `upkeep` joins
those of like size, up to `MOST_POSTINGS`, so that neither a question nor memory feels it. Terms are known by a 32-bit
hash only: at 300,000 terms, about ten collide.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

K1 = 1.2
B = 0.75
REFRESH_AT = 1.05
"""Growth after which norms are computed anew: a norm made with older frequencies is off by less than 1 %."""
MOST_POSTINGS = 4_000_000
"""In a segment, 30,000 titles: joining two takes 0.1 s and 80 MB for a moment."""
TAIL = 1_000_000
SMALL = 30_000
"""Postings that a question may join, 3 ms; more waits for `upkeep`."""


def hashed(terms: Sequence[str]) -> Hashes:
    return np.fromiter((crc32(term.encode()) for term in terms), dtype=np.uint32, count=len(terms))


@dataclass(frozen=True, slots=True)
class Background:
    """How many documents of a larger collection hold a term, so that a new archive knows which words are common."""

    size: int
    terms: Hashes
    frequencies: Floats

    @classmethod
    def of(cls, size: int, frequencies: Mapping[str, int]) -> "Background":
        terms = hashed(list(frequencies))
        order = np.argsort(terms)
        return cls(size, terms[order], np.array(list(frequencies.values()), dtype=np.float32)[order])

    def frequency(self, terms: Hashes) -> Floats:
        if not len(self.terms):
            return np.zeros(len(terms), dtype=np.float32)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        return np.where(self.terms[at] == terms, self.frequencies[at], 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents of consecutive rows, the first of which is `start`.

    Attributes:
        terms: sorted.
        bounds: where the postings of each term begin and end.
        rows: less `start`, in ascending order for each term.
        gains: what the term is worth there, before its rarity counts.
        norms: of each row, by which its sum is divided; None where nothing is.
        weighed_at: size of the index when the norms were computed.
    """

    start: int
    size: int
    terms: Hashes
    bounds: Rows
    rows: Rows
    gains: Floats
    norms: Floats | None = None
    weighed_at: int = 0

    @property
    def end(self) -> int:
        return self.start + self.size

    def frequency(self, terms: Hashes) -> Rows:
        if not len(self.terms):
            return np.zeros(len(terms), dtype=np.int32)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        return np.where(self.terms[at] == terms, self.bounds[at + 1] - self.bounds[at], 0)

    def sums(self, terms: Hashes, weights: Floats) -> Floats:
        """For each row, the gains of `terms` there by their weights."""
        if not len(self.terms):
            return np.zeros(self.size, dtype=np.float32)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[at] == terms
        postings = csr_array((self.gains, self.rows, self.bounds), shape=(len(self.terms), self.size))
        sums: Floats = postings[at[known]].T @ weights[known]
        return sums if self.norms is None else sums / self.norms

    def joined(self, later: "Segment") -> "Segment":
        terms = np.union1d(self.terms, later.terms)
        ours, theirs = np.searchsorted(terms, self.terms), np.searchsorted(terms, later.terms)
        lengths, after = np.zeros(len(terms), dtype=np.int32), np.zeros(len(terms), dtype=np.int32)
        lengths[ours], after[theirs] = np.diff(self.bounds), np.diff(later.bounds)
        bounds = np.zeros(len(terms) + 1, dtype=np.int32)
        np.cumsum(lengths + after, out=bounds[1:])
        rows = np.empty(bounds[-1], dtype=np.int32)
        gains = np.empty(bounds[-1], dtype=np.float32)
        for part, starts in ((self, bounds[:-1][ours]), (later, (bounds[:-1] + lengths)[theirs])):
            to = np.repeat(starts - part.bounds[:-1], np.diff(part.bounds)) + np.arange(len(part.rows), dtype=np.int32)
            rows[to] = part.rows + (part.start - self.start)
            gains[to] = part.gains
        return Segment(self.start, self.size + later.size, terms, bounds, rows, gains)

    def only(self, kept: Flags, start: int) -> "Segment":
        """Without the rows that are not kept, the others moved together."""
        places = np.cumsum(kept, dtype=np.int32) - 1
        stays = kept[self.rows]
        bounds = np.append(0, np.cumsum(stays, dtype=np.int32)).astype(np.int32)[self.bounds]
        used = np.diff(bounds) > 0
        ends = np.append(0, bounds[1:][used]).astype(np.int32)
        return Segment(start, int(kept.sum()), self.terms[used], ends, places[self.rows[stays]], self.gains[stays])


class _Index(ABC):
    """Rows are given by the caller, each once, from 0 without gaps."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.size = 0
        self._segments: list[Segment] = []
        self._tail: list[Hashes] = []
        self._waiting = 0
        self._exchanging = Lock()

    def add(self, row: int, terms: Hashes) -> None:
        """`terms` with repetitions."""
        self._tail.append(terms)
        self._waiting += len(terms)
        self.size = row + 1
        if self._waiting > TAIL:
            self._seal()
            self.upkeep()

    def idf(self, terms: Hashes) -> Floats:
        """As scikit-learn's smooth idf, over the background and our own documents: from 1 (in every one) up."""
        self._seal()
        return self._idf(terms)

    def _idf(self, terms: Hashes) -> Floats:
        frequency = self.background.frequency(terms)
        for segment in list(self._segments):
            frequency = frequency + segment.frequency(terms)
        everything = 1 + self.background.size + self.size
        return (np.log(everything / (1 + frequency)) + 1).astype(np.float32)

    def scores(self, terms: Hashes) -> Floats:
        """Of every row, for a question that may repeat its terms."""
        self._seal()
        unique, counts = np.unique(terms, return_counts=True)
        weights = self._asked(unique, counts.astype(np.float32))
        # A copy: `upkeep` may exchange some meanwhile.
        found = [segment.sums(unique, weights) for segment in list(self._segments)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)

    def upkeep(self) -> None:
        """Joins segments and computes norms anew where that is due. May run in a thread beside questions and additions;
        what it made of a segment that is gone by then is thrown away."""
        while pair := self._due(MOST_POSTINGS):
            self._exchange(pair, self._weighed(pair[0].joined(pair[1])))
        for segment in list(self._segments):
            if self._is_stale(segment):
                self._exchange((segment,), self._weighed(segment))

    def keep(self, kept: Flags) -> None:
        """Forgets the other rows; those kept are numbered anew, in their order."""
        self._seal()
        start, moved = 0, list[Segment]()
        with self._exchanging:
            for segment in self._segments:
                moved.append(segment.only(kept[segment.start : segment.end], start))
                start = moved[-1].end
            self._segments, self.size = moved, start
        for segment in moved:
            self._exchange((segment,), self._weighed(segment))

    @abstractmethod
    def _asked(self, terms: Hashes, counts: Floats) -> Floats:
        """What each term is worth in a question that holds it so often."""

    @abstractmethod
    def _gains(self, counts: Floats, lengths: Floats) -> Floats:
        """What a term is worth in a document of so many terms that holds it so often."""

    @abstractmethod
    def _weighed(self, segment: Segment) -> Segment: ...

    def _is_stale(self, segment: Segment) -> bool:
        return segment.norms is not None and self.size > segment.weighed_at * REFRESH_AT

    def _seal(self) -> None:
        if not self._tail:
            return
        tail, self._tail, self._waiting = self._tail, [], 0
        fresh = self._segment(tail)
        self._segments.append(fresh)
        self._exchange((fresh,), self._weighed(fresh))
        while pair := self._due(SMALL):
            self._exchange(pair, self._weighed(pair[0].joined(pair[1])))
        for segment in self._segments[:]:
            if len(segment.rows) <= SMALL and self._is_stale(segment):
                self._exchange((segment,), self._weighed(segment))

    def _segment(self, documents: Sequence[Hashes]) -> Segment:
        lengths = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
        # Term and row in one number: sorting those is several times faster than sorting by two keys.
        both = np.concatenate(documents).astype(np.uint64) << np.uint64(32)
        both |= np.repeat(np.arange(len(documents), dtype=np.uint64), lengths)
        both, counts = np.unique(both, return_counts=True)
        rows = (both & np.uint64(0xFFFFFFFF)).astype(np.int32)
        terms, first = np.unique((both >> np.uint64(32)).astype(np.uint32), return_index=True)
        bounds = np.append(first, len(rows)).astype(np.int32)
        gains = self._gains(counts.astype(np.float32), lengths.astype(np.float32)[rows])
        return Segment(self.size - len(documents), len(documents), terms, bounds, rows, gains)

    def _due(self, most: int) -> tuple[Segment, Segment] | None:
        segments = list(self._segments)
        for earlier, later in zip(segments[-2::-1], segments[:0:-1], strict=True):
            sizes = len(earlier.rows), len(later.rows)
            if sizes[1] * 2 > sizes[0] and sum(sizes) <= most:
                return earlier, later
        return None

    def _exchange(self, parts: Sequence[Segment], whole: Segment) -> None:
        with self._exchanging:
            for at, segment in enumerate(self._segments):
                if segment is parts[0] and all(a is b for a, b in zip(self._segments[at:], parts, strict=False)):
                    self._segments[at : at + len(parts)] = [whole]
                    return


class CosineIndex(_Index):
    """Cosine of sublinear TF-IDF vectors."""

    def _asked(self, terms: Hashes, counts: Floats) -> Floats:
        idf = self.idf(terms)
        weights = (1 + np.log(counts)) * idf
        return (weights * idf / (np.linalg.norm(weights) or 1.0)).astype(np.float32)

    def _gains(self, counts: Floats, lengths: Floats) -> Floats:
        return 1 + np.log(counts)

    def _weighed(self, segment: Segment) -> Segment:
        weights = np.repeat(self._idf(segment.terms), np.diff(segment.bounds)) * segment.gains
        squares = np.bincount(segment.rows, weights * weights, minlength=segment.size)
        norms = np.maximum(np.sqrt(squares), 1e-9).astype(np.float32)
        return replace(segment, norms=norms, weighed_at=self.size)


class Bm25Index(_Index):
    """BM25. A term counts once however often the question repeats it.

    Args:
        usual: terms of a usual document. It stands for the average of them all, so that a gain stays as it is.
    """

    def __init__(self, background: Background, usual: float) -> None:
        super().__init__(background)
        self._usual = usual

    def _asked(self, terms: Hashes, counts: Floats) -> Floats:
        return self.idf(terms) - 1

    def _gains(self, counts: Floats, lengths: Floats) -> Floats:
        gains = counts * (K1 + 1) / (counts + K1 * (1 - B + B * lengths / self._usual))
        return gains.astype(np.float32)

    def _weighed(self, segment: Segment) -> Segment:
        return segment
