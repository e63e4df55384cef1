import asyncio
from typing import Any, cast

from libs.runtime.service import timers_of


class Engine:
    """One whose timers stay due, because nobody has come to their commands yet."""

    def __init__(self) -> None:
        self.rounds = 0

    async def fire_due(self) -> int:
        self.rounds += 1
        return 200


async def test_timers_that_are_still_due_are_not_fired_again_at_once() -> None:
    engine = Engine()
    timers = asyncio.create_task(timers_of(cast(Any, engine)).run())

    for _ in range(100):
        await asyncio.sleep(0)
    timers.cancel()

    assert engine.rounds == 1
