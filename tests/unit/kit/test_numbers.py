import pytest

from libs.kit.numbers import is_roman, roman_value, value_of


@pytest.mark.parametrize(
    ("figure", "scale", "value"),
    [
        ("12.500", None, 12_500),
        ("1,5", "juta", 1_500_000),
        ("7,2", None, 7.2),
        ("1.500.000", None, 1_500_000),
        ("35", "rb", 35_000),
    ],
)
def test_numbers_are_read_as_indonesians_write_them(figure, scale, value) -> None:
    assert value_of(figure, scale) == value


@pytest.mark.parametrize(("word", "value"), [("iii", 3), ("iv", 4), ("ix", 9), ("xiv", 14), ("xl", 40), ("viii", 8)])
def test_roman_numerals_have_their_value(word, value) -> None:
    assert is_roman(word)
    assert roman_value(word) == value


@pytest.mark.parametrize("word", ["", "iiii", "vv", "ic", "hoax", "mm", "3"])
def test_other_words_are_no_roman_numerals(word) -> None:
    assert not is_roman(word)
