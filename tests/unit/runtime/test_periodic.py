"""What is done again and again, a start that waits, and a stop that must not take long."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.contracts.topics import Service
from libs.runtime.errors import Unavailable
from libs.runtime.service import Periodic, Runtime, patiently
from tests.unit.runtime.patience import without_waiting


class Stop(BaseException):
    pass


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_waiting(monkeypatch)


def steps(*results: Any) -> Any:
    left = list(results)

    async def step() -> Any:
        result = left.pop(0) if left else Stop()
        if isinstance(result, BaseException):
            raise result
        return result

    return step


async def run(*results: Any) -> None:
    with pytest.raises(Stop):
        await Periodic("sweeper", 5.0, steps(*results)).run()


async def test_work_is_followed_by_more_work_and_idleness_by_a_pause(slept: list[float]) -> None:
    await run(3, 1, 0)

    assert slept == [5.0]


async def test_a_failure_is_tried_again_with_growing_pauses(slept: list[float]) -> None:
    await run(Unavailable("mongo"), ZeroDivisionError(), Unavailable("mongo"), 0)

    assert len(slept) == 4
    assert slept[0] <= 0.2 < slept[2]


async def test_a_foreign_cancellation_does_not_end_it(slept: list[float]) -> None:
    await run(asyncio.CancelledError(), 0)

    assert slept[-1] == 5.0


async def test_our_own_cancellation_ends_it() -> None:
    task = asyncio.create_task(Periodic("idle", 3600, steps(0)).run())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_start_waits_for_what_it_needs(slept: list[float]) -> None:
    await patiently("indexes", steps(Unavailable("mongo"), KafkaConnectionError(), OSError(), None))

    assert len(slept) == 3


async def test_a_start_does_not_wait_for_a_fault_of_ours(slept: list[float]) -> None:
    with pytest.raises(ZeroDivisionError):
        await patiently("indexes", steps(ZeroDivisionError()))


class Part:
    """A part of a service that ends at once."""

    def __init__(self) -> None:
        self.began_to_stop = asyncio.Event()

    async def stop(self) -> None:
        self.began_to_stop.set()

    async def settle(self) -> None:
        pass

    close = settle


async def test_what_is_in_hand_and_what_is_in_flight_end_beside_each_other() -> None:
    part: Any = Part()
    closing: Any = SimpleNamespace(close=lambda: None)
    runtime = Runtime(
        service=Service.NOTIFY,
        settings=part,
        keyring=part,
        mongo=closing,
        keys=part,
        outbox=part,
        bus=part,
        engine=part,
        directory=part,
        tokens=part,
        opener=part,
        health=part,
    )

    async def round_in_hand() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await part.began_to_stop.wait()
            raise

    runtime._tasks = [asyncio.create_task(round_in_hand())]
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await runtime._stop()
