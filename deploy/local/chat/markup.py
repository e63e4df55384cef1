"""Telegram's HTML in messages: what it says and what stands out in it."""

import html
import re
from dataclasses import dataclass
from typing import Any

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_PART = re.compile(
    r"<(?P<end>/?)(?P<tag>[^\s<>/]+)(?P<attributes>[^<>]*)>|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)"
)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Unreadable(ValueError):
    """What the Bot API says behind "can't parse entities: "."""


@dataclass(frozen=True)
class _Open:
    tag: str
    offset: int
    attributes: str


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities; offsets and lengths in UTF-16 code units, as the Bot API has them.

    Raises:
        Unreadable
    """
    text, place = "", 0
    opened: list[_Open] = []
    entities: list[dict[str, Any]] = []
    for found in _PART.finditer(source):
        text += _plain(source, place, found.start())
        place = found.end()
        if found["entity"]:
            text += html.unescape(found["entity"])
            continue
        tag, at = found["tag"].lower(), _bytes_before(source, found.start())
        if not found["end"]:
            if tag not in _KINDS:
                raise Unreadable(f'Unsupported start tag "{tag}" at byte offset {at}')
            opened.append(_Open(tag, _units(text), found["attributes"]))
        elif not opened:
            raise Unreadable(f"Unexpected end tag at byte offset {at}")
        elif opened[-1].tag != tag:
            raise Unreadable(f'Unmatched end tag at byte offset {at}, expected "</{opened[-1].tag}>", found "</{tag}>"')
        else:
            entities += _entity(opened.pop(), _units(text), text)
    text += _plain(source, place, len(source))
    if opened:
        raise Unreadable(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _entity(start: _Open, end: int, text: str) -> list[dict[str, Any]]:
    entity = {"offset": start.offset, "length": end - start.offset, "type": _KINDS[start.tag]}
    if start.tag == "a":
        href = _HREF.search(start.attributes)
        if not href:
            return []
        entity["url"] = html.unescape(href[1] or href[2] or "")
    return [entity] if end > start.offset else []


def _plain(source: str, start: int, end: int) -> str:
    piece = source[start:end]
    if "<" in piece:
        at = _bytes_before(source, start + piece.index("<"))
        raise Unreadable(f'Unsupported start tag "" at byte offset {at}')
    return piece


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _bytes_before(source: str, place: int) -> int:
    return len(source[:place].encode())
