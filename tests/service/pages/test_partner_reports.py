"""Partners report, stand first, and see what came of it."""

from html import unescape
from uuid import uuid4

import httpx
import pytest

from libs.contracts.envelope import Actor
from libs.contracts.registry.partner import SetPartnerState
from libs.contracts.topics import Service
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.tokens import Tokens
from services.gateway.reads import ReportsReads
from tests.service.gateway.house import Desk, House, TestOffice, key, totp, until
from tests.service.gateway.test_partners import mailed_token
from tests.service.pages.reading import form
from tests.service.pages.test_questions import HOW_MUCH, MONEY, asked, define, known
from tests.unheard import unheard


async def a_partner(house: House, office: TestOffice) -> tuple[str, Desk]:
    address = f"{uuid4().hex[:12]}@contoh.example"
    partner = await house.partner(office, address)
    await house.http.post("/api/v1/partner/login", json={"office": office.slug, "email": address}, headers=key())
    desk = Desk(house.browser())
    token = await mailed_token(house, address)
    opened = await desk.browser.post("/api/v1/partner/session", json={"token": token})
    desk.csrf = opened.json()["csrf"]
    return partner, desk


@pytest.fixture
async def own(house: House) -> TestOffice:
    return await house.office()


async def row_of(officer: Desk, text: str) -> dict[str, object]:
    found: list[dict[str, object]] = []

    async def opened() -> bool:
        rows = (await officer.get("/console/cases")).json()["items"]
        found[:] = [row for row in rows if row["title"] == text]
        return bool(found)

    await until(opened)
    return found[0]


def a_text() -> str:
    return f"Kabar {unheard()} {unheard()}"


async def test_a_partners_report_stands_first_and_its_outcome_is_on_their_page(house: House, own: TestOffice) -> None:
    verifier = await house.log_in(await house.officer(own, "verifier"))
    approving = await house.officer(own, "approver")
    approver = await house.log_in(approving)
    _, partner = await a_partner(house, own)
    earlier, text, fact = a_text(), a_text(), f"Faktanya {unheard()}."
    await house.submit(own, text=earlier)
    await row_of(verifier, earlier)

    page = (await partner.browser.get(f"/{own.slug}/partner/reports/new")).text
    unsaid = await form(page, "/reports/new").send(partner.browser)
    sent = await form(page, "/reports/new").send(partner.browser, text=text)
    twice = await form(page, "/reports/new").send(partner.browser, text=text)
    row = await row_of(verifier, text)
    ranked = [r["title"] for r in (await verifier.get("/console/cases")).json()["items"]]
    queue = unescape((await verifier.browser.get(f"/{own.slug}/console/queue")).text)

    assert (unsaid.status_code, "Isi salah satu" in unsaid.text) == (422, True)
    assert (sent.status_code, twice.headers["location"]) == (303, sent.headers["location"])
    assert (row["by_partner"], ranked) == (True, [text, earlier])
    assert "dari mitra" in queue

    case = f"/console/cases/{row['id']}"
    draft = {"claim": text, "verdict": "false", "about_own_tenant": False, "fact": fact, "explanation": "Diperiksa."}
    done = [
        await verifier.post(f"{case}/references", {"title": "Dinas", "url": "https://dinas.example/"}),
        await verifier.post(f"{case}/draft", draft | {"expects": 0, "submit": True}),
        await approver.post(f"{case}/approval", {"expects": 1, "code": totp(approving.secret, ahead=1)}),
        await approver.post(f"{case}/publication", {}),
    ]
    assert [a.status_code for a in done] == [201] * 4

    async def told() -> bool:
        return fact in (await partner.browser.get(f"/{own.slug}/partner/reports")).text

    await until(told)


