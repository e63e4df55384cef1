"""The whole main job on the real stack: from one report to the answer in the mailboxes, and what partners say to it."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.mailbox import text_of
from tests.e2e.material import MATERIALS, Material
from tests.e2e.steps import FACT, SLOW, confirmed, done, drafted, fresh_code, letter_to, the_case_of
from tests.service.gateway.house import House, TestOffice, key, until

READ_WITHIN = 100.0
"""Seconds: three times what a picture may take to be read."""


@pytest.fixture(params=MATERIALS)
def material(request: pytest.FixtureRequest) -> Material:
    make: Callable[[], Material] = MATERIALS[request.param]
    return make()


async def test_a_hoax_report_becomes_an_answer_that_reaches_the_reporter_and_the_partners(
    house: House, material: Material
) -> None:
    office = await house.office()
    reporter, partners = f"warga-{uuid4().hex[:8]}@contoh.example", []
    for _ in range(2):
        partners.append(f"mitra-{uuid4().hex[:8]}@contoh.example")
        await house.partner(office, partners[-1])
    author = await house.log_in(await house.officer(office, "verifier", "editor"))
    second = await house.officer(office, "approver")
    approver = await house.log_in(second)

    uploaded = await house.http.post(
        f"{office.api}/uploads", files={"file": ("tangkapan.jpg", material.picture)}, headers=key()
    )
    assert uploaded.status_code == 201, uploaded.text
    contact = {"channel": "email", "address": reporter, "consent": True}
    sent = await house.submit(office, text=material.text, attachments=[uploaded.json()["id"]], contact=contact)
    ticket, code = f"{office.api}/tickets/{sent['number']}", {"code": sent["tracking_code"]}

    case = await the_case_of(author, sent["report_id"])
    assert case["askers"] == 1

    async def read() -> bool:
        row = (await author.get(f"/console/reports/{sent['report_id']}")).json()
        return all(word in row["words"].upper() for word in material.words)

    if material.words:
        # A picture that takes long to read does not keep its report from being placed.
        await until(read, within=READ_WITHIN)

    unlike = await house.submit(office, text=material.unlike)
    assert (await the_case_of(author, unlike["report_id"]))["id"] != case["id"]

    url = await drafted(author, case, claim=material.text)
    wrong = await approver.post(f"{url}/approval", {"expects": 1, "code": "000000"})
    early = await author.post(f"{url}/publication", {}, Prefer="wait=10")
    assert (wrong.status_code, early.status_code) == (401, 409)
    assert wrong.json()["type"] == "urn:simpul:problem:code_wrong"
    await done(approver, f"{url}/approval", fresh_code(second))
    await done(author, f"{url}/publication", {})

    shown: list[dict[str, Any]] = []

    async def answered() -> bool:
        shown[:] = [(await house.http.post(ticket, json=code)).json()["ticket"]]
        return bool(shown[0]["clarification"])

    await until(answered, within=SLOW)
    assert shown[0]["state"] == "answered"
    number = shown[0]["clarification"]["number"]
    public = await house.http.get(f"{office.api}/clarifications/{number}")
    assert (public.json()["verdict"], public.json()["fact"]) == ("false", FACT)

    await a_late_reporter_is_answered_at_once(house, office, material, number)
    letter = await letter_to(house, reporter, about=FACT)
    asked = [await letter_to(house, partner, about=FACT) for partner in partners]
    await answers_of_partners(house, office, asked)
    await one_click(house, office, letter)

    async def follows_no_more() -> bool:
        return not (await house.http.post(ticket, json=code)).json()["follow"]["following"]

    await until(follows_no_more, within=SLOW)


async def a_late_reporter_is_answered_at_once(
    house: House, office: TestOffice, material: Material, number: str
) -> None:
    """Shown the answer before they send; and mailed it, where they send all the same."""

    async def known() -> bool:
        told = (await house.http.post(f"{office.api}/match", json={"text": material.again})).json()
        return number in {answer["card"]["number"] for answer in told.get("answers", ())}

    await until(known, within=SLOW)
    late = f"warga-{uuid4().hex[:8]}@contoh.example"
    await house.submit(office, text=material.again, contact={"channel": "email", "address": late, "consent": True})
    await letter_to(house, late, about=FACT)


async def answers_of_partners(house: House, office: TestOffice, letters: list[EmailMessage]) -> None:
    """One is ready, the other is not; each by the link in the mail, without a log-in."""
    answers: list[tuple[dict[str, Any], str]] = [
        ({"ready": True}, "acknowledged"),
        ({"ready": False, "reason": "no_time"}, "declined"),
    ]
    for letter, (answer, state) in zip(letters, answers, strict=True):
        link = re.search(rf"/{office.slug}/a/[A-Za-z0-9._~-]+", text_of(letter, "plain") or "")
        assert link is not None
        async with house.browser() as browser:
            entered = await confirmed(browser, link[0])
            assert entered.status_code == 303, entered.text
            csrf = {"X-CSRF-Token": (await browser.get("/api/v1/session")).json()["csrf"]}
            [assignment] = (await browser.get("/api/v1/partner/assignments")).json()
            told = await browser.post(
                f"/api/v1/partner/assignments/{assignment['id']}/answer", json=answer, headers=key(**csrf)
            )
            [after] = (await browser.get("/api/v1/partner/assignments")).json()
        assert told.status_code == 201, told.text
        assert after["state"] == state


async def one_click(house: House, office: TestOffice, letter: EmailMessage) -> None:
    """As a mail program does it for its reader (RFC 8058): no page, no cookie, no token but the link."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = letter["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{house.stack.public_url}/{office.slug}/u/")
    async with house.browser() as program:
        answer = await program.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code in (200, 202), answer.text


async def test_nobody_approves_their_own_verdict(house: House, office: TestOffice) -> None:
    officer = await house.officer(office, "verifier", "editor", "approver")
    desk = await house.log_in(officer)
    case = await the_case_of(desk, (await house.submit(office))["report_id"])

    url = await drafted(desk, case, claim="Kabar yang beredar")
    answer = await desk.post(f"{url}/approval", fresh_code(officer), Prefer="wait=10")

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:simpul:problem:self_approval")
