from datetime import timedelta

import pytest

from services.reports.case.surges import HOUR, LEAST, TIMES, WINDOW, per_hour, surge
from tests.unit.reports.builders import NOON


def test_what_is_told_far_more_often_than_the_office_is_used_to_is_a_surge() -> None:
    found = surge(46, usual=3.04)

    assert found is not None
    assert (found.last_hour, found.usual) == (46, 3.0)


@pytest.mark.parametrize(("last_hour", "usual"), [(0, 0.0), (LEAST - 1, 0.0), (46, 46 / TIMES + 0.1), (300, 100.0)])
def test_a_few_reports_or_a_busy_office_are_none(last_hour: int, usual: float) -> None:
    assert surge(last_hour, usual=usual) is None


def test_an_office_is_used_to_what_came_in_the_week_before_this_hour() -> None:
    assert per_hour(167, NOON - timedelta(days=300), NOON) == pytest.approx(1.0)
    assert timedelta(hours=167) == WINDOW - HOUR


def test_a_young_office_is_used_to_what_came_since_its_first_report() -> None:
    assert per_hour(40, NOON - timedelta(hours=21), NOON) == pytest.approx(2.0)
    assert per_hour(5, NOON - timedelta(minutes=70), NOON) == 5.0
    assert per_hour(0, None, NOON) == 0.0
