"""How the gateway answers what goes wrong: problem details for the API, a page for people."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match

from libs.contracts.problems import TITLES, FieldProblem, Problem, problem
from libs.runtime import logs
from libs.runtime.errors import Refused, TooSoon, Unavailable
from libs.runtime.http import invalid, problem_response
from services.gateway.access.limits import TooMany
from services.gateway.context import Moved

log = logs.get()

RETRY_AFTER = "2"
"""Seconds; a send gives up after less than two."""


def moved_response(request: Request, moved: Moved) -> Response:
    """The same thing at the new address; 308 keeps the method and the body."""
    path = request.scope["path"].replace(f"/{moved.old}", f"/{moved.new}", 1)
    query = request.scope["query_string"].decode("latin-1")
    status = 301 if request.method in ("GET", "HEAD") else 308
    return RedirectResponse(f"{path}?{query}" if query else path, status_code=status)


ErrorPage = Callable[[Request, Problem, Mapping[str, str]], Awaitable[Response]]
"""The page that tells a person what went wrong; set as `app.state.error_page` by whoever has pages."""

_FOR_PROGRAMS = ("/api/", "/internal/")
_BY_STATUS = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    415: "unsupported_media",
}


def refusal(error: Refused) -> Problem:
    if error.code not in TITLES:
        # A newer service may know reasons that this code does not.
        return problem("state_conflict", detail=error.code)
    if error.code == "not_found":
        # Not even what was not found: another office's thing must look like one that never was.
        return problem("not_found")
    return problem(error.code, errors=tuple(FieldProblem(field=f, code=error.code) for f in error.fields))


def from_framework(error: HTTPException) -> Problem:
    code = _BY_STATUS.get(error.status_code)
    if code is not None:
        return problem(code)
    return Problem(type="about:blank", title=str(error.detail), status=error.status_code)


def problem_of(error: Exception) -> tuple[Problem, Mapping[str, str]]:
    """What a client is told, and the headers that go with it."""
    match error:
        case TooSoon():
            return problem("too_many_requests"), {"Retry-After": str(error.retry_after)}
        case Refused():
            found = refusal(error)
        case Unavailable():
            found = problem("unavailable")
        case RequestValidationError():
            found = invalid(error)
        case TooMany():
            return problem("too_many_requests"), {"Retry-After": str(error.retry_after)}
        case HTTPException():
            return from_framework(error), error.headers or {}
        case _:
            log.error("request_raised", error=error)
            found = problem("internal")
    return found, {"Retry-After": RETRY_AFTER} if found.status in (429, 503) else {}


_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def allowed_methods(request: Request) -> list[str]:
    """Of every route with this path: the framework names those of the first."""
    routes = request.app.router.routes
    found = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return sorted([*found, "HEAD"] if "GET" in found else found)


async def answer(request: Request, error: Exception) -> Response:
    """Problem details for programs, a page for people."""
    if isinstance(error, Moved):
        return moved_response(request, error)
    found, headers = problem_of(error)
    if found.status == 405:
        headers = {**headers, "Allow": ", ".join(allowed_methods(request))}
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is None or request.scope["path"].startswith(_FOR_PROGRAMS):
        return problem_response(found, headers)
    return await page(request, found, headers)


def add_handlers(app: FastAPI) -> None:
    for kind in (Refused, Unavailable, RequestValidationError, TooMany, Moved, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
