"""Indonesian is the source; English comes from the .po files beside the templates."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeGuard
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

Lang = Literal["id", "en"]
SOURCE: Lang = "id"
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600

LOCALES = Path(__file__).parent / "locales"


def is_lang(value: str | None) -> TypeGuard[Lang]:
    return value in ("id", "en")


def choose(asked: str | None, remembered: str | None) -> Lang:
    """The language of a page: what the switch asks for, else what the cookie remembers, else Indonesian.

    Accept-Language is left out on purpose: many phones here are sold with English on, and a page that
    does not vary by that header can be cached for all.
    """
    for value in (asked, remembered):
        if is_lang(value):
            return value
    return SOURCE


def switch_url(url: str, to: Lang) -> str:
    """The same page in the other language; works as a plain link, because it changes the display only."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return f"{parts.path}?{urlencode([*query, ('lang', to)])}"


def read_catalogs(folder: Path) -> Iterable[Catalog]:
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            yield read_po(file)


@cache
def translations(lang: Lang) -> NullTranslations:
    """All .po files of a language as one: each part of the product keeps a file of its own."""
    if lang == SOURCE:
        return NullTranslations()
    merged = Translations()
    for catalog in read_catalogs(LOCALES / lang / "LC_MESSAGES"):
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        merged.merge(Translations(compiled))
    return merged


def thousands(number: int, lang: Lang) -> str:
    """1187 as Indonesian (1.187) or English (1,187) readers write it."""
    written = f"{number:,}"
    return written if lang == "en" else written.replace(",", ".")
