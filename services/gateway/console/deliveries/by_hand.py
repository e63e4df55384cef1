"""WhatsApp by hand: prepared messages that an officer sends from the office's own phone and ticks here."""

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.ids import is_identifier
from libs.contracts.notify.reads import ByHandRow
from libs.contracts.reads import OutcomeView, Page
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.deliveries import views
from services.gateway.console.deliveries.pages import recipient_name
from services.gateway.console.deliveries.wishes import REFUSE_BY_HAND
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of
from services.gateway.console.wishes import WISHES
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor

router = APIRouter(include_in_schema=False)


class Step(StrEnum):
    """Last of the address of a refusal."""

    WRONG_NUMBER = "wrong-number"
    STOP = "stop"


REFUSALS = {
    Step.WRONG_NUMBER: (
        "wrong_number",
        Notice("number_wrong", "Nomor itu tercatat salah; tidak ada lagi yang dikirim ke sana."),
    ),
    Step.STOP: ("unsubscribed", Notice("stopped", "Tercatat: orang itu tidak dikirimi lagi.")),
}
"""The reason, and what the page says then."""
MOST_OF_ONE = 50


@router.get("/{slug}/console/by-hand")
async def by_hand(shift: OnShift, done: Done, after: Cursor = "") -> Response:
    return await _shown(shift, done, after=after)


async def _shown(shift: Shift, said: Said, attempt: Attempt | None = None, *, after: str = "") -> Response:
    """Never live: every reading shows numbers, and each is noted with who saw them."""
    notify, tenant, actor = shift.parts.notify, shift.office.id, shift.officer.actor
    found, sent, frame = await asyncio.gather(
        or_missing(notify.by_hand(tenant, actor, cursor=after)),
        or_missing(notify.sent_by_hand(tenant, actor)),
        shift.frame(),
    )
    page = views.ByHandPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        people=tuple(_people(shift, found.items, attempt)) if found is not None else None,
        done=tuple(_done(shift, row, attempt) for row in sent) if sent is not None else None,
        next_url=_next(shift, found),
    )
    return shift.show("deliveries/by_hand", page, status=attempt.status if attempt else 200)


def _next(shift: Shift, found: Page[ByHandRow] | None) -> str:
    return f"{shift.url('by-hand')}?after={found.next}" if found is not None and found.next else ""


def _people(shift: Shift, rows: Iterable[ByHandRow], attempt: Attempt | None) -> Iterable[views.HandPerson]:
    """Notify lists the messages of one number together."""
    for phone, group in groupby(rows, key=lambda row: row.phone):
        messages = list(group)
        yield views.HandPerson(
            names=tuple(dict.fromkeys(_called(shift, row) for row in messages)),
            kind=messages[0].recipient_kind,
            hint=phone[-2:],
            messages=tuple(_message(shift, row, attempt) for row in messages),
            refusals=_refusals(shift, messages, attempt),
        )


def _called(shift: Shift, row: ByHandRow) -> str:
    return row.name or row.number or recipient_name(shift, row.recipient_kind, row.recipient, {})


def _message(shift: Shift, row: ByHandRow, attempt: Attempt | None) -> views.HandMessage:
    return views.HandMessage(
        row=row,
        about=_called(shift, row),
        sent=shift.action("by-hand", row.delivery_id, "sent", attempt=of(attempt, f"sent {row.delivery_id}")),
    )


def _done(shift: Shift, row: ByHandRow, attempt: Attempt | None) -> views.HandDone:
    return views.HandDone(row=row, recipient=_called(shift, row), refusals=_refusals(shift, [row], attempt))


def _refusals(shift: Shift, rows: Sequence[ByHandRow], attempt: Attempt | None) -> views.HandRefusals:
    first = rows[0].delivery_id
    wrong_number, stop = (shift.action("by-hand", first, step, attempt=of(attempt, f"{step} {first}")) for step in Step)
    return views.HandRefusals(of=tuple(row.delivery_id for row in rows), wrong_number=wrong_number, stop=stop)


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    return await carry_out(
        shift, pressed, to=shift.url("by-hand"), again=lambda attempt: _shown(shift, Said(), attempt)
    )


add_buttons(router, WISHES, "by-hand/", _carry)


@router.post("/{slug}/console/by-hand/{delivery_id}/{step}")
async def refused(shift: OnShift, delivery_id: Id, step: Step, request: Request) -> Response:
    """It holds for the number, so for every message that the page showed under it."""
    posted = await shift.received(request, delivery_id=delivery_id)
    reason, done = REFUSALS[step]
    meant = dict.fromkeys([delivery_id, *(str(i) for i in posted.form.getlist("of")[:MOST_OF_ONE])])

    async def refuse(key: UUID) -> Reply:
        wanted = {"reason": reason}
        replies = await asyncio.gather(
            *(shift.send(REFUSE_BY_HAND, uuid5(key, i), i, wanted) for i in meant if is_identifier(i))
        )
        unknown = any(reply.outcome is None for reply in replies)
        return Reply(key, None if unknown else OutcomeView(state="done"))

    button = Button("by-hand/{delivery_id}/{step}", name=step, each="delivery_id", done=done)
    return await _carry(shift, Pressed(button, posted, refuse))
