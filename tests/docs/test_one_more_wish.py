"""A wish that is not in the product, added by the recipe of docs/extending.md and used by a client and an officer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse, Response

from deploy.local.secrets import Secrets
from libs.contracts.directory import OfficerRecord
from libs.contracts.fields import SaidNote, Severity
from libs.contracts.messages import COMMANDS, EVENTS, Command, Event
from libs.contracts.reads import OutcomeView
from libs.contracts.topics import Service
from libs.contracts.words import CHECKERS
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.gateway.access.sessions import Kind, Session
from services.gateway.api import openapi, permissions, routes
from services.gateway.api.serving import add_wishes
from services.gateway.app import create_app
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Said, Shift
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import Dispatcher
from services.gateway.dispatch.notices import NOTICES, Notice
from services.gateway.dispatch.wishes import Button, Wish, declared
from services.gateway.errors.problems import add_handlers
from services.gateway.settings import GatewaySettings
from services.reports.case.state import Case
from services.reports.permissions import require_checker
from tests.service.pages.reading import form
from tests.unit.gateway.builders import System, an_office
from tests.unit.gateway.console import fixtures, preview
from tests.unit.gateway.test_page_guards import Away
from tests.unit.reports.builders import RINA, an_open_case, context

# 1. libs/contracts/reports/case.py


class EscalateCase(Command, name="reports.escalate-case.v1", of="case", to="case_id"):
    case_id: str
    severity: Severity
    reason: SaidNote


class CaseEscalated(Event, name="reports.case-escalated.v1", of="case"):
    case_id: str
    severity: int
    reason: str


# 2. services/reports/case/work.py, decide


def escalated(case: Case, command: EscalateCase, context: Context) -> Iterable[Event]:
    require_checker(context)
    if command.severity <= case.severity:
        raise Refused("state_conflict")
    return [CaseEscalated(case_id=case.case_id, severity=command.severity, reason=command.reason)]


# 3. services/reports/case/work.py, evolve


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    match event:
        case CaseEscalated():
            return {"severity": event.severity}
    return None


# 4. services/gateway/console/case/wishes.py

ESCALATE = Wish(
    EscalateCase,
    "/cases/{case_id}/escalation",
    name="escalate",
    shape="EscalationWish",
    summary="More urgent than it seemed",
    about="The reason stands in the case's history.",
    may=CHECKERS,
    buttons=(Button("cases/{case_id}/escalate", done=Notice("escalated", "Kegentingan dinaikkan.")),),
)

# 5. services/gateway/console/case/templates/case.html

TEMPLATE = """{% import "console/words.html" as w with context %}
{{ w.outcome(view.desk) }}
{% set escalate = view.buttons.escalate %}
<form method="post" action="{{ escalate.url }}">{{ w.hidden(escalate) }}
{{ w.text("severity", "severity", _("Kegentingan"), escalate.typed.get("severity", ""), errors=view.desk.errors) }}
{{ w.text("reason", "reason", _("Alasan"), escalate.typed.get("reason", ""), errors=view.desk.errors, rows=2) }}
<button>{{ _("Kegentingan") }}</button></form>"""

# 6. English for "Kegentingan dinaikkan.", in console.po.

WISHES = declared(globals())
del COMMANDS[EscalateCase.type_name], EVENTS[CaseEscalated.type_name], NOTICES["escalated"]

CASE, SECRET = "c1", f"t1.{'officer':x<43}"


@dataclass(frozen=True)
class View:
    desk: Any
    buttons: Any


async def shown(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    desk = shift.desk(await shift.frame(), attempt.said if attempt else said)
    view = View(desk, shift.buttons(WISHES, "cases/", attempt=attempt, case_id=CASE))
    template = preview.RENDERER._officers["id"].from_string(TEMPLATE)
    html = template.render(page=fixtures.page(), view=view)
    return HTMLResponse(html, status_code=attempt.status if attempt else 200)


async def carry(shift: Shift, pressed: Pressed) -> Response:
    return await carry_out(shift, pressed, to=shift.url("cases", CASE), again=lambda tried: shown(shift, Said(), tried))


@pytest.fixture
def system(tmp_path: Path) -> System:
    made = System(tmp_path / "system")
    made.owner.answer = OutcomeView(state="done")
    return made


@pytest.fixture
def app(tmp_path: Path, system: System, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    secrets = Secrets(tmp_path / "secrets")
    secrets.create()
    built = create_app(GatewaySettings(secrets_dir=secrets.of(Service.GATEWAY)))
    parts: Gateway = built.state.gateway
    parts.directory.put(an_office())
    parts.directory.put(OfficerRecord(version=1, id="o1", tenant="t1", roles=("verifier",)))
    parts.knows_everybody = True
    parts.dispatcher = Dispatcher(system.asking)
    for name in ("reports", "registry", "notify"):
        setattr(parts, name, Away())

    async def find(secret: str | None, kind: Kind) -> Session | None:
        known = secret == SECRET and kind is Kind.OFFICER
        return Session(SECRET, kind, "t1", "o1", fixtures.NOW, parts.sessions.csrf(SECRET)) if known else None

    monkeypatch.setattr(parts.sessions, "find", find)
    monkeypatch.setitem(NOTICES, "escalated", "Kegentingan dinaikkan.")
    api, pages = APIRouter(prefix="/console"), APIRouter(include_in_schema=False)
    add_wishes(api, WISHES)
    add_buttons(pages, WISHES, "cases/", carry)
    monkeypatch.setattr(routes, "ROUTERS", {"Officers": (api,)})
    small = FastAPI()
    small.state = built.state
    add_handlers(small)
    routes.add_api(small)
    small.include_router(pages)
    return small


@pytest.fixture
def browser(app: FastAPI) -> httpx.AsyncClient:
    parts: Gateway = app.state.gateway
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1",
        cookies={parts.cookie_name(Kind.OFFICER): SECRET},
        headers={"X-CSRF-Token": parts.sessions.csrf(SECRET)},
    )


@pytest.fixture
def fields(app: FastAPI) -> Callable[..., dict[str, str]]:
    csrf = app.state.gateway.sessions.csrf(SECRET)
    return lambda **typed: {"key": str(uuid4()), "csrf": csrf, **typed}


API, PAGE = f"/api/v1/console/cases/{CASE}/escalation", f"/cirebon/console/cases/{CASE}/escalate"
BODY = {"severity": 4, "reason": "Sudah ada yang celaka."}


def test_it_is_gone_from_the_tables_of_the_product() -> None:
    assert not {EscalateCase.type_name, CaseEscalated.type_name} & (COMMANDS.keys() | EVENTS.keys())


def test_its_rule_decides_and_changes() -> None:
    case = an_open_case()
    command = EscalateCase(case_id=case.case_id, severity=4, reason="Sudah ada yang celaka.")

    (event,) = escalated(case, command, context(RINA))

    assert changes(case, event) == {"severity": 4}
    with pytest.raises(Refused, match="role_missing"):
        escalated(case, command, context())


async def test_the_api_takes_it_and_says_what_became_of_it(browser: httpx.AsyncClient, system: System) -> None:
    done = await browser.post(API, json=BODY, headers={"Idempotency-Key": str(uuid4())})
    system.owner.answer = OutcomeView(state="pending")
    kept = await browser.post(API, json=BODY, headers={"Idempotency-Key": str(uuid4()), "Prefer": "wait=0"})

    assert (done.status_code, kept.status_code) == (201, 202)
    assert [m.topic for m in system.broker.messages] == ["reports.commands.v1"] * 2


@pytest.mark.parametrize(
    "wrong", [{"severity": 5}, {"severity": "4"}, {"reason": " "}, {"reason": "a" * 1_001}, {"x": 1}]
)
async def test_the_api_holds_the_body_to_the_limits_of_the_command(
    browser: httpx.AsyncClient, system: System, wrong: dict[str, Any]
) -> None:
    answer = await browser.post(API, json={**BODY, **wrong}, headers={"Idempotency-Key": str(uuid4())})

    assert answer.status_code == 422
    assert system.broker.messages == []


def test_the_document_describes_it(app: FastAPI) -> None:
    document = openapi.document(app)

    operation = document["paths"]["/api/v1/console/cases/{case_id}/escalation"]["post"]
    shape = document["components"]["schemas"]["EscalationWish"]
    assert (operation["summary"], operation["operationId"]) == (ESCALATE.summary, "officers_escalate")
    assert shape["required"] == ["severity", "reason"]
    assert (shape["properties"]["severity"]["maximum"], shape["properties"]["reason"]["maxLength"]) == (4, 1_000)


async def test_the_pages_form_leads_on_and_says_so(
    browser: httpx.AsyncClient, system: System, fields: Callable[..., dict[str, str]]
) -> None:
    answer = await browser.post(PAGE, data=fields(severity="4", reason="Sudah ada yang celaka."))

    assert (answer.status_code, answer.headers["location"]) == (303, f"/cirebon/console/cases/{CASE}?done=escalated")
    assert len(system.broker.messages) == 1
    said = preview.RENDERER.render(
        "console/case/case.html", fixtures.page(), fixtures.case(desk=fixtures.desk(notice="escalated"))
    )
    assert "Kegentingan dinaikkan." in said


async def test_a_wrong_field_is_shown_beside_what_was_typed(
    browser: httpx.AsyncClient, system: System, fields: Callable[..., dict[str, str]]
) -> None:
    sent = fields(severity="3", reason=" ")

    answer = await browser.post(PAGE, data=sent)

    again = form(answer.text, "/escalate")
    assert (answer.status_code, system.broker.messages) == (422, [])
    assert '<p class="error" id="reason-e">' in answer.text
    assert '<p class="error" id="severity-e">' not in answer.text
    assert (again.fields["key"], again.fields["severity"]) == (sent["key"], "3")


async def test_the_same_form_sent_again_is_the_same_command(
    browser: httpx.AsyncClient, system: System, fields: Callable[..., dict[str, str]]
) -> None:
    sent = fields(severity="4", reason="Sudah ada yang celaka.")

    for _ in range(2):
        await browser.post(PAGE, data=sent)

    assert len({dict(m.headers)["ce_id"] for m in system.broker.messages}) == 1


@pytest.fixture
def table(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(permissions, "ROOMS", {"console/case": ("officers", WISHES)})
    monkeypatch.setattr(permissions, "api_document", lambda: openapi.document(app))
    return permissions.written()


def test_the_table_of_permissions_has_its_line(table: str) -> None:
    line = next(line for line in table.splitlines() if "escalate-case" in line)

    assert "| More urgent than it seemed | `POST /api/v1/console/cases/{case_id}/escalation` |" in line
    assert line.count("yes") == len(CHECKERS)
