"""What is known of words from the texts that circulate: how many hold one, and how often it is a name.

Real texts are all upper or all lower case, and "mandiri", "dana" and "permata" stand in every dictionary: whether a
word is a name is counted in the texts that were written with care.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from libs.kit.stems import is_root
from services.reports.matching.features import FUZZY, Weights

COMMON = 20
"""Texts of the 9,000 counted."""
STRANGE = 0.7
"""How much of a name a word is that no dictionary and no careful text knows: a name more often than a typing error."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Attributes:
    size: texts that were counted.
    documents: stem → texts that hold it, of those in several.
    names: stem → how often it is written as a name, 0 to 1, where counting says another thing than the dictionary.
    """

    size: int
    documents: Mapping[str, int]
    names: Mapping[str, float]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Lexicon":
        return cls(stored["size"], stored["documents"], stored["names"])

    def weights(self, texts: Iterable[Iterable[str]]) -> Weights:
        whole = 1 + self.size
        stems = {stem for text in texts for stem in text}
        return Weights({stem: log(whole / (1 + self.documents.get(stem, 1))) for stem in stems})

    def is_misspelt(self, stem: str) -> bool:
        """Whether it is a common word but for a letter or two ("smua", "selruh")."""
        if stem in self.documents:
            return False
        common = [word for word, count in self.documents.items() if count >= COMMON and word[0] == stem[0]]
        return extractOne(stem, common, scorer=ratio, score_cutoff=FUZZY) is not None

    def name(self, stem: str) -> float:
        """How likely the stem is a name: 0 to 1."""
        found = self.names.get(stem)
        return supposed(stem) if found is None else found


def supposed(stem: str) -> float:
    """The same without counting."""
    return STRANGE if len(stem) > 2 and not any(map(str.isdigit, stem)) and not is_root(stem) else 0.0
