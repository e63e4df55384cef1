"""Files of partners on real servers: every good row arrives once, whatever ends the process in between."""

import asyncio
import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.layout import CHECKOUT
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from libs.kit.exports import xlsx_of
from tests.chaos.lag import mongo_client
from tests.service.gateway.house import Desk, House, TestOffice
from tests.service.gateway.importing import Import, a_table, bring
from tests.unheard import unheard

SHARED = CHECKOUT.parent / "shared" / "data"
ACCOUNTS = SHARED / "accounts" / "gov_social_accounts.csv"
AT_ONCE = 8
"""Offices."""
PARTNERS = SHARED / "load" / "sample_partners_faker_idID.csv"


@pytest.fixture(scope="module")
def partners(stack: Stack) -> Any:
    client: MongoClient[Any] = mongo_client(stack)
    return client["registry"]["partner"]


async def a_desk(house: House, office: TestOffice, *roles: str) -> Desk:
    return await house.log_in(await house.officer(office, *(roles or ("verifier",))))


def a_row(n: int, **changes: str) -> dict[str, str]:
    return {
        "Nama": f"KIM {unheard()} {unheard()}",
        "Jenis": "KIM",
        "Kecamatan": "Kesambi",
        "WhatsApp": f"0812{n:08}",
        "Akun 1": f"https://www.instagram.com/kim{unheard()[:20]}",
        "Ketua": "Ani",
        **changes,
    }


def stored(partners: Any, tenant: str) -> list[dict[str, Any]]:
    return list(partners.find({"tenant": tenant}, {"state": 1, "history.type": 1, "version": 1}))


async def test_a_workbook_is_judged_by_cell_and_what_is_good_goes_in_once(house: House, partners: Any) -> None:
    office = await house.office()
    desk = await a_desk(house, office)
    good = [a_row(n) for n in range(1, 4)]
    bad = [a_row(4, WhatsApp="8.12E+11"), a_row(5, Kecamatan="Bandung", Jenis="Tukang kebun")]
    rows = [*good, *bad]
    book = xlsx_of(list(rows[0]), [list(row.values()) for row in rows], sheet="Mitra")

    brought = await bring(desk, book, "kim.xlsx")
    checked = await brought.map()
    refused = await brought.rows(became="refused")
    held_back = await desk.post(f"{brought.url}/run", {})
    done = await brought.run(without_refused=True)

    assert checked["judged"] == {"new": 3, "same": 0, "changed": 0, "refused": 2, "passed": 0}
    assert [[(e["cell"], e["column"], e["code"]) for e in row["errors"]] for row in refused] == [
        [("D5", "WhatsApp", "phone_digits_lost")],
        [("B6", "Jenis", "kind_unknown"), ("C6", "Kecamatan", "area_unknown")],
    ]
    assert refused[0]["errors"][0]["shown"] == "8.12E+11"
    assert (held_back.status_code, held_back.json()["type"]) == (409, "urn:simpul:problem:rows_refused")
    assert (done["state"], done["tally"]) == ("done", {**checked["judged"]})
    found = stored(partners, office.tenant)
    standing = [(p["state"]["state"], p["state"]["area"], len(p["history"])) for p in found]
    assert standing == [("draft", "32.74.05", 1)] * 3
    entered = await brought.rows(became="new")
    assert {row["partner_id"] for row in entered} == {p["_id"].split("/")[1] for p in found}


async def test_the_same_file_twice_changes_nothing_and_another_changes_what_it_says(
    house: House, partners: Any
) -> None:
    office = await house.office()
    desk = await a_desk(house, office)
    rows = [a_row(n) for n in range(10, 30)]
    first = await bring(desk, a_table(rows))
    await first.map()
    await first.run(agreed=True)
    before = stored(partners, office.tenant)

    again = await bring(desk, a_table(list(reversed(rows))), "lain.csv")
    same = await again.map()
    await again.run()
    unchanged = stored(partners, office.tenant)
    rows[3]["Ketua"], rows[4]["WhatsApp"] = "Budi", "081399999999"
    third = await bring(desk, a_table([*rows, a_row(30)]))
    judged = await third.map()
    done = await third.run()

    assert same["judged"] == {"new": 0, "same": 20, "changed": 0, "refused": 0, "passed": 0}
    assert {p["state"]["state"] for p in before} == {"submitted"}
    assert sorted(p["_id"] for p in unchanged) == sorted(p["_id"] for p in before)
    assert sum(p["version"] for p in unchanged) == sum(p["version"] for p in before)
    assert judged["judged"] == {"new": 1, "same": 18, "changed": 2, "refused": 0, "passed": 0}
    assert [row["changes"] for row in await third.rows(became="changed")] == [["chair"], ["phone"]]
    assert done["tally"] == judged["judged"]
    assert len(stored(partners, office.tenant)) == 21
    assert (await (await bring(desk, a_table(rows))).map())["judged"]["same"] == 20


