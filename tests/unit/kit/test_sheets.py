"""Files that people upload as tables, and files that only claim to be one."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter

from libs.kit import sheets
from libs.kit.sheets import NoValue, SheetRefused


def a_workbook(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    fill(book, book.add_worksheet("Mitra"))
    book.close()
    return out.getvalue()


def read(data: bytes) -> list[tuple[int, list[sheets.Cell]]]:
    return [(row.number, list(row.cells)) for row in sheets.rows(sheets.taken(data))]


def refused(data: bytes) -> str:
    with pytest.raises(SheetRefused) as said:
        sheets.taken(data)
    return said.value.code


def test_rows_keep_the_numbers_and_columns_that_a_spreadsheet_shows() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row("B3", ["nama", "telepon"])
        sheet.write_row("B7", ["KIM Melati", 812345678901])
        sheet.write_datetime("D7", date(2026, 8, 1), book.add_format({"num_format": "dd/mm/yyyy"}))

    assert read(a_workbook(fill)) == [
        (3, [None, "nama", "telepon"]),
        (7, [None, "KIM Melati", 812345678901, date(2026, 8, 1)]),
    ]


def test_a_formula_counts_by_its_value_and_one_without_is_said_so_in_its_cell() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_formula("A1", '="KIM "&"Melati"', None, "KIM Melati")
        sheet.write_formula("B1", "=X1", None, "")
        sheet.write_formula("C1", "=1/0", None, "#DIV/0!")
        sheet.write("D1", "x")

    assert read(a_workbook(fill)) == [(1, ["KIM Melati", NoValue("formula_empty"), NoValue("formula_error"), "x"])]


def test_what_is_merged_over_rows_counts_for_each_of_them_and_over_columns_for_the_first() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.merge_range("A1:C1", "Daftar mitra")
        sheet.merge_range("A2:A4", "Kesambi")
        sheet.write_column("B2", ["KIM A", "KIM B", "KIM C"])
        sheet.write("B5", "KIM D")

    packed = sheets.taken(a_workbook(fill))

    assert [list(row.cells) for row in sheets.rows(packed)] == [
        ["Daftar mitra"], ["Kesambi", "KIM A"], ["Kesambi", "KIM B"], ["Kesambi", "KIM C"], [None, "KIM D"]
    ]  # fmt: skip
    assert sheets.about(packed).merged == 2


def test_a_million_empty_rows_are_passed_over() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        grey = book.add_format({"bg_color": "#dddddd"})
        sheet.write_row("A1", ["nama", "telepon"])
        for row in range(1, 1_048_576, 16):
            sheet.write_blank(row, 0, None, grey)
        sheet.write("A1048576", "KIM Melati")

    assert read(a_workbook(fill)) == [(1, ["nama", "telepon"]), (1_048_576, ["KIM Melati"])]


def test_a_value_in_the_last_corner_of_a_sheet_ends_the_reader_and_not_the_service() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write("A1", "nama")
        sheet.write("XFD1048576", "x")

    assert refused(a_workbook(fill)) == "too_large_opened"


def a_sheet_of(size: int) -> bytes:
    whole = a_workbook(lambda book, sheet: None)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.namelist():
            if part.endswith("sheet1.xml"):
                with made.open(part, "w", force_zip64=True) as xml:
                    for _ in range(size >> 20):
                        xml.write(b" " * (1 << 20))
            else:
                made.writestr(part, given.read(part))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked() -> None:
    bomb = a_sheet_of(400 << 20)

    assert len(bomb) < 1_000_000
    assert refused(bomb) == "too_large_unpacked"


def test_a_workbook_that_lies_about_what_it_unpacks_to_is_ended() -> None:
    bomb = bytearray(a_sheet_of(300 << 20))
    honest = (300 << 20).to_bytes(4, "little")
    assert honest in bomb
    lying = bytes(bomb).replace(honest, (1_000).to_bytes(4, "little"))

    assert refused(lying) in ("broken", "empty", "too_large_opened")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"  \r\n \n", "empty"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old_workbook"),
        (b"<html><table><tr><td>nama</td></tr></table></html>", "not_a_table"),
        (b"nama,telepon\n\x00\x01\x02", "not_a_table"),
        (b"PK\x03\x04 and no more", "broken"),
        (b"x" * (sheets.LARGEST_FILE + 1), "too_large"),
    ],
)
def test_a_file_that_is_not_what_it_says(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_document_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<w:document/>")

    assert refused(out.getvalue()) == "not_a_table"


def test_more_rows_than_are_taken() -> None:
    lines = "\n".join(["nama", *(f"KIM {n}" for n in range(50_001))])

    assert refused(lines.encode()) == "too_many_rows"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_tables_of_each_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    lines = [["nama", "alamat", "telepon"], ["KIM Café", f"Jalan A{delimiter} nomor 2\nlantai 1", "0812"], ["", "", ""]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)

    assert read(text.encode(encoding)) == [
        (1, ["nama", "alamat", "telepon"]), (2, ["KIM Café", f"Jalan A{delimiter} nomor 2\nlantai 1", "0812"])
    ]  # fmt: skip


def test_commas_in_cells_do_not_make_a_table_of_semicolons_one_of_commas() -> None:
    text = "nama;alamat;wilayah\nKIM A;Jl. B, No. 2;Kel. C, Kec. D\nKIM B;Jl. B, No. 3;Kel. C, Kec. D\n"

    assert sheets.about(sheets.taken(text.encode())).delimiter == ";"
    assert read(text.encode())[1] == (2, ["KIM A", "Jl. B, No. 2", "Kel. C, Kec. D"])


def test_columns_are_called_as_in_a_spreadsheet() -> None:
    assert [sheets.letters(n) for n in (0, 2, 25, 26, 51, 52, 701, 702)] == [
        "A", "C", "Z", "AA", "AZ", "BA", "ZZ", "AAA"
    ]  # fmt: skip
