"""The only door to MongoDB, and the only importer of motor.

motor 3.7 is out of support (2026-05-14; critical fixes to 2027-05-14): what replaces it replaces this file.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

# motor's pool has 5 threads per core under 100 connections: enough threads for the connections we allow.
os.environ.setdefault("MOTOR_MAX_WORKERS", "32")

from bson.errors import InvalidDocument
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorGridFSBucket
from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from libs.runtime.errors import Unacceptable, Unavailable

Document = dict[str, Any]
DUPLICATE = 11000
TIMEOUT_MS = 10_000
"""For one call, retries included: longer than an election (about 2 s), shorter than a batch's retry budget (20 s)."""


@asynccontextmanager
async def reaching() -> AsyncIterator[None]:
    """Turns what the driver raises into what the queue understands.

    A failed write is *unknown*: it may have happened. Whoever tries again must converge.
    """
    try:
        yield
    except (BulkWriteError, DuplicateKeyError):
        raise
    except InvalidDocument as error:
        raise Unacceptable("schema", type(error).__name__) from None
    except (ConnectionFailure, ExecutionTimeout, WriteConcernError) as error:
        raise Unavailable("mongo") from error
    except OperationFailure as error:
        if error.timeout or error.has_error_label("RetryableWriteError") or error.code in _TRANSIENT:
            raise Unavailable("mongo") from error
        raise
    except PyMongoError as error:
        if error.timeout:
            raise Unavailable("mongo") from error
        raise


_TRANSIENT = {
    91, 189, 10107, 11600, 11602, 13435, 13436, 14031, 50, 262,
    94, 134, 211,
    6, 7, 89, 112, 133, 202, 384, 9001,
}  # fmt: skip
"""Shutdown, stepped down, not primary, interrupted, out of disk space, time limit; not yet itself after a start (no
majority to read from, no keys); a member not reached, two writes at once. Source: MongoDB error_codes.yml."""


PING_WITHIN = 2.0
"""Seconds; below what a probe waits."""


