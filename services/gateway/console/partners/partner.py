"""One partner: what is known of it, part by part, and the forms in which that is written."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.contracts.registry.reads import PartnerPeople, PartnerView
from libs.contracts.words import PartnerKind
from libs.kit import areas
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.partners import sections, views
from services.gateway.console.partners.drawn import Drawn
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.partners.wishes import DESCRIBE, ENTER, MAY
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift
from services.gateway.console.verifying.part import field_ids as part_ids
from services.gateway.console.views import Action
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.paths import Id
from services.gateway.web.pages import see

router = APIRouter(include_in_schema=False)

MOST_PLACES = 600
"""Options of a list that somebody still finds something in, by its districts."""
ASKED = frozenset({"kind", "area", "language", *Profile.model_fields, *PartnerPapers.model_fields, "accounts"})


@router.get("/{slug}/console/partners/new")
async def new(shift: OnShift, kind: Annotated[str, Query(max_length=40)] = "") -> Response:
    return await _new(shift, kind)


async def _new(shift: Shift, kind: str, attempt: Attempt | None = None) -> Response:
    frame = await shift.frame()
    page = views.PartnerForm(
        desk=shift.desk(frame, attempt.said if attempt else Said()),
        action=_action(shift, "partners", "new", attempt=attempt),
        nav=subnav(shift, "list"),
        kind=kind if kind in set(PartnerKind) else "",
        kinds=tuple((k, f"{shift.url('partners', 'new')}?kind={k}") for k in PartnerKind),
        values=attempt.texts if attempt else {"kind": kind, "language": "id"},
        errors=attempt.said.errors if attempt else {},
        region=shift.office.region_code,
        places=places(shift.office.region_code),
        agencies=_agencies(shift),
    )
    return shift.show("partners/form", page, status=attempt.status if attempt else 200)


def _action(shift: Shift, *path: str, attempt: Attempt | None) -> Action:
    why_not = "" if shift.officer.has(*MAY) else "role_verifier"
    return shift.action(*path, attempt=attempt, why_not=why_not)


def places(region: str) -> tuple[tuple[areas.Area, tuple[areas.Area, ...]], ...]:
    inside = tuple((one, areas.children(one.code)) for one in areas.children(region))
    return inside if len(inside) + sum(len(more) for _, more in inside) <= MOST_PLACES else ()


def _agencies(shift: Shift) -> tuple[Any, ...]:
    return tuple(sorted(shift.parts.directory.agencies_of(shift.office.id), key=lambda one: one.name.casefold()))


def _typed(posted_kind: str) -> str:
    return posted_kind if posted_kind in set(PartnerKind) else ""


@router.post("/{slug}/console/partners/new")
async def enter(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)
    button = ENTER.buttons[0]
    # A form that is sent twice enters one partner.
    partner_id = str(uuid5(read_key(posted.text("key")), "partner"))

    async def send(key: UUID) -> Reply:
        return await shift.send(ENTER, key, partner_id, values_of(ENTER, button, posted))

    return await carry_out(
        shift,
        Pressed(button, posted, send),
        to=shift.url("partners", partner_id),
        again=lambda attempt: _new(shift, _typed(posted.text("kind")), attempt),
    )


@router.get("/{slug}/console/partners/{partner_id}")
async def partner(shift: OnShift, partner_id: Id, done: Done, own: bool = False) -> Response:
    return await shown(shift, partner_id, done, own=own)


async def shown(
    shift: Shift, partner_id: str, said: Said, attempt: Attempt | None = None, *, own: bool = False
) -> Response:
    """
    Args:
        attempt: a form of one of its sections that comes back.
        own: itself, though it was merged into another one, to which its address leads otherwise.
    """
    tenant, actor = shift.office.id, shift.officer.actor
    row, frame = await asyncio.gather(shift.parts.registry.partner(tenant, actor, partner_id), shift.frame())
    if row.merged_into and not own and not said.notice:
        return shift.visit.finish(see(shift.url("partners", row.merged_into)))
    drawn = Drawn(shift, frame, row, attempt)
    parts, beside = await asyncio.gather(_drawn(sections.SECTIONS, drawn), _drawn(sections.BESIDE, drawn))
    page = views.PartnerPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        partner=row,
        nav=subnav(shift, ""),
        sections=parts,
        beside=beside,
        edit_url=shift.url("partners", partner_id, "edit") if shift.officer.has(*MAY) and not row.merged_into else "",
        field_ids=part_ids(attempt) if attempt else {},
    )
    return shift.show("partners/partner", page, status=attempt.status if attempt else 200)


Draw = Callable[[Drawn], Awaitable[object | None]]


async def _drawn(every: Mapping[str, Draw], drawn: Drawn) -> tuple[views.Section, ...]:
    found = await asyncio.gather(*(draw(drawn) for draw in every.values()))
    return tuple(views.Section(name, view) for name, view in zip(every, found, strict=True) if view is not None)


@router.get("/{slug}/console/partners/{partner_id}/edit")
async def edit(shift: OnShift, partner_id: Id) -> Response:
    return await _edit(shift, partner_id)


async def _edit(shift: Shift, partner_id: str, attempt: Attempt | None = None) -> Response:
    tenant, actor = shift.office.id, shift.officer.actor
    row, frame = await asyncio.gather(shift.parts.registry.partner(tenant, actor, partner_id), shift.frame())
    values = attempt.texts if attempt else written(row)
    page = views.PartnerForm(
        desk=shift.desk(frame, attempt.said if attempt else Said()),
        action=_action(shift, "partners", partner_id, "description", attempt=attempt),
        nav=subnav(shift, ""),
        partner=row,
        kind=_typed(values.get("kind", "")) or row.kind,
        values=values,
        errors=attempt.said.errors if attempt else {},
        region=shift.office.region_code,
        places=places(shift.office.region_code),
        agencies=_agencies(shift),
    )
    return shift.show("partners/form", page, status=attempt.status if attempt else 200)


def written(row: PartnerView) -> Mapping[str, str]:
    profile = {name: _text(getattr(row.profile, name)) for name in Profile.model_fields}
    people = {name: getattr(row.people, name) for name in PartnerPeople.model_fields}
    own = {name: _text(getattr(row, name)) for name in ("name", "kind", "area", "language", "run_by_office")}
    return {**profile, **people, **own}


def _text(value: object) -> str:
    return "1" if value is True else "" if value in (False, 0) else str(value)


@router.post("/{slug}/console/partners/{partner_id}/description")
async def describe(shift: OnShift, request: Request, partner_id: Id) -> Response:
    posted = await shift.received(request, partner_id=partner_id)
    button = DESCRIBE.buttons[0]

    async def send(key: UUID) -> Reply:
        return await shift.send(DESCRIBE, key, partner_id, values_of(DESCRIBE, button, posted))

    return await carry_out(
        shift,
        Pressed(button, posted, send),
        to=shift.url("partners", partner_id),
        again=lambda attempt: _edit(shift, partner_id, attempt),
    )
