"""Partners from a file without scripts: uploaded, columns named, rows read, mended choices, taken in, downloaded."""

import re

import httpx

from libs.kit import sheets
from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.service.gateway.importing import a_table
from tests.service.pages.reading import form
from tests.unheard import unheard

ROWS = [
    {"Nama KIM": f"KIM {unheard()[:12]}", "Kecamatan": "Kesambi", "No HP": "081234567890", "Warna kaus": "=1+1"},
    {"Nama KIM": f"KIM {unheard()[:12]}", "Kecamatan": "Harjamukti", "No HP": "8,12E+11", "Warna kaus": "biru"},
]


async def the_page(desk: Desk, url: str, says: str) -> str:
    """Loaded again until it says so, as whoever waits would do."""
    found: list[str] = []

    async def there() -> bool:
        found[:] = [(await desk.browser.get(url)).text]
        return says in found[0]

    await until(there)
    return found[0]


async def brought(office: TestOffice, desk: Desk, data: bytes) -> httpx.Response:
    page = await desk.browser.get(f"/{office.slug}/console/imports")
    upload = form(page.text, "/console/imports")
    return await desk.browser.post(upload.url, data=upload.fields, files={"file": ("kim.csv", data)})


async def test_from_the_upload_to_the_list_of_partners(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office, "tenant_admin"))

    sent = await brought(office, desk, a_table(ROWS))
    url = sent.headers["location"].partition("?")[0]
    columns = form(await the_page(desk, url, "Apa isi tiap kolom?"), "/columns")
    named = {f"c{number}": "" for number in range(4)} | columns.fields
    unclear = await desk.browser.post(columns.url, data=named)
    again = form(unclear.text, "/columns").fields
    mapped = await desk.browser.post(columns.url, data={**named, **again, "kind": "community_group"})
    checked = await the_page(desk, url, "Hasil pemeriksaan")
    run = form(checked, "/run")
    held = await run.send(desk.browser)
    gone = await form(held.text, "/run").send(desk.browser, without_refused="yes")
    done = await the_page(desk, url, "Hasil impor")
    list_ = await desk.browser.get(f"{url}?became=new")

    assert (sent.status_code, mapped.status_code, gone.status_code) == (303, 303, 303)
    assert (named["c0"], named["c1"], named["c2"], named["c3"]) == ("name", "district", "phone", "attribute")
    assert unclear.status_code == 422
    assert "Jenis mitra" in unclear.text
    assert "C3" in checked
    assert "8,12E+11" in checked
    assert "Angkanya sudah dibulatkan" in checked
    assert held.status_code == 422
    assert "Perbaiki dulu baris yang ditolak" in held.text
    assert "selesai" in done
    partner = re.search(rf'href="(/{office.slug}/console/partners/[0-9a-f-]+)"', list_.text)
    assert partner is not None
    told = await the_page(desk, partner[1], ROWS[0]["Nama KIM"])
    assert "=1+1" in told


async def test_what_was_refused_is_downloaded_and_reckoned_by_no_spreadsheet(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))
    rows = [{**ROWS[0], "Kecamatan": "=HYPERLINK(1)"}]
    sent = await brought(office, desk, a_table(rows))
    url = sent.headers["location"].partition("?")[0]
    columns = form(await the_page(desk, url, "Apa isi tiap kolom?"), "/columns")
    named = {f"c{number}": "" for number in range(4)} | columns.fields
    await desk.browser.post(columns.url, data={**named, "kind": "community_group"})
    await the_page(desk, url, "Hasil pemeriksaan")

    table = await desk.browser.get(f"{url}/rows.csv")
    book = await desk.browser.get(f"{url}/rows.xlsx")
    empty = await desk.browser.get(f"/{office.slug}/console/imports/template.xlsx")

    assert "2,KIM" in table.text
    assert "B2,Kecamatan,'=HYPERLINK(1)" in table.text
    assert [row.cells[3:6] for row in sheets.rows(sheets.taken(book.content))][1] == [
        "B2", "Kecamatan", "=HYPERLINK(1)"
    ]  # fmt: skip
    assert next(iter(sheets.rows(sheets.taken(empty.content)))).cells[0] == "Nama"


async def test_a_file_that_is_none_and_an_officer_who_may_not(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))
    editor = await house.log_in(await house.officer(office, "editor"))

    nothing = await brought(office, desk, b"")
    wrong = await brought(office, desk, b"%PDF-1.7 x")
    refused = await brought(office, editor, a_table(ROWS))

    assert nothing.status_code == 422
    assert "Isi bagian ini." in nothing.text
    assert "Ini bukan tabel" in await the_page(desk, wrong.headers["location"].partition("?")[0], "tidak terbaca")
    assert refused.status_code == 403
