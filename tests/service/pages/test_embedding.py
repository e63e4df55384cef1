"""The report form in a frame on another site: no cookies, and only where the office allows it."""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright

from deploy.local.stack import Stack
from services.gateway.access.seats import Seats
from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.service.pages.reading import Form, form
from tests.service.pages.test_known import put_in_archive
from tests.service.pages.test_partner import publish
from tests.unheard import unheard

CHROMIUM = Path("/usr/bin/chromium")
OWN_CLAIM = "Mulai bulan depan pedagang sayur Pasar Kanoman wajib membayar retribusi tiga ratus ribu rupiah per lapak"
OTHERS_CLAIM = "Menara telekomunikasi di Gunung Ciremai memancarkan sinyal yang membuat ayam berhenti bertelur"
SEEN_CLAIMS = iter(
    (
        "Minum air kelapa hijau setiap subuh menyembuhkan katarak tanpa operasi kata dokter mata",
        "Tarif kereta api lokal digratiskan selama Ramadan bagi penumpang yang membawa kartu keluarga",
    )
)
LINE = '<!DOCTYPE html><meta charset="utf-8"><title>Portal</title><p>Portal kota</p>{line}<p id="after">Sesudahnya</p>'


class Site:
    """A page of another origin: another port of this machine."""

    def __init__(self) -> None:
        site = self
        self.html = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.html.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Room:
    house: House
    office: TestOffice
    admin: Desk
    allowed: Site
    other: Site


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[Site, Site]]:
    both = Site(), Site()
    yield both
    for site in both:
        site.close()


async def said(office: TestOffice, admin: Desk, hosts: str) -> httpx.Response:
    page = await admin.browser.get(f"/{office.slug}/console/embed")
    assert page.status_code == 200, page.text
    return await form(page.text, "/console/embed").send(admin.browser, hosts=hosts)


@pytest.fixture(scope="module")
async def room(house: House, sites: tuple[Site, Site]) -> Room:
    office = await house.office()
    admin = await house.log_in(await house.officer(office, "verifier", "tenant_admin"))
    answer = await said(office, admin, f"https://Portal.Kota.go.id/\n\n{sites[0].host}\n")
    assert answer.status_code == 303, answer.text

    async def known() -> bool:
        return bool((await admin.get("/console/embed")).json())

    await until(known)
    return Room(house, office, admin, *sites)


def framers(answer: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["content-security-policy"])
    assert found
    return found[1]


def step(answer: httpx.Response, end: str) -> Form:
    return form(answer.text, f"{end}?lang=id")


async def to_contact(browser: httpx.AsyncClient, office: TestOffice, text: str) -> list[httpx.Response]:
    one = await browser.get(f"/{office.slug}/embed")
    two = await step(one, "/embed/hoax").send(browser, text=text)
    three = await step(two, "/contact").send(browser, seen_on="whatsapp", doubt="Tanggalnya janggal.")
    return [one, two, three]


async def test_a_report_is_sent_without_any_cookie_and_its_number_and_code_open_it(room: Room) -> None:
    text = f"Beredar kabar {unheard()} {unheard()}"
    async with room.house.browser() as browser:
        pages = await to_contact(browser, room.office, text)
        sent = await step(pages[2], "/send").send(browser, channel="code")
        twice = await step(pages[2], "/send").send(browser, channel="code")
        number = re.search(r'id="nomor">([^<]*)<', sent.text)
        groups = re.findall(r'class="nowrap">([^<]*)<', sent.text)
        assert number, sent.text
    found: list[tuple[str, str]] = []

    async def arrived() -> bool:
        for row in (await room.admin.get("/console/cases")).json()["items"]:
            reports = (await room.admin.get(f"/console/cases/{row['id']}")).json()["reports"]["items"]
            found[:] = [(r["intake"], r["doubt"]) for r in reports if text in r["text"]] or found
        return bool(found)

    await until(arrived)
    async with room.house.browser() as another:
        shown = {"code": "".join(groups)}
        opened = await another.post(f"/api/v1/{room.office.slug}/tickets/{number[1].strip()}", json=shown)
    assert [a.status_code for a in (*pages, sent, twice)] == [200] * 5
    assert not any("set-cookie" in a.headers for a in (*pages, sent))
    assert number[1] in twice.text
    assert opened.status_code == 200, opened.text
    assert found == [("embed", "Tanggalnya janggal.")]
    assert 'target="_blank" rel="noopener"' in sent.text
    assert "content-encoding" not in sent.headers


