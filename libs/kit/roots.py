"""Which dictionary words an Indonesian word may be made of: culik for penculikan, diculik and menculik.

Every way to take off prefixes and suffixes that ends at a word of the dictionary counts, where a stemmer picks one and
picks wrongly wherever a root ends in k ("penculikan": culi, "perampokan": ampo). Infixes are left alone: they are rare,
and "relawan" is not made of "rawan". Neither is a lone -i taken off, which turns names into words (Bekasi, bekas).
"""

from collections.abc import Iterator
from functools import cache, lru_cache

from libs.kit import areas
from libs.kit.stems import is_root

LEAST = 3
"""Letters of a root. Shorter ones (mi, ma, an) are found in everything."""
LONGEST_WORD = 40

_PARTICLES = ("nya", "lah", "kah", "pun", "ku", "mu")
_NASAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("nge", ("",)),
    ("ny", ("s",)),
    ("ng", ("", "k")),
    ("n", ("", "t")),
    ("m", ("", "p")),
    ("", ("",)),
)
"""What me- and pe- put before a root, and the letters that it may have swallowed."""
_PLAIN = ("di", "ter", "ber", "per", "ke", "se", "te", "be", "bel", "pel")
_LOAN = ("isasi", "asi")
"""Endings of loan words whose rest is a word as well: vaksinasi, kristenisasi."""
_MOST_PREFIXES = 3


@lru_cache(maxsize=50_000)
def roots(word: str) -> tuple[str, ...]:
    """Dictionary words in the word, itself among them if it is one; none for names and words that nobody listed.

    Args:
        word: lower-case letters.
    """
    if not LEAST < len(word) <= LONGEST_WORD or not word.isascii() or not word.isalpha() or word in _places():
        return (word,) if is_root(word) else ()
    if is_root(word):
        return (word, *_of_loan(word))
    found = {root for bare, prefixed in _without_prefixes(word) for root in _without_suffixes(bare, prefixed)}
    # "culi" in penculikan is what -kan leaves of "culik".
    return tuple(sorted(r for r in found if not any(other != r and other.startswith(r) for other in found)))


def trunk(word: str) -> str:
    """What stands between the affixes of a verb that is in no dictionary: viral for diviralkan. Else the word."""
    for bare, prefixed in _without_prefixes(word):
        if prefixed and bare.endswith("kan") and len(bare) >= LEAST + 4:
            return bare.removesuffix("kan")
    return word.removesuffix("nya") if len(word) > LEAST + 4 else word


def _of_loan(word: str) -> tuple[str, ...]:
    rests = (word.removesuffix(ending) for ending in _LOAN if word.endswith(ending))
    return tuple(rest for rest in rests if len(rest) > LEAST + 1 and is_root(rest))


def _without_prefixes(word: str) -> Iterator[tuple[str, bool]]:
    """The word with none, one and more of its prefixes taken off, and whether any was."""
    waiting, seen = [(word, 0)], {word}
    while waiting:
        bare, count = waiting.pop(0)
        yield bare, count > 0
        if count == _MOST_PREFIXES:
            continue
        for rest in _without_one_prefix(bare):
            if len(rest) >= LEAST and rest not in seen:
                seen.add(rest)
                waiting.append((rest, count + 1))


def _without_one_prefix(word: str) -> Iterator[str]:
    if word.startswith(("me", "pe")):
        for nasal, swallowed in _NASAL:
            if word.startswith(nasal, 2):
                rest = word[2 + len(nasal) :]
                yield from (letter + rest for letter in swallowed)
    yield from (word[len(prefix) :] for prefix in _PLAIN if word.startswith(prefix))


def _without_suffixes(word: str, prefixed: bool) -> Iterator[str]:
    bases = [word, *(word.removesuffix(p) for p in _PARTICLES if word.endswith(p))]
    endings = ("kan", "an", "i") if prefixed else ("kan", "an")
    for base in bases:
        for rest in (base, *(base.removesuffix(ending) for ending in endings if base.endswith(ending))):
            if len(rest) >= LEAST and is_root(rest):
                yield rest


@cache
def _places() -> frozenset[str]:
    """Names of provinces and regencies, word by word: Pekalongan has nothing to do with kalong."""
    listed = [area for province in areas.provinces() for area in (province, *areas.children(province.code))]
    return frozenset(word for area in listed for word in area.name.lower().split() if len(word) > LEAST)
