"""Answers, our own and imported ones, that an older version wrote are read anew for the search: the words in a
document are made by its rules.

While two versions run side by side the older one may write over it; the next step sees that.
"""

from typing import Any

from libs.runtime.aggregates import Aggregate
from libs.runtime.engine import Engine
from libs.runtime.mongo import identity_of
from services.reports.kinds import CLARIFICATION, KNOWN
from services.reports.search import VERSION
from services.reports.store import LEAN, Store

CHUNK = 200


class Reindexing:
    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    async def step(self) -> bool:
        """Some of what another version wrote; True if there may be more."""
        return any([await self._read_anew(aggregate) for aggregate in (CLARIFICATION, KNOWN)])

    async def _read_anew(self, aggregate: Aggregate[Any]) -> bool:
        answers = self._engine.collection(aggregate.name)
        # By equality, so that the index answers; a document from before there were versions has none.
        stale = {"ix.tv": {"$in": [None, *range(VERSION)]}}
        documents = await answers.across_tenants(stale, limit=CHUNK, fields=LEAN)
        states = await self._store.opened(aggregate, documents)
        for document, state in zip(documents, states, strict=True):
            fields = aggregate.index(state)
            await answers.update(
                document["tenant"],
                identity_of(document["_id"]),
                {"$set": {"ix.t": fields["t"], "ix.tv": fields["tv"]}},
                where={"version": document["version"]},
            )
        return len(documents) == CHUNK
