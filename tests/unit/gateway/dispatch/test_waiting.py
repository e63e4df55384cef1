import asyncio
from uuid import UUID, uuid4

import pytest
from aiokafka import ConsumerRecord

from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reads import OutcomeView
from libs.contracts.reports.report import ReportReceived
from libs.runtime.errors import Unavailable
from services.gateway.dispatch.waiting import Waiters, outcome_within, read_wait

DONE = OutcomeView(state="done")
PENDING = OutcomeView(state="pending")


def a_record(kind: str, cause: UUID, body: bytes = b"{}") -> ConsumerRecord:
    headers = (("ce_type", kind.encode()), ("ce_causationid", str(cause).encode()))
    return ConsumerRecord("reports.events.v1", 0, 0, 0, 0, b"k", body, None, 1, 1, headers)


async def never() -> OutcomeView:
    await asyncio.Event().wait()
    return DONE


async def pending() -> OutcomeView:
    return PENDING


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 0), ("", 0), ("wait=5", 5), ("respond-async, wait=3", 3), ("wait=99", 10), ("await=4", 0), ("wait=-1", 0)],
)
def test_prefer_says_how_long(header: str | None, seconds: float) -> None:
    assert read_wait(header) == seconds


async def test_an_event_wakes_who_waits_for_its_cause() -> None:
    waiters, mine, other = Waiters(), uuid4(), uuid4()
    with waiters.expecting(mine) as told, waiters.expecting(other) as not_told:
        await waiters.take([a_record(ReportReceived.type_name, mine)])

        outcome = await outcome_within(1, told, never)
        assert outcome == OutcomeView(state="done", events=(ReportReceived.type_name,))
        assert not not_told.done()


async def test_a_refusal_tells_its_reason() -> None:
    waiters, command = Waiters(), uuid4()
    refusal = ReportsRefused(command="reports.submit-report.v1", problem="key_reused", fields=("text",))
    with waiters.expecting(command) as told:
        await waiters.take([a_record(refusal.type_name, command, refusal.model_dump_json().encode())])

        outcome = await outcome_within(1, told, never)

    assert outcome == OutcomeView(state="refused", problem="key_reused", fields=("text",))


async def test_two_with_one_key_are_both_woken() -> None:
    waiters, command = Waiters(), uuid4()
    with waiters.expecting(command) as first, waiters.expecting(command) as second:
        both = asyncio.gather(outcome_within(1, first, never), outcome_within(1, second, never))
        await asyncio.sleep(0)
        await waiters.take([a_record(ReportReceived.type_name, command)])

        assert [o.state for o in await both if o] == ["done", "done"]


async def test_who_goes_on_waiting_is_woken_when_another_has_given_up() -> None:
    waiters, command = Waiters(), uuid4()
    with waiters.expecting(command) as staying:
        with waiters.expecting(command):
            pass
        await waiters.take([a_record(ReportReceived.type_name, command)])

        assert staying.done()


async def test_the_owner_is_asked_where_no_event_comes() -> None:
    async def knows() -> OutcomeView:
        return DONE

    with Waiters().expecting(uuid4()) as told:
        assert await outcome_within(5, told, knows) == DONE


async def test_nobody_knows_in_time() -> None:
    async def away() -> OutcomeView:
        raise Unavailable("reports")

    with Waiters().expecting(uuid4()) as told:
        assert await outcome_within(0.1, told, pending) is None
        assert await outcome_within(0.1, told, away) is None
        assert await outcome_within(0.1, told, never) is None


async def test_nothing_stays_behind_when_nobody_waits_any_more() -> None:
    waiters = Waiters()
    with waiters.expecting(uuid4()):
        pass

    assert not waiters._waiting
    assert not waiters._counts
