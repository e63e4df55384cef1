"""Officers enter what people tell them, and posts that they saw."""

from html import unescape
from urllib.parse import urlencode

import pytest

from libs.contracts.registry.questions import Question
from libs.contracts.registry.tenant import DefineQuestion
from services.gateway.reporting.questions import FIELD
from tests.service.gateway.house import Desk, House, TestOffice, key, until
from tests.service.pages.reading import form
from tests.unheard import unheard


@pytest.fixture(scope="module")
async def desk(house: House, office: TestOffice) -> Desk:
    return await house.log_in(await house.officer(office, "verifier"))


async def new(desk: Desk, office: TestOffice, query: str = "") -> str:
    answer = await desk.browser.get(f"/{office.slug}/console/reports/new{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def case_with(desk: Desk, text: str) -> dict[str, object]:
    """The row of the queue, once the report lies in its case."""
    found: list[dict[str, object]] = []

    async def opened() -> bool:
        rows = (await desk.get("/console/cases")).json()["items"]
        found[:] = [row for row in rows if row["title"].startswith(text)]
        return bool(found)

    await until(opened)
    return found[0]


async def test_an_officer_enters_a_report_and_hands_its_code_over(house: House, office: TestOffice, desk: Desk) -> None:
    text = f"Kabar {unheard()} {unheard()}"
    sent = await form(await new(desk, office), "/reports/new").send(desk.browser, intake="walk_in", text=text)
    receipt = await desk.browser.get(sent.headers["location"])
    number = sent.headers["location"].rpartition("/")[2]
    code = desk.browser.cookies.get(f"receipt-{number}") or ""
    row = await case_with(desk, text)
    page = await desk.browser.get(f"/{office.slug}/console/cases/{row['id']}")
    async with house.browser() as citizen:
        opened = await citizen.post(f"/api/v1/{office.slug}/tickets/{number}", json={"code": code})

    assert sent.status_code == 303, sent.text
    assert number in receipt.text
    assert code[:4] in receipt.text
    assert "Dicatat petugas (Rina), datang langsung" in unescape(page.text)
    assert opened.status_code == 200, opened.text
    assert opened.json()["ticket"]["steps"][0]["note"] == "walk_in"


async def test_an_entry_comes_back_with_its_errors_and_its_words(desk: Desk, office: TestOffice) -> None:
    page = form(await new(desk, office), "/reports/new")

    unchosen = await page.send(desk.browser)
    empty = await page.send(desk.browser, intake="phone")
    unread = await page.send(
        desk.browser, intake="phone", text="Kabar lewat telepon", channel="whatsapp_manual", phone="0812 0000 0000"
    )

    assert (unchosen.status_code, "Pilih salah satu." in unchosen.text) == (422, True)
    assert (empty.status_code, "Isi salah satu: teks, tautan, atau berkas." in empty.text) == (422, True)
    assert (unread.status_code, "Centang persetujuan" in unread.text) == (422, True)
    assert "Kabar lewat telepon" in unread.text
    assert "0812 0000 0000" in unread.text


async def test_a_post_needs_its_address_and_is_asked_about_by_nobody(desk: Desk, office: TestOffice) -> None:
    note = f"Unggahan {unheard()} {unheard()}"
    page = form(await new(desk, office, "?as=post"), "/reports/new")

    unsaid = await page.send(desk.browser, text=note)
    sent = await page.send(desk.browser, text=note, url="https://www.tiktok.com/@akun.contoh/video/7311111111111111111")
    receipt = await desk.browser.get(sent.headers["location"])
    row = await case_with(desk, note)
    found = (await desk.get(f"/console/cases/{row['id']}")).json()

    assert (unsaid.status_code, note in unsaid.text) == (422, True)
    assert sent.status_code == 303, sent.text
    assert "Unggahan tercatat" in receipt.text
    assert "Kode rahasia" not in receipt.text
    assert (row["askers"], found["reports"]["items"][0]["intake"]) == (0, "post_seen")


async def test_a_program_enters_reports_and_only_officers_who_check_may(
    house: House, office: TestOffice, desk: Desk
) -> None:
    body = {"intake": "letter", "text": f"Surat {unheard()}"}
    leader = await house.log_in(await house.officer(office, "leader"))

    done = await desk.post("/console/reports", body, Prefer="wait=10")
    refused = await leader.post("/console/reports", body)
    page = await leader.browser.get(f"/{office.slug}/console/reports/new")
    unasked = await desk.post("/console/reports", body | {"intake": "post_seen"})
    invented = await desk.post("/console/reports", body | {"intake": "partner"})
    nobody = await house.http.post("/api/v1/console/reports", json=body, headers=key())

    assert (done.status_code, done.json()["state"]) == (201, "done")
    assert [a.status_code for a in (refused, page, unasked, invented, nobody)] == [403, 403, 422, 422, 401]
    assert [e["field"] for e in unasked.json()["errors"]] == ["urls"]


async def test_a_file_that_is_no_picture_is_refused_at_its_field(desk: Desk, office: TestOffice) -> None:
    page = form(await new(desk, office), "/reports/new")
    fields = page.fields | {"intake": "walk_in", "text": "Dengan berkas"}

    answer = await desk.browser.post(page.url, data=fields, files={"image": ("a.jpg", b"<html>", "image/jpeg")})

    assert answer.status_code == 422
    assert "Berkas ini bukan gambar, pesan suara, video MP4, atau PDF." in answer.text
    assert "Dengan berkas" in answer.text


async def test_an_officer_is_asked_what_the_office_wants_to_know_and_what_hangs_on_it(house: House) -> None:
    own = await house.office()
    officer = await house.log_in(await house.officer(own, "verifier"))
    money = Question(id="uang", type="yes_no", text="Diminta mengirim uang?", kind="hoax", required=True)
    where = Question(id="lewat", type="short_text", text="Lewat apa?", kind="hoax", after="uang", answer="yes", order=1)
    for question in (money, where):
        await house.load(own.tenant, DefineQuestion(tenant_id=own.tenant, question=question))

    async def asked() -> bool:
        return "Diminta mengirim uang?" in await new(officer, own)

    await until(asked)
    page = form(await new(officer, own), "/reports/new")
    text = f"Kabar {unheard()} {unheard()}"
    # A browser leaves out what stands in a part that is not asked yet.
    told = {"intake": "walk_in", "text": text, "asked": "uang"}

    unsaid = await page.send(officer.browser, **told)
    more = await page.send(officer.browser, **told, **{f"{FIELD}uang": "yes"})
    again = form(more.text, "/reports/new")
    fields = [*((n, v) for n, v in again.fields.items() if n != "asked"), ("asked", "uang"), ("asked", "lewat")]
    body = urlencode([*fields, (f"{FIELD}lewat", "Pulsa")])
    sent = await officer.browser.post(
        again.url, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    post = await form(await new(officer, own, "?as=post"), "/reports/new").send(
        officer.browser, url="https://x.com/a/status/1"
    )
    row = await case_with(officer, text)
    found = (await officer.get(f"/console/cases/{row['id']}")).json()["reports"]["items"][0]["answers"]

    assert (unsaid.status_code, text in unsaid.text) == (422, True)
    assert (more.status_code, "Ada pertanyaan lagi" in more.text, text in more.text) == (200, True, True)
    assert (sent.status_code, post.status_code) == (303, 303)
    assert [answer["answer"] for answer in found] == ["yes", "Pulsa"]
