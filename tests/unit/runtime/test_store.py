import pytest

from tests.unit.runtime.memory import MemoryCollection, at_once
from tests.unit.runtime.store_cases import NUMBER, StoreCases


class TestInMemory(StoreCases):
    @pytest.fixture
    async def store(self) -> MemoryCollection:
        collection = MemoryCollection("cases", at_once)
        await collection.ensure_indexes([NUMBER])
        return collection
