"""What a person typed: whether it may be kept, and the form in which two texts are compared.

The text itself is always kept as it was given; `normalise` makes a second form, for comparing only.
"""

import hashlib
import re
import unicodedata

from libs.kit.addresses import without_addresses
from libs.kit.numbers import is_roman
from libs.kit.visible import is_visible


class UnsafeText(ValueError):
    """A text that cannot be kept as it is.

    Attributes:
        code: `text_has_nul`, `text_has_surrogate`, `text_too_long` or `text_empty`.
        limit: for `text_too_long`, the characters allowed.
    """

    def __init__(self, code: str, limit: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


def checked(text: str, *, longest: int, required: bool = False) -> str:
    """The text as it was given, or a refusal.

    Controls and bidi marks stay in: they are evidence of how the text circulated. The page shows them isolated.

    Raises:
        UnsafeText: NUL (no store keeps it), a lone surrogate (cannot be encoded), too long, or blank where required.
    """
    if len(text) > longest:
        raise UnsafeText("text_too_long", longest)
    if "\x00" in text:
        raise UnsafeText("text_has_nul")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnsafeText("text_has_surrogate")
    if required and not is_visible(text):
        raise UnsafeText("text_empty")
    return text


def _styled_letters() -> dict[int, str]:
    """Letters that NFKC leaves alone: white on black squares and circles, small capitals, flag letters."""
    styled = {}
    for code in (*range(0x250, 0x2B0), *range(0x1D00, 0x1D2C), *range(0x1F150, 0x1F18A), *range(0x1F1E6, 0x1F200)):
        name = unicodedata.name(chr(code), "")
        letter = name.rsplit(" ", 1)[-1]
        if len(letter) == 1 and ("NEGATIVE" in name or "SMALL CAPITAL" in name or "REGIONAL" in name):
            styled[code] = letter.lower()
    return styled


_STYLED = _styled_letters()
_LOOKALIKES = str.maketrans("асеоруіјѕһԁԛԝкмтαονικρτυ", "aceopyijshdqwkmtaovikptu")
_LEET = str.maketrans("013457", "oieast")
_DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[013457](?=[a-z])")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD_WITH_DIGIT = re.compile(r"(?<![a-z0-9])[a-z]*[0-9][a-z0-9]*")
_DOUBLED_WORD = re.compile(r"\b([a-z]{3,})2(an|nya|)\b")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d])")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_NOT_A_WORD = re.compile(r"[\W_]+")


def unstyled(text: str) -> str:
    """With plain letters for those that NFKC leaves alone: squares, small capitals, flags."""
    return text if text.isascii() else text.translate(_STYLED)


def normalise(text: str) -> str:
    """The text as compared: lower-case words parted by single spaces, without addresses, accents and disguises.

    Undone are styled and look-alike letters, zero-width characters, digits for letters inside a word ("v4ks1n"),
    stretched letters ("hoaaax"), doubling by digit ("anak2") and thousands separators ("1.500.000").
    """
    # Most texts are plain ASCII without digits, and need none of what goes character by character or word by word.
    folded = text if text.isascii() else unicodedata.normalize("NFKC", unstyled(text))
    folded = without_addresses(folded).lower()
    if not folded.isascii():
        folded = "".join(
            character
            for character in unicodedata.normalize("NFKD", folded)
            if not unicodedata.combining(character) and unicodedata.category(character) != "Cf"
        )
    if has_digits := _DIGIT.search(folded) is not None:
        folded = _THOUSANDS.sub(lambda number: re.sub("[.,]", "", number.group()), folded)
    if not folded.isascii():
        folded = _WORD.sub(_undisguised, folded)
    elif has_digits:
        folded = _ASCII_WORD_WITH_DIGIT.sub(_undisguised, folded)
    if has_digits:
        folded = _DOUBLED_WORD.sub(r"\1\2", folded)
    if _REPEATED.search(folded):
        folded = _WORD.sub(_unstretched, folded)
    return _NOT_A_WORD.sub(" ", folded).strip()


def _unstretched(match: re.Match[str]) -> str:
    # "SDN Mekarwangi III" is not "SDN Mekarwangi I".
    word = match.group()
    return word if is_roman(word) else _REPEATED.sub(r"\1", word)


def _undisguised(match: re.Match[str]) -> str:
    word = match.group()
    if not word.isascii() and any("a" <= character <= "z" for character in word):
        word = word.translate(_LOOKALIKES)
    # "h5n1" and "g30s" are names: a disguised word has three letters or more, and single digits between them.
    if word.isalpha() or word.isdigit() or sum(character.isalpha() for character in word) < 3:
        return word
    return _DIGIT_IN_WORD.sub(lambda digit: digit.group().translate(_LEET), word)


def words(text: str) -> list[str]:
    return normalise(text).split()


def fingerprint(claim: str) -> str:
    """A key that is equal for claims that differ only in case, spacing, punctuation, addresses or disguise.

    Shape: 64 lower-case hex characters (SHA-256 of the normalised text; of the text itself where nothing is left of it,
    as with a bare address). The same claim in two tenants has the same fingerprint; compare within one.
    """
    return fingerprint_of(normalise(claim) or unicodedata.normalize("NFKC", claim).strip())


def fingerprint_of(normalised: str) -> str:
    """`fingerprint` of a text that is in the form for comparing already."""
    return hashlib.sha256(normalised.encode()).hexdigest()
