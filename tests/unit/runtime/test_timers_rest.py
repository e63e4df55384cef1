import asyncio
from collections.abc import Collection
from typing import Any, cast

from libs.runtime.service import timers_of


class Timers:
    """Those that stay due, because nobody has come to their commands yet."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []

    async def fire_due(self, *, held: Collection[str]) -> int:
        self.rounds.append(list(held))
        return 200


async def fired(**holds: bool) -> list[list[str]]:
    async def of(held: bool) -> bool:
        return held

    timers: Any = Timers()
    running = asyncio.create_task(
        timers_of(timers, {name: lambda held=held: of(held) for name, held in holds.items()}).run()  # type: ignore[misc]
    )
    for _ in range(100):
        await asyncio.sleep(0)
    running.cancel()
    return cast(list[list[str]], timers.rounds)


async def test_timers_that_are_still_due_are_not_fired_again_at_once() -> None:
    assert len(await fired()) == 1


async def test_a_timer_has_no_use_while_what_it_needs_is_away() -> None:
    assert await fired(ask_again=True, watch=False) == [["ask_again"]]
