"""A picture that came before brings its case: through the gateway, over Kafka and MongoDB, with pictures drawn here."""

import asyncio
import random
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pymongo import MongoClient

from tests.service.gateway.house import House, TestOffice, key, until
from tests.unit.kit.pictures import COPIES, jpeg, message

pytest.importorskip("imagehash")

Row = dict[str, Any]


@pytest.fixture
async def room(house: House) -> TestOffice:
    return await house.office()


async def report(house: House, office: TestOffice, *pictures: bytes, text: str = "") -> str:
    """Its number, once it has a place."""
    ids = []
    for picture in pictures:
        sent = await house.http.post(f"{office.api}/uploads", files={"file": ("a.jpg", picture)}, headers=key())
        assert sent.status_code == 201, sent.text
        ids.append(sent.json()["id"])
    number: str = (await house.submit(office, text=text, attachments=ids))["number"]

    async def placed() -> bool:
        return "case" in (await lines(house, office)).get(number, {})

    await until(placed, within=90)
    return number


async def lines(house: House, office: TestOffice) -> dict[str, Row]:
    """What the database knows of the office's reports in the clear, by number."""
    return {document["ix"]["number"]: document["ix"] for document in await documents(house, office)}


async def documents(house: House, office: TestOffice) -> list[Row]:
    def found() -> list[Row]:
        client: MongoClient[Row] = MongoClient(house.stack.admin_mongo_url)
        with client:
            return list(client["reports"]["report"].find({"tenant": office.tenant}))

    return await asyncio.to_thread(found)


async def cases(house: House, office: TestOffice, *numbers: str) -> list[str]:
    known = await lines(house, office)
    return [known[number]["case"] for number in numbers]


async def test_a_copy_of_a_picture_joins_the_case_that_the_picture_opened(house: House, room: TestOffice) -> None:
    first = await report(house, room, jpeg(message()))

    copy = await report(house, room, jpeg(COPIES["passed on"](message())), text="apakah ini betul min?")

    one, two = await cases(house, room, first, copy)
    assert one == two


async def test_one_template_with_another_bank_opens_a_case_of_its_own(house: House, room: TestOffice) -> None:
    first = await report(house, room, jpeg(message("BANK BRI")))

    other = await report(house, room, jpeg(message("BANK BNI")))

    one, two = await cases(house, room, first, other)
    assert one != two


async def test_a_photograph_without_a_word_is_found_again(house: House, room: TestOffice) -> None:
    first = await report(house, room, photograph(1))

    copy, other = await report(house, room, photograph(1, quality=50)), await report(house, room, photograph(2))

    one, two, three = await cases(house, room, first, copy, other)
    assert one == two != three


async def test_a_picture_beside_a_claim_of_its_own_is_proposed(house: House, room: TestOffice) -> None:
    first = await report(house, room, photograph(3))
    claim = "Sumur warga di Desa Sukamaju diracuni orang tidak dikenal tadi malam, tiga kambing mati."

    beside = await report(house, room, photograph(3, quality=60), text=claim)

    one, two = await cases(house, room, first, beside)
    assert one != two
    [document] = [d for d in await documents(house, room) if d["ix"]["number"] == beside]
    assert [candidate["case_id"] for candidate in document["state"]["suggestions"]] == [one]


async def test_an_office_does_not_find_the_pictures_of_another(house: House, room: TestOffice) -> None:
    neighbour = await house.office(region="35.17")
    await report(house, room, photograph(4))

    there = await report(house, neighbour, photograph(4))

    assert set(await cases(house, neighbour, there)).isdisjoint(
        line["case"] for line in (await lines(house, room)).values()
    )


async def test_what_lies_in_the_clear_does_not_tell_the_hash(house: House, room: TestOffice) -> None:
    await report(house, room, photograph(5))

    [document] = await documents(house, room)

    assert "pictures" not in document["state"]
    assert len(document["ix"]["pictures"]) == 16
    assert not any("hash" in entry["data"] and entry["data"]["hash"] for entry in document["history"])


def photograph(seed: int, *, quality: int = 95) -> bytes:
    """Hills of grey and colour, and not one letter."""
    tinted = Image.frombytes("RGB", (9, 16), random.Random(seed).randbytes(9 * 16 * 3))
    out = BytesIO()
    tinted.resize((720, 1280), Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
    return out.getvalue()
