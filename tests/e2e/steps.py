"""What people do, step by step, in the tests of this folder."""

from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import httpx

from deploy.local.mailbox import text_of
from tests.service.gateway.house import Desk, House, TestOfficer, totp, until

FACT = "Pemerintah kota tidak pernah mengumumkan hal itu."
SLOW = 40.0
"""Seconds for what passes several workers, beside a full test run."""


class Fields(HTMLParser):
    """The hidden fields of a page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found[str(given["name"])] = given.get("value") or ""


async def letter_to(house: House, address: str, *, about: str) -> EmailMessage:
    found: list[EmailMessage] = []

    async def arrived() -> bool:
        letters = list(house.stack.mailbox.letters(address))
        found[:] = [letter for letter in letters if about in (text_of(letter, "plain") or "")]
        return bool(found)

    await until(arrived, within=SLOW)
    assert len(found) == 1
    return found[0]


async def the_case_of(desk: Desk, report: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def placed() -> bool:
        row = (await desk.get(f"/console/reports/{report}")).json()
        if row.get("case_id"):
            found.update((await desk.get(f"/console/cases/{row['case_id']}")).json())
        return "id" in found

    await until(placed, within=SLOW)
    return found


async def confirmed(browser: httpx.AsyncClient, url: str) -> httpx.Response:
    """Opens a link from a message and presses its one button, as a person would."""
    page = await browser.get(url)
    assert page.status_code == 200, page.text
    return await browser.post(url, data=Fields(page.text).found)


async def done(desk: Desk, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    answer = await desk.post(path, body, Prefer="wait=10", **headers)
    assert answer.status_code == 201, answer.text
    return answer


async def drafted(author: Desk, case: dict[str, Any], *, claim: str) -> str:
    """Taken in hand, triaged, with a source, written and handed in; returns the case's address."""
    url = f"/console/cases/{case['id']}"
    await done(author, f"{url}/lease", {})
    await done(author, f"{url}/triage", {"severity": 2, "topic": "layanan publik", "area": "32.74"})
    source = {"title": "Siaran pers", "url": "https://contoh.example/siaran-pers", "publisher": "DKIS"}
    await done(author, f"{url}/references", source)
    draft = {
        "claim": claim, "verdict": "false", "about_own_tenant": False, "fact": FACT,
        "explanation": "Kami menanyakannya kepada dinas yang berwenang.", "expects": 0, "submit": True,
    }  # fmt: skip
    await done(author, f"{url}/draft", draft)
    return url


def fresh_code(officer: TestOfficer) -> dict[str, Any]:
    """The log-in has used the code of this half minute."""
    return {"expects": 1, "code": totp(officer.secret, ahead=1)}
