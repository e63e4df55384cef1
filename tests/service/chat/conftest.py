import pytest

from tests.service.gateway.conftest import house
from tests.service.gateway.house import House, TestOffice

__all__ = ["house", "office"]


@pytest.fixture
async def office(house: House) -> TestOffice:
    """One for each test: its reports are counted."""
    return await house.office()
