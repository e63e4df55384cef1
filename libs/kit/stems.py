"""Indonesian word stems, remembered from one run to the next.

PySastrawi takes about 0.1 ms for a word it has not seen, 10 ms for a long text; a corpus soon repeats its words.
"""

import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Protocol

MOST_WORDS = 200_000
"""About 25 MB in memory. Ten thousand titles and reports hold 18,000 different words."""
LONGEST_WORD = 40
"""Characters. Longer "words" are keys, hashes or letters without spaces: they have no stem."""


class Stemmer(Protocol):
    def stem(self, word: str) -> str: ...


@cache
def sastrawi() -> Stemmer:
    """PySastrawi with its root words, loaded on the first new word (0.1 s)."""
    from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
    from Sastrawi.Stemmer import Stemmer as sastrawi_stemmer
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    # The factory's own stemmer keeps every word for ever; ours are kept once, and bounded.
    stemmer: Stemmer = sastrawi_stemmer.Stemmer(ArrayDictionary(StemmerFactory().get_words()))
    return stemmer


class Stems:
    """The stems of words; ask for one at a time, `save` now and then.

    The file is a cache: a missing or broken one costs time and nothing else.
    """

    def __init__(self, file: Path | None = None, stemmer: Stemmer | None = None) -> None:
        self._file = file
        self._stemmer = stemmer
        self._known = _read(file) if file else {}
        self._saved = len(self._known)

    def __call__(self, word: str) -> str:
        stem = self._known.get(word)
        if stem is None:
            stem = self._stemmed(word)
            if len(self._known) < MOST_WORDS:
                self._known[word] = stem
        return stem

    def _stemmed(self, word: str) -> str:
        if len(word) < 4 or len(word) > LONGEST_WORD or not word.isascii() or not word.isalpha():
            return word
        return (self._stemmer or sastrawi()).stem(word) or word

    def save(self) -> None:
        """Writes the file anew if there are new words; readers never see half a file."""
        if self._file is None or len(self._known) == self._saved:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(self._known, out, ensure_ascii=False, separators=(",", ":"))
        Path(draft).replace(self._file)
        self._saved = len(self._known)


def _read(file: Path) -> dict[str, str]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def is_root(word: str) -> bool:
    """Whether the dictionary knows the word as it is: names, numbers and misspellings are not in it."""
    return word in _roots()


@cache
def _roots() -> frozenset[str]:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return frozenset(StemmerFactory().get_words())
