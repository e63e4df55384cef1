"""What a crash left behind is relayed by whoever is there."""

from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.envelope import parse
from tests.unit.runtime.domain import NOW, count
from tests.unit.runtime.world import Crash, World, sweep


@pytest.mark.parametrize("point", ["after_save", "before_publish", "before_mark"])
async def test_the_sweeper_relays_what_a_crash_left_behind(world: World, point: str) -> None:
    with pytest.raises(Crash):
        await world.member(crash_at=point).apply([count("a", 2)])
    assert not world.is_relayed()

    early = await sweep(world.member(), older_than=timedelta(seconds=10))
    swept = await sweep(world.member(now=lambda: NOW + timedelta(seconds=11)), older_than=timedelta(seconds=10))

    assert (early, swept) == (0, 1)
    assert world.is_relayed()
    assert {parse(m.headers).sequence for m in world.sent()} == {1, 2}


async def test_a_watermark_does_not_hide_what_another_member_saved_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = world.outbox.publish

    async def overtaken(messages: Any) -> None:
        monkeypatch.setattr(world.outbox, "publish", publish)
        with pytest.raises(Crash):
            await world.member(crash_at="after_save").apply([count("a")])
        await publish(messages)

    monkeypatch.setattr(world.outbox, "publish", overtaken)
    await world.member().apply([count("a")])

    assert not world.is_relayed()
    assert await sweep(world.member(now=lambda: NOW + timedelta(minutes=1))) == 1
    assert {parse(m.headers).sequence for m in world.sent()} == {1, 2}
