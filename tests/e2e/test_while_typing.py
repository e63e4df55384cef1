"""Published answers while somebody types a report, in a real browser: there at once, and gone as quietly."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from deploy.local.layout import CHECKOUT
from libs.contracts.topics import Service
from tests.e2e.steps import SLOW
from tests.service.gateway.house import House, TestOffice

CHROMIUM = Path("/usr/bin/chromium")
PHONE: Any = {"width": 360, "height": 800}
CLAIM = "Kapal pesiar membagikan beras gratis kepada nelayan Pelabuhan Muara Angke setiap Kamis"
FACT = "Pelabuhan tidak mengenal kapal itu."
AT_ONCE = 300
"""Milliseconds after the last key."""
BUSY = 4
"""Times that a machine is given which runs other tests beside this one."""

ARRIVAL = """() => {
  const field = document.getElementById("text"), place = document.getElementById("offers");
  window.took = [];
  let last = 0;
  field.addEventListener("input", () => (last = performance.now()));
  new MutationObserver(() => place.childNodes.length && window.took.push(performance.now() - last)).observe(place, {
    childList: true,
  });
}"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest.fixture
async def phone(house: House, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=house.stack.public_url, viewport=PHONE, locale="id-ID")
    context.set_default_timeout(SLOW * 1000)
    expect.set_options(timeout=SLOW * 1000)
    yield await context.new_page()
    await context.close()


@pytest.fixture(scope="module")
async def archive(house: House, office: TestOffice, tmp_path_factory: pytest.TempPathFactory) -> None:
    row = {
        "id": uuid4().hex,
        "publisher": "Redaksi Contoh",
        "url": "https://periksa.contoh.example/kapal",
        "title": CLAIM,
        "verdict": "SALAH",
        "fact": FACT,
    }
    file = tmp_path_factory.mktemp("archive") / "arsip.jsonl"
    file.write_text(json.dumps(row))
    command = [sys.executable, "-m", "services.reports.known_import", str(file), "--office", office.slug]
    environment = {**os.environ, **house.stack.environment(Service.REPORTS)}
    await asyncio.to_thread(subprocess.run, command, cwd=CHECKOUT, env=environment, check=True, timeout=60)
    async with house.browser() as browser, asyncio.timeout(20):
        while not (await browser.post(f"/api/v1/{office.slug}/match", json={"text": CLAIM})).json()["known"]:
            await asyncio.sleep(0.1)


async def test_an_answer_stands_below_the_form_at_once_and_whoever_has_it_too_is_counted_without_a_ticket(
    phone: Page, office: TestOffice, archive: None
) -> None:
    await phone.goto(f"/{office.slug}/report/hoax")
    button = phone.get_by_role("button", name="Lanjut: periksa jawaban yang ada")
    await phone.evaluate(ARRIVAL)
    before = await button.bounding_box()

    await phone.get_by_label("Teks atau tautan").press_sequentially(CLAIM[:60], delay=15)
    await expect(phone.locator("#offers")).to_contain_text("Dijawab oleh Redaksi Contoh")
    after, took = await button.bounding_box(), await phone.evaluate("window.took")

    assert FACT in await phone.locator("#offers h3").inner_text()
    assert await phone.locator("#offered").inner_text() == "1 jawaban mungkin cocok, di bawah formulir"
    assert before == after
    assert min(took) < AT_ONCE * BUSY, took
    await phone.get_by_role("button", name="Saya juga menerima ini").click()
    await expect(phone.get_by_text("Terima kasih, Anda sudah dihitung.")).to_be_visible()
    assert "/known/" in phone.url


async def test_what_fits_no_more_goes_and_an_outage_says_nothing(
    phone: Page, office: TestOffice, archive: None
) -> None:
    await phone.goto(f"/{office.slug}/report/hoax")
    field = phone.get_by_label("Teks atau tautan")
    await field.fill(CLAIM)
    await expect(phone.locator("#offers")).to_contain_text(FACT)

    await phone.route("**/offers", lambda route: route.abort())
    await field.fill(CLAIM + " menurut kabar")
    await phone.wait_for_timeout(400)
    still = await phone.locator("#offers").inner_text()
    await phone.unroute("**/offers")
    await field.fill("Apa kabar?")

    await expect(phone.locator("#offers")).to_be_hidden()
    assert FACT in still
    assert await phone.locator("#offered").inner_text() == ""
    assert await phone.locator(".banner--error").count() == 0
