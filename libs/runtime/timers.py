"""Timers of aggregates: what is due is claimed by one member, which tells the owner's mailbox."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo import UpdateOne

from libs.contracts import ids
from libs.runtime.aggregates import Aggregate, Due
from libs.runtime.documents import aggregate_id_of
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document
from libs.runtime.outbox import Outgoing

TOLD_AGAIN, TOLD_AGAIN_AT_LAST = timedelta(minutes=2), timedelta(hours=1)
"""Until a timer whose command is not carried out is told again: as long as it is late by then, between these. Its
command lies in Kafka; what comes again is for the process that died before it wrote it there."""


class Timers:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def fire_due(self, *, most: int = 200, held: Collection[str] = ()) -> int:
        """Sends the commands of timers whose time has come, but for those that are `held`. One member tells a timer at
        a time, and none tells it again before its pause is over: a command that waits in a mailbox is not put behind
        itself. Twice would be nothing: the id is made of the timer.

        Args:
            most: documents of one kind whose commands may wait to be carried out, whoever has sent them.
        """
        messages: list[Outgoing] = []
        for aggregate in self._engine.aggregates.values():
            wanted = [name for name in aggregate.timers if name not in held]
            if wanted:
                for document in await self._claim_due(aggregate, wanted, most):
                    messages += self._commands(aggregate, document, wanted)
        await self._engine.send(messages)
        return len(messages)

    async def _claim_due(self, aggregate: Aggregate[Any], wanted: Sequence[str], most: int) -> list[Document]:
        """Documents with a timer that is due and that nobody else tells meanwhile."""
        now, collection = self._engine.now(), self._engine.collection(aggregate.name)
        where = {"next_due": {"$lte": now}, "due.name": {"$in": list(wanted)}}
        fields = {"due": 1, "next_due": 1}
        found = await collection.across_tenants(where, sort=(("next_due", 1),), limit=most, fields=fields)
        if found:
            under_way = {"told_at": {"$gt": now - TOLD_AGAIN}}
            found = found[: most - len(await collection.across_tenants(under_way, limit=most, fields={"_id": 1}))]
        if not found:
            return []
        mine = uuid4().hex
        await collection.bulk(
            [
                UpdateOne(
                    # Whoever saved it meanwhile has set its timers anew.
                    {"_id": d["_id"], "next_due": d["next_due"]},
                    {"$set": {"next_due": _told_again_at(d["due"], now), "told_by": mine, "told_at": now}},
                )
                for d in found
            ]
        )
        return await collection.across_tenants(
            {"_id": {"$in": [d["_id"] for d in found]}, "told_by": mine}, limit=most, fields={"tenant": 1, "due": 1}
        )

    def _commands(self, aggregate: Aggregate[Any], document: Document, wanted: Sequence[str]) -> Iterable[Outgoing]:
        now, identity = self._engine.now(), aggregate_id_of(aggregate, document["_id"])
        for due in (Due(d["name"], d["at"], d.get("turn", 0)) for d in document.get("due", ()) if d["at"] <= now):
            if due.name in wanted:
                yield self._engine.writer.command(
                    aggregate.timers[due.name](identity, due),
                    command_id=ids.timer_id(document["_id"], due.name, due.at.isoformat()),
                    tenant=document["tenant"],
                    at=now,
                )


def _told_again_at(due: Sequence[Mapping[str, Any]], now: datetime) -> datetime:
    times: list[datetime] = [d["at"] for d in due]
    again = now + min(max(now - min(times), TOLD_AGAIN), TOLD_AGAIN_AT_LAST)
    return min([again, *(at for at in times if at > now)])
