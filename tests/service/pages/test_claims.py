"""A message that makes several claims, one of which was answered: from the form to the ticket and the officer."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.service.gateway.house import House, until
from tests.service.pages.reading import form
from tests.service.pages.test_partner import publish
from tests.unheard import unheard

FACT = "Kabar itu tidak benar; pembagian berasnya tidak pernah direncanakan."


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        browser.follow_redirects = True
        yield browser


async def test_one_claim_of_several_is_answered_and_the_rest_goes_to_people(
    house: House, browser: httpx.AsyncClient
) -> None:
    office = await house.office()
    answered = f"Kapal {unheard()} membagikan beras gratis kepada semua nelayan setiap hari Kamis"
    other = f"Jembatan {unheard()} ditutup setahun karena retak di tiang tengahnya"
    third = "Vaksin keliling memakai cairan kedaluwarsa, murid kelas satu dilarikan ke puskesmas"
    await publish(house, office, FACT, claim=answered)
    message = f"1. {answered}\n2. {other}\n3. {third}"

    async def known() -> bool:
        found = (await browser.post(f"{office.api}/match", json={"text": answered})).json()
        return bool(found["outcome"] == "match")

    await until(known)
    found = (await browser.post(f"{office.api}/match", json={"text": message})).json()
    first = await browser.get(f"/{office.slug}/report/hoax")
    typing = await form(first.text, "/report/hoax").send(browser, to="hoax/offers", text=message)
    check = await form(first.text, "/report/hoax").send(browser, text=message)
    origin = await form(check.text, "/origin").send(browser)
    contact = await form(origin.text, "/contact").send(browser)
    ticket = await form(contact.text, "/send").send(browser)

    assert (found["outcome"], [claim["text"] for claim in found["claims"]]) == ("suggest", [answered])
    for offered in (typing.text, check.text):
        assert offered.index("Dari pesan Anda") < offered.index(FACT)
    assert "Ada yang belum terjawab?" in check.text
    assert "refused" not in form(origin.text, "/contact").fields

    async def is_told() -> bool:
        return "Sebagian dari pesan Anda sudah dijawab" in (await browser.get(str(ticket.url))).text

    await until(is_told)
    shown = (await browser.get(str(ticket.url))).text
    english = (await browser.get(str(ticket.url), params={"lang": "en"})).text
    assert FACT in shown
    assert "Bagian yang lain sedang diperiksa petugas" in shown
    assert "Laporan Anda sudah dijawab" not in shown
    assert "Part of your message has been answered" in english

    verifier = await house.log_in(await house.officer(office, "verifier"))
    rows = (await verifier.get("/console/cases")).json()["items"]
    (case,) = [row for row in rows if row["title"].startswith("1. Kapal")]
    page = (await verifier.browser.get(f"/{office.slug}/console/cases/{case['id']}")).text
    assert "Laporannya memuat beberapa klaim" in page
    assert page.index(f"“{answered}”") < page.index("Sudah dijawab di")
