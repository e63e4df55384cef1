from datetime import date, timedelta

import pytest

from deploy.demo.times import age, with_dates

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("mark", "written"),
    [
        ("{{-3}}", "21 November 2026"),
        ("{{0 short}}", "24 November"),
        ("{{+2 day}}", "Kamis, 26 November 2026"),
        ("{{+8 digits}}", "2/12/2026"),
        ("{{+60 day}}", "Sabtu, 23 Januari 2027"),
    ],
)
def test_a_date_mark_becomes_a_date_seen_from_today(mark: str, written: str) -> None:
    assert with_dates(f"sebelum {mark}.", TUESDAY) == f"sebelum {written}."


def test_text_without_marks_stays_as_it_is() -> None:
    assert with_dates("Rp1.500.000 {kuota} -3", TUESDAY) == "Rp1.500.000 {kuota} -3"


def test_ages_add_up() -> None:
    assert age("2d 3h") == timedelta(days=2, hours=3)
    assert age("40m") == timedelta(minutes=40)


@pytest.mark.parametrize("text", ["", "3", "h", "3 hours", "-2h", "3h 2d"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write an age"):
        age(text)
