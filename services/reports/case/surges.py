"""Whether a case is told more often than the office is used to: many people read the same thing at the same time."""

from datetime import datetime, timedelta

from libs.contracts.reports.reads import Surge

HOUR = timedelta(hours=1)
WINDOW = timedelta(days=7)
"""What an office is used to. Longer, and an election a month ago hides what begins today; a guess, that officers'
judgement of "Lonjakan" would settle."""
LEAST = 10
"""Reports in an hour. Below it a family group is enough."""
TIMES = 5
"""More than the whole office usually gets in an hour."""


def surge(last_hour: int, *, usual: float) -> Surge | None:
    if last_hour < LEAST or last_hour < TIMES * usual:
        return None
    return Surge(last_hour=last_hour, usual=round(usual, 1))


def per_hour(reports: int, first_at: datetime | None, now: datetime) -> float:
    """Reports an hour, of `reports` that came within `WINDOW` and before the last hour, the first at `first_at`.

    An office of two days is used to what came in these two, and one of an hour to nothing.
    """
    if first_at is None:
        return 0.0
    hours = (now - HOUR - max(first_at, now - WINDOW)) / HOUR
    return reports / max(hours, 1.0)
