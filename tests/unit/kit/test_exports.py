"""Tables that leave the product."""

import io
from datetime import date

import pytest

from libs.kit import sheets
from libs.kit.exports import csv_of, harmless, xlsx_of


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    table = csv_of(["a", "=b"], [[text, 1]])
    book = xlsx_of(["a", "b"], [[text, 1]], sheet="Mitra")

    assert f"'{text}".encode() in table
    assert b",'=b" in table
    (_, row) = list(sheets.rows(sheets.taken(book)))
    assert row.cells[0] == text.strip()
    assert b"<f>" not in _sheet(book)


def _sheet(book: bytes) -> bytes:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")


def test_what_is_no_formula_is_left_alone() -> None:
    assert harmless("KIM = Melati") == "KIM = Melati"


def test_numbers_and_days_stay_what_they_are() -> None:
    book = xlsx_of(["a", "b", "c"], [[12, date(2026, 8, 1), None]], sheet="Mitra")

    assert list(sheets.rows(sheets.taken(book)))[1].cells == [12, date(2026, 8, 1)]
    assert csv_of(["a"], [["Café"], [None]]).decode("utf-8-sig").splitlines() == ["a", "Café", '""']
