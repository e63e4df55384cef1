"""Officers write partners down and change what is known of them."""

from html import unescape

import pytest

from tests.service.gateway.house import Desk, House, TestOffice, until
from tests.service.pages.reading import form
from tests.unheard import unheard


@pytest.fixture(scope="module")
async def desk(house: House, office: TestOffice) -> Desk:
    return await house.log_in(await house.officer(office, "verifier"))


async def page(desk: Desk, address: str) -> str:
    answer = await desk.browser.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def test_a_group_is_written_down_with_its_people_and_changed_with_a_reason(
    desk: Desk, office: TestOffice
) -> None:
    console, name = f"/{office.slug}/console", f"KIM {unheard()}"
    kinds = await page(desk, f"{console}/partners/new")
    empty = form(await page(desk, f"{console}/partners/new?kind=community_group"), "/partners/new")
    written = {
        "name": name,
        "area": "32.74.05.1002",
        "level": "village",
        "chair": "Siti Aminah",
        "phone": "0812 3456 7890",
        "decree_number": "188/12/KEP/2026",
        "term_from": "2026-01-05",
        "term_until": "2025-01-05",
        "topics": "kesehatan\npertanian",
    }

    wrong = await empty.send(desk.browser, **written)
    sent = await form(wrong.text, "/partners/new").send(desk.browser, term_until="2029-01-04")
    again = await form(wrong.text, "/partners/new").send(desk.browser, term_until="2029-01-04")
    at = sent.headers["location"].partition("?")[0]
    shown = await page(desk, at)
    editing = form(await page(desk, f"{at}/edit"), "/description")
    changed = await editing.send(desk.browser, chair="Budi Santoso", reason="Pengurus baru menurut SK")
    after = await page(desk, at)

    assert "partners/new?kind=community_group" in kinds
    assert wrong.status_code == 422
    assert "Siti Aminah" in wrong.text
    assert "Berakhir sebelum dimulai" in wrong.text
    assert again.headers["location"] == sent.headers["location"], "a form that is sent twice enters one partner"
    for told in (name, "Siti Aminah", "188/12/KEP/2026", "kesehatan, pertanian", "belum menyetujui", "Draf"):
        assert told in shown
    assert "81234567890" not in shown, "the number stays under seal"
    assert changed.status_code == 303, changed.text
    assert "Budi Santoso" in after
    assert "Siti Aminah" not in after
    assert "Pengurus baru menurut SK" in after
    assert "ketua" in after
    assert "WhatsApp" in after, "the number that was not typed again is still there"


async def test_a_partner_by_the_api_has_a_history_that_says_nothing_under_seal(
    house: House, desk: Desk, office: TestOffice
) -> None:
    body = {"name": f"KIM {unheard()}", "kind": "community_group", "area": "32.74.05", "chair": "Siti Aminah"}
    entered = await desk.post("/console/partners", body)
    assert entered.status_code in (201, 202), entered.text
    found: list[dict[str, str]] = []

    async def listed() -> bool:
        rows = (await desk.get("/console/partners", state="draft")).json()["items"]
        found[:] = [row for row in rows if row["name"] == body["name"]]
        return bool(found)

    await until(listed)
    partner = found[0]["id"]
    view = (await desk.get(f"/console/partners/{partner}")).json()
    history = await desk.get(f"/console/partners/{partner}/history")

    assert view["people"]["chair"] == "Siti Aminah"
    assert not view["agreed"]
    assert [line["what"] for line in history.json()] == ["partner-entered"]
    assert "Siti Aminah" not in history.text
