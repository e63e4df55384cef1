"""Pages on a real MongoDB."""

from uuid import uuid4

from libs.runtime.outcomes import Result
from libs.runtime.paging import HELD, KEPT
from tests.integration.runtime.world import World


async def test_pages_turn_and_old_causes_and_outcomes_are_found(world: World) -> None:
    member, first = world.member(), uuid4()
    await member.apply([world.count(id=first, body="one")])
    for _ in range(HELD // 64):
        await member.apply([world.count() for _ in range(64)])

    document = await world.document()
    history = await member.pages["clarification"].history(world.tenant, "a")
    assert len(document["history"]) <= KEPT + 1
    assert [h["n"] for h in history] == list(range(1, HELD + 2))
    (again,) = await world.member().apply([world.count(id=first, body="one")])
    (reused,) = await world.member().apply([world.count(id=first, body="two")])
    assert again.result is Result.SEEN
    assert reused.problem == "key_reused"
    outcome = await member.outcomes.of(world.tenant, first, body_hash="one")
    assert outcome is not None
    assert [e.event.type_name for e in outcome.events] == ["reports.demand-counted.v1"]
