"""The store on a real MongoDB, through the driver of today and that of tomorrow."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from libs.runtime.errors import Unacceptable
from libs.runtime.mongo import Mongo, TenantCollection, index
from tests.unit.runtime.store_cases import NUMBER, StoreCases, a_document


@pytest.fixture
async def mongo(stack: Stack) -> AsyncIterator[Mongo]:
    mongo = Mongo(stack.mongo_url(Service.REPORTS), "reports")
    yield mongo
    mongo.close()


class TestThroughMotor(StoreCases):
    @pytest.fixture
    async def store(self, mongo: Mongo) -> TenantCollection:
        collection = mongo.tenants("store_cases")
        await collection.ensure_indexes([NUMBER])
        return collection


class TestThroughPyMongoAsync(StoreCases):
    @pytest.fixture
    async def store(self, stack: Stack) -> AsyncIterator[TenantCollection]:
        url = stack.mongo_url(Service.REPORTS)
        async with AsyncMongoClient[dict[str, object]](url, tz_aware=True, w="majority") as client:
            raw = client["reports"]["store_cases"]
            await raw.create_indexes([NUMBER])
            yield TenantCollection(raw)


async def test_an_index_whose_definition_changed_is_built_anew(mongo: Mongo) -> None:
    collection = mongo.tenants(f"indexes_{uuid4().hex[:8]}")
    await collection.ensure_indexes([index(("a", 1), name="one")])

    await collection.ensure_indexes([index(("a", 1), ("b", 1), name="one", unique=True)])
    await collection.ensure_indexes([index(("a", 1), ("b", 1), name="one", unique=True)])

    standing = {i["name"]: i async for i in collection._raw.list_indexes()}
    assert dict(standing["one"]["key"]) == {"a": 1, "b": 1}
    assert standing["one"]["unique"]


async def test_a_read_and_a_write_of_another_tenant_find_nothing(mongo: Mongo) -> None:
    collection, identity = mongo.tenants("store_cases"), uuid4().hex
    await collection.add_if_missing([a_document(identity)])

    assert await collection.get("t1", identity) is not None
    assert await collection.get("t2", identity) is None
    assert not await collection.update("t2", identity, {"$set": {"version": 9}})
    await collection.delete("t2", identity)
    assert await collection.count("t2", {"_id": f"t1/{identity}"}) == 0
    assert await collection.get("t1", identity) is not None


async def test_what_mongodb_cannot_hold_is_unacceptable(mongo: Mongo) -> None:
    with pytest.raises(Unacceptable):
        await mongo.tenants("store_cases").add_if_missing([{"_id": "t1/x", "tenant": "t1", "what": object()}])


async def test_counts_stop_where_nobody_reads_on(mongo: Mongo) -> None:
    collection, mark = mongo.tenants("store_cases"), uuid4().hex
    await collection.add_if_missing([a_document(uuid4().hex, mark=mark) for _ in range(5)])

    assert await collection.count("t1", {"mark": mark}) == 5
    assert await collection.count("t1", {"mark": mark}, limit=3) == 3


async def test_keys_of_a_lost_race_are_those_of_the_winner(mongo: Mongo) -> None:
    store, mine, theirs = mongo.key_store, uuid4().hex, uuid4().hex
    await store.add({theirs: b"theirs"})

    stands = await store.add({theirs: b"mine", mine: b"new"})

    assert stands == {theirs: b"theirs", mine: b"new"}
    assert not await store.replace(theirs, old=b"mine", new=b"x")
    assert await store.replace(theirs, old=b"theirs", new=b"x")
    await store.destroy([theirs])
    assert await store.get([theirs, mine]) == {mine: b"new"}
