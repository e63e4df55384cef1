"""The walk of a reporter and of an officer in a real browser, with Back, double clicks, a session's end, and a process
killed at each step: nothing that was typed is lost, and nothing is recorded twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from libs.contracts.topics import Service
from tests.e2e.steps import SLOW, the_case_of
from tests.service.gateway.conftest import start
from tests.service.gateway.house import PASSWORD, Desk, House, TestOffice, TestOfficer, totp
from tests.service.pages.test_session_end import end_session
from tests.unheard import unheard

CHROMIUM = Path("/usr/bin/chromium")
PHONE: Any = {"width": 360, "height": 800}
DESK: Any = {"width": 1280, "height": 900}
BY_THE_EYE = SLOW * 1000
"""Milliseconds, as the browser counts."""
SCRIPTS = {"with scripts": True, "without scripts": False}


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest.fixture(params=SCRIPTS)
async def page(request: pytest.FixtureRequest, house: House, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=house.stack.public_url, viewport=PHONE, locale="id-ID", java_script_enabled=SCRIPTS[request.param]
    )
    context.set_default_timeout(BY_THE_EYE)
    expect.set_options(timeout=BY_THE_EYE)
    yield await context.new_page()
    await context.close()


async def killed(house: House, *services: Service) -> None:
    """As by a fault of the machine; started again at once, as the platform does."""
    for service in services:
        house.stack.children.kill(service)
    await asyncio.to_thread(start, house.stack)


async def test_a_reporter_goes_back_presses_twice_and_meets_killed_processes(
    house: House, office: TestOffice, page: Page
) -> None:
    text, doubt = f"Beredar kabar {unheard()} di grup keluarga", "Tanggalnya tidak cocok."
    on = page.get_by_role("button", name="Lanjut")

    await page.goto(f"/{office.slug}/report/hoax")
    await page.get_by_label("Teks atau tautan").fill(text)
    await killed(house, Service.GATEWAY, Service.MATCHER)
    await on.click()
    await page.get_by_label("WhatsApp").check()
    await page.get_by_label("Mengapa ragu?").fill(doubt)
    await killed(house, Service.GATEWAY)
    await on.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ke mana kami kirim jawabannya?")

    await page.go_back()
    await expect(page.get_by_label("Mengapa ragu?")).to_have_value(doubt)
    await page.go_back()
    await expect(page.get_by_label("Teks atau tautan")).to_have_value(text)
    await page.reload()
    await on.click()
    await expect(page.get_by_label("WhatsApp")).to_be_checked()
    await on.click()
    await page.get_by_role("button", name="Kembali").click()
    await expect(page.get_by_label("Mengapa ragu?")).to_have_value(doubt)
    await on.click()

    await killed(house, Service.REPORTS, Service.NOTIFY)
    await page.get_by_role("button", name="Kirim laporan").dblclick()
    await expect(page.locator("#kode")).to_be_visible()
    number = (await page.locator("#nomor").inner_text()).strip()
    code = "".join((await page.locator("#kode").inner_text()).split())

    page.on("dialog", lambda dialog: dialog.accept())
    await page.go_back()
    await expect(page.get_by_text("Laporan ini sudah tersimpan")).to_be_visible()
    await expect(page.locator("#nomor")).to_have_text(number)
    await page.get_by_role("link", name="Laporan baru").click()
    await expect(page.get_by_label("Teks atau tautan")).to_have_value("")

    opened = await house.http.post(f"{office.api}/tickets/{number}", json={"code": code})
    assert opened.json()["ticket"]["text"] == text


async def test_an_officer_whose_session_ends_finds_what_they_wrote(
    house: House, office: TestOffice, page: Page
) -> None:
    officer = await house.officer(office, "verifier", "editor")
    # The officer's own codes are for the page alone: each is good once, and they come twice within half a minute.
    colleague = await house.log_in(await house.officer(office, "verifier"))
    case = await the_case_of(colleague, (await house.submit(office))["report_id"])
    path, fact = f"/{office.slug}/console/cases/{case['id']}", f"Pasar tetap buka {unheard()}."
    await page.set_viewport_size(DESK)

    await page.goto(path)
    await enter(page, officer)
    await expect(page).to_have_url(f"{house.stack.public_url}{path}")
    await page.get_by_role("button", name="Ambil kasus").click()
    await page.locator("#fact").fill(fact)
    # Another button of the page leaves nothing behind, and neither does a killed process.
    await page.locator("#sev-2").check()
    await page.locator("#topic").select_option("government")
    await killed(house, Service.GATEWAY, Service.REPORTS)
    await page.get_by_role("button", name="Simpan triase").click()
    await expect(page.locator("#fact")).to_have_value(fact)
    await expect(page.get_by_text("Belum disimpan sebagai draf")).to_be_visible()

    longer = f"{fact} Jamnya seperti biasa."
    await page.locator("#fact").fill(longer)
    end_session(house, officer.id)
    await page.get_by_role("button", name="Simpan draf").click()
    await expect(page.get_by_text("Isian Anda aman")).to_be_visible()
    await enter(page, officer)
    await expect(page.get_by_text("Isian Anda belum tersimpan")).to_be_visible()
    await expect(page.locator("#fact")).to_have_value(longer)
    assert await fact_saved(colleague, case["id"]) == ""

    await page.get_by_role("button", name="Simpan draf").dblclick()
    await expect(page.get_by_text("Draf tersimpan")).to_be_visible()
    await expect(page.locator("#fact")).to_have_value(longer)
    await expect(page.get_by_text("Belum disimpan sebagai draf")).to_have_count(0)
    assert await fact_saved(colleague, case["id"]) == longer


async def enter(page: Page, officer: TestOfficer) -> None:
    """By the door they were sent to; a code is good once, so the next one may be needed."""
    for ahead in (0, 1):
        await page.get_by_label("Surel dinas").fill(officer.email)
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_label("Kode 6 angka").fill(totp(officer.secret, ahead=ahead))
        await page.get_by_role("button", name="Masuk").click()
        if "/login" not in page.url:
            return


async def fact_saved(desk: Desk, case: str) -> str:
    return str((await desk.get(f"/console/cases/{case}")).json()["draft"]["fact"])
