from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from tests.integration.runtime.world import World


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    world = World(stack)
    await world.member().ensure_indexes()
    yield world
    for mongo in world.opened:
        mongo.close()
