"""Telephone numbers as people here type them, in E.164."""

import re
import unicodedata

import phonenumbers

from libs.kit.visible import without_invisible

HOME = "ID"
_COUNTRY = "62"
LONGEST = 40
"""Characters as typed. E.164 has 15 digits."""
_TYPED = re.compile(r"\+?[0-9 ().\-/]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")


class NotAPhoneNumber(ValueError):
    """Not a number that could be called."""

    code = "phone_invalid"


def e164(typed: str) -> str:
    """The number with its country: without one it is Indonesian, with or without the leading 0.

    `62…` without a plus is read as the country's code wherever that gives a number.

    Raises:
        NotAPhoneNumber: other characters than digits and what parts them ("8,12E+11"), too short, no such number.
    """
    written = " ".join(unicodedata.normalize("NFKC", without_invisible(typed)).translate(_DASHES).split())
    written = written.removeprefix("tel:")
    if len(written) > LONGEST or not _TYPED.fullmatch(written):
        raise NotAPhoneNumber
    digits = "".join(character for character in written if character.isdecimal())
    if written.startswith("+"):
        return _valid(f"+{digits}")
    if digits.startswith("00"):
        return _valid(f"+{digits[2:]}")
    if digits.startswith(_COUNTRY):
        try:
            return _valid(f"+{digits}")
        except NotAPhoneNumber:
            pass
    return _valid(digits)


def _valid(digits: str) -> str:
    try:
        number = phonenumbers.parse(digits, HOME)
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber from None
    if not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
