"""Every page's form and every page of officers and partners, taken from the routes: a new one is tried by itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from deploy.local.secrets import Secrets
from libs.contracts.directory import OfficerRecord, PartnerRecord
from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.reads import Authentication
from libs.contracts.topics import Service
from libs.runtime import links
from libs.runtime.errors import Refused, TooSoon, Unavailable
from services.gateway.access.limits import Bucket
from services.gateway.access.sessions import Browser, Kind, Session
from services.gateway.app import create_app
from services.gateway.context import VISITOR, Gateway
from services.gateway.settings import GatewaySettings
from tests.service.pages.reading import form
from tests.unit.gateway.builders import an_office

SECRETS = {kind: f"t1.{kind:x<43}" for kind in Kind}
VISITED = "pengunjung-dengan-kuki-sendiri"

WITHOUT_COOKIE = {
    "/api/v1/{slug}/reports",
    "/api/v1/{slug}/uploads",
    "/api/v1/{slug}/match",
    "/api/v1/{slug}/clarifications/{ref}/demand",
    "/api/v1/{slug}/known/{ref}/demand",
    "/api/v1/{slug}/tickets/{number}",
    "/api/v1/{slug}/tickets/{number}/messages",
    "/api/v1/{slug}/tickets/{number}/withdrawal",
    "/api/v1/{slug}/tickets/{number}/rating",
    "/api/v1/{slug}/tickets/{number}/rejection",
    "/api/v1/{slug}/tickets/{number}/stop",
    "/api/v1/session",
    "/api/v1/partner/login",
    "/api/v1/partner/session",
    "/api/v1/hooks/whatsapp",
    "/api/v1/hooks/telegram/{bot_id}",
}
"""POST of the API that look at no cookie, or make one: whoever sends them shows a code or a password, or needs none."""
BY_LINK = {"/{slug}/u/{token}"}
"""A mail program unsubscribes for its reader (RFC 8058): the signed link in the address is the token."""

FILLS = {"/{slug}/share"}
"""The browser itself sends it, without a page of ours before it: it fills a draft and does nothing else."""


class Untouched:
    """Stands for what a refused form must not reach."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, called: str) -> Any:
        raise AssertionError(f"{self._name}.{called} was reached")


class Away:
    """Stands for what does not answer."""

    def __getattr__(self, called: str) -> Any:
        async def unavailable(*_: object, **__: object) -> None:
            raise Unavailable(called)

        return unavailable


def _routes(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        below = getattr(route, "original_router", None)
        if below is not None:
            context = route.include_context  # type: ignore[attr-defined]
            yield from _routes(below.routes, prefix + context.prefix)
        for method in getattr(route, "methods", None) or ():
            yield method, prefix + route.path  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder: Path = tmp_path_factory.mktemp("secrets")
    secrets = Secrets(folder)
    secrets.create()
    liberal = {"client_per_minute": 100_000, "client_burst": 10_000, "codes_per_minute": 10_000}
    built = create_app(GatewaySettings(secrets_dir=secrets.of(Service.GATEWAY), **liberal))  # type: ignore[arg-type]
    parts: Gateway = built.state.gateway
    # One officer tries every route within a second.
    parts.limits.officers = Bucket(per_minute=100_000, burst=10_000)
    parts.directory.put(an_office())
    parts.directory.put(OfficerRecord(version=1, id="o1", tenant="t1", roles=("verifier", "editor", "approver")))
    parts.directory.put(
        PartnerRecord(
            version=1, id="p1", tenant="t1", partner_kind="media_outlet", state="active", area="32.74",
            run_by_office=False,
        )
    )  # fmt: skip
    parts.knows_everybody = True
    for name in ("accepting", "commands", "reports", "registry", "notify", "uploads", "links"):
        setattr(parts, name, Untouched(name))
    return built


def pages(app: FastAPI, method: str) -> list[str]:
    found = {path for verb, path in _routes(list(app.routes)) if verb == method and path.startswith("/{slug}")}
    assert len(found) > 20
    return sorted(found)


def address(path: str) -> str:
    known = {"slug": "cirebon", "kind": "hoax", "relation": "same", "step": "wrong-number", "number": "CRB-0000-0000"}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], str(uuid4())), path)


def logged_in(parts: Gateway, *kinds: Kind) -> Callable[..., Any]:
    async def find(secret: str | None, kind: Kind) -> Session | None:
        if kind not in kinds or secret != SECRETS[kind]:
            return None
        who = {Kind.OFFICER: "o1", Kind.PARTNER: "p1"}[kind]
        return Session(secret, kind, "t1", who, datetime.now(UTC), parts.sessions.csrf(secret))

    return find


