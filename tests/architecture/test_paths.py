"""What may stand in a path of ours: every parameter says it, so that nothing else is looked for or published."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import create_model

from libs.contracts.notify.delivery import RetryDelivery
from libs.runtime.errors import NotFound
from libs.runtime.http import add_problem_handlers
from services.gateway import context
from services.gateway.api import internal, live
from services.gateway.api.routes import add_api
from services.gateway.app import add_pages
from services.gateway.dispatch.dispatcher import Dispatcher, by_anybody
from services.gateway.errors.problems import add_handlers
from services.notify.routes import router as notify
from services.registry.routes import router as registry
from services.reports.routes import router as reports

BOUNDED = {"pattern", "enum", "const", "$ref"}


def gateway() -> FastAPI:
    app = FastAPI()
    add_handlers(app)
    add_api(app)
    add_pages(app)
    app.include_router(internal.router(MagicMock()))
    app.include_router(live.router)
    return app


def api_routes(holder: Any) -> Iterator[APIRoute]:
    """Of an app or a router and of all that it includes."""
    for route in holder.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from api_routes(getattr(route, "original_router", NOTHING))


NOTHING = SimpleNamespace(routes=())


def every_route() -> Iterator[APIRoute]:
    unused = MagicMock()
    for holder in (
        gateway(),
        registry(unused, unused, unused),
        reports(unused, unused, unused, unused, unused, within=1),
        notify(unused, unused),
    ):
        yield from api_routes(holder)


def parameters() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Route, name, and the JSON Schema of what is allowed there."""
    for route in every_route():
        for field in get_flat_params(route.dependant):
            if field.field_info.in_.value == "path":  # type: ignore[attr-defined]
                model = create_model("One", value=(field.field_info.annotation or str, field.field_info))
                yield f"{route.path} ({route.name})", field.alias, model.model_json_schema()["properties"]["value"]


def is_bounded(schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return all(is_bounded(one) or one == {"type": "null"} for one in schema["anyOf"])
    return bool(BOUNDED & schema.keys()) or schema.get("format") == "uuid" or {"minimum", "maximum"} <= schema.keys()


def test_every_parameter_of_a_path_says_what_may_stand_there() -> None:
    found = list(parameters())

    assert len(found) > 100, "routes were not found: the test looks for the wrong thing"
    loose = [f"{route}: {name}" for route, name, schema in found if not is_bounded(schema)]
    assert not loose, f"Annotate these with a type of services/gateway/paths.py or libs/runtime/paths.py: {loose}"


ODD = pytest.mark.parametrize("odd", ["é", "R¾", "€", "a b", "x" * 65, "R|1", "a\x00", "a\n"])


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simpul.example")


@ODD
async def test_an_id_that_is_none_is_not_found_by_a_service(odd: str) -> None:
    app, views = FastAPI(), MagicMock()
    add_problem_handlers(app)
    app.include_router(notify(MagicMock(), views))

    async with client(app) as at:
        answer = await at.get(f"/subjects/{quote(odd, safe='')}", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 404
    views.subject.assert_not_called()


@ODD
async def test_an_id_that_is_none_is_not_found_and_no_command_is_published(odd: str) -> None:
    app = gateway()
    app.state.gateway = MagicMock()
    app.dependency_overrides[context._officer] = lambda: MagicMock()

    async with client(app) as at:
        path = f"/api/v1/console/cases/{quote(odd, safe='')}/lease"
        answer = await at.post(path, json={}, headers={"Idempotency-Key": str(uuid4())})

    assert answer.status_code == 404
    app.state.gateway.dispatcher.send.assert_not_called()


async def test_a_form_cannot_name_what_no_path_could() -> None:
    asking = AsyncMock()

    with pytest.raises(NotFound):
        await Dispatcher(asking).send(by_anybody("t"), uuid4(), RetryDelivery(delivery_id="D\u20ac"), wait=0)

    asking.send.assert_not_called()


async def test_a_method_that_no_route_takes_is_answered_with_those_that_one_takes() -> None:
    app = gateway()
    app.state.gateway = MagicMock()

    async with client(app) as at:
        session = await at.put("/api/v1/session")
        reports = await at.patch("/api/v1/kota/reports")

    assert (session.status_code, session.headers["allow"]) == (405, "DELETE, GET, HEAD, POST")
    assert (reports.status_code, reports.headers["allow"]) == (405, "POST")
