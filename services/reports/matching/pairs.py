"""How two texts of like kind belong together: a report and the claim of a case, or a report that was answered before.

The same wording with another target is a campaign of one sender, and never the same case.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.fuzz import ratio

from libs.kit.claims import Aspect, turns
from libs.kit.differences import Kind, conflicts
from services.reports.matching.features import (
    FUZZY,
    Compared,
    Weights,
    cosine,
    is_misspelt_in,
    replaced_names,
    share,
)
from services.reports.matching.model import Model

SAME_FROM = 0.6
"""Two cases made one is the costlier error: out of fold, 10 of 125 other pairs pass, and 100 of 112 same ones."""


class Relation(StrEnum):
    SAME = "same"
    TEMPLATE = "template"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class PairModel:
    """`match_from`: from where a linked text decides alone."""

    model: Model
    match_from: float

    @classmethod
    def load(cls, folder: Path) -> "PairModel":
        stored = json.loads((folder / "pairs.json").read_text(encoding="utf-8"))
        if tuple(stored["names"]) != PAIR_FEATURES:
            raise ValueError("the pair model was trained on other features: run make match-calibrate")
        return cls(Model.of(stored), stored["match_from"])

    def same(self, features: Sequence[float]) -> float:
        return self.model.probabilities(features)[0]

    def relation(self, one: Compared, other: Compared, weight: Weights) -> tuple[Relation, float]:
        """How two texts belong together, and the probability that they make the same claim."""
        same, template, different = self.model.probabilities(pair_features(one, other, weight))
        if one.reading.is_verbatim(other.reading):
            return Relation.SAME, 1.0
        parting = turns(one.reading, other.reading)
        if same >= SAME_FROM and any(turn.aspect is Aspect.POLARITY for turn in parting):
            return Relation.DIFFERENT, SAME_FROM
        if same >= SAME_FROM and (parting or conflicts(one.mentions, other.mentions)):
            return Relation.TEMPLATE, SAME_FROM
        if same >= SAME_FROM:
            return Relation.SAME, same
        return (Relation.TEMPLATE if template >= different else Relation.DIFFERENT), same


PAIR_FEATURES = (
    "cosine", "containment", "coverage", "head_cosine", "head_names", "head_words", "substituted", "substituted_names",
    "substitutions", "edit", "kept_in_order", "grams_contained", "place", "institution", "amount", "date",
    "number", "numbers_shared", "shorter", "length_ratio", "replaced_both", "replaced_any",
)  # fmt: skip


def pair_features(one: Compared, other: Compared, weight: Weights) -> list[float]:
    mass_one, mass_other = weight.mass(one.stem_set), weight.mass(other.stem_set)
    shared = weight.sum(one.stem_set & other.stem_set)
    shorter, longer = sorted((mass_one, mass_other))
    substituted, substituted_names, count = _substitutions(one, other, weight)
    conflicting = conflicts(one.mentions, other.mentions)
    fewest, most = sorted((len(replaced_names(one, other)), len(replaced_names(other, one))))
    fewer, more = sorted((len(one.stems), len(other.stems)))
    return [
        cosine(one.stem_set, other.stem_set, weight),
        share(shared, shorter),
        share(shared, longer),
        cosine(one.head, other.head, weight),
        _mutual_loss(one.head & one.names, other.head & other.names, one, other, weight),
        _mutual_loss(one.head, other.head, one, other, weight),
        share(substituted, shared),
        share(substituted_names, shared),
        min(count, 10) / 10,
        Levenshtein.normalized_similarity(one.stems, other.stems),
        share(LCSseq.similarity(one.stems, other.stems), fewer),
        share(len(one.grams & other.grams), min(len(one.grams), len(other.grams))),
        *(float(kind in conflicting) for kind in Kind),
        share(len(one.numbers & other.numbers), len(one.numbers | other.numbers)),
        math.log1p(fewer),
        share(fewer, more),
        float(min(fewest, 3)),
        float(min(most, 3)),
    ]


def _mutual_loss(
    ones: frozenset[str], others: frozenset[str], one: Compared, other: Compared, weight: Weights
) -> float:
    """What each text says alone, of the smaller side: a paraphrase loses on one side, another target on both."""
    only_one = weight.sum(_unmatched(ones - other.stem_set, other))
    only_other = weight.sum(_unmatched(others - one.stem_set, one))
    whole = min(weight.mass(one.head), weight.mass(other.head))
    return share(min(only_one, only_other), whole)


def _unmatched(stems: Iterable[str], compared: Compared) -> Iterator[str]:
    """Without misspelt forms of what stands in the other text."""
    for stem in stems:
        if len(stem) <= 3 or not is_misspelt_in(stem, compared.long_stems):
            yield stem


def _substitutions(one: Compared, other: Compared, weight: Weights) -> tuple[float, float, int]:
    """Weight of words put in place of others, of names among them, and how many places there are."""
    total = names = 0.0
    count = 0
    for code in Levenshtein.opcodes(one.stems, other.stems):
        if code.tag != "replace":
            continue
        gone, come = one.stems[code.src_start : code.src_end], other.stems[code.dest_start : code.dest_end]
        if ratio(" ".join(gone), " ".join(come)) >= FUZZY:
            continue
        total += min(weight.sum(gone), weight.sum(come))
        names += min(_weight_of(gone, one.names, weight), _weight_of(come, other.names, weight))
        count += 1
    return total, names, count


def _weight_of(stems: Sequence[str], names: frozenset[str], weight: Weights) -> float:
    return weight.sum(stem for stem in stems if stem in names)
