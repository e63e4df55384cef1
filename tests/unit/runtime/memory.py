"""The store, the keys and Kafka in memory, as far as the engine uses them; `store_cases` holds the store to MongoDB."""

import asyncio
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import IndexModel, InsertOne, UpdateOne

from libs.runtime.errors import Unavailable
from libs.runtime.mongo import DUPLICATE, Document
from libs.runtime.outbox import Outgoing

Pause = Callable[[], int]
"""How many times others may run before an operation takes effect."""

MISSING = object()


def at_once() -> int:
    return 0


class MemoryCollection:
    def __init__(self, name: str, pause: Pause) -> None:
        self.name = name
        self.documents: dict[str, Document] = {}
        self.unique: dict[str, tuple[list[str], Mapping[str, Any]]] = {}
        self._pause = pause

    async def _turn(self) -> None:
        for _ in range(self._pause()):
            await asyncio.sleep(0)

    async def load(self, document_ids: Iterable[str], fields: Mapping[str, Any] | None = None) -> dict[str, Document]:
        await self._turn()
        return {i: projected(self.documents[i], fields) for i in document_ids if i in self.documents}

    async def get(self, tenant: str, identity: str, fields: Mapping[str, Any] | None = None) -> Document | None:
        found = await self.find(tenant, {"_id": f"{tenant}/{identity}"}, limit=1, fields=fields)
        return found[0] if found else None

    async def find(
        self,
        tenant: str,
        where: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int,
        fields: Mapping[str, Any] | None = None,
    ) -> list[Document]:
        return await self.across_tenants({**where, "tenant": tenant}, limit=limit, sort=sort, fields=fields)

    async def across_tenants(
        self,
        where: Mapping[str, Any],
        *,
        limit: int,
        sort: Sequence[tuple[str, int]] = (),
        fields: Mapping[str, Any] | None = None,
        hint: str | None = None,
    ) -> list[Document]:
        await self._turn()
        found = [d for d in self.documents.values() if fits(d, where)]
        for name, direction in reversed(sort):
            found.sort(key=lambda d: str(next(iter(values_at(d, name)), "")), reverse=direction < 0)
        return [projected(d, fields) for d in found[:limit]]

    async def update_across_tenants(self, where: Mapping[str, Any], change: Mapping[str, Any]) -> int:
        await self._turn()
        modified = 0
        for document in [d for d in self.documents.values() if fits(d, where)]:
            before = copy.deepcopy(document)
            apply_change(document, change)
            modified += document != before
        return modified

    async def add_if_missing(self, documents: Sequence[Document]) -> None:
        await self._turn()
        for document in documents:
            self.documents.setdefault(document["_id"], copy.deepcopy(document))

    async def bulk(self, operations: Sequence[InsertOne[Document] | UpdateOne]) -> list[tuple[int, Mapping[str, Any]]]:
        await self._turn()
        failed: list[tuple[int, Mapping[str, Any]]] = []
        for position, operation in enumerate(operations):
            index = self._insert(operation._doc) if isinstance(operation, InsertOne) else self._update(operation)
            if index is not None:
                message = f"E11000 duplicate key error collection: memory.{self.name} index: {index} dup key: {{}}"
                failed.append((position, {"code": DUPLICATE, "index": position, "errmsg": message}))
        return failed

    async def ensure_indexes(self, indexes: Sequence[IndexModel]) -> None:
        for index in indexes:
            if index.document.get("unique"):
                where = index.document.get("partialFilterExpression", {})
                self.unique[index.document["name"]] = (list(index.document["key"]), where)

    def _insert(self, document: Mapping[str, Any]) -> str | None:
        fresh = copy.deepcopy(dict(document))
        if fresh["_id"] in self.documents:
            return "_id_"
        collided = self._collided(fresh)
        if collided is None:
            self.documents[fresh["_id"]] = fresh
        return collided

    def _update(self, operation: Any) -> str | None:
        matched = next((d for d in self.documents.values() if fits(d, operation._filter)), None)
        if matched is None:
            if not operation._upsert:
                return None
            made: Document = {n: v for n, v in operation._filter.items() if not n.startswith("$")}
            apply_change(made, operation._doc)
            return self._insert(made)
        changed = copy.deepcopy(matched)
        apply_change(changed, operation._doc)
        collided = self._collided(changed)
        if collided is None:
            self.documents[changed["_id"]] = changed
        return collided

    def _collided(self, document: Document) -> str | None:
        for name, (keys, where) in self.unique.items():
            mine = [list(values_at(document, k)) for k in keys]
            for other in self.documents.values():
                same = [list(values_at(other, k)) for k in keys] == mine
                if same and other["_id"] != document["_id"] and fits(document, where) and fits(other, where):
                    return name
        return None


class MemoryMongo:
    def __init__(self, pause: Pause = at_once) -> None:
        self._pause = pause
        self.collections: dict[str, MemoryCollection] = {}
        self.watermarks = MemoryWatermarks(pause)

    def tenants(self, name: str) -> MemoryCollection:
        return self.collections.setdefault(name, MemoryCollection(name, self._pause))

    everyone = tenants


