import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from aiokafka import ConsumerRecord

from libs.contracts.envelope import Envelope
from libs.runtime.errors import Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.dispatch.streams import (
    MOST_OF_ADDRESS,
    MOST_OF_OFFICE,
    MOST_OF_ONE,
    QUEUED,
    REFRESH,
    Hub,
    Place,
    of_office,
    of_ticket,
    understood,
    written,
)

PLACE = Place(who="r1", office="t1", address="203.0.113.9")


def a_record(
    offset: int, *, tenant: str = "t1", subject: str = "r1", partition: int = 0, **body: str
) -> ConsumerRecord:
    envelope = Envelope(
        id=uuid4(),
        type="reports.report-matched.v1",
        source="/simpul/reports",
        subject=subject,
        time=datetime.now(UTC),
        tenant=tenant,
        correlation_id="c",
    )
    value = orjson.dumps(body)
    return ConsumerRecord(
        "reports.events.v1", partition, offset, 0, 0, b"k", value, None, 1, 1, tuple(envelope.headers())
    )


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(1):
        return await anext(stream)


def id_of(message: bytes) -> str:
    return next(line for line in message.decode().split("\n") if line.startswith("id: ")).removeprefix("id: ")


async def test_a_ticket_notices_its_report_and_the_case_that_it_comes_to() -> None:
    hub = Hub()
    stream = hub.stream(PLACE, of_ticket("t1", "r1", None), None)
    await next_of(stream)

    await hub.take([a_record(1, subject="other"), a_record(2, case_id="c1"), a_record(3, subject="c1")])

    assert b'"subject":"r1"' in await next_of(stream)
    assert b'"subject":"c1"' in await next_of(stream)


async def test_another_office_sees_nothing() -> None:
    hub = Hub()
    office, ticket = hub.stream(PLACE, of_office("t2"), None), hub.stream(PLACE, of_ticket("t2", "r1", None), None)
    await next_of(office)
    await next_of(ticket)

    await hub.take([a_record(1), a_record(2, tenant="t2", subject="mine", report_id="r1")])

    assert b'"subject":"mine"' in await next_of(office)
    assert b'"subject":"mine"' in await next_of(ticket)


async def test_a_stream_says_that_something_changed_and_not_what_it_says() -> None:
    hub = Hub()
    stream = hub.stream(PLACE, of_office("t1"), None)
    await next_of(stream)

    await hub.take([a_record(1, claim="Bantuan palsu", case_id="c1")])

    assert b"palsu" not in await next_of(stream)


async def test_a_page_that_comes_back_gets_what_it_missed() -> None:
    hub = Hub()
    staying, leaving = hub.stream(PLACE, of_office("t1"), None), hub.stream(PLACE, of_office("t1"), None)
    await next_of(staying)
    await next_of(leaving)
    await hub.take([a_record(1)])
    seen = id_of(await next_of(leaving))
    await leaving.aclose()  # type: ignore[attr-defined]
    await hub.take([a_record(2, subject="missed")])

    back = hub.stream(PLACE, of_office("t1"), seen)
    await next_of(back)

    assert b'"subject":"missed"' in await next_of(back)


async def test_where_something_was_not_seen_here_the_page_reads_itself_anew() -> None:
    fresh = Hub()
    back = fresh.stream(PLACE, of_office("t1"), written({"rep0": 7}))
    await next_of(back)

    assert await next_of(back) == REFRESH


async def test_a_slow_reader_is_told_to_read_anew_and_costs_no_more_memory() -> None:
    hub = Hub()
    stream = hub.stream(PLACE, of_office("t1"), None)
    await next_of(stream)

    await hub.take([a_record(n) for n in range(QUEUED + 1)])

    assert await next_of(stream) == REFRESH


async def test_streams_end_when_the_server_stops() -> None:
    hub = Hub()
    stream = hub.stream(PLACE, of_office("t1"), None)
    await next_of(stream)
    await hub.take([a_record(1)])

    hub.close()

    assert [message async for message in stream] == []
    assert hub.is_full


def test_an_id_of_somebody_elses_making_is_not_understood() -> None:
    assert understood("7") is None
    assert understood("rep0:zz") is None
    assert understood(written({"rep0": 255, "not3": 1})) == {"rep0": 255, "not3": 1}


async def opened(hub: Hub, *places: Place) -> list[AsyncIterator[bytes]]:
    streams = []
    for place in places:
        hub.require_room(place)
        streams.append(hub.stream(place, of_office(place.office), None))
        await next_of(streams[-1])
    return streams


async def test_one_ticket_cannot_take_the_places_of_others() -> None:
    hub = Hub()
    streams = await opened(hub, *[replace(PLACE, address=f"a{n}") for n in range(MOST_OF_ONE)])

    with pytest.raises(TooMany):
        hub.require_room(replace(PLACE, address="another"))
    hub.require_room(replace(PLACE, who="r2"))

    await streams[0].aclose()  # type: ignore[attr-defined]
    hub.require_room(PLACE)


async def test_many_tickets_from_one_address_leave_room_for_other_addresses() -> None:
    hub = Hub()
    await opened(hub, *[replace(PLACE, who=f"r{n}", office=f"t{n % 9}") for n in range(MOST_OF_ADDRESS)])

    with pytest.raises(TooMany):
        hub.require_room(replace(PLACE, who="new"))
    hub.require_room(replace(PLACE, who="new", address="another"))


async def test_a_busy_office_leaves_room_for_the_others_until_all_is_taken() -> None:
    hub = Hub()
    busy = [replace(PLACE, who=f"r{n}", address=f"a{n}") for n in range(MOST_OF_OFFICE)]
    await opened(hub, *busy)

    with pytest.raises(TooMany):
        hub.require_room(replace(PLACE, who="new", address="new"))
    other = await opened(hub, *[replace(place, office="t2", who=f"{place.who}b") for place in busy])
    with pytest.raises(Unavailable):
        hub.require_room(Place(who="x", office="t3", address="x"))
    assert len(other) == MOST_OF_OFFICE


async def test_nothing_is_remembered_of_pages_that_were_closed() -> None:
    hub = Hub()
    for stream in await opened(hub, *[replace(PLACE, who=f"r{n}") for n in range(5)]):
        await stream.aclose()  # type: ignore[attr-defined]

    assert not hub._taken
