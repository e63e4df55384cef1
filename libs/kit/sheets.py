"""Workbooks (XLSX) and tables (CSV) of strangers: opened by a process of its own (`sheets_child`), read here
row by row.

A cell is a text, a number, a truth value, a date, nothing, or `NoValue` where the program that wrote it had none.
"""

import gzip
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Semaphore
from typing import Any

import orjson

LARGEST_FILE = 20_000_000
"""Bytes. 50,000 rows of 25 columns are a workbook of 8 MB, or a table of 15."""
TIMEOUT = 90.0
"""Seconds. A workbook of 50,000 rows takes 3 where nothing else runs."""
CHILDREN = 1
"""At once: each may take a gigabyte."""
_CHILD = Path(__file__).with_name("sheets_child.py")
_turn = Semaphore(CHILDREN)


class SheetRefused(Exception):
    """The file cannot be read at all.

    Attributes:
        code: not_a_table, old_workbook, encrypted, broken, empty, too_large, too_large_opened, too_large_unpacked,
            too_many_rows or too_many_columns.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NoValue:
    """`code`: formula_empty or formula_error."""

    code: str


Cell = str | int | float | bool | date | NoValue | None


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as a spreadsheet shows it, from 1."""

    number: int
    cells: Sequence[Cell]

    def at(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class About:
    """
    Attributes:
        kind: xlsx or csv.
        sheet: the one that is read; `others` are not.
        merged: ranges of merged cells.
    """

    kind: str
    sheet: str = ""
    others: tuple[str, ...] = ()
    merged: int = 0
    delimiter: str = ""
    encoding: str = ""


def taken(data: bytes) -> bytes:
    """The rows of a file, packed: for `about` and `rows`. Blocks.

    Raises:
        SheetRefused: it cannot be read.
    """
    if len(data) > LARGEST_FILE:
        raise SheetRefused("too_large")
    with _turn:
        packed = _opened(data)
    refused = _head(packed).get("refused")
    if refused:
        raise SheetRefused(refused)
    return packed


def about(packed: bytes) -> About:
    told = _head(packed)
    return About(**{**told, "others": tuple(told.get("others", ()))})


def rows(packed: bytes) -> Iterator[Row]:
    """Those that have something in them, from the first on."""
    with gzip.open(io.BytesIO(packed)) as lines:
        next(lines)
        for line in lines:
            number, *cells = orjson.loads(line)
            yield Row(number, [_cell(cell) if type(cell) is dict else cell for cell in cells])


def letters(column: int) -> str:
    """What spreadsheets call a column, from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _head(packed: bytes) -> Mapping[str, Any]:
    with gzip.open(io.BytesIO(packed)) as lines:
        told: Mapping[str, Any] = orjson.loads(next(lines))
    return told


def _cell(told: Mapping[str, str]) -> Cell:
    return date.fromisoformat(told["d"]) if "d" in told else NoValue(told["x"])


def _opened(data: bytes) -> bytes:
    given = os.memfd_create("sheet", 0)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(given, left) :]
        os.lseek(given, 0, os.SEEK_SET)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-B", str(_CHILD)],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            start_new_session=True,
        )
        try:
            answer, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise SheetRefused("too_large_opened") from None
    finally:
        os.close(given)
    if process.returncode != 0 or not answer:
        raise SheetRefused("too_large_opened")
    return answer
