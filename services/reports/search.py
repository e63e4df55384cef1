"""Words to search answers by. MongoDB has no Indonesian stemmer, so documents and questions are read here, alike.

A document keeps its words, what they are made of, and its numbers in one form. A question asks for each of its words:
as it is, by its root, or, where no dictionary knows it (a name, half a word), by its beginning.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts import ids
from libs.kit.hosts import names
from libs.kit.roots import roots, trunk
from libs.kit.text import words
from libs.kit.visible import without_invisible

VERSION = 2
"""Of what stands in a document to be searched. A document with another is read anew (`reindexing.py`); raise it with
every change of `search_terms`."""
MOST_TERMS = 300
MOST_ASKED = 8
SHORTEST_BEGINNING = 3

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’‘ʼ`´′](?=[^\W\d_])")
"""Inside a word, as in Ma'ruf and Jum'at: people leave it out."""
_SCALES = {
    "ribu": 10**3, "rb": 10**3, "k": 10**3, "juta": 10**6, "jt": 10**6, "miliar": 10**9, "milyar": 10**9,
    "triliun": 10**12, "trilyun": 10**12,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![^\W_])(?<!\d[.,])(?:(?:rp|idr)[.\s]{0,2})?"
    r"(?P<figure>\d{1,3}(?:[.,]\d{3})+(?!\d)|\d{1,15})(?:[.,](?P<part>\d{1,2})(?!\d))?"
    r"(?:\s?(?P<scale>ribu|rb|juta|jt|miliar|milyar|triliun|trilyun|(?<=\d)k))?(?![^\W_])"
)
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_NOISE = names(
    "hoaks hoax hoak berita kabar isu benar betul benarkah apakah betulkah tentang soal mengenai yang di ke dari dan "
    "itu ini ada apa atau untuk pada dengan adalah cek fakta rp idr rupiah"
)
"""Said around a question; asked for only where nothing else is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question: any of `terms`, or a term that begins like `beginning`."""

    terms: tuple[str, ...]
    beginning: str = ""

    def is_in(self, found: Collection[str]) -> bool:
        begins = bool(self.beginning) and any(term.startswith(self.beginning) for term in found)
        return begins or any(term in found for term in self.terms)

    def where(self) -> dict[str, Any]:
        beginning = [re.compile(f"^{re.escape(self.beginning)}")] if self.beginning else []
        return {"ix.t": {"$in": [*self.terms, *beginning]}}


def search_terms(text: str) -> list[str]:
    """Different words, their roots and numbers, in the order they come."""
    numbers, rest = _numbers(text)
    found = dict.fromkeys(numbers)
    for word in words(rest):
        found.update(dict.fromkeys(_indexed(word)))
    return list(found)[:MOST_TERMS]


def asked(query: str) -> list[Asked]:
    """What a document must have, word for word; nothing for a query without words."""
    numbers, rest = _numbers(query)
    found = words(rest)
    telling = [word for word in found if word not in _NOISE] or ([] if numbers else found)
    groups = [Asked((number,)) for number in numbers] + [_asked(part) for word in telling for part in _parted(word)]
    return list(dict.fromkeys(groups))[:MOST_ASKED]


def number_asked(query: str) -> dict[str, Any] | None:
    """A filter for the answer whose own number is asked for, with or without the letters of its office."""
    typed = query.strip()
    characters = "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isascii() and c.isalnum())
    before, code = characters[:-8], ids.read_code(characters[-8:])
    parted = re.fullmatch(r"\w{0,3}\W{0,3}\w{4}\W{0,3}\w{4}\W*", without_invisible(typed))
    if len(before) not in (0, 3) or parted is None:
        return None
    # One number in twenty has letters only: without those of its office it reads like a word or two.
    if not before and not re.search(r"\d", characters):
        return None
    if not set(code) <= set(ids.CROCKFORD):
        return None
    letters = before.translate(str.maketrans("01", "OI"))
    ending = f"-{code[:4]}-{code[4:]}"
    return {"ix.number": f"{letters}{ending}" if letters else re.compile(f"{ending}$")}


def _numbers(text: str) -> tuple[list[str], str]:
    """Numbers in one form ("Rp 50.000", "50 ribu" and "50rb" are 50000), and the text without them."""
    plain = _APOSTROPHE.sub("", without_invisible(unicodedata.normalize("NFKC", text))).lower()
    return [_value(match) for match in _NUMBER.finditer(plain)], _NUMBER.sub(" ", plain)


def _value(match: re.Match[str]) -> str:
    figure, part, scale = re.sub("[.,]", "", match["figure"]), match["part"], match["scale"]
    if scale is None:
        return str(int(figure)) if part is None or len(match["figure"]) > 3 else f"{int(figure)}.{part}"
    return f"{round(float(f'{figure}.{part or 0}') * _SCALES[scale])}"


def _indexed(word: str) -> list[str]:
    parts = _parted(word)
    if len(parts) > 1:
        return [word, *(term for part in parts for term in _indexed(part))]
    if word.isdecimal():
        return [str(int(word))]
    return [word, *(roots(word) or [trunk(word)])] if len(word) > 1 else []


def _parted(word: str) -> list[str]:
    """Word and number where somebody left out what stands between, as in covid19; "5g" and "h5n1" are names."""
    parts = _PARTS.findall(word)
    return parts if len(parts) == 2 and max(len(p) for p in parts if p.isalpha()) > 2 else [word]


def _asked(word: str) -> Asked:
    if word.isdecimal():
        return Asked((str(int(word)),))
    known = roots(word)
    terms = tuple(dict.fromkeys((word, *(known or [trunk(word)]))))
    return Asked(terms, "" if known or len(word) < SHORTEST_BEGINNING else word)


def all_of(groups: Sequence[Asked]) -> dict[str, Any]:
    return {"$and": [group.where() for group in groups]}
