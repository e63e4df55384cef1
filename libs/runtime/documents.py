"""How an aggregate lies in its document: what is read of it and what is written, without a call to anything.

One document holds the state, the history, by which save it came, and the timers; so one write is atomic, is the audit
log and is the outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import InsertOne, UpdateOne

from libs.contracts.envelope import Actor
from libs.contracts.messages import EVENTS
from libs.runtime.aggregates import ERASED, Aggregate, Recorded, State, parted
from libs.runtime.errors import Unavailable
from libs.runtime.mongo import Document, identity_of, key
from libs.runtime.sealing import lock, unlock
from libs.runtime.watermarks import Save

NEEDED: Mapping[str, int] = {
    "tenant": 1, "version": 1, "relayed": 1, "saved_by": 1, "save": 1, "trimmed": 1, "schema": 1, "state": 1,
    "sealed": 1, "subject": 1,
}  # fmt: skip
"""Fields of a document that an aggregate is made from, beside its history."""


@dataclass(slots=True)
class Loaded:
    """An aggregate in memory while a batch is decided."""

    document_id: str
    tenant: str
    identity: str
    version: int = 0
    relayed: int = 0
    trimmed: int = 0
    state: State | None = None
    tail: list[Recorded] = field(default_factory=list)
    seen: dict[str, str | None] = field(default_factory=dict)
    """Causes that stand in the history, with the body hash they came with."""
    added: list[Recorded] = field(default_factory=list)
    causes: list[tuple[str, str | None]] = field(default_factory=list)
    """Of each added event the command's id, and the body hash it came with."""
    written: dict[int, Document] = field(default_factory=dict)
    """History entries of new events by sequence: what is stored is what is sent, dumped once."""
    subject: str | None = None
    sealed: bytes | None = None
    exists: bool = False
    seals_now: bool = False
    is_saved_now: bool = False
    """By a save of which the watermark will tell that it is relayed; what was only looked at is marked by itself."""


def document_id_of(aggregate: Aggregate[Any], tenant: str, identity: str) -> str:
    return identity if aggregate.across_tenants else key(tenant, identity)


def aggregate_id_of(aggregate: Aggregate[Any], document_id: str) -> str:
    return document_id if aggregate.across_tenants else identity_of(document_id)


def fields_to_decide(causes: list[str]) -> Mapping[str, Any]:
    """What a decision needs of a document: of the history what is not relayed yet, and what these causes made."""
    return {
        **NEEDED,
        "history": {
            "$filter": {
                "input": "$history",
                "as": "h",
                "cond": {"$or": [{"$gt": ["$$h.n", "$relayed"]}, {"$in": ["$$h.cause", causes]}]},
            }
        },
    }


def revive(aggregate: Aggregate[Any], document: Document, state: State, *, relayed: int) -> Loaded:
    """
    Args:
        relayed: version up to which its events are known to be in Kafka.
    """
    one = Loaded(
        document["_id"], document["tenant"], aggregate_id_of(aggregate, document["_id"]),
        version=document["version"], relayed=relayed, trimmed=document.get("trimmed", 0),
        state=state, subject=document.get("subject"), sealed=document.get("sealed"), exists=True,
    )  # fmt: skip
    for entry in document.get("history", ()):
        one.seen[entry["cause"]] = entry.get("body")
        if entry["n"] > relayed:
            one.tail.append(recorded_in(entry, tenant=one.tenant, identity=one.identity))
    return one


def state_of(aggregate: Aggregate[Any], document: Document, ciphers: Mapping[str, AESGCM]) -> Any:
    """The state in a document; private fields are `[erased]` where the key is gone.

    Raises:
        Unavailable: the document was written by newer code than this.
    """
    schema, raw = document.get("schema", 1), document["state"]
    if schema > aggregate.schema:
        raise Unavailable("newer_code")
    for step in range(schema, aggregate.schema):
        raw = aggregate.upcasters[step](raw)
    private = aggregate.state.private
    if document.get("sealed") is None or not private:
        return aggregate.state.model_validate(raw)
    opened: dict[str, Any] = {}
    cipher = ciphers.get(document["subject"])
    if cipher is not None:
        opened = orjson.loads(unlock(cipher, bytes(document["sealed"]), subject=document["subject"]))
    elif not aggregate.seals_once:
        opened = {name: ERASED for name in private if aggregate.state.model_fields[name].annotation is str}
    return aggregate.state.model_validate({**raw, **opened})


