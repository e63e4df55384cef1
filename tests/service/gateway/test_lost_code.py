"""Who has lost the code of a ticket and left an address gets a link by mail that opens it once."""

import re
from uuid import uuid4

import httpx

from deploy.local.mailbox import text_of
from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.reading import form

CONTACT = {"channel": "email", "consent": True}


async def asked(browser: httpx.AsyncClient, office: TestOffice, number: str, email: str) -> httpx.Response:
    page = await browser.get(f"/{office.slug}/tickets")
    return await form(page.text, "/tickets/lost").send(browser, number=number, email=email)


async def mailed(house: House, office: TestOffice, address: str, *, among: int = 1) -> str:
    found: list[str] = []

    async def arrived() -> bool:
        letters = [text_of(letter, "plain") or "" for letter in house.stack.mailbox.letters(address)]
        found[:] = [link[0] for text in letters if (link := re.search(rf"/{office.slug}/t/[A-Za-z0-9._-]+", text))]
        return len(found) >= among

    await until(arrived, within=40)
    return found[-1]


async def followed(house: House, office: TestOffice, sent: dict[str, str]) -> None:
    """Notify has the contact."""

    async def known() -> bool:
        url, code = f"{office.api}/tickets/{sent['number']}", {"code": sent["tracking_code"]}
        opened = await house.http.post(url, json=code)
        return bool(opened.status_code == 200 and (opened.json()["follow"] or {}).get("following"))

    await until(known, within=40)


async def test_the_link_opens_the_ticket_once_without_its_code(house: House, office: TestOffice) -> None:
    address = f"warga-{uuid4().hex[:8]}@contoh.example"
    sent = await house.submit(office, contact=CONTACT | {"address": address})
    await followed(house, office, sent)

    async with house.browser() as browser, house.browser() as other:
        answer = await asked(browser, office, sent["number"].lower(), address.upper())
        link = await mailed(house, office, address)
        page = await browser.get(link)
        preview = await other.get(link)
        opened = await form(page.text, link).send(browser)
        ticket = await browser.get(opened.headers["location"])
        again = await form(preview.text, link).send(other)

    assert answer.headers["location"] == f"/{office.slug}/tickets?sent=1"
    assert opened.headers["location"] == f"/{office.slug}/tickets/{sent['number']}"
    assert (ticket.status_code, sent["number"] in ticket.text, 'id="kode"' in ticket.text) == (200, True, False)
    assert (again.status_code, "sudah tidak berlaku" in again.text) == (422, True)


async def test_a_link_of_one_office_opens_nothing_under_another_and_is_not_spent_there(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    address = f"warga-{uuid4().hex[:8]}@contoh.example"
    sent = await house.submit(office, contact=CONTACT | {"address": address})
    await followed(house, office, sent)

    async with house.browser() as browser:
        await asked(browser, office, sent["number"], address)
        link = await mailed(house, office, address)
        foreign = link.replace(office.slug, neighbour.slug)
        wrong = await form((await browser.get(foreign)).text, foreign).send(browser)
        right = await form((await browser.get(link)).text, link).send(browser)

    assert (wrong.status_code, right.status_code) == (422, 303)


async def test_nothing_in_the_answer_tells_whether_number_or_address_is_known(house: House, office: TestOffice) -> None:
    address = f"warga-{uuid4().hex[:8]}@contoh.example"
    sent = await house.submit(office, contact=CONTACT | {"address": address})
    without = await house.submit(office)
    await followed(house, office, sent)
    tries = [
        (sent["number"], address),
        (sent["number"], f"lain-{address}"),
        (without["number"], address),
        ("CRB-0000-0000", address),
    ]

    async with house.browser() as browser:
        answers = [await asked(browser, office, *given) for given in tries]
        await mailed(house, office, address)

    assert len({(a.status_code, a.headers["location"], a.content) for a in answers}) == 1
    assert min(a.elapsed.total_seconds() for a in answers) >= 0.4
    assert not list(house.stack.mailbox.letters(f"lain-{address}"))


async def test_one_number_is_mailed_a_few_times_and_no_more(house: House, office: TestOffice) -> None:
    number = f"CRB-{uuid4().hex[:4].upper()}-9XM2"

    async with house.browser() as browser:
        answers = [await asked(browser, office, number, "warga@contoh.example") for _ in range(4)]
        wrong = await asked(browser, office, number, "bukan surel")

    assert [a.status_code for a in answers] == [303] * 3 + [429]
    # One a minute: not the moment after which anything else may be tried again.
    assert 30 < int(answers[-1].headers["retry-after"]) <= 60
    assert (wrong.status_code, form(wrong.text, "/tickets/lost").fields["number"]) == (422, number)
