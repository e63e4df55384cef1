"""An office keeps its own people: invited by mail, changed, helped when a telephone is lost, and let go."""

import re
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from deploy.local.mailbox import text_of
from tests.e2e.steps import drafted, letter_to, the_case_of
from tests.service.gateway.house import PASSWORD, Desk, House, TestOffice, TestOfficer, totp, until
from tests.service.pages.reading import Form, form

NEW_PASSWORD = "kuda laut minum teh sore"


@dataclass
class Room:
    house: House
    office: TestOffice
    admin: Desk
    chief: TestOfficer

    @property
    def list(self) -> str:
        return f"/{self.office.slug}/console/office/officers"

    async def invite(self, address: str, *roles: str) -> httpx.Response:
        shown = form((await self.admin.browser.get(self.list)).text, self.list)
        data = {**shown.fields, "name": "Sari Wulandari", "email": address, "roles": list(roles)}
        return await self.admin.browser.post(shown.url, data=data)

    async def press(self, desk: Desk, officer: str, what: str, **typed: str) -> httpx.Response:
        page = await desk.browser.get(f"{self.list}/{officer}")
        assert page.status_code == 200, page.text
        return await form(page.text, f"/{officer}/{what}").send(desk.browser, **typed)

    async def link(self, address: str, *, about: str = "/invited/") -> str:
        letter = await letter_to(self.house, address, about=about)
        found = re.search(rf"/{self.office.slug}/invited/[A-Za-z0-9._-]+", text_of(letter, "plain") or "")
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
async def room(house: House) -> Room:
    office = await house.office()
    chief = await house.officer(office, "tenant_admin")
    return Room(house, office, await house.log_in(chief), chief)


async def opened(browser: httpx.AsyncClient, link: str) -> Form:
    shown = await browser.get(link)
    assert shown.status_code == 200, shown.text
    assert 'name="password"' not in shown.text, "a GET shows a button alone"
    begun = await form(shown.text, link).send(browser)
    assert begun.status_code == 200, begun.text
    assert '<svg class="qr"' in begun.text
    return form(begun.text, "/done")


async def joined(browser: httpx.AsyncClient, link: str) -> str:
    """The authenticator's secret."""
    asked = await opened(browser, link)
    secret = asked.fields["totp"]
    done = await asked.send(browser, password=NEW_PASSWORD, password2=NEW_PASSWORD, code=totp(secret))
    assert done.status_code == 303, done.text
    return secret


async def id_of(room: Room, address: str) -> str:
    found: list[str] = []

    async def there() -> bool:
        found[:] = [o["id"] for o in (await room.admin.get("/console/officers")).json() if o["email"] == address]
        return bool(found)

    await until(there)
    return found[0]


async def test_whoever_is_invited_joins_by_the_mailed_link_and_nobody_by_it_again(room: Room) -> None:
    address = f"sari-{uuid4().hex[:8]}@contoh.example"
    assert (await room.invite(address, "verifier", "editor")).status_code == 303
    link = await room.link(address)

    async with room.house.browser() as browser:
        asked = await opened(browser, link)
        secret = asked.fields["totp"]
        for wrong, field in (
            ({"password": "pendek", "password2": "pendek"}, "password"),
            ({"password": NEW_PASSWORD, "password2": "lain"}, "password2"),
            ({"password": NEW_PASSWORD, "password2": NEW_PASSWORD, "code": "000000"}, "code"),
        ):
            answer = await asked.send(browser, **{"code": totp(secret), **wrong})
            assert answer.status_code == 422, answer.text
            assert f'id="{field}-e"' in answer.text
            assert form(answer.text, "/done").fields["totp"] == secret, "the scanned code stays the same"
            asked = form(answer.text, "/done")
        done = await asked.send(browser, password=NEW_PASSWORD, password2=NEW_PASSWORD, code=totp(secret))
        assert (done.status_code, done.headers["location"]) == (303, f"/{room.office.slug}/login?joined=1")

        again = await browser.get(link)
        assert again.status_code == 404
        assert "Tautan ini tidak berlaku lagi" in again.text
        assert (await asked.send(browser, password=NEW_PASSWORD, password2=NEW_PASSWORD, code="1")).status_code == 404

    async def in_directory() -> bool:
        body = {"email": address, "password": NEW_PASSWORD, "code": totp(secret)}
        async with room.house.browser() as other:
            answer = await other.post("/api/v1/session", json=body)
            return answer.status_code == 201 and answer.json()["roles"] == ["editor", "verifier"]

    await until(in_directory)
    history = await room.admin.get(f"/console/officers/{await id_of(room, address)}/history")
    assert [line["what"] for line in history.json()["items"]] == ["officer-joined", "officer-invited"]
    assert address not in history.text, "what is personal is told in no history"


async def test_a_link_that_was_mailed_before_opens_nothing_any_more(room: Room) -> None:
    address = f"lama-{uuid4().hex[:8]}@contoh.example"
    await room.invite(address, "verifier")
    first = await room.link(address)
    officer = await id_of(room, address)

    assert (await room.press(room.admin, officer, "invitation")).status_code == 303

    async def dead() -> bool:
        return (await room.house.http.get(first)).status_code == 404

    await until(dead)
    other = f"{first.rpartition('.')[0]}.{'0' * 64}"
    assert (await room.house.http.get(other)).status_code == 404


