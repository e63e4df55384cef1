"""What became of the codes between two releases, read from names and places."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from libs.kit import areas
from libs.kit.area_changes import BEFORE, RELEASE, Change, Fate, affected, fate, name_key, verdicts

CHANGES = Path("libs/kit/data/areas") / f"changes_{BEFORE}_to_{RELEASE}.csv"
SHARED = Path("../shared/data/areas/villages.csv")


def changes() -> list[Change]:
    with CHANGES.open(encoding="utf-8", newline="") as rows:
        return [Change(**row) for row in csv.DictReader(rows)]


def test_a_village_of_a_new_district_is_found_by_its_name():
    assert fate("72.01.09.2012").fate is Fate.MOVED
    assert fate("72.01.09.2012").to == "72.01.24.2007"  # Tohiti Sari, now Tohitisari


def test_a_name_spelled_otherwise_is_found_where_no_other_comes_near():
    assert fate("81.05.02.2046").to == "81.05.16.2002"  # Kwawor, Kwamor Kecil Mata Ata
    assert fate("81.05.02.2047").to == "81.05.16.2003"


def test_another_village_is_proposed_and_not_taken():
    tomor = fate("93.04.08.2007")

    assert tomor.fate is Fate.REMOVED
    assert [proposal.name for proposal in tomor.proposals] == ["Komor"]
    assert tomor.to == ""


def test_a_code_that_went_to_another_village_is_for_a_person():
    malasom = fate("96.01.05.1008")

    assert malasom.fate is Fate.REUSED
    assert malasom.name == "Malasom"
    assert malasom.proposals[0].code == "96.01.05.1009"
    assert malasom.proposals[-1].code == "96.01.05.1008"


def test_a_corrected_name_leaves_the_code_as_it_is():
    assert fate("32.11.02.2001").fate is Fate.KEPT  # Sirnasari, now Jatinunggal: its old name stands nowhere else
    assert fate("12.07.08").fate is Fate.KEPT  # STM Hilir, now spelled out
    assert fate("32.74").fate is Fate.KEPT


def test_every_removed_code_moved_or_is_for_a_person():
    removed = {change.code for change in changes() if change.change == "removed"}
    fates = Counter(fate(code).fate for code in removed)

    assert len(removed) == 117
    assert fates == {Fate.MOVED: 113, Fate.REMOVED: 4}
    assert removed <= affected()


def test_no_two_villages_move_to_one_code():
    moved = [fate(code).to for code in affected() if fate(code).fate is Fate.MOVED]

    assert len(moved) == len(set(moved))


def test_what_moved_is_no_code_that_was_removed():
    removed = {change.code for change in changes() if change.change == "removed"}

    assert not {fate(code).to for code in affected()} & removed


def test_every_code_that_is_proposed_is_in_the_new_release():
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not here")
    with SHARED.open(encoding="utf-8", newline="") as rows:
        villages = {row["code"]: row["name"] for row in csv.DictReader(rows)}

    for code in affected():
        verdict = fate(code)
        told = [verdict.to, *(proposal.code for proposal in verdict.proposals)]
        assert all(c in villages for c in told if len(c) == len("32.74.05.1003"))
        assert code in villages or verdict.fate is not Fate.REUSED or len(code) < len("32.74.05.1003")


def test_two_of_one_name_are_told_apart_by_their_district():
    listed = [
        Change("99.01.01.2001", "removed", "Suka Maju", ""),
        Change("99.01.01.2009", "added", "", "Sukamaju"),
        Change("99.01.02.2009", "added", "", "Sukamaju"),
    ]

    assert verdicts(listed)["99.01.01.2001"].to == "99.01.01.2009"


def test_two_that_are_as_like_are_for_a_person():
    listed = [
        Change("99.01.01.2001", "removed", "Tanjung Harapan Jaya", ""),
        Change("99.01.02.2008", "added", "", "Tanjung Harapan Jayo"),
        Change("99.01.02.2009", "added", "", "Tanjung Harapan Jaye"),
    ]

    assert verdicts(listed)["99.01.01.2001"].fate is Fate.REMOVED


def test_names_with_numbers_in_either_writing():
    assert name_key("Piga Satu") == name_key("Piga I") != name_key("Piga II")
    assert name_key("Wonuakoa") == name_key("Wonua Koa")


def test_the_areas_around_a_code_that_is_not_shipped_are_known_by_the_code():
    assert areas.facets("72.01.24.2007") == ("72.01.24.2007", "72.01.24", "72.01", "72")
