"""Headers of a mail as RFC 2047 and RFC 5322 want them: encoded words of 75 characters, lines of 76.

The library would take what looks like an encoded word for one, and would fold through the middle of a mark (`mime`).
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby

LINE = 76
"""RFC 2047 for a line with an encoded word; RFC 5322 would like 78."""
_WORD_BYTES = 39
"""Of UTF-8 in one encoded word: 52 letters of Base64 and 12 around them, which fit behind "Subject:" too."""
_LONGEST_PLAIN = 60
_PLAIN = re.compile(rf"[\x21-\x7e]{{1,{_LONGEST_PLAIN}}}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def text(name: str, value: str) -> str:
    """A header that people read, in the words of people."""
    return folded(name, _words(value))


def mailbox(name: str, address: str, *, called: str) -> str:
    return folded(name, [*_phrase(called), f"<{address}>"])


def folded(name: str, words: Iterable[str]) -> str:
    """A header from words that are not to be broken."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def _words(text: str) -> Iterator[str]:
    """Plain words as they are; neighbours that need it encoded together, as a reader drops the space between two."""
    for is_plain, run in groupby(text.split(), key=_is_plain):
        if is_plain:
            yield from run
        else:
            yield from _encoded(" ".join(run))


def _is_plain(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None and "=?" not in word


def _encoded(text: str) -> Iterator[str]:
    piece = b""
    for character in text:
        more = character.encode()
        if len(piece) + len(more) > _WORD_BYTES:
            yield _encoded_word(piece)
            piece = b""
        piece += more
    if piece:
        yield _encoded_word(piece)


def _encoded_word(piece: bytes) -> str:
    return f"=?utf-8?b?{b64encode(piece).decode()}?="


def _phrase(called: str) -> Iterator[str]:
    name = " ".join(called.split())
    if _ATOMS.fullmatch(name) and all(map(_is_plain, name.split())):
        yield from name.split()
    else:
        yield from _encoded(name)
