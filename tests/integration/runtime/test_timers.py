"""Timers on a real MongoDB."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from libs.contracts.topics import Service, mailbox
from libs.runtime.timers import Timers
from tests.integration.runtime.world import World
from tests.unit.runtime.domain import NOW, issue, retract


async def test_a_timer_that_two_members_fire_takes_effect_once(world: World) -> None:
    await world.member().apply([issue("a", f"N-{uuid4().hex}", tenant=world.tenant)])
    late = [world.member(now=lambda: NOW + timedelta(hours=2)) for _ in range(2)]

    await asyncio.gather(*(Timers(m).fire_due() for m in late))
    fired = [e for e in world.told(mailbox(Service.REPORTS)) if e.tenant == world.tenant]
    for envelope in fired:
        await late[0].apply([retract("a", id=envelope.id, tenant=world.tenant)])
    world.outbox.sent.clear()
    await Timers(late[1]).fire_due()

    document = await world.document()
    assert len(fired) == 1
    assert [h["type"] for h in document["history"]].count("reports.clarification-retracted.v1") == 1
    assert "next_due" not in document
    assert [e for e in world.told(mailbox(Service.REPORTS)) if e.tenant == world.tenant] == []
