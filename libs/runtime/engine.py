"""Load, decide, save, publish, mark: the one loop that every command goes through.

A message is handled as often as it takes and takes effect once: event ids are made from their cause, the save is a
compare-and-set on the version, and a cause that stands in the history is *seen*. One document holds the state, the
history, by which save it came, and the timers; so one write is atomic, is the audit log and is the outbox.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import InsertOne, UpdateOne

from libs.contracts import ids
from libs.contracts.envelope import Actor, milliseconds
from libs.contracts.messages import EVENTS
from libs.contracts.outcomes import CommandRefused
from libs.contracts.topics import Service
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import ERASED, Aggregate, Due, Incoming, Recorded, State, parted
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import Document, Mongo, TenantCollection, expiring, index, key
from libs.runtime.outbox import Outbox, Outgoing
from libs.runtime.sealing import SubjectKeys, lock, unlock
from libs.runtime.watermarks import Save, Watermarks
from libs.runtime.writing import Writer, record_message

log = logs.get()

RACES = 8
"""Times a lost compare-and-set is decided again before the batch is given back."""

HELD = 256
"""Events that a document keeps; beyond it the oldest relayed ones move to a page."""
KEPT = 32
"""Events that stay when a page is made."""

NEEDED: Mapping[str, int] = {
    "tenant": 1, "version": 1, "relayed": 1, "saved_by": 1, "save": 1, "trimmed": 1, "schema": 1, "state": 1,
    "sealed": 1, "subject": 1,
}  # fmt: skip
"""Fields of a document that an aggregate is made from, beside its history."""

REFUSALS_KEPT = timedelta(days=7)

TOLD = {"told_at": {"$exists": True}}
TOLD_AGAIN, TOLD_AGAIN_AT_LAST = timedelta(minutes=2), timedelta(hours=1)
"""Until a timer whose command is not carried out is told again: as long as it is late by then, between these. Its
command lies in Kafka; what comes again is for the process that died before it wrote it there."""


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


@dataclass(slots=True)
class _Loaded:
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


@dataclass(frozen=True, slots=True)
class _Crossing:
    """What `apply` learns in one round of load, decide and save."""

    outcomes: dict[int, Outcome]
    lost: list[int]
    relay: list[_Loaded]
    apart: list[int]
    """Commands of one aggregate of which some one met a unique index: to be carried out one by one, to see which."""


class Engine:
    """Carries out commands on the aggregates of one service.

    Attributes:
        now: clock for `touched_at` only; no rule reads it.
    """

    def __init__(
        self,
        *,
        service: Service,
        mongo: Mongo,
        keys: SubjectKeys,
        outbox: Outbox,
        signing: VersionedKey,
        aggregates: Sequence[Aggregate[Any]],
        refused: type[CommandRefused],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        crash: Callable[[str], None] = lambda point: None,
    ) -> None:
        self.service = service
        self.writer = Writer(service, signing, refused)
        self.aggregates = {a.name: a for a in aggregates}
        self._mongo = mongo
        self._keys = keys
        self._outbox = outbox
        self._now = now
        self._crash = crash
        self._collections: dict[str, TenantCollection] = {
            a.name: mongo.everyone(a.name) if a.across_tenants else mongo.tenants(a.name) for a in aggregates
        }
        self._pages = {a.name: mongo.tenants(f"{a.name}.pages") for a in aggregates}
        self._refusals = mongo.tenants("refusals")
        self._watermarks = Watermarks(mongo.watermarks)

    def collection(self, aggregate: str) -> TenantCollection:
        return self._collections[aggregate]

    async def ensure_indexes(self) -> None:
        await self._mongo.watermarks.ensure_indexes()
        for name, aggregate in self.aggregates.items():
            await self._collections[name].ensure_indexes(
                [
                    index(("saved_by", 1), ("save", 1), name="saves"),
                    index(("next_due", 1), name="next_due", where={"next_due": {"$exists": True}}),
                    index(("history.cause", 1), name="causes"),
                    *([index(("told_at", 1), name="told", where=TOLD)] if aggregate.timers else []),
                    *aggregate.indexes,
                ]
            )
            await self._pages[name].ensure_indexes(
                [
                    index(("of", 1), ("history.cause", 1), name="causes"),
                    index(("history.cause", 1), name="outcomes"),
                ]
            )
        await self._refusals.ensure_indexes(
            [expiring("at", seconds=int(REFUSALS_KEPT.total_seconds()), name="refusals_expire")]
        )

    async def apply(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        """Carries out a batch; order within one aggregate is kept. When it returns, everything is relayed; that this
        is known to others may take a moment more (`settle`).

        Raises:
            Unavailable: MongoDB or Kafka is away; apply the same batch again, as often as it takes.
        """
        kinds: dict[str, list[int]] = defaultdict(list)
        for position, item in enumerate(incoming):
            kinds[item.command.aggregate].append(position)
        done = await asyncio.gather(
            *(self._apply_kind(self.aggregates[kind], incoming, part) for kind, part in kinds.items()),
            return_exceptions=True,
        )
        outcomes: dict[int, Outcome] = {}
        for part in done:
            if isinstance(part, BaseException):
                raise part
            outcomes |= part
        return [outcomes[position] for position in range(len(incoming))]

    async def settle(self) -> None:
        """Returns when others can know what was relayed."""
        await self._watermarks.settle()

    async def close(self) -> None:
        """For a process that ends. Nothing is carried out after it.

        Raises:
            Unavailable: the sweepers of others look after what is left.
        """
        await self._watermarks.close()

    async def relayed_whole(self, documents: Sequence[Document]) -> list[bool]:
        """Of each document whether all of its events are known to be in Kafka."""
        await self._watermarks.learn(documents)
        return [self._watermarks.covers(document) for document in documents]

    async def _apply_kind(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], positions: list[int]
    ) -> dict[int, Outcome]:
        with self._watermarks.saving() as save:
            outcomes, apart = await self._carry_out(aggregate, incoming, positions, save)
        for result, n in Counter(outcome.result for outcome in outcomes.values()).items():
            telemetry.OUTCOMES.labels(self.service, aggregate.name, result).inc(n)
        for position in apart:
            outcomes |= await self._apply_kind(aggregate, incoming, [position])
        return outcomes

    async def _carry_out(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], positions: list[int], save: Save
    ) -> tuple[dict[int, Outcome], list[int]]:
        """Outcomes, and the positions that are to be carried out one by one."""
        outcomes: dict[int, Outcome] = {}
        relay: list[_Loaded] = []
        apart: list[int] = []
        fresh, todo = self._by_expectation(incoming, positions)
        if fresh:
            round_ = await self._round(aggregate, incoming, fresh, None, save)
            outcomes |= round_.outcomes
            relay += round_.relay
            todo = sorted((*todo, *round_.lost, *round_.apart))
        refused_before = asyncio.create_task(self._refused_before(incoming, todo)) if todo else None
        for _ in range(RACES):
            if not todo:
                break
            round_ = await self._round(aggregate, incoming, todo, refused_before, save)
            outcomes |= round_.outcomes
            relay += round_.relay
            apart += round_.apart
            todo = round_.lost
            if todo:
                telemetry.LOST_RACES.labels(self.service, aggregate.name).inc(len(todo))
        if todo:
            raise Unavailable("contention")
        refusals = await self._keep_refusals(aggregate, incoming, outcomes)
        self._crash("before_publish")
        await self._relay(aggregate, relay, refusals)
        return outcomes, apart

    def _by_expectation(self, incoming: Sequence[Incoming], positions: Sequence[int]) -> tuple[list[int], list[int]]:
        """Commands that make something new, and the rest. The first are tried without a look at what is there: a repeat
        collides on its `_id` and is looked at then."""
        targets = [(incoming[p].context.tenant, incoming[p].command.target) for p in positions]
        times = Counter(targets)
        fresh: list[int] = []
        others: list[int] = []
        for position, target in zip(positions, targets, strict=True):
            alone = incoming[position].command.creates and times[target] == 1
            (fresh if alone else others).append(position)
        return fresh, others

    async def _round(
        self,
        aggregate: Aggregate[Any],
        incoming: Sequence[Incoming],
        positions: list[int],
        refusals: "asyncio.Task[dict[str, Document]] | None",
        save: Save,
    ) -> _Crossing:
        """Without `refusals` nothing is looked up, and whatever stands in the way is only found to be there."""
        groups: dict[str, list[int]] = defaultdict(list)
        for position in positions:
            item = incoming[position]
            groups[self._document_id(aggregate, item.context.tenant, item.command.target)].append(position)
        if refusals is None:
            refused_before: Mapping[str, Document] = {}
            loaded = {
                document_id: _Loaded(document_id, incoming[group[0]].context.tenant, incoming[group[0]].command.target)
                for document_id, group in groups.items()
            }
        else:
            loaded, refused_before = await asyncio.gather(self._load(aggregate, incoming, groups), refusals)
        outcomes: dict[int, Outcome] = {}
        for document_id, group in groups.items():
            for position in group:
                item = incoming[position]
                before = refused_before.get(key(item.context.tenant, str(item.context.id))) if refused_before else None
                outcomes[position] = (
                    _refused_again(before, item.command.body_hash)
                    if before is not None
                    else self._decide(aggregate, loaded[document_id], item)
                )
        changed = [one for one in loaded.values() if one.added]
        collisions = await self._save(aggregate, changed, save)
        lost: list[int] = []
        apart: list[int] = []
        for one, conflict in collisions.items():
            group = groups[one]
            adding = [p for p in group if outcomes[p].events]
            if conflict is None or refusals is None:
                lost += group
            elif len(adding) == 1:
                outcomes[adding[0]] = Outcome(Result.REFUSED, problem=conflict)
                # What was decided after it saw a state that did not come about.
                lost += [p for p in group if p != adding[0]]
            else:
                apart += group
        if refusals is None:
            # Only what took effect is certain: a refusal may be that of a repeat, which has its outcome already.
            lost += [p for p, outcome in outcomes.items() if not outcome.events]
        for position in (*lost, *apart):
            outcomes.pop(position, None)
        relay = [one for one in loaded.values() if one.document_id not in collisions and (one.added or one.tail)]
        return _Crossing(outcomes, sorted(lost), relay, sorted(apart))

    def _document_id(self, aggregate: Aggregate[Any], tenant: str, identity: str) -> str:
        return identity if aggregate.across_tenants else key(tenant, identity)

    def _decide(self, aggregate: Aggregate[Any], one: _Loaded, item: Incoming) -> Outcome:
        cause = str(item.context.id)
        if cause in one.seen:
            if item.command.body_hash is not None and one.seen[cause] not in (None, item.command.body_hash):
                return Outcome(Result.REFUSED, problem="key_reused")
            return Outcome(Result.SEEN)
        try:
            events = tuple(aggregate.decide(one.state, item.command, item.context))
            state = one.state
            for event in events:
                state = aggregate.evolve(state, event)
        except Refused as refused:
            return Outcome(Result.REFUSED, problem=refused.code, fields=refused.fields)
        except Exception as fault:
            log.error("rule_raised", aggregate=aggregate.name, type=item.command.type_name, error=fault)
            return Outcome(Result.FAULT, fault=fault)
        if not events:
            return Outcome(Result.DONE)
        context, at = item.context, milliseconds(item.context.at)
        recorded = [
            Recorded(
                ids.event_id(context.id, k), one.version + k + 1, context.id, context.tenant, one.identity, at, event,
                context.actor, context.correlation_id,
            )
            for k, event in enumerate(events)
        ]  # fmt: skip
        one.state = state
        one.version += len(recorded)
        one.added += recorded
        one.causes += [(cause, item.command.body_hash)] * len(recorded)
        one.seen[cause] = item.command.body_hash
        if one.subject is None and aggregate.key_subject is not None:
            one.subject = f"{context.tenant}/{aggregate.key_subject(item.command)}"
        one.seals_now = one.seals_now or any(e.private for e in events)
        return Outcome(Result.DONE, tuple(recorded))

    async def _load(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], groups: Mapping[str, list[int]]
    ) -> dict[str, _Loaded]:
        causes = [str(incoming[p].context.id) for group in groups.values() for p in group]
        fields = {
            **NEEDED,
            "history": {
                "$filter": {
                    "input": "$history",
                    "as": "h",
                    "cond": {"$or": [{"$gt": ["$$h.n", "$relayed"]}, {"$in": ["$$h.cause", causes]}]},
                }
            },
        }
        documents = await self._collections[aggregate.name].load(groups, fields)
        await self._watermarks.learn(documents.values())
        paged = [i for i, d in documents.items() if d.get("trimmed")]
        old_causes: dict[str, dict[str, str | None]] = defaultdict(dict)
        if paged:
            for page in await self._pages[aggregate.name].across_tenants(
                {"of": {"$in": paged}, "history.cause": {"$in": causes}},
                limit=10_000,
                fields={"of": 1, "history.cause": 1, "history.body": 1},
            ):
                old_causes[page["of"]] |= {h["cause"]: h.get("body") for h in page["history"]}
        ciphers = await self._ciphers(aggregate, documents.values())
        loaded = {}
        for document_id, group in groups.items():
            first = incoming[group[0]]
            document = documents.get(document_id)
            if document is None:
                loaded[document_id] = _Loaded(document_id, first.context.tenant, first.command.target)
            else:
                one = self._revive(aggregate, document, ciphers)
                one.seen |= old_causes.get(document_id, {})
                loaded[document_id] = one
        return loaded

    async def _ciphers(self, aggregate: Aggregate[Any], documents: Iterable[Document]) -> dict[str, AESGCM]:
        subjects = {d["subject"] for d in documents if d.get("sealed") is not None}
        return await self._keys.existing(subjects) if subjects and not aggregate.seals_once else {}

    def _revive(self, aggregate: Aggregate[Any], document: Document, ciphers: Mapping[str, AESGCM]) -> _Loaded:
        identity = document["_id"] if aggregate.across_tenants else document["_id"].split("/", 1)[1]
        one = _Loaded(
            document["_id"], document["tenant"], identity,
            version=document["version"], relayed=self._relayed(document), trimmed=document.get("trimmed", 0),
            subject=document.get("subject"), sealed=document.get("sealed"), exists=True,
        )  # fmt: skip
        one.state = self.state_of(aggregate, document, ciphers)
        for entry in document.get("history", ()):
            one.seen[entry["cause"]] = entry.get("body")
            if entry["n"] > one.relayed:
                one.tail.append(self._recorded(one, entry))
        return one

    def _relayed(self, document: Document) -> int:
        """Version up to which the events of a document are known to be in Kafka."""
        if self._watermarks.covers(document):
            whole: int = document["version"]
            return whole
        # What is on a page was relayed before.
        partly: int = max(document["relayed"], document.get("trimmed", 0))
        return partly

    def state_of(self, aggregate: Aggregate[Any], document: Document, ciphers: Mapping[str, AESGCM]) -> Any:
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

    def _recorded(self, one: _Loaded, entry: Mapping[str, Any]) -> Recorded:
        actor = entry.get("actor")
        return Recorded(
            id=UUID(entry["id"]),
            sequence=entry["n"],
            cause=UUID(entry["cause"]),
            tenant=entry.get("tenant", one.tenant),
            aggregate_id=one.identity,
            at=entry["at"],
            event=EVENTS[entry["type"]].model_validate(entry["data"]),
            actor=Actor(actor["id"], tuple(actor["roles"]), actor["agency"]) if actor else None,
            correlation_id=entry.get("corr", ""),
        )

    async def _save(self, aggregate: Aggregate[Any], changed: list[_Loaded], save: Save) -> dict[str, str | None]:
        """Saves what changed; returns those that were not: a lost race (None) or the problem of a unique index."""
        if not changed:
            return {}
        sealing = {one.subject for one in changed if one.seals_now and one.subject}
        fresh = all(not one.exists for one in changed)
        ciphers = await self._keys.ensure(sealing, fresh=fresh) if sealing else {}
        taken = await self._take_keys([one for one in changed if one.seals_now and one.subject is None])
        ciphers |= dict(taken.values())
        operations = [self._write(aggregate, one, ciphers, save) for one in changed]
        await self._watermarks.announce(save)
        self._crash("before_save")
        collided = await self._collections[aggregate.name].bulk(operations)
        self._crash("after_save")
        found: dict[str, str | None] = {}
        for position, error in collided:
            if (key_taken := taken.get(changed[position].document_id)) is not None:
                self._keys.give_back(*key_taken)
            name = str(error.get("errmsg", "")).split("index: ", 1)[-1].split(" ", 1)[0]
            found[changed[position].document_id] = (
                None if name == "_id_" else aggregate.uniques.get(name, "number_taken")
            )
        return found

    async def _take_keys(self, sealing: Sequence[_Loaded]) -> dict[str, tuple[str, AESGCM]]:
        """A key of its own for each; names and ciphers by document id."""
        by_tenant: dict[str, list[_Loaded]] = defaultdict(list)
        for one in sealing:
            by_tenant[one.tenant].append(one)
        taken = {}
        for tenant, group in by_tenant.items():
            for one, of_its_own in zip(group, await self._keys.take(tenant, len(group)), strict=True):
                one.subject = of_its_own[0]
                taken[one.document_id] = of_its_own
        return taken

    def _write(
        self, aggregate: Aggregate[Any], one: _Loaded, ciphers: Mapping[str, AESGCM], save: Save
    ) -> InsertOne[Document] | UpdateOne:
        assert one.state is not None
        one.is_saved_now = True
        cipher = ciphers.get(one.subject or "")
        entries = [self._entry(r, *cause, one, cipher) for r, cause in zip(one.added, one.causes, strict=True)]
        due = sorted(aggregate.due(one.state), key=lambda d: d.at)
        state, private = parted(one.state, aggregate.state.private)
        values: Document = {
            "version": one.version,
            "relayed": one.relayed,
            "saved_by": save.by,
            "save": save.number,
            "touched_at": self._now(),
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

    def _entry(self, recorded: Recorded, cause: str, body: str | None, one: _Loaded, cipher: AESGCM | None) -> Document:
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

    async def _refused_before(self, incoming: Sequence[Incoming], positions: list[int]) -> dict[str, Document]:
        wanted = [key(incoming[p].context.tenant, str(incoming[p].context.id)) for p in positions]
        return await self._refusals.load(wanted)

    async def _keep_refusals(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], outcomes: Mapping[int, Outcome]
    ) -> list[Outgoing]:
        refused = [(incoming[p], o) for p, o in outcomes.items() if o.result is Result.REFUSED]
        # A reused key has an outcome already, that of the first body; the refusal is told but not kept beside it.
        await self._refusals.add_if_missing(
            [
                {
                    "_id": key(item.context.tenant, str(item.context.id)),
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
        return [self.writer.refusal(item, outcome.problem, outcome.fields) for item, outcome in refused]

    async def _relay(self, aggregate: Aggregate[Any], relay: list[_Loaded], extra: list[Outgoing]) -> None:
        traceparent = telemetry.current_traceparent()
        messages = list(extra)
        for one in relay:
            for recorded in (*one.tail, *one.added):
                messages.append(self.writer.event(recorded, one.written.get(recorded.sequence), traceparent))
                messages += self.writer.follow_ups(aggregate.follow_ups(recorded.event), recorded, traceparent)
            messages += self._records(aggregate, one)
        await self._outbox.publish(messages)
        self._crash("before_mark")
        if aggregate.records is not None:
            await self._publish_newer(aggregate, relay)
        await self._mark(aggregate, [one for one in relay if not one.is_saved_now])
        for one in relay:
            if one.version - one.trimmed > HELD:
                await self._make_shorter(aggregate, one)
        self._crash("after_mark")

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Sends commands that `writer.command` made.

        Raises:
            Unavailable: not certainly sent.
        """
        await self._outbox.publish(messages)

    def _records(self, aggregate: Aggregate[Any], one: _Loaded) -> list[Outgoing]:
        if aggregate.records is None or one.state is None:
            return []
        return [record_message(r) for r in aggregate.records(one.tenant, one.identity, one.version, one.state)]

    async def _mark(self, aggregate: Aggregate[Any], relayed: Sequence[_Loaded]) -> None:
        """Notes in the documents themselves that they are relayed whole, unless they changed meanwhile."""
        by_version: dict[int, list[str]] = defaultdict(list)
        for one in relayed:
            by_version[one.version].append(one.document_id)
        for version, group in by_version.items():
            await self._collections[aggregate.name].update_across_tenants(
                {"_id": {"$in": group}, "version": version},
                {"$set": {"relayed": version}, "$unset": {"saved_by": "", "save": ""}},
            )

    async def _publish_newer(self, aggregate: Aggregate[Any], relayed: Sequence[_Loaded]) -> None:
        """Where another member saved meanwhile, our older record may stand behind its newer one: sends the newest."""
        versions = {one.document_id: one.version for one in relayed}
        stored = await self._collections[aggregate.name].load(versions, {"version": 1})
        if newer := [i for i, document in stored.items() if document["version"] > versions[i]]:
            await self._publish_records(aggregate, newer)

    async def _publish_records(self, aggregate: Aggregate[Any], document_ids: list[str]) -> None:
        documents = await self._collections[aggregate.name].load(document_ids, {"history": 0})
        ciphers = await self._ciphers(aggregate, documents.values())
        fresh = [self._revive(aggregate, d, ciphers) for d in documents.values()]
        await self._outbox.publish([m for one in fresh for m in self._records(aggregate, one)])

    async def _make_shorter(self, aggregate: Aggregate[Any], one: _Loaded) -> None:
        try:
            await self._turn_page(aggregate, one)
        except Exception as error:
            # What was asked for is done and told; the next change of this aggregate tries again.
            log.error("page_not_turned", aggregate=aggregate.name, error=error)

    async def _turn_page(self, aggregate: Aggregate[Any], one: _Loaded) -> None:
        """Moves the oldest relayed events to a page: first the page (its id says what it holds), then the trim."""
        collection, document_id = self._collections[aggregate.name], one.document_id
        document = (await collection.load([document_id], {"tenant": 1, "trimmed": 1, "history": 1})).get(document_id)
        if document is None:
            return
        trimmed = document.get("trimmed", 0)
        last = max((h["n"] for h in document["history"]), default=0)
        upto = min(one.version, last - KEPT)
        moving = [h for h in document["history"] if trimmed < h["n"] <= upto]
        if not moving:
            return
        await self._pages[aggregate.name].add_if_missing(
            [
                {
                    "_id": f"{document_id}#{trimmed + 1}-{upto}",
                    "tenant": document["tenant"],
                    "of": document_id,
                    "history": moving,
                }
            ]
        )
        await collection.update_across_tenants(
            {"_id": document_id, "trimmed": trimmed}
            if trimmed
            else {"_id": document_id, "trimmed": {"$exists": False}},
            {"$set": {"trimmed": upto}, "$pull": {"history": {"n": {"$lte": upto}}}},
        )

    async def history(
        self, aggregate_name: str, tenant: str, identity: str, *, types: Sequence[str] | None = None
    ) -> list[Document]:
        """History of one aggregate, oldest first, pages included, `types` only; private parts stay sealed."""
        document_id = self._document_id(self.aggregates[aggregate_name], tenant, identity)
        entries: Any = "$history"
        if types is not None:
            entries = {"$filter": {"input": "$history", "as": "h", "cond": {"$in": ["$$h.type", list(types)]}}}
        fields = {"tenant": 1, "history": entries}
        pages = await self._pages[aggregate_name].across_tenants(
            {"of": document_id} if types is None else {"of": document_id, "history.type": {"$in": list(types)}},
            limit=1_000,
            fields=fields,
        )
        document = (await self._collections[aggregate_name].load([document_id], fields)).get(document_id)
        found = {h["n"]: h for source in (*pages, document or {}) for h in source.get("history", ())}
        return [found[n] for n in sorted(found)]

    async def sweep(self, *, older_than: timedelta = timedelta(seconds=10), most: int = 200) -> int:
        """Relays tails that a crash left behind; returns how many aggregates had one."""
        swept = 0
        before = self._now() - older_than
        above: list[Document] = [
            {"saved_by": name, "save": {"$gt": watermark}} for name, watermark in await self._watermarks.behind()
        ]
        for aggregate in self.aggregates.values() if above else ():
            documents = await self._collections[aggregate.name].across_tenants(
                {"$or": above, "touched_at": {"$lt": before}}, limit=most
            )
            ciphers = await self._ciphers(aggregate, documents)
            behind = [self._revive(aggregate, d, ciphers) for d in documents]
            if behind:
                await self._relay(aggregate, behind, [])
                telemetry.SWEPT.labels(self.service, aggregate.name).inc(len(behind))
                swept += len(behind)
        if not swept:
            await self._watermarks.tidy()
        return swept

    async def fire_due(self, *, most: int = 200, held: Collection[str] = ()) -> int:
        """Sends the commands of timers whose time has come, but for those that are `held`. One member tells a timer at
        a time, and none tells it again before its pause is over: a command that waits in a mailbox is not put behind
        itself. Twice would be nothing: the id is made of the timer.

        Args:
            most: documents of one kind whose commands may wait to be carried out, whoever has sent them.
        """
        messages: list[Outgoing] = []
        for aggregate in self.aggregates.values():
            wanted = [name for name in aggregate.timers if name not in held]
            if wanted:
                for document in await self._claim_due(aggregate, wanted, most):
                    messages += self._timers(aggregate, document, wanted)
        await self._outbox.publish(messages)
        return len(messages)

    async def _claim_due(self, aggregate: Aggregate[Any], wanted: Sequence[str], most: int) -> list[Document]:
        """Documents with a timer that is due and that nobody else tells meanwhile."""
        now, collection = self._now(), self._collections[aggregate.name]
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

    def _timers(self, aggregate: Aggregate[Any], document: Document, wanted: Sequence[str]) -> Iterable[Outgoing]:
        now, identity = self._now(), document["_id"].split("/", 1)[1]
        for due in (Due(d["name"], d["at"], d.get("turn", 0)) for d in document.get("due", ()) if d["at"] <= now):
            if due.name in wanted:
                yield self.writer.command(
                    aggregate.timers[due.name](identity, due),
                    command_id=ids.timer_id(document["_id"], due.name, due.at.isoformat()),
                    tenant=document["tenant"],
                    at=now,
                )

    async def outcome(self, tenant: str, command: UUID, *, body_hash: str | None = None) -> Outcome | None:
        """What became of a command; None while it is not decided. Another body under the same id: `key_reused`."""
        refused, entries = await asyncio.gather(
            self._refusals.load([key(tenant, str(command))]), self._caused(self._collections, tenant, command)
        )
        # What took effect counts, though another body under the same id was refused before.
        if refused and not entries:
            return _refused_again(refused[key(tenant, str(command))], body_hash)
        # Long ago, and its aggregate has turned a page since.
        entries = entries or await self._caused(self._pages, tenant, command)
        if not entries:
            return None
        if body_hash is not None and entries[0][1].get("body") not in (None, body_hash):
            return Outcome(Result.REFUSED, problem="key_reused")
        return Outcome(Result.DONE, events=tuple(self._recorded(one, entry) for one, entry in entries))

    async def _caused(
        self, collections: Mapping[str, TenantCollection], tenant: str, command: UUID
    ) -> list[tuple[_Loaded, Mapping[str, Any]]]:
        """First entry that a command caused in each aggregate, from documents or from pages (`of` a document)."""
        cause = str(command)
        fields = {"tenant": 1, "of": 1, "history": {"$elemMatch": {"cause": cause}}}
        found = await asyncio.gather(
            *(c.find(tenant, {"history.cause": cause}, limit=1, fields=fields) for c in collections.values())
        )
        entries = []
        for name, documents in zip(collections, found, strict=True):
            for document in documents:
                document_id: str = document.get("of") or document["_id"]
                identity = document_id if self.aggregates[name].across_tenants else document_id.split("/", 1)[1]
                one = _Loaded(document_id, document["tenant"], identity)
                entries += [(one, entry) for entry in document["history"]]
        return entries


def _told_again_at(due: Sequence[Mapping[str, Any]], now: datetime) -> datetime:
    times: list[datetime] = [d["at"] for d in due]
    again = now + min(max(now - min(times), TOLD_AGAIN), TOLD_AGAIN_AT_LAST)
    return min([again, *(at for at in times if at > now)])


def _refused_again(refusal: Document, body_hash: str | None) -> Outcome:
    """The outcome that a refused command had; another body under its id is told so."""
    if body_hash is not None and refusal["body"] not in (None, body_hash):
        return Outcome(Result.REFUSED, problem="key_reused")
    return Outcome(Result.REFUSED, problem=refusal["problem"], fields=tuple(refusal["fields"]))
