"""The API's document, and a page to read it. Made here, without scripts and without anybody else's server."""

import html
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.problems import Problem
from services.gateway import context
from services.gateway.access import api as session
from services.gateway.api.routes import GROUPS, add_api, in_order
from services.gateway.api.routes import operation as operation_id
from services.gateway.reporting.forms import ReportForm

DOCUMENT = "/api/v1/openapi.json"
PAGE = "/docs"
STYLE = "/docs/style.css"

_REFERENCE = "#/components/schemas/{model}"
_READ_BY_HAND: tuple[type[BaseModel], ...] = (ReportForm, Problem)
"""Shapes that no route of the framework declares."""

_ABOUT = """Everything is JSON, times are RFC 3339, errors are problem details (RFC 9457).
Every write carries an `Idempotency-Key`: the same key with the same body has its effect once, however often it is sent.
An answer of 503 means: not certainly kept; send it again with the same key."""


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A random UUID (version 4 or 7). The same key and body again have the same effect once.",
    "schema": {"type": "string", "format": "uuid"},
    "example": "0192f0c1-2b7e-4c55-9d0a-5b1f3f0a8d11",
}
_SCHEMES = {
    "officer": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-simpul-officer",
        "description": "Set by `POST /api/v1/session`. Where Simpul runs without TLS it has no `__Host-`.",
    },
    "partner": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-simpul-partner",
        "description": "Set by `POST /api/v1/partner/session`, or by the link of one request.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "The session's own token, as its log-in and `GET /api/v1/session` answer it; with every write.",
    },
}
_COOKIES: Mapping[Any, tuple[str, ...]] = {
    context._officer: ("officer",),
    context._partner_or_guest: ("partner",),
    session.session: ("officer", "partner"),
    session.close_session: ("officer", "partner"),
}
"""What a route depends on, or the route itself -> whose cookie opens it."""


def document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title="Simpul",
        version="1",
        description=_ABOUT,
        routes=app.routes,
        servers=[{"url": "/", "description": "Whoever serves this document"}],
        tags=[{"name": name, "description": about} for name, about in GROUPS.items()],
        contact={"name": "The office that runs this Simpul; its address stands on its pages"},
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    )
    opened_by = {
        operation_id(group, route): _cookies(route)
        for group, router in in_order()
        for route in router.routes
        if isinstance(route, APIRoute)
    }
    for path in found["paths"].values():
        for method, operation in path.items():
            _key_is_required(operation)
            cookies = opened_by[operation["operationId"]]
            token: dict[str, list[str]] = {} if method == "get" else {"csrf": []}
            operation["security"] = [{cookie: [], **token} for cookie in cookies]
    found.setdefault("components", {})["securitySchemes"] = _SCHEMES
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for model in _READ_BY_HAND:
        schema = model.model_json_schema(ref_template=_REFERENCE)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    # The framework's own shapes of a 422 are never sent: errors are problem details.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return found


def _key_is_required(operation: dict[str, Any]) -> None:
    """The framework would say in its own words that it is missing; we say `key_invalid`, so to it it is optional."""
    operation["parameters"] = [
        _KEY if p["name"].lower() == "idempotency-key" else p for p in operation.get("parameters", [])
    ]


def _cookies(route: APIRoute) -> tuple[str, ...]:
    """Whose cookie opens it; none for what everybody may ask."""
    return _COOKIES.get(route.endpoint, ()) or _of_dependencies(route.dependant)


def _of_dependencies(dependant: Dependant) -> tuple[str, ...]:
    for below in dependant.dependencies:
        found = _COOKIES.get(below.call, ()) or _of_dependencies(below)
        if found:
            return found
    return ()


def api_document() -> dict[str, Any]:
    """The same without a running gateway, for the repository's copy."""
    app = FastAPI()
    add_api(app)
    return document(app)


def add_documentation(app: FastAPI) -> None:
    made: dict[str, bytes] = {}

    def once() -> bytes:
        if not made:
            whole = document(app)
            made["json"] = orjson.dumps(whole)
            made["page"] = page(whole).encode()
        return made["json"]

    async def as_json(_: Request) -> Response:
        return Response(once(), media_type="application/json", headers={"Cache-Control": "public, max-age=300"})

    async def as_page(_: Request) -> Response:
        once()
        policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "public, max-age=300"}
        return Response(made["page"], media_type="text/html; charset=utf-8", headers=headers)

    async def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=300"})

    app.add_route(DOCUMENT, as_json, include_in_schema=False)
    app.add_route(PAGE, as_page, include_in_schema=False)
    app.add_route(STYLE, style, include_in_schema=False)


