"""One store and one Kafka under any number of members, each of which may crash between the steps."""

from collections.abc import Callable
from typing import Any

from libs.contracts.topics import Service, journal
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, key
from libs.runtime.outbox import Outgoing
from libs.runtime.sealing import SubjectKeys
from libs.runtime.sweeping import Sweeper
from libs.runtime.watermarks import is_relayed
from tests.unit.runtime.domain import (
    CIREBON,
    MASTER,
    an_engine,
)
from tests.unit.runtime.memory import MemoryKeys, MemoryMongo, MemoryOutbox

POINTS = ("before_save", "after_save", "before_publish", "before_mark", "after_mark")


class Crash(Exception):
    pass


class World:
    """One store and one Kafka under any number of members."""

    def __init__(self, pause: Callable[[], int] = lambda: 0) -> None:
        self.mongo, self.outbox, self.keys = MemoryMongo(pause), MemoryOutbox(), MemoryKeys()

    def member(self, crash_at: str | None = None, **more: Any) -> Engine:
        def crash(point: str) -> None:
            if point == crash_at:
                raise Crash(point)

        return an_engine(self.mongo, self.outbox, keys=SubjectKeys(self.keys, MASTER), crash=crash, **more)

    def document(self, identity: str = "a", tenant: str = CIREBON, kind: str = "clarification") -> Document:
        return self.mongo.tenants(kind).documents[key(tenant, identity)]

    def is_relayed(self, identity: str = "a", tenant: str = CIREBON, kind: str = "clarification") -> bool:
        return is_relayed(self.document(identity, tenant, kind), self.mongo.watermarks.numbers)

    def sent(self, topic: str = journal(Service.REPORTS)) -> list[Outgoing]:
        return [m for m in self.outbox.sent if m.topic == topic]


async def sweep(member: Engine, **more: Any) -> int:
    """What the sweeper knows is stored when it returns, so that it can be looked at."""
    try:
        return await Sweeper(member).sweep(**more)
    finally:
        await member.settle()
