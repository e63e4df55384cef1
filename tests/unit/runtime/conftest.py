import pytest

from tests.unit.runtime.world import World


@pytest.fixture
def world() -> World:
    return World()
