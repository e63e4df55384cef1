"""The officers of an office: who is there, how one comes, changes, loses a second factor and leaves."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.envelope import Actor
from libs.contracts.registry.reads import OfficerView
from libs.contracts.words import CHECKERS, Role
from libs.runtime.errors import NotFound, Refused
from services.gateway.access.principals import Officer
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.office import officer_views as views
from services.gateway.console.office.officer_wishes import (
    ALLOW_RESET,
    ASK_RESET,
    BY_LINK,
    GRANT,
    INVITE,
    REINSTATE,
    RENEW,
    RETIRE,
)
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of, wrong
from services.gateway.console.views import Action
from services.gateway.context import Gateway
from services.gateway.dispatch.bodies import Body
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_person
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.wishes import Asked, Button, Posted, Wish
from services.gateway.invited.links import link_for, mail_link
from services.gateway.paths import Id
from services.gateway.reads import or_missing

router = APIRouter(include_in_schema=False)

PAGE = "office/officers"


async def send_officers_wish(
    parts: Gateway, who: Officer, wish: Wish[Any], key: UUID, officer_id: str, body: Body, *, wait: float = WAIT
) -> Reply:
    """As `Wish.send`; and the mail with the link, where one follows."""
    if wish not in BY_LINK:
        return await wish.send(parts, who, key, officer_id, body, wait=wait)
    link = link_for(parts, who.tenant, officer_id, key)
    command, private = wish.written(officer_id, body)
    command = command.model_copy(update={"link_hash": link.hashed})
    by = by_person(who)
    added = {name: getattr(body, name) for name in wish.adds}
    for check in wish.checks:
        await check(Asked(parts, who, command, added, by.command_id(key, command)))
    reply = await parts.dispatcher.send(by, key, command, private=private, wait=wait)
    address = getattr(body, "email", "") or await parts.registry.officer_address(who.tenant.id, officer_id)
    await mail_link(parts, who.tenant, key, link, address=address.strip(), purpose=BY_LINK[wish])
    return reply


def invited_id(key: UUID) -> str:
    """A form that is sent twice invites one person."""
    return str(uuid5(key, "officer"))


@router.get("/{slug}/console/office/officers")
async def officers(shift: OnShift, done: Done) -> Response:
    return await _listed(shift, done)


async def _everybody(shift: Shift) -> tuple[OfficerView, ...] | None:
    return await or_missing(shift.parts.registry.officers(shift.office.id, actor=shift.officer.actor))


async def _listed(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    frame, everybody = await asyncio.gather(shift.frame(), _everybody(shift))
    tried = of(attempt, INVITE.buttons[0].called)
    page = views.OfficersPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        officers=tuple(sorted(everybody, key=lambda one: (not (one.active or one.invited), one.name.casefold())))
        if everybody is not None
        else None,
        agencies=_agencies(shift),
        action=_action(shift, INVITE, PAGE, tried),
        values=tried.texts if tried else {},
        chosen=_chosen(tried),
        errors=tried.said.errors if tried else {},
    )
    return shift.show("office/officers", page, status=attempt.status if attempt else 200)


def _agencies(shift: Shift) -> Mapping[str, str]:
    return {one.id: one.name for one in shift.parts.directory.agencies_of(shift.office.id)}


def _chosen(tried: Attempt | None) -> tuple[str, ...]:
    return tuple(str(role) for role in tried.form.getlist("roles")) if tried else ()


def _action(shift: Shift, wish: Wish[Any], path: str, tried: Attempt | None, why_not: str = "") -> Action:
    if not shift.officer.has(*wish.may):
        why_not = "role_admin" if Role.APPROVER not in wish.may else "role_second"
    return Action(
        url=shift.url(path),
        key=tried.key if tried else str(shift.visit.new_key()),
        csrf=shift.officer.session.csrf,
        why_not=why_not,
        typed=tried.texts if tried else {},
    )


@router.post("/{slug}/console/office/officers")
async def invite(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)
    officer_id = invited_id(read_key(posted.text("key")))
    pressed = Pressed(INVITE.buttons[0], posted, lambda key: _send(shift, INVITE, key, officer_id, posted))
    return await carry_out(shift, pressed, to=shift.url(PAGE), again=lambda attempt: _listed(shift, Said(), attempt))


async def _send(shift: Shift, wish: Wish[Any], key: UUID, officer_id: str, posted: Posted) -> Reply:
    body = wish.read(values_of(wish, wish.buttons[0], posted))
    try:
        return await send_officers_wish(shift.parts, shift.officer, wish, key, officer_id, body)
    except Refused as refused:
        if refused.code == "email_taken":
            raise wrong("email", "email_taken") from None
        if refused.code == "last_admin":
            raise wrong("roles" if wish is GRANT else "reason", "last_admin") from None
        raise


@router.get("/{slug}/console/office/officers/{officer_id}")
async def officer(shift: OnShift, done: Done, officer_id: Id) -> Response:
    return await _one(shift, officer_id, done)


async def _one(shift: Shift, officer_id: str, said: Said, attempt: Attempt | None = None) -> Response:
    """
    Raises:
        NotFound: nobody of this office.
    """
    parts, tenant, actor = shift.parts, shift.office.id, shift.officer.actor
    frame, found, everybody, held, lines = await asyncio.gather(
        shift.frame(),
        parts.registry.officers(tenant, [officer_id], actor=actor),
        _everybody(shift),
        or_missing(_held(shift, officer_id, actor)),
        or_missing(_history(shift, officer_id)),
    )
    if not found:
        raise NotFound("officer_id")
    (one,) = found
    colleagues = tuple(c for c in everybody or () if c.active and c.id != one.id and not CHECKERS.isdisjoint(c.roles))
    oneself = "oneself" if one.id == shift.officer.id else ""
    same = "same_person" if shift.officer.id in (one.id, one.reset_asked_by) else ""
    page = views.OfficerPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        officer=one,
        held=held,
        colleagues=colleagues,
        agencies=_agencies(shift),
        names=frame.names,
        lines=lines,
        actions={
            wish.name: _action(
                shift,
                wish,
                wish.buttons[0].at({"officer_id": one.id}),
                of(attempt, wish.buttons[0].called),
                same if wish is ALLOW_RESET else oneself,
            )
            for wish in (RENEW, GRANT, RETIRE, REINSTATE, ASK_RESET, ALLOW_RESET)
        },
        tried=attempt.what if attempt else "",
        chosen=_chosen(of(attempt, GRANT.buttons[0].called)) or one.roles,
        errors=attempt.said.errors if attempt else {},
    )
    return shift.show("office/officer", page, status=attempt.status if attempt else 200)


async def _held(shift: Shift, officer_id: str, actor: Actor) -> int | None:
    """Cases that are theirs."""
    if not shift.works:
        return None
    return (await shift.parts.reports.cases(shift.office.id, actor, owner=officer_id, limit=1)).count


async def _history(shift: Shift, officer_id: str) -> Any:
    found = await shift.parts.registry.officer_history(shift.office.id, shift.officer.actor, officer_id)
    return found.items


def _add(wish: Wish[Any], button: Button) -> None:
    @router.post(f"/{{slug}}/console/{button.path}")
    async def pressed(shift: OnShift, request: Request, officer_id: Id) -> Response:
        posted = await shift.received(request, officer_id=officer_id)
        return await carry_out(
            shift,
            Pressed(button, posted, lambda key: _send(shift, wish, key, officer_id, posted)),
            to=shift.url(PAGE, officer_id),
            again=lambda attempt: _one(shift, officer_id, Said(), attempt),
        )


for _wish in (RENEW, GRANT, RETIRE, REINSTATE, ASK_RESET, ALLOW_RESET):
    for _button in _wish.buttons:
        _add(_wish, _button)
