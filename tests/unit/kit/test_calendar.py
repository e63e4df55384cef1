from datetime import UTC, date, datetime, timedelta

import pytest

from libs.kit.calendar import (
    Zone,
    due_after_working_days,
    long_date,
    long_moment,
    remaining,
    short_moment,
    working_days_after,
    working_days_between,
    zone_of,
)

NOON = datetime(2026, 11, 23, 12, 42, tzinfo=UTC)


def test_a_moment_is_written_with_its_weekday_and_zone() -> None:
    assert long_moment(NOON, Zone.WIB) == "Senin, 23 November 2026, 19.42 WIB"
    assert long_moment(NOON, Zone.WIT, "en") == "Monday, 23 November 2026, 21:42 WIT"
    assert short_moment(NOON, Zone.WITA) == "23 Nov 2026, 20.42 WITA"


def test_the_weekday_is_computed_and_never_given() -> None:
    assert long_date(date(2024, 5, 2)) == "Kamis, 2 Mei 2024"


def test_the_day_changes_at_midnight_of_the_place() -> None:
    assert long_moment(datetime(2026, 11, 23, 17, 5, tzinfo=UTC), Zone.WIB) == "Selasa, 24 November 2026, 00.05 WIB"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        long_moment(datetime(2026, 11, 23), Zone.WIB)


@pytest.mark.parametrize(
    ("ahead", "indonesian", "english"),
    [
        (timedelta(hours=2, minutes=10), "sisa 2 j 10 m", "2 h 10 m left"),
        (timedelta(minutes=-35), "lewat 35 m", "35 m late"),
        (timedelta(days=3, hours=4, minutes=5), "sisa 3 hari 4 j", "3 d 4 h left"),
        (timedelta(days=1, minutes=5), "sisa 1 hari", "1 d left"),
        (timedelta(hours=1), "sisa 1 j", "1 h left"),
        (timedelta(seconds=0), "sisa 0 m", "0 m left"),
        (timedelta(seconds=-59), "sisa 0 m", "0 m left"),
        (timedelta(seconds=-60), "lewat 1 m", "1 m late"),
    ],
)
def test_what_remains_is_said_in_the_two_largest_units(ahead, indonesian, english) -> None:
    assert remaining(NOON + ahead, NOON) == indonesian
    assert remaining(NOON + ahead, NOON, "en") == english


def test_working_days_skip_weekends_and_holidays() -> None:
    friday, holiday = date(2026, 11, 20), date(2026, 11, 24)

    assert working_days_after(friday, 1, set()) == date(2026, 11, 23)
    assert working_days_after(friday, 2, {holiday}) == date(2026, 11, 25)
    assert working_days_between(friday, date(2026, 11, 25), {holiday}) == 2


def test_a_deadline_in_working_days_ends_at_midnight_of_the_place() -> None:
    due = due_after_working_days(NOON, 5, Zone.WIB, set())

    assert due == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def test_a_deadline_of_no_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        working_days_after(date(2026, 11, 20), 0, set())


def test_the_zone_follows_the_province() -> None:
    assert [zone_of(code) for code in ("32.74", "61", "63.01", "51", "91.03.02")] == [
        "WIB",
        "WIB",
        "WITA",
        "WITA",
        "WIT",
    ]
