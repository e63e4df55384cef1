"""Dates and hours as Indonesian offices write them, and the days they work.

Indonesia keeps three zones without summer time, so fixed offsets are exact and need no zone database in the image.
"""

from collections.abc import Set
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Literal

Language = Literal["id", "en"]


class Zone(StrEnum):
    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def tz(self) -> timezone:
        return _OFFSETS[self]


_OFFSETS = {
    Zone.WIB: timezone(timedelta(hours=7), "WIB"),
    Zone.WITA: timezone(timedelta(hours=8), "WITA"),
    Zone.WIT: timezone(timedelta(hours=9), "WIT"),
}
# Keputusan Presiden 41/1987. Kalimantan is divided: the west and the centre keep western time.
_WITA_PROVINCES = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
_WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})

_DAYS: dict[Language, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SHORT_MONTHS: dict[Language, tuple[str, ...]] = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def zone_of(area_code: str) -> Zone:
    """The zone of an area, from its Kemendagri code; the province's two digits suffice."""
    province = area_code[:2]
    if province in _WITA_PROVINCES:
        return Zone.WITA
    return Zone.WIT if province in _WIT_PROVINCES else Zone.WIB


def weekday(day: date, language: Language = "id") -> str:
    return _DAYS[language][day.weekday()]


def long_date(day: date, language: Language = "id") -> str:
    """As in "Senin, 23 November 2026". The weekday is computed, so it cannot contradict the date."""
    return f"{weekday(day, language)}, {day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def short_date(day: date, language: Language = "id") -> str:
    """As in "23 Nov 2026"."""
    return f"{day.day} {_SHORT_MONTHS[language][day.month - 1]} {day.year}"


def hour(moment: datetime, zone: Zone, language: Language = "id") -> str:
    """As in "19.42 WIB"; in English "19:42 WIB"."""
    local = _local(moment, zone)
    return f"{local.hour:02}{_HOUR_MARK[language]}{local.minute:02} {zone}"


_HOUR_MARK: dict[Language, str] = {"id": ".", "en": ":"}


def long_moment(moment: datetime, zone: Zone, language: Language = "id") -> str:
    """As in "Senin, 23 November 2026, 19.42 WIB"."""
    return f"{long_date(local_day(moment, zone), language)}, {hour(moment, zone, language)}"


def short_moment(moment: datetime, zone: Zone, language: Language = "id") -> str:
    """As in "23 Nov 2026, 19.42 WIB"."""
    return f"{short_date(local_day(moment, zone), language)}, {hour(moment, zone, language)}"


def local_day(moment: datetime, zone: Zone) -> date:
    return _local(moment, zone).date()


def _local(moment: datetime, zone: Zone) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is ambiguous: give it one, UTC by default")
    return moment.astimezone(zone.tz)


def remaining(until: datetime, now: datetime, language: Language = "id") -> str:
    """As in "sisa 2 j 10 m", "lewat 35 m", "sisa 3 hari 4 j": the two largest units, cut and not rounded.

    A deadline is met at its very second: nothing is late before a whole minute has passed.
    """
    minutes = int((until - now).total_seconds() // 60)
    if minutes >= 0:
        return _LEFT[language].format(_span(minutes, language))
    late = int((now - until).total_seconds() // 60)
    return _LATE[language].format(_span(late, language)) if late else _LEFT[language].format(_span(0, language))


_LEFT: dict[Language, str] = {"id": "sisa {}", "en": "{} left"}
_LATE: dict[Language, str] = {"id": "lewat {}", "en": "{} late"}
_UNITS: dict[Language, tuple[str, str, str]] = {"id": ("hari", "j", "m"), "en": ("d", "h", "m")}


def _span(minutes: int, language: Language) -> str:
    day, hour_, minute = _UNITS[language]
    amounts = ((minutes // 1440, day), (minutes // 60 % 24, hour_), (minutes % 60, minute))
    first = next((index for index, (amount, _) in enumerate(amounts) if amount), 2)
    shown = [f"{amount} {unit}" for amount, unit in amounts[first : first + 2] if amount]
    return " ".join(shown) or f"0 {minute}"


def is_working_day(day: date, holidays: Set[date]) -> bool:
    """Monday to Friday, and neither a holiday nor a joint leave day (cuti bersama) of the tenant's calendar."""
    return day.weekday() < 5 and day not in holidays


def working_days_after(start: date, count: int, holidays: Set[date]) -> date:
    """The day on which `count` working days have passed; the starting day itself does not count.

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError(f"a deadline lies at least one working day ahead, not {count}")
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def due_after_working_days(received: datetime, count: int, zone: Zone, holidays: Set[date]) -> datetime:
    """The end of the last working day, in UTC: what is due on a day may be done until its midnight there."""
    day = working_days_after(local_day(received, zone), count, holidays) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone.tz).astimezone(UTC)


def working_days_between(start: date, end: date, holidays: Set[date]) -> int:
    """Working days after `start` up to and with `end`; 0 where `end` is not later."""
    span = (end - start).days
    return sum(is_working_day(start + timedelta(days=offset), holidays) for offset in range(1, span + 1))
