"""The public pages as a browser, a crawler or a chat program asks for them."""

import io
import re
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from libs.contracts.reports.reads import KnownCard, VersionView
from services.gateway.archive.card import SIZES, Shape
from tests.unit.gateway.web.site import AT, Reports, a_site, an_answer

PAGE = "/kota-cirebon/clarifications/CRB-2M7Q-0P4C"


@pytest.fixture
def site() -> httpx.AsyncClient:
    return a_site(Reports([an_answer()]))


def meta(html: str) -> dict[str, str]:
    found = re.findall(r"<meta (?:property|name)=\"([^\"]+)\" content=\"([^\"]*)\"", html)
    return dict(found)


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def test_a_chat_program_finds_picture_title_and_claim_with_its_verdict(site: httpx.AsyncClient) -> None:
    found = meta((await site.get(PAGE)).text)

    assert found["og:title"] == "Air PDAM di Harjamukti aman dipakai."
    assert "Air PDAM dicampur" in found["og:description"]
    assert "SALAH" in found["og:description"]
    assert found["og:url"] == f"https://simpul.example{PAGE}"
    assert found["og:image"].startswith(f"https://simpul.example{PAGE}/link.png?v=")
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert "SALAH" in found["og:image:alt"]
    assert found["twitter:card"] == "summary_large_image"


async def test_the_picture_of_a_link_is_a_png_of_the_size_that_the_page_says_and_sets_no_cookie(
    site: httpx.AsyncClient,
) -> None:
    found = await site.get(path_of(meta((await site.get(PAGE)).text)["og:image"]))

    assert found.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(found.content)).size == (1200, 630)
    assert "set-cookie" not in found.headers


@pytest.mark.parametrize("shape", list(Shape))
async def test_a_picture_is_kept_for_ever_under_its_own_tag_and_briefly_without(
    site: httpx.AsyncClient, shape: Shape
) -> None:
    tag = re.search(r"link\.png\?v=(\w+)", (await site.get(PAGE)).text)
    assert tag is not None

    tagged = await site.get(f"{PAGE}/{shape}.png?v={tag[1]}")

    assert "immutable" in tagged.headers["cache-control"]
    assert "immutable" not in (await site.get(f"{PAGE}/{shape}.png")).headers["cache-control"]
    assert "immutable" not in (await site.get(f"{PAGE}/{shape}.png?v=of-another-version")).headers["cache-control"]
    assert Image.open(io.BytesIO(tagged.content)).size == SIZES[shape]


async def test_who_has_the_picture_is_not_sent_it_again(site: httpx.AsyncClient) -> None:
    first = await site.get(f"{PAGE}/card.png")

    again = await site.get(f"{PAGE}/card.png", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_a_correction_gives_the_picture_another_address() -> None:
    second = VersionView(version=2, verdict="false", fact="Air", at=AT, change_note="Jamnya")
    corrected = a_site(Reports([an_answer(version=2, versions=(*an_answer().versions, second))]))

    before = meta((await a_site(Reports([an_answer()])).get(PAGE)).text)["og:image"]

    assert meta((await corrected.get(PAGE)).text)["og:image"] != before


@pytest.mark.parametrize("state", ["paused", "retracted"])
async def test_no_picture_goes_out_of_an_answer_that_may_not_be_passed_on(state: str) -> None:
    site = a_site(Reports([an_answer(state=state, retraction="Sumbernya ditarik.")]))

    assert (await site.get(f"{PAGE}/card.png")).status_code == 404
    assert "og:image" not in (await site.get(PAGE)).text


async def test_the_card_that_was_an_svg_leads_to_the_png(site: httpx.AsyncClient) -> None:
    found = await site.get(f"{PAGE}/card.svg")

    assert (found.status_code, found.headers["location"]) == (308, f"{PAGE}/card.png")


async def test_the_page_offers_the_card_as_png(site: httpx.AsyncClient) -> None:
    html = (await site.get(PAGE)).text

    assert re.search(r'<a href="[^"]*/card\.png\?v=\w+" download>', html)
    assert ".svg?" not in html


async def test_an_answer_has_one_address(site: httpx.AsyncClient) -> None:
    found = await site.get(PAGE.lower())

    assert found.headers["location"] == PAGE


@pytest.mark.parametrize("lang", ["id", "en"])
async def test_a_page_says_where_it_stands_in_both_languages(site: httpx.AsyncClient, lang: str) -> None:
    html = (await site.get(f"{PAGE}?lang={lang}")).text

    links = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html))
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)

    assert links == {"id": f"https://simpul.example{PAGE}", "en": f"https://simpul.example{PAGE}?lang=en"} | {
        "x-default": f"https://simpul.example{PAGE}"
    }
    assert canonical is not None
    assert canonical[1] == links[lang]


async def test_what_somebody_searched_for_is_no_page_of_a_search_engine(site: httpx.AsyncClient) -> None:
    assert "noindex" in (await site.get("/kota-cirebon/clarifications?q=air")).text
    assert "noindex" not in (await site.get("/kota-cirebon/clarifications")).text


THEIRS = KnownCard(
    id="5f0c1f6e-6f0b-5c55-9d0a-5b1f3f0a8d11",
    publisher="Redaksi <b>Periksa</b>",
    url="https://periksa.contoh.example/1",
    claim="Kirim biaya admin supaya masuk daftar",
    label="EMPAT PINOKIO",
)


async def test_an_answer_of_another_publisher_names_them_and_is_not_for_search_engines() -> None:
    site = a_site(Reports(others=[THEIRS]))

    page = (await site.get(f"/kota-cirebon/known/{THEIRS.id}")).text

    assert "Redaksi &lt;b&gt;Periksa&lt;/b&gt;" in page
    assert 'href="https://periksa.contoh.example/1" rel="noopener nofollow"' in page
    assert "“EMPAT PINOKIO”" in page
    assert "application/ld+json" not in page
    assert "noindex" in page


async def test_the_archive_shows_what_others_have_answered_in_a_part_of_its_own() -> None:
    site = a_site(Reports(others=[THEIRS]))

    page = (await site.get("/kota-cirebon/clarifications?q=admin")).text

    assert "Dari penerbit lain" in page
    assert 'href="/kota-cirebon/known?q=admin"' in page


async def test_the_archive_of_an_office_without_others_says_nothing_of_them() -> None:
    assert "Dari penerbit lain" not in (await a_site(Reports()).get("/kota-cirebon/clarifications?q=admin")).text
