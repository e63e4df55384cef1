"""The parts of a partner's page, each with what it needs to know.

A part is a template, `part_<name>.html`, and a function here or in the part's own module that says
what it is told, or None where there is nothing to show.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.profile import Profile
from libs.contracts.registry.reads import PartnerChange
from libs.runtime.directory import Directory
from services.gateway.console.doubles.part import of_partner
from services.gateway.console.doubles.views import Doubles
from services.gateway.console.partners.drawn import Drawn
from services.gateway.console.verifying.part import verification
from services.gateway.reads import or_missing

DAYS = ("decree_on", "term_from", "term_until", "press_seen_on")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """
    Attributes:
        days: field of the profile -> its date, of those that are known.
    """

    agency: str = ""
    days: Mapping[str, date] = field(default_factory=dict)


async def facts(drawn: Drawn) -> Facts:
    return facts_of(drawn.shift.parts.directory, drawn.shift.office.id, drawn.partner.profile)


def facts_of(directory: Directory, tenant: str, profile: Profile) -> Facts:
    named = {one.id: one.name for one in directory.agencies_of(tenant)}
    written = {name: getattr(profile, name) for name in DAYS}
    return Facts(
        agency=named.get(profile.agency_id, ""),
        days={name: date.fromisoformat(day) for name, day in written.items() if day},
    )


@dataclass(frozen=True, kw_only=True)
class Answers:
    rows: tuple[AssignmentView, ...] | None
    """None when notify did not answer."""


async def answers(drawn: Drawn) -> Answers:
    shift = drawn.shift
    found = shift.parts.notify.assignments(shift.office.id, shift.officer.actor, drawn.partner.id)
    return Answers(rows=await or_missing(found))


@dataclass(frozen=True, kw_only=True)
class Line:
    change: PartnerChange
    who: str


@dataclass(frozen=True, kw_only=True)
class History:
    lines: tuple[Line, ...] | None
    """Newest first; None when the registry did not answer."""


async def history(drawn: Drawn) -> History:
    shift, partner = drawn.shift, drawn.partner
    found = await or_missing(shift.parts.registry.partner_history(shift.office.id, shift.officer.actor, partner.id))
    if found is None:
        return History(lines=None)
    return History(
        lines=tuple(
            Line(change=one, who=partner.name if one.by == partner.id else drawn.frame.name(one.by) if one.by else "")
            for one in reversed(found)
        )
    )


async def doubles(drawn: Drawn) -> Doubles | None:
    return await of_partner(drawn.shift, drawn.partner, drawn.attempt)


async def bare(drawn: Drawn) -> object:
    return ()


Draw = Callable[[Drawn], Awaitable[object | None]]
SECTIONS: Mapping[str, Draw] = {
    "doubles": doubles,
    "facts": facts,
    "verification": verification,
    "accounts": bare,
    "answers": answers,
    "history": history,
}
"""In the order of the page."""
BESIDE: Mapping[str, Draw] = {"contacts": bare}
