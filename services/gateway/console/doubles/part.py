"""What a partner's own page says of its doubles: likely ones, those merged into it, and where it went itself."""

import asyncio
from datetime import UTC, datetime

from libs.contracts.registry.reads import DoubleView, PartnerView
from services.gateway.console.doubles import views
from services.gateway.console.doubles.wishes import UNMERGE
from services.gateway.console.partners.wishes import MAY
from services.gateway.console.shift import Attempt, Shift, of
from services.gateway.console.views import Action
from services.gateway.reads import or_missing


def offered(shift: Shift, *path: str, attempt: Attempt | None) -> Action:
    return shift.action(*path, attempt=attempt, why_not="" if shift.officer.has(*MAY) else "role_verifier")


async def of_partner(shift: Shift, partner: PartnerView, attempt: Attempt | None = None) -> views.Doubles | None:
    """What a partner's own page says; None: nothing."""
    registry, tenant, actor = shift.parts.registry, shift.office.id, shift.officer.actor
    ids = [one for one in (*partner.absorbed, partner.merged_into) if one]
    likely, rows = await asyncio.gather(
        or_missing(registry.doubles_of(tenant, actor, partner.id)),
        asyncio.gather(*(or_missing(registry.partner(tenant, actor, one)) for one in ids)),
    )
    known = {row.id: row for row in rows if row is not None}
    into = known.get(partner.merged_into)
    undone = UNMERGE.buttons[0]
    tried = of(attempt, undone.what({"partner_id": partner.id}))
    may_undo = partner.undo_until is not None and datetime.now(UTC) < partner.undo_until
    found = views.Doubles(
        likely=tuple(_others(shift, likely or (), partner)),
        former=tuple(_former(shift, known[one]) for one in partner.absorbed if one in known),
        into=views.Former(name=into.name, url=shift.url("partners", into.id), merged_at=partner.merged_at)
        if into is not None
        else None,
        undo=offered(shift, "doubles", partner.id, "unmerge", attempt=tried) if may_undo else None,
        undo_until=partner.undo_until,
        errors=tried.said.errors if tried else {},
    )
    return found if found.likely or found.former or partner.merged_into else None


def _others(shift: Shift, doubles: tuple[DoubleView, ...], partner: PartnerView) -> list[tuple[str, str]]:
    others = [double.other if double.one.id == partner.id else double.one for double in doubles]
    return [(other.name, shift.url("partners", other.id)) for other in others]


def _former(shift: Shift, row: PartnerView) -> views.Former:
    return views.Former(name=row.name, url=f"{shift.url('partners', row.id)}?own=1", merged_at=row.merged_at)
