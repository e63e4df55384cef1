"""HTTP between our own processes: problem details, health, who may ask, and what the client makes of an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel
from structlog.testing import capture_logs

from libs.contracts.envelope import Actor
from libs.contracts.problems import TITLES, URN, code_of, problem
from libs.runtime.errors import Broken, Busy, NotFound, Refused, Unavailable
from libs.runtime.http import (
    TOKEN_REFUSED,
    Health,
    ServiceClient,
    caller_dependency,
    health_app,
    service_app,
    tenant_of,
)
from libs.runtime.tokens import Tokens
from tests.unit.runtime.secrets import two_processes

CLAIM = "klaim-yang-tidak-boleh-bocor"


class Question(BaseModel):
    text: str
    limit: int = 3


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
def processes(tmp_path: Path) -> tuple[Tokens, Tokens]:
    gateway, reports = two_processes(tmp_path)
    return Tokens(gateway), Tokens(reports)


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
async def app(processes: tuple[Tokens, Tokens], health: Health) -> FastAPI:
    app = service_app("reports", health, lifespan=nothing)
    caller = caller_dependency(processes[1])

    @app.get("/who")
    async def who(asking: caller) -> dict[str, Any]:  # type: ignore[valid-type]
        return {"tenant": tenant_of(asking)}

    @app.get("/refused/{code}")
    async def refuse(code: str) -> None:
        raise Refused(code, "draft.fact")

    @app.get("/missing")
    async def missing() -> None:
        raise NotFound("report")

    @app.get("/away")
    async def away() -> None:
        raise Unavailable("mongo")

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError(CLAIM)

    @app.post("/ask")
    async def ask(question: Question, page: Annotated[int, Query(ge=1)] = 1) -> Question:
        return question

    return app


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://reports") as client:
        yield client


@pytest.mark.parametrize("code", sorted(TITLES))
async def test_a_refusal_is_problem_details_with_its_own_type_and_status(browser: httpx.AsyncClient, code: str) -> None:
    answer = await browser.get(f"/refused/{code}")

    assert answer.status_code == TITLES[code][0]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == URN + code
    assert answer.json()["errors"] == [{"field": "draft.fact", "code": code}]


def test_a_code_comes_back_from_its_problem() -> None:
    assert code_of(problem("version_conflict")) == "version_conflict"


async def test_a_dependency_that_is_away_is_503_and_says_when_to_ask_again(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/away")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_fault_of_ours_says_nothing_of_what_it_stumbled_over(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/broken")

    assert answer.status_code == 500
    assert answer.json()["type"] == URN + "internal"
    assert CLAIM not in answer.text


async def test_a_wrong_field_is_named_and_its_value_is_not(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/ask?page=0", json={"text": 7, "limit": CLAIM})

    assert answer.status_code == 422
    fields = {e["field"]: e for e in answer.json()["errors"]}
    assert fields["text"]["code"] == "string_type"
    assert fields["page"] == {"field": "page", "code": "greater_than_equal", "limit": 1}
    assert CLAIM not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 10_000 + b"]" * 10_000])
async def test_a_body_that_cannot_be_read_is_the_askers_fault(browser: httpx.AsyncClient, body: bytes) -> None:
    answer = await browser.post("/ask", content=body, headers={"content-type": "application/json"})

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_path_and_method_are_problems_too(browser: httpx.AsyncClient) -> None:
    missing, wrong = await browser.get("/nowhere"), await browser.delete("/missing")

    assert (missing.status_code, missing.json()["type"]) == (404, URN + "not_found")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/docs/try", "/asyncapi"])
async def test_nothing_is_offered_for_trying_out(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_who_asks_without_a_good_token_is_not_answered(
    browser: httpx.AsyncClient, processes: tuple[Tokens, Tokens]
) -> None:
    good = processes[0].make(to="reports", tenant="t1")
    nobody = processes[0].make(to="reports", tenant=None)

    async def answer(header: str) -> int:
        return (await browser.get("/who", headers={"authorization": header} if header else {})).status_code

    assert await answer(f"Bearer {good}") == 200
    assert [await answer(h) for h in ("", good, f"Basic {good}", "Bearer ", f"Bearer {good}x")] == [401] * 5
    assert await answer(f"Bearer {nobody}") == 403
    assert (await browser.get("/who")).headers["www-authenticate"] == "Bearer"


@pytest.fixture
async def cluster(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    """Who asks on the port of its own."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(health_app(health)), base_url="http://health") as asks:
        yield asks


async def test_health_says_which_part_is_not_well(cluster: httpx.AsyncClient, health: Health) -> None:
    async def away() -> bool:
        return False

    health.live["consumers"] = lambda: True
    health.ready["mongo"] = away
    assert (await cluster.get("/health/startup")).status_code == 503
    health.started = True

    live, ready = await cluster.get("/health/live"), await cluster.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"consumers": True})
    assert (ready.status_code, ready.json()) == (503, {"started": True, "mongo": False})
    assert (await cluster.get("/health/startup")).status_code == 200


