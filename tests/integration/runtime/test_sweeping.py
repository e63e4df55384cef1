"""The sweeper on a real MongoDB."""

from datetime import timedelta

import pytest

from tests.integration.runtime.world import World
from tests.unit.runtime.domain import NOW
from tests.unit.runtime.world import Crash, sweep


async def test_the_sweeper_relays_what_a_crash_left_behind(world: World) -> None:
    with pytest.raises(Crash):
        await world.member(crash_at="before_publish").apply([world.count(n=2)])

    swept = await sweep(world.member(now=lambda: NOW + timedelta(minutes=1)), older_than=timedelta(seconds=10))

    assert swept >= 1
    assert [e.sequence for e in world.told() if e.tenant == world.tenant] == [1, 2]
    assert await world.is_relayed()
