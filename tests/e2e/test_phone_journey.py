"""A reporter with a phone: from the office's front page to the answer on the ticket, in a real browser.

Once as most people have it, and once without JavaScript, where each page must do by itself.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, FilePayload, Page, async_playwright, expect

from tests.e2e.material import drawn
from tests.e2e.steps import FACT, SLOW, done, drafted, fresh_code, letter_to, the_case_of
from tests.service.gateway.house import House, TestOffice, key
from tests.unheard import unheard

CHROMIUM = Path("/usr/bin/chromium")
PHONE: Any = {"width": 360, "height": 800}
BY_THE_EYE = SLOW * 1000
"""Milliseconds, as the browser counts."""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def phone(request: pytest.FixtureRequest, house: House, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=house.stack.public_url, viewport=PHONE, locale="id-ID", java_script_enabled=request.param
    )
    context.set_default_timeout(BY_THE_EYE)
    expect.set_options(timeout=BY_THE_EYE)
    yield await context.new_page()
    await context.close()


async def sends_a_report(page: Page, office: TestOffice, *, text: str, email: str) -> None:
    await page.goto(f"/{office.slug}/")
    await page.get_by_role("link", name="Laporkan hoaks").first.click()
    await page.get_by_label("Teks atau tautan").fill(text)
    picture = FilePayload(name="tangkapan.png", mimeType="image/png", buffer=drawn(text[14:30]))
    await page.locator("input[type=file]").set_input_files(picture)
    await page.get_by_role("button", name="Lanjut: periksa jawaban yang ada").click()
    await page.get_by_label("WhatsApp").check()
    await page.get_by_role("button", name="Lanjut: ke mana jawabannya").click()
    await page.locator("#channel-email").check()
    await page.get_by_label("Alamat surel").fill(email)
    await page.get_by_label("Saya setuju").check()
    await page.get_by_role("button", name="Kirim laporan").click()
    await expect(page.locator("#kode")).to_be_visible(timeout=BY_THE_EYE)


async def test_a_reporter_sends_from_a_phone_and_reads_the_answer_there(
    house: House, office: TestOffice, phone: Page
) -> None:
    text, email = f"Beredar kabar {unheard()} di grup keluarga", f"warga-{uuid4().hex[:8]}@contoh.example"
    author = await house.log_in(await house.officer(office, "verifier", "editor"))
    second = await house.officer(office, "approver")
    approver = await house.log_in(second)

    await sends_a_report(phone, office, text=text, email=email)
    number = (await phone.locator("#nomor").inner_text()).strip()
    code = "".join((await phone.locator("#kode").inner_text()).split())

    ticket = await house.http.post(f"{office.api}/tickets/{number}", json={"code": code}, headers=key())
    assert ticket.status_code == 200, ticket.text
    assert (ticket.json()["ticket"]["text"], ticket.json()["ticket"]["attachments"]) == (text, 1)

    url = await drafted(author, await the_case_of(author, ticket.json()["ticket"]["report_id"]), claim=text)
    await done(approver, f"{url}/approval", fresh_code(second))
    await done(author, f"{url}/publication", {})
    await letter_to(house, email, about=FACT)

    # Days later, or on another phone: all that is left of the visit is what was noted down.
    await phone.context.clear_cookies()
    await phone.goto(f"/{office.slug}/tickets")
    await phone.get_by_label("Nomor laporan").fill(number)
    await phone.get_by_label("Kode rahasia").fill("0000 0000 0000 0000")
    await phone.get_by_role("button", name="Buka laporan").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Lacak laporan")
    await phone.get_by_label("Kode rahasia").fill(code.lower())
    await phone.get_by_role("button", name="Buka laporan").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Laporan Anda sudah dijawab")
    await expect(phone.get_by_text(FACT).first).to_be_visible()
