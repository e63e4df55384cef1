"""WhatsApp by hand: prepared messages that an officer sends from the office's own phone and ticks here."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.reads import ByHandRow, Page
from services.gateway.commands import Reply
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web import ledger_views
from services.gateway.web.routes.console_ledgers import recipient_name
from services.gateway.web.routes.console_shift import Attempt, Done, OnShift, Said, Shift, carry_out, of
from services.gateway.web.routes.public import Cursor

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/console/by-hand")
async def by_hand(shift: OnShift, done: Done, after: Cursor = "") -> Response:
    return await _shown(shift, done, after=after)


async def _shown(shift: Shift, said: Said, attempt: Attempt | None = None, *, after: str = "") -> Response:
    """Never live: every reading shows numbers, and each is noted with who saw them."""
    listed = shift.parts.notify.by_hand(shift.office.id, shift.officer.actor, cursor=after)
    found, frame = await asyncio.gather(or_missing(listed), shift.frame())
    page = ledger_views.ByHandPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        messages=tuple(_message(shift, row, attempt) for row in found.items) if found is not None else None,
        total=len(found.items) if found is not None else 0,
        done=None,
        next_url=_next(shift, found),
    )
    return shift.show("by_hand", page, status=attempt.status if attempt else 200)


def _next(shift: Shift, found: Page[ByHandRow] | None) -> str:
    return f"{shift.url('by-hand')}?after={found.next}" if found is not None and found.next else ""


def _message(shift: Shift, row: ByHandRow, attempt: Attempt | None) -> ledger_views.HandMessage:
    return ledger_views.HandMessage(
        id=row.delivery_id,
        recipient=row.name or recipient_name(shift, row.recipient_kind, row.recipient, {}),
        recipient_kind={"report": "reporter"}.get(row.recipient_kind, row.recipient_kind),
        hint=row.phone[-2:],
        text=row.text,
        open_url=row.link,
        planned_at=row.planned_at,
        sent=shift.action("by-hand", row.delivery_id, "sent", attempt=of(attempt, f"sent {row.delivery_id}")),
    )


@router.post("/{slug}/console/by-hand/{delivery_id}/sent")
async def sent(shift: OnShift, delivery_id: Id, request: Request) -> Response:
    form = await shift.posted(request)

    async def wish(key: UUID) -> Reply:
        return await shift.commands.mark_sent_by_hand(shift.officer, key, delivery_id)

    return await carry_out(
        shift,
        form,
        wish,
        what=f"sent {delivery_id}",
        done="marked_sent",
        to=shift.url("by-hand"),
        again=lambda attempt: _shown(shift, Said(), attempt),
    )
