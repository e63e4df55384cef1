"""Segments: what is saved, who is in it now, whom it proposes for a task."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts.notify.reads import ProposalView, ProposedPartner
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.registry.segments import INDEPENDENT, OFFICE, SegmentView
from libs.kit import areas
from libs.kit.exports import Cell
from libs.runtime.errors import Unavailable
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.coverage.pages import Form, file, listed, today
from services.gateway.console.partners.pages import PLATFORMS
from services.gateway.console.partners.subnav import subnav
from services.gateway.console.partners.wishes import MAY
from services.gateway.console.segments import views
from services.gateway.console.segments.wishes import CHANGE, DEFINE, RETIRE
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of
from services.gateway.console.views import Action
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.wishes import Wish
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import number_in

router = APIRouter(include_in_schema=False)

SHOWN = 20
PASSED_SHOWN = 20
"""Of those who were asked often enough; a file has all."""
MOST_WANTED, HIGHEST_CAP = 200, 30
NAMED_AT_ONCE = 200
ASKED = ("name", "area", "kind", "platform", "topic", "state", "run_by")
Typed = Annotated[str, Query(max_length=10)]


@router.get("/{slug}/console/segments")
async def segments(shift: OnShift, done: Done) -> Response:
    return await _all(shift, done)


async def _all(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    found, frame = await asyncio.gather(
        or_missing(shift.parts.registry.segments(shift.office.id, shift.officer.actor)), shift.frame()
    )
    page = views.SegmentsPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        nav=subnav(shift, "segments"),
        rows=found,
        form=_form(shift, _action(shift, "segments", attempt=attempt), {}, attempt),
    )
    return shift.show("segments/segments", page, status=attempt.status if attempt else 200)


def _action(shift: Shift, *path: str, attempt: Attempt | None = None) -> Action:
    return shift.action(*path, attempt=attempt, why_not="" if shift.officer.has(*MAY) else "role_verifier")


def _form(shift: Shift, action: Action, standing: Mapping[str, str], attempt: Attempt | None) -> views.SegmentForm:
    values = attempt.texts if attempt else standing
    inside, chosen = areas.children(shift.office.region_code), values.get("area", "")
    further = areas.exists(chosen) and chosen not in {one.code for one in inside}
    return views.SegmentForm(
        action=action,
        values=values,
        errors=attempt.said.errors if attempt else {},
        areas=(*inside, areas.find(chosen)) if further else inside,
        platforms=PLATFORMS,
    )


@router.post("/{slug}/console/segments")
async def define(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)
    button = DEFINE.buttons[0]
    # A form that is sent twice saves one segment.
    segment_id = str(uuid5(read_key(posted.text("key")), "segment"))

    async def send(key: UUID) -> Reply:
        return await shift.send(DEFINE, key, segment_id, values_of(DEFINE, button, posted))

    return await carry_out(
        shift,
        Pressed(button, posted, send),
        to=shift.url("segments", segment_id),
        again=lambda attempt: _all(shift, Said(), attempt),
    )


@router.get("/{slug}/console/segments/{segment_id}")
async def segment(shift: OnShift, segment_id: Id, done: Done, wanted: Typed = "", cap: Typed = "3") -> Response:
    return await _one(shift, segment_id, done, wanted=wanted, cap=cap)


async def _one(
    shift: Shift, segment_id: str, said: Said, attempt: Attempt | None = None, *, wanted: str = "", cap: str = "3"
) -> Response:
    registry, office, actor = shift.parts.registry, shift.office.id, shift.officer.actor
    found = await registry.segment(office, actor, segment_id)
    rows, history, frame, proposal = await asyncio.gather(
        or_missing(registry.partners(office, actor, **_of_registry(found), sort="name", limit=SHOWN)),
        or_missing(registry.segment_history(office, actor, segment_id)),
        shift.frame(),
        _proposal(shift, found, wanted, cap),
    )
    standing = {name: str(getattr(found, name)) for name in ASKED}
    changing, retiring = of(attempt, CHANGE.buttons[0].called), of(attempt, RETIRE.buttons[0].called)
    page = views.SegmentPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        nav=subnav(shift, "segments"),
        segment=found,
        rows=rows.items if rows is not None else None,
        list_url=listed(shift, **_of_list(found)),
        proposal=proposal,
        form=_form(shift, _action(shift, "segments", segment_id, "definition", attempt=changing), standing, changing),
        retire=_action(shift, "segments", segment_id, "retirement", attempt=retiring),
        history=None if history is None else tuple(_line(one, frame.name) for one in history),
    )
    return shift.show("segments/segment", page, status=attempt.status if attempt else 200)


def _line(change: Any, name: Any) -> views.Line:
    return views.Line(change=change, who=name(change.by) if change.by else "")


def _of_registry(found: SegmentView) -> dict[str, Any]:
    by_office = {OFFICE: "true", INDEPENDENT: "false"}.get(found.run_by, "")
    asked = {name: getattr(found, name) for name in ("area", "kind", "platform", "topic", "state")}
    return {**asked, "run_by_office": by_office}


def _of_list(found: SegmentView) -> dict[str, str]:
    """The same, as the address of the list says it."""
    show = {OFFICE: "by_office", INDEPENDENT: "independent"}.get(found.run_by, "")
    asked = {"show": show, **{n: str(getattr(found, n)) for n in ("area", "kind", "platform", "topic", "state")}}
    return {name: value for name, value in asked.items() if value}


@router.post("/{slug}/console/segments/{segment_id}/definition")
async def change(shift: OnShift, request: Request, segment_id: Id) -> Response:
    return await _carried(shift, request, CHANGE, segment_id)


@router.post("/{slug}/console/segments/{segment_id}/retirement")
async def retire(shift: OnShift, request: Request, segment_id: Id) -> Response:
    return await _carried(shift, request, RETIRE, segment_id)


async def _carried(shift: Shift, request: Request, wish: Wish[Any], segment_id: str) -> Response:
    posted = await shift.received(request, segment_id=segment_id)
    button = wish.buttons[0]

    async def send(key: UUID) -> Reply:
        return await shift.send(wish, key, segment_id, values_of(wish, button, posted))

    return await carry_out(
        shift,
        Pressed(button, posted, send),
        to=shift.url("segments", segment_id),
        again=lambda attempt: _one(shift, segment_id, Said(), attempt),
    )


async def _proposal(shift: Shift, found: SegmentView, wanted: str, cap: str) -> views.Proposal:
    typed = views.Proposal(wanted=wanted, cap=cap)
    if not wanted or found.retired:
        return typed
    errors = {**_out_of(wanted, "wanted", MOST_WANTED), **_out_of(cap, "cap", HIGHEST_CAP)}
    if errors:
        return replace(typed, errors=errors)
    try:
        proposal, more = await _asked(shift, found.id, int(wanted), int(cap))
    except Unavailable:
        return replace(typed, available=False)
    chosen = [line for line in proposal.lines if line.chosen]
    passed = [line for line in proposal.lines if not line.chosen]
    shown = (*chosen, *passed[:PASSED_SHOWN])
    names = await _names(shift, [line.partner_id for line in shown])
    export = f"{shift.url('segments', found.id, 'proposal')}.%s?{urlencode({'wanted': wanted, 'cap': cap})}"
    return replace(
        typed,
        rows=tuple(_proposed(shift, line, names) for line in shown),
        chosen=len(chosen),
        passed=len(passed),
        more=more,
        xlsx_url=export % Form.XLSX,
        csv_url=export % Form.CSV,
    )


def _out_of(typed: str, name: str, most: int) -> dict[str, str]:
    number = number_in(typed)
    return {} if number is not None and 1 <= number <= most else {name: "invalid"}


async def _asked(shift: Shift, segment_id: str, wanted: int, cap: int) -> tuple[ProposalView, bool]:
    office, actor = shift.office.id, shift.officer.actor
    candidates = await shift.parts.registry.candidates(office, actor, segment_id)
    proposal = await shift.parts.notify.proposal(office, actor, candidates.ids, wanted=wanted, cap=cap)
    return proposal, candidates.more


async def _names(shift: Shift, ids: Sequence[str]) -> Mapping[str, PartnerRow]:
    found: dict[str, PartnerRow] = {}
    for start in range(0, len(ids), NAMED_AT_ONCE):
        part = ids[start : start + NAMED_AT_ONCE]
        rows = await shift.parts.registry.partners_named(shift.office.id, shift.officer.actor, part)
        found |= {row.id: row for row in rows}
    return found


def _proposed(shift: Shift, line: ProposedPartner, names: Mapping[str, PartnerRow]) -> views.Proposed:
    row = names.get(line.partner_id)
    return views.Proposed(
        line=line, name=row.name if row is not None else "", url=shift.url("partners", line.partner_id)
    )


@router.get("/{slug}/console/segments/{segment_id}/proposal.{form}")
async def export(
    shift: OnShift,
    segment_id: Id,
    form: Form,
    wanted: Annotated[int, Query(ge=1, le=MOST_WANTED)] = 10,
    cap: Annotated[int, Query(ge=1, le=HIGHEST_CAP)] = 3,
) -> Response:
    proposal, _ = await _asked(shift, segment_id, wanted, cap)
    names = await _names(shift, [line.partner_id for line in proposal.lines])
    rows = [_row(number, line, names.get(line.partner_id)) for number, line in enumerate(proposal.lines, 1)]
    headings = ("No.", "Mitra", "Jenis", "Wilayah", "Diusulkan", "Alasan", "Diminta dalam 30 hari", "ID")
    return file(f"usulan-{shift.office.slug}-{today(shift)}", form, headings, rows, sheet="Usulan mitra")


def _row(number: int, line: ProposedPartner, row: PartnerRow | None) -> list[Cell]:
    known: list[Cell] = [row.name, row.kind, areas.title_of(row.area)] if row is not None else ["", "", ""]
    return [number, *known, "ya" if line.chosen else "dilewati", reason(line), line.times, line.partner_id]


def reason(line: ProposedPartner) -> str:
    """As a file says it, in Indonesian; pages have their own words."""
    if line.over_cap:
        return f"dilewati: sudah {line.times} kali dalam 30 hari"
    if line.days_ago is None:
        return "belum pernah diminta"
    return f"terakhir diminta {line.days_ago} hari lalu" if line.days_ago else "terakhir diminta hari ini"
