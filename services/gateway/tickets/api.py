"""A ticket, for programs of whoever has its number and code."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response

from libs.contracts.notify.reads import FollowView
from libs.contracts.reports.reads import MessageView, Step, TicketView
from services.gateway.api.models import (
    WRITING,
    Answer,
    CommandAnswer,
    TicketCode,
    answered,
    problems,
)
from services.gateway.api.serving import with_parameters
from services.gateway.context import Guess, Key, Office, Parts, Wait
from services.gateway.paths import Number
from services.gateway.reads import or_missing
from services.gateway.tickets.opening import open_ticket
from services.gateway.tickets.wishes import WISHES, HolderWish

router = APIRouter()


class TicketAnswer(Answer):
    """`follow` is null where the service that knows it does not answer."""

    ticket: TicketView
    follow: FollowView | None


def holders_view(ticket: TicketView) -> TicketView:
    """What a reporter sees: never which officer."""
    steps = tuple(Step.model_validate({**step.model_dump(), "actor": None}) for step in ticket.steps)
    messages = tuple(MessageView.model_validate({**m.model_dump(), "officer": None}) for m in ticket.messages)
    return ticket.model_copy(update={"steps": steps, "messages": messages})


@router.post(
    "/{slug}/tickets/{number}",
    summary="A ticket, for whoever has its code",
    dependencies=[Guess],
    responses=problems(*WRITING),
)
async def ticket(office: Office, parts: Parts, number: Number, shown: TicketCode) -> TicketAnswer:
    """Number and code, as the receipt said them. A wrong code and a number that never was are one answer."""
    held, view = await open_ticket(parts, office, number, shown.code)
    follow = await or_missing(parts.notify.subject(office.id, held.report_id))
    return TicketAnswer(ticket=holders_view(view), follow=follow)


def _endpoint(wish: HolderWish) -> Callable[..., Awaitable[CommandAnswer]]:
    async def carried_out(
        office: Office, parts: Parts, number: Number, key: Key, wait: Wait, response: Response, **given: Any
    ) -> CommandAnswer:
        shown: TicketCode = given["shown"]
        held, _ = await open_ticket(parts, office, number, shown.code)
        return answered(await wish.send(parts, held, key, shown, wait=wait), response)

    return with_parameters(carried_out, {"shown": wish.body}, of=CommandAnswer)


for wish in WISHES:
    router.add_api_route(
        f"/{{slug}}/tickets/{{number}}/{wish.path}",
        _endpoint(wish),
        methods=["POST"],
        status_code=202,
        name=wish.name,
        summary=wish.summary,
        description=wish.about,
        dependencies=[Guess],
        responses={201: {"model": CommandAnswer, "description": "Carried out"}, **problems(*WRITING)},
    )
