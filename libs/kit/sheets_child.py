"""The process that opens a stranger's workbook or table, so that nobody else has to.

Started by `sheets` as a file, isolated from our packages and environment, with the file as standard input. It limits
itself before it does anything. Answers with gzipped lines of JSON: the first says what the file is (or `{"refused":
code}`), each further one is a row that has something in it: `[number, cell, …]`, the number as spreadsheets count.

A cell is null, a text, a number, true or false, `{"d": "2026-08-01"}` for a date, or `{"x": code}` for what has no
value: `formula_empty` (never reckoned by the program that wrote it) or `formula_error` (#REF! and the like).

Exit status: 0 with an answer; anything else means that a limit was hit or the reader died.
"""

import csv
import ctypes
import datetime
import gzip
import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

MEMORY = 1 << 30
"""Bytes of address space. A workbook of 50,000 rows and 25 columns takes 350 MB of it."""
CPU_SECONDS = 60
LARGEST_OUTPUT = 64 << 20
LARGEST_UNPACKED = 320 << 20
"""Bytes of all parts of a workbook. 50,000 rows of 25 columns unpack to 70 MB."""
MOST_ROWS = 50_000
"""Below the headings, with something in them."""
MOST_COLUMNS = 80
LONGEST_CELL = 4_000
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
EMPTY = re.compile(
    rb'<c\b[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
"""A cell with a formula and no value."""
ERROR = re.compile(rb'<c\b(?=[^>]*\st="e")[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})"')
"""A cell that shows #REF! or the like: the reader gives it as empty."""
EXPLAINS = frozenset({"petunjuk", "keterangan", "instructions", "readme", "panduan"})
"""Sheets that hold no rows of their own."""
NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|svg)", re.IGNORECASE)
DELIMITERS = ";\t|,"


class Unreadable(Exception):
    pass


def main() -> int:
    _limit()
    data = sys.stdin.buffer.read()
    try:
        about, rows = _of_workbook(data) if data[:4] == b"PK\x03\x04" else _of_table(data)
        lines = [orjson.dumps(row) for row in _counted(rows)]
    except Unreadable as refused:
        about, lines = {"refused": refused.args[0]}, []
    sys.stdout.buffer.write(gzip.compress(b"\n".join((orjson.dumps(about), *lines)), 1, mtime=0))
    return 0


def _limit() -> None:
    # A container may forbid it; then its own network rules are what keeps the reader in.
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (limit, limit))


def _counted(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    for found, row in enumerate(rows, 1):
        # One more than may be: the headings.
        if found > MOST_ROWS + 1:
            raise Unreadable("too_many_rows")
        if len(row) > MOST_COLUMNS + 1:
            raise Unreadable("too_many_columns")
        yield row


def _of_workbook(data: bytes) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    import python_calamine

    with _unpacked(data) as parts:
        names = set(parts.namelist())
        if "xl/workbook.xml" not in names:
            raise Unreadable("encrypted" if "EncryptedPackage" in names else "not_a_table")
        try:
            book = python_calamine.load_workbook(io.BytesIO(data))
            visible = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
                and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            wanted = [n for n in visible if n.strip().casefold() not in EXPLAINS] or visible
            paths = _paths(parts)
            for name in wanted:
                xml = _part(parts, paths.get(name, ""))
                sheet = book.get_sheet_by_name(name)
                if sheet.height and sheet.width:
                    break
            else:
                raise Unreadable("empty")
        except python_calamine.PasswordError:
            raise Unreadable("encrypted") from None
        except (python_calamine.CalamineError, zipfile.BadZipFile, KeyError, ValueError):
            raise Unreadable("broken") from None
    merged = [((a[0], a[1]), (b[0], b[1])) for a, b in sheet.merged_cell_ranges or []]
    about = {"sheet": name, "others": [n for n in wanted if n != name][:20], "merged": len(merged), "kind": "xlsx"}
    return about, _sheet_rows(sheet, merged, _without_value(xml))


def _unpacked(data: bytes) -> zipfile.ZipFile:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError):
        raise Unreadable("broken") from None
    if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED or len(parts.infolist()) > 2_000:
        raise Unreadable("too_large_unpacked")
    return parts