def browser(app: FastAPI) -> httpx.AsyncClient:
    parts: Gateway = app.state.gateway
    cookies = {parts.cookie_name(kind): secret for kind, secret in SECRETS.items()} | {
        parts.cookie_name(VISITOR): VISITED
    }
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies=cookies)


@pytest.fixture
def everybody(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer and a partner are logged in, so that nothing but the token is missing."""
    parts: Gateway = app.state.gateway
    monkeypatch.setattr(parts.sessions, "find", logged_in(parts, Kind.OFFICER, Kind.PARTNER))


@pytest.mark.usefixtures("everybody")
async def test_no_page_takes_a_form_without_the_token_of_its_browser(app: FastAPI) -> None:
    foreign = app.state.gateway.sessions.csrf("kuki-dari-peramban-orang-lain")
    taken: list[str] = []
    tokens: tuple[dict[str, str], ...] = ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "\u00e9"})

    async with browser(app) as at:
        for path in pages(app, "POST"):
            for token in tokens:
                answer = await at.post(address(path), data={"key": str(uuid4()), **token})
                if answer.status_code != 403 and path not in BY_LINK | FILLS:
                    taken.append(f"{path} with {token}: {answer.status_code}")

    assert taken == []


@pytest.mark.usefixtures("everybody")
async def test_a_form_of_an_officer_or_partner_is_not_taken_with_the_token_of_the_public(app: FastAPI) -> None:
    public = app.state.gateway.sessions.csrf(VISITED)
    inside = [p for p in pages(app, "POST") if p.startswith(("/{slug}/console", "/{slug}/partner", "/{slug}/logout"))]

    async with browser(app) as at:
        answers = {p: (await at.post(address(p), data={"key": str(uuid4()), "csrf": public})) for p in inside}

    assert {p: a.status_code for p, a in answers.items() if a.status_code != 403} == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_page_of_officers_and_partners_leads_strangers_to_their_door(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    parts: Gateway = app.state.gateway
    monkeypatch.setattr(parts.sessions, "find", logged_in(parts))
    doors = {"/{slug}/console": "/cirebon/login", "/{slug}/partner": "/cirebon/login/partner"}
    open_: list[str] = []

    async with browser(app) as at:
        for path in pages(app, method):
            door = next((door for start, door in doors.items() if path.startswith(start)), None)
            if door is None or path.endswith("/stream"):  # A script asks for it, and is told 401.
                continue
            answer = await at.request(method, address(path), data={"csrf": "salah"} if method == "POST" else None)
            if answer.status_code != 303 or answer.headers["location"].partition("?")[0] != door:
                open_.append(f"{path}: {answer.status_code}")

    assert open_ == []


@pytest.mark.usefixtures("everybody")
async def test_a_form_that_met_an_outage_can_be_sent_once_more_as_it_was(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: Gateway = app.state.gateway
    away = Away()
    for name in ("commands", "notify", "reports", "registry"):
        monkeypatch.setattr(parts, name, away)
    key, csrf = str(uuid4()), parts.sessions.csrf(SECRETS[Kind.PARTNER])
    sent = {"csrf": csrf, "key": key, "reason": "no_time"}

    async with browser(app) as at:
        answer = await at.post(f"/cirebon/partner/assignments/{uuid4()}/decline", data=sent)

    assert answer.status_code == 503
    assert "Kirim ulang" in answer.text
    assert form(answer.text, "/decline").fields == sent


@pytest.mark.usefixtures("everybody")
async def test_no_route_of_the_api_that_a_cookie_opens_changes_anything_without_its_token(app: FastAPI) -> None:
    sessions = app.state.gateway.sessions
    foreign, taken, seen = sessions.csrf("kuki-dari-peramban-orang-lain"), list[str](), set[str]()

    async with browser(app) as at:
        for method, path in sorted(_routes(list(app.routes))):
            if method in ("GET", "HEAD") or not path.startswith("/api/"):
                continue
            seen.add(path)
            if method == "POST" and path in WITHOUT_COOKIE:
                continue
            for token in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": foreign}):
                headers = {"Idempotency-Key": str(uuid4()), **token}
                answer = await at.request(method, address(path), headers=headers, json={})
                if answer.status_code != 403:
                    taken.append(f"{method} {path} with {token}: {answer.status_code}")

    assert taken == []
    assert seen > WITHOUT_COOKIE, "these are gone; forget them here, too"


async def closed_with(app: FastAPI, monkeypatch: pytest.MonkeyPatch, token: Kind | None) -> tuple[int, list[str]]:
    parts: Gateway = app.state.gateway
    closed: list[str] = []

    async def close(secret: str) -> None:
        closed.append(secret)

    monkeypatch.setattr(parts.sessions, "close", close)
    headers = {"X-CSRF-Token": parts.sessions.csrf(SECRETS[token])} if token else {}
    async with browser(app) as at:
        answer = await at.delete("/api/v1/session", headers=headers)
    return answer.status_code, closed


@pytest.mark.parametrize("kind", Kind)
async def test_a_log_out_ends_the_log_in_whose_token_it_carries(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    assert await closed_with(app, monkeypatch, kind) == (204, [SECRETS[kind]])


async def test_a_log_out_without_a_token_ends_nothing(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await closed_with(app, monkeypatch, None) == (403, [])


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("kind", Kind)
async def test_who_is_logged_in_twice_leaves_by_the_page_they_are_at(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    parts: Gateway = app.state.gateway
    closed: list[str] = []

    async def close(secret: str) -> None:
        closed.append(secret)

    monkeypatch.setattr(parts.sessions, "close", close)
    async with browser(app) as at:
        answer = await at.post("/cirebon/logout", data={"csrf": parts.sessions.csrf(SECRETS[kind])})

    assert (answer.status_code, closed) == (303, [SECRETS[kind]])


async def test_a_log_in_link_under_another_office_is_not_spent(app: FastAPI) -> None:
    parts: Gateway = app.state.gateway
    path = f"/cirebon/login/t2.{'x' * 43}"

    async with browser(app) as at:
        shown = await at.get(path)
        # `parts.links` may not be touched.
        sent = await at.post(path, data={"csrf": parts.sessions.csrf(VISITED)})

    assert (shown.status_code, sent.status_code) == (404, 404)


async def locked(app: FastAPI, monkeypatch: pytest.MonkeyPatch, path: str, **more: Any) -> httpx.Response:
    parts: Gateway = app.state.gateway
    asked: list[Authentication] = []

    class Registry:
        async def authenticate(self, question: Authentication) -> None:
            asked.append(question)
            raise TooSoon(754)

    monkeypatch.setattr(parts, "registry", Registry())
    async with browser(app) as at:
        at.cookies.set(parts.cookie_name("browser"), parts.browser_cookies.write(Browser("m1", ("o1",))))
        answer = await at.post(path, **more)
    assert (asked[0].browser, asked[0].officers) == ("m1", ("o1",))
    assert asked[0].client == parts.sessions.mark("127.0.0.1")
    return answer


async def test_who_is_locked_out_is_told_until_when(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"email": "a@b.example", "password": "x", "code": "123456"}
    form = {"csrf": app.state.gateway.sessions.csrf(VISITED), **typed}

    page = await locked(app, monkeypatch, "/cirebon/login", data=form)
    api = await locked(app, monkeypatch, "/api/v1/session", json=typed)

    for answer in (page, api):
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "754")
    assert "Coba lagi setelah pukul" in page.text
    assert 'value="a@b.example"' in page.text


class Notify:
    """Knows of one assignment."""

    def __init__(self, **changes: Any) -> None:
        self.asked = AssignmentView(**(ASKED | changes))

    async def assignments(self, *_: object) -> tuple[AssignmentView, ...]:
        return (self.asked, self.asked.model_copy(update={"id": "a2"}))

    async def assignment(self, tenant: str, actor: object, assignment_id: str) -> AssignmentView:
        if assignment_id != self.asked.id:
            raise Refused("not_found")
        return self.asked


ASKED: dict[str, Any] = {
    "id": "a1", "partner_id": "p1", "state": "offered", "due_at": datetime(2999, 1, 1, tzinfo=UTC),
    "offered_at": datetime(2026, 5, 4, tzinfo=UTC), "bulletin_id": "b1", "case_id": "c1", "number": "CRB-0000-0000",
    "claim": "Air beracun", "verdict": "false", "fact": "Air aman", "caption": "",
}  # fmt: skip
LATE = {"due_at": datetime(2026, 5, 5, tzinfo=UTC)}


def assignment_link(parts: Gateway, assignment: str = "a1", partner: str = "p1") -> str:
    token = links.make(parts.signed_links._keys, links.ASSIGNMENT, "t1", assignment, partner)
    return f"/cirebon/a/{token}"


async def opened(app: FastAPI, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> tuple[httpx.Response, list[Any]]:
    parts: Gateway = app.state.gateway
    made: list[Any] = []

    async def open_(*who: str, **how: Any) -> Session:
        made.append((who, how))
        return Session("t1.new", Kind.PARTNER, "t1", "p1", datetime.now(UTC), "csrf", how["only"])

    monkeypatch.setattr(parts, "notify", Notify(**changes))
    monkeypatch.setattr(parts.sessions, "find", logged_in(parts))
    monkeypatch.setattr(parts.sessions, "open", open_)
    async with browser(app) as at:
        answer = await at.post(assignment_link(parts), data={"csrf": parts.sessions.csrf(VISITED)})
    return answer, made


async def test_a_link_to_an_assignment_opens_that_one_until_its_deadline(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, made = await opened(app, monkeypatch)

    assert (answer.status_code, answer.headers["location"]) == (303, "/cirebon/partner/assignments/a1")
    ((_, how),) = made
    assert (how["only"], how["until"]) == ("a1", ASKED["due_at"])


async def test_a_link_after_the_deadline_opens_nothing_and_says_until_when_and_what_was_answered(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, made = await opened(app, monkeypatch, **LATE, state="acknowledged")

    assert (answer.status_code, made) == (410, [])
    assert "Tautan ini berlaku sampai" in answer.text
    assert "Anda sudah menjawab Siap." in answer.text
    assert form(answer.text, "/login/partner").fields["next"] == "/cirebon/partner/assignments/a1"


async def test_a_link_to_another_partners_assignment_opens_nothing(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, made = await opened(app, monkeypatch, partner_id="p2")

    assert (answer.status_code, made) == (404, [])


async def test_who_came_by_a_link_has_to_log_in_for_the_rest(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: Gateway = app.state.gateway

    async def find(secret: str | None, kind: Kind) -> Session | None:
        found = await logged_in(parts, Kind.PARTNER)(secret, kind)
        return replace(found, only="a1") if found else None

    monkeypatch.setattr(parts.sessions, "find", find)
    monkeypatch.setattr(parts, "notify", Away())
    token = {"X-CSRF-Token": parts.sessions.csrf(SECRETS[Kind.PARTNER]), "Idempotency-Key": str(uuid4())}
    async with browser(app) as at:
        own = await at.get("/cirebon/partner/assignments/a1")
        others = [await at.get(f"/cirebon/partner{below}") for below in ("", "/assignments/a2")]
        monkeypatch.setattr(parts, "notify", Notify())
        listed = await at.get("/api/v1/partner/assignments")
        said = await at.post("/api/v1/partner/assignments/a2/answer", json={"ready": True}, headers=token)

    assert own.status_code == 503, "it was let through to notify, which is away"
    assert [a.status_code for a in others] == [303, 303]
    assert all(a.headers["location"].startswith("/cirebon/login/partner?next=") for a in others)
    assert (listed.status_code, [a["id"] for a in listed.json()]) == (200, ["a1"])
    assert said.status_code == 401


async def test_no_page_but_the_form_for_other_sites_may_be_framed(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken from the routes; the office allows a site."""
    parts: Gateway = app.state.gateway
    for name in ("notify", "reports", "registry", "links", "ticket_links", "uploads", "shelf"):
        monkeypatch.setattr(parts, name, Away())
    office = an_office()
    hosts = ("portal.kota.example", "127.0.0.1:8080")
    allowed = office.model_copy(update={"settings": office.settings.model_copy(update={"embed_hosts": hosts})})
    monkeypatch.setitem(parts.directory.tenants, office.id, allowed)
    framed: set[str] = set()
    async with browser(app) as at:
        for method, path in sorted(_routes(app.routes)):
            if method != "GET" or path.startswith(("/api/", "/internal/")):
                continue
            filled = path.replace("{slug}", office.slug).replace("{kind}", "hoax")
            answer = await at.get(re.sub(r"{[^}]*}", "x", filled))
            policy = answer.headers.get("content-security-policy", "frame-ancestors 'none'")
            if "x-frame-options" in answer.headers:
                assert (answer.headers["x-frame-options"], "frame-ancestors 'none'" in policy) == ("DENY", True)
            else:
                assert "frame-ancestors https://portal.kota.example http://127.0.0.1:8080;" in policy
                framed.add(path)

    assert framed == {"/{slug}/embed"}
