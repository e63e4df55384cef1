"""Whatever the API offers, an id of another office answers like one that never was, and nothing happens to it.

The rows are made from the OpenAPI document: a new route that names a thing needs a body here, and one that lists things
is looked through for things of others.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from deploy.local.mailbox import text_of
from libs.contracts.topics import Service
from services.gateway.api.openapi import api_document
from tests.e2e.steps import confirmed, drafted, fresh_code, letter_to, the_case_of
from tests.service.gateway.house import Desk, House, TestOffice, key, until
from tests.service.gateway.importing import bring
from tests.unheard import unheard

OPERATIONS = [
    (method.upper(), path)
    for path, methods in api_document()["paths"].items()
    for method in methods
    if path.startswith("/api/v1/")
]

SOON = (datetime.now(UTC) + timedelta(days=2)).isoformat()
WRONG_CODE = {"code": "0000000000000000"}
BODIES: dict[str, Any] = {
    "/lease": {},
    "/triage": {"severity": 2},
    "/questions": {"party": "Dinas Sosial", "due_at": SOON},
    "/confirmations": {"text": "Tidak benar."},
    "/references": {"title": "Siaran pers", "url": "https://contoh.example/siaran"},
    "/draft": {"claim": "Kabar", "expects": 1},
    "/return": {"note": "Mohon dilengkapi."},
    "/approval": {"expects": 1, "code": "000000"},
    "/publication": {},
    "/merge": {"into": "a case of one's own"},
    "/merging": {"into": str(uuid4()), "reason": "Kelompok yang sama"},
    "/unmerging": {"reason": "Ternyata dua kelompok"},
    "/others": {"other": str(uuid4())},
    "/suggestions": {"other": "a case of one's own", "relation": "different"},
    "/adoption": {"of": str(uuid4()), "expects": 0},
    "/settlement": {},
    "/closing": {},
    "/messages": {"text": "Terima kasih."},
    "/answer": {"outcome": "clarified", "text": "Sudah dijawab."},
    "/screening": {"reason": "spam"},
    "/sent-by-hand": None,
    "/retry": None,
    "/demand": None,
    "/known-adoption": {"known_id": str(uuid4()), "expects": 0},
    "/known-dismissal": {"known_id": str(uuid4())},
    "/personal-data": {"reason": "verify"},
    "/originals": {"piece": 1, "reason": "verify"},
    "/snapshots": {"page": 1},
    "/withdrawal": {},
    "/detachment": {"case_id": "a case of one's own", "reason": "mistake"},
    "/verification": None,
    "/resubmission": None,
    "/papers": {"paper": "identity", "present": True},
    "/visits": {"visited_on": "2026-01-05", "place": "Balai RW"},
    "/verification-decision": {"outcome": "reject", "reason": "Bukan mitra."},
    "/appeal": {"text": "SK yang benar ada."},
    "/appeal-decision": {"granted": True, "reason": "SK ada."},
    "/consent": {"signed_on": "2026-01-05"},
    "/state": {"state": "suspended", "reason": "Aduan."},
    "/columns": {"fields": "name\nkind"},
    "/run": {},
    "/stop": None,
    "/invitation": None,
    "/roles": {"roles": ["verifier"]},
    "/retirement": {"reason": "Pindah tugas"},
    "/reinstatement": {},
    "/factor-reset": {"reason": "Ponsel hilang"},
    "/factor-approval": {"code": "000000"},
    "/term": {"decree_number": "1/SK", "term_from": "2026-01-05", "term_until": "2030-01-04"},
    "/definition": {"name": "KIM Kesambi"},
    "/description": {"name": "KIM Contoh", "kind": "community_group", "area": "32.74"},
}
"""By the end of the path; what a ticket's holder sends carries the code besides."""
OF_HOLDERS: dict[str, dict[str, Any]] = {
    "/{number}": {},
    "/messages": {"text": "Masih beredar."},
    "/withdrawal": {},
    "/rating": {"helpful": True},
    "/rejection": {},
    "/stop": {},
}
LISTS = [path for method, path in OPERATIONS if method == "GET" and not re.search(r"\{(?!slug)", path)]
POINTING_AT_NOTHING = {
    ("POST", "/api/v1/{slug}/reports"),
    ("POST", "/api/v1/{slug}/uploads"),
    ("POST", "/api/v1/{slug}/match"),
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/partner/login"),
    ("POST", "/api/v1/partner/session"),
    ("POST", "/api/v1/partner/reports"),
    ("POST", "/api/v1/partner/profile"),
    ("POST", "/api/v1/partner/withdrawal"),
    ("POST", "/api/v1/partner/resubmission"),
    ("POST", "/api/v1/partner/appeal"),
    ("POST", "/api/v1/console/reports"),
    ("POST", "/api/v1/console/questions"),
    ("POST", "/api/v1/console/embed"),
    ("POST", "/api/v1/console/partners"),
    ("POST", "/api/v1/console/segments"),
    ("POST", "/api/v1/console/office/look"),
    ("POST", "/api/v1/console/office/clocks"),
    ("POST", "/api/v1/console/office/practice"),
    ("POST", "/api/v1/console/office/logo"),
    ("POST", "/api/v1/console/partner-imports"),
    ("POST", "/api/v1/console/officers"),
}
"""Writes without an id of a thing; what their bodies may name of others is tried one by one below."""
NAMING = [(method, path) for method, path in OPERATIONS if re.search(r"\{(?!slug)", path)]

