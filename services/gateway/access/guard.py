"""What a request must be before anything of ours looks at it: bounded in size, time and shape, and meant for us."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from python_multipart.multipart import parse_options_header
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.contracts.problems import Problem, problem
from libs.runtime.http import problem_response

LARGEST_JSON = 1_000_000
LARGEST_UPLOAD = 18_000_000
"""A file of 16 MB (16,777,216 bytes), the fields beside it and what separates them."""
LARGEST_HEADERS = 32_000
MOST_HEADERS = 60
DEEPEST = 32
BODY_WITHIN = 30.0
"""Seconds for a whole body: 11 MB at 3 Mbit/s. A larger upload has longer by what has come, at the same pace."""
PACE = 11_000_000 / BODY_WITHIN

API = "/api/"

_API_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_EVERYWHERE: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_TRANSPORT: tuple[tuple[bytes, bytes], ...] = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)

_JSON = b"application/json"
_TAKEN = frozenset({_JSON, b"multipart/form-data"})
"""A form of another site can be sent without asking the browser's permission only as one of three types; two of them
are none of these, and the third is taken by no route that a cookie opens."""

_CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1"})
_ONCE = frozenset(
    {b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"transfer-encoding"}
)
"""Headers that two readers would read in two ways if they came twice."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb"[\[\]{}]")


class Unreadable(ValueError):
    """`code` of the problem, and where it lies."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def depth(body: bytes) -> int:
    """How deep arrays and objects are nested; brackets inside strings do not count."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    deepest = here = 0
    for found in _BRACKET.finditer(_STRING.sub(b"", body)):
        here += 1 if found[0] in b"[{" else -1
        deepest = max(deepest, here)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("json_duplicate_key", 400)
    return found


def _no_constant(name: str) -> float:
    raise Unreadable("json_invalid", 400)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def check_json(body: bytes) -> None:
    """
    Raises:
        Unreadable: no JSON, too deep, or the same key twice, which two readers may read in two ways.
    """
    if depth(body) > DEEPEST:
        raise Unreadable("json_too_deep", 400)
    try:
        _DECODER.decode(body.decode("utf-8"))
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("json_invalid", 400) from None


class _TooLate(Exception):
    pass


class _TooLarge(Exception):
    pass


