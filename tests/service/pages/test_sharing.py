"""What is shared from another app becomes a draft, and nothing more."""

import io
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.reading import form
from tests.unit.kit.recordings import a_voice_note, needs_ffmpeg


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as fresh:
        yield fresh


def a_picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(written, "PNG")
    return written.getvalue()


async def share(
    browser: httpx.AsyncClient, office: TestOffice, data: dict[str, str], picture: bytes = b"", site: str = "none"
) -> httpx.Response:
    """As an installed page's browser does: a form of several parts, from no page at all."""
    parts: list[tuple[str, tuple[str | None, bytes | str, str]]] = [
        (name, (None, text, "text/plain")) for name, text in data.items()
    ]
    parts.append(("image", ("a.png" if picture else "", picture, "image/png")))
    return await browser.post(f"/{office.slug}/share", files=parts, headers={"Sec-Fetch-Site": site})


async def test_a_shared_link_fills_the_first_step_of_a_browser_without_cookies_and_is_sent_by_a_person_alone(
    house: House, office: TestOffice, browser: httpx.AsyncClient
) -> None:
    address = f"https://contoh.example/{uuid4().hex}"
    officer = await house.log_in(await house.officer(office, "verifier"))

    answer = await share(browser, office, {"title": "Kabar", "text": f"Benarkah? {address}", "url": address})
    first = await browser.get(answer.headers["location"])
    step = form(first.text, "/report/hoax")
    origin = await browser.get((await step.send(browser)).headers["location"], follow_redirects=True)
    contact = await browser.get((await form(origin.text, "/contact").send(browser)).headers["location"])
    sent = await form(contact.text, "/send").send(browser, channel="code")
    found: list[str] = []

    async def arrived() -> bool:
        rows = (await officer.get("/console/cases")).json()["items"]
        for row in rows:
            reports = (await officer.get(f"/console/cases/{row['id']}")).json()["reports"]["items"]
            found[:] = [r["intake"] for r in reports if address in r["text"]] or found
        return bool(found)

    assert answer.status_code == 303
    assert f"/{office.slug}/report/hoax?draft=" in answer.headers["location"]
    assert step.fields["text"] == f"Kabar\nBenarkah? {address}"
    assert f"/{office.slug}/tickets/" in sent.headers["location"]
    await until(arrived)
    assert found == ["share"]


async def test_a_shared_picture_is_kept_and_named_in_the_form(office: TestOffice, browser: httpx.AsyncClient) -> None:
    answer = await share(browser, office, {}, a_picture())
    first = await browser.get(answer.headers["location"])

    assert answer.status_code == 303
    assert 'name="upload"' in first.text


async def test_rubbish_leads_to_the_form_with_a_word_about_it(office: TestOffice, browser: httpx.AsyncClient) -> None:
    broken = {"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "none"}
    answers = [
        await share(browser, office, {}),
        await share(browser, office, {"text": "\u200b \u3164"}),
        await browser.post(f"/{office.slug}/share", content=b"--x\r\nrubbish", headers=broken),
    ]
    pages = [await browser.get(a.headers["location"]) for a in answers]
    no_picture = await share(browser, office, {"text": "Kabar dengan berkas"}, b"<html>")
    named = await browser.get(no_picture.headers["location"])

    assert [a.status_code for a in (*answers, no_picture)] == [303] * 4
    assert all("Yang dibagikan tidak bisa dibaca." in page.text for page in pages)
    assert "Berkas ini bukan gambar, pesan suara, video MP4, atau PDF." in named.text
    assert "Kabar dengan berkas" in named.text


async def test_a_page_of_another_site_shares_nothing_and_changes_no_cookie(
    office: TestOffice, browser: httpx.AsyncClient
) -> None:
    answers = [await share(browser, office, {"text": "x"}, site=site) for site in ("cross-site", "same-site")]

    assert [a.headers["location"] for a in answers] == [f"/{office.slug}/report/hoax"] * 2
    assert [a.headers.get("set-cookie") for a in answers] == [None, None]


async def test_the_manifest_says_where_to_share(office: TestOffice, browser: httpx.AsyncClient) -> None:
    manifest = (await browser.get(f"/{office.slug}/manifest.webmanifest")).json()
    target = manifest["share_target"]
    params = target["params"]

    assert (manifest["display"], manifest["start_url"]) == ("standalone", f"/{office.slug}")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    assert target["action"].startswith(manifest["scope"])
    assert (target["method"], target["enctype"]) == ("POST", "multipart/form-data")
    assert (params["title"], params["text"], params["url"], params["files"][0]["name"]) == (
        "title", "text", "url", "image",
    )  # fmt: skip


@needs_ffmpeg
async def test_a_shared_voice_note_is_kept_and_named_in_the_form(
    office: TestOffice, browser: httpx.AsyncClient
) -> None:
    manifest = (await browser.get(f"/{office.slug}/manifest.webmanifest")).json()
    answer = await share(browser, office, {"text": "Benarkah suara ini?"}, a_voice_note())
    first = await browser.get(answer.headers["location"])

    page = await browser.get(f"/{office.slug}/report/hoax", follow_redirects=True)

    taken = re.search(r'accept="([^"]+)"', page.text)
    assert taken is not None
    assert manifest["share_target"]["params"]["files"][0]["accept"] == taken[1].split(",")
    assert 'name="upload"' in first.text
