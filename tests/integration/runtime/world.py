"""A tenant on the real MongoDB, under any number of members."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from deploy.local.stack import Stack
from libs.contracts.envelope import parse
from libs.contracts.topics import Service, journal
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, Mongo, MongoWatermarks, key
from libs.runtime.sealing import SubjectKeys
from libs.runtime.watermarks import Watermarks
from tests.unit.runtime.domain import MASTER, an_engine, count
from tests.unit.runtime.memory import MemoryOutbox
from tests.unit.runtime.world import Crash


@dataclass
class World:
    """A tenant of its own, so that nothing of other tests is in the way."""

    stack: Stack
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    tenant: str = field(default_factory=lambda: f"t-{uuid4().hex[:12]}")
    opened: list[Mongo] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = self.stack.mongo_url(Service.REPORTS)

    def member(self, crash_at: str | None = None, **more: Any) -> Engine:
        """Each with a connection of its own, as another process has."""
        mongo = Mongo(self.url, "reports")
        self.opened.append(mongo)

        def crash(point: str) -> None:
            if point == crash_at:
                raise Crash(point)

        keys = SubjectKeys(mongo.key_store, MASTER)
        return an_engine(_Named(mongo), self.outbox, keys=keys, crash=crash, **more)

    async def is_relayed(self, identity: str = "a", kind: str = "clarification") -> bool:
        """As another process knows it."""
        document, others = await self.document(identity, kind), Watermarks(self.opened[0].watermarks)
        await others.learn([document])
        return others.covers(document)

    async def document(self, identity: str = "a", kind: str = "clarification") -> Document:
        collection = _Named(self.opened[0]).tenants(kind)
        found: dict[str, Document] = await collection.load([key(self.tenant, identity)])
        return found[key(self.tenant, identity)]

    def told(self, topic: str = journal(Service.REPORTS)) -> list[Any]:
        return [parse(m.headers) for m in self.outbox.sent if m.topic == topic]

    def count(self, identity: str = "a", n: int = 1, **more: Any) -> Any:
        return count(identity, n, tenant=self.tenant, **more)


class _Named:
    """Collections apart from those of the reports service, in its database."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def tenants(self, name: str) -> Any:
        return self._mongo.tenants(f"specimen.{name}")

    everyone = tenants

    @property
    def watermarks(self) -> MongoWatermarks:
        return self._mongo.watermarks
