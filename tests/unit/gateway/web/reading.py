"""What a person reads on a page, by the language the markup says it is in."""

from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNREAD = frozenset({"script", "style", "svg"})
SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.read: list[tuple[str, str]] = []

    def language(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = "none" if tag in UNREAD else given.get("lang") or self.language()
        if tag not in VOID:
            self.open.append((tag, language))
        self.read += [(language, given[name] or "") for name in SPOKEN_ATTRIBUTES if name in given]

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self.read.append((self.language(), data))


def words_in(language: str, html: str) -> set[str]:
    """Every word of a page whose nearest `lang` is `language`, in lower case."""
    reader = _Reader()
    reader.feed(html)
    text = " ".join(said for lang, said in reader.read if lang == language)
    return {word.strip(".,:;!?()[]“”\"'·/").lower() for word in text.split()}
