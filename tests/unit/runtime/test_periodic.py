"""What is done again and again, and a start that waits."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.runtime.errors import Unavailable
from libs.runtime.service import Periodic, patiently
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
