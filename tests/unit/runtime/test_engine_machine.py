"""Any order of submissions, repeats, races and crashes leaves one history, told to Kafka whole.

I2: one command, one effect. I3: what was refused left nothing. I5: each recorded event is in Kafka, in order within its
aggregate. I7: the state is the fold of the events.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from libs.contracts.envelope import parse
from libs.contracts.messages import EVENTS
from libs.contracts.topics import Service, journal, mailbox
from libs.runtime.aggregates import Aggregate, Incoming
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.mongo import Document, key
from libs.runtime.outcomes import Outcome, Result
from libs.runtime.watermarks import is_relayed
from tests.unit.runtime.domain import ANSWERS, CIREBON, JOMBANG, NOW, THREADS, count, decide, issue, retract, submit
from tests.unit.runtime.world import POINTS, Crash, World, sweep

TENANTS = st.sampled_from([CIREBON, JOMBANG])
IDENTITIES = st.sampled_from(["a", "b", "c"])
REPORTS = st.sampled_from(["x", "y"])
KINDS: dict[str, Aggregate[Any]] = {"clarification": ANSWERS, "report": THREADS}
COMMANDS = st.one_of(
    st.builds(
        submit, st.sampled_from(["x", "y"]), st.sampled_from(["N-1", ""]), id=st.uuids(version=4), tenant=TENANTS
    ),
    st.builds(count, IDENTITIES, st.integers(0, 3), body=st.just("b"), id=st.uuids(version=4), tenant=TENANTS),
    st.builds(retract, IDENTITIES, id=st.uuids(version=4), tenant=TENANTS),
    st.builds(issue, IDENTITIES, st.sampled_from(["N-1", "N-2"]), id=st.uuids(version=4), tenant=TENANTS),
)
BATCHES = st.lists(COMMANDS, min_size=1, max_size=5, unique_by=lambda i: i.context.id)
CRASHES = st.one_of(st.none(), st.sampled_from(POINTS))


class Members(RuleBasedStateMachine):
    """Model: what every command was answered, by its id. The history is then judged against the rules themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.chance = random.Random(0)
        self.world = World(pause=lambda: self.chance.randrange(3))
        self.known: dict[UUID, Incoming] = {}
        self.answers: dict[UUID, Outcome] = {}
        self.unsure: dict[UUID, Incoming] = {}

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed: int) -> None:
        self.chance.seed(seed)
        self.runner.run(self.world.member().ensure_indexes())

    def teardown(self) -> None:
        try:
            self.settle()
            self.everything_recorded_is_told()
        finally:
            self.runner.close()

    @rule(batch=BATCHES, crash_at=CRASHES)
    def submit(self, batch: list[Incoming], crash_at: str | None) -> None:
        self.carry(batch, crash_at=crash_at)

    @rule(data=st.data(), crash_at=CRASHES)
    def redeliver(self, data: st.DataObject, crash_at: str | None) -> None:
        """Any commands of before, in any order, some of them twice."""
        if self.known:
            picked = data.draw(st.lists(st.sampled_from(sorted(self.known)), min_size=1, max_size=5))
            self.carry([self.known[i] for i in picked], crash_at=crash_at)

    @rule(data=st.data(), body=st.sampled_from(["other", "another"]))
    def reuse_a_key_with_another_body(self, data: st.DataObject, body: str) -> None:
        answered = sorted(i for i, item in self.known.items() if i in self.answers and item.command.body_hash)
        if not answered:
            return
        known = self.known[data.draw(st.sampled_from(answered))]
        changed = Incoming(known.command.model_copy(update={"body_hash": body}), known.context)

        (outcome,) = self.runner.run(self.world.member().apply([changed]))

        did_nothing = self.answers[known.context.id].result is Result.DONE and not self.caused(known.context.id)
        assert did_nothing or outcome.problem == "key_reused"

    @rule(left=BATCHES, right=BATCHES, left_crash=CRASHES, right_crash=CRASHES)
    def two_members_at_once(
        self, left: list[Incoming], right: list[Incoming], left_crash: str | None, right_crash: str | None
    ) -> None:
        async def both() -> None:
            await asyncio.gather(self.carried(left, left_crash), self.carried(right, right_crash))

        self.runner.run(both())

    @rule(identity=IDENTITIES, ids=st.lists(st.uuids(version=4), min_size=2, max_size=2, unique=True), crash=CRASHES)
    def two_members_with_one_aggregate(self, identity: str, ids: list[UUID], crash: str | None) -> None:
        left, right = (count(identity, id=i, body="b") for i in ids)

        async def both() -> None:
            await asyncio.gather(self.carried([left], None), self.carried([right], crash))

        self.runner.run(both())

    @rule(batch=BATCHES, after=st.integers(0, 4))
    def kafka_goes_away(self, batch: list[Incoming], after: int) -> None:
        self.world.outbox.fails_after = after
        self.carry(batch)
        self.world.outbox.fails_after = None

    @rule()
    def sweep(self) -> None:
        member = self.world.member(now=lambda: NOW + timedelta(minutes=1))
        self.runner.run(sweep(member))

    @rule()
    def settle(self) -> None:
        """Kafka gives again what was not committed, until everything is answered and relayed."""
        if self.unsure:
            self.carry(list(self.unsure.values()))
        self.sweep()
        assert not self.unsure
        assert all(is_relayed(d, self.world.mongo.watermarks.numbers) for d in self.documents())

    def carry(self, batch: list[Incoming], *, crash_at: str | None = None) -> None:
        self.runner.run(self.carried(batch, crash_at))

    async def carried(self, batch: list[Incoming], crash_at: str | None) -> None:
        for item in batch:
            self.known.setdefault(item.context.id, item)
            self.unsure[item.context.id] = item
        with contextlib.suppress(Crash, Unavailable):
            outcomes = await self.world.member(crash_at=crash_at).apply(batch)
            for item, outcome in zip(batch, outcomes, strict=True):
                self.note(item, outcome)

    def note(self, item: Incoming, outcome: Outcome) -> None:
        self.unsure.pop(item.context.id, None)
        before = self.answers.setdefault(item.context.id, outcome)
        if before.result is Result.REFUSED or outcome.result is Result.REFUSED:
            assert (before.result, before.problem) == (outcome.result, outcome.problem), "another answer than before"

    def documents(self) -> list[Document]:
        return [d for kind in KINDS for d in self.world.mongo.tenants(kind).documents.values()]

    def caused(self, command: UUID) -> list[Document]:
        return [h for d in self.documents() for h in d["history"] if h["cause"] == str(command)]

    @invariant()
    def one_command_has_one_effect(self) -> None:
        for document in self.documents():
            causes = [h["cause"] for h in document["history"]]
            runs = [c for c, before in zip(causes, [None, *causes], strict=False) if c != before]
            assert len(runs) == len(set(runs)), "a command stands twice in one history"

    @invariant()
    def what_was_refused_left_nothing(self) -> None:
        refused = {str(i) for i, outcome in self.answers.items() if outcome.result is Result.REFUSED}
        assert not refused & {h["cause"] for d in self.documents() for h in d["history"]}

    @invariant()
    def every_history_is_what_the_rules_say_and_its_state_the_fold(self) -> None:
        for document in self.documents():
            state, history = None, list(document["history"])
            assert [h["n"] for h in history] == list(range(1, document["version"] + 1))
            kind = KINDS[EVENTS[history[0]["type"]].aggregate]
            while history:
                item = self.known[UUID(history[0]["cause"])]
                for event in kind.decide(state, item.command, item.context):
                    entry = history.pop(0)
                    assert entry["cause"] == str(item.context.id)
                    assert event == EVENTS[entry["type"]].model_validate(entry["data"])
                    state = kind.evolve(state, event)
            assert kind.state.model_validate(document["state"]) == state

    @invariant()
    def kafka_shows_each_aggregate_in_order_and_nothing_that_is_not_recorded(self) -> None:
        told: dict[str, list[int]] = defaultdict(list)
        recorded = {h["id"]: (d["_id"], h) for d in self.documents() for h in d["history"]}
        for message in self.world.sent(journal(Service.REPORTS)):
            envelope = parse(message.headers)
            if envelope.sequence is None:
                continue
            document_id, entry = recorded[str(envelope.id)]
            assert document_id == key(envelope.tenant, envelope.subject)
            assert (entry["n"], entry["data"]) == (envelope.sequence, orjson.loads(message.value or b""))
            if envelope.sequence not in told[document_id]:
                told[document_id].append(envelope.sequence)
        for sequences in told.values():
            assert sequences == list(range(1, len(sequences) + 1)), "told out of order"

    def everything_recorded_is_told(self) -> None:
        told = {str(parse(m.headers).id) for m in self.world.sent(journal(Service.REPORTS))}
        recorded = [(h["id"], h["type"]) for d in self.documents() for h in d["history"]]
        assert {i for i, _ in recorded} <= told
        retracted = sum(1 for _, name in recorded if name == "reports.clarification-retracted.v1")
        assert len({parse(m.headers).id for m in self.world.sent(mailbox(Service.REPORTS))}) == retracted
        refused = {i for i, outcome in self.answers.items() if outcome.result is Result.REFUSED}
        answered = {parse(m.headers).causation_id for m in self.world.sent(journal(Service.REPORTS))}
        assert refused <= answered, "a refusal was never told"


def test_the_rules_used_here_can_refuse() -> None:
    nothing = count("a", 0)

    with pytest.raises(Refused):
        list(decide(None, nothing.command, nothing.context))


TestMembers = Members.TestCase
TestMembers.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
