import pytest

from libs.kit.areas import (
    Level,
    UnknownArea,
    children,
    concerns,
    described,
    everywhere,
    exists,
    facets,
    find,
    is_code,
    is_within,
    named,
    parents,
    places_of,
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


CIREBON, JOMBANG, MAJALENGKA = "32.74", "35.17", "32.10"


@pytest.mark.parametrize(
    ("text", "region", "titles"),
    [
        ("Air PDAM di Harjamukti dicampur zat pembersih", CIREBON, ["Kec. Harjamukti"]),
        ("air pdam harjamukti keruh", CIREBON, ["Kec. Harjamukti"]),
        ("Warga Kelurahan Kecapi diminta pindah", CIREBON, ["Kel. Kecapi"]),
        ("warga kel. kecapi diminta pindah", CIREBON, ["Kel. Kecapi"]),
        ("Banjir di Kejaksan dan Pekalipan", CIREBON, ["Kec. Kejaksan", "Kec. Pekalipan"]),
        ("Harga perak naik di pasar", JOMBANG, []),
        ("Jembatan di Perak ambrol", JOMBANG, ["Kec. Perak"]),
        ("Bupati Jombang membagikan uang", JOMBANG, []),
        ("Kecamatan Jombang tanpa air", JOMBANG, ["Kec. Jombang"]),
        ("Warga Harjamuktian berkumpul", CIREBON, []),
        ("Sawah dan rawa di desa kering", JOMBANG, []),
        ("Air PDAM di Harjamukti dicampur zat pembersih", MAJALENGKA, []),
        ("Tidak ada tempat yang disebut", CIREBON, []),
        ("", "99.99", []),
    ],
)
def test_a_text_names_the_places_that_it_names(text: str, region: str, titles: list[str]) -> None:
    assert [find(code).title for code in named(text, region)] == titles


def test_a_claim_matters_where_its_case_is_and_where_it_says() -> None:
    harjamukti = next(a.code for a in children(CIREBON) if a.name == "Harjamukti")

    assert places_of("32.74.01", "Air di Harjamukti keruh", region=CIREBON) == ("32.74.01", harjamukti)
    assert places_of(None, "Air keruh", region=CIREBON) == (CIREBON,)


@pytest.mark.parametrize(
    ("area", "places", "hears"),
    [
        ("35.17.09", ["35.17.09"], True),
        ("35.17.09.2003", ["35.17.09"], True),
        ("35.17", ["35.17.09"], True),
        ("35.17.10", ["35.17.09"], False),
        ("35.17.1", ["35.17.10"], False),
        ("35.17.10", ["35.17.09", "35.17.10.2001"], True),
        ("35.17.10", [], False),
    ],
)
def test_a_place_concerns_what_it_is_what_lies_in_it_and_what_lies_around_it(
    area: str, places: list[str], hears: bool
) -> None:
    assert concerns(area, places) is hears
