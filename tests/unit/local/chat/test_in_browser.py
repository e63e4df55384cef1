"""The chat as it is on a phone's screen: without scripts, and nothing that is being typed is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from deploy.local.chat.phone import Phone
from deploy.local.chat.views import REFRESH_SECONDS
from tests.unit.local.chat.site import OFFICE, Site

CHROMIUM = Path("/usr/bin/chromium")
AXE = (Path(__file__).parents[3] / "vendor/axe-core/axe.min.js").read_text()
VIOLATIONS = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v => v.id)"

OF_A_FRAME = {"page-has-heading-one"}
"""The heading of the messages is around their frame."""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def address(site: Site, phone: Phone) -> str:
    return f"{site.provider.url}/chat/{OFFICE}/{phone.channel}/{phone.number}"


def test_what_is_being_typed_stays_while_answers_come_in(site: Site, browser: Browser, budi: Phone) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    budi.say("halo")
    page.goto(address(site, budi))
    page.fill("textarea", "Apakah")
    site.text(budi.number, "Silakan tulis laporan Anda.")

    talk = page.frame_locator("iframe")
    talk.get_by_text("Silakan tulis laporan Anda.").wait_for(timeout=5000 + 1000 * REFRESH_SECONDS)

    assert page.input_value("textarea") == "Apakah"
    page.get_by_role("button", name="Kirim").click()
    talk.get_by_text("Apakah").wait_for()
    assert budi.messages()[-1].text == "Apakah"


def test_a_button_of_the_office_is_pressed(site: Site, browser: Browser, siti: Phone) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    siti.say("/start")
    markup = {"keyboard": [["Kirim", "Batal"]]}
    site.call("sendMessage", chat_id=siti.telegram_id, text="Kirim laporan?", reply_markup=markup)
    page.goto(address(site, siti))

    page.frame_locator("iframe").get_by_role("button", name="Batal").click()
    page.frame_locator("iframe").get_by_role("listitem").nth(2).wait_for()

    assert siti.messages()[-1].text == "Batal"


def standing_still(route: Route) -> None:
    """The page without its renewal, which would end what is asked of it."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', ""))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/faults-page", "", "messages"])
def test_every_page_fits_and_can_be_read_by_all(
    site: Site, browser: Browser, budi: Phone, width: int, path: str
) -> None:
    budi.say("https://contoh.example/" + "panjang-sekali-" * 12)
    site.text(budi.number, "Baik.")
    page = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True).new_page()
    page.route("**/messages*", standing_still)
    page.goto(site.provider.url + path if path.startswith("/") else f"{address(site, budi)}/{path}".rstrip("/"))

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE)
    assert set(page.evaluate(VIOLATIONS)) == (OF_A_FRAME if path == "messages" else set())
