"""Rahasia and anonim do what they say: every page and every route that anybody may ask is walked, and every one of the
officers is searched for a contact."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.unheard import unheard

MOST = 80
"""Pages of one office; more would be a loop."""


async def _public(browser: httpx.AsyncClient, office: TestOffice) -> AsyncIterator[tuple[str, str]]:
    """Every page that links lead to from the front page, and what the API tells everybody."""
    waiting, seen = [f"/{office.slug}"], set[str]()
    while waiting and len(seen) < MOST:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await browser.get(path, follow_redirects=True)
        yield path, answer.text
        links = re.findall(r'href="(/[^"#]*)"', answer.text)
        waiting += [link.replace("&amp;", "&") for link in links if link.startswith(f"/{office.slug}")]
    for route in ("clarifications", "clarifications?q=kabar", "stats", "questions", "known"):
        yield route, (await browser.get(f"{office.api}/{route}")).text
    for path in ("/", "/sitemap.xml", f"/{office.slug}/sitemap.xml", f"/{office.slug}/feed.xml"):
        yield path, (await browser.get(path, follow_redirects=True)).text


@pytest.fixture(scope="module")
async def office(house: House) -> TestOffice:
    return await house.office()


@pytest.fixture(scope="module")
async def desk(house: House, office: TestOffice) -> Desk:
    return await house.log_in(await house.officer(office, "verifier"))


async def _listed(desk: Desk, number: str) -> str:
    found: list[str] = []

    async def there() -> bool:
        rows = (await desk.get("/console/reports")).json()["items"]
        found[:] = [r["id"] for r in rows if r["number"] == number]
        return bool(found)

    await until(there)
    return found[0]


async def test_a_confidential_report_is_on_no_page_of_the_public_and_in_none_of_its_numbers(
    house: House, office: TestOffice, desk: Desk
) -> None:
    open_words, hidden_words = f"Terbuka {unheard()}", f"Rahasia {unheard()}"
    shown = await house.submit(office, kind="complaint", text=open_words)
    hidden = await house.submit(office, kind="complaint", text=hidden_words, confidential=True)
    await _listed(desk, shown["number"])
    await _listed(desk, hidden["number"])

    async with house.browser() as anybody:
        async for path, text in _public(anybody, office):
            assert hidden["number"] not in text, path
            assert hidden_words.split()[1] not in text, path
        stats = (await anybody.get(f"{office.api}/stats")).json()
        asked = await anybody.post(f"{office.api}/match", json={"text": hidden_words})

    assert stats["reports_week"] == 1, "the other one is counted"
    assert asked.json()["answers"] == []


async def test_no_page_or_route_of_officers_shows_who_reported(house: House, office: TestOffice, desk: Desk) -> None:
    address = f"{uuid4().hex[:12]}@contoh.example"
    contact = {"channel": "email", "address": address, "consent": True}
    words = f"Lampu {unheard()} mati"
    told = await house.submit(office, kind="complaint", text=words, contact=contact, anonymous=True)
    report = await _listed(desk, told["number"])
    base = f"/{office.slug}/console"

    pages = ("queue", "answers", f"answers/{report}", "reviews", "by-hand", "partners", "answers?show=all")
    routes = ("/console/reports", f"/console/reports/{report}", "/console/cases", "/console/officers")
    texts = [(p, (await desk.browser.get(f"{base}/{p}", follow_redirects=True)).text) for p in pages]
    texts += [(r, (await desk.get(r)).text) for r in routes]

    assert words.split()[1] in dict(texts)[f"answers/{report}"], "the walk looks at the right report"
    assert [path for path, text in texts if address in text] == []
