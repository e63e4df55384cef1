"""What is read from a file of published answers, and what is said of rows that cannot be."""

import json
from collections.abc import Sequence
from datetime import date

import pytest

from services.reports.known.files import Row, Unreadable, read

GOOD = {
    "id": "a-1",
    "publisher": "Redaksi Contoh",
    "url": "https://periksa.contoh.example/a-1",
    "title": "Air PDAM dicampur zat pembersih",
    "verdict": "SALAH",
    "fact": "Air PDAM aman diminum.",
    "body": "Baris satu.\n\nBaris dua.",
    "date": "2026-08-03",
    "language": "id",
}


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) if not isinstance(row, str) else row for row in rows).encode()


def all_of(data: bytes, publisher: str = "") -> list[Row]:
    return list(read(data, publisher=publisher))


def wrong(rows: Sequence[Row]) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for row in rows for p in row.problems]


def test_a_line_of_json_is_an_entry_with_all_its_fields() -> None:
    (row,) = all_of(lines(GOOD))

    assert row.entry is not None
    assert row.entry.model_dump() == {
        "own_id": "a-1",
        "publisher": "Redaksi Contoh",
        "url": "https://periksa.contoh.example/a-1",
        "claim": "Air PDAM dicampur zat pembersih",
        "label": "SALAH",
        "fact": "Air PDAM aman diminum.",
        "body": "Baris satu.\n\nBaris dua.",
        "published_on": date(2026, 8, 3),
        "language": "id",
    }


def test_a_bad_row_is_named_with_its_column_and_the_others_go_in() -> None:
    rows = all_of(lines(GOOD, {**GOOD, "id": "a-2", "url": "javascript:alert(1)"}, {**GOOD, "id": "a-3"}))

    assert [row.number for row in rows if row.entry] == [1, 3]
    assert wrong(rows) == [(2, "url", "url_invalid")]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"url": ""}, "url", "required"),
        ({"url": "http://periksa.contoh.example/a"}, "url", "url_invalid"),
        ({"url": "https://127.0.0.1/a"}, "url", "url_inner"),
        ({"url": "https://bank@periksa.contoh.example/a"}, "url", "url_userinfo"),
        ({"title": " \u200b "}, "claim", "required"),
        ({"title": "x" * 2_001}, "claim", "too_long"),
        ({"title": "a\x00b"}, "claim", "invalid"),
        ({"title": "\ud800"}, "claim", "invalid"),
        ({"title": {"$gt": ""}}, "claim", "invalid"),
        ({"publisher": None}, "publisher", "required"),
        ({"date": "kemarin"}, "date", "date_invalid"),
        ({"date": "31/02/2026"}, "date", "date_invalid"),
        ({"date": "0001-01-01"}, "date", "date_invalid"),
        ({"language": "bahasa kita"}, "language", "invalid"),
        ({"verdict": "s" * 81}, "label", "too_long"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_beside_it(changed: dict[str, object], column: str, code: str) -> None:
    assert wrong(all_of(lines({**GOOD, **changed}))) == [(1, column, code)]


def test_a_row_that_is_no_json_or_no_object_is_named_and_passed_over() -> None:
    rows = all_of(lines(GOOD, "{oops", "[1]", {**GOOD, "id": "a-4"}))

    assert wrong(rows) == [(2, "", "json"), (3, "", "json")]
    assert [row.number for row in rows if row.entry] == [1, 4]


def test_a_text_may_hold_characters_that_end_a_line_elsewhere() -> None:
    (row,) = all_of(json.dumps({**GOOD, "body": "satu\u2028dua\x85tiga"}, ensure_ascii=False).encode())

    assert row.entry is not None
    assert row.entry.body == "satu\u2028dua\x85tiga"


def test_lists_within_lists_without_end_are_a_bad_row() -> None:
    rows = all_of(("[" * 300 + json.dumps(GOOD) + "]" * 300).encode())

    assert wrong(rows) == [(1, "", "json")]


def test_the_same_id_twice_in_one_file_is_an_error_of_the_second_row() -> None:
    assert wrong(all_of(lines(GOOD, {**GOOD, "title": "Lain"}))) == [(2, "id", "repeated")]


def test_a_csv_is_read_by_indonesian_or_english_names_in_any_order() -> None:
    data = (
        "Tautan;Judul;Fakta;Penerbit;Tanggal;Putusan;Ditarik\r\n"
        'https://periksa.contoh.example/1;"Judul; dengan ""tanda""";Fakta satu;Redaksi;03/08/2026;Hoaks;\r\n'
        "https://periksa.contoh.example/2;Judul dua;Fakta dua;Redaksi;2026-08-04T09:00:00+07:00;;ya\r\n"
    )

    first, second = all_of(b"\xef\xbb\xbf" + data.encode())

    assert first.entry is not None
    assert second.entry is not None
    assert first.entry.claim == 'Judul; dengan "tanda"'
    assert first.entry.own_id == "https://periksa.contoh.example/1"
    assert (first.entry.published_on, second.entry.published_on) == (date(2026, 8, 3), date(2026, 8, 4))
    assert (first.dropped, second.dropped) == (False, True)


def test_a_csv_row_with_more_cells_than_columns_is_named() -> None:
    rows = all_of(b"url,title\nhttps://periksa.contoh.example/1,Satu,dua,tiga\n", "Redaksi")

    assert wrong(rows) == [(1, "", "csv")]


def test_publisher_of_rows_without_one_is_what_the_importer_says() -> None:
    (row,) = all_of(b"url,title\nhttps://periksa.contoh.example/1,Satu kabar\n", "Redaksi Umum")

    assert row.entry is not None
    assert row.entry.publisher == "Redaksi Umum"


REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://periksa.contoh.example/ulasan/7",
    "claimReviewed": "Vaksin keliling kedaluwarsa",
    "datePublished": "2026-08-01",
    "author": {"@type": "Organization", "name": "Redaksi Contoh"},
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "Salah"},
    "reviewBody": "Vaksin itu baru dikirim bulan lalu.",
}


@pytest.mark.parametrize(
    "feed",
    [
        REVIEW,
        [REVIEW],
        {"@context": "https://schema.org", "@graph": [REVIEW]},
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [REVIEW]}]},
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": REVIEW}]},
    ],
    ids=["one", "list", "graph", "feed of lists", "feed"],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_claim_review_is_read_however_it_is_packed(feed: object, indent: int | None) -> None:
    (row,) = all_of(json.dumps(feed, indent=indent).encode())

    assert row.entry is not None
    assert row.entry.own_id == row.entry.url == "https://periksa.contoh.example/ulasan/7"
    assert (row.entry.claim, row.entry.label) == ("Vaksin keliling kedaluwarsa", "Salah")
    assert row.entry.publisher == "Redaksi Contoh"
    assert row.entry.body == "Vaksin itu baru dikirim bulan lalu."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "header"),
        (b"\xff\x00\xff", "encoding"),
        (b"[" * 100_000, "json"),
        (b"{\n  'a': 1\n", "json"),
        (b"nama,umur\nAni,7\n", "header"),
        (b"url,title\n", "empty"),
        (b"%PDF-1.7\n%\xc2\xa5\n", "header"),
        (b"[]", "empty"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        all_of(data)

    assert unreadable.value.code == code
