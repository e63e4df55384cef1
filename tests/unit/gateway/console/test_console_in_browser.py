"""The officers' and partners' pages in a real browser: accessible, in one column at 320 px, whole without scripts."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.unit.gateway.console import fixtures, preview

CHROMIUM = Path("/usr/bin/chromium")
AXE = (Path(__file__).parents[3] / "vendor/axe-core/axe.min.js").read_text()
PHONE, DESKTOP = 360, 1280

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")

RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(", "));
}"""
ONE_OF_EACH = tuple({template: name for name, (template, _) in reversed(list(fixtures.PAGES.items()))}.values())
"""Every template once; all its states are looked at in Indonesian on a phone."""


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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser, DESKTOP) as context:
        yield context.new_page()


@pytest.mark.parametrize(
    ("lang", "width", "names"),
    [
        ("id", PHONE, tuple(fixtures.PAGES)),
        ("id", DESKTOP, ONE_OF_EACH),
        ("en", PHONE, ONE_OF_EACH),
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


def test_no_page_is_wider_than_its_window(browser: Browser, address: str) -> None:
    wide = []
    with opened(browser, 320) as context:
        page = context.new_page()
        for name in fixtures.PAGES:
            page.goto(f"{address}/id/{name}")
            for width in (320, 800, DESKTOP):
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append((name, width))

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


def test_no_page_troubles_its_policy_or_its_script(browser: Browser, address: str) -> None:
    troubles: list[str] = []
    with opened(browser, DESKTOP) as context:
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        for name in ONE_OF_EACH:
            page.goto(f"{address}/id/{name}")

    assert troubles == []


def test_j_and_k_move_through_the_queue_and_enter_opens(page: Page, address: str) -> None:
    page.goto(f"{address}/id/queue")
    page.route("**/console/cases/**", lambda route: route.fulfill(body="opened", content_type="text/plain"))

    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("tr.is-sel")).to_have_id("case-k2")

    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases/k2")


def test_letters_typed_into_a_field_do_not_move_the_queue(page: Page, address: str) -> None:
    page.goto(f"{address}/id/queue")

    page.keyboard.press("/")
    page.keyboard.type("jk")

    expect(page.locator("#q")).to_have_value("jk")
    expect(page.locator("tr.is-sel")).to_have_count(0)


def test_a_live_queue_takes_in_what_is_new_and_keeps_the_selected_row(page: Page, address: str) -> None:
    grown = (
        preview.html("queue-live")
        .replace("14 kasus menunggu", "15 kasus menunggu")
        .replace("<tbody>\n", "<tbody>\n<!---->")
    )
    grown = grown.replace("137</b>", "141</b>")
    release = threading.Event()

    def stream(route: Route) -> None:
        route.fulfill(
            body="retry: 60000\n\ndata: queue\n\n" if release.is_set() else "retry: 200\n\n",
            content_type="text/event-stream",
        )

    page.route("**/console/events", stream)
    page.goto(f"{address}/id/queue-live")
    page.keyboard.press("j")
    page.route("**/id/queue-live", lambda route: route.fulfill(body=grown, content_type="text/html"))
    release.set()

    expect(page.locator("h1")).to_contain_text("15 kasus menunggu")
    expect(page.locator("#case-k1")).to_contain_text("141")
    expect(page.locator("tr.is-sel")).to_have_id("case-k1")


def test_a_cut_stream_is_told_in_the_page(page: Page, address: str) -> None:
    page.route("**/console/events", lambda route: route.abort())

    page.goto(f"{address}/id/queue-live")

    expect(page.locator("[data-cut]")).to_be_visible()
    expect(page.locator("[data-cut]")).to_contain_text("Data per 09.14 WIB")


def test_the_message_is_copied_as_it_stands(browser: Browser, address: str) -> None:
    with opened(browser, PHONE) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{address}/id/assignment")

        page.get_by_role("button", name="Salin pesan").click()

        expect(page.get_by_role("button", name="Tersalin")).to_be_visible()
        kit = fixtures.assignment().kit
        assert kit is not None
        assert page.evaluate("navigator.clipboard.readText()") == kit.message


def test_without_scripts_a_partner_is_ready_with_one_press(browser: Browser, address: str) -> None:
    with opened(browser, PHONE, scripts=False) as context:
        page = context.new_page()
        page.route("**/accept", lambda route: route.fulfill(body="ok", content_type="text/plain"))
        page.goto(f"{address}/id/assignment")

        with page.expect_request("**/accept") as sent:
            page.get_by_role("button", name="Siap", exact=True).click()

    accept = fixtures.assignment().accept
    assert accept is not None
    assert f"key={accept.key}" in (sent.value.post_data or "")


def test_without_scripts_declining_asks_for_the_reason_on_the_same_page(browser: Browser, address: str) -> None:
    with opened(browser, PHONE, scripts=False) as context:
        page = context.new_page()
        page.route("**/decline", lambda route: route.fulfill(body="ok", content_type="text/plain"))
        page.goto(f"{address}/id/assignment")
        expect(page.get_by_text("Sedang tidak sempat")).to_be_hidden()

        page.get_by_role("link", name="Tidak bisa").click()
        page.get_by_text("Sedang tidak sempat").click()
        with page.expect_request("**/decline") as sent:
            page.get_by_role("button", name="Kirim: Tidak bisa").click()

    assert "reason=no_time" in (sent.value.post_data or "")


def test_without_scripts_a_draft_is_sent_for_review_with_all_its_fields(browser: Browser, address: str) -> None:
    with opened(browser, DESKTOP, scripts=False) as context:
        page = context.new_page()
        page.route("**/submit", lambda route: route.fulfill(body="ok", content_type="text/plain"))
        page.goto(f"{address}/id/case")

        with page.expect_request("**/submit") as sent:
            page.get_by_role("button", name="Ajukan ke penyetuju").click()

    body = sent.value.post_data or ""
    assert all(f"{name}=" in body for name in ("key", "csrf", "version", "claim", "fact", "explanation"))
    assert "verdict=false" in body
    assert "about_own_tenant=yes" in body
