import pytest

from libs.kit.signs import closed, hides, plain, shown

RLO, PDF, RLI, PDI, FSI = "\u202e", "\u202c", "\u2067", "\u2069", "\u2068"


def test_an_override_that_nobody_ends_stays_within_its_text() -> None:
    assert closed(f"air {RLO}nama") == f"{FSI}air {RLO}nama{PDI}"


def test_each_isolate_that_nobody_ends_is_ended() -> None:
    assert closed(f"{RLI}a{RLI}b") == f"{FSI}{RLI}a{RLI}b{PDI * 3}"


def test_the_end_of_an_isolate_that_never_began_does_not_end_ours() -> None:
    assert closed(f"a{PDI}{RLO}b") == f"{FSI * 2}a{PDI}{RLO}b{PDI}"


@pytest.mark.parametrize("text", ["air aman", "café", f"{RLO}air{PDF} aman", f"{RLI}a{RLO}b{PDI}", "👨‍👩‍👧 keluarga"])
def test_a_text_that_ends_what_it_begins_is_left_alone(text: str) -> None:
    assert closed(text) == text


def test_closing_twice_adds_nothing() -> None:
    assert closed(closed(f"x{PDI}{RLO}{RLI}y")) == closed(f"x{PDI}{RLO}{RLI}y")


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u2800", "\u200f", "\x07", "\U000e0041"]
)
def test_what_nobody_sees_is_shown_by_its_number_and_left_out_where_it_is_plain(sign: str) -> None:
    text = f"air{sign}aman"

    assert shown(text) == f"air[U+{ord(sign):04X}]aman"
    assert plain(text) == "airaman"
    assert hides(text)


def test_a_joiner_hides_between_latin_letters_and_binds_an_emoji() -> None:
    assert shown("a\u200db") == "a[U+200D]b"
    assert shown("👨\u200d👩") == "👨\u200d👩"
    assert not hides("👨\u200d👩 di rumah")


def test_line_ends_accents_and_arabic_letters_are_no_signs() -> None:
    text = "baris\r\nbaris\tdua, é, مرحبا, ❤️"

    assert (shown(text), plain(text), hides(text)) == (text, text, False)
