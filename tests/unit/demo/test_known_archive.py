"""What others have answered in the demo: invented, and read without a fault."""

from urllib.parse import urlsplit

from deploy.local.demo import KNOWN
from services.reports.known.files import read
from services.reports.known.labels import verdict_of


def test_every_row_is_taken_and_no_publisher_or_address_is_real() -> None:
    rows = list(read(KNOWN.read_bytes()))
    entries = [row.entry for row in rows if row.entry is not None]

    assert [problem for row in rows for problem in row.problems] == []
    assert all((urlsplit(e.url).hostname or "").endswith(".contoh.example") for e in entries)
    assert all("contoh" in e.publisher.lower() or "example" in e.publisher.lower() for e in entries)


def test_some_of_it_is_in_another_language_and_some_in_words_that_are_none_of_ours() -> None:
    entries = [row.entry for row in read(KNOWN.read_bytes()) if row.entry is not None]

    assert {e.language for e in entries} == {"id", "en"}
    assert {verdict_of(e.label) is None for e in entries} == {True, False}
