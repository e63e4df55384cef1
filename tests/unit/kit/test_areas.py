import pytest

from libs.kit.areas import (
    Level,
    UnknownArea,
    children,
    described,
    everywhere,
    exists,
    facets,
    find,
    is_code,
    is_within,
    parents,
    provinces,
)


@pytest.mark.parametrize(
    ("regency", "districts", "villages"),
    [
        ("32.74", 5, 22),
        ("32.10", 26, 343),
        ("35.17", 21, 306),
        ("36.72", 8, 43),
        ("32.04", 31, 280),
        ("32.15", 30, 309),
    ],
)
def test_each_office_has_all_its_districts_and_villages(regency, districts, villages) -> None:
    below = children(regency)

    assert len(below) == districts
    assert sum(len(children(district.code)) for district in below) == villages


def test_all_provinces_and_regencies_are_known() -> None:
    assert len(provinces()) == 38
    assert sum(area.level is Level.REGENCY for area in everywhere()) == 514


def test_every_area_lies_in_one_that_exists() -> None:
    assert all(exists(outer.code) for area in everywhere() for outer in parents(area.code))


def test_an_area_is_described_with_those_around_it() -> None:
    assert described("32.74.05.1004") == "Kel. Drajat, Kec. Kesambi, Kota Cirebon"
    assert described("35.17", up_to=Level.PROVINCE) == "Kabupaten Jombang, Jawa Timur"
    assert described("32") == "Jawa Barat"
    assert find("35.17.01").title.startswith("Kec. ")


def test_facets_hold_the_area_and_all_around_it() -> None:
    assert facets("32.74.05.1004") == ("32.74.05.1004", "32.74.05", "32.74", "32")


def test_a_code_within_another_is_no_matter_of_its_first_digits() -> None:
    assert is_within("32.74.05", "32.74")
    assert not is_within("32.741", "32.74")


@pytest.mark.parametrize("code", ["", "32.7", "32.74.05.", "32.74.05.100", "٣٢", "32.74\n", "32-74"])
def test_what_is_not_shaped_like_a_code_is_none(code) -> None:
    assert not is_code(code)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownArea):
        find("99.99")
