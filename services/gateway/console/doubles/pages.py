"""Likely doubles of an office's partners: looked at side by side, merged, told apart, and two again."""

import asyncio
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from libs.contracts.registry.reads import DoubleView, PartnerView
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.doubles import views
from services.gateway.console.doubles.part import offered
from services.gateway.console.doubles.wishes import MERGE, TELL_APART, UNMERGE
from services.gateway.console.partners import partner
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor

router = APIRouter(include_in_schema=False)

SHOWN = 10
WHICH = "pair"
"""Field of the page's forms that says which pair is meant."""


@router.get("/{slug}/console/doubles")
async def doubles(shift: OnShift, done: Done, after: Cursor = "") -> Response:
    return await _shown(shift, done, after=after)


async def _shown(shift: Shift, said: Said, attempt: Attempt | None = None, *, after: str = "") -> Response:
    found, frame = await asyncio.gather(
        or_missing(shift.parts.registry.doubles(shift.office.id, shift.officer.actor, cursor=after, limit=SHOWN)),
        shift.frame(),
    )
    page = views.DoublesPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        nav=subnav(shift, "doubles"),
        pairs=tuple(_pair(shift, one, attempt) for one in found.items) if found is not None else None,
        total=(found.count or len(found.items)) if found is not None else 0,
        next_url=f"{shift.url('doubles')}?after={quote(found.next)}" if found is not None and found.next else "",
    )
    return shift.show("doubles/doubles", page, status=attempt.status if attempt else 200)


def _pair(shift: Shift, double: DoubleView, attempt: Attempt | None) -> views.Pair:
    tried = attempt if attempt is not None and attempt.typed(WHICH) == double.id else None
    return views.Pair(
        double=double,
        sides=(_side(shift, double.one), _side(shift, double.other)),
        action=offered(shift, "doubles", double.one.id, "apart", attempt=tried),
        errors=tried.said.errors if tried else {},
    )


def _side(shift: Shift, partner: PartnerView) -> views.Side:
    return views.Side(
        partner=partner,
        url=shift.url("partners", partner.id),
        merge_url=shift.url("doubles", partner.id, "merge"),
    )


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    return await carry_out(
        shift, pressed, to=shift.url("doubles"), again=lambda attempt: _shown(shift, Said(), attempt)
    )


async def _carry_undo(shift: Shift, pressed: Pressed) -> Response:
    """Its form stands on the page of the one that was merged."""
    partner_id = pressed.ids["partner_id"]
    return await carry_out(
        shift,
        pressed,
        to=shift.url("partners", partner_id),
        again=lambda attempt: partner.shown(shift, partner_id, Said(), attempt, own=True),
    )


add_buttons(router, (MERGE, TELL_APART), "doubles/", _carry)
add_buttons(router, (UNMERGE,), "doubles/", _carry_undo)