async def test_what_was_typed_comes_back_with_its_errors_and_on_the_way_back(room: Room) -> None:
    async with room.house.browser() as browser:
        *_, three = await to_contact(browser, room.office, "Kabar yang ditulis.")
        wrong = await step(three, "/send").send(browser, channel="email", email="bukan surel", consent="1")
        second = await step(three, "/send").send(browser, back="1", channel="email", email="warga@contoh.example")
        third = await step(second, "/contact").send(browser)
        empty = await step(await browser.get(f"/{room.office.slug}/embed"), "/embed/hoax").send(browser, text=" ")

    assert (wrong.status_code, 'value="bukan surel"' in wrong.text) == (422, True)
    assert step(second, "/contact").fields["doubt"] == "Tanggalnya janggal."
    assert step(third, "/send").fields["email"] == "warga@contoh.example"
    assert (empty.status_code, "Isi salah satu" in empty.text) == (422, True)


async def test_a_form_of_another_office_or_of_no_page_is_shown_once_more_and_not_carried_out(
    room: Room, office: TestOffice
) -> None:
    async with room.house.browser() as browser:
        foreign = step(await browser.get(f"/{office.slug}/embed"), "/embed/hoax").fields["csrf"]
        page = step(await browser.get(f"/{room.office.slug}/embed"), "/embed/hoax")
        for token in (foreign, "", Seats(b"x" * 32).token(room.office.tenant)):
            answer = await page.send(browser, text="Kabar saya", csrf=token)
            assert (answer.status_code, "Kabar saya" in answer.text) == (403, True)
            assert (await step(answer, "/embed/hoax").send(browser)).status_code == 200
        usual = await browser.get(f"/{room.office.slug}/report/hoax", follow_redirects=True)
        seated = await form(usual.text, "/report/hoax").send(browser, text="x", csrf=page.fields["csrf"])
    assert seated.status_code == 403


async def offered(browser: httpx.AsyncClient, office: TestOffice, text: str) -> httpx.Response:
    """The frame's check step, once it offers an answer."""
    found: list[httpx.Response] = []

    async def there() -> bool:
        one = await browser.get(f"/{office.slug}/embed?lang=en")
        found[:] = [await form(one.text, "/embed/hoax?lang=en").send(browser, text=text)]
        return "/demand" in found[0].text

    await until(there)
    return found[0]


@pytest.mark.parametrize("whose", ["own", "of another publisher"])
async def test_whoever_says_that_an_offered_answer_is_the_one_is_counted_once_and_reads_it_in_full(
    room: Room, stack: Stack, office: TestOffice, whose: str, tmp_path: Path
) -> None:
    own = whose == "own"
    claim = OWN_CLAIM if own else OTHERS_CLAIM
    if own:
        await publish(room.house, room.office, "Retribusi itu tidak ada.", claim=claim)
    else:
        await put_in_archive(room.house, stack, room.office, claim, tmp_path)
    async with room.house.browser() as browser:
        check = await offered(browser, room.office, claim)
        yes = form(check.text, "/demand?lang=en")
        foreign = form((await browser.get(f"/{office.slug}/embed")).text, "/embed/hoax?lang=id").fields["csrf"]
        path = yes.url.partition("?")[0].replace("/embed/", "/").removesuffix("/demand")

        async def demand() -> int:
            return int((await browser.get(f"/api/v1{path}")).json()["demand"])

        before = await demand()
        refused = await yes.send(browser, csrf=foreign)
        answers = [await yes.send(browser), await yes.send(browser)]

        async def counted() -> bool:
            return await demand() > before

        await until(counted)
        await (form((await offered(browser, room.office, claim)).text, "/demand?lang=en")).send(browser)

        async def counted_again() -> bool:
            return await demand() == before + 2

        await until(counted_again)
        read = await browser.get(answers[0].headers["location"])
    assert re.search(r'<form[^>]*action="[^"]*/embed/[^"]*/demand\?lang=en"[^>]*target="_blank"', check.text)
    assert refused.status_code == 403
    assert [(a.status_code, "set-cookie" in a.headers) for a in answers] == [(303, False)] * 2
    assert (read.status_code, "you have been counted" in read.text) == (200, True)
    assert framers(read) == "'none'"


async def test_only_the_form_may_be_framed_and_only_by_whom_the_office_allows(room: Room, office: TestOffice) -> None:
    own, none = f"/{room.office.slug}", f"/{office.slug}"
    async with room.house.browser() as browser:
        browser.follow_redirects = True
        framed = [await browser.get(f"{own}/embed"), await browser.get(f"{own}/embed?kind=complaint&lang=en")]
        framed.append(await step(framed[0], "/embed/hoax").send(browser, text="Sebuah kabar"))
        paths = (own, f"{own}/report/hoax", f"{own}/tickets", f"{own}/login", f"{own}/embedded", f"{none}/embed",
                 f"{none}/embed/hoax/send", f"{own}/console/embed", f"{own}/privacy")  # fmt: skip
        others = [await browser.get(path) for path in paths]
        unknown = await browser.get(f"{own}/embed?kind=rumour")
        script = await browser.get(f"{own}/embed.js")

    for answer in framed:
        assert framers(answer) == f"https://portal.kota.go.id http://{room.allowed.host}"
        assert "x-frame-options" not in answer.headers
    for answer in others:
        assert (framers(answer), answer.headers["x-frame-options"]) == ("'none'", "DENY"), answer.url
    assert unknown.status_code == 422
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")


