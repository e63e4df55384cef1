"""What stands in a file of published answers: JSON lines, CSV, or a feed of schema.org's ClaimReview.

Each row stands for itself: what is wrong with it is said with its number and column, and the others go in.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.contracts.reports.known import KnownEntry, RowProblem
from libs.kit.hosts import NOT_AN_ADDRESS, refused_because
from libs.kit.visible import is_visible

MOST_ROWS = 200_000
LONGEST_FIELD = 100_000
LONGEST = {
    "own_id": 2_000,
    "publisher": 200,
    "url": 2_000,
    "claim": 2_000,
    "label": 80,
    "fact": 2_000,
    "body": 20_000,
}
FIRST_YEAR = 1990
DEEPEST = 8
"""Lists and feeds within each other; a DataFeed of lists has four."""

_COLUMNS = {
    "own_id": "id own_id identifier nomor kode",
    "publisher": "publisher penerbit sumber source",
    "url": "url tautan link alamat",
    "claim": "claim title title_clean judul klaim narasi",
    "label": "label verdict verdict_label putusan rating hasil",
    "fact": "fact fakta",
    "body": "body isi penjelasan explanation",
    "published_on": "date tanggal published_on published_at published tanggal_terbit",
    "language": "language bahasa lang",
    "dropped": "withdrawn ditarik dicabut",
}
_NAMES = {alias: name for name, aliases in _COLUMNS.items() for alias in aliases.split()}
_SHOWN = {
    "own_id": "id",
    "published_on": "date",
    "dropped": "withdrawn",
}
"""What a column is called in a problem, where it is not by its field."""
_NEEDED = ("publisher", "url", "claim")
_YES = frozenset({"1", "true", "ya", "yes", "y"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAKS = re.compile(r"\s*[\t\r\n]+\s*")


class Unreadable(Exception):
    """Nothing of the file can be read. `code`: encoding, json, header, empty or rows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """`entry` is None where something is wrong with it. `dropped`: its publisher takes it back."""

    number: int
    entry: KnownEntry | None = None
    dropped: bool = False
    problems: tuple[RowProblem, ...] = ()


def read(data: bytes, *, publisher: str = "") -> Iterator[Row]:
    """
    Args:
        publisher: of rows that do not name one.

    Raises:
        Unreadable: at the first row, or after `MOST_ROWS`.
    """
    seen: set[tuple[str, str]] = set()
    number = 0
    for number, record in enumerate(_records(_text_of(data)), 1):
        if number > MOST_ROWS:
            raise Unreadable("rows")
        row = _row(number, record, publisher)
        if row.entry is not None:
            name = (row.entry.publisher.casefold(), row.entry.own_id)
            if name in seen:
                row = _bad(number, {"own_id": "repeated"})
            seen.add(name)
        yield row
    if not number:
        raise Unreadable("empty")


Record = Mapping[str, Any] | str
"""Values by column, or the code of what makes the row unreadable."""


