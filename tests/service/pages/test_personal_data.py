"""What people paste about others: masked wherever officers read it, shown on purpose, with a reason."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.service.pages.reading import form

PHONE, NIK, HOTLINE = "0812-3456-7890", "3274011205900003", "112"
PASTED = f"Kabar {{word}} {{other}}: kirim NIK {NIK} ke {PHONE}, darurat {HOTLINE}"
"""Two words of its own: no report is taken for another's."""
PERSONAL = (PHONE, NIK, "81234567890")


@dataclass
class Room:
    house: House
    office: TestOffice
    rina: Desk
    dimas: Desk

    async def read(self, path: str, desk: Desk | None = None) -> str:
        answer = await (desk or self.rina).browser.get(f"/{self.office.slug}{path}", follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
async def room(house: House) -> Room:
    office = await house.office()
    rina = await house.log_in(await house.officer(office, "verifier"))
    dimas = await house.log_in(await house.officer(office, "approver"))
    return Room(house, office, rina, dimas)


async def _a_case(room: Room) -> tuple[str, str, dict[str, str]]:
    """Its id, that of its report, and what the reporter was told."""
    word = uuid4().hex
    text = PASTED.format(word=word, other=uuid4().hex)
    told = await room.house.submit(room.office, text=text, doubt=f"nomor {PHONE} tidak dikenal")
    found: list[str] = []

    async def opened() -> bool:
        rows = (await room.rina.get("/console/cases")).json()["items"]
        found[:] = [row["id"] for row in rows if word in row["title"]]
        return bool(found)

    await until(opened)
    case = (await room.rina.get(f"/console/cases/{found[0]}")).json()
    return found[0], case["reports"]["items"][0]["id"], told


def _clean(text: str) -> bool:
    return not any(number in text for number in PERSONAL)


async def test_an_officer_reads_it_masked_on_every_page_and_in_the_api(room: Room) -> None:
    case, report, _ = await _a_case(room)

    pages = [
        await room.read(path) for path in ("/console/queue", f"/console/cases/{case}", f"/console/cases/{case}/reports")
    ]
    answers = [
        (await room.rina.get(path)).text
        for path in ("/console/cases", f"/console/cases/{case}", f"/console/reports/{report}")
    ]

    assert all(map(_clean, pages + answers))
    assert "08••••••••90" in pages[1]
    assert f"darurat {HOTLINE}" in pages[1]
    assert "data pribadi disamarkan" in pages[1]


async def test_the_reporter_reads_their_own_words_as_they_are(room: Room) -> None:
    _, _, told = await _a_case(room)

    path = f"{room.office.api}/tickets/{told['number']}"
    ticket = await room.house.http.post(path, json={"code": told["tracking_code"]})

    assert PHONE in ticket.text


async def test_with_a_reason_it_is_shown_to_that_officer_alone_and_stands_in_the_chronology(room: Room) -> None:
    case, report, _ = await _a_case(room)
    page = f"/console/cases/{case}"
    shown = form(await room.read(page), f"/reports/{report}/reveal")

    without = await shown.send(room.rina.browser)
    assert without.status_code == 422
    assert _clean(without.text)
    worded = await shown.send(room.rina.browser, **{f"purpose-{report}": "other"})
    assert worded.status_code == 422
    assert _clean(worded.text)

    form_again = form(await room.read(page), f"/reports/{report}/reveal")
    done = await form_again.send(room.rina.browser, **{f"purpose-{report}": "authorities"})
    assert done.status_code == 303

    own = await room.read(page)
    assert PHONE in own
    assert NIK in own
    assert "Data pribadi di laporan dilihat" in own
    assert "untuk diteruskan ke pihak berwenang" in own
    others = await room.read(page, room.dimas)
    assert _clean(others)
    assert "Data pribadi di laporan dilihat" in others
    assert _clean(await room.read("/console/queue")), "lists stay masked for everybody"


async def test_a_program_says_why_as_well(room: Room) -> None:
    case, report, _ = await _a_case(room)
    path = f"/console/reports/{report}/personal-data"

    assert (await room.rina.post(path, {})).status_code == 422
    assert (await room.rina.post(path, {"reason": "curious"})).status_code == 422
    assert (await room.rina.post(path, {"reason": "other"})).status_code == 422
    sent = await room.rina.post(path, {"reason": "other", "note": "Diminta pemilik nomor."}, Prefer="wait=10")
    assert sent.status_code == 201, sent.text

    row = (await room.rina.get(f"/console/reports/{report}")).json()
    assert PHONE in row["text"]
    assert row["reveals"][0]["note"] == "Diminta pemilik nomor."
    assert _clean((await room.dimas.get(f"/console/cases/{case}")).text)


async def test_a_report_that_is_answered_one_by_one_and_its_thread_are_masked_alike(room: Room) -> None:
    word = uuid4().hex
    told = await room.house.submit(room.office, kind="complaint", text=PASTED.format(word=word, other=uuid4().hex))
    report = ""

    async def listed() -> bool:
        nonlocal report
        rows = (await room.rina.get("/console/reports")).json()["items"]
        report = next((r["id"] for r in rows if word in r["text"]), "")
        return bool(report)

    await until(listed)
    page = f"/console/answers/{report}"

    assert told["number"] in await room.read("/console/answers")
    assert _clean(await room.read("/console/answers"))
    assert _clean(await room.read(page))
    shown = form(await room.read(page), f"/{report}/reveal")
    assert (await shown.send(room.rina.browser, **{f"purpose-{report}": "reply"})).status_code == 303
    assert PHONE in await room.read(page)
    assert _clean(await room.read(page, room.dimas))
    assert "untuk menjawab pelapor" in await room.read(page, room.dimas)
