"""HTTP of a service: the app with its health, metrics and problem details, and the client to other services."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.contracts.envelope import Actor
from libs.contracts.problems import FieldProblem, Problem, problem
from libs.runtime import logs, telemetry
from libs.runtime.errors import Broken, Busy, Refused, TooSoon, Unavailable
from libs.runtime.tokens import Caller, Tokens

log = logs.get()

TOKEN_REFUSED = {"WWW-Authenticate": "Bearer"}
PROBLEM_JSON = "application/problem+json"
READ_WITHIN = 0.8
"""Seconds for one read of another service; a page then says which part is missing."""

Check = Callable[[], bool] | Callable[[], Awaitable[bool]]


def problem_response(found: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = found.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, status_code=found.status, media_type=PROBLEM_JSON, headers=dict(headers or {}))


def refusal_response(refused: Refused) -> JSONResponse:
    errors = tuple(FieldProblem(field=f, code=refused.code) for f in refused.fields)
    headers = {"Retry-After": str(refused.retry_after)} if isinstance(refused, TooSoon) else {}
    return problem_response(problem(refused.code, errors=errors), headers)


def unavailable_response(error: Exception | None = None) -> JSONResponse:
    seconds = error.retry_after if isinstance(error, Busy) and error.retry_after else 2
    return problem_response(problem("unavailable"), {"Retry-After": str(ceil(seconds))})


_PLACES = ("body", "query", "path", "header")


def field_problems(error: RequestValidationError) -> tuple[FieldProblem, ...]:
    """Where and which rule, never the value that was sent."""
    return tuple(
        FieldProblem(
            field=".".join(str(p) for p in e["loc"] if p not in ("body", "query", "path", "header"))
            or str(e["loc"][0]),
            code=str(e["type"]),
            limit=_limit(e.get("ctx") or {}),
        )
        for e in error.errors()[:20]
    )


def invalid(error: RequestValidationError) -> Problem:
    """A path that cannot be one names nothing; elsewhere the fields are named."""
    if any(e["loc"][0] == "path" for e in error.errors()):
        return problem("not_found")
    return problem("validation", errors=field_problems(error))


def _limit(context: Mapping[str, Any]) -> int | None:
    found = [v for k, v in context.items() if k in ("max_length", "min_length", "le", "ge") and isinstance(v, int)]
    return found[0] if found else None


def add_problem_handlers(app: FastAPI) -> None:
    async def on_refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return refusal_response(error)

    async def on_unavailable(_: Request, error: Exception) -> Response:
        return unavailable_response(error)

    async def on_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(invalid(error))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        codes = {401: "unauthenticated", 403: "forbidden", 404: "not_found", 413: "too_large", 415: "unsupported_media"}
        if error.status_code in codes:
            return problem_response(problem(codes[error.status_code]), error.headers)
        found = Problem(type="about:blank", title=str(error.detail), status=error.status_code)
        return problem_response(found, error.headers)

    async def on_fault(_: Request, error: Exception) -> Response:
        log.error("request_raised", error=error)
        return problem_response(problem("internal"))

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(Unavailable, on_unavailable)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_fault)


class Observed:
    """Times every request by its route's template (never its path, which may hold a code) and joins its trace."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        traceparent = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"traceparent"), None)
        try:
            with telemetry.span(f"{self._service} {scope['method']}", traceparent=traceparent):
                await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            telemetry.HTTP_SECONDS.labels(self._service, route, str(status)).observe(time.perf_counter() - started)


class Health:
    """Live: the loops go round. Ready: it can give the answers that it is there for. Nothing restarts for MongoDB."""

    def __init__(self) -> None:
        self.live: dict[str, Callable[[], bool]] = {}
        self.ready: dict[str, Callable[[], Awaitable[bool]]] = {}
        self.started = False

    def is_live(self) -> dict[str, bool]:
        return {name: check() for name, check in self.live.items()}

    async def is_ready(self) -> dict[str, bool]:
        return {"started": self.started, **{name: await check() for name, check in self.ready.items()}}


