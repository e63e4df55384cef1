"""What the registry asks of single fields. Each raises `validation` naming the field."""

import re
import unicodedata
from datetime import date

from libs.kit.visible import is_visible
from libs.runtime.errors import Refused

ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[0-9a-zA-Z](?:[0-9a-zA-Z.-]{0,250})\.[0-9a-zA-Z-]{2,63}")
E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)

CONTROLS = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unicode categories that nobody types into a name: control, format (bidi, zero width), surrogate, private."""


def require(holds: bool, field: str) -> None:
    if not holds:
        raise Refused("validation", field)


def identifier(value: str, field: str) -> None:
    """A slash would end the tenant's part of a document's `_id`."""
    require(ID.fullmatch(value) is not None, field)


def line(value: str, field: str, *, longest: int, empty: bool = False) -> None:
    """One line of text as a person writes it."""
    require(empty or is_visible(value), field)
    require(len(value) <= longest and not any(unicodedata.category(c) in CONTROLS for c in value), field)


def paragraph(value: str, field: str, *, longest: int) -> None:
    """Text that may be empty and may have several lines, which forms end with CRLF."""
    line(value.replace("\r\n", " ").replace("\n", " "), field, longest=longest, empty=True)


def email(value: str, field: str) -> None:
    require(EMAIL.fullmatch(value) is not None and ".." not in value, field)


def phone(value: str, field: str) -> None:
    require(E164.fullmatch(value) is not None, field)


def day(written: str, field: str) -> date:
    """A date as ISO 8601 writes it."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused("validation", field) from None
