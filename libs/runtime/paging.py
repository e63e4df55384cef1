"""Histories that grow long: the oldest relayed events move from the document to pages, and are still known there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from libs.runtime import logs
from libs.runtime.aggregates import Aggregate
from libs.runtime.documents import Loaded, document_id_of
from libs.runtime.mongo import Document, TenantCollection, index

log = logs.get()

HELD = 256
"""Events that a document keeps; beyond it the oldest relayed ones move to a page."""
KEPT = 32
"""Events that stay when a page is made."""


class Pages:
    """Those of one kind of aggregate. A page is `of` a document."""

    def __init__(self, aggregate: Aggregate[Any], *, documents: TenantCollection, pages: TenantCollection) -> None:
        self._aggregate = aggregate
        self._documents = documents
        self.collection = pages

    async def ensure_indexes(self) -> None:
        await self.collection.ensure_indexes(
            [
                index(("of", 1), ("history.cause", 1), name="causes"),
                index(("history.cause", 1), name="outcomes"),
            ]
        )

    async def causes(
        self, document_ids: Sequence[str], causes: Sequence[str]
    ) -> Mapping[str, Mapping[str, str | None]]:
        """Which of these causes stand on pages, with the body hash they came with, by document id."""
        found: dict[str, dict[str, str | None]] = defaultdict(dict)
        for page in await self.collection.across_tenants(
            {"of": {"$in": list(document_ids)}, "history.cause": {"$in": list(causes)}},
            limit=10_000,
            fields={"of": 1, "history.cause": 1, "history.body": 1},
        ):
            found[page["of"]] |= {h["cause"]: h.get("body") for h in page["history"]}
        return found

    async def history(self, tenant: str, identity: str, *, types: Sequence[str] | None = None) -> list[Document]:
        """History of one aggregate, oldest first, pages included, `types` only; private parts stay sealed."""
        document_id = document_id_of(self._aggregate, tenant, identity)
        entries: Any = "$history"
        if types is not None:
            entries = {"$filter": {"input": "$history", "as": "h", "cond": {"$in": ["$$h.type", list(types)]}}}
        fields = {"tenant": 1, "history": entries}
        pages = await self.collection.across_tenants(
            {"of": document_id} if types is None else {"of": document_id, "history.type": {"$in": list(types)}},
            limit=1_000,
            fields=fields,
        )
        document = (await self._documents.load([document_id], fields)).get(document_id)
        found = {h["n"]: h for source in (*pages, document or {}) for h in source.get("history", ())}
        return [found[n] for n in sorted(found)]

    async def shorten(self, relayed: Sequence[Loaded]) -> None:
        """Turns a page of those whose documents have grown long."""
        for one in relayed:
            if one.version - one.trimmed > HELD:
                try:
                    await self._turn(one)
                except Exception as error:
                    # What was asked for is done and told; the next change of this aggregate tries again.
                    log.error("page_not_turned", aggregate=self._aggregate.name, error=error)

    async def _turn(self, one: Loaded) -> None:
        """Moves the oldest relayed events to a page: first the page (its id says what it holds), then the trim."""
        document_id = one.document_id
        fields = {"tenant": 1, "trimmed": 1, "history": 1}
        document = (await self._documents.load([document_id], fields)).get(document_id)
        if document is None:
            return
        trimmed = document.get("trimmed", 0)
        last = max((h["n"] for h in document["history"]), default=0)
        upto = min(one.version, last - KEPT)
        moving = [h for h in document["history"] if trimmed < h["n"] <= upto]
        if not moving:
            return
        await self.collection.add_if_missing(
            [
                {
                    "_id": f"{document_id}#{trimmed + 1}-{upto}",
                    "tenant": document["tenant"],
                    "of": document_id,
                    "history": moving,
                }
            ]
        )
        await self._documents.update_across_tenants(
            {"_id": document_id, "trimmed": trimmed}
            if trimmed
            else {"_id": document_id, "trimmed": {"$exists": False}},
            {"$set": {"trimmed": upto}, "$pull": {"history": {"n": {"$lte": upto}}}},
        )
