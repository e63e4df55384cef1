"""Characters that nobody sees: they turn the direction of what follows, or hide between letters.

A text is kept with them (they are evidence of how it circulated), but it may not reach beyond itself on a page, and an
officer must see that they are there. Source of the rules: Unicode Standard Annex 9.
"""

import re

_ISOLATES, _EMBEDDINGS = "\u2066\u2067\u2068", "\u202a\u202b\u202d\u202e"
_POP_ISOLATE, _POP_EMBEDDING = "\u2069", "\u202c"
_FIRST_STRONG_ISOLATE = "\u2068"

_STEERS = re.compile(f"[{_ISOLATES}{_EMBEDDINGS}{_POP_ISOLATE}{_POP_EMBEDDING}]")
_UNSEEN = re.compile(
    # Direction, then what has no width, then fillers that look like a blank, then controls and tags.
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u034f\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff"
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\U000e0000-\U000e007f]"
    # A joiner binds emoji and letters of other scripts; between Latin letters it only hides.
    "|(?:(?<=[ -~])|^)[\u200c\u200d]|[\u200c\u200d](?=[ -~]|$)"
)


def hides(text: str) -> bool:
    """Whether something is in it that no reader would see."""
    return not _harmless(text) and _UNSEEN.search(text) is not None


def plain(text: str) -> str:
    """Without them: for cards, addresses and titles, where nobody compares letters."""
    return text if _harmless(text) else _UNSEEN.sub("", text)


def shown(text: str) -> str:
    """Each by its number, "[U+202E]", in the order of the letters as they were sent."""
    return text if _harmless(text) else _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def closed(text: str) -> str:
    """The text, isolated where it would otherwise turn what stands around it."""
    if text.isascii() or _STEERS.search(text) is None:
        return text
    opened, stray = _balance(text)
    if not opened and not stray:
        return text
    return _FIRST_STRONG_ISOLATE * (1 + stray) + text + _POP_ISOLATE * (1 + sum(c in _ISOLATES for c in opened))


def _harmless(text: str) -> bool:
    """Without a search: nearly all that a page prints."""
    return text.isascii() and text.isprintable()


def _balance(text: str) -> tuple[list[str], int]:
    """What is still open at the end, and how many ends there are of isolates that never began."""
    opened: list[str] = []
    stray = 0
    for sign in _STEERS.findall(text):
        if sign in _ISOLATES or sign in _EMBEDDINGS:
            opened.append(sign)
        elif sign == _POP_EMBEDDING:
            if opened and opened[-1] in _EMBEDDINGS:
                opened.pop()
        elif any(c in _ISOLATES for c in opened):
            while opened.pop() not in _ISOLATES:
                pass
        else:
            stray += 1
    return opened, stray
