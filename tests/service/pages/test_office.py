"""The office keeps itself: what it says of itself and how it works, seen by its visitors without a restart."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.service.gateway.house import Desk, House, TestOffice, key, until
from tests.service.pages.reading import form

LOOK: dict[str, Any] = {"name": "Saber Hoaks", "office": "DKIS", "government": "Kota Cirebon", "theme": "kopi"}


class Room:
    def __init__(self, house: House, office: TestOffice, admin: Desk) -> None:
        self.house = house
        self.office = office
        self.admin = admin

    def page(self, *below: str) -> str:
        return "/".join((f"/{self.office.slug}/console/office", *below))

    async def sent(self, desk: Desk, *below: str, to: str = "", **typed: str) -> httpx.Response:
        shown = await desk.browser.get(self.page(*below))
        assert shown.status_code == 200, shown.text
        found = form(shown.text, self.page(*below))
        url = self.page(*below, to) if to else found.url
        return await desk.browser.post(url, data=found.fields | typed)

    async def home(self) -> str:
        return (await self.house.http.get(f"/{self.office.slug}")).text


@pytest.fixture(scope="module")
async def room(house: House) -> Room:
    office = await house.office()
    return Room(house, office, await house.log_in(await house.officer(office, "tenant_admin")))


async def test_what_an_administrator_saves_is_what_visitors_see_within_seconds(room: Room) -> None:
    typed = {
        "name": "Cirebon Menjawab", "theme": "kopi", "intro": "Tanya dulu, baru sebar.", "channel": "Lapor Kabar",
        "reason": "Berganti nama",
    }  # fmt: skip
    saved = await room.sent(room.admin, **typed)
    assert saved.status_code == 303, saved.text

    home = await room.home()
    assert 'class="t-kopi"' in home
    for text in ("Cirebon Menjawab", "Tanya dulu, baru sebar.", "Lapor Kabar"):
        assert text in home
    history = (await room.admin.get("/console/office/history")).json()["items"]
    changed = {c["field"]: (c["before"], c["after"]) for c in history[0]["changes"]}
    assert (history[0]["what"], history[0]["reason"]) == ("look-changed", "Berganti nama")
    assert changed["branding.name"] == ("Saber Hoaks", "Cirebon Menjawab")
    page = await room.admin.browser.get(room.page("history"))
    assert "Berganti nama" in page.text
    assert "<del>" in page.text


async def test_a_preview_shows_what_would_change_and_changes_nothing(room: Room) -> None:
    before = (await room.admin.get("/console/office")).json()

    shown = await room.sent(room.admin, to="preview", name="Nama Coba", theme="batu")

    assert shown.status_code == 200
    assert "Pratinjau, belum tersimpan" in shown.text
    assert 'class="look t-batu"' in shown.text
    assert form(shown.text, room.page()).fields["name"] == "Nama Coba", "what was typed is there to be saved"
    assert (await room.admin.get("/console/office")).json() == before


async def test_of_two_administrators_at_once_the_second_sees_both_values_and_chooses(room: Room) -> None:
    second = await room.house.log_in(await room.house.officer(room.office, "tenant_admin"))
    shown = form((await second.browser.get(room.page("clocks"))).text, room.page("clocks"))
    assert (await room.sent(room.admin, "clocks", answer_hours="20")).status_code == 303

    late = await shown.send(second.browser, answer_hours="12")

    assert late.status_code == 409
    assert "Bagian ini baru saja diubah orang lain" in late.text
    there = late.text[late.text.index('class="table') : late.text.index("</table>")]
    assert ">20<" in there
    assert ">12<" in there
    again = form(late.text, room.page("clocks"))
    assert again.fields["answer_hours"] == "12"
    assert (await again.send(second.browser)).status_code == 303
    assert (await second.get("/console/office")).json()["settings"]["answer_hours"] == 12


async def test_two_who_change_two_concerns_at_once_both_get_what_they_wanted(room: Room) -> None:
    second = await room.house.log_in(await room.house.officer(room.office, "tenant_admin"))
    shown = form((await second.browser.get(room.page("practice"))).text, room.page("practice"))
    assert (await room.sent(room.admin, "clocks", limit_hours="96")).status_code == 303

    answer = await shown.send(second.browser, match_caution="stricter", contact_kept_days="45")

    assert answer.status_code == 303, answer.text
    settings = (await second.get("/console/office")).json()["settings"]
    assert (settings["limit_hours"], settings["match_caution"], settings["contact_kept_days"]) == (96, "stricter", 45)


@pytest.mark.parametrize(
    ("below", "field", "typed"),
    [
        ((), "email", "kantor kota"),
        ((), "name", " "),
        (("clocks",), "answer_hours", "700"),
        (("clocks",), "interim_minutes", "seperempat jam"),
        (("practice",), "contact_kept_days", "0"),
    ],
)
async def test_what_does_not_fit_comes_back_with_its_error_beside_it(
    room: Room, below: tuple[str, ...], field: str, typed: str
) -> None:
    answer = await room.sent(room.admin, *below, **{field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert typed.strip() in answer.text


async def test_a_logo_is_made_anew_and_shown_to_visitors_until_it_is_taken_down(room: Room) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 600), "#a03030").save(drawn, "PNG", pnginfo=None)
    shown = form((await room.admin.browser.get(room.page())).text, room.page("logo"))
    file = {"file": ("logo.png", drawn.getvalue(), "image/png")}
    put_up = await room.admin.browser.post(shown.url, data=shown.fields, files=file)
    assert put_up.status_code == 303, put_up.text

    name = (await room.admin.get("/console/office")).json()["logo"]
    address = f"/{room.office.slug}/logo/{name}"
    assert f'src="{address}"' in await room.home()
    picture = await room.house.http.get(address)
    assert picture.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(picture.content)).size) == 320
    assert (await room.house.http.get(f"/{room.office.slug}/logo/{'0' * 32}")).status_code == 404

    removal = form((await room.admin.browser.get(room.page())).text, room.page("logo", "removal"))
    assert (await removal.send(room.admin.browser)).status_code == 303
    assert "/logo/" not in await room.home()
    assert (await room.house.http.get(address)).status_code == 404


async def test_what_is_no_picture_is_no_logo(room: Room) -> None:
    shown = form((await room.admin.browser.get(room.page())).text, room.page("logo"))

    answer = await room.admin.browser.post(
        shown.url, data=shown.fields, files={"file": ("logo.png", b"<svg/>", "image/png")}
    )

    assert answer.status_code == 422
    assert 'id="file-e"' in answer.text


async def test_a_program_changes_the_office_and_is_told_what_is_wrong(room: Room) -> None:
    now = (await room.admin.get("/console/office")).json()["revisions"]

    wrong = await room.admin.post("/console/office/look", {**LOOK, "email": "x y", "expects": now["look"]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "email"
    stale = await room.admin.post("/console/office/look", {**LOOK, "expects": 0}, Prefer="wait=10")
    assert stale.status_code == 409
    done = await room.admin.post("/console/office/look", {**LOOK, "expects": now["look"]}, Prefer="wait=10")
    assert (done.status_code, done.json()["state"]) == (201, "done"), done.text

    async def there() -> bool:
        return bool((await room.admin.get("/console/office")).json()["branding"]["name"] == LOOK["name"])

    await until(there)


async def test_only_an_administrator_changes_it_and_only_their_own_office(room: Room, neighbour: TestOffice) -> None:
    verifier = await room.house.log_in(await room.house.officer(room.office, "verifier"))
    other = await room.house.log_in(await room.house.officer(neighbour, "tenant_admin"))

    refused = await verifier.post("/console/office/look", {**LOOK, "expects": 0}, Prefer="wait=10")
    page = await verifier.browser.get(room.page())
    elsewhere = await other.browser.get(room.page())
    theirs = (await other.get("/console/office")).json()
    without = await room.house.http.post("/api/v1/console/office/look", json={**LOOK, "expects": 0}, headers=key())

    assert refused.status_code == 403
    assert "disabled" in page.text
    assert (elsewhere.status_code, elsewhere.headers["location"].split("?")[0]) == (303, f"/{room.office.slug}/login")
    assert theirs["slug"] == neighbour.slug
    assert without.status_code == 401