class MemoryWatermarks:
    def __init__(self, pause: Pause = at_once) -> None:
        self.numbers: dict[str, int] = {}
        self.signs: dict[str, datetime] = {}
        """Last sign of life of those that are open."""
        self._pause = pause

    async def ensure_indexes(self) -> None:
        pass

    async def get(self, names: Iterable[str]) -> Mapping[str, int]:
        for _ in range(self._pause()):
            await asyncio.sleep(0)
        return {name: self.numbers[name] for name in names if name in self.numbers}

    async def raise_to(self, name: str, number: int, *, at: datetime, is_open: bool) -> None:
        for _ in range(self._pause()):
            await asyncio.sleep(0)
        self.numbers[name] = max(number, self.numbers.get(name, 0))
        self.signs.pop(name, None)
        if is_open:
            self.signs[name] = at

    async def open(self) -> Mapping[str, int]:
        return {name: self.numbers[name] for name in self.signs}

    async def close(self, *, before: datetime) -> None:
        self.signs = {name: at for name, at in self.signs.items() if at >= before}


class MemoryKeys:
    def __init__(self) -> None:
        self.wrapped: dict[str, bytes] = {}

    async def get(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        return {i: self.wrapped[i] for i in ids if i in self.wrapped}

    async def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return {i: self.wrapped.setdefault(i, key) for i, key in wrapped.items()}

    async def replace(self, key_id: str, *, old: bytes, new: bytes) -> bool:
        if self.wrapped.get(key_id) != old:
            return False
        self.wrapped[key_id] = new
        return True

    async def destroy(self, key_ids: Sequence[str]) -> None:
        for key_id in key_ids:
            self.wrapped.pop(key_id, None)


class MemoryOutbox:
    """Kafka in memory. `fails_after` messages of the next publication it is gone, once."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.fails_after: int | None = None

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        await asyncio.sleep(0)
        if self.fails_after is not None:
            self.sent += messages[: self.fails_after]
            self.fails_after = None
            raise Unavailable("kafka")
        self.sent += messages


def values_at(document: Any, path: str) -> Iterator[Any]:
    """Values at a dotted path; a list on the way stands for each of its items."""
    head, _, rest = path.partition(".")
    if isinstance(document, list):
        for item in document:
            yield from values_at(item, path)
        return
    if not isinstance(document, Mapping) or head not in document:
        return
    found = document[head]
    if rest:
        yield from values_at(found, rest)
    elif isinstance(found, list):
        yield from found
    else:
        yield found


def fits(document: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(
        any(fits(document, one) for one in wanted) if path == "$or" else _holds(list(values_at(document, path)), wanted)
        for path, wanted in where.items()
    )


def _holds(found: list[Any], wanted: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return any(bool(f == wanted) for f in found)
    return all(_compared(found, str(operator), value) for operator, value in wanted.items())


def _compared(found: list[Any], operator: str, value: Any) -> bool:
    match operator:
        case "$in":
            return any(f in value for f in found)
        case "$exists":
            return bool(found) is bool(value)
        case "$lt":
            return any(f < value for f in found)
        case "$lte":
            return any(f <= value for f in found)
        case "$gt":
            return any(f > value for f in found)
        case "$gte":
            return any(f >= value for f in found)
        case "$not":
            return not _holds(found, value)
        case "$ne":
            return not any(f == value for f in found)
    raise NotImplementedError(operator)


def apply_change(document: Document, change: Mapping[str, Any]) -> None:
    for operator, values in change.items():
        for path, value in values.items():
            match operator:
                case "$set" | "$setOnInsert":
                    document[path] = copy.deepcopy(value)
                case "$unset":
                    document.pop(path, None)
                case "$push":
                    document[path] = document.get(path, []) + copy.deepcopy(value["$each"])
                case "$pull":
                    document[path] = [item for item in document.get(path, []) if not fits(item, value)]
                case _:
                    raise NotImplementedError(operator)


def projected(document: Document, fields: Mapping[str, Any] | None) -> Document:
    whole = copy.deepcopy(document)
    if not fields:
        return whole
    if all(value == 0 for value in fields.values()):
        return {name: value for name, value in whole.items() if name not in fields}
    found: Document = {"_id": whole["_id"]}
    for path, wanted in fields.items():
        if isinstance(wanted, Mapping):
            found[path] = _computed(whole, path, wanted)
        elif "." in path:
            # Fields of one list's items, or of a document in it: each keeps those that are asked for.
            head = path.partition(".")[0]
            inner = [f.partition(".")[2] for f in fields if f.startswith(f"{head}.")]
            held = whole.get(head, [])
            kept = [{n: item[n] for n in inner if n in item} for item in ([held] if isinstance(held, dict) else held)]
            found[head] = kept[0] if isinstance(held, dict) else kept
        elif path in whole:
            found[path] = whole[path]
    return found


def _computed(document: Document, path: str, wanted: Mapping[str, Any]) -> list[Any]:
    items = document.get(path, [])
    if "$elemMatch" in wanted:
        return [item for item in items if fits(item, wanted["$elemMatch"])][:1]
    condition = wanted["$filter"]["cond"]
    return [item for item in items if _evaluated(condition, document, item)]


def _evaluated(expression: Any, document: Document, item: Mapping[str, Any]) -> Any:
    if isinstance(expression, str) and expression.startswith("$$h."):
        return item.get(expression.removeprefix("$$h."))
    if isinstance(expression, str) and expression.startswith("$"):
        return document.get(expression.removeprefix("$"))
    if not isinstance(expression, Mapping):
        return expression
    ((operator, operands),) = expression.items()
    values = [_evaluated(o, document, item) for o in operands]
    match operator:
        case "$or":
            return any(values)
        case "$gt":
            return values[0] > values[1]
        case "$in":
            return values[0] in values[1]
    raise NotImplementedError(operator)