def _paths(parts: zipfile.ZipFile) -> dict[str, str]:
    """Where the sheets of a workbook lie, by name."""
    from html import unescape

    book = _part(parts, "xl/workbook.xml").decode("utf-8", "replace")
    links = _part(parts, "xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        named = dict(re.findall(r'(\w+)="([^"]*)"', link))
        targets[named.get("Id", "")] = named.get("Target", "")
    found = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        named = dict(re.findall(r'([\w:]+)="([^"]*)"', sheet))
        target = targets.get(named.get("r:id", ""), "")
        found[unescape(named.get("name", ""))] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return found


def _part(parts: zipfile.ZipFile, name: str) -> bytes:
    try:
        with parts.open(name) as part:
            return part.read(LARGEST_UNPACKED)
    except (KeyError, RuntimeError):
        return b""


def _without_value(xml: bytes) -> dict[int, dict[int, str]]:
    """By row and column, from 0, why a cell has none."""
    found: dict[int, dict[int, str]] = {}
    for code, pattern, sign in (("formula_empty", EMPTY, b"<f"), ("formula_error", ERROR, b't="e"')):
        if sign in xml:
            for column, row in pattern.findall(xml):
                found.setdefault(int(row) - 1, {})[_column_number(column.decode()) - 1] = code
    return found


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


Range = tuple[tuple[int, int], tuple[int, int]]


def _sheet_rows(
    sheet: Any, merged: Sequence[Range], without_value: Mapping[int, Mapping[int, str]]
) -> Iterator[list[Any]]:
    """A value that is merged over several rows counts for each of them, as a reader sees it; over columns, for the
    first."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merged:
        if bottom > top:
            starts.setdefault(top, []).append((left, bottom))
    held: dict[int, tuple[int, Any]] = {}
    before = [None] * (sheet.start or (0, 0))[1]
    # From the sheet's first row, and from the first column that has a value.
    for row, values in enumerate(sheet.iter_rows()):
        cells = [*before, *map(_cell, values)]
        for column, code in without_value.get(row, {}).items():
            _put(cells, column, {"x": code})
        for column, (bottom, value) in list(held.items()):
            if row > bottom:
                del held[column]
            elif column >= len(cells) or cells[column] is None:
                _put(cells, column, value)
        for column, bottom in starts.get(row, ()):
            if column < len(cells) and cells[column] is not None:
                held[column] = (bottom, cells[column])
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield [row + 1, *cells]


def _put(cells: list[Any], column: int, value: Any) -> None:
    cells += [None] * (column + 1 - len(cells))
    cells[column] = value


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = value.strip()
        return text[:LONGEST_CELL] or None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime.datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, int):
        return value
    return str(value)[:LONGEST_CELL]


def _of_table(data: bytes) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("old_workbook")
    if data[:4] in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0", b"GIF8", b"Rar!", b"7z\xbc\xaf"):
        raise Unreadable("not_a_table")
    text, encoding = _text_of(data)
    if NOT_TEXT.search(text) or MARKUP.match(text):
        raise Unreadable("not_a_table")
    if not text.strip():
        raise Unreadable("empty")
    delimiter = _delimiter(text)
    return {"kind": "csv", "delimiter": delimiter, "encoding": encoding}, _table_rows(text, delimiter)


def _text_of(data: bytes) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def _delimiter(text: str) -> str:
    """What parts the first lines into the most cells, each of them alike. Excel says it in a first line, `sep=;`."""
    said = re.match(r"sep=(.)\r?\n", text)
    if said:
        return said[1]
    best, fitness = ",", (0, 0)
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _first_rows(text, delimiter)]
        usual = max(set(widths), key=widths.count, default=0)
        fits = (widths.count(usual) * usual if usual > 1 else 0, usual)
        if fits > fitness:
            best, fitness = delimiter, fits
    return best


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter):
            if any(row):
                rows.append(row)
            if len(rows) == 30:
                break
    except csv.Error:
        return []
    return rows


def _table_rows(text: str, delimiter: str) -> Iterator[list[Any]]:
    """Numbered as a spreadsheet shows them: a line break inside a cell begins no row."""
    csv.field_size_limit(1 << 20)
    source = io.StringIO(text.split("\n", 1)[1] if text.startswith("sep=") else text, newline="")
    try:
        for number, row in enumerate(csv.reader(source, delimiter=delimiter), 2 if text.startswith("sep=") else 1):
            cells: list[Any] = [cell.strip()[:LONGEST_CELL] or None for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                yield [number, *cells]
    except csv.Error:
        raise Unreadable("broken") from None


if __name__ == "__main__":
    sys.exit(main())