async def test_an_import_that_is_killed_in_the_middle_goes_on_and_every_row_is_there_once(
    house: House, stack: Stack, partners: Any
) -> None:
    office = await house.office()
    desk = await a_desk(house, office)
    rows = [a_row(n) for n in range(1_000, 7_000)]
    brought = await bring(desk, a_table(rows))
    await brought.map()

    running = await desk.post(f"{brought.url}/run", {})
    async with asyncio.timeout(60):
        while partners.count_documents({"tenant": office.tenant}) < 700:
            await asyncio.sleep(0.005)
    stack.children.kill(Service.REGISTRY)
    there = partners.count_documents({"tenant": office.tenant})
    await asyncio.to_thread(stack.start_service, Service.REGISTRY)
    done = await brought.reached("done", "failed")

    assert running.status_code == 201
    assert there < len(rows)
    assert (done["state"], done["upto"]) == ("done", len(rows))
    assert done["tally"] == {"new": len(rows), "same": 0, "changed": 0, "refused": 0, "passed": 0}
    found = stored(partners, office.tenant)
    assert len(found) == len(rows)
    assert {(p["version"], len(p["history"])) for p in found} == {(1, 1)}


async def test_two_officers_who_bring_the_same_at_once_double_nothing(house: House, partners: Any) -> None:
    office = await house.office()
    desks = [await a_desk(house, office), await a_desk(house, office, "tenant_admin")]
    rows = [a_row(n) for n in range(8_000, 8_600)]

    async def whole(desk: Desk) -> dict[str, Any]:
        brought = await bring(desk, a_table(rows))
        await brought.map()
        return await brought.run()

    one, other = await asyncio.gather(*map(whole, desks))

    assert {one["state"], other["state"]} == {"done"}
    assert sorted(done["tally"]["new"] for done in (one, other)) == [0, len(rows)]
    assert sorted(done["tally"]["same"] for done in (one, other)) == [0, len(rows)]
    assert len(stored(partners, office.tenant)) == len(rows)


async def test_chosen_rows_alone_go_in_and_an_import_that_is_stopped_enters_nothing_more(
    house: House, partners: Any
) -> None:
    office = await house.office()
    desk = await a_desk(house, office)
    brought = await bring(desk, a_table([a_row(n) for n in range(9_000, 9_010)]))
    await brought.map()
    other = await bring(desk, a_table([a_row(n) for n in range(9_100, 9_110)]))
    await other.map()

    unclear = await desk.post(f"{brought.url}/run", {"rows": "9-3"})
    done = await brought.run(rows="2-4, 7")
    stopped = await desk.post(f"{other.url}/stop")
    late = await desk.post(f"{other.url}/run", {})

    assert unclear.status_code == 422
    assert done["tally"] == {"new": 4, "same": 0, "changed": 0, "refused": 0, "passed": 6}
    assert [row["number"] for row in await brought.rows(became="new")] == [2, 3, 4, 7]
    assert stopped.status_code == 201
    assert late.status_code == 409
    assert len(stored(partners, office.tenant)) == 4


async def test_what_is_there_may_be_left_as_it_is(house: House, partners: Any) -> None:
    office = await house.office()
    desk = await a_desk(house, office)
    rows = [a_row(n) for n in range(9_200, 9_203)]
    first = await bring(desk, a_table(rows))
    await first.map()
    await first.run()
    rows[0]["Ketua"] = "Budi"
    more = {**rows[1], "Akun 1": "", "WhatsApp": "", "Surel": "kim@contoh.example"}

    second = await bring(desk, a_table([{**row, "Surel": ""} for row in rows] + [more, {**a_row(9_204), "Surel": ""}]))
    judged = await second.map()
    done = await second.run(only_new=True)

    assert judged["judged"] == {"new": 1, "same": 1, "changed": 3, "refused": 0, "passed": 0}
    assert done["tally"] == {"new": 1, "same": 1, "changed": 0, "refused": 0, "passed": 3}
    assert sorted(p["version"] for p in stored(partners, office.tenant)) == [1, 1, 1, 1]


