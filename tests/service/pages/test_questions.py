"""The office's own questions: defined in a form, asked step by step without scripts, read by officer and reporter."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.service.gateway.house import Desk, House, TestOffice, key, until
from tests.service.pages.reading import form
from tests.unheard import unheard

MONEY = {"text": "Diminta uang?", "type": "yes_no", "kind": "hoax", "order": "10", "required": "1"}
HOW_MUCH = {"text": "Berapa?", "type": "short_text", "kind": "hoax", "order": "20", "required": "1", "answer": "ya"}


@dataclass
class Room:
    house: House
    office: TestOffice
    admin: Desk
    money: str
    how_much: str


async def define(office: TestOffice, admin: Desk, **fields: str) -> httpx.Response:
    page = await admin.browser.get(f"/{office.slug}/console/questions")
    assert page.status_code == 200, page.text
    new = page.text[page.text.index('id="new"') :]
    return await form(new, "/console/questions").send(admin.browser, **fields)


async def known(admin: Desk, n: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = (await admin.get("/console/questions")).json()
        return len(found) >= n

    await until(there)
    return found


@pytest.fixture(scope="module")
async def room(house: House) -> Room:
    office = await house.office()
    admin = await house.log_in(await house.officer(office, "verifier", "tenant_admin"))
    assert (await define(office, admin, **MONEY)).status_code == 303
    (money,) = await known(admin, 1)
    assert (await define(office, admin, after=money["id"], **HOW_MUCH)).status_code == 303
    _, how_much = await known(admin, 2)
    return Room(house, office, admin, money["id"], how_much["id"])


def asked(html: str) -> list[str]:
    """Ids of the questions that the page asks of a browser without scripts."""
    parts = re.findall(r"<fieldset([^>]*)>\s*<input[^>]*name=\"asked\" value=\"([^\"]*)\"", html)
    return [id_ for attributes, id_ in parts if "disabled" not in attributes]


async def _answer(browser: httpx.AsyncClient, page: httpx.Response, **answers: str) -> httpx.Response:
    found = form(page.text, "/contact")
    fields: dict[str, Any] = {n: v for n, v in found.fields.items() if n != "asked" and not n.startswith("answer-")}
    typed = {f"answer-{id_}": value for id_, value in answers.items()}
    return await browser.post(found.url, data={**fields, **typed, "asked": asked(page.text)})


async def test_without_scripts_a_question_is_asked_on_the_page_after_the_answer_that_it_hangs_on(room: Room) -> None:
    text = f"Kabar {unheard()} {unheard()}"
    async with room.house.browser() as browser:
        browser.follow_redirects = True
        one = await browser.get(f"/{room.office.slug}/report/hoax")
        two = await form(one.text, "/report/hoax").send(browser, text=text)
        assert asked(two.text) == [room.money]

        nothing = await _answer(browser, two)
        assert "Bagian ini perlu diisi." in nothing.text
        more = await _answer(browser, nothing, **{room.money: "yes"})
        assert asked(more.text) == [room.money, room.how_much]
        assert "Bagian ini perlu diisi." not in more.text
        missing = await _answer(browser, more, **{room.money: "yes"})
        assert "Bagian ini perlu diisi." in missing.text
        three = await _answer(browser, missing, **{room.money: "yes", room.how_much: "50 ribu ke 0812-3456-7890"})
        assert "/contact?" in str(three.url)

        kept = await browser.get(str(missing.url))
        assert 'value="50 ribu ke 0812-3456-7890"' in kept.text, "the draft keeps the answers"
        ticket = await form(three.text, "/send").send(browser)
        assert "/tickets/" in str(ticket.url)

    row: dict[str, Any] = {}

    async def placed() -> bool:
        for case in (await room.admin.get("/console/cases")).json()["items"]:
            if case["title"] == text:
                whole = (await room.admin.get(f"/console/cases/{case['id']}")).json()
                row.update(whole["reports"]["items"][0], case=case["id"])
        return bool(row)

    await until(placed)
    assert [(a["text"], a["answer"]) for a in row["answers"]] == [
        ("Diminta uang?", "yes"),
        ("Berapa?", "50 ribu ke 08••••••••90"),
    ]
    page = await room.admin.browser.get(f"/{room.office.slug}/console/cases/{row['case']}")
    assert "50 ribu ke 08••••••••90" in page.text
    assert "0812-3456-7890" not in page.text


async def test_a_program_is_told_beside_each_question_what_is_wrong(room: Room) -> None:
    async def sent(answers: dict[str, str]) -> httpx.Response:
        body = {"text": f"Kabar {unheard()}", "answers": answers}
        return await room.house.http.post(f"{room.office.api}/reports", json=body, headers=key())

    asked = (await room.house.http.get(f"{room.office.api}/report-questions")).json()
    assert [q["id"] for q in asked] == [room.money, room.how_much]
    assert (await room.house.http.get(f"{room.office.api}/report-questions?kind=complaint")).json() == []
    for answers, code in (
        ({}, "required"),
        ({room.money: "yes"}, "required"),
        ({room.money: "mungkin"}, "answer_invalid"),
        ({room.money: "no", "tidak-ada": "x"}, "question_unknown"),
        ({room.money: "no", room.how_much: "x"}, "question_not_asked"),
    ):
        answer = await sent(answers)
        assert answer.status_code == 422, answer.text
        assert code in answer.text
    assert (await sent({room.money: "no"})).status_code == 202


async def test_the_reporter_reads_their_answers_on_the_ticket(room: Room) -> None:
    told = await room.house.submit(room.office, answers={room.money: "yes", room.how_much: "75 ribu"})

    path = f"{room.office.api}/tickets/{told['number']}"
    ticket = (await room.house.http.post(path, json={"code": told["tracking_code"]})).json()["ticket"]

    assert [a["answer"] for a in ticket["answers"]] == ["yes", "75 ribu"]


async def test_a_question_that_cannot_be_asked_comes_back_with_what_was_typed(room: Room) -> None:
    answer = await define(room.office, room.admin, text="Pilih satu", type="choice", choices="hanya satu", order="30")

    assert answer.status_code == 422
    assert "Pilih satu" in answer.text
    assert 'id="choices-new-e"' in answer.text


async def test_only_an_administrator_defines_them(room: Room) -> None:
    verifier = await room.house.log_in(await room.house.officer(room.office, "verifier"))

    sent = await verifier.post("/console/questions", {"id": "x", "text": "Boleh?", "type": "yes_no"}, Prefer="wait=10")
    page = await verifier.browser.get(f"/{room.office.slug}/console/queue")

    assert sent.status_code == 403
    assert "/console/questions" not in page.text


async def test_who_only_administers_reaches_the_page(room: Room) -> None:
    admin = await room.house.log_in(await room.house.officer(room.office, "tenant_admin"))

    queue = await admin.browser.get(f"/{room.office.slug}/console/queue")
    page = await admin.browser.get(f"/{room.office.slug}/console/questions")

    assert f"/{room.office.slug}/console/questions" in queue.text
    assert page.status_code == 200
    assert "Diminta uang?" in page.text
