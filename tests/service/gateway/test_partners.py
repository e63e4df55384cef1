import re
import time
from uuid import uuid4

from deploy.local.mailbox import text_of
from tests.service.gateway.house import House, TestOffice, key, until


async def mailed_token(house: House, address: str) -> str:
    found: list[str] = []

    async def arrived() -> bool:
        for letter in house.stack.mailbox.letters(address):
            found.extend(re.findall(r"/login/([A-Za-z0-9._-]+)", text_of(letter, "plain") or ""))
        return bool(found)

    await until(arrived, within=30)
    return found[0]


async def test_a_mailed_link_logs_a_partner_in_once(house: House, office: TestOffice) -> None:
    address = f"{uuid4().hex[:12]}@contoh.example"
    partner = await house.partner(office, address)
    asked = {"office": office.slug, "email": address}
    assert (await house.http.post("/api/v1/partner/login", json=asked, headers=key())).status_code == 202
    token = await mailed_token(house, address)

    async with house.browser() as mine, house.browser() as late:
        first = await mine.post("/api/v1/partner/session", json={"token": token})
        second = await late.post("/api/v1/partner/session", json={"token": token})
        listed = await mine.get("/api/v1/partner/assignments")

    assert (first.status_code, first.json()["id"]) == (201, partner)
    assert second.status_code == 401
    assert (listed.status_code, listed.json()) == (200, [])


async def test_whether_an_address_is_known_does_not_show(house: House, office: TestOffice) -> None:
    known = f"{uuid4().hex[:12]}@contoh.example"
    await house.partner(office, known)
    answers, seconds = [], []

    for address in (known, "siapa@contoh.example"):
        started = time.monotonic()
        asked = {"office": office.slug, "email": address}
        answers.append(await house.http.post("/api/v1/partner/login", json=asked, headers=key()))
        seconds.append(time.monotonic() - started)

    assert answers[0].content == answers[1].content
    assert {a.status_code for a in answers} == {202}
    assert min(seconds) >= 0.4
