"""Officers and partners who were sent to their door: what they had typed comes along, and they come back to it.

A form whose session has ended is put on the shelf, sealed with the secret of that session's cookie. Who logs in next in
this browser, if it is the same person, is led to the form's own address; there it is shown as its page shows a form
that was not carried out. Nothing is carried out before they press the button themselves.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from libs.contracts.directory import TenantRecord
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.access.sessions import RESUMED_WITHIN, Kind, Session
from services.gateway.context import Gateway, Visited, read_form, visit_of
from services.gateway.shelf import Place
from services.gateway.web.pages import see

DOORS = {Kind.OFFICER: "login", Kind.PARTNER: "login/partner"}
ROOMS = {Kind.OFFICER: "console", Kind.PARTNER: "partner"}
SHOWN_FOR = timedelta(hours=2)
"""After the log-in."""

_WAY = re.compile(r"(?:/[A-Za-z0-9_~.-]+)+(?:\?[A-Za-z0-9_~.%&=+-]*)?", re.ASCII)
LONGEST_WAY = 500
_NOT_KEPT = frozenset({"csrf", "code", "password"})


class LogInFirst(Exception):
    """Nobody of this office is logged in."""

    def __init__(self, office: TenantRecord, kind: Kind) -> None:
        super().__init__(office.slug, kind)
        self.office = office
        self.kind = kind


class Typed(BaseModel):
    """A form as it was sent, without the tokens of the session that ended."""

    model_config = ConfigDict(frozen=True)

    principal: str
    path: str
    fields: tuple[tuple[str, str], ...]


async def to_the_door(request: Request, error: Exception) -> Response:
    assert isinstance(error, LogInFirst)
    visit, path, query = await visit_of(request), request.url.path, request.url.query
    is_form = request.method == "POST"
    kept = is_form and await _keep(visit, error.office, error.kind, path)
    way = {"next": f"{path}?{query}" if query and not is_form else path, **({"kept": "1"} if kept else {})}
    return visit.finish(see(f"/{error.office.slug}/{DOORS[error.kind]}?{urlencode(way)}"))


async def _keep(visit: Visited, office: TenantRecord, kind: Kind, path: str) -> bool:
    """Only a form of ours, from the browser that the ended session was opened in."""
    parts, secret = visit.parts, visit.parts.secret_in(visit.request, kind)
    form = await read_form(visit.request)
    token = form.get("csrf")
    if secret is None or not parts.sessions.is_from(secret, token if isinstance(token, str) else None):
        return False
    try:
        tenant, principal = await parts.sessions.whose(secret, kind) or ("", "")
        if tenant != office.id:
            return False
        typed = Typed(principal=principal, path=path, fields=_fields(form))
        await parts.shelf.put(tenant, _left(kind, secret), typed.model_dump_json().encode(), lasting=RESUMED_WITHIN)
    except Unavailable:
        return False
    return True


def _fields(form: FormData) -> tuple[tuple[str, str], ...]:
    return tuple((n, v) for n, v in form.multi_items() if isinstance(v, str) and n not in _NOT_KEPT)


def _left(kind: Kind, secret: str) -> Place:
    return Place(("left at the door", kind), secret.encode())


def _brought(session: Session) -> Place:
    return Place(("brought along", session.kind), session.secret.encode())


async def brought_along(parts: Gateway, old: str | None, session: Session) -> str:
    """What the same person left in this browser, now under their new session; returns where its page is, or nothing."""
    if old is None:
        return ""
    try:
        found = await parts.shelf.get(session.tenant, _left(session.kind, old))
        typed = Typed.model_validate_json(found) if found is not None else None
        if found is None or typed is None or typed.principal != session.principal:
            return ""
        await parts.shelf.put(session.tenant, _brought(session), found, lasting=SHOWN_FOR)
        await parts.shelf.drop(session.tenant, _left(session.kind, old))
    except (Unavailable, ValidationError):
        return ""
    return typed.path


def way_back(office: TenantRecord, kind: Kind, asked: str) -> str:
    """Where somebody wanted to go before they had to log in; empty unless it is a page of theirs here."""
    room = f"/{office.slug}/{ROOMS[kind]}"
    path = asked.partition("?")[0]
    whole = len(asked) <= LONGEST_WAY and _WAY.fullmatch(asked) is not None and "/." not in path
    return asked if whole and (path == room or path.startswith(f"{room}/")) else ""


async def shown_again(request: Request, visit: Visited, office: TenantRecord, session: Session) -> Response:
    """A form's own address, asked for by a GET: what was brought along to it; else the page that the form stands on.

    Raises:
        NotFound: no form has this address.
    """
    path = request.url.path
    try:
        found = await visit.parts.shelf.get(office.id, _brought(session))
    except Unavailable:
        found = None
    typed = Typed.model_validate_json(found) if found is not None else None
    if typed is not None and typed.path == path:
        return AsIfSent(request, typed.fields, csrf=session.csrf)
    return visit.finish(see(page_of(request, path, ROOMS[session.kind])))


def page_of(request: Request, path: str, room: str) -> str:
    """The nearest page above a form's address.

    Raises:
        NotFound: no form has this address.
    """
    routes: Sequence[BaseRoute] = request.app.routes
    if not any(found.fullmatch(path) for found in paths_of(routes, "POST")):
        raise NotFound("page")
    pages = list(paths_of(routes, "GET"))
    above = path.rpartition("/")[0]
    while above.count("/") > 2:
        if any(found.fullmatch(above) for found in pages):
            return above
        above = above.rpartition("/")[0]
    return "/".join((*path.split("/")[:2], room))


def paths_of(routes: Iterable[BaseRoute], method: str) -> Iterator[re.Pattern[str]]:
    """Of every route below, but those that take whatever no other takes."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from paths_of(included.routes, method)
        elif isinstance(route, Route) and method in (route.methods or ()) and not route.path.endswith(":path}"):
            yield route.path_regex


class AsIfSent(Response):
    """The answer of the form's own route, which is told to show the form and nothing else."""

    def __init__(self, request: Request, fields: Sequence[tuple[str, str]], *, csrf: str) -> None:
        super().__init__()
        self._app = request.app
        self._body = urlencode([*fields, ("csrf", csrf)]).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = (b"content-type", b"content-length", b"transfer-encoding")
        headers = [(name, value) for name, value in scope["headers"] if name not in replaced]
        headers += [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(self._body)).encode()),
        ]
        names = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "path", "raw_path")
        inner: dict[str, Any] = {name: scope[name] for name in names if name in scope}
        inner |= {"method": "POST", "query_string": b"", "headers": headers, "state": {"only_shown": 200}}

        async def body() -> Message:
            return {"type": "http.request", "body": self._body, "more_body": False}

        await self._app(inner, body, send)


def only_shown(request: Request) -> int:
    """Status of the page, where a form is to be shown with what was typed and nothing is to be carried out; else 0."""
    return int(getattr(request.state, "only_shown", 0))


def from_another_session(request: Request, refused: Refused) -> None:
    """A form without the token of this session, sent by a page of ours that an earlier session of this browser opened:
    it is shown once more, with the token of this one.

    Raises:
        Refused: as it was, where it came from anywhere else.
    """
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise refused
    request.state.only_shown = 403
