"""A start that cannot succeed is seen, and one that was stopped is no failure."""

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from libs.runtime.http import Health
from libs.runtime.service import begin


@pytest.fixture
def said() -> Iterator[list[EventDict]]:
    with capture_logs() as logs:
        yield logs


async def test_a_start_that_cannot_succeed_is_told_and_ends_the_process_being_live(said: list[EventDict]) -> None:
    health = Health()

    async def without_its_key() -> None:
        raise KeyError("master.key")

    await asyncio.gather(begin(without_its_key, health), return_exceptions=True)

    assert [(entry["event"], repr(entry["error"])) for entry in said] == [("start_failed", "KeyError('master.key')")]
    assert health.is_live() == {"start": False}


async def test_a_start_that_is_stopped_on_its_way_has_not_failed(said: list[EventDict]) -> None:
    health = Health()
    starting = begin(asyncio.Event().wait, health)
    await asyncio.sleep(0)

    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)

    assert (said, health.is_live()) == ([], {})