async def test_another_office_and_other_roles_see_nothing_of_it(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    brought = await bring(await a_desk(house, office), a_table([a_row(9_500)]))
    await brought.reached("read")
    editor, stranger = await a_desk(house, office, "editor"), await a_desk(house, neighbour)

    assert (await editor.get(brought.url)).status_code == 403
    assert (await editor.get("/console/partner-imports")).status_code == 403
    for path in ("", "/rows"):
        assert (await stranger.get(f"{brought.url}{path}")).status_code == 404
    assert (await stranger.post(f"{brought.url}/stop")).status_code == 404


@pytest.mark.parametrize(
    ("data", "failure"),
    [(b"%PDF-1.7", "not_a_table"), (b"Nama,Jenis\n", "empty"), (b"PK\x03\x04....", "broken")],
)
async def test_a_file_that_cannot_be_read_says_why(
    house: House, office: TestOffice, data: bytes, failure: str
) -> None:
    brought = await bring(await a_desk(house, office), data)

    assert (await brought.reached("failed"))["failure"] == failure


def read(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        pytest.skip(f"{file} is not here")
    with file.open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


async def entered(house: House, region: str, rows: list[dict[str, str]], **said: str) -> tuple[TestOffice, Import]:
    office = await house.office(region=region)
    brought = await bring(await a_desk(house, office), a_table(rows))
    checked = await brought.map(**said)
    judged = checked["judged"]
    assert sum(judged.values()) == len(rows)
    done = await brought.run(without_refused=True)
    assert done["tally"] == judged
    return office, brought


async def test_the_accounts_of_public_offices_by_the_file(house: House, partners: Any) -> None:
    by_region: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read(ACCOUNTS):
        by_region[row["region_code"]].append(row)
    kept: list[str] = []
    refused: list[tuple[dict[str, str], list[dict[str, Any]]]] = []
    # The file tells of each account its name, its address and what kind of page it is.
    named = {"kind": "government_account", "region_name": "", "handle_or_id": "", "raw_url": "", "platform": ""}

    async def bring_those_of(region: str, rows: list[dict[str, str]]) -> None:
        office, brought = await entered(house, region, rows, **named)
        kept.extend(a["identity_key"] for p in stored(partners, office.tenant) for a in p["state"]["accounts"])
        refused.extend((rows[row["number"] - 2], row["errors"]) for row in await brought.rows(became="refused"))

    regions = list(by_region.items())
    for start in range(0, len(regions), AT_ONCE):
        await asyncio.gather(*(bring_those_of(*one) for one in regions[start : start + AT_ONCE]))

    assert len(kept) == len(set(kept))
    assert len(kept) + len(refused) == sum(map(len, by_region.values())) == 141
    # One hides behind a share link, and one has a name that is longer than X allows.
    assert {(row["handle_or_id"], *(e["code"] for e in errors)) for row, errors in refused} == {
        ("18wf8x3AuD", "account_unresolved"),
        ("kecamatanrajagaluh", "account_is_content"),
    }


async def test_the_partners_for_load_tests_by_the_file(house: House, partners: Any) -> None:
    by_region: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read(PARTNERS):
        by_region[row["village_code"][:5]].append(row)
    kept: list[str] = []
    refused: list[tuple[dict[str, str], list[str]]] = []

    for region, rows in by_region.items():
        office, brought = await entered(house, region, rows, kind="influencer")
        kept += [a["handle"] for p in stored(partners, office.tenant) for a in p["state"]["accounts"]]
        bad = await brought.rows(became="refused")
        refused += [(rows[row["number"] - 2], [e["code"] for e in row["errors"]]) for row in bad]

    everyone = [row["handle"] for rows in by_region.values() for row in rows]
    assert sorted([*kept, *(row["handle"] for row, _ in refused)]) == sorted(everyone)
    assert len(everyone) == 500
    # No account of X may be called so: its names have fifteen characters at most.
    of_x = [row["handle"] for rows in by_region.values() for row in rows if row["platform"] == "x"]
    assert len(refused) == sum(len(handle) > 15 for handle in of_x)
    assert {codes[0] for _, codes in refused} == {"account_name_invalid"}
