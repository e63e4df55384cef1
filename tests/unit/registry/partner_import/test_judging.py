"""Rows of a file judged against what is there and against each other."""

from collections.abc import Sequence

import pytest

from libs.contracts.registry.imports import RowTally
from libs.kit.sheets import Cell, Row
from services.registry.partner_import.columns import proposed
from services.registry.partner_import.identity import Known
from services.registry.partner_import.judging import Judged, Judging, Standing, unpacked
from services.registry.partner_import.reading import Columns, Entry

HEADINGS = ("Nama", "Jenis", "Kecamatan", "HP", "Akun", "Ketua")


def judge(*rows: list[Cell], there: Sequence[Standing] = ()) -> list[Judged]:
    columns = Columns(fields=proposed(HEADINGS), headings=HEADINGS, region="32.74")
    judging = Judging(columns, id_of=lambda strongest: f"id of {strongest}")
    numbered = [Row(number, cells) for number, cells in enumerate(rows, 2)]
    judging.take(judging.read(numbered), lambda entry: there)
    found = list(judging.judged())
    counted = judging.tally()
    assert counted.new + counted.same + counted.changed + counted.refused == len(rows)
    return found


def standing(known: Known, *, ended: bool = False, differs: tuple[str, ...] = ()) -> Standing:
    return Standing(known, ended, lambda entry: differs)


def a_row(name: str = "KIM Melati", **changes: Cell) -> list[Cell]:
    row: dict[str, Cell] = {"kind": "KIM", "district": "Kesambi", "phone": None, "account": None, "chair": None}
    return [name, *(row | changes).values()]


def test_a_row_that_nobody_knows_is_new_and_its_id_is_made_of_its_strongest_key() -> None:
    (row,) = judge(a_row(phone="081234567890", account="https://instagram.com/kim.melati"))

    assert (row.became, row.partner_id) == ("new", "id of a|instagram:profile:kim.melati")
    assert unpacked(row.entry).phone == "+6281234567890"


def test_a_line_for_each_account_makes_one_partner_with_all_of_them() -> None:
    rows = judge(
        a_row(account="https://instagram.com/kim.melati", chair="Ani"),
        a_row("KIM Mawar"),
        a_row(account="https://tiktok.com/@kim.melati", phone="081234567890"),
        a_row(phone="081234567890"),
    )

    assert [row.became for row in rows] == ["new", "new", "changed", "same"]
    assert [row.leads for row in rows] == [0, 0, 2, 2]
    whole = unpacked(rows[0].entry)
    assert [account.platform for account in whole.accounts] == ["instagram", "tiktok"]
    assert (whole.phone, whole.values) == ("+6281234567890", {"chair": "Ani"})


@pytest.mark.parametrize(
    "second",
    [
        a_row("KIM Lain", account="https://instagram.com/kim.melati"),
        a_row(account="https://instagram.com/kim.melati", chair="Budi"),
        a_row(account="https://instagram.com/kim.melati", phone="081300000000"),
        a_row(account="https://instagram.com/kim.melati", kind="media"),
        a_row(account="https://instagram.com/kim.melati", district="Kejaksan"),
    ],
)
def test_a_row_that_contradicts_an_earlier_one_is_refused_with_the_number_of_that(second: list[Cell]) -> None:
    first = a_row(account="https://instagram.com/kim.melati", chair="Ani", phone="081234567890")

    _, row = judge(first, second)

    assert row.became == "refused"
    assert [(wrong.code, wrong.candidates) for wrong in row.wrong] == [("repeated", ("2",))]


def test_two_groups_that_share_a_number_are_two() -> None:
    rows = judge(
        a_row("KIM A", phone="081234567890", account="@kim_a instagram"),
        a_row("KIM B", phone="081234567890", district="Kejaksan", account="@kim_b instagram"),
    )

    assert [row.became for row in rows] == ["new", "new"]
    assert rows[0].partner_id != rows[1].partner_id


def test_two_people_under_one_number_and_nothing_else_are_told_apart_by_a_person() -> None:
    rows = judge(a_row("KIM A", phone="081234567890"), a_row("KIM B", phone="081234567890", district="Kejaksan"))

    assert [row.became for row in rows] == ["new", "refused"]
    assert rows[1].wrong[0].code == "repeated"


def test_what_is_there_is_the_same_or_changed_or_has_left() -> None:
    there = Known("7", "KIM Melati", "community_group", "32.74.05", phones=("+6281234567890",))

    (same,) = judge(a_row(phone="081234567890"), there=[standing(there)])
    (changed,) = judge(a_row(phone="081234567890"), there=[standing(there, differs=("chair",))])
    (ended,) = judge(a_row(phone="081234567890"), there=[standing(there, ended=True)])

    assert (same.became, same.partner_id, same.entry) == ("same", "7", b"")
    assert (changed.became, changed.changes) == ("changed", ("chair",))
    assert (ended.became, ended.wrong[0].code) == ("refused", "partner_ended")


def test_two_rows_of_a_partner_that_is_there_go_together() -> None:
    there = Known("7", "KIM Melati", "community_group", "32.74.05")

    def says_more(entry: Entry) -> tuple[str, ...]:
        return ("chair",) if entry.values else ()

    rows = judge(a_row(), a_row(chair="Ani"), there=[Standing(there, False, says_more)])

    assert [(row.became, row.partner_id, row.leads) for row in rows] == [("changed", "7", 0), ("changed", "7", 2)]


def test_a_new_account_of_a_partner_that_is_there_is_claimed_on_its_page() -> None:
    there = Known("7", "KIM Melati", "community_group", "32.74.05")

    (row,) = judge(a_row(account="@kim.baru instagram"), there=[standing(there, differs=("account",))])

    assert (row.became, row.wrong[0].code) == ("refused", "account_new")


def test_the_tally_of_nothing() -> None:
    judging = Judging(Columns((), (), region="32.74"), id_of=str)

    assert judging.tally() == RowTally()
