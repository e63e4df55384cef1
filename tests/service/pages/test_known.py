"""What other publishers have answered, as somebody meets it who is about to report: offered, named, and counted."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.local.layout import CHECKOUT
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.reading import form
from tests.unheard import unheard

PUBLISHER = "Redaksi Periksa Contoh"
CLAIMS = iter(
    (
        "Kapal pesiar membagikan beras gratis kepada nelayan Pelabuhan Muara Angke setiap Kamis",
        "Air rebusan kulit manggis mengganti insulin bagi penderita diabetes menurut Kementerian Kesehatan",
        "Sekolah dasar di Kota Salatiga libur sebulan karena gerhana matahari cincin",
        "Uang kertas seratus ribu rupiah ditarik Bank Indonesia dan tidak berlaku mulai Lebaran",
    )
)
"""A test each: what is like another is offered beside it."""


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        browser.follow_redirects = True
        yield browser


@pytest.fixture
def claim() -> str:
    return next(CLAIMS)


@pytest.fixture
async def entry(house: House, stack: Stack, office: TestOffice, claim: str, tmp_path: Path) -> dict[str, str]:
    return await put_in_archive(house, stack, office, claim, tmp_path)


async def put_in_archive(house: House, stack: Stack, office: TestOffice, claim: str, folder: Path) -> dict[str, str]:
    """Once the matcher knows it."""
    row = {
        "id": uuid4().hex,
        "publisher": PUBLISHER,
        "url": f"https://periksa.contoh.example/{uuid4().hex}",
        "title": claim,
        "verdict": "SALAH",
        "fact": f"Kabar {unheard()} itu tidak benar.",
        "date": "2026-08-03",
    }
    file = folder / "arsip.jsonl"
    file.write_text(json.dumps(row))
    command = [sys.executable, "-m", "services.reports.known_import", str(file), "--office", office.slug]
    environment = {**os.environ, **stack.environment(Service.REPORTS)}
    await asyncio.to_thread(subprocess.run, command, cwd=CHECKOUT, env=environment, check=True, timeout=60)
    async with house.browser() as browser, asyncio.timeout(20):
        while not (await matched(browser, office, claim))["known"]:
            await asyncio.sleep(0.1)
    return row


async def matched(browser: httpx.AsyncClient, office: TestOffice, text: str) -> dict[str, list[dict[str, object]]]:
    answer = await browser.post(f"/api/v1/{office.slug}/match", json={"text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, list[dict[str, object]]] = answer.json()
    return found


async def to_check(browser: httpx.AsyncClient, office: TestOffice, text: str) -> httpx.Response:
    page = await browser.get(f"/{office.slug}/report/hoax")
    return await form(page.text, "/report/hoax").send(browser, text=text)


async def test_the_check_step_offers_it_with_its_publisher_and_counts_whoever_received_it(
    browser: httpx.AsyncClient, office: TestOffice, entry: dict[str, str], claim: str
) -> None:
    check = await to_check(browser, office, f"Info grup: {claim}, benarkah?")

    counted = await form(check.text, "/demand").send(browser)

    assert f"Dijawab oleh {PUBLISHER}" in check.text
    assert "3 Agustus 2026" in check.text
    assert check.text.index(entry["fact"]) < check.text.rindex(claim)
    assert f'href="{entry["url"]}" target="_blank" rel="noopener nofollow"' in check.text
    assert "Anda sudah dihitung" in counted.text
    assert f"Dijawab oleh {PUBLISHER}" in counted.text
    async with asyncio.timeout(10):
        while "Ditanyakan 1 orang" not in (await browser.get(str(counted.url).partition("?")[0])).text:
            await asyncio.sleep(0.1)


async def test_whoever_says_that_it_is_another_goes_on_and_the_api_names_the_publisher(
    browser: httpx.AsyncClient, office: TestOffice, entry: dict[str, str], claim: str
) -> None:
    (found,) = (await matched(browser, office, claim))["known"]
    check = await to_check(browser, office, claim)

    origin = await form(check.text, "/origin").send(browser)

    card = found["card"]
    assert isinstance(card, dict)
    assert (card["publisher"], card["url"], card["verdict"]) == (PUBLISHER, entry["url"], "false")
    assert form(origin.text, "/contact").fields["refused"] == card["id"]


async def test_the_archive_has_a_part_of_its_own_for_it(
    browser: httpx.AsyncClient, office: TestOffice, entry: dict[str, str]
) -> None:
    page = await browser.get(f"/{office.slug}/clarifications", params={"q": entry["title"].split()[0]})
    every = await browser.get(f"/{office.slug}/known")

    for shown in (page.text, every.text):
        assert "Dari penerbit lain" in shown
        assert entry["fact"] in shown
        assert PUBLISHER in shown


async def test_a_report_of_it_opens_a_case_that_says_so_and_an_officer_begins_the_draft_with_it(
    house: House, office: TestOffice, entry: dict[str, str], claim: str
) -> None:
    said = await house.submit(office, text=claim)
    verifier = await house.log_in(await house.officer(office, "verifier"))
    ticket = f"/api/v1/{office.slug}/tickets/{said['number']}"
    opened: list[str] = []

    async def in_its_case() -> bool:
        rows = (await verifier.get("/console/cases")).json()["items"]
        opened[:] = [row["id"] for row in rows if row["title"] == claim]
        return bool(opened)

    await until(in_its_case)
    path = f"/{office.slug}/console/cases/{opened[0]}"
    page = await verifier.browser.get(path)
    seen = (await verifier.browser.post(ticket, json={"code": said["tracking_code"]})).json()["ticket"]
    adopted = await form(page.text, "/adopt").send(verifier.browser)
    case = (await verifier.get(f"/console/cases/{opened[0]}")).json()

    assert f"Mungkin sudah dijawab oleh {PUBLISHER}" in page.text
    assert (seen["state"], seen["known"]["publisher"], seen["clarification"]) == ("received", PUBLISHER, None)
    assert adopted.status_code == 303
    assert (case["draft"]["fact"], case["draft"]["verdict"]) == (entry["fact"], "false")
    assert [source["url"] for source in case["references"]] == [entry["url"]]


async def test_an_editor_imports_a_file_on_a_page_and_takes_an_answer_out_again(house: House) -> None:
    office = await house.office()
    editor = await house.log_in(await house.officer(office, "editor"))
    path = f"/{office.slug}/console/archive"
    data = (
        b"url,judul,penerbit,fakta\nhttps://periksa.contoh.example/a,Kabar satu,Redaksi,Fakta satu\nftp://x,Dua,R,F\n"
    )
    start = form((await editor.browser.get(path)).text, "/archive/import")

    empty = await editor.browser.post(start.url, data=start.fields)
    sent = await editor.browser.post(start.url, data=start.fields, files={"file": ("arsip.csv", data, "text/csv")})

    async def finished() -> bool:
        return "selesai, 2 baris" in (await editor.browser.get(path)).text

    await until(finished)
    page = (await editor.browser.get(path)).text
    taken_out = await form(page, "/withdraw").send(editor.browser)

    async def gone() -> bool:
        return "Fakta satu" not in (await editor.browser.get(path)).text

    await until(gone)
    assert (empty.status_code, "Isi bagian ini." in empty.text) == (422, True)
    assert (sent.status_code, taken_out.status_code) == (303, 303)
    assert "Baris 2, url: bukan alamat https" in page
    assert "1 baru, 0 berubah, 0 sama, 0 ditarik, 1 tidak bisa diambil" in page


async def test_a_verifier_sees_the_archive_and_may_import_nothing(house: House) -> None:
    office = await house.office()
    verifier = await house.log_in(await house.officer(office, "verifier"))
    page = (await verifier.browser.get(f"/{office.slug}/console/archive")).text
    start = form(page, "/archive/import")

    tried = await verifier.browser.post(start.url, data=start.fields, files={"file": ("a.csv", b"url,judul\n")})

    assert "Hanya penyunting dan admin instansi yang boleh." in page
    assert tried.status_code == 403
