"""Characters that leave no mark on a page: whether a reader would see anything of a text, and the text without them."""

import unicodedata

_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159")
"""Letters and symbols by their category, and nothing to see: Hangul fillers, the empty Braille cell, the object mark, a
note without a head."""
_JOINING = "\u200d\ufe0f"
"""Zero width joiner and the selector of pictures: inside emoji they belong to what is seen."""


def is_visible(text: str) -> bool:
    """Whether a reader would see anything: not only blanks, controls, zero-width characters, fillers and lone marks."""
    return any(_is_seen(character) for character in text)


def _is_seen(character: str) -> bool:
    return character not in _BLANK_LETTERS and unicodedata.category(character)[0] not in "CZM"


def without_invisible(text: str) -> str:
    """Without what takes no room: soft hyphens, zero-width characters, direction marks, fillers, tags, selectors.

    Blanks, line ends and the marks of letters stay.
    """
    if text.isascii():
        return text
    return "".join(character for character in text if not is_ignorable(character))


def is_ignorable(character: str) -> bool:
    return (
        character in _BLANK_LETTERS
        or character in _JOINING
        or unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0000" <= character <= "\U000e0fff"
        or character in "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
    )
