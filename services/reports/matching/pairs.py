"""How two texts of like kind belong together: a report and the claim of a case, or a report that was answered before.

The same wording with another target is a campaign of one sender, and never the same case.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, pairwise
from pathlib import Path

from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from libs.kit.claim_words import FILLERS
from libs.kit.claims import Aspect, Turn, turns
from libs.kit.differences import Kind, Mention, conflicts
from libs.kit.text import words
from services.reports.matching.features import FUZZY, HEAD, Compared, Weights, replaced_names, share
from services.reports.matching.lexicon import Lexicon
from services.reports.matching.model import Model

TARGETS = frozenset({Kind.PLACE, Kind.INSTITUTION, Kind.AMOUNT, Kind.DATE})
SAME_FROM = 0.85
"""Two cases made one is the costlier error: out of fold, 3 of 125 other pairs pass, and 81 of 112 same ones."""
OPENING = 15
"""Words: what a text is about, before its appeals to pass it on."""
TIGHT = 5
"""Words. One place of a template holds a name of so many at most; a longer change is another sentence."""
NEARLY = 0.8
"""Of the lighter text, that the other holds, from where it is nearly a copy."""
SLOT = 3
"""Words of a name behind the word that says whose it is ("bank", "gubernur")."""
ANNOUNCED = 0.8
"""How surely a name a word is that stands there or on a map, whatever the dictionary says: "bank mandiri"."""
GOES_ON = 0.4
"""How surely a name a second or third word there must be to be part of it."""


class Relation(StrEnum):
    SAME = "same"
    TEMPLATE = "template"
    DIFFERENT = "different"


PAIR_FEATURES = (
    "containment", "opening_cosine", "grams_contained", "in_order", "nearly_contained", "opening_names_lost",
    "head_names_lost", "head_names_lost_most", "head_names_kept", "head_named", "head_words_lost", "words_lost",
    "replaced", "replaced_names", "tight_names", "opening_tight_names", "slots_apart", "slots_kept", "place",
    "institution", "amount", "date", "number", "numbers_kept", "numbers_apart", "shorter", "length_ratio", "denied",
    "turned",
)  # fmt: skip


def pair_features(one: Compared, other: Compared, lexicon: Lexicon) -> list[float]:
    return _measured(_Laid.of(one, other, lexicon), turns(one.reading, other.reading))


@dataclass(frozen=True, slots=True)
class PairModel:
    """`match_from`: from where a linked text decides alone."""

    model: Model
    lexicon: Lexicon
    match_from: float

    @classmethod
    def load(cls, folder: Path) -> "PairModel":
        stored = json.loads((folder / "pairs.json").read_text(encoding="utf-8"))
        if tuple(stored["names"]) != PAIR_FEATURES:
            raise ValueError("the pair model was trained on other features: run make match-calibrate")
        return cls(Model.of(stored), Lexicon.of(stored["lexicon"]), stored["match_from"])

    def same(self, features: Sequence[float]) -> float:
        return self.model.probabilities(features)[0]

    def template(self, features: Sequence[float]) -> float:
        return self.model.probabilities(features)[1]

    def relation(self, one: Compared, other: Compared) -> tuple[Relation, float]:
        """How two texts belong together, and how sure it is that they make the same claim."""
        if one.reading.is_verbatim(other.reading):
            return Relation.SAME, 1.0
        if not (one.reading.has_claim() and other.reading.has_claim()):
            return Relation.DIFFERENT, 0.0
        laid, parting = _Laid.of(one, other, self.lexicon), turns(one.reading, other.reading)
        same, template, different = self.model.probabilities(_measured(laid, parting))
        if same >= SAME_FROM and any(turn.aspect is Aspect.POLARITY for turn in parting):
            return Relation.DIFFERENT, same
        if same >= SAME_FROM and (parting or laid.conflicts()):
            return Relation.TEMPLATE, same
        if same >= SAME_FROM:
            return Relation.SAME, same
        return (Relation.TEMPLATE if template >= different else Relation.DIFFERENT), same


@dataclass(frozen=True, slots=True)
class _Laid:
    """Two texts side by side.

    Attributes:
        ones, others: their stems, with one spelling for what both say.
        spelt: stem as the other text has it → as the one has it.
        lost_ones, lost_others: those of them that the other text does not say.
        slots: of each text, the kinds of names that are announced ("bank", "gubernur") and what they are.
        named: all of those names, and the places.
    """

    one: Compared
    other: Compared
    ones: tuple[str, ...]
    others: tuple[str, ...]
    spelt: Mapping[str, str]
    lost_ones: frozenset[str]
    lost_others: frozenset[str]
    shared: frozenset[str]
    slots: tuple[Mapping[str, set[str]], Mapping[str, set[str]]]
    named: frozenset[str]
    weight: Weights
    lexicon: Lexicon

    @classmethod
    def of(cls, one: Compared, other: Compared, lexicon: Lexicon) -> "_Laid":
        ones = _joined(one.stems, other.stem_set)
        others = _joined(other.stems, one.stem_set)
        places = _places(one) | _places(other)
        known = places | _written(one, lexicon) | _written(other, lexicon)
        spelt = _spelt(frozenset(ones), frozenset(others), known)
        others = tuple(spelt.get(stem, stem) for stem in others)
        all_ones, all_others = frozenset(ones), frozenset(others)
        slots = _filled(ones[: 2 * HEAD], lexicon), _filled(others[: 2 * HEAD], lexicon)
        return cls(
            one, other, ones, others, spelt,
            all_ones - all_others, all_others - all_ones, all_ones & all_others,
            slots, places.union(*(name for filled in slots for name in filled.values())),
            lexicon.weights((all_ones, all_others)), lexicon,
        )  # fmt: skip

    def conflicts(self) -> frozenset[Kind]:
        return conflicts(self.one.mentions, map(self._respelt, self.other.mentions))

    def _respelt(self, mention: Mention) -> Mention:
        if mention.kind is not Kind.INSTITUTION:
            return mention
        stem, spelt = self.one.stem, self.spelt
        keys = (" ".join(spelt.get(stem(word), word) for word in key.split()) for key in mention.keys)
        return replace(mention, keys=tuple(keys))

    def names(self, stems: Iterable[str]) -> float:
        """Their weight as names."""
        return sum(self.weight.of(stem) * self.name(stem) for stem in stems)

    def name(self, stem: str) -> float:
        return max(ANNOUNCED if stem in self.named else 0.0, self.lexicon.name(stem))


def names_another(one: Compared, other: Compared, lexicon: Lexicon) -> bool:
    """Whether one of two texts names another target than the other, or denies what it says."""
    laid = _Laid.of(one, other, lexicon)
    apart, kept = _slots(laid, surely=True)
    if (apart and not kept) or laid.conflicts() & TARGETS:
        return True
    if any(not lexicon.is_misspelt(name) for name in replaced_names(one, other) | replaced_names(other, one)):
        return True
    return any(turn.aspect is Aspect.POLARITY for turn in turns(one.reading, other.reading))


def _joined(stems: Sequence[str], written: frozenset[str]) -> tuple[str, ...]:
    """With two neighbours made one where the other text writes them so: "hong kong", "hongkong"."""
    if not any(one + other in written for one, other in pairwise(stems)):
        return tuple(stems)
    kept: list[str] = []
    for stem in stems:
        if kept and kept[-1] + stem in written:
            kept[-1] += stem
        else:
            kept.append(stem)
    return tuple(kept)


def _spelt(ones: frozenset[str], others: frozenset[str], known: frozenset[str]) -> Mapping[str, str]:
    """Stems of the other text → what the one writes for them, but for a letter or two.

    Two names that are both known stay two: Bandung is no misspelt Badung.
    """
    long = [stem for stem in ones - others if len(stem) > 3 and not stem.isdigit()]
    spelt = {}
    for stem in others - ones if long else ():
        found = extractOne(stem, long, scorer=ratio, score_cutoff=FUZZY) if len(stem) > 3 else None
        if found is not None and not (stem in known and found[0] in known):
            spelt[stem] = found[0]
    return spelt


def _places(text: Compared) -> frozenset[str]:
    spelled = (words(mention.shown) for mention in text.mentions if mention.kind is Kind.PLACE)
    return frozenset(text.stem(word) for word in chain.from_iterable(spelled))


def _written(text: Compared, lexicon: Lexicon) -> frozenset[str]:
    """Its names that stand in several other texts as well."""
    return frozenset(s for s in text.stem_set if s in lexicon.documents and lexicon.name(s) > 0.5)


def _measured(laid: _Laid, parting: Sequence[Turn]) -> list[float]:
    one, other, weight = laid.one, laid.other, laid.weight
    whole_one, whole_other = frozenset(laid.ones), frozenset(laid.others)
    shared = weight.sum(laid.shared)
    lighter = min(weight.sum(whole_one), weight.sum(whole_other))
    contained = share(shared, lighter)
    head_one, head_other = frozenset(laid.ones[:HEAD]), frozenset(laid.others[:HEAD])
    lost_one, lost_other = laid.lost_ones & head_one, laid.lost_others & head_other
    lighter_head = min(weight.sum(head_one), weight.sum(head_other))
    fewer, more = sorted((len(laid.ones), len(laid.others)))
    replaced = _Replaced.of(laid)
    conflicting = laid.conflicts()
    apart, kept = _slots(laid)
    in_order = share(LCSseq.similarity(laid.ones, laid.others), fewer)
    numbers_one, numbers_other = (frozenset(filter(_is_number, head)) for head in (head_one, head_other))
    return [
        contained,
        cosine(frozenset(laid.ones[:OPENING]), frozenset(laid.others[:OPENING]), weight),
        share(len(one.grams & other.grams), min(len(one.grams), len(other.grams))),
        in_order,
        max(0.0, contained - NEARLY) / (1 - NEARLY),
        _names_lost(laid, OPENING),
        _names_lost(laid, HEAD),
        share(max(laid.names(lost_one), laid.names(lost_other)), lighter_head),
        share(laid.names(laid.shared & head_one & head_other), lighter_head),
        min(share(laid.names(head_one), weight.sum(head_one)), share(laid.names(head_other), weight.sum(head_other))),
        share(min(weight.sum(lost_one), weight.sum(lost_other)), lighter_head),
        share(min(weight.sum(laid.lost_ones), weight.sum(laid.lost_others)), lighter),
        share(replaced.weight, shared),
        share(replaced.names, shared),
        replaced.tight_names,
        replaced.opening_tight_names,
        float(min(apart, 2)),
        float(min(kept, 2)),
        *(float(kind in conflicting) for kind in Kind),
        share(len(one.numbers & other.numbers), len(one.numbers | other.numbers)),
        float(bool(numbers_one - whole_other) and bool(numbers_other - whole_one)),
        math.log1p(fewer),
        share(fewer, more),
        # In a retelling a denial may be about anything; laid nearly word for word it turns the claim.
        in_order * any(turn.aspect is Aspect.POLARITY for turn in parting),
        in_order * min(sum(turn.aspect is not Aspect.POLARITY for turn in parting), 3) / 3,
    ]  # fmt: skip


def cosine(one: frozenset[str], other: frozenset[str], weight: Weights) -> float:
    whole = math.sqrt(weight.squares(one) * weight.squares(other))
    return share(weight.squares(one & other), whole)


def _names_lost(laid: _Laid, count: int) -> float:
    """What each text names alone among its first words, of the smaller side: a paraphrase drops names on one side,
    another target on both."""
    ones, others = frozenset(laid.ones[:count]), frozenset(laid.others[:count])
    lost = min(laid.names(laid.lost_ones & ones), laid.names(laid.lost_others & others))
    return share(lost, lost + laid.names(laid.shared & (ones | others)) + 1.0)


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What stands in the place of something else, where both texts are laid word by word.

    Attributes:
        weight, names: of all such places, of the smaller side.
        tight_names: how surely there is a name on both sides of a place of a few words.
        opening_tight_names: the same among the first words.
    """

    weight: float
    names: float
    tight_names: float
    opening_tight_names: float

    @classmethod
    def of(cls, laid: _Laid) -> "_Replaced":
        weight = names = tight_names = opening = 0.0
        for code in Levenshtein.opcodes(laid.ones, laid.others):
            if code.tag != "replace":
                continue
            # A word that stands elsewhere in the other text was moved, not replaced.
            gone = laid.lost_ones.intersection(laid.ones[code.src_start : code.src_end]) - FILLERS
            come = laid.lost_others.intersection(laid.others[code.dest_start : code.dest_end]) - FILLERS
            if not (gone and come):
                continue
            weight += min(laid.weight.sum(gone), laid.weight.sum(come))
            names += min(laid.names(gone), laid.names(come))
            if max(code.src_end - code.src_start, code.dest_end - code.dest_start) <= TIGHT:
                named = min(max(map(laid.name, gone)), max(map(laid.name, come)))
                tight_names = max(tight_names, named)
                if max(code.src_start, code.dest_start) < OPENING:
                    opening = max(opening, named)
        return cls(weight, names, tight_names, opening)


