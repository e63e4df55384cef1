"""The same words twice from one browser are one report; from another they are another, and tell nothing of it."""


import httpx

from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.reading import form
from tests.service.pages.test_report_form import ticket_number, to_contact
from tests.unheard import unheard


def a_text() -> str:
    return f"Beredar kabar {unheard()} {unheard()}."


async def _sent(browser: httpx.AsyncClient, office: TestOffice, text: str, **last: str) -> httpx.Response:
    *_, three = await to_contact(browser, office, text=text)
    return await form(three.text, "/send").send(browser, **last)


async def _recorded(browser: httpx.AsyncClient, answer: httpx.Response) -> None:
    async def there() -> bool:
        return "Isi laporan Anda" in (await browser.get(str(answer.url))).text

    await until(there)


def _browser(house: House) -> httpx.AsyncClient:
    browser = house.browser()
    browser.follow_redirects = True
    return browser


async def test_the_second_sending_of_one_browser_leads_to_the_first_report(house: House, office: TestOffice) -> None:
    text = a_text()
    async with _browser(house) as browser:
        first = await _sent(browser, office, text)
        await _recorded(browser, first)

        second = await _sent(browser, office, f"  {text.upper()} ")

        assert ticket_number(second) == ticket_number(first)
        assert "Laporan ini sudah tersimpan" in second.text


async def test_another_browser_gets_a_report_of_its_own(house: House, office: TestOffice) -> None:
    text = a_text()
    async with _browser(house) as one, _browser(house) as other:
        first = await _sent(one, office, text)
        await _recorded(one, first)

        second = await _sent(other, office, text)

        assert ticket_number(second) != ticket_number(first)
        assert ticket_number(first) not in second.text


async def test_what_says_more_is_a_report_of_its_own(house: House, office: TestOffice) -> None:
    text = a_text()
    async with _browser(house) as browser:
        first = await _sent(browser, office, text)
        await _recorded(browser, first)

        told = await _sent(browser, office, text, channel="email", email="warga@contoh.example", consent="1")

        assert ticket_number(told) != ticket_number(first)


async def test_another_link_in_the_same_words_is_another_report(house: House, office: TestOffice) -> None:
    text = a_text()
    async with _browser(house) as browser:
        first = await _sent(browser, office, f"{text} https://satu.example/a")
        await _recorded(browser, first)

        second = await _sent(browser, office, f"{text} https://dua.example/b")

        assert ticket_number(second) != ticket_number(first)


async def test_after_it_was_withdrawn_the_same_words_begin_another(house: House, office: TestOffice) -> None:
    text = a_text()
    async with _browser(house) as browser:
        first = await _sent(browser, office, text)
        await _recorded(browser, first)
        page = await browser.get(str(first.url))
        withdrawn = await form(page.text, "/withdrawal").send(browser)
        assert withdrawn.status_code == 200

        async def over() -> bool:
            return "Laporan ini sudah Anda tarik" in (await browser.get(str(first.url))).text

        await until(over)
        second = await _sent(browser, office, text)

        assert ticket_number(second) != ticket_number(first)
