"""A long message cut into the claims that it passes on one after the other, and a body into passages."""

import re
from collections.abc import Callable, Sequence

from libs.kit.claims import Reading
from libs.kit.text import words
from services.reports.matching.features import Compared

LONG = 30
"""Words from which a message is looked at for several claims."""
LEAST = 5
"""Words of a piece; a shorter one belongs to what follows it: "Info valid:"."""
MOST = 4
ROOM = 10
"""Words that a passage may be longer than the query."""
CLAIMS = 5
"""Different words that say something, of a piece that is a claim of its own: fewer are an appeal, or a name beside the
message. 4 to 6 find the same within two in a hundred."""
SHORTEST_STEM = 3

_LINE = re.compile(r"\s*\n\s*|(?:^|(?<=\s))(?:\d{1,2}[.)]|[•●▪*-])\s+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_PART = re.compile(r"\s*\n\s*\n\s*|(?:^|\n)\s*(?:\d{1,2}[.)]|[•●▪*-])\s+")


def pieces(text: str) -> list[str]:
    """Lines and items of lists, of one line its sentences; the longest `MOST` of them, in their order. None where the
    message is one piece."""
    if len(words(text)) < LONG:
        return []
    cut = _gathered(_LINE.split(text))
    if len(cut) < 2:
        cut = _gathered(_SENTENCE.split(text))
    if len(cut) < 2:
        return []
    longest = sorted(cut, key=lambda piece: -len(piece))[:MOST]
    return [piece for piece in cut if piece in longest]


def makes_several(text: str, others: Sequence[bool], read: Sequence[Reading]) -> bool:
    """Whether a message, of which one piece has its answer, makes other claims beside that one.

    Nothing but its form says so, and what its pieces share: who tells one story comes back to it in each sentence. One
    piece that stands alone is enough in a list and among paragraphs, two among mere lines.

    Args:
        others: of each piece, whether it is about something else than what was answered.
        read: of each piece, how it reads.
    """
    said = [{t.key for t in each.tokens if len(t.key) >= SHORTEST_STEM and not t.key.startswith("!")} for each in read]
    alone = sum(
        is_other and each.content >= CLAIMS and said[n].isdisjoint(set().union(*said[:n], *said[n + 1 :]))
        for n, (is_other, each) in enumerate(zip(others, read, strict=True))
    )
    if alone and len(_gathered(_PART.split(text))) > 1:
        return True
    return alone > 1 and len(_gathered(_LINE.split(text))) > 1


def passage(query: Compared, body: str, stem: Callable[[str], str]) -> str:
    """Sentences of the body, one after the other, that hold most different words of the query; about as many words as
    there."""
    sentences = [sentence for sentence in _SENTENCE.split(body.replace("\n", ". ")) if sentence.strip()]
    spelled = [words(sentence) for sentence in sentences]
    held = [{stem(word) for word in each} & query.stem_set for each in spelled]
    best, most = (0, 0), -1.0
    for start in range(len(sentences)):
        end, count, found = start, 0, set[str]()
        while end < len(sentences) and (end == start or count + len(spelled[end]) <= len(query.words) + ROOM):
            count += len(spelled[end])
            found |= held[end]
            end += 1
            # Of equal ones the shorter.
            if (worth := len(found) - count / 1_000) > most:
                best, most = (start, end), worth
    return " ".join(sentences[best[0] : best[1]])


def _gathered(parts: list[str]) -> list[str]:
    found: list[str] = []
    waiting = ""
    for part in parts:
        waiting = f"{waiting} {part}".strip()
        if len(words(waiting)) >= LEAST:
            found.append(waiting)
            waiting = ""
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    return found
