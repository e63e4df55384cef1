from typing import Any
from uuid import uuid4

import pytest

from tests.service.gateway.house import PASSWORD, Desk, House, TestOffice, key, totp, until
from tests.unheard import unheard


@pytest.fixture(scope="module")
async def desk(house: House, office: TestOffice) -> Desk:
    return await house.log_in(await house.officer(office, "verifier", "editor"))


async def a_case(house: House, office: TestOffice, desk: Desk) -> dict[str, Any]:
    text = f"Kabar {unheard()} {unheard()}"
    await house.submit(office, text=text)
    found: list[dict[str, Any]] = []

    async def opened() -> bool:
        rows = (await desk.get("/console/cases")).json()["items"]
        found[:] = [row for row in rows if row["title"] == text]
        return bool(found)

    await until(opened)
    return found[0]


async def test_an_officer_works_on_a_case(house: House, office: TestOffice, desk: Desk) -> None:
    case = await a_case(house, office, desk)
    url = f"/console/cases/{case['id']}"

    leased = await desk.post(f"{url}/lease", {})
    triaged = await desk.post(f"{url}/triage", {"severity": 3, "topic": "bantuan sosial"})
    drafted = await desk.post(f"{url}/draft", {"claim": "Bantuan dibagikan", "expects": 0})
    stale = await desk.post(f"{url}/draft", {"claim": "Lain", "expects": 0})
    [row] = [r for r in (await desk.get("/console/cases")).json()["items"] if r["id"] == case["id"]]

    assert [a.status_code for a in (leased, triaged, drafted)] == [201, 201, 201]
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:simpul:problem:version_conflict")
    assert (row["severity"], row["topic"], row["title"]) == (3, "bantuan sosial", "Bantuan dibagikan")


async def test_without_a_session_nothing_is_shown(house: House) -> None:
    async with house.browser() as stranger:
        answers = [
            await stranger.get("/api/v1/console/cases"),
            await stranger.post(f"/api/v1/console/cases/{uuid4()}/lease", json={}, headers=key()),
            await stranger.get("/api/v1/session"),
            await stranger.get("/api/v1/console/cases", headers={"Cookie": f"simpul-officer=t.{'a' * 43}"}),
        ]

    assert {a.status_code for a in answers} == {401}


async def test_a_write_needs_the_sessions_token(desk: Desk) -> None:
    url = f"/console/cases/{uuid4()}/lease"

    for token in ("", "0" * 64):
        assert (await desk.post(url, {}, **{"X-CSRF-Token": token})).status_code == 403


async def test_another_offices_case_is_as_unknown_as_one_that_never_was(
    house: House, office: TestOffice, neighbour: TestOffice, desk: Desk
) -> None:
    mine = await a_case(house, office, desk)
    theirs = await house.log_in(await house.officer(neighbour, "verifier"))

    for path in ("", "/lease"):
        other, never = (f"/console/cases/{i}{path}" for i in (mine["id"], uuid4()))
        if path:
            answers = [await theirs.post(other, {}), await theirs.post(never, {})]
        else:
            answers = [await theirs.get(other), await theirs.get(never)]
        assert [a.status_code for a in answers] == [404, 404]
        assert answers[0].content == answers[1].content


async def test_an_approval_needs_a_fresh_code(house: House, office: TestOffice) -> None:
    officer = await house.officer(office, "approver")
    desk = await house.log_in(officer)

    answer = await desk.post(f"/console/cases/{uuid4()}/approval", {"expects": 1, "code": "000000"})

    assert answer.status_code == 401


async def test_wrong_log_ins_all_look_alike(house: House, office: TestOffice) -> None:
    officer = await house.officer(office)
    right = {"email": officer.email, "password": PASSWORD, "code": totp(officer.secret)}

    answers = [
        await house.http.post("/api/v1/session", json=right | wrong)
        for wrong in ({"email": "siapa@contoh.example"}, {"password": "salah"}, {"code": "000000"})
    ]

    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1


async def test_a_log_in_gets_a_new_secret_and_the_old_one_dies(house: House, office: TestOffice) -> None:
    officer = await house.officer(office)
    desk = await house.log_in(officer)
    old = desk.browser.cookies["simpul-officer"]
    body = {"email": officer.email, "password": PASSWORD, "code": totp(officer.secret, ahead=1)}

    again = await desk.browser.post("/api/v1/session", json=body)

    assert again.status_code == 201
    assert desk.browser.cookies["simpul-officer"] != old
    async with house.browser() as thief:
        stolen = await thief.get("/api/v1/session", headers={"Cookie": f"simpul-officer={old}"})
    assert stolen.status_code == 401


async def test_logged_out_is_out(house: House, office: TestOffice) -> None:
    desk = await house.log_in(await house.officer(office))
    secret = desk.browser.cookies["simpul-officer"]

    assert (await desk.browser.delete("/api/v1/session")).status_code == 403
    left = await desk.browser.delete("/api/v1/session", headers={"X-CSRF-Token": desk.csrf})
    assert left.status_code == 204

    async with house.browser() as other:
        answer = await other.get("/api/v1/session", headers={"Cookie": f"simpul-officer={secret}"})
    assert answer.status_code == 401


async def test_a_disabled_officer_is_out_within_five_seconds(house: House, office: TestOffice) -> None:
    officer = await house.officer(office)
    desk = await house.log_in(officer)

    await house.disable(office, officer)

    async def out() -> bool:
        return (await desk.get("/session")).status_code == 401

    await until(out, within=5)
