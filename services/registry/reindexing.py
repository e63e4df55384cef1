"""Partners that an older version wrote are put into the index anew: lists ask it for what that version did not write.

While two versions run side by side the older one may write over it; the next step sees that.
"""

from libs.runtime.engine import Engine
from libs.runtime.mongo import identity_of
from libs.runtime.sealing import SubjectKeys
from services.registry.partner.finding import VERSION
from services.registry.partner.state import Partner
from services.registry.store import WITHOUT_HISTORY, Store

CHUNK = 200


class Reindexing:
    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._aggregate = engine.aggregates["partner"]
        self._store: Store[Partner] = Store(engine, "partner", keys)

    async def step(self) -> bool:
        """Some of what another version wrote; True if there may be more."""
        partners = self._store.collection
        # By equality, so that the index answers; a document from before there were versions has none.
        stale = {"ix.v": {"$in": [None, *range(VERSION)]}}
        documents = await partners.across_tenants(stale, limit=CHUNK, fields=WITHOUT_HISTORY)
        for document, found in zip(documents, await self._store.opened(documents), strict=True):
            await partners.update(
                document["tenant"],
                identity_of(document["_id"]),
                {"$set": {"ix": self._aggregate.index(found.state)}},
                where={"version": document["version"]},
            )
        return len(documents) == CHUNK
