"""Templates are written on as many lines as they are read best on; a line break costs nothing and shows nothing.

As in JSX: a break with the indentation around it is nothing beside a tag or beside `{{`, `{%`, `{#`; between two words
and between two attributes it is one space. A space at such a place is written `{{ " " }}`. What lies in `<textarea>`,
`<pre>` and `<script>` stays as it stands.
"""

import re
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_PART = re.compile(
    r"""(?P<open><(?P<name>[a-z][a-z0-9-]*|/[a-z][a-z0-9-]*|!)) | (?P<close>\s*>) | (?P<quote>["'])
    | (?P<brk>[ \t]*\n\s*)""",
    re.VERBOSE | re.IGNORECASE,
)
_AS_IT_STANDS = frozenset({"textarea", "pre", "script", "style"})


class Joined(Extension):
    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        where = _Where()
        for token in stream:
            yield Token(token.lineno, "data", where.joined(token.value)) if token.type == "data" else token
        if where.in_tag or where.kept:
            raise TemplateSyntaxError(f"<{where.kept or where.name}> is not closed", 1, stream.name, stream.filename)


class _Where:
    """What lies open at a point of a template, Jinja's own tags left out."""

    def __init__(self) -> None:
        self.in_tag = False
        self.name = ""
        self.quote = ""
        self.kept = ""

    def joined(self, data: str) -> str:
        return _PART.sub(lambda found: self._part(found, data), data)

    def _part(self, found: re.Match[str], data: str) -> str:
        text = found[0]
        if found["open"] and not self.in_tag:
            name = found["name"].lower()
            if not self.kept or name == f"/{self.kept}":
                self.in_tag, self.name, self.kept = True, name, ""
            return text
        if found["close"] and self.in_tag and not self.quote:
            self.in_tag = False
            self.kept = self.name if self.name in _AS_IT_STANDS else ""
            return ">"
        if found["quote"] and self.in_tag and self.quote in ("", text):
            self.quote = "" if self.quote else text
            return text
        if not found["brk"] or (self.kept and not self.in_tag):
            return text
        if self.in_tag:
            return " "
        before, after = data[: found.start()], data[found.end() :]
        return "" if not before or not after or before[-1] == ">" or after[0] == "<" else " "
