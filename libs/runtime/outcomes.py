"""What became of a command: what took effect stands in a history, what was refused is kept for a while."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from libs.runtime.aggregates import Aggregate, Incoming, Recorded
from libs.runtime.documents import aggregate_id_of, recorded_in
from libs.runtime.mongo import Document, TenantCollection, expiring, key

REFUSALS_KEPT = timedelta(days=7)


class Result(StrEnum):
    DONE = "done"
    SEEN = "seen"
    REFUSED = "refused"
    FAULT = "fault"


class Outcome(NamedTuple):
    """What became of one command. `fault` is set where our own rules raised: the record is a dead letter."""

    result: Result
    events: tuple[Recorded, ...] = ()
    problem: str | None = None
    fields: tuple[str, ...] = ()
    fault: Exception | None = None


class Refusals:
    """By the id of the command, so that what was refused stays refused though it would be allowed now."""

    def __init__(self, collection: TenantCollection, now: Callable[[], datetime]) -> None:
        self._collection = collection
        self._now = now

    async def ensure_indexes(self) -> None:
        await self._collection.ensure_indexes(
            [expiring("at", seconds=int(REFUSALS_KEPT.total_seconds()), name="refusals_expire")]
        )

    async def of(self, items: Sequence[Incoming]) -> dict[str, Document]:
        """Those of these commands that were refused before, by `refusal_id`."""
        return await self._collection.load([refusal_id(item.context.tenant, item.context.id) for item in items])

    async def of_command(self, tenant: str, command: UUID) -> Document | None:
        document_id = refusal_id(tenant, command)
        return (await self._collection.load([document_id])).get(document_id)

    async def keep(self, refused: Sequence[tuple[Incoming, Outcome]]) -> None:
        # A reused key has an outcome already, that of the first body; the refusal is told but not kept beside it.
        await self._collection.add_if_missing(
            [
                {
                    "_id": refusal_id(item.context.tenant, item.context.id),
                    "tenant": item.context.tenant,
                    "problem": outcome.problem,
                    "fields": list(outcome.fields),
                    "type": item.command.type_name,
                    "target": item.command.target,
                    "body": item.command.body_hash,
                    "at": self._now(),
                }
                for item, outcome in refused
                if outcome.problem != "key_reused"
            ]
        )


def refusal_id(tenant: str, command: UUID) -> str:
    return key(tenant, str(command))


def refused_again(refusal: Document, body_hash: str | None) -> Outcome:
    """The outcome that a refused command had; another body under its id is told so."""
    if is_other_body(body_hash, refusal["body"]):
        return Outcome(Result.REFUSED, problem="key_reused")
    return Outcome(Result.REFUSED, problem=refusal["problem"], fields=tuple(refusal["fields"]))


def is_other_body(body_hash: str | None, first: str | None) -> bool:
    """Whether a command comes under an id that was used for something else."""
    return body_hash is not None and first not in (None, body_hash)


class Outcomes:
    """Looks an outcome up by the id of its command, whatever it was about.

    Args:
        documents: collections of the aggregates by name.
        pages: where the same have their older events.
    """

    def __init__(
        self,
        aggregates: Mapping[str, Aggregate[Any]],
        *,
        documents: Mapping[str, TenantCollection],
        pages: Mapping[str, TenantCollection],
        refusals: Refusals,
    ) -> None:
        self._aggregates = aggregates
        self._documents = documents
        self._pages = pages
        self._refusals = refusals

    async def of(self, tenant: str, command: UUID, *, body_hash: str | None = None) -> Outcome | None:
        """What became of a command; None while it is not decided. Another body under the same id: `key_reused`."""
        refusal, caused = await asyncio.gather(
            self._refusals.of_command(tenant, command), self._caused(self._documents, tenant, command)
        )
        # What took effect counts, though another body under the same id was refused before.
        if refusal is not None and not caused:
            return refused_again(refusal, body_hash)
        # Long ago, and its aggregate has turned a page since.
        caused = caused or await self._caused(self._pages, tenant, command)
        if not caused:
            return None
        _, first = caused[0]
        if is_other_body(body_hash, first.get("body")):
            return Outcome(Result.REFUSED, problem="key_reused")
        return Outcome(
            Result.DONE, tuple(recorded_in(entry, tenant=tenant, identity=identity) for identity, entry in caused)
        )

    async def _caused(
        self, collections: Mapping[str, TenantCollection], tenant: str, command: UUID
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """First entry that a command caused in each aggregate, with the aggregate's id."""
        cause = str(command)
        fields = {"of": 1, "history": {"$elemMatch": {"cause": cause}}}
        found = await asyncio.gather(
            *(c.find(tenant, {"history.cause": cause}, limit=1, fields=fields) for c in collections.values())
        )
        return [
            # A page is `of` a document.
            (aggregate_id_of(self._aggregates[name], document.get("of") or document["_id"]), entry)
            for name, documents in zip(collections, found, strict=True)
            for document in documents
            for entry in document["history"]
        ]
