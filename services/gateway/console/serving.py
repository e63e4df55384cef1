"""Routes of the officers' pages that follow from wishes: one for each button."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.api.serving import with_parameters
from services.gateway.console.carrying import EXPECTS, VERSION, Pressed
from services.gateway.console.shift import OnShift, Shift, wrong
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.wishes import Button, Posted, Wish
from services.gateway.paths import Id
from services.gateway.web.pages import number_in

Carry = Callable[[Shift, Pressed], Awaitable[Response]]
"""What the pages of a room do around it: where it leads, and what is shown where it was not carried out."""


def add_buttons(router: APIRouter, wishes: Iterable[Wish[Any]], page: str, carry: Carry) -> None:
    """
    Args:
        page: with what the addresses of its forms begin, below the officers' pages.
    """
    for wish in wishes:
        for button in wish.buttons:
            if button.path.startswith(page):
                path = f"/{{slug}}/console/{button.path}"
                router.add_api_route(path, _press(wish, button, carry), methods=["POST"], response_class=Response)


def _press(wish: Wish[Any], button: Button, carry: Carry) -> Callable[..., Awaitable[Response]]:
    async def pressed(shift: OnShift, request: Request, **ids: str) -> Response:
        posted = await shift.received(request, **ids)

        async def send(key: UUID) -> Reply:
            target = ids[wish.command.target_field]
            return await shift.send(wish, key, target, values_of(wish, button, posted))

        return await carry(shift, Pressed(button, posted, send))

    return with_parameters(pressed, dict.fromkeys(button.named, Id))


def values_of(wish: Wish[Any], button: Button, posted: Posted) -> dict[str, Any]:
    """Fields of the body, from the form of a page.

    Raises:
        RequestValidationError: a field that the page needs was left empty.
    """
    posted.require(*button.needed)
    said: dict[str, Any] = {name: posted.ids[name] for name in wish.body.model_fields if name in posted.ids}
    said |= {**button.fixed, **button.fills(posted)}
    for name, field in wish.body.model_fields.items():
        if name not in said:
            page = button.pages.get(name, VERSION if name == EXPECTS else name)
            value = _read(field.annotation, posted.text(page))
            if value is None and name == EXPECTS:
                # The page's own hidden field was tampered with.
                raise wrong(page, "invalid")
            if value is not None and (value != "" or field.is_required()):
                said[name] = value
    return said


_YES_OR_NO = {"yes": True, "no": False}


def _read(kind: Any, typed: str) -> Any:
    """A field's text as what it is in the body; None where it says nothing of that kind."""
    kinds = {(get_origin(k) is Annotated and get_args(k)[0]) or k for k in (kind, *get_args(kind))}
    if bool in kinds:
        return _YES_OR_NO.get(typed)
    return number_in(typed) if int in kinds else typed
