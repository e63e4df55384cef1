import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from deploy.local import kafka, mongo
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.gateway.house import House, TestOffice, key, until
from tests.service.gateway.test_uploads import a_picture

TEXT = {"text": "Beredar kabar di tengah gangguan."}


@pytest.fixture
async def paused(stack: Stack, house: House) -> AsyncIterator[list[str]]:
    """Names of servers to wake up again."""
    names: list[str] = []
    yield names
    for name in names:
        await asyncio.to_thread(stack.resume, name)

    async def well() -> bool:
        return (await house.http.get(f"{stack.health_url(Service.GATEWAY)}/health/ready")).status_code == 200

    await until(well)


async def test_without_kafka_the_answer_is_503_in_two_seconds_and_the_key_converges(
    stack: Stack, house: House, office: TestOffice, paused: list[str]
) -> None:
    headers = key(Prefer="wait=10")
    paused.append(kafka.NAME)
    await asyncio.to_thread(stack.pause, kafka.NAME)

    started = time.monotonic()
    away = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)
    took = time.monotonic() - started
    await asyncio.to_thread(stack.resume, kafka.NAME)
    answers = []

    async def kept() -> bool:
        answers.append(await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers))
        return answers[-1].status_code == 201

    await until(kept, within=30)
    again = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)

    assert (away.status_code, away.headers["retry-after"]) == (503, "2")
    assert took < 2.2
    assert again.json() == answers[-1].json()


async def test_without_mongodb_text_is_taken_and_pictures_are_not(
    stack: Stack, house: House, office: TestOffice, paused: list[str]
) -> None:
    paused.append(mongo.NAME)
    await asyncio.to_thread(stack.pause, mongo.NAME)

    text = await house.http.post(f"{office.api}/reports", json=TEXT, headers=key())
    live = await house.http.get(f"{stack.health_url(Service.GATEWAY)}/health/live")
    picture = await house.http.post(f"{office.api}/uploads", files={"file": ("a.png", a_picture())}, headers=key())

    assert (text.status_code, live.status_code) == (202, 200)
    assert (picture.status_code, picture.json()["type"]) == (503, "urn:simpul:problem:uploads_unavailable")
