"""Long histories move to pages, and nothing of them is forgotten."""

from typing import Any
from uuid import uuid4

import pytest

from libs.runtime import paging
from libs.runtime.outcomes import Result
from libs.runtime.paging import HELD, KEPT
from tests.unit.runtime.domain import CIREBON, count
from tests.unit.runtime.world import Crash, World


async def test_long_histories_move_to_pages_and_old_causes_are_still_known(world: World) -> None:
    member = world.member()
    first = uuid4()
    await member.apply([count("a", body="one", id=first)])
    for _ in range(HELD // 64):
        await member.apply([count("a") for _ in range(64)])

    document = world.document()
    assert len(document["history"]) <= KEPT + 1
    assert len(await member.pages["clarification"].history(CIREBON, "a")) == HELD + 1
    assert [h["n"] for h in await member.pages["clarification"].history(CIREBON, "a")] == list(range(1, HELD + 2))
    (again,) = await member.apply([count("a", body="one", id=first)])
    (reused,) = await member.apply([count("a", body="two", id=first)])
    assert again.result is Result.SEEN
    assert reused.problem == "key_reused"
    outcome = await member.outcomes.of(CIREBON, first)
    assert outcome is not None, "an old command's outcome must be found in the pages as well"
    assert outcome.result is Result.DONE


async def test_a_crash_between_page_and_trim_repeats_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "HELD", 8)
    monkeypatch.setattr(paging, "KEPT", 2)
    pages = world.mongo.tenants("clarification.pages")
    collection = world.mongo.tenants("clarification")
    trim = collection.update_across_tenants

    async def crash_at_trim(where: Any, change: Any) -> int:
        if "$pull" in change:
            raise Crash
        return await trim(where, change)

    monkeypatch.setattr(collection, "update_across_tenants", crash_at_trim)
    await world.member().apply([count("a") for _ in range(9)])
    assert "trimmed" not in world.document()
    monkeypatch.setattr(collection, "update_across_tenants", trim)
    await world.member().apply([count("a") for _ in range(3)])

    assert len(pages.documents) == 2
    history = await world.member().pages["clarification"].history(CIREBON, "a")
    assert [h["n"] for h in history] == list(range(1, 13))
