"""What an office says of itself and how it works: one command for each concern, so that two administrators who change
two things do not undo each other's. `expects` is the concern's revision that somebody had before them.
"""

from typing import Annotated

from libs.contracts.fields import NO_CONTROL, NO_NUL, Flag, Limit, Revision
from libs.contracts.messages import Command, Event
from libs.contracts.registry.tenant import Branding
from libs.contracts.reports.parts import Part

THEMES = ("", "nila", "kopi", "batu")
TIMEZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
CAUTIONS = ("looser", "usual", "stricter")
LARGEST_LOGO = 64_000
"""Bytes of a JPEG of at most 320 px."""

Reason = Annotated[str, Limit(longest=300, pattern=NO_CONTROL)]
"""Why, for those who read the history."""


def _line(longest: int) -> Limit:
    return Limit(shortest=1, longest=longest, pattern=NO_CONTROL, visible=True)


def _or_nothing(longest: int) -> Limit:
    return Limit(longest=longest, pattern=NO_CONTROL)


class Look(Part):
    """What the public sees of an office; its logo beside it."""

    name: Annotated[str, _line(80)]
    office: Annotated[str, _line(160)]
    government: Annotated[str, _line(120)]
    short_office: Annotated[str, _or_nothing(60)] = ""
    monogram: Annotated[str, _or_nothing(4)] = ""
    channel: Annotated[str, _or_nothing(60)] = ""
    """What reporting a hoax is called here; empty: as everywhere."""
    theme: Annotated[str, Limit(words=THEMES)] = ""
    intro: Annotated[str, Limit(longest=600, pattern=NO_NUL)] = ""
    intro_en: Annotated[str, Limit(longest=600, pattern=NO_NUL)] = ""
    address: Annotated[str, Limit(longest=300, pattern=NO_NUL)] = ""
    hours: Annotated[str, Limit(longest=300, pattern=NO_NUL)] = ""
    hours_en: Annotated[str, Limit(longest=300, pattern=NO_NUL)] = ""
    email: Annotated[str, _or_nothing(254)] = ""


class ChangeLook(Command, name="registry.change-look.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    tenant_id: str
    look: Look
    reason: Reason = ""
    expects: Revision


class LookChanged(Event, name="registry.look-changed.v1", of="tenant"):
    tenant_id: str
    branding: Branding
    reason: str = ""


class Clocks(Part):
    interim_minutes: Annotated[int, Limit(least=1, most=24 * 60)]
    """Until a reporter hears that somebody looks into it."""
    answer_hours: Annotated[int, Limit(least=1, most=30 * 24)]
    """Until the answer, as the office means to keep it."""
    limit_hours: Annotated[int, Limit(least=1, most=30 * 24)]
    """Until the answer at the latest."""
    partner_answer_hours: Annotated[int, Limit(least=1, most=30 * 24)]
    """Until a partner says whether they carry an answer out."""


class ChangeClocks(Command, name="registry.change-clocks.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    """Of what comes from now on; what runs keeps its hours."""

    tenant_id: str
    clocks: Clocks
    reason: Reason = ""
    expects: Revision


class ClocksChanged(Event, name="registry.clocks-changed.v1", of="tenant"):
    tenant_id: str
    clocks: Clocks
    reason: str = ""


class Practice(Part):
    """How an office works."""

    timezone: Annotated[str, Limit(words=TIMEZONES)]
    contact_kept_days: Annotated[int, Limit(least=1, most=365)]
    """How long a reporter's contact is kept after the end."""
    match_caution: Annotated[str, Limit(words=CAUTIONS)]
    archive_links: Flag


class ChangePractice(Command, name="registry.change-practice.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    tenant_id: str
    practice: Practice
    reason: Reason = ""
    expects: Revision


class PracticeChanged(Event, name="registry.practice-changed.v1", of="tenant"):
    tenant_id: str
    practice: Practice
    reason: str = ""


class ChangeLogo(Command, name="registry.change-logo.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    tenant_id: str
    picture: str = ""
    """A JPEG that was made anew from what somebody sent, in base 64; empty: no logo from now on."""
    reason: Reason = ""
    expects: Revision


class LogoChanged(Event, name="registry.logo-changed.v1", of="tenant"):
    tenant_id: str
    logo: str
    """Names the picture: the first 32 hex digits of its SHA-256."""
    picture: str
    reason: str = ""
