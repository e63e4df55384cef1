import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.notify.front import Front


@pytest.fixture(scope="session")
async def front(stack: Stack) -> AsyncIterator[Front]:
    await asyncio.to_thread(stack.start_service, Service.NOTIFY)
    front = Front(stack)
    await front.start()
    yield front
    await front.stop()


@pytest.fixture
async def tenant(front: Front) -> str:
    return await front.office()


@pytest.fixture
def report() -> str:
    return str(uuid4())


@pytest.fixture
def case() -> str:
    return str(uuid4())
