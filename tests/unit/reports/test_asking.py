"""What placing asks of a matcher that is slow, busy, broken or away."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from libs.runtime.errors import Broken, Busy, Refused, Unavailable
from services.reports.asking import LONGEST_PAUSE, MOST_FAULTS, PATIENCE, Asking
from services.reports.matching.questions import Question

Says = Callable[[list[str]], list[str]]
"""Which of the questions it answers; raises what the client raises."""


class World:
    """A matcher under a clock of its own. Each question takes `took` seconds of it."""

    def __init__(self, says: Says, *, took: float = 0.0) -> None:
        self.says, self.took = says, took
        self.now = 100.0
        self.asked: list[list[str]] = []
        self.probed = 0
        self.is_ready = True
        matcher: Any = self
        self.asking = Asking(matcher, within=2.0, clock=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def post(self, path: str, *, tenant: str | None, json: list[dict[str, Any]], within: float) -> bytes:
        ids = [q["id"] for q in json]
        if not ids:
            return self.probe()
        self.asked.append(ids)
        self.now += self.took
        return orjson.dumps([{"id": i, "decision": "none"} for i in self.says(ids)])

    def probe(self) -> bytes:
        self.probed += 1
        if not self.is_ready:
            raise Unavailable("matcher")
        return b"[]"

    async def answers(self, n: int) -> set[str]:
        questions = [Question(id=str(i), tenant="t1", text="air diracuni") for i in range(n)]
        return set(await self.asking.answers(questions))


def away(_: list[str]) -> list[str]:
    raise Unavailable("matcher")


def busy(_: list[str]) -> list[str]:
    raise Busy("matcher", retry_after=3)


async def test_what_it_had_no_time_for_is_asked_once_more_and_what_it_answered_is_not() -> None:
    world = World(lambda ids: ids[:4], took=1.4)

    assert len(await world.answers(10)) == 10
    assert world.asked == [[str(i) for i in range(n, 10)] for n in (0, 4, 8)]


async def test_a_matcher_that_is_away_is_one_question_for_all_and_then_none_until_its_pause_is_over() -> None:
    world = World(away)

    for _ in range(50):
        await world.answers(64)

    assert len(world.asked) == 1


async def test_the_pauses_of_a_matcher_that_stays_away_grow() -> None:
    world, at = World(away), []
    for _ in range(3_000):
        before = len(world.asked)
        await world.answers(1)
        if len(world.asked) > before:
            at.append(world.now)
        world.now += 0.1

    pauses = [b - a for a, b in pairwise(at)]
    assert 8 <= len(world.asked) <= 18
    assert pauses[0] < 1.2 < pauses[2] < 4.2
    assert LONGEST_PAUSE * 0.75 <= pauses[-1] <= LONGEST_PAUSE + 0.2


async def test_a_busy_matcher_is_asked_when_it_said_and_not_for_ever() -> None:
    world = World(busy)
    began = world.now

    assert await world.answers(5) == set()
    assert len(world.asked) == 4
    assert world.now - began <= PATIENCE
    assert world.asking.is_quiet


async def test_a_busy_matcher_that_has_time_again_has_lost_nobody() -> None:
    world = World(lambda ids: busy(ids) if world.now < 105 else ids)

    assert len(await world.answers(5)) == 5


async def test_a_slow_matcher_does_not_hold_a_batch_for_ever() -> None:
    world = World(lambda ids: ids[:1], took=2.0)

    answered = await world.answers(64)

    assert 5 <= len(answered) <= 7
    assert not world.asking.is_quiet, "slow is not away"


@pytest.mark.parametrize("fault", [Broken("matcher"), Refused("validation", "text")], ids=["500", "422"])
async def test_one_question_that_it_stumbles_over_spares_the_others(fault: Exception) -> None:
    def stumbles(ids: list[str]) -> list[str]:
        if "3" in ids:
            raise fault
        return ids

    world = World(stumbles)
    with capture_logs() as lines:
        answered = await world.answers(10)

    assert answered == {str(i) for i in range(10) if i != 3}
    assert [line["report_id"] for line in lines if line["log_level"] == "error"] == ["3"]
    assert not world.asking.is_quiet


async def test_a_matcher_that_stumbles_over_everything_is_left_alone() -> None:
    def stumbles(_: list[str]) -> list[str]:
        raise Broken("matcher")

    world = World(stumbles)

    assert await world.answers(64) == set()
    assert len(world.asked) == 1 + MOST_FAULTS
    assert world.asking.is_quiet


async def test_a_matcher_that_will_not_hear_us_is_somebodys_to_look_at() -> None:
    def refuses(_: list[str]) -> list[str]:
        raise Refused("unauthenticated")

    world = World(refuses)
    with capture_logs() as lines:
        await world.answers(5)
        await world.answers(5)

    assert [line["problem"] for line in lines if line["log_level"] == "error"] == ["unauthenticated"]
    assert len(world.asked) == 1


async def test_nobody_asks_again_before_it_is_back_and_then_at_once() -> None:
    world = World(away)
    world.is_ready = False
    assert not await world.asking.is_away(), "nothing is known against it"
    await world.answers(1)

    held = []
    for _ in range(600):
        held.append(await world.asking.is_away())
        world.now += 1
    probes, world.is_ready = world.probed, True
    world.now += LONGEST_PAUSE

    assert all(held)
    assert probes < 30, "the pauses must grow here too"
    assert not await world.asking.is_away()
    assert len(world.asked) == 1
