from uuid import uuid4

import httpx
import pytest

from tests.service.gateway.house import House, TestOffice, key, totp, until
from tests.service.gateway.test_partners import mailed_token
from tests.service.pages.reading import form
from tests.unheard import unheard


async def publish(house: House, office: TestOffice, fact: str, *, claim: str = "") -> None:
    """An answer of the whole office, for every partner."""
    verifier = await house.log_in(await house.officer(office, "verifier"))
    approving = await house.officer(office, "approver")
    approver = await house.log_in(approving)
    text = claim or f"Kabar {unheard()} {unheard()}"
    await house.submit(office, text=text)
    found: list[str] = []

    async def opened() -> bool:
        answer = await verifier.get("/console/cases")
        rows = answer.json()["items"] if answer.status_code == 200 else []
        found[:] = [row["id"] for row in rows if row["title"] == text]
        return bool(found)

    await until(opened)
    case = f"/console/cases/{found[0]}"
    draft = {"claim": text, "verdict": "false", "about_own_tenant": False, "fact": fact, "explanation": "Diperiksa."}
    done = [
        await verifier.post(f"{case}/references", {"title": "Dinas", "url": "https://dinas.example/"}),
        await verifier.post(f"{case}/draft", draft | {"expects": 0, "submit": True}),
        await approver.post(f"{case}/approval", {"expects": 1, "code": totp(approving.secret, ahead=1)}),
        await approver.post(f"{case}/publication", {}),
    ]
    assert [a.status_code for a in done] == [201] * 4


async def read(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
async def partner(house: House, office: TestOffice) -> httpx.AsyncClient:
    """A partner's browser, logged in."""
    address = f"{uuid4().hex[:12]}@contoh.example"
    await house.partner(office, address)
    asked = {"office": office.slug, "email": address}
    await house.http.post("/api/v1/partner/login", json=asked, headers=key())
    browser = house.browser()
    await browser.post("/api/v1/partner/session", json={"token": await mailed_token(house, address)})
    return browser


async def offered(partner: httpx.AsyncClient, fact: str) -> str:
    """The id of the request to carry this, once it is there and can be read."""
    found: list[str] = []

    async def is_there() -> bool:
        answer = await partner.get("/api/v1/partner/assignments")
        if answer.status_code == 200:
            found[:] = [item["id"] for item in answer.json() if item["fact"] == fact]
        return bool(found)

    await until(is_there)
    return found[0]


async def test_a_partner_declines_with_a_reason_and_without_scripts(
    house: House, office: TestOffice, partner: httpx.AsyncClient
) -> None:
    fact = f"Sekolah tetap masuk {unheard()}."
    await publish(house, office, fact)
    path = f"/{office.slug}/partner/assignments/{await offered(partner, fact)}"
    home, page = await read(partner, f"/{office.slug}/partner"), await read(partner, path)

    unsaid = await form(page, "/decline").send(partner)
    said = await form(unsaid.text, "/decline").send(partner, reason="no_time")
    late = await form(page, "/accept").send(partner)

    assert path in home
    assert unsaid.status_code == 422
    assert (said.status_code, said.headers["location"]) == (303, path)
    assert "Anda menjawab Tidak bisa" in await read(partner, path)
    assert (late.status_code, "Keadaannya sudah berubah" in late.text) == (409, True)


async def test_a_link_that_opens_nothing_leads_to_the_door_where_a_new_one_is_asked_for(
    house: House, office: TestOffice
) -> None:
    answer = await house.http.get(f"/{office.slug}/a/bukan-tautan")

    assert answer.status_code == 404
    assert "Tautan itu sudah tidak berlaku" in answer.text
    assert form(answer.text, "/login/partner").url


async def test_an_answer_of_the_session_before_comes_back_with_its_choice_and_key(
    house: House, office: TestOffice, partner: httpx.AsyncClient
) -> None:
    fact = f"Pasar tetap buka {unheard()}."
    await publish(house, office, fact)
    path = f"/{office.slug}/partner/assignments/{await offered(partner, fact)}"
    decline = form(await read(partner, path), "/decline")

    partner.headers["Sec-Fetch-Site"] = "same-origin"
    stale = await decline.send(partner, csrf="0" * 64, reason="no_time")
    said = await form(stale.text, "/decline").send(partner, reason="no_time")

    assert form(stale.text, "/decline").fields["key"] == decline.fields["key"]
    assert (stale.status_code, 'value="no_time" checked' in stale.text) == (403, True)
    assert (said.status_code, said.headers["location"]) == (303, path)