async def test_an_address_that_is_in_use_and_no_role_are_said_beside_their_fields(room: Room) -> None:
    taken = await room.invite(room.chief.email, "verifier")
    none = await room.invite(f"x-{uuid4().hex[:8]}@contoh.example")

    assert (taken.status_code, none.status_code) == (422, 422)
    assert 'id="email-e"' in taken.text
    assert 'id="roles-e"' in none.text


async def test_a_lost_second_factor_is_renewed_by_two_persons_and_a_link(room: Room) -> None:
    lost = await room.house.officer(room.office, "verifier")
    second = await room.house.officer(room.office, "approver")
    approver = await room.house.log_in(second)
    await room.house.log_in(lost)
    assert (await room.press(room.admin, lost.id, "factor-reset", reason="Ponsel hilang")).status_code == 303

    path = f"/console/officers/{lost.id}/factor-approval"
    alone = await room.admin.post(path, {"code": totp(room.chief.secret, ahead=1)}, Prefer="wait=10")
    assert alone.status_code == 403, "who asked cannot agree with themself"
    wrong = await room.press(approver, lost.id, "factor-approval", code="000000")
    assert wrong.status_code == 422
    agreed = await room.press(approver, lost.id, "factor-approval", code=totp(second.secret, ahead=1))
    assert agreed.status_code == 303, agreed.text

    body = {"email": lost.email, "password": PASSWORD, "code": totp(lost.secret, ahead=1)}
    async with room.house.browser() as browser:
        assert (await browser.post("/api/v1/session", json=body)).status_code == 401, "the lost one opens nothing"
        asked = await opened(browser, await room.link(lost.email))
        assert "password" not in asked.fields
        secret = asked.fields["totp"]
        assert secret != lost.secret
        assert (await asked.send(browser, code=totp(secret))).status_code == 303
        renewed = await browser.post("/api/v1/session", json={**body, "code": totp(secret, ahead=1)})
        assert renewed.status_code == 201, renewed.text


async def test_who_is_let_go_is_out_at_once_and_what_they_held_goes_to_a_colleague(room: Room) -> None:
    leaving = await room.house.officer(room.office, "verifier", "editor")
    heir = await room.house.officer(room.office, "verifier")
    desk, colleague = await room.house.log_in(leaving), await room.house.log_in(heir)
    report = (await room.house.submit(room.office))["report_id"]
    case = await the_case_of(desk, report)
    await drafted(desk, case, claim="Kabar tentang air")
    triaged = await desk.post(
        f"/console/cases/{case['id']}/triage", {"severity": 2, "topic": "air", "owner": leaving.id}, Prefer="wait=10"
    )
    assert triaged.status_code == 201, triaged.text

    nobody = await room.press(room.admin, leaving.id, "retirement", reason="Pindah tugas")
    assert 'id="successor-e"' in nobody.text
    gone = await room.press(room.admin, leaving.id, "retirement", reason="Pindah tugas", successor=heir.id)
    assert gone.status_code == 303, gone.text

    async def out() -> bool:
        return (await desk.get("/console/cases")).status_code == 401

    await until(out, within=5)

    async def handed_over() -> bool:
        found = (await colleague.get(f"/console/cases/{case['id']}")).json()
        return bool(found["owner"] == heir.id and found["leased_by"] != leaving.id)

    await until(handed_over)
    mine = (await colleague.get("/console/cases", owner=heir.id)).json()["items"]
    assert case["id"] in {one["id"] for one in mine}


async def test_an_office_always_keeps_one_administrator(house: House) -> None:
    office = await house.office()
    one, two = await house.officer(office, "tenant_admin", "verifier"), await house.officer(office, "tenant_admin")
    first, second = await house.log_in(one), await house.log_in(two)

    own = await first.post(f"/console/officers/{one.id}/roles", {"roles": ["verifier"]}, Prefer="wait=10")
    assert own.status_code == 403
    away = await first.post(f"/console/officers/{two.id}/roles", {"roles": ["verifier"]}, Prefer="wait=10")
    assert away.status_code == 201, away.text
    late = await second.post(f"/console/officers/{one.id}/roles", {"roles": ["verifier"]}, Prefer="wait=10")
    assert late.status_code == 403, "two who remove each other: the first stays"


async def test_another_offices_officers_are_nobody_here(room: Room, neighbour: TestOffice) -> None:
    other = await room.house.log_in(await room.house.officer(neighbour, "tenant_admin", "approver"))
    verifier = await room.house.log_in(await room.house.officer(room.office, "verifier"))
    target = await room.house.officer(room.office, "verifier")

    for path, body in (
        ("roles", {"roles": ["verifier"]}),
        ("retirement", {"reason": "x"}),
        ("factor-reset", {"reason": "x"}),
        ("invitation", None),
        ("reinstatement", {}),
    ):
        url = f"/console/officers/{target.id}/{path}"
        assert (await other.post(url, body, Prefer="wait=10")).status_code == 404, path
        assert (await verifier.post(url, body, Prefer="wait=10")).status_code == 403, path
    listed = (await other.get("/console/officers")).json()
    assert target.id not in {o["id"] for o in listed}
    assert all(not o["email"] for o in (await verifier.get("/console/officers")).json())
    assert (await other.get(f"/console/officers/{target.id}/history")).status_code == 404
