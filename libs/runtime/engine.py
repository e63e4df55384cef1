"""Load, decide, save, relay: the one loop that every command goes through.

A message is handled as often as it takes and takes effect once: event ids are made from their cause, the save is a
compare-and-set on the version, and a cause that stands in the history is *seen*. How an aggregate lies in its document
stands in `documents`; beside the loop stand `outcomes`, `paging`, `sweeping` and `timers`.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts import ids
from libs.contracts.envelope import milliseconds
from libs.contracts.outcomes import CommandRefused
from libs.contracts.topics import Service
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import Aggregate, Incoming, Recorded
from libs.runtime.documents import Loaded, document_id_of, fields_to_decide, revive, state_of, write
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import Document, Mongo, TenantCollection, index
from libs.runtime.outbox import Outbox, Outgoing
from libs.runtime.outcomes import Outcome, Outcomes, Refusals, Result, is_other_body, refusal_id, refused_again
from libs.runtime.paging import Pages
from libs.runtime.sealing import SubjectKeys
from libs.runtime.watermarks import Save, Watermarks
from libs.runtime.writing import Writer, record_message

log = logs.get()

RACES = 8
"""Times a lost compare-and-set is decided again before the batch is given back."""

TOLD = index(("told_at", 1), name="told", where={"told_at": {"$exists": True}})


@dataclass(frozen=True, slots=True)
class _Crossing:
    """What `apply` learns in one round of load, decide and save."""

    outcomes: dict[int, Outcome]
    lost: list[int]
    relay: list[Loaded]
    apart: list[int]
    """Commands of one aggregate of which some one met a unique index: to be carried out one by one, to see which."""


class Engine:
    """Carries out commands on the aggregates of one service.

    Attributes:
        now: clock for `touched_at`, timers and sweeping; no rule reads it.
        pages: older parts of long histories, by name of the aggregate.
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
        self.now = now
        self.writer = Writer(service, signing, refused)
        self.aggregates = {a.name: a for a in aggregates}
        self._mongo = mongo
        self._keys = keys
        self._outbox = outbox
        self._crash = crash
        self._collections: dict[str, TenantCollection] = {
            a.name: mongo.everyone(a.name) if a.across_tenants else mongo.tenants(a.name) for a in aggregates
        }
        self.pages = {
            a.name: Pages(a, documents=self._collections[a.name], pages=mongo.tenants(f"{a.name}.pages"))
            for a in aggregates
        }
        self.watermarks = Watermarks(mongo.watermarks)
        self._refusals = Refusals(mongo.tenants("refusals"), now)
        self.outcomes = Outcomes(
            self.aggregates,
            documents=self._collections,
            pages={name: pages.collection for name, pages in self.pages.items()},
            refusals=self._refusals,
        )

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
                    *([TOLD] if aggregate.timers else []),
                    *aggregate.indexes,
                ]
            )
            await self.pages[name].ensure_indexes()
        await self._refusals.ensure_indexes()

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
        await self.watermarks.settle()

    async def close(self) -> None:
        """For a process that ends. Nothing is carried out after it.

        Raises:
            Unavailable: the sweepers of others look after what is left.
        """
        await self.watermarks.close()

    async def relayed_whole(self, documents: Sequence[Document]) -> list[bool]:
        """Of each document whether all of its events are known to be in Kafka."""
        await self.watermarks.learn(documents)
        return [self.watermarks.covers(document) for document in documents]

    async def _apply_kind(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], positions: list[int]
    ) -> dict[int, Outcome]:
        with self.watermarks.saving() as save:
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
        relay: list[Loaded] = []
        apart: list[int] = []
        fresh, todo = self._by_expectation(incoming, positions)
        if fresh:
            round_ = await self._round(aggregate, incoming, fresh, None, save)
            outcomes |= round_.outcomes
            relay += round_.relay
            todo = sorted((*todo, *round_.lost, *round_.apart))
        refused_before = asyncio.create_task(self._refusals.of([incoming[p] for p in todo])) if todo else None
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
        refused = [(incoming[p], outcome) for p, outcome in outcomes.items() if outcome.result is Result.REFUSED]
        await self._refusals.keep(refused)
        self._crash("before_publish")
        told = [self.writer.refusal(item, outcome.problem, outcome.fields) for item, outcome in refused]
        await self.relay(aggregate, relay, told)
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
            groups[document_id_of(aggregate, item.context.tenant, item.command.target)].append(position)
        if refusals is None:
            refused_before: Mapping[str, Document] = {}
            loaded = {
                document_id: Loaded(document_id, incoming[group[0]].context.tenant, incoming[group[0]].command.target)
                for document_id, group in groups.items()
            }
        else:
            loaded, refused_before = await asyncio.gather(self._load(aggregate, incoming, groups), refusals)
        outcomes: dict[int, Outcome] = {}
        for document_id, group in groups.items():
            for position in group:
                item = incoming[position]
                before = refused_before and refused_before.get(refusal_id(item.context.tenant, item.context.id))
                outcomes[position] = (
                    refused_again(before, item.command.body_hash)
                    if before
                    else decide(aggregate, loaded[document_id], item)
                )
        changed = [one for one in loaded.values() if one.added]
        collisions = await self.save(aggregate, changed, save)
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

    async def _load(
        self, aggregate: Aggregate[Any], incoming: Sequence[Incoming], groups: Mapping[str, list[int]]
    ) -> dict[str, Loaded]:
        causes = [str(incoming[p].context.id) for group in groups.values() for p in group]
        documents = await self._collections[aggregate.name].load(groups, fields_to_decide(causes))
        await self.watermarks.learn(documents.values())
        paged = [document_id for document_id, document in documents.items() if document.get("trimmed")]
        old_causes = await self.pages[aggregate.name].causes(paged, causes) if paged else {}
        revived = {one.document_id: one for one in await self.revived(aggregate, documents.values())}
        loaded = {}
        for document_id, group in groups.items():
            first = incoming[group[0]]
            one = revived.get(document_id) or Loaded(document_id, first.context.tenant, first.command.target)
            one.seen |= old_causes.get(document_id, {})
            loaded[document_id] = one
        return loaded

    async def revived(self, aggregate: Aggregate[Any], documents: Collection[Document]) -> list[Loaded]:
        """Aggregates as their documents say, with what is not certainly relayed as their tail."""
        subjects = {d["subject"] for d in documents if d.get("sealed") is not None}
        ciphers = await self._keys.existing(subjects) if subjects and not aggregate.seals_once else {}
        return [
            revive(aggregate, document, state_of(aggregate, document, ciphers), relayed=self._relayed(document))
            for document in documents
        ]

    def _relayed(self, document: Document) -> int:
        """Version up to which the events of a document are known to be in Kafka."""
        if self.watermarks.covers(document):
            whole: int = document["version"]
            return whole
        # What is on a page was relayed before.
        partly: int = max(document["relayed"], document.get("trimmed", 0))
        return partly

    async def save(self, aggregate: Aggregate[Any], changed: list[Loaded], save: Save) -> dict[str, str | None]:
        """Saves what changed; returns those that were not: a lost race (None) or the problem of a unique index."""
        if not changed:
            return {}
        sealing = {one.subject for one in changed if one.seals_now and one.subject}
        fresh = all(not one.exists for one in changed)
        ciphers = await self._keys.ensure(sealing, fresh=fresh) if sealing else {}
        taken = await self._take_keys([one for one in changed if one.seals_now and one.subject is None])
        ciphers |= dict(taken.values())
        at = self.now()
        operations = [write(aggregate, one, ciphers, save, at=at) for one in changed]
        await self.watermarks.announce(save)
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

    async def _take_keys(self, sealing: Sequence[Loaded]) -> dict[str, tuple[str, AESGCM]]:
        """A key of its own for each; names and ciphers by document id."""
        by_tenant: dict[str, list[Loaded]] = defaultdict(list)
        for one in sealing:
            by_tenant[one.tenant].append(one)
        taken = {}
        for tenant, group in by_tenant.items():
            for one, of_its_own in zip(group, await self._keys.take(tenant, len(group)), strict=True):
                one.subject = of_its_own[0]
                taken[one.document_id] = of_its_own
        return taken

    async def relay(self, aggregate: Aggregate[Any], relay: Sequence[Loaded], extra: Sequence[Outgoing] = ()) -> None:
        """Publishes what is not in Kafka yet, and notes where no watermark will tell that it is."""
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
        await self.pages[aggregate.name].shorten(relay)
        self._crash("after_mark")

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Sends commands that `writer.command` made.

        Raises:
            Unavailable: not certainly sent.
        """
        await self._outbox.publish(messages)

    def _records(self, aggregate: Aggregate[Any], one: Loaded) -> list[Outgoing]:
        if aggregate.records is None or one.state is None:
            return []
        return [record_message(r) for r in aggregate.records(one.tenant, one.identity, one.version, one.state)]

    async def _mark(self, aggregate: Aggregate[Any], relayed: Sequence[Loaded]) -> None:
        """Notes in the documents themselves that they are relayed whole, unless they changed meanwhile."""
        by_version: dict[int, list[str]] = defaultdict(list)
        for one in relayed:
            by_version[one.version].append(one.document_id)
        for version, group in by_version.items():
            await self._collections[aggregate.name].update_across_tenants(
                {"_id": {"$in": group}, "version": version},
                {"$set": {"relayed": version}, "$unset": {"saved_by": "", "save": ""}},
            )

    async def _publish_newer(self, aggregate: Aggregate[Any], relayed: Sequence[Loaded]) -> None:
        """Where another member saved meanwhile, our older record may stand behind its newer one: sends the newest."""
        versions = {one.document_id: one.version for one in relayed}
        stored = await self._collections[aggregate.name].load(versions, {"version": 1})
        if newer := [i for i, document in stored.items() if document["version"] > versions[i]]:
            await self._publish_records(aggregate, newer)

    async def _publish_records(self, aggregate: Aggregate[Any], document_ids: list[str]) -> None:
        documents = await self._collections[aggregate.name].load(document_ids, {"history": 0})
        fresh = await self.revived(aggregate, documents.values())
        await self._outbox.publish([m for one in fresh for m in self._records(aggregate, one)])


def decide(aggregate: Aggregate[Any], one: Loaded, item: Incoming) -> Outcome:
    """Carries out a command on an aggregate in memory: its events are `added`, nothing is stored."""
    cause = str(item.context.id)
    if cause in one.seen:
        if is_other_body(item.command.body_hash, one.seen[cause]):
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
