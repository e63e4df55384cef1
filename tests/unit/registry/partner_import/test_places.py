"""Areas as people write them in a table."""

import pytest

from services.registry.partner_import.places import NotAPlace, code_of, resolved, village_in

CITY = "32.74"
KEJAKSAN, KEJAKSAN_VILLAGE, DRAJAT, KESAMBI = "32.74.01", "32.74.01.1001", "32.74.05.1004", "32.74.05"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("32.74.05.1003", "32.74.05.1003"),
        ("3274051003", "32.74.05.1003"),
        ("32-74-05", "32.74.05"),
        ("327405", "32.74.05"),
        ("32.1", "32.10"),
        ("32", "32"),
        ("Kesambi", None),
        ("12345", None),
    ],
)
def test_codes_in_whatever_shape(text: str, code: str | None) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kel. Kejaksan, Kec. Kejaksan", KEJAKSAN_VILLAGE),
        ("Kelurahan Drajat Kec. Kesambi", DRAJAT),
        ("drajat", DRAJAT),
        ("Drajat (Kesambi)", DRAJAT),
        ("Kec. Kejaksan", KEJAKSAN),
        ("KECAMATAN KESAMBI", KESAMBI),
        ("Kota Cirebon", CITY),
        ("Kota Cirebon, Jawa Barat", CITY),
    ],
)
def test_names_with_what_is_around_them(text: str, code: str) -> None:
    assert resolved(text, region=CITY) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("32.09.01", "area_unknown"),
        ("35.78", "area_outside"),
        ("99.99", "area_unknown"),
        ("Kab. Cirebon", "area_outside"),
        ("Kel. Mojoagung", "area_unknown"),
        ("-", "area_unknown"),
    ],
)
def test_what_is_no_area_of_the_office(text: str, code: str) -> None:
    with pytest.raises(NotAPlace) as said:
        resolved(text, region=CITY)

    assert said.value.code == code


def test_a_name_that_may_mean_two_is_answered_with_both() -> None:
    with pytest.raises(NotAPlace) as said:
        resolved("Kejaksan", region=CITY)

    assert said.value.code == "area_ambiguous"
    assert said.value.candidates == (KEJAKSAN, KEJAKSAN_VILLAGE)


def test_a_village_is_looked_for_in_its_district() -> None:
    assert village_in("Kejaksan", "Kejaksan", region=CITY) == KEJAKSAN_VILLAGE
    assert village_in("Kel. Drajat", "Kec. Kesambi", region=CITY) == DRAJAT
    with pytest.raises(NotAPlace) as said:
        village_in("Drajat", "Kejaksan", region=CITY)
    assert (said.value.code, said.value.candidates) == ("area_contradicts", (DRAJAT,))
