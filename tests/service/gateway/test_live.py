import asyncio
import time
from collections.abc import AsyncIterator

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.gateway.conftest import start
from tests.service.gateway.house import House, TestOffice


async def changes(lines: AsyncIterator[str], within: float = 40) -> AsyncIterator[str]:
    async with asyncio.timeout(within):
        async for line in lines:
            if line.startswith("data: "):
                yield line


async def test_an_officers_page_hears_of_a_report_of_its_own_office(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    desk = await house.log_in(await house.officer(office))

    async with desk.browser.stream("GET", f"/{office.slug}/console/stream") as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        await house.submit(neighbour)
        mine = await house.submit(office)
        first = await anext(changes(lines))

    assert mine["report_id"] in first
    elsewhere = await desk.browser.get(f"/{neighbour.slug}/console/stream")
    assert elsewhere.status_code == 404


async def test_an_open_page_does_not_keep_the_server_from_stopping(stack: Stack, house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))

    async with desk.browser.stream("GET", f"/{office.slug}/console/stream") as stream:
        await anext(stream.aiter_lines())
        started = time.monotonic()
        await asyncio.to_thread(stack.children.stop, [Service.GATEWAY])
        took = time.monotonic() - started

    await asyncio.to_thread(start, stack)
    assert took < 10


async def test_a_stream_needs_its_ticket_or_its_officer(house: House, office: TestOffice) -> None:
    sent = await house.submit(office)

    ticket = await house.http.get(f"/{office.slug}/tickets/{sent['number']}/stream")
    console = await house.http.get("/console/stream")

    assert (ticket.status_code, console.status_code) == (404, 401)