async def test_hosts_that_cannot_be_come_back_beside_their_field(room: Room) -> None:
    for typed in ("*.go.id", "kota.go.id/halaman", "localhost"):
        answer = await said(room.office, room.admin, f"portal.kota.go.id\n{typed}")
        assert (answer.status_code, "bukan nama situs umum" in answer.text, typed in answer.text) == (422, True, True)
    many = await said(room.office, room.admin, "\n".join(f"a{n}.kota.go.id" for n in range(21)))
    assert (many.status_code, "Paling banyak 20 situs." in many.text) == (422, True)
    page = await room.admin.browser.get(f"/{room.office.slug}/console/embed")
    assert f"/{room.office.slug}/embed.js&#34; async&gt;&lt;/script&gt;" in page.text


@asynccontextmanager
async def chromium(width: int, *, scripts: bool = True) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="id-ID"
        )
        yield await context.new_page()
        await browser.close()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")
@pytest.mark.parametrize("width", [360, 1280])
async def test_one_line_of_script_puts_the_form_in_an_allowed_page_and_gives_it_its_height(
    room: Room, width: int, tmp_path: Path
) -> None:
    address = f"{room.house.stack.public_url}/{room.office.slug}/embed"
    room.allowed.html = LINE.format(line=f'<script src="{address}.js" async></script>')
    async with chromium(width) as page:
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        await page.goto(f"http://{room.allowed.host}/")
        frame = page.frame_locator("iframe")
        await frame.locator("#text").fill(f"Beredar kabar {unheard()}")
        await page.wait_for_function("document.querySelector('iframe').style.height !== '900px'")
        await page.screenshot(path=tmp_path / "first.png", full_page=True)
        inner = page.frames[1]
        fits = await inner.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1")
        await frame.locator("button.btn").first.click()
        await frame.locator("form[action*='/contact']").wait_for()
        await frame.locator("form[action*='/contact'] button.btn").first.click()
        await frame.locator("#channel-code").check()
        await page.screenshot(path=tmp_path / "third.png", full_page=True)
        await frame.locator("form[action*='/send'] button.btn").first.click()
        number = await frame.locator("#nomor").inner_text()
        await page.wait_for_timeout(300)
        await page.screenshot(path=tmp_path / "sent.png", full_page=True)
        cookies = await page.context.cookies()
    assert fits
    assert number.strip()
    assert (cookies, refused) == ([], [])


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_answer_that_is_the_one_opens_beside_the_frame_and_the_report_can_go_on_there(
    room: Room, stack: Stack, width: int, tmp_path: Path
) -> None:
    claim = next(SEEN_CLAIMS)
    await put_in_archive(room.house, stack, room.office, claim, tmp_path)
    address = f"{room.house.stack.public_url}/{room.office.slug}/embed"
    room.allowed.html = LINE.format(line=f'<script src="{address}.js" async></script>')
    async with chromium(width) as page:
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        await page.goto(f"http://{room.allowed.host}/")
        frame = page.frame_locator("iframe")
        await frame.locator("#text").fill(claim)
        await frame.locator("button.btn").first.click()
        await frame.locator("form[action*='/demand']").first.wait_for()
        await page.wait_for_timeout(300)
        await page.screenshot(path=tmp_path / "check.png", full_page=True)
        async with page.context.expect_page() as opened:
            await frame.locator("form[action*='/demand'] button").first.click()
        answer = await opened.value
        thanks = await answer.locator("[role=status]").inner_text()
        await answer.screenshot(path=tmp_path / "answer.png", full_page=True)
        await frame.locator("form[action*='/origin'] button.btn--2").click()
        await frame.locator("form[action*='/contact']").wait_for()
    assert "Anda sudah dihitung" in thanks
    assert refused == []


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")
async def test_a_page_that_is_not_allowed_shows_no_form_and_a_frame_alone_needs_no_script(room: Room) -> None:
    address = f"{room.house.stack.public_url}/{room.office.slug}/embed"
    bare = f'<iframe src="{address}" title="Formulir laporan" width="100%" height="1100"></iframe>'
    room.allowed.html = room.other.html = LINE.format(line=bare)
    async with chromium(1280, scripts=False) as page:
        await page.goto(f"http://{room.other.host}/")
        await page.wait_for_timeout(500)
        shown_there = await page.frame_locator("iframe").locator("#text").count()
        await page.goto(f"http://{room.allowed.host}/")
        await page.frame_locator("iframe").locator("#text").wait_for()
    assert shown_there == 0
