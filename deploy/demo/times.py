"""Times of the demo, all relative to the moment it is loaded."""

import re
from datetime import date, timedelta

from babel.dates import format_date

DATE_FORMS = {None: "d MMMM yyyy", "short": "d MMMM", "day": "EEEE, d MMMM yyyy", "digits": "d/M/yyyy"}
DATE_MARK = re.compile(r"\{\{([+-]?\d+)(?: (short|day|digits))?\}\}")
AGE = re.compile(r"(?=.)(?:(?P<days>\d+)d)? ?(?:(?P<hours>\d+)h)? ?(?:(?P<minutes>\d+)m)?")


def with_dates(text: str, today: date) -> str:
    """The text with its date marks filled in, in Indonesian.

    `{{-3}}` is "21 November 2026" when today is the 24th; `{{-3 short}}` "21 November", `{{-3 digits}}` "21/11/2026",
    `{{+2 day}}` "Kamis, 26 November 2026". The weekday is computed here and typed nowhere.
    """

    def fill(mark: re.Match[str]) -> str:
        days, form = mark.groups()
        return format_date(today + timedelta(days=int(days)), DATE_FORMS[form], locale="id")

    return DATE_MARK.sub(fill, text)


def age(text: str) -> timedelta:
    """How long before loading something happened, from "2d 3h", "40m" and the like."""
    parts = AGE.fullmatch(text)
    if parts is None:
        raise ValueError('write an age as "2d 3h", "5h" or "40m"')
    return timedelta(**{unit: int(number) for unit, number in parts.groupdict().items() if number})
