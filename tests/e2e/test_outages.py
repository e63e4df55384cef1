"""Kafka or MongoDB really gone, not only slow: what people are told, and what becomes of what they sent."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.e2e.material import drawn
from tests.service.gateway.house import House, TestOffice, key, until
from tests.service.pages.reading import form

TEXT = {"text": "Beredar kabar di tengah gangguan."}
BACK_WITHIN = 60.0
SERVICES = (Service.GATEWAY, Service.REGISTRY, Service.REPORTS, Service.NOTIFY)


@pytest.fixture
async def well_again(stack: Stack, house: House) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(stack.start_kafka)
    await asyncio.to_thread(stack.start_mongod)

    async def well() -> bool:
        answers = [await house.http.get(f"{url}/health/ready") for url in _addresses(stack)]
        return all(a.status_code == 200 for a in answers)

    await until(well, within=BACK_WITHIN)
    # A group whose broker was killed waits for the session of the member that its own members were before.
    await until(lambda: carried_out(house), within=BACK_WITHIN)


async def carried_out(house: House) -> bool:
    """A command of each kind comes through; the house itself gives up after ten seconds."""
    with contextlib.suppress(AssertionError, TimeoutError):
        await house.submit(await house.office())
        return True
    return False


async def at_the_last_step(house: House, office: TestOffice) -> httpx.Response:
    """The page of the report form that sends it, with the store there or away."""
    page = await house.http.get(f"/{office.slug}/report/hoax", follow_redirects=True)
    for end, told in (("/report/hoax", {"text": "Beredar kabar di tengah gangguan."}), ("/contact", {})):
        answer = await form(page.text, end).send(house.http, **told)
        while answer.is_redirect:
            answer = await house.http.get(answer.headers["location"])
        assert answer.status_code == 200, answer.text
        page = answer
    return page


def _addresses(stack: Stack) -> list[str]:
    return [stack.health_url(service) for service in SERVICES]


async def who_is_ready(stack: Stack, house: House) -> set[Service]:
    asked = zip(SERVICES, _addresses(stack), strict=True)
    return {s for s, url in asked if (await house.http.get(f"{url}/health/ready")).status_code == 200}


def pids(stack: Stack) -> dict[str, int]:
    return {service: found.pid for service in Service if (found := stack.children.find(service))}


@pytest.mark.usefixtures("well_again")
async def test_without_kafka_nothing_is_promised_and_the_same_key_converges(
    stack: Stack, house: House, office: TestOffice
) -> None:
    headers = key(Prefer="wait=10")
    before = pids(stack)
    await asyncio.to_thread(stack.kill_kafka)

    refused = []
    for _ in range(3):
        started = time.monotonic()
        answer = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)
        refused.append((answer, time.monotonic() - started))
    live = [await house.http.get(f"{url}/health/live") for url in _addresses(stack)]
    ready = await who_is_ready(stack, house)
    await asyncio.to_thread(stack.start_kafka)
    kept: list[httpx.Response] = []

    async def converged() -> bool:
        kept.append(await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers))
        return kept[-1].status_code == 201

    await until(converged, within=BACK_WITHIN)
    again = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)

    assert [(a.status_code, a.headers["retry-after"].isdigit()) for a, _ in refused] == [(503, True)] * 3
    assert max(took for _, took in refused) < 2.5
    assert {a.status_code for a in live} == {200}
    # What is stored can be read, and the gateway's own words are better than a proxy's.
    assert ready == set(SERVICES)
    assert again.json() == kept[-1].json()
    assert pids(stack) == before


@pytest.mark.usefixtures("well_again")
async def test_without_mongodb_text_is_kept_pictures_are_not_and_nothing_restarts(
    stack: Stack, house: House, office: TestOffice
) -> None:
    before = pids(stack)
    begun = await at_the_last_step(house, office)
    await asyncio.to_thread(stack.kill_mongod)

    typed = [await form(page.text, "/send").send(house.http) for page in (begun, await at_the_last_step(house, office))]
    sent = await house.http.post(f"{office.api}/reports", json=TEXT, headers=key())
    file = {"file": ("foto.png", drawn("KABAR"), "image/png")}
    picture = await house.http.post(f"{office.api}/uploads", files=file, headers=key())
    reading = await house.http.get(f"{office.api}/clarifications")
    page = await house.http.get(f"/{office.slug}/clarifications")
    live = [await house.http.get(f"{url}/health/live") for url in _addresses(stack)]
    ready = await who_is_ready(stack, house)
    await asyncio.to_thread(stack.start_mongod)
    ticket = f"{office.api}/tickets/{sent.json()['number']}"

    async def recorded() -> bool:
        opened = await house.http.post(ticket, json={"code": sent.json()["tracking_code"]})
        return opened.status_code == 200

    await until(recorded, within=BACK_WITHIN)

    assert [(a.status_code, "/tickets/" in a.headers.get("location", "")) for a in typed] == [(303, True)] * 2
    assert sent.status_code == 202
    assert (picture.status_code, picture.json()["type"]) == (503, "urn:simpul:problem:uploads_unavailable")
    assert reading.status_code == 503
    # The page stands, and says which part is missing.
    assert page.status_code in (200, 503)
    assert "<html" in page.text
    assert {a.status_code for a in live} == {200}
    # Out of service it could not have taken the text.
    assert ready == {Service.GATEWAY}
    assert pids(stack) == before