EXPECTED = {
    # Whoever gives no fresh code learns nothing else.
    "/cases/{case_id}/approval": 401,
    "/officers/{officer_id}/factor-approval": 401,
    # A list, and empty: notify knows of no case without a bulletin.
    "/cases/{case_id}/bulletins": 200,
}


@dataclass(frozen=True)
class Things:
    """What one office has, by the names of parameters; and how its holder opens the ticket."""

    office: TestOffice
    ids: dict[str, str]
    code: str
    secret: str
    """A word of the report, that nobody else may read."""

    def never(self) -> dict[str, str]:
        return {name: f"CRB-{uuid4().hex[:4].upper()}-0000" if _is_number(name) else str(uuid4()) for name in self.ids}


def _is_number(parameter: str) -> bool:
    return parameter in ("number", "ref")


@dataclass(frozen=True)
class Stranger:
    """Everybody that another office has: an officer with every role, a partner, a member of the public."""

    office: TestOffice
    desk: Desk
    partner: httpx.AsyncClient
    csrf: str
    public: httpx.AsyncClient
    own_case: str

    async def ask(self, method: str, path: str, ids: dict[str, str], body: Any) -> httpx.Response:
        url = path.format(slug=self.office.slug, **ids)
        if "/console/" in path:
            browser, more = self.desk.browser, {"X-CSRF-Token": self.desk.csrf}
        elif "/partner/" in path:
            browser, more = self.partner, {"X-CSRF-Token": self.csrf}
        else:
            browser, more = self.public, {}
        params = {"url": "https://contoh.example/siaran-pers"} if method == "DELETE" else {}
        headers = key(Prefer="wait=10", **more)
        return await browser.request(method, url, json=body, params=params, headers=headers)


@pytest.fixture(scope="module")
async def things(house: House) -> Things:
    office = await house.office()
    address = f"mitra-{uuid4().hex[:8]}@contoh.example"
    partner = await house.partner(office, address)
    author = await house.log_in(await house.officer(office, "verifier", "editor"))
    second = await house.officer(office, "approver")
    approver = await house.log_in(second)
    secret = f"rahasia{uuid4().hex}"
    sent = await house.submit(office, text=f"Beredar kabar {secret}")
    case = await the_case_of(author, sent["report_id"])
    url = await drafted(author, case, claim=f"Kabar {secret}")
    for step in (
        await approver.post(f"{url}/approval", fresh_code(second), Prefer="wait=10"),
        await author.post(f"{url}/publication", {}, Prefer="wait=10"),
    ):
        assert step.status_code == 201, step.text
    letter = await letter_to(house, address, about="Pemerintah kota")
    [bulletin] = (await author.get(f"/console/cases/{case['id']}/bulletins")).json()
    ledger = (await author.get(f"/console/bulletins/{bulletin['id']}/ledger")).json()["items"]
    assignment = await the_assignment(house, office, letter_text=text_of(letter, "plain") or "")
    ids = {
        "case_id": case["id"],
        "report_id": sent["report_id"],
        "number": sent["number"],
        "ref": bulletin["number"],
        "bulletin_id": bulletin["id"],
        "delivery_id": ledger[0]["delivery"]["id"],
        "assignment_id": assignment,
        "partner_id": partner,
        "officer_id": second.id,
        "segment_id": await a_segment(author),
        "known_id": await asyncio.to_thread(a_known_answer, house, office),
        "import_id": (await bring(author, b"Nama,Jenis\nKIM Contoh,KIM\n")).import_id,
    }
    return Things(office, ids, sent["tracking_code"], secret)


