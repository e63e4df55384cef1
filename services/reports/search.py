"""Words to search by. MongoDB has no Indonesian stemmer, so documents and questions are stemmed here, alike."""

from libs.kit.stems import Stems
from libs.kit.text import normalise, words

MOST_TERMS = 60
MOST_ASKED = 8

_STEMS = Stems()


def search_terms(text: str) -> list[str]:
    """Different stems of at least two letters, in the order they come."""
    found = dict.fromkeys(_STEMS(word) for word in words(normalise(text)) if len(word) > 1)
    return list(found)[:MOST_TERMS]


def asked_terms(query: str) -> list[str]:
    return search_terms(query)[:MOST_ASKED]
