import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from tests.service.gateway.conftest import start
from tests.service.gateway.house import House, TestOffice


@pytest.fixture(scope="session")
async def house(stack: Stack) -> AsyncIterator[House]:
    await asyncio.to_thread(start, stack)
    house = House(stack)
    await house.start()
    yield house
    await house.stop()


@pytest.fixture(scope="session")
async def office(house: House) -> TestOffice:
    return await house.office()


@pytest.fixture(scope="session")
async def neighbour(house: House) -> TestOffice:
    return await house.office(region="35.17")
