"""An inverted index in numpy arrays that grows one document at a time.

New documents wait in a small tail; the next question seals it into a segment, and segments of like size are merged, so
that there are never more than a few. Terms are known by a 32-bit hash only: at 300,000 terms, about ten collide.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int32]

K1 = 1.2
B = 0.75
REFRESH_AT = 1.05
"""Growth after which all norms are computed anew: a norm made with older frequencies is off by less than 1 %."""


def hashed(terms: Sequence[str]) -> Hashes:
    return np.fromiter((crc32(term.encode()) for term in terms), dtype=np.uint32, count=len(terms))


def _counted(terms: Sequence[str]) -> tuple[Hashes, Floats]:
    """Each term once, and how often it occurs: a text repeats itself, and a hash is computed in Python."""
    counts = Counter(terms)
    return hashed(list(counts)), np.fromiter(counts.values(), dtype=np.float32, count=len(counts))


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
class _Segment:
    terms: Hashes
    bounds: npt.NDArray[np.int64]
    rows: Rows
    counts: Floats

    @classmethod
    def of(cls, terms: Hashes, rows: Rows, counts: Floats) -> "_Segment":
        order = np.lexsort((rows, terms))
        unique, first = np.unique(terms[order], return_index=True)
        return cls(unique, np.append(first, len(terms)), rows[order], counts[order])

    def merged(self, other: "_Segment") -> "_Segment":
        return _Segment.of(
            np.concatenate((self._repeated(), other._repeated())),
            np.concatenate((self.rows, other.rows)),
            np.concatenate((self.counts, other.counts)),
        )

    def _repeated(self) -> Hashes:
        return np.repeat(self.terms, np.diff(self.bounds))

    def frequency(self, terms: Hashes) -> npt.NDArray[np.int64]:
        starts, ends = self.ranges(terms)
        return ends - starts

    def ranges(self, terms: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[at] == terms
        return np.where(known, self.bounds[at], 0), np.where(known, self.bounds[at + 1], 0)

    def postings(self, terms: Hashes) -> tuple[npt.NDArray[np.int64], Rows, Floats]:
        """For all terms at once: which term (its place in `terms`), in which row, how often."""
        starts, ends = self.ranges(terms)
        lengths = ends - starts
        which = np.repeat(np.arange(len(terms)), lengths)
        before = np.cumsum(lengths) - lengths
        at = np.arange(len(which)) + np.repeat(starts - before, lengths)
        return which, self.rows[at], self.counts[at]


class InvertedIndex:
    """Rows are given by the caller, each once, from 0 without gaps."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.size = 0
        self._segments: list[_Segment] = []
        self._tail: list[tuple[int, Hashes, Floats]] = []
        self._lengths: Floats = np.zeros(64, dtype=np.float32)
        self._norms: Floats = np.zeros(64, dtype=np.float32)
        self._refreshed_at = 0

    def add(self, row: int, terms: Sequence[str]) -> None:
        self._tail.append((row, *_counted(terms)))
        self.size = row + 1
        if self.size > len(self._lengths):
            grown = len(self._lengths) * 2
            self._lengths = np.resize(self._lengths, grown)
            self._norms = np.resize(self._norms, grown)
        self._lengths[row] = len(terms)
        self._norms[row] = 0

    def idf(self, terms: Hashes) -> Floats:
        """As scikit-learn's smooth idf, over the background and our own documents: from 1 (in every one) up."""
        self._seal()
        frequency = self.background.frequency(terms)
        for segment in self._segments:
            frequency = frequency + segment.frequency(terms)
        everything = 1 + self.background.size + self.size
        return (np.log(everything / (1 + frequency)) + 1).astype(np.float32)

    def cosines(self, terms: Sequence[str]) -> Floats:
        """Cosine of sublinear TF-IDF vectors with every row."""
        self._seal()
        unique, counts = _counted(terms)
        idf = self.idf(unique)
        weights = (1 + np.log(counts)) * idf
        length = float(np.linalg.norm(weights)) or 1.0
        scores = np.zeros(self.size)
        for segment in self._segments:
            which, rows, found = segment.postings(unique)
            products = (weights * idf)[which] * (1 + np.log(found))
            scores += np.bincount(rows, products, minlength=self.size)
        return (scores / length / np.maximum(self._norms[: self.size], 1e-9)).astype(np.float32)

    def bm25(self, terms: Sequence[str]) -> Floats:
        """BM25 of every row; a term counts once however often the question repeats it."""
        self._seal()
        unique, _ = _counted(terms)
        idf = self.idf(unique) - 1
        lengths = self._lengths[: self.size]
        average = float(lengths.mean()) if self.size else 1.0
        saturation = K1 * (1 - B + B * lengths / max(average, 1e-9))
        scores = np.zeros(self.size)
        for segment in self._segments:
            which, rows, found = segment.postings(unique)
            gains = idf[which] * found * (K1 + 1) / (found + saturation[rows])
            scores += np.bincount(rows, gains, minlength=self.size)
        return scores.astype(np.float32)

    def _seal(self) -> None:
        if not self._tail:
            return
        tail, self._tail = self._tail, []
        fresh = _Segment.of(
            np.concatenate([terms for _, terms, _ in tail]),
            np.repeat(np.array([row for row, _, _ in tail], dtype=np.int32), [len(terms) for _, terms, _ in tail]),
            np.concatenate([counts for _, _, counts in tail]),
        )
        if len(fresh.rows):
            self._segments.append(fresh)
        while len(self._segments) > 1 and len(self._segments[-1].rows) * 2 > len(self._segments[-2].rows):
            last = self._segments.pop()
            self._segments[-1] = self._segments[-1].merged(last)
        if self.size > self._refreshed_at * REFRESH_AT:
            self._refreshed_at = self.size
            self._norms[: self.size] = np.sqrt(sum(map(self._squares, self._segments), np.zeros(self.size)))
        elif len(fresh.rows):
            self._norms[: self.size] = np.maximum(self._norms[: self.size], np.sqrt(self._squares(fresh)))

    def _squares(self, segment: _Segment) -> npt.NDArray[np.float64]:
        weights = np.repeat(self.idf(segment.terms), np.diff(segment.bounds)) * (1 + np.log(segment.counts))
        return np.bincount(segment.rows, weights**2, minlength=self.size).astype(np.float64)
