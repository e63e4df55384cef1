"""Views whose texts hold what nobody sees, and whether a page lets it out."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

from pydantic import BaseModel

from libs.kit.signs import closed

SIGN = "\u202e"
TYPED = frozenset({"value", "href", "action", "src", "content"})
"""Attributes that no text stands around, or that go back as they came."""


def turned(view: Any) -> Any:
    """The same view, each text of more than one word with an override in its middle that nothing ends."""
    if isinstance(view, str) and type(view) is str:
        return view.replace(" ", f" {SIGN}", 1)
    if is_dataclass(view) and not isinstance(view, type):
        return replace(view, **{f.name: turned(getattr(view, f.name)) for f in fields(view) if f.init})
    if isinstance(view, BaseModel):
        return view.model_copy(update={name: turned(getattr(view, name)) for name in type(view).model_fields})
    if isinstance(view, Mapping):
        return {name: turned(value) for name, value in view.items()}
    if type(view) is tuple:
        return tuple(turned(one) for one in view)
    return view


class _Leaks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.read = ""
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        self.found += [f"{tag} {n}={v}" for n, v in attrs if n not in TYPED and v and closed(v) != v]

    def handle_data(self, data: str) -> None:
        if self._in != "textarea":
            self.read += data

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


def leaks(html: str) -> list[str]:
    """Attributes of a page that turn what stands after them, and the page itself where one of its texts does."""
    reader = _Leaks()
    reader.feed(html)
    found = reader.found
    if closed(reader.read) != reader.read:
        found += [line for line in reader.read.splitlines() if closed(line) != line]
    return found
