"""Coverage as officers see it and take it away."""

import asyncio
import csv
import io

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.gateway.house import House, TestOffice, until


async def test_an_office_sees_its_villages_and_takes_the_numbers_along(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))
    await house.partner(office, "kim@contoh.example")
    page = f"/{office.slug}/console/coverage"

    html = (await desk.browser.get(page)).text
    sheet = await desk.browser.get(f"{page}/villages/export.csv")
    book = await desk.browser.get(f"{page}/districts/export.xlsx")
    api = (await desk.get("/console/coverage")).json()

    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert "0 dari 22 kelurahan dan desa punya KIM aktif" in " ".join(html.split())
    assert html.count('class="tile tile--none"><a') == 22
    assert len(rows) == 23
    assert rows[0][:3] == ["Kode", "Kelurahan/desa", "Kecamatan"]
    assert book.content.startswith(b"PK")
    assert book.headers["content-disposition"].endswith('.xlsx"')
    assert api["region"]["groups"] == 1
    assert api["partners"] == {"community_group": 1}
    assert (await desk.browser.get(f"{page}/villages/export.pdf")).status_code in (404, 422)


async def test_while_the_registry_is_away_the_last_reading_is_shown_with_its_time(
    stack: Stack, house: House, office: TestOffice
) -> None:
    desk = await house.log_in(await house.officer(office))
    page = f"/{office.slug}/console/coverage"
    assert "Data per" not in (await desk.browser.get(page)).text.split("<footer")[0].split("data-cut")[0]

    await asyncio.to_thread(stack.pause, Service.REGISTRY)
    try:
        away = await desk.browser.get(page)
        export = await desk.browser.get(f"{page}/villages/export.csv")
    finally:
        await asyncio.to_thread(stack.resume, Service.REGISTRY)

    assert away.status_code == 200
    assert "angka bisa sudah berubah" in away.text
    assert away.text.count('class="tile tile--none"><a') == 22
    assert export.status_code == 503

    async def back() -> bool:
        return "angka bisa sudah berubah" not in (await desk.browser.get(page)).text

    await until(back)