def _text_of(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None


def _records(text: str) -> Iterator[Record]:
    if text.lstrip()[:1] not in ("{", "["):
        return _of_csv(text)
    # Of line feeds alone: a text may hold other characters that end a line, and JSON lets them stand as they are.
    lines = [line for line in text.split("\n") if line.strip()]
    first = _json(lines[0])
    # A pretty-printed file begins with a line that is no value of its own; a feed in one line is one value.
    if isinstance(first, Mapping) and (len(lines) > 1 or not _is_feed(first)):
        return _of_lines(lines)
    whole = _json(text)
    if whole is None:
        raise Unreadable("json")
    return _of_feed(whole)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _of_lines(lines: Iterable[str]) -> Iterator[Record]:
    for line in lines:
        value = _json(line)
        yield _named(value) if isinstance(value, Mapping) else "json"


def _is_feed(value: Mapping[str, Any]) -> bool:
    return any(name in value for name in ("dataFeedElement", "@graph", "itemListElement"))


def _of_feed(value: Any, depth: int = 0) -> Iterator[Record]:
    """The reviews of a DataFeed, a graph or a list, however they are packed."""
    if depth > DEEPEST:
        yield "json"
    elif isinstance(value, list):
        for one in value:
            yield from _of_feed(one, depth + 1)
    elif isinstance(value, Mapping):
        inner = [value[n] for n in ("dataFeedElement", "@graph", "itemListElement", "item") if n in value]
        if inner and not _is_review(value):
            for one in inner:
                yield from _of_feed(one, depth + 1)
        else:
            yield _named(value)
    else:
        yield "json"


def _of_csv(text: str) -> Iterator[Record]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [_column(name) for name in next(reader, [])]
    except csv.Error:
        raise Unreadable("header") from None
    if not {"url", "claim"} <= set(names):
        raise Unreadable("header")
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield "csv"
            continue
        if any(cell.strip() for cell in cells):
            yield (
                dict(zip(names, cells, strict=False))
                if len(cells) <= len(names) or not any(cells[len(names) :])
                else "csv"
            )


def _column(written: str) -> str:
    """Field of an entry that a column stands for; the name itself where it stands for none."""
    plain = "_".join(unicodedata.normalize("NFKC", written).strip().casefold().split())
    return _NAMES.get(plain, plain)


def _named(value: Mapping[str, Any]) -> Record:
    if _is_review(value):
        return _reviewed(value)
    found: dict[str, Any] = {}
    for name, said in value.items():
        found.setdefault(_column(name), said)
    return found


def _is_review(value: Mapping[str, Any]) -> bool:
    kinds = value.get("@type")
    return "ClaimReview" in (kinds if isinstance(kinds, list) else [kinds])


def _reviewed(review: Mapping[str, Any]) -> Mapping[str, Any]:
    """Source: schema.org/ClaimReview. The rating's number is left alone: each publisher has a scale of their own."""
    rating = _first(review.get("reviewRating"))
    author = _first(review.get("author")) or _first(review.get("publisher"))
    url = review.get("url")
    return {
        "own_id": review.get("identifier") or review.get("@id") or url,
        "publisher": author.get("name", "") if isinstance(author, Mapping) else author,
        "url": url,
        "claim": review.get("claimReviewed"),
        "label": rating.get("alternateName", "") if isinstance(rating, Mapping) else "",
        "fact": review.get("description") or review.get("headline") or review.get("name"),
        "body": review.get("reviewBody"),
        "published_on": review.get("datePublished"),
        "language": review.get("inLanguage"),
    }


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _row(number: int, record: Record, publisher: str) -> Row:
    if isinstance(record, str):
        return Row(number, problems=(RowProblem(row=number, column="", code=record),))
    wrong: dict[str, str] = {}
    said = {name: _said(record.get(name), name, wrong) for name in _COLUMNS}
    said["publisher"] = said["publisher"] or publisher
    said["own_id"] = said["own_id"] or said["url"]
    for name in _NEEDED:
        if not is_visible(said[name]):
            wrong.setdefault(name, "required")
    for name, longest in LONGEST.items():
        if len(said[name]) > longest:
            wrong.setdefault(name, "too_long")
    if "url" not in wrong:
        because = refused_because(said["url"]) if said["url"].lower().startswith("https://") else NOT_AN_ADDRESS
        if because is not None:
            wrong["url"] = because
    day = _day(said["published_on"], wrong)
    language = said["language"] or "id"
    if not _LANGUAGE.fullmatch(language):
        wrong.setdefault("language", "invalid")
    if wrong:
        return _bad(number, wrong)
    entry = KnownEntry(
        **{name: said[name] for name in LONGEST},
        published_on=day,
        language=language,
    )
    return Row(number, entry, dropped=said["dropped"].casefold() in _YES)


def _bad(number: int, wrong: Mapping[str, str]) -> Row:
    return Row(
        number, problems=tuple(RowProblem(row=number, column=_SHOWN.get(n, n), code=code) for n, code in wrong.items())
    )


_ON_LINES = frozenset({"body"})
"""Fields of which line breaks are part."""


def _said(value: Any, name: str, wrong: dict[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        wrong[name] = "invalid"
        return ""
    text = value.strip() if name in _ON_LINES else _LINE_BREAKS.sub(" ", value.strip())
    try:
        text.encode()
    except UnicodeEncodeError:
        wrong[name] = "invalid"
        return ""
    if _FORBIDDEN.search(text):
        wrong[name] = "invalid"
    return text


def _day(written: str, wrong: dict[str, str]) -> date | None:
    """`2026-08-03`, with a time behind it or not, or day first as people write it."""
    if not written:
        return None
    try:
        day_first = _DAY_FIRST.fullmatch(written)
        if day_first:
            day = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        else:
            day = date.fromisoformat(written[:10])
    except ValueError:
        wrong["published_on"] = "date_invalid"
        return None
    if day.year < FIRST_YEAR:
        wrong["published_on"] = "date_invalid"
    return day
