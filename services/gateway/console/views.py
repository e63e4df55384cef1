"""The frame of the officers' pages, and what several of them show: frozen values that the routes fill from read models.
No I/O, no wording.

Times are aware; the templates print them in the office's zone. Codes (states, reasons, roles) are those of
the contracts; an unknown code is shown as it came. Text typed by people is plain text.

What each page adds lies in the `views.py` of its room, and holds read models as they came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SOON = timedelta(hours=1)
"""From here on a clock is marked "soon". A guess; the first office's shifts would settle it."""


class ClockState(StrEnum):
    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    DONE = "done"


def clock_state(due_at: datetime, *, now: datetime, paused: bool = False, done: bool = False) -> ClockState:
    """A finished clock is never late, and a paused one neither: the officer can do nothing about it."""
    if done:
        return ClockState.DONE
    if paused:
        return ClockState.PAUSED
    if due_at <= now:
        return ClockState.LATE
    return ClockState.SOON if due_at - now <= SOON else ClockState.RUNNING


def share(part: int, whole: int) -> float:
    """Width of a bar in percent, 0 to 100, one decimal; an empty whole has no bar."""
    return 0.0 if whole <= 0 else round(min(part, whole) * 100 / whole, 1)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A form that changes something, or the reason why this person may not use it now."""

    url: str
    key: str
    """Idempotency key, a UUID made by the server. After an error the same one comes back, so a resend converges."""
    csrf: str
    version: int | None = None
    """Of the thing the page was made from; the owner refuses the action when it has moved on."""
    why_not: str = ""
    """Code of the reason that disables the button (`author`, `not_held`, `held_by_other`, `role`,
    `reference_missing`, `already_approved`); empty when it may be used."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Field -> what was typed in it, where this form was sent and comes back."""


@dataclass(frozen=True, kw_only=True)
class Officer:
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The frame of every console page; the office itself is in the PageView."""

    officer: Officer
    logout: Action
    waiting: int | None = None
    """Cases in the queue; None when it could not be read. The same for the three below."""
    reviews: int | None = None
    by_hand: int | None = None
    others: int | None = None
    """Aspirations, complaints and requests that wait for an answer."""
    now: datetime
    """When the data of this page was read."""
    stale_since: datetime | None = None
    """When the last good reading was, if this one is not fresh; the page says so."""
    events_url: str = ""
    """Stream that says when to read this page again; empty: the page stays as it is."""
    notice: str = ""
    """Word of what the last action did (`services/gateway/dispatch/notices.py`)."""
    problem: str = ""
    """Code of what went wrong with it (`unavailable`, `forbidden`, `gone`); empty with `errors`."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Field name to error code, for the fields of the form that was sent."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    code: str
    url: str
    count: int | None
    current: bool = False
