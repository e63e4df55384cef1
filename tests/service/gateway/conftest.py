import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from deploy.local.layout import CHECKOUT
from deploy.local.services import MODULES
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.gateway.house import LIBERAL, House, TestOffice

BEHIND = (Service.REGISTRY, Service.REPORTS, Service.MATCHER, Service.NOTIFY)


def start(stack: Stack) -> None:
    """The gateway with limits that a test run does not meet."""
    stack.start_services(BEHIND)
    if not stack.children.find(Service.GATEWAY):
        environment = dict(os.environ) | stack.environment(Service.GATEWAY) | LIBERAL
        command = [sys.executable, "-m", MODULES[Service.GATEWAY]]
        stack.children.launch(Service.GATEWAY, command, environment=environment, cwd=CHECKOUT)
    stack.await_service(Service.GATEWAY)


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
