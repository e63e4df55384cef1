"""A session that ends while somebody writes: what they typed waits for them, and only for them, behind the log-in."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from libs.contracts.topics import Service
from services.gateway.access.sessions import IDLE
from tests.service.gateway.house import PASSWORD, House, TestOffice, TestOfficer, totp
from tests.service.pages.reading import form
from tests.service.pages.test_console import DRAFT, Newsroom


@pytest.fixture
async def room(house: House, office: TestOffice) -> Newsroom:
    writing = await house.officer(office, "verifier")
    desk = await house.log_in(writing)
    return Newsroom(house, office, desk, desk, writing)


def end_session(house: House, officer: str) -> None:
    """As after half an hour without a word of the officer."""
    with _gateway(house) as client:
        pipeline = [{"$set": {"seen_at": {"$subtract": ["$seen_at", (IDLE + timedelta(minutes=1)).seconds * 1000]}}}]
        assert client["gateway"]["sessions"].update_many({"principal": officer}, pipeline).modified_count


def _gateway(house: House) -> MongoClient[dict[str, Any]]:
    return MongoClient(house.stack.mongo_url(Service.GATEWAY))


async def enters(browser: httpx.AsyncClient, page: httpx.Response, officer: TestOfficer) -> httpx.Response:
    """By the door that they were sent to; the code of this half minute may have been used."""
    door = await browser.get(page.headers["location"])
    for ahead in (0, 1):
        code = totp(officer.secret, ahead=ahead)
        answer = await form(door.text, "/login").send(browser, email=officer.email, password=PASSWORD, code=code)
        if answer.is_redirect:
            break
    assert answer.status_code == 303, answer.text
    return answer


async def test_a_draft_sent_after_the_sessions_end_is_shown_after_the_log_in_and_not_carried_out(
    room: Newsroom,
) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    end_session(room.house, room.approving.id)

    sent = await page.send(browser, **DRAFT)
    door = await browser.get(sent.headers["location"])
    entered = await enters(browser, sent, room.approving)
    again = await browser.get(entered.headers["location"])
    kept = form(again.text, "/draft")
    before = await browser.get(f"/api/v1/console/cases/{case.rpartition('/')[2]}")
    pressed = await kept.send(browser)

    assert sent.headers["location"].startswith(f"/{room.office.slug}/login?next=")
    assert "Isian Anda aman" in door.text
    assert entered.headers["location"] == f"{case}/draft"
    assert (again.status_code, "Isian Anda belum tersimpan" in again.text) == (200, True)
    assert kept.fields["fact"] == DRAFT["fact"]
    assert kept.fields["key"] == page.fields["key"]
    assert before.json()["draft"]["fact"] == ""
    assert pressed.headers["location"] == f"{case}?done=draft_saved"


async def test_another_button_pressed_after_the_sessions_end_brings_the_draft_back_as_well(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    end_session(room.house, room.approving.id)

    sent = await page.send(browser, to="references", title="Keterangan dinas", url="https://dinas.example/1", **DRAFT)
    entered = await enters(browser, sent, room.approving)
    again = await browser.get(entered.headers["location"])

    assert form(again.text, "/references").fields["title"] == "Keterangan dinas"
    assert form(again.text, "/draft").fields["fact"] == DRAFT["fact"]


async def test_a_draft_of_an_ended_session_does_not_overwrite_what_a_colleague_saved_meanwhile(
    house: House, room: Newsroom
) -> None:
    case, browser = await room.case(), room.verifier.browser
    colleague = await house.log_in(await house.officer(room.office, "verifier"))
    page = form(await room.read(case), "/draft")
    end_session(room.house, room.approving.id)
    theirs = form((await colleague.browser.get(case)).text, "/draft")
    await theirs.send(colleague.browser, **(DRAFT | {"fact": "Disimpan rekan."}))

    sent = await page.send(browser, **DRAFT)
    entered = await enters(browser, sent, room.approving)
    again = await browser.get(entered.headers["location"])

    assert "Disimpan rekan." in again.text
    assert "Bandingkan, lalu pilih" in again.text
    assert form(again.text, "/draft").fields["fact"] == DRAFT["fact"]


async def test_what_one_officer_typed_is_not_shown_to_the_next(house: House, room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    page = form(await room.read(case), "/draft")
    other = await house.officer(room.office, "verifier")
    end_session(house, room.approving.id)

    sent = await page.send(browser, **DRAFT)
    entered = await enters(browser, sent, other)
    shown = await browser.get(entered.headers["location"], follow_redirects=True)

    assert shown.status_code == 200
    assert str(shown.url).endswith(case)
    assert DRAFT["fact"] not in shown.text


async def test_a_page_that_was_asked_for_comes_after_the_log_in(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    end_session(room.house, room.approving.id)

    sent = await browser.get(f"{case}?lang=en")

    assert (await enters(browser, sent, room.approving)).headers["location"] == f"{case}?lang=en"


async def test_a_form_of_the_session_before_is_shown_again_in_the_session_of_now(house: House, room: Newsroom) -> None:
    """Logged in again in another tab; here the old page is still open."""
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    page.fields["csrf"] = "0" * 64

    foreign = await page.send(browser, **DRAFT)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    own = await page.send(browser, **DRAFT)
    kept = await form(own.text, "/draft").send(browser)

    assert (foreign.status_code, DRAFT["fact"] in foreign.text) == (403, False)
    assert (own.status_code, form(own.text, "/draft").fields["fact"]) == (403, DRAFT["fact"])
    assert kept.headers["location"] == f"{case}?done=draft_saved"


async def test_a_forms_address_loaded_again_leads_to_its_page(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    review = case.replace("/cases/", "/reviews/")
    addresses = {
        f"{case}/draft": case,
        f"{case}/references/{uuid4().hex}/remove": case,
        f"{case}/reports/{uuid4()}/reply": f"{case}/reports",
        f"{review}/approve": review,
        room.url("by-hand", str(uuid4()), "sent"): room.url("by-hand"),
    }

    answers = {a: await browser.get(a) for a in addresses}
    unknown = await browser.get(room.url("cases", str(uuid4()), "nothing"))

    assert {a: r.headers.get("location") for a, r in answers.items()} == addresses
    assert unknown.status_code == 404