async def a_segment(desk: Desk) -> str:
    saved = await desk.post("/console/segments", {"name": f"Segmen {unheard()}"}, Prefer="wait=10")
    assert saved.status_code == 201, saved.text
    [found] = (await desk.get("/console/segments")).json()
    return str(found["id"])


def a_known_answer(house: House, office: TestOffice) -> str:
    """In the office's own archive of what others have answered."""
    row = {
        "id": "1",
        "publisher": "Periksa Contoh",
        "url": "https://periksa.contoh.example/1",
        "title": f"Kabar {unheard()}",
        "verdict": "SALAH",
    }
    environment = {**os.environ, **house.stack.environment(Service.REPORTS)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arsip.jsonl"
        file.write_text(json.dumps(row))
        command = [sys.executable, "-m", "services.reports.known_import", str(file), "--office", office.slug]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    with MongoClient[dict[str, Any]](house.stack.mongo_url(Service.REPORTS)) as client:
        [found] = client["reports"]["known"].find({"tenant": office.tenant})
    return str(found["_id"]).split("/", 1)[1]


async def the_assignment(house: House, office: TestOffice, *, letter_text: str) -> str:
    link = re.search(rf"/{office.slug}/a/[A-Za-z0-9._~-]+", letter_text)
    assert link is not None
    async with house.browser() as browser:
        entered = await confirmed(browser, link[0])
    return entered.headers["location"].rsplit("/", 1)[-1]


@pytest.fixture(scope="module")
async def stranger(house: House) -> AsyncIterator[Stranger]:
    office = await house.office()
    roles = ("verifier", "editor", "approver", "tenant_admin", "custodian", "leader")
    desk = await house.log_in(await house.officer(office, *roles))
    address = f"mitra-{uuid4().hex[:8]}@contoh.example"
    await house.partner(office, address)
    async with house.browser() as partner, house.browser() as public:
        asked = {"office": office.slug, "email": address}
        assert (await public.post("/api/v1/partner/login", json=asked, headers=key())).status_code == 202
        letter = await letter_to(house, address, about="/login/")
        token = re.search(r"/login/([A-Za-z0-9._-]+)", text_of(letter, "plain") or "")
        assert token is not None
        entered = await partner.post("/api/v1/partner/session", json={"token": token[1]})
        assert entered.status_code == 201, entered.text
        own = await the_case_of(desk, (await house.submit(office))["report_id"])
        yield Stranger(office, desk, partner, entered.json()["csrf"], public, own["id"])


def body_of(method: str, path: str, *, code: str) -> Any:
    if method != "POST":
        return None
    end = path.removeprefix(path.rsplit("/", 1)[0])
    if "/tickets/" in path:
        return {**OF_HOLDERS[end], "code": code}
    if end == "/answer" and "/partner/" in path:
        return {"ready": True}
    return BODIES[end]


async def versions(house: House, things: Things, stranger: Stranger) -> dict[tuple[str, str], int]:
    """Of every thing of the two offices that reports and notify keep, by its kind and id."""

    def read() -> dict[tuple[str, str], int]:
        client: MongoClient[dict[str, Any]] = MongoClient(house.stack.admin_mongo_url)
        theirs = {"_id": {"$regex": f"^({things.office.tenant}|{stranger.office.tenant})/"}}
        with client:
            return {
                (f"{database}.{kind}", document["_id"]): document["version"]
                for database, kind in KINDS
                for document in client[database][kind].find(theirs, {"version": 1})
            }

    return await asyncio.to_thread(read)


async def settled(house: House, things: Things, stranger: Stranger) -> dict[tuple[str, str], int]:
    """The versions once no worker is still following up what the two offices did before."""
    last = await versions(house, things, stranger)
    unchanged = 0

    async def still() -> bool:
        nonlocal last, unchanged
        await asyncio.sleep(0.25)
        now = await versions(house, things, stranger)
        unchanged = unchanged + 1 if now == last else 0
        last = now
        return unchanged >= 6

    await until(still, within=60)
    return last


KINDS = (
    ("reports", "report"),
    ("reports", "case"),
    ("reports", "clarification"),
    ("notify", "subject"),
    ("notify", "delivery"),
    ("notify", "assignment"),
    ("reports", "known"),
    ("registry", "partner"),
    ("registry", "segment"),
)


def test_every_operation_has_its_row() -> None:
    without = set(OPERATIONS) - set(NAMING) - {("GET", path) for path in LISTS} - POINTING_AT_NOTHING

    assert without == set(), "add what the new operation names to the tables of this file"


@pytest.fixture(scope="module")
async def at_rest(house: House, things: Things, stranger: Stranger) -> None:
    await settled(house, things, stranger)


@pytest.mark.usefixtures("at_rest")
@pytest.mark.parametrize(("method", "path"), NAMING)
async def test_a_thing_of_another_office_answers_like_one_that_never_was(
    house: House, things: Things, stranger: Stranger, method: str, path: str
) -> None:
    body = body_of(method, path, code=things.code)
    if path.endswith("/merge"):
        body = {"into": stranger.own_case}
    if path.endswith("/suggestions"):
        body = {"other": stranger.own_case, "relation": "different"}
    if path.endswith("/detachment"):
        body = {"case_id": stranger.own_case, "reason": "mistake"}
    before = await versions(house, things, stranger)

    theirs = await stranger.ask(method, path, things.ids, body)
    never = await stranger.ask(method, path, things.never(), body)

    assert theirs.status_code == EXPECTED.get(path.removeprefix("/api/v1/console"), 404), theirs.text
    assert (theirs.status_code, theirs.content) == (never.status_code, never.content)
    assert _told_of(theirs) == _told_of(never)
    assert await versions(house, things, stranger) == before


def _told_of(answer: httpx.Response) -> list[str]:
    """Names of headers: one more would tell the two apart."""
    return sorted(answer.headers)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_holds_nothing_of_another_office(things: Things, stranger: Stranger, path: str) -> None:
    answer = await stranger.ask("GET", path, {}, None)

    assert answer.status_code in (200, 401), answer.text
    assert not [name for name in _traces(things) if name in answer.text]


def _traces(things: Things) -> Iterator[str]:
    yield from things.ids.values()
    yield things.secret


async def test_a_search_finds_nothing_of_another_office(things: Things, stranger: Stranger) -> None:
    answer = await stranger.public.get(f"{stranger.office.api}/clarifications", params={"q": things.secret})

    assert answer.status_code == 200
    assert answer.json()["items"] == []


async def test_the_match_says_nothing_of_another_office(things: Things, stranger: Stranger) -> None:
    body = {"text": f"Beredar kabar {things.secret}"}

    answer = await stranger.public.post(f"{stranger.office.api}/match", json=body, headers=key())

    assert answer.status_code == 200
    assert things.ids["case_id"] not in answer.text
    assert things.ids["ref"] not in answer.text


async def test_a_case_is_merged_into_none_of_another_office_and_none_that_never_was(
    house: House, things: Things, stranger: Stranger
) -> None:
    mine = await the_case_of(stranger.desk, (await house.submit(stranger.office))["report_id"])
    before = await settled(house, things, stranger)

    theirs, never = [
        await stranger.desk.post(f"/console/cases/{mine['id']}/merge", {"into": into}, Prefer="wait=10")
        for into in (things.ids["case_id"], str(uuid4()))
    ]

    assert (theirs.status_code, theirs.content) == (422, never.content)
    assert await versions(house, things, stranger) == before
