"""The ticket as its holder sees it without scripts: the receipt, the contact that was left, pictures, and a message."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from tests.e2e.material import drawn
from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.reading import form
from tests.service.pages.test_report_form import a_text, to_contact


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        browser.follow_redirects = True
        yield browser


async def sent(browser: httpx.AsyncClient, office: TestOffice, **contact: str) -> httpx.Response:
    _, _, three = await to_contact(browser, office, text=a_text())
    return await form(three.text, "/send").send(browser, **contact)


async def recorded(browser: httpx.AsyncClient, url: str) -> str:
    pages: list[str] = []

    async def shown() -> bool:
        pages.append((await browser.get(url)).text)
        return 'name="pesan"' in pages[-1]

    await until(shown)
    return pages[-1]


async def test_the_code_is_shown_until_somebody_says_that_it_is_noted_down(
    browser: httpx.AsyncClient, office: TestOffice
) -> None:
    receipt = await sent(browser, office)
    url = str(receipt.url)

    unsaid = await form(receipt.text, "/noted").send(browser)
    said = await form(unsaid.text, "/noted").send(browser, noted="1")
    later = await browser.get(url)

    assert (unsaid.status_code, 'id="kode"' in unsaid.text) == (422, True)
    assert [('id="kode"' in page.text, page.status_code) for page in (said, later)] == [(False, 200)] * 2


async def test_just_after_sending_it_says_where_news_will_go(browser: httpx.AsyncClient, office: TestOffice) -> None:
    left = {"channel": "email", "email": f"warga-{uuid4().hex[:8]}@contoh.example", "consent": "1"}

    by_mail, by_code = await sent(browser, office, **left), await sent(browser, office)
    page = await recorded(browser, str(by_mail.url))

    async def said() -> bool:
        return "Tidak ada alamat untuk dikabari" in (await browser.get(str(by_code.url))).text

    assert "Tidak ada alamat" not in by_mail.text + page
    assert re.search(r"Kabar (akan )?dikirim lewat surel", page)
    await until(said)


async def test_a_picture_of_a_message_is_shown_to_the_holder_of_the_ticket_alone(
    house: House, browser: httpx.AsyncClient, office: TestOffice
) -> None:
    url = str((await sent(browser, office)).url)
    page = form(await recorded(browser, url), "/messages")
    picture = {"image": ("bukti.png", drawn("BUKTI"), "image/png")}

    await browser.post(page.url, data=page.fields | {"pesan": "Ini buktinya."}, files=picture)
    shown: list[httpx.Response] = []

    async def taken() -> bool:
        found = re.search(r'<img class="shot" src="([^"]+)"', (await browser.get(url)).text)
        shown[:] = [await browser.get(found[1])] if found else []
        return bool(shown) and shown[0].status_code == 200

    await until(taken, within=40)
    stranger = await house.http.get(str(shown[0].url))

    assert shown[0].headers["content-type"] == "image/jpeg"
    assert shown[0].content.startswith(b"\xff\xd8")
    assert stranger.status_code == 404


async def test_a_message_that_is_not_taken_comes_back_with_its_words_and_key(
    browser: httpx.AsyncClient, office: TestOffice
) -> None:
    page = form(await recorded(browser, str((await sent(browser, office)).url)), "/messages")

    long = await page.send(browser, pesan="a" * 5_001)
    again = form(long.text, "/messages")

    assert long.status_code == 422
    assert again.fields["pesan"] == "a" * 5_001
    assert again.fields["key"] == page.fields["key"]