async def test_pages_of_the_queue_hold_every_case_once_across_the_border_of_partners(
    house: House, own: TestOffice
) -> None:
    officer = await house.officer(own, "verifier")
    verifier = await house.log_in(officer)
    _, partner = await a_partner(house, own)
    texts = [a_text() for _ in range(4)]
    for n, text in enumerate(texts):
        if n % 2:
            answer = await partner.post("/partner/reports", {"text": text}, Prefer="wait=10")
            assert answer.status_code == 201, answer.text
        else:
            await house.submit(own, text=text)
        await row_of(verifier, text)

    keyring = Keyring(house.settings.secrets_dir, Service.GATEWAY)
    client = ServiceClient(Tokens(keyring), service=Service.REPORTS, base_url=house.settings.reports_url)
    reads, seen, cursor = ReportsReads(client), list[str](), ""
    for _ in texts:
        page = await reads.cases(own.tenant, Actor(officer.id, ("verifier",)), limit=1, cursor=cursor)
        seen += [row.title for row in page.items]
        cursor = page.next or ""
    await client.close()

    assert (seen, cursor) == ([texts[1], texts[3], texts[0], texts[2]], "")


async def test_nobody_else_sees_what_a_partner_reported_and_a_suspended_one_may_not_report(
    house: House, own: TestOffice
) -> None:
    partner_id, partner = await a_partner(house, own)
    _, other = await a_partner(house, own)
    verifier = await house.log_in(await house.officer(own, "verifier"))
    sent = (await partner.post("/partner/reports", {"text": a_text()}, Prefer="wait=10")).json()
    path = f"/partner/reports/{sent['report_id']}"

    answers = [await desk.get(path) for desk in (partner, other, verifier)]
    listed = [(await desk.get("/partner/reports")).json()["items"] for desk in (partner, other)]
    with_contact = await partner.post(
        "/partner/reports",
        {"text": "x", "contact": {"channel": "email", "address": "a@contoh.example", "consent": True}},
    )
    await house.load(own.tenant, SetPartnerState(partner_id=partner_id, state="suspended", reason="Sedang diperiksa."))
    late: list[httpx.Response] = []

    async def refused() -> bool:
        late[:] = [await partner.post("/partner/reports", {"text": a_text()})]
        return late[0].status_code == 403

    await until(refused)
    page = await partner.browser.get(f"/{own.slug}/partner/reports/new")

    assert [a.status_code for a in answers] == [200, 404, 401]
    assert [len(items) for items in listed] == [1, 0]
    assert with_contact.status_code == 422
    assert (page.status_code, "Kemitraan sedang dibekukan" in page.text, "<textarea" in page.text) == (200, True, False)


async def test_a_partner_is_asked_what_the_office_asks_everybody(house: House, own: TestOffice) -> None:
    admin = await house.log_in(await house.officer(own, "verifier", "tenant_admin"))
    await define(own, admin, **MONEY)
    (money,) = await known(admin, 1)
    await define(own, admin, after=money["id"], **HOW_MUCH)
    _, how_much = await known(admin, 2)
    _, partner = await a_partner(house, own)
    where, text = f"/{own.slug}/partner/reports/new", a_text()

    async def answer(page: str, **answers: str) -> httpx.Response:
        fields = {n: v for n, v in form(page, "/reports/new").fields.items() if n != "asked"}
        typed = {f"answer-{id_}": value for id_, value in answers.items()}
        return await partner.browser.post(where, data={**fields, "text": text, **typed, "asked": asked(page)})

    first = (await partner.browser.get(where)).text
    nothing = await answer(first)
    more = await answer(nothing.text, **{money["id"]: "yes"})
    sent = await answer(more.text, **{money["id"]: "yes", how_much["id"]: "75 ribu"})

    assert (asked(first), asked(more.text)) == ([money["id"]], [money["id"], how_much["id"]])
    assert (nothing.status_code, "Bagian ini perlu diisi." in nothing.text) == (422, True)
    assert text in unescape(more.text)
    assert sent.status_code == 303, sent.text
    row = await row_of(admin, text)
    (report,) = (await admin.get(f"/console/cases/{row['id']}")).json()["reports"]["items"]
    assert [a["text"] for a in report["answers"]] == ["Diminta uang?", "Berapa?"]