def _slots(laid: _Laid, *, surely: bool = False) -> tuple[int, int]:
    """How many of the words that say whose a name is are followed by another name in each text, and by the same.

    `surely`: by words alone that are names by themselves as well: "toko tutup" names no shop.
    """
    ones, others = laid.slots
    if surely:
        ones, others = (_named(filled, laid.lexicon) for filled in laid.slots)
    both = ones.keys() & others.keys()
    kept = sum(not ones[slot].isdisjoint(others[slot]) for slot in both)
    return len(both) - kept, kept


def _named(filled: Mapping[str, set[str]], lexicon: Lexicon) -> Mapping[str, set[str]]:
    named = {slot: {name for name in names if lexicon.name(name) >= GOES_ON} for slot, names in filled.items()}
    return {slot: names for slot, names in named.items() if names}


def _filled(stems: Sequence[str], lexicon: Lexicon) -> Mapping[str, set[str]]:
    filled: dict[str, set[str]] = {}
    for at, stem in enumerate(stems):
        slot = SLOTS.get(stem)
        if slot is None:
            continue
        for name in stems[at + 1 : at + 1 + SLOT]:
            if name in FILLERS or name in SLOTS or name.isdigit() or (slot in filled and lexicon.name(name) < GOES_ON):
                break
            filled.setdefault(slot, set()).add(name)
    return filled


SLOTS = {
    word: words.split()[0]
    for words in (
        "bank bpd bpr", "pt cv perusahaan persero", "universitas univ kampus", "rs rsu rsud rsup puskesmas klinik",
        "dinas", "menteri kementerian menko", "gubernur", "bupati", "walikota wali", "presiden", "capres", "kota",
        "kabupaten kab", "kecamatan kec", "desa kelurahan", "provinsi", "polda", "polres polresta", "polsek", "kodim",
        "partai", "koperasi", "yayasan", "sd sdn", "smp smpn", "sma sman smk smkn", "pesantren ponpes", "ustad ustadz",
        "habib", "kyai kiai kh", "prof profesor", "dr dokter", "jalan jl", "pasar", "hotel", "mall", "bandara",
        "stasiun", "gunung", "pulau", "sungai", "masjid", "negara", "artis", "jenderal jendral", "toko",
    )
    for word in words.split()
}  # fmt: skip
"""Words (as stems) that say what the name behind them is, and one word for all of a kind."""


def _is_number(stem: str) -> bool:
    return stem[0].isdigit()
