"""The public pages in a real browser: accessible, in one column at 320 px, whole without scripts, better with them."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.unit.gateway.web import fixtures, preview

CHROMIUM = Path("/usr/bin/chromium")
AXE = (Path(__file__).parents[3] / "vendor/axe-core/axe.min.js").read_text()
PHONE, DESKTOP = 360, 1280

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")

RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(", "));
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = preview.serve(0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def opened(browser: Browser, width: int, *, scripts: bool = True) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)


ONE_OF_EACH = tuple({template: name for name, (template, _) in reversed(fixtures.PAGES.items())}.values())
"""Every template once; all its states are looked at in Indonesian on a phone."""


@pytest.mark.parametrize(
    ("lang", "width", "names"),
    [
        ("id", PHONE, tuple(fixtures.PAGES)),
        ("en", PHONE, ONE_OF_EACH),
        ("id", DESKTOP, ONE_OF_EACH),
        ("en", DESKTOP, ONE_OF_EACH),
    ],
)
def test_axe_finds_nothing_on_any_page(
    browser: Browser, address: str, lang: str, width: int, names: tuple[str, ...]
) -> None:
    found: dict[str, list[str]] = {}
    with opened(browser, width) as context:
        page = context.new_page()
        for name in names:
            page.goto(f"{address}/{lang}/{name}")
            page.evaluate(AXE)
            if violations := page.evaluate(RUN_AXE):
                found[name] = violations

    assert found == {}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_page_is_wider_than_a_phone_of_320_pixels(browser: Browser, address: str, lang: str) -> None:
    wide = []
    with opened(browser, 320) as context:
        page = context.new_page()
        for name in fixtures.PAGES:
            page.goto(f"{address}/{lang}/{name}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)

    assert wide == []


def test_a_link_of_300_letters_widens_no_page(browser: Browser, address: str) -> None:
    wide = {}
    with opened(browser, 320) as context:
        page = context.new_page()
        for name in fixtures.PAGES:
            page.goto(f"{address}/id/{name}?long=1")
            for width in (320, PHONE, DESKTOP):
                page.set_viewport_size({"width": width, "height": 800})
                if (seen := page.evaluate("document.scrollingElement.scrollWidth")) > width:
                    wide[name, width] = seen

    assert wide == {}


def test_the_filters_of_the_archive_stand_in_one_row_on_a_phone_and_can_be_reached(
    browser: Browser, address: str
) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/clarifications")
        chips = page.locator(".filters a")

        tops = {round(box["y"]) for n in range(chips.count()) if (box := chips.nth(n).bounding_box())}
        chips.last.focus()
        last = chips.last.bounding_box()

        assert len(tops) == 1
        assert last is not None
        assert last["x"] + last["width"] <= PHONE


def test_no_page_breaks_its_own_security_policy(browser: Browser, address: str) -> None:
    broken = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            broken.append(f"{message.page and message.page.url}: {message.text}")

    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: broken.append(str(error)))
        for name in fixtures.PAGES:
            page.goto(f"{address}/id/{name}")

    assert broken == []


def test_without_scripts_every_step_can_be_sent_and_nothing_is_offered_that_needs_one(
    browser: Browser, address: str
) -> None:
    with opened(browser, PHONE, scripts=False) as context:
        page = context.new_page()
        for name, button in (("report", "Lanjut"), ("check", "Bukan ini"), ("origin", "Lanjut"), ("contact", "Kirim")):
            page.goto(f"{address}/id/{name}")
            assert page.get_by_role("button", name=button).is_visible()

        page.goto(f"{address}/id/ticket-first")
        assert page.locator("#kode").is_visible()
        assert not page.get_by_text("Salin kode").is_visible()


def test_the_first_key_press_offers_the_way_past_the_navigation(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/home")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "isi"


def test_a_report_sent_without_a_connection_stays_on_the_phone_and_comes_back(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/report")
        context.set_offline(True)
        page.fill("#text", "Air PDAM dicampur zat pembersih pipa")
        page.get_by_role("button", name="Lanjut").click()

        assert page.get_by_text("Draf ada di ponsel ini").is_visible()

        context.set_offline(False)
        page.goto(f"{address}/id/report")
        assert page.input_value("#text") == "Air PDAM dicampur zat pembersih pipa"

        page.goto(f"{address}/id/ticket-first")
        assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_is_typed_with_a_connection_is_not_left_on_the_phone(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/report")
        page.fill("#text", "Rahasia")

        assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_large_picture_is_made_smaller_before_it_is_sent(browser: Browser, address: str) -> None:
    picture = BytesIO()
    Image.effect_noise((2800, 700), 80).save(picture, "JPEG", quality=95)
    file = "document.querySelector('#image').files[0]"
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/report")
        page.set_input_files("#image", {"name": "layar.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
        while (size := page.evaluate(f"{file}.size")) == len(picture.getvalue()):
            page.wait_for_timeout(50)

        width = page.evaluate(f"createImageBitmap({file}).then((bitmap) => bitmap.width)")

    assert width == 2400
    assert size < len(picture.getvalue())


def test_a_file_that_is_no_picture_goes_up_as_it_is(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/report")
        page.set_input_files("#image", {"name": "palsu.png", "mimeType": "image/png", "buffer": b"<html>"})
        page.wait_for_timeout(200)

        assert page.evaluate("document.querySelector('#image').files[0].size") == len(b"<html>")


def test_the_code_can_be_copied_with_one_press(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{address}/id/ticket-first")

        page.get_by_role("button", name="Salin kode").click()

        page.get_by_text("Kode sudah disalin").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "7KQ2 M9XD 4HTB R6WC"


def open_ticket_with_a_stream(page: Page, address: str) -> None:
    """The stream says one thing at once; the page that the script then asks for is the answered one."""
    answered = preview.html("ticket-answered")
    page.route(
        "**/ticket-checking",
        lambda route: (
            route.fulfill(body=answered, content_type="text/html")
            if route.request.resource_type == "xhr"
            else route.continue_()
        ),
    )
    page.route(
        "**/tickets/events",
        lambda route: route.fulfill(body="data: changed\n\n", headers={"Content-Type": "text/event-stream"}),
    )
    page.goto(f"{address}/id/ticket-checking")
    page.fill("#pesan", "sedang saya ketik")


def test_an_open_ticket_follows_its_stream_and_keeps_what_is_being_typed(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        open_ticket_with_a_stream(page, address)

        page.get_by_role("heading", name="Laporan Anda sudah dijawab").wait_for(timeout=10_000)

        assert page.input_value("#pesan") == "sedang saya ketik"


def test_a_contact_is_asked_for_only_when_it_was_chosen(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        page = context.new_page()
        page.goto(f"{address}/id/contact")
        assert not page.locator("#email").is_visible()
        assert not page.locator("#consent").is_visible()

        page.check("#channel-email")

        assert page.locator("#email").is_visible()
        assert page.locator("#consent").is_visible()
        assert not page.locator("#phone").is_visible()
