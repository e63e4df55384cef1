"""An officer takes a report out of a case: it goes, the counts follow, and neither it nor its copies come back."""

from typing import Any

import pytest

from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.service.pages.reading import form
from tests.unheard import unheard


class Room:
    def __init__(self, house: House, office: TestOffice, desk: Desk, text: str) -> None:
        self.house, self.office, self.desk, self.text = house, office, desk, text

    async def submit(self) -> str:
        return str((await self.house.submit(self.office, text=self.text))["report_id"])

    async def case_of(self, report: str, *, other_than: str = "") -> str:
        found: list[str] = []

        async def placed() -> bool:
            answer = await self.desk.get(f"/console/reports/{report}")
            case = answer.json().get("case_id") if answer.status_code == 200 else None
            found[:] = [case] if case not in (None, other_than) else []
            return bool(found) and (await self.desk.get(f"/console/cases/{found[0]}")).status_code == 200

        await until(placed)
        return found[0]

    async def case(self, case: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.desk.get(f"/console/cases/{case}")).json()
        return found

    async def has(self, case: str, *reports: str) -> None:
        async def counted() -> bool:
            found = await self.case(case)
            return found["askers"] == len(reports) and {r["id"] for r in found["reports"]["items"]} == {*reports}

        await until(counted)


@pytest.fixture
async def room(house: House) -> Room:
    office = await house.office()
    desk = await house.log_in(await house.officer(office, "verifier"))
    text = f"Beredar kabar {unheard()} {unheard()} {unheard()} di balai kota malam ini"
    return Room(house, office, desk, text)


async def test_a_report_goes_to_a_case_of_its_own_and_its_copies_follow_it(room: Room) -> None:
    first, second = await room.submit(), await room.submit()
    old = await room.case_of(first)
    assert await room.case_of(second) == old
    await room.has(old, first, second)

    wish = {"case_id": old, "reason": "other_target"}
    answer = await room.desk.post(f"/console/reports/{second}/detachment", wish, Prefer="wait=10")
    assert answer.status_code in (200, 201), answer.text

    new = await room.case_of(second, other_than=old)
    await room.has(old, first)
    await room.has(new, second)
    left, came = await room.case(old), await room.case(new)
    out = next(s for s in left["steps"] if s["what"] == "taken_out")
    into = next(s for s in came["steps"] if s["what"] == "brought_in")
    assert (out["note"], out["case_id"], into["case_id"]) == ("other_target", new, old)
    assert out["actor"] == into["actor"] is not None
    assert out["number"].startswith("CRB-")
    again = await room.desk.post(f"/console/reports/{second}/detachment", wish, Prefer="wait=10")
    assert again.status_code == 409


async def test_it_is_taken_back_by_naming_the_case_that_it_left(room: Room) -> None:
    first, second = await room.submit(), await room.submit()
    old = await room.case_of(first)
    await room.case_of(second)
    path = f"/console/reports/{second}/detachment"
    await room.desk.post(path, {"case_id": old, "reason": "mistake"}, Prefer="wait=10")
    new = await room.case_of(second, other_than=old)

    nowhere = await room.desk.post(path, {"case_id": new, "reason": "mistake", "into": "KSS-CRB-0000-0000"})
    number = (await room.case(old))["number"].lower().replace("-", " ")
    back = await room.desk.post(path, {"case_id": new, "reason": "mistake", "into": number}, Prefer="wait=10")

    assert (nowhere.status_code, nowhere.json()["errors"][0]["field"]) == (422, "into")
    assert back.status_code in (200, 201), back.text
    await room.has(old, first, second)
    await room.has(new)
    assert (await room.case(new))["state"] == "closed"


async def test_the_page_of_the_case_takes_it_out_and_says_what_was_left_out(room: Room) -> None:
    first, second = await room.submit(), await room.submit()
    old = await room.case_of(first)
    await room.case_of(second)
    await room.has(old, first, second)
    page = await room.desk.browser.get(f"/{room.office.slug}/console/cases/{old}")
    sent = form(page.text, f"/reports/{second}/detach")

    empty = await sent.send(room.desk.browser, **{f"into-{second}": "tidak ada"})
    wrong = await sent.send(room.desk.browser, **{f"into-{second}": "tidak ada", f"apart-{second}": "other_claim"})

    assert "Pilih" in empty.text
    assert 'value="tidak ada"' in empty.text
    assert wrong.status_code == 422
    assert "tidak ada kasus lain dengan nomor itu" in wrong.text
    sent = form(wrong.text, f"/reports/{second}/detach")
    done = await sent.send(room.desk.browser, **{f"apart-{second}": "other_claim", f"into-{second}": ""})
    assert done.status_code in (200, 303)
    await room.has(old, first)
    shown = (await room.desk.browser.get(f"/{room.office.slug}/console/cases/{old}")).text
    assert "Laporan dikeluarkan dari kasus ini" in shown


async def test_what_an_officer_took_out_leads_no_copy_back(room: Room) -> None:
    other = f"Benarkah {unheard()} {unheard()} {unheard()} dibagikan gratis di terminal besok pagi"
    first, second = await room.submit(), str((await room.house.submit(room.office, text=other))["report_id"])
    one, two = await room.case_of(first), await room.case_of(second)
    assert one != two
    path = f"/console/reports/{second}/detachment"
    await room.desk.post(path, {"case_id": two, "reason": "mistake", "into": one}, Prefer="wait=10")
    await room.has(one, first, second)
    await room.desk.post(path, {"case_id": one, "reason": "other_claim"}, Prefer="wait=10")
    three = await room.case_of(second, other_than=one)
    await room.has(one, first)

    copy = str((await room.house.submit(room.office, text=other))["report_id"])

    assert await room.case_of(copy) == three
    await room.has(three, second, copy)