def page(whole: Mapping[str, Any]) -> str:
    """The document as one HTML page: operations by group, every shape under its name."""
    groups: dict[str, list[str]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    about = "".join(f"<p>{_text(line)}</p>" for line in whole["info"]["description"].split("\n"))
    body = "".join(f"<section><h2>{_text(name)}</h2>{''.join(parts)}</section>" for name, parts in groups.items())
    shapes = "".join(_shape(name, schema) for name, schema in sorted(whole["components"]["schemas"].items()))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simpul API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="{STYLE}">'
        f'</head><body><main><h1>Simpul API</h1>{about}<p><a href="{DOCUMENT}">OpenAPI 3.1 document</a></p>'
        f"{body}<section><h2>Shapes</h2>{shapes}</section></main></body></html>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parameters = "".join(
        f"<tr><td><code>{_text(p['name'])}</code>{' *' if p.get('required') else ''}</td><td>{_text(p['in'])}</td>"
        f"<td>{_type(p.get('schema', {}))}</td><td>{_text(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", ())
    )
    answers = "".join(
        f"<tr><td><code>{status}</code></td><td>{_text(a.get('description', ''))}</td><td>{_content(a)}</td></tr>"
        for status, a in sorted(operation.get("responses", {}).items())
    )
    table = f"<table><caption>Parameters</caption>{parameters}</table>" if parameters else ""
    wanted = f"<p>Body: {_content(operation['requestBody'])}</p>" if "requestBody" in operation else ""
    return (
        f"<details><summary><code><b>{method.upper()}</b> {_text(path)}</code> {_text(operation.get('summary', ''))}"
        f"</summary><p>{_text(operation.get('description', ''))}</p>{table}{wanted}"
        f"<table><caption>Answers</caption>{answers}</table></details>"
    )


def _content(part: Mapping[str, Any]) -> str:
    return ", ".join(_type(media.get("schema", {})) for media in part.get("content", {}).values())


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{_text(field)}</code>{' *' if field in required else ''}</td><td>{_type(inner)}</td>"
        f"<td>{_text(_limits(inner))}</td></tr>"
        for field, inner in schema.get("properties", {}).items()
    )
    listed = f"<p>{_text(', '.join(map(str, schema['enum'])))}</p>" if "enum" in schema else ""
    words = _text(schema.get("description", ""))
    named = _text(name)
    body = f"<p>{words}</p>{listed}<table>{rows}</table>"
    return f'<details id="{named}"><summary><code>{named}</code></summary>{body}</details>'


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = _text(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    for joint in ("anyOf", "oneOf", "allOf"):
        if joint in schema:
            return " or ".join(_type(part) for part in schema[joint])
    if "enum" in schema or "const" in schema:
        return _text(" | ".join(map(str, schema.get("enum", [schema.get("const")]))))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return _text(" ".join(filter(None, (schema.get("type", "any"), schema.get("format", "")))))


def _limits(schema: Mapping[str, Any]) -> str:
    names = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern")
    return _joined(f"{name} {schema[name]}" for name in names if name in schema)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _text(value: object) -> str:
    return html.escape(str(value))


_STYLE = b"""body{font:16px/1.5 system-ui,sans-serif;color:#13222b;background:#fff;margin:0}
main{max-width:64rem;margin:0 auto;padding:1.5rem}
h1,h2{line-height:1.2}a{color:#0b5563}
details{border-top:1px solid #6b7a82;padding:.5rem 0}summary{cursor:pointer}
table{border-collapse:collapse;width:100%;margin:.5rem 0}caption{text-align:left;font-weight:600}
td{border-top:1px solid #dfe5e7;padding:.25rem .5rem;vertical-align:top;overflow-wrap:anywhere}
code{font-size:.9em}:focus-visible{outline:3px solid #f2b134;outline-offset:2px}
"""