async def test_metrics_name_routes_and_never_paths(browser: httpx.AsyncClient, cluster: httpx.AsyncClient) -> None:
    await browser.get("/refused/wrong_code?code=4F7K")
    await browser.get("/tickets/CRB-4F7K-9XM2")

    text = (await cluster.get("/metrics")).text

    assert 'route="/refused/{code}"' in text
    assert "4F7K" not in text


def a_client(processes: tuple[Tokens, Tokens], handler: Any) -> ServiceClient:
    client = ServiceClient(processes[0], service="reports", base_url="http://reports")
    client._client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://reports")
    return client


async def test_a_client_shows_a_token_for_this_tenant_and_actor(app: FastAPI, processes: tuple[Tokens, Tokens]) -> None:
    seen: list[Any] = []

    def reports(request: httpx.Request) -> httpx.Response:
        seen.append(processes[1].check(request.headers["authorization"].removeprefix("Bearer ")))
        return httpx.Response(200, json={})

    await a_client(processes, reports).get("/x", tenant="t1", actor=Actor("o1", ("verifier",)))

    assert (seen[0].service, seen[0].tenant, seen[0].actor) == ("gateway", "t1", Actor("o1", ("verifier",)))


async def test_a_client_hears_a_refusal_as_one(processes: tuple[Tokens, Tokens]) -> None:
    def reports(_: httpx.Request) -> httpx.Response:
        body = problem("not_found").model_dump(mode="json")
        return httpx.Response(404, json=body, headers={"content-type": "application/problem+json"})

    with pytest.raises(Refused) as raised:
        await a_client(processes, reports).get("/x", tenant="t1")
    assert raised.value.code == "not_found"


@pytest.mark.parametrize("answer", [500, 503, 404, 302, "down", "slow"])
async def test_whatever_else_a_client_hears_is_unavailable(processes: tuple[Tokens, Tokens], answer: Any) -> None:
    def reports(request: httpx.Request) -> httpx.Response:
        if answer == "down":
            raise httpx.ConnectError("refused")
        if answer == "slow":
            raise httpx.ReadTimeout("too late")
        return httpx.Response(answer, text="<html>")

    with pytest.raises(Unavailable):
        await a_client(processes, reports).get("/x", tenant="t1")


async def test_a_token_that_was_refused_is_made_anew_once_and_somebody_is_told(
    processes: tuple[Tokens, Tokens],
) -> None:
    shown: list[str] = []

    def reports(request: httpx.Request) -> httpx.Response:
        shown.append(request.headers["authorization"])
        return httpx.Response(200 if len(shown) > 1 else 401, json={}, headers=TOKEN_REFUSED)

    tokens = iter(("old", "fresh"))
    client = a_client(processes, reports)
    client._tokens.make = lambda **_: next(tokens)  # type: ignore[method-assign]

    with capture_logs() as lines:
        await client.post("/x", tenant="t1", json={})

    assert shown == ["Bearer old", "Bearer fresh"]
    assert [(line["event"], line["log_level"]) for line in lines] == [("token_refused", "error")]


async def test_a_token_that_is_refused_twice_is_no_outage(processes: tuple[Tokens, Tokens]) -> None:
    asked = 0

    def reports(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        body = problem("unauthenticated").model_dump(mode="json")
        return httpx.Response(401, json=body, headers={"content-type": "application/problem+json"} | TOKEN_REFUSED)

    with pytest.raises(Refused) as raised:
        await a_client(processes, reports).get("/x", tenant="t1")

    assert (raised.value.code, asked) == ("unauthenticated", 2)


@pytest.mark.parametrize("code", ["unauthenticated", "code_wrong", "code_used"])
async def test_a_wrong_password_or_code_is_not_sent_and_counted_twice(
    processes: tuple[Tokens, Tokens], code: str
) -> None:
    asked = 0

    def registry(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        body = problem(code).model_dump(mode="json")
        return httpx.Response(401, json=body, headers={"content-type": "application/problem+json"})

    with capture_logs() as lines, pytest.raises(Refused) as raised:
        await a_client(processes, registry).post("/internal/authenticate", tenant=None, json={})

    assert (raised.value.code, asked, lines) == (code, 1, [])


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0)])
async def test_who_is_busy_is_asked_again_when_it_said(
    processes: tuple[Tokens, Tokens], header: str, seconds: float
) -> None:
    def reports(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"retry-after": header})

    with pytest.raises(Busy) as raised:
        await a_client(processes, reports).get("/x", tenant="t1")

    assert raised.value.retry_after == seconds


async def test_who_stumbles_is_not_taken_for_away(processes: tuple[Tokens, Tokens]) -> None:
    with pytest.raises(Broken):
        await a_client(processes, lambda _: httpx.Response(500)).get("/x", tenant="t1")


async def test_a_busy_part_says_how_long(app: FastAPI, browser: httpx.AsyncClient) -> None:
    @app.get("/busy")
    async def busy() -> None:
        raise Busy("matcher", retry_after=6.2)

    assert (await browser.get("/busy")).headers["retry-after"] == "7"
