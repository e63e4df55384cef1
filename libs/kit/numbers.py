"""Numbers as Indonesians write them: 1.500.000 and 1,5 juta, Roman ones, spelt ones."""

import re

SCALES = {
    "ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000, "miliar": 10**9, "milyar": 10**9,
    "m": 10**9, "triliun": 10**12, "trilyun": 10**12, "t": 10**12,
}  # fmt: skip
SPELT = {
    word: value
    for value, names in enumerate(
        (
            "satu one", "dua kedua two second", "tiga ketiga three third", "empat keempat four fourth",
            "lima kelima five fifth", "enam keenam six", "tujuh ketujuh seven", "delapan kedelapan eight",
            "sembilan kesembilan nine", "sepuluh kesepuluh ten", "sebelas eleven", "duabelas twelve",
        ),
        1,
    )
    for word in names.split()
}  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
_ROMAN = re.compile(r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_LETTERS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def value_of(figure: str, scale: str | None = None) -> float:
    """12.500 is twelve thousand five hundred, 1,5 is one and a half: a group of three is thousands, unless scaled."""
    if _THOUSANDS.fullmatch(figure) and scale is None:
        return float(figure.replace(".", "").replace(",", ""))
    head, *tail = re.split(r"[.,]", figure)
    decimals = tail[-1] if tail and (scale or len(tail[-1]) < 3) else ""
    whole = head + "".join(tail[:-1] if decimals else tail)
    return float(f"{whole}.{decimals or 0}") * SCALES.get((scale or "").lower(), 1)


def is_roman(word: str) -> bool:
    """Whether a lower-case word is a Roman numeral, as schools, chapters and classes bear it (up to 399)."""
    return _ROMAN.fullmatch(word) is not None


def roman_value(word: str) -> int:
    """Of a word for which `is_roman` holds."""
    values = [_LETTERS[letter] for letter in word]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))
