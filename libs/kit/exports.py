"""Tables that leave the product, as XLSX and as CSV: no text in them is ever reckoned by whoever opens them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""
LONGEST_CELL = 32_000
"""Characters; a workbook's cell holds 32,767."""
WIDEST = 60

Cell = str | int | float | date | None


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark that spreadsheets look for; a text that begins like a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(heading) for heading in headings])
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def xlsx_of(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str) -> bytes:
    """
    Args:
        sheet: its name, at most 31 characters.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    widths = [len(heading) for heading in headings]
    page.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, cell[:LONGEST_CELL])
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif cell is not None:
                page.write_number(number, column, cell)
            if column < len(widths) and cell is not None:
                widths[column] = min(WIDEST, max(widths[column], len(str(cell))))
    for column, width in enumerate(widths):
        page.set_column(column, column, width + 2)
    book.close()
    return out.getvalue()