class Guard:
    """The outermost layer. Pure ASGI: it costs microseconds where a function of the framework costs a task."""

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], secure: bool = False, body_within: float = BODY_WITHIN
    ) -> None:
        self._app = app
        self._hosts = frozenset(h.encode() for h in hosts)
        self._added = _EVERYWHERE + (_TRANSPORT if secure else ())
        self._body_within = body_within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        is_api = scope["path"].startswith(API)
        if scope["method"] == "HEAD":
            # As a GET whose body is kept back: every page and every read has its HEAD, with the same headers.
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, self._dressed(send, is_api=True))
            return
        answered = self._dressed(send, is_api=is_api)
        if scope["method"] == "GET" and scope["path"].endswith("/") and scope["path"] != "/":
            await _without_slash(scope)(scope, receive, answered)
            return
        if scope["method"] in ("GET", "OPTIONS", "DELETE"):
            await self._app(scope, receive, answered)
            return
        try:
            if is_api and _media_type(headers) == _JSON:
                body = await self._whole(receive, LARGEST_JSON)
                if body:
                    check_json(body)
                await self._app(scope, _replay(body, receive), answered)
            else:
                await self._app(scope, self._counted(receive), answered)
        except Unreadable as error:
            found = Problem(type="about:blank", title="The body cannot be read", status=error.status, detail=error.code)
            await problem_response(found)(scope, receive, answered)
        except _TooLarge:
            await problem_response(problem("too_large"), {"Connection": "close"})(scope, receive, answered)
        except _TooLate:
            late = Problem(type="about:blank", title="The body did not arrive in time", status=408)
            await problem_response(late, {"Connection": "close"})(scope, receive, answered)

    def _refusal(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Problem | None:
        raw = scope["headers"]
        if len(raw) > MOST_HEADERS or sum(len(name) + len(value) for name, value in raw) > LARGEST_HEADERS:
            return Problem(type="about:blank", title="The headers are too large", status=431)
        if len(headers) != len(raw) and _came_twice(name for name, _ in raw):
            return Problem(type="about:blank", title="A header came twice", status=400)
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return Problem(type="about:blank", title="The body has two lengths", status=400)
        host = headers.get(b"host", b"").lower()
        bare = host.rsplit(b":", 1)[0] if not host.endswith(b"]") else host
        if bare not in self._hosts and not scope["path"].startswith("/internal/"):
            return Problem(type="about:blank", title="This name is not served here", status=400)
        length = headers.get(b"content-length")
        if length is not None and (not length.isdigit() or int(length) > LARGEST_UPLOAD):
            return problem("too_large")
        has_body = length not in (None, b"0") or b"transfer-encoding" in headers
        if has_body and scope["path"].startswith(API) and _media_type(headers) not in _TAKEN:
            return problem("unsupported_media")
        if not _reads_as_text(headers):
            return problem("unsupported_media")
        return None

    async def _whole(self, receive: Receive, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_within):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _TooLate
                    part = message.get("body", b"")
                    size += len(part)
                    if size > most:
                        raise _TooLarge
                    if not message.get("more_body", False):
                        return b"".join((*parts, part)) if parts else part
                    parts.append(part)
        except TimeoutError:
            raise _TooLate from None

    def _counted(self, receive: Receive) -> Receive:
        """The stream of a form or an upload, cut off when it grows too large or takes too long."""
        size, done = 0, False
        until = asyncio.get_running_loop().time() + self._body_within

        async def counted() -> Message:
            nonlocal size, done
            if done:
                return await receive()
            try:
                async with asyncio.timeout_at(until + max(0.0, size / PACE - BODY_WITHIN)):
                    message = await receive()
            except TimeoutError:
                raise _TooLate from None
            size += len(message.get("body", b""))
            if size > LARGEST_UPLOAD:
                raise _TooLarge
            done = not message.get("more_body", False)
            return message

        return counted

    def _dressed(self, send: Send, *, is_api: bool) -> Send:
        wanted = (_API_HEADERS + self._added) if is_api else self._added

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                if _may_be_framed(message["headers"]):
                    there.add(b"x-frame-options")
                message["headers"] = [*message["headers"], *(h for h in wanted if h[0] not in there)]
            await send(message)

        return dressed


def _may_be_framed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the answer's own policy names who may; browsers that know the older header alone would refuse them."""
    policy = next((value for name, value in headers if name == b"content-security-policy"), b"")
    return b"frame-ancestors " in policy and b"frame-ancestors 'none'" not in policy


def _came_twice(names: Iterable[bytes]) -> bool:
    seen: set[bytes] = set()
    for name in names:
        if name in seen:
            return True
        if name in _ONCE:
            seen.add(name)
    return False


def _without_body(send: Send) -> Send:
    async def bodiless(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return bodiless


def _without_slash(scope: Scope) -> Response:
    """To the address that we have: relative, as nothing that a client says may name a host; and never `//elsewhere`."""
    path = "/" + quote(scope["path"].strip("/\\"), safe="/-._~!$&'()*+,;=:@")
    query = scope["query_string"].decode("latin-1")
    return Response(status_code=308, headers={"Location": f"{path}?{query}" if query else path})


def _media_type(headers: Mapping[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").split(b";")[0].strip().lower()


def _reads_as_text(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a form's charset is one that browsers send; the framework would ask Python for any codec by its name."""
    _, options = parse_options_header(headers.get(b"content-type", b""))
    return options.get(b"charset", b"utf-8").lower() in _CHARSETS


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