def recorded_in(entry: Mapping[str, Any], *, tenant: str, identity: str) -> Recorded:
    """An event from its entry in the history of an aggregate."""
    actor = entry.get("actor")
    return Recorded(
        id=UUID(entry["id"]),
        sequence=entry["n"],
        cause=UUID(entry["cause"]),
        tenant=entry.get("tenant", tenant),
        aggregate_id=identity,
        at=entry["at"],
        event=EVENTS[entry["type"]].model_validate(entry["data"]),
        actor=Actor(actor["id"], tuple(actor["roles"]), actor["agency"]) if actor else None,
        correlation_id=entry.get("corr", ""),
    )


def write(
    aggregate: Aggregate[Any], one: Loaded, ciphers: Mapping[str, AESGCM], save: Save, *, at: datetime
) -> InsertOne[Document] | UpdateOne:
    """The operation that stores what was added, if nobody else saved meanwhile."""
    assert one.state is not None
    one.is_saved_now = True
    cipher = ciphers.get(one.subject or "")
    entries = [_entry(r, *cause, one, cipher) for r, cause in zip(one.added, one.causes, strict=True)]
    due = sorted(aggregate.due(one.state), key=lambda d: d.at)
    state, private = parted(one.state, aggregate.state.private)
    values: Document = {
        "version": one.version,
        "relayed": one.relayed,
        "saved_by": save.by,
        "save": save.number,
        "touched_at": at,
        "schema": aggregate.schema,
        "state": state,
        "ix": aggregate.index(one.state),
        "subject": one.subject,
    }
    if aggregate.state.private and cipher is not None and (one.seals_now or not aggregate.seals_once):
        values["sealed"] = lock(cipher, orjson.dumps(private), subject=one.subject or "")
    if due:
        values["due"] = [{"name": d.name, "at": d.at, **({"turn": d.turn} if d.turn else {})} for d in due]
        values["next_due"] = due[0].at
    if not one.exists:
        return InsertOne({"_id": one.document_id, "tenant": one.tenant, "history": entries, **values})
    change: Document = {"$set": values, "$push": {"history": {"$each": entries}}}
    gone = (() if due else ("due", "next_due")) + (("told_by", "told_at") if aggregate.timers else ())
    if gone:
        change["$unset"] = dict.fromkeys(gone, "")
    before = one.version - len(one.added)
    # upsert: where the version moved on, the write becomes an insert that collides on `_id` and names the loser.
    return UpdateOne({"_id": one.document_id, "version": before}, change, upsert=True)


def _entry(recorded: Recorded, cause: str, body: str | None, one: Loaded, cipher: AESGCM | None) -> Document:
    event = recorded.event
    public, private = parted(event, event.private)
    entry: Document = {
        "n": recorded.sequence,
        "id": str(recorded.id),
        "type": event.type_name,
        "cause": cause,
        "at": recorded.at,
        "data": public,
    }
    if recorded.tenant != one.tenant:
        entry["tenant"] = recorded.tenant
    if recorded.correlation_id:
        entry["corr"] = recorded.correlation_id
    if recorded.actor is not None:
        entry["actor"] = {
            "id": recorded.actor.id, "roles": list(recorded.actor.roles), "agency": recorded.actor.agency
        }  # fmt: skip
    if body is not None:
        entry["body"] = body
    if private and cipher is not None:
        entry["sealed"] = lock(cipher, orjson.dumps(private), subject=one.subject or "")
    one.written[recorded.sequence] = entry
    return entry