class Mongo:
    """One service's databases: `<service>` and `<service>_keys`."""

    def __init__(self, url: str, service: str) -> None:
        self._client: Any = AsyncIOMotorClient(
            url,
            appname=f"simpul-{service}",
            tz_aware=True,
            w="majority",
            journal=True,
            readConcernLevel="majority",
            retryWrites=True,
            timeoutMS=TIMEOUT_MS,
            serverSelectionTimeoutMS=5_000,
            maxPoolSize=32,
            maxIdleTimeMS=60_000,
        )
        self._database = self._client[service]
        self._keys = self._client[f"{service}_keys"]

    def tenants(self, name: str) -> "TenantCollection":
        return TenantCollection(self._database[name])

    def everyone(self, name: str) -> "GlobalCollection":
        return GlobalCollection(self._database[name])

    @property
    def key_store(self) -> "MongoKeys":
        return MongoKeys(self._keys["subjects"])

    @property
    def watermarks(self) -> "MongoWatermarks":
        return MongoWatermarks(self._database["watermarks"])

    def bucket(self, name: str) -> Any:
        """GridFS; the blobs module keeps what lies in it sealed."""
        return AsyncIOMotorGridFSBucket(self._database, bucket_name=name)

    async def ping(self) -> bool:
        try:
            async with asyncio.timeout(PING_WITHIN):
                await self._client.admin.command("ping")
        except (PyMongoError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        self._client.close()


def key(tenant: str, identity: str) -> str:
    """`_id` of a tenant's document."""
    return f"{tenant}/{identity}"


def tenant_of(document_id: str) -> str:
    return document_id.split("/", 1)[0]


def identity_of(document_id: str) -> str:
    return document_id.split("/", 1)[1]


class TenantCollection:
    """Documents that belong to tenants. Every read and write names the tenant, or says aloud that it crosses them."""

    crosses_tenants = False

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.name: str = raw.name

    async def get(self, tenant: str, identity: str, fields: Mapping[str, Any] | None = None) -> Document | None:
        async with reaching():
            found: Document | None = await self._raw.find_one({"_id": key(tenant, identity), "tenant": tenant}, fields)
            return found

    async def find(
        self,
        tenant: str,
        where: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int,
        fields: Mapping[str, Any] | None = None,
    ) -> list[Document]:
        async with reaching():
            cursor = self._raw.find({**where, "tenant": tenant}, fields)
            if sort:
                cursor = cursor.sort(list(sort))
            found: list[Document] = await cursor.limit(limit).to_list(limit)
            return found

    async def count(self, tenant: str, where: Mapping[str, Any], *, limit: int = 10_001) -> int:
        async with reaching():
            return int(await self._raw.count_documents({**where, "tenant": tenant}, limit=limit))

    async def tally(self, tenant: str, where: Mapping[str, Any], *, by: Sequence[str]) -> dict[tuple[str, ...], int]:
        """How many documents there are for each combination of some fields; give it an index that covers them."""
        group = {name.replace(".", "_"): f"${name}" for name in by}
        async with reaching():
            found = self._raw.aggregate(
                [{"$match": {**where, "tenant": tenant}}, {"$group": {"_id": group, "count": {"$sum": 1}}}]
            )
            return {tuple(str(d["_id"].get(n)) for n in group): int(d["count"]) async for d in found}

    async def figures(
        self,
        tenant: str,
        where: Mapping[str, Any],
        *,
        by: str,
        of: Mapping[str, Any],
        having: Mapping[str, Any],
        limit: int,
    ) -> list[tuple[str, Document]]:
        """For each value of a field what some accumulators (`{"last": {"$max": "$ix.at"}}`) make of its documents, in
        the order of the values; give it an index that covers them."""
        steps = [
            {"$match": {**where, "tenant": tenant}},
            {"$group": {"_id": f"${by}", **of}},
            {"$match": having},
            {"$sort": {"_id": 1}},
            {"$limit": limit},
        ]
        async with reaching():
            return [(str(document.pop("_id")), document) async for document in self._raw.aggregate(steps)]

    async def update(
        self,
        tenant: str,
        identity: str,
        change: Mapping[str, Any],
        *,
        where: Mapping[str, Any] | None = None,
        upsert: bool = False,
    ) -> bool:
        """True if a document matched or was made."""
        async with reaching():
            done = await self._raw.update_one(
                {**(where or {}), "_id": key(tenant, identity), "tenant": tenant}, change, upsert=upsert
            )
            return bool(done.matched_count or done.upserted_id)

    async def delete(self, tenant: str, identity: str) -> None:
        async with reaching():
            await self._raw.delete_one({"_id": key(tenant, identity), "tenant": tenant})

    async def add_if_missing(self, documents: Sequence[Document]) -> None:
        """Inserts what is not there; what is there stays as it is."""
        if not documents:
            return
        operations = [
            UpdateOne({"_id": d["_id"], "tenant": d["tenant"]}, {"$setOnInsert": d}, upsert=True) for d in documents
        ]
        try:
            async with reaching():
                await self._raw.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            _only_duplicates(error)

    async def load(self, document_ids: Iterable[str], fields: Mapping[str, Any] | None = None) -> dict[str, Document]:
        """Whole documents by `_id`; an `_id` holds its tenant."""
        wanted = list(document_ids)
        if not wanted:
            return {}
        async with reaching():
            return {d["_id"]: d async for d in self._raw.find({"_id": {"$in": wanted}}, fields)}

    async def across_tenants(
        self,
        where: Mapping[str, Any],
        *,
        limit: int,
        sort: Sequence[tuple[str, int]] = (),
        fields: Mapping[str, Any] | None = None,
        hint: str | None = None,
    ) -> list[Document]:
        """For sweepers, timers and workers, which serve everybody. Never for a request.

        Args:
            hint: name of the index to use, where the planner would try several each time.
        """
        async with reaching():
            cursor = self._raw.find(where, fields, hint=hint)
            if sort:
                cursor = cursor.sort(list(sort))
            found: list[Document] = await cursor.limit(limit).to_list(limit)
            return found

    async def update_across_tenants(self, where: Mapping[str, Any], change: Mapping[str, Any]) -> int:
        async with reaching():
            return int((await self._raw.update_many(where, change)).modified_count)

    async def bulk(self, operations: Sequence[InsertOne[Document] | UpdateOne]) -> list[tuple[int, Mapping[str, Any]]]:
        """One unordered bulk write; returns (index, error) of each operation that met a duplicate key."""
        if not operations:
            return []
        try:
            async with reaching():
                await self._raw.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            return _only_duplicates(error)
        return []

    async def ordered_bulk(self, operations: Sequence[UpdateOne]) -> None:
        if operations:
            async with reaching():
                await self._raw.bulk_write(operations, ordered=True)

    async def ensure_indexes(self, indexes: Sequence[IndexModel]) -> None:
        """Creates what is missing. An index whose definition changed is built anew under its name."""
        if not indexes:
            return
        async with reaching():
            standing = {i["name"]: i async for i in self._raw.list_indexes()}
            for index in indexes:
                name = index.document["name"]
                if name in standing and not _same(index.document, standing[name]):
                    await self._raw.drop_index(name)
            await self._raw.create_indexes(list(indexes))


class GlobalCollection(TenantCollection):
    """The second door: things that are unique across all tenants. Shares existence, never content."""

    crosses_tenants = True


def _same(wanted: Mapping[str, Any], standing: Mapping[str, Any]) -> bool:
    return all(
        dict(wanted["key"]) == dict(standing["key"]) if field == "key" else wanted.get(field) == standing.get(field)
        for field in ("key", "unique", "partialFilterExpression", "expireAfterSeconds")
    )


def _only_duplicates(error: BulkWriteError) -> list[tuple[int, Mapping[str, Any]]]:
    details: Mapping[str, Any] = error.details or {}
    failed: list[Mapping[str, Any]] = list(details.get("writeErrors", ()))
    if details.get("writeConcernErrors") or any(e["code"] != DUPLICATE for e in failed):
        if all(e["code"] in _TRANSIENT or e["code"] == DUPLICATE for e in failed):
            raise Unavailable("mongo") from error
        raise error
    return [(e["index"], e) for e in failed]


class MongoKeys:
    """Wrapped keys of subjects, in a database of their own that is backed up for a few days only."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    async def get(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        async with reaching():
            return {d["_id"]: bytes(d["key"]) async for d in self._raw.find({"_id": {"$in": list(ids)}})}

    async def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        try:
            async with reaching():
                await self._raw.insert_many([{"_id": i, "key": k} for i, k in wrapped.items()], ordered=False)
        except BulkWriteError as error:
            lost = {list(wrapped)[index] for index, _ in _only_duplicates(error)}
            return {**wrapped, **await self.get(lost)}
        return wrapped

    async def replace(self, key_id: str, *, old: bytes, new: bytes) -> bool:
        async with reaching():
            return bool(
                (await self._raw.update_one({"_id": key_id, "key": old}, {"$set": {"key": new}})).modified_count
            )

    async def destroy(self, key_ids: Sequence[str]) -> None:
        if key_ids:
            async with reaching():
                await self._raw.delete_many({"_id": {"$in": list(key_ids)}})


class MongoWatermarks:
    """How far each process has relayed what it saved. A hundred bytes for each start of a process; they stay, because
    documents name them."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    async def get(self, names: Iterable[str]) -> Mapping[str, int]:
        async with reaching():
            return {d["_id"]: d["number"] async for d in self._raw.find({"_id": {"$in": list(names)}})}

    async def raise_to(self, name: str, number: int, *, at: datetime, is_open: bool) -> None:
        async with reaching():
            await self._raw.update_one(
                {"_id": name}, {"$max": {"number": number}, "$set": {"at": at, "open": is_open}}, upsert=True
            )

    async def open(self) -> Mapping[str, int]:
        async with reaching():
            return {d["_id"]: d["number"] async for d in self._raw.find({"open": True})}

    async def close(self, *, before: datetime) -> None:
        async with reaching():
            await self._raw.update_many({"open": True, "at": {"$lt": before}}, {"$set": {"open": False}})

    async def ensure_indexes(self) -> None:
        async with reaching():
            await self._raw.create_indexes([index(("at", 1), name="open", where={"open": True})])


def expiring(field: str, *, seconds: int, name: str) -> IndexModel:
    return IndexModel([(field, ASCENDING)], name=name, expireAfterSeconds=seconds)


def index(
    *keys: tuple[str, int], name: str, unique: bool = False, where: Mapping[str, Any] | None = None
) -> IndexModel:
    options: dict[str, Any] = {"name": name}
    if unique:
        options["unique"] = True
    if where is not None:
        options["partialFilterExpression"] = dict(where)
    return IndexModel(list(keys), **options)