def health_app(health: Health) -> FastAPI:
    """For the cluster alone, on a port of its own: probes and metrics."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def answer(parts: Mapping[str, bool]) -> JSONResponse:
        return JSONResponse(dict(parts), status_code=200 if all(parts.values()) else 503)

    @app.get("/health/live")
    async def live() -> JSONResponse:
        return answer(health.is_live())

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        return answer(await health.is_ready())

    @app.get("/health/startup")
    async def startup() -> JSONResponse:
        return answer({"started": health.started})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def service_app(service: str, health: Health, *, lifespan: Any) -> FastAPI:
    """An app without public documentation: what it offers is for our own processes."""
    app = FastAPI(title=f"simpul {service}", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(Observed, service=service)
    add_problem_handlers(app)
    app.state.health = health
    return app


def caller_dependency(tokens: Tokens) -> Any:
    """A dependency that gives the verified Caller, or answers 401 and names the scheme: so a token that is refused can
    be told from a password or a one-time code that is wrong."""

    def verified(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not token:
                raise Refused("unauthenticated")
            return tokens.check(token)
        except Refused:
            raise HTTPException(401, headers=TOKEN_REFUSED) from None

    return Annotated[Caller, Depends(verified)]


def tenant_of(caller: Caller) -> str:
    """Raises:
    Refused: the token names no tenant.
    """
    if caller.tenant is None:
        raise Refused("forbidden")
    return caller.tenant


class ServiceClient:
    """Reads of one other service, under this process's token."""

    def __init__(self, tokens: Tokens, *, service: str, base_url: str, within: float = READ_WITHIN) -> None:
        self._tokens = tokens
        self._service = service
        self._within = within
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=within, limits=httpx.Limits(max_connections=50, max_keepalive_connections=20)
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        path: str,
        *,
        tenant: str | None,
        actor: Actor | None = None,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> bytes:
        """Body of a 200. `headers` are for what may not stand in a URL.

        Raises:
            Refused: what the service said, `not_found` for instance.
            Unavailable: not reached, too late, busy (`Busy`) or broken (`Broken`).
        """
        return await self._call("GET", path, tenant=tenant, actor=actor, params=params, more=headers, within=within)

    async def post(
        self,
        path: str,
        *,
        tenant: str | None,
        json: Any = None,
        content: bytes | None = None,
        actor: Actor | None = None,
        within: float | None = None,
    ) -> bytes:
        """For questions whose words do not belong into a URL, and for the gateway's door; `content` as it is."""
        return await self._call("POST", path, tenant=tenant, actor=actor, json=json, content=content, within=within)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        tenant: str | None,
        actor: Actor | None,
        params: Any = None,
        json: Any = None,
        content: bytes | None = None,
        more: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> bytes:
        async def sent() -> httpx.Response:
            # Made for each sending: it lives for a minute, and a process that was asleep meanwhile shows an old one.
            token = self._tokens.make(to=self._service, tenant=tenant, actor=actor)
            headers = {**(more or {}), "Authorization": f"Bearer {token}"}
            TraceContextTextMapPropagator().inject(headers)
            try:
                return await self._client.request(
                    method,
                    path,
                    params=params,
                    json=json,
                    content=content,
                    headers=headers,
                    timeout=within or self._within,
                )
            except httpx.HTTPError as error:
                raise Unavailable(self._service) from error

        answer = await sent()
        if answer.status_code == 401 and "www-authenticate" in answer.headers:
            # Not away: a key or a clock is wrong, or the token grew old on its way.
            log.error("token_refused", by=self._service, path=path)
            answer = await sent()
        return self._body(answer)

    def _body(self, answer: httpx.Response) -> bytes:
        if answer.status_code == 200:
            return answer.content
        if 400 <= answer.status_code < 500 and answer.headers.get("content-type", "").startswith(PROBLEM_JSON):
            code = str(answer.json().get("type", "")).rsplit(":", 1)[-1]
            if code == "too_many_requests":
                raise TooSoon(_seconds(answer.headers.get("retry-after")))
            raise Refused(code)
        if answer.status_code == 503:
            raise Busy(self._service, retry_after=_seconds(answer.headers.get("retry-after")))
        raise Broken(self._service)


def _seconds(retry_after: str | None) -> float:
    try:
        return max(0.0, float(retry_after or 0))
    except ValueError:
        return 0.0
