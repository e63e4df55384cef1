import csv
from pathlib import Path

import pytest

from libs.kit.links.instagram import code_of
from libs.kit.urls import as_pasted, resolve
from tests.bench.urls import described

TABLE = Path(__file__).with_name("links.csv")


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("why", sorted({row["why"] for row in rows()}))
def test_links_of_a_kind_are_read_as_the_table_says(why) -> None:
    wrong = []
    for row in (row for row in rows() if row["why"] == why):
        says = described(row["raw_url"])
        wrong += [(row["raw_url"], name, says[name]) for name in says.keys() & row.keys() if says[name] != row[name]]

    assert wrong == []


def test_what_is_canonical_stays_as_it_is() -> None:
    """Read again, it is the same thing: what we store leads where the first address led."""
    moved = [
        (row["canonical_url"], resolve(row["canonical_url"]).identity)
        for row in rows()
        if row["identity_key"] and resolve(row["canonical_url"]).identity != row["identity_key"]
    ]

    assert moved == []


def test_an_archived_copy_is_of_the_page_it_names() -> None:
    copy = "https://web.archive.org/web/20240101000000/https://x.com/kabar/status/17"

    assert resolve(copy).mark == resolve("https://x.com/kabar/status/17").mark
    assert resolve(copy).url == copy


def test_a_name_may_end_with_a_sign_that_also_marks_emphasis() -> None:
    assert as_pasted("https://x.com/kabarwarga_") == "https://x.com/kabarwarga_"
    assert as_pasted("_https://x.com/kabarwarga_") == "https://x.com/kabarwarga"


def test_brackets_that_belong_to_an_address_stay() -> None:
    page = "https://id.wikipedia.org/wiki/Merapi_(gunung)"

    assert as_pasted(f"({page}).") == page


def test_the_number_of_a_post_is_its_code() -> None:
    assert code_of(3570766765028588805) == "DGN6XQ9TL0F"
