"""Load, decide, save, publish, mark: what one command does, and what a crash between the steps leaves."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from libs.contracts import ids
from libs.contracts.envelope import Envelope, is_genuine, parse
from libs.contracts.topics import Service, journal, mailbox
from libs.runtime import engine as engine_module
from libs.runtime import sealing
from libs.runtime.aggregates import ERASED
from libs.runtime.engine import HELD, KEPT, Engine, Outcome, Result
from libs.runtime.errors import Unavailable
from libs.runtime.mongo import Document, key
from libs.runtime.outbox import Outgoing
from libs.runtime.sealing import SubjectKeys
from libs.runtime.watermarks import is_relayed
from tests.unit.runtime.domain import (
    ANSWERS,
    CIREBON,
    JOMBANG,
    KEY,
    MASTER,
    NOW,
    THREADS,
    UNLUCKY,
    an_engine,
    count,
    event_ids,
    issue,
    message,
    retract,
    submit,
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


@pytest.fixture
def world() -> World:
    return World()


async def test_a_command_becomes_events_in_history_and_journal(world: World) -> None:
    command = uuid4()

    (outcome,) = await world.member().apply([count(n=2, id=command)])

    document = world.document()
    assert outcome.result is Result.DONE
    assert [h["n"] for h in document["history"]] == [1, 2]
    assert [h["id"] for h in document["history"]] == event_ids(command, 2)
    assert (document["version"], world.is_relayed()) == (2, True)
    assert document["state"]["count"] == 2
    envelopes = [parse(m.headers) for m in world.sent()]
    assert [(e.sequence, e.causation_id, e.tenant, e.subject) for e in envelopes] == [
        (1, command, CIREBON, "a"),
        (2, command, CIREBON, "a"),
    ]
    assert {m.key for m in world.sent()} == {b"t-cirebon/a"}


async def test_the_same_command_again_is_seen_and_does_nothing(world: World) -> None:
    command = uuid4()
    await world.member().apply([count(id=command)])

    (again,) = await world.member().apply([count(id=command)])

    assert again.result is Result.SEEN
    assert world.document()["version"] == 1
    assert len(world.sent()) == 1


async def test_the_same_command_twice_in_one_batch_takes_effect_once(world: World) -> None:
    command = uuid4()

    outcomes = await world.member().apply([count(id=command), count(id=command)])

    assert [o.result for o in outcomes] == [Result.DONE, Result.SEEN]
    assert world.document()["version"] == 1


async def test_a_reused_key_with_another_body_is_refused_and_told(world: World) -> None:
    command = uuid4()
    await world.member().apply([count(id=command, body="one")])

    (other,) = await world.member().apply([count(id=command, n=2, body="two")])

    assert (other.result, other.problem) == (Result.REFUSED, "key_reused")
    assert world.document()["version"] == 1
    assert orjson.loads(world.sent()[-1].value or b"")["problem"] == "key_reused"
    kept = await world.member().outcome(CIREBON, command, body_hash="one")
    assert kept is not None
    assert kept.result is Result.DONE


async def test_a_reused_key_of_a_refused_command_is_refused_as_reused(world: World) -> None:
    command = uuid4()
    await world.member().apply([count(n=0, id=command, body="one")])

    (other,) = await world.member().apply([count(n=1, id=command, body="two")])

    assert (other.result, other.problem) == (Result.REFUSED, "key_reused")


async def test_a_refusal_leaves_nothing_but_itself(world: World) -> None:
    command = uuid4()

    (outcome,) = await world.member().apply([count(n=0, id=command)])

    assert (outcome.result, outcome.problem, outcome.fields) == (Result.REFUSED, "validation", ("count",))
    assert world.mongo.tenants("clarification").documents == {}
    (told,) = world.sent()
    assert parse(told.headers).type == "reports.command-refused.v1"
    assert parse(told.headers).causation_id == command


async def test_what_was_refused_stays_refused_though_it_would_be_allowed_now(world: World) -> None:
    command = uuid4()
    await world.member().apply([issue("a", "CRB-1")])
    await world.member().apply([issue("a", "CRB-2", id=command)])
    world.mongo.tenants("clarification").documents.clear()

    (again,) = await world.member().apply([issue("a", "CRB-2", id=command)])

    assert (again.result, again.problem) == (Result.REFUSED, "state_conflict")


async def test_order_within_an_aggregate_is_the_order_of_the_batch(world: World) -> None:
    batch = [count("a"), count("b"), retract("a"), count("a"), count("b")]

    outcomes = await world.member().apply(batch)

    assert [o.result for o in outcomes] == [Result.DONE, Result.DONE, Result.DONE, Result.REFUSED, Result.DONE]


async def test_a_rule_that_raises_is_a_fault_and_spares_its_neighbours(world: World) -> None:
    outcomes = await world.member().apply([count("a"), count("a", UNLUCKY), count("a")])

    assert [o.result for o in outcomes] == [Result.DONE, Result.FAULT, Result.DONE]
    assert isinstance(outcomes[1].fault, ZeroDivisionError)
    assert world.document()["version"] == 2


async def test_tenants_do_not_share_what_has_one_id(world: World) -> None:
    await world.member().apply([count("a"), count("a", tenant=JOMBANG), count("a", tenant=JOMBANG)])

    assert world.document("a", CIREBON)["state"]["count"] == 1
    assert world.document("a", JOMBANG)["state"]["count"] == 2


async def test_a_taken_number_is_a_business_conflict(world: World) -> None:
    member = world.member()
    await member.ensure_indexes()
    await member.apply([issue("a", "CRB-1")])

    (other,) = await member.apply([issue("b", "CRB-1")])
    (elsewhere,) = await member.apply([issue("b", "CRB-1", tenant=JOMBANG)])

    assert (other.result, other.problem) == (Result.REFUSED, "number_taken")
    assert elsewhere.result is Result.DONE


async def test_a_conflict_hits_the_command_that_made_it_and_no_earlier_one(world: World) -> None:
    member = world.member()
    await member.ensure_indexes()
    await member.apply([issue("a", "CRB-1")])
    innocent, guilty = count("b"), issue("b", "CRB-1")

    outcomes = await an_open_handed(world).apply([innocent, guilty, count("b")])

    assert [o.result for o in outcomes] == [Result.DONE, Result.REFUSED, Result.DONE]
    assert world.document("b")["state"]["count"] == 2


def an_open_handed(world: World) -> Engine:
    """A member whose rule issues whatever stands there, so that only the index says no."""
    from dataclasses import replace

    from libs.contracts.reports.clarification import IssueClarification
    from tests.unit.runtime.domain import decide, published

    def lenient(state: Any, command: Any, context: Any) -> Any:
        if isinstance(command, IssueClarification):
            return [published(command.clarification_id, command.number, context.at)]
        return decide(state, command, context)

    return world.member(aggregates=[replace(ANSWERS, decide=lenient)])


async def test_what_makes_something_new_is_tried_without_a_look_and_a_repeat_is_seen(world: World) -> None:
    command = uuid4()
    await world.member().apply([submit("r", id=command)])

    again, other = await world.member().apply([submit("r", id=command), submit("s")])
    (taken,) = await world.member().apply([submit("r")])

    assert (again.result, other.result) == (Result.SEEN, Result.DONE)
    assert (taken.result, taken.problem) == (Result.REFUSED, "state_conflict")
    assert world.document("r", kind="report")["version"] == 1


async def test_a_repeat_with_a_body_that_would_be_refused_does_not_spoil_the_answer_of_the_first(world: World) -> None:
    command = uuid4()
    await world.member().apply([submit("r", id=command, body="one")])

    (other,) = await world.member().apply([submit("r", "", id=command, body="two")])

    assert other.problem == "key_reused"
    kept = await world.member().outcome(CIREBON, command, body_hash="one")
    assert kept is not None
    assert kept.result is Result.DONE


async def test_a_creation_that_was_refused_stays_refused_and_leaves_nothing(world: World) -> None:
    command = uuid4()
    outcomes = [(await world.member().apply([submit("r", "", id=command)]))[0] for _ in range(2)]

    assert [(o.result, o.problem) for o in outcomes] == [(Result.REFUSED, "validation")] * 2
    assert world.mongo.tenants("report").documents == {}


async def test_the_outcome_of_what_took_effect_is_told_though_another_body_was_refused_before(world: World) -> None:
    command = uuid4()
    await world.member().apply([submit("r", "", id=command, body="one")])
    (second,) = await world.member().apply([submit("r", id=command, body="two")])

    told = await world.member().outcome(CIREBON, command, body_hash="two")

    assert told is not None
    assert (told.result, told.problem) == (second.result, second.problem)


async def test_a_tail_of_something_new_is_relayed_by_its_repeat(world: World) -> None:
    command = uuid4()
    with pytest.raises(Crash):
        await world.member(crash_at="after_save").apply([submit("r", id=command)])

    await world.member().apply([submit("r", id=command)])

    assert [parse(m.headers).sequence for m in world.sent()] == [1]
    assert world.is_relayed("r", kind="report")


async def test_follow_ups_are_signed_commands_with_ids_from_their_event(world: World) -> None:
    command = uuid4()
    await world.member().apply([count("a"), retract("a", id=command)])

    (follow_up,) = world.sent(mailbox(Service.REPORTS))

    envelope = parse(follow_up.headers)
    assert envelope.type == "reports.close-case.v1"
    assert envelope.id == ids.follow_up_id(ids.event_id(command, 0), "close")
    assert envelope.causation_id == ids.event_id(command, 0)
    assert is_genuine(envelope, follow_up.value or b"", key=KEY.current)


@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_anywhere_changes_nothing_once_it_was_handled_again(world: World, point: str) -> None:
    batch = [count("a", 2), issue("b", "CRB-1"), retract("b"), count("a", 0), message("r", "halo")]
    with pytest.raises(Crash):
        await world.member(crash_at=point).apply(batch)

    await world.member().apply(batch)

    assert (world.document("a")["version"], world.is_relayed("a")) == (2, True)
    assert (world.document("b")["version"], world.is_relayed("b")) == (2, True)
    assert world.is_relayed("r", kind="report")
    sequences = [(parse(m.headers).subject, parse(m.headers).sequence) for m in world.sent()]
    assert {s for s in sequences if s[1]} == {("a", 1), ("a", 2), ("b", 1), ("b", 2), ("r", 1)}
    assert world.sent(mailbox(Service.REPORTS))


@pytest.mark.parametrize("point", ["after_save", "before_publish", "before_mark"])
async def test_the_sweeper_relays_what_a_crash_left_behind(world: World, point: str) -> None:
    with pytest.raises(Crash):
        await world.member(crash_at=point).apply([count("a", 2)])
    assert not world.is_relayed()

    early = await world.member().sweep(older_than=timedelta(seconds=10))
    swept = await world.member(now=lambda: NOW + timedelta(seconds=11)).sweep(older_than=timedelta(seconds=10))

    assert (early, swept) == (0, 1)
    assert world.is_relayed()
    assert {parse(m.headers).sequence for m in world.sent()} == {1, 2}


async def test_a_tail_is_relayed_before_what_comes_after_it(world: World) -> None:
    with pytest.raises(Crash):
        await world.member(crash_at="after_save").apply([count("a")])

    await world.member().apply([count("a")])

    assert [parse(m.headers).sequence for m in world.sent()] == [1, 2]


async def test_a_redelivered_command_relays_the_tail_that_it_left(world: World) -> None:
    first = count("a")
    with pytest.raises(Crash):
        await world.member(crash_at="before_publish").apply([first])

    (again,) = await world.member().apply([first])

    assert again.result is Result.SEEN
    assert [parse(m.headers).sequence for m in world.sent()] == [1]


async def test_kafka_away_is_unavailable_and_the_same_batch_converges(world: World) -> None:
    batch = [count("a"), count("b")]
    world.outbox.fails_after = 1

    with pytest.raises(Unavailable):
        await world.member().apply(batch)
    outcomes = await world.member().apply(batch)

    assert [o.result for o in outcomes] == [Result.SEEN, Result.SEEN]
    assert {parse(m.headers).subject for m in world.sent()} == {"a", "b"}


async def test_two_members_with_one_aggregate_lose_nothing() -> None:
    world = World(pause=lambda: 1)
    await world.member().apply([count("a")])

    await asyncio.gather(*(world.member().apply([count("a"), count("a")]) for _ in range(4)))

    document = world.document()
    assert document["state"]["count"] == 9
    assert [h["n"] for h in document["history"]] == list(range(1, 10))
    assert {parse(m.headers).sequence for m in world.sent()} == set(range(1, 10))


async def test_a_watermark_does_not_hide_what_another_member_saved_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = world.outbox.publish

    async def overtaken(messages: Any) -> None:
        monkeypatch.setattr(world.outbox, "publish", publish)
        with pytest.raises(Crash):
            await world.member(crash_at="after_save").apply([count("a")])
        await publish(messages)

    monkeypatch.setattr(world.outbox, "publish", overtaken)
    await world.member().apply([count("a")])

    assert not world.is_relayed()
    assert await world.member(now=lambda: NOW + timedelta(minutes=1)).sweep() == 1
    assert {parse(m.headers).sequence for m in world.sent()} == {1, 2}


async def test_endless_contention_gives_the_batch_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def always_beaten(operations: Any) -> Any:
        return [(i, {"code": 11000, "errmsg": "E11000 index: _id_ dup key"}) for i in range(len(operations))]

    monkeypatch.setattr(world.mongo.tenants("clarification"), "bulk", always_beaten)

    with pytest.raises(Unavailable):
        await world.member().apply([count("a")])


async def test_what_was_typed_lies_sealed_and_is_never_published(world: World) -> None:
    await world.member().apply([message("r", "nomor saya 0812")])

    document = world.document("r", kind="report")
    assert "nomor saya" not in repr(document)
    assert "nomor saya" not in repr(world.outbox.sent)
    assert document["state"] == {"number": "", "messages": 1}
    assert "sealed" in document["history"][0]


async def test_a_destroyed_key_reads_as_erased_and_the_thread_goes_on(world: World) -> None:
    member = world.member()
    await member.apply([message("r", "nomor saya 0812")])
    world.keys.wrapped.pop(key(CIREBON, "r"))
    fresh = world.member()

    ciphers = await SubjectKeys(world.keys, MASTER).existing([key(CIREBON, "r")])
    state = fresh.state_of(fresh.aggregates["report"], world.document("r", kind="report"), ciphers)

    assert state.last == ERASED
    assert state.messages == 1


OWN = (replace(THREADS, key_subject=None),)


async def test_each_has_a_key_of_its_own_where_nothing_shares_it(world: World) -> None:
    member = world.member(aggregates=OWN)
    await member.apply([submit("r", "N-1"), submit("s", "N-2")])
    await member.apply([message("r", "nomor saya 0812"), message("r", "atau 0813")])
    fresh, documents = world.member(aggregates=OWN), [world.document(i, kind="report") for i in ("r", "s")]

    subjects = [d["subject"] for d in documents]
    ciphers = await SubjectKeys(world.keys, MASTER).existing(subjects)
    states = [fresh.state_of(OWN[0], d, ciphers) for d in documents]

    assert len(set(subjects)) == 2
    assert not {key(CIREBON, "r"), key(CIREBON, "s")} & {*subjects, *world.keys.wrapped}
    assert [s.last for s in states] == ["atau 0813", ""]


async def test_a_key_of_its_own_that_is_destroyed_erases_its_document_alone(world: World) -> None:
    member = world.member(aggregates=OWN)
    await member.apply([message("r", "nomor saya 0812"), message("s", "nomor saya 0813")])
    documents = [world.document(i, kind="report") for i in ("r", "s")]
    await SubjectKeys(world.keys, MASTER).destroy(documents[0]["subject"])

    ciphers = await SubjectKeys(world.keys, MASTER).existing([d["subject"] for d in documents])
    states = [member.state_of(OWN[0], d, ciphers) for d in documents]

    assert [s.last for s in states] == [ERASED, "nomor saya 0813"]


async def test_a_repeat_uses_up_no_key(world: World) -> None:
    member = world.member(aggregates=OWN)
    first = submit("r")
    await member.apply([first])
    before = len(world.keys.wrapped)

    for _ in range(200):
        await member.apply([first])

    assert len(world.keys.wrapped) <= before + sealing.MOST_SPARE


async def test_a_document_of_newer_code_is_left_alone_until_the_code_is_there(world: World) -> None:
    await world.member().apply([count("a")])
    world.document()["schema"] = 2

    with pytest.raises(Unavailable):
        await world.member().apply([count("a")])

    assert world.document()["version"] == 1


async def test_an_old_document_is_lifted_and_unknown_fields_survive(world: World) -> None:
    from dataclasses import replace

    await world.member().apply([count("a")])
    world.document()["state"] = {"total": 1, "from_tomorrow": [1]}
    lifted = replace(ANSWERS, schema=2, upcasters={1: lambda raw: {**raw, "count": raw["total"]}})

    await world.member(aggregates=[lifted]).apply([count("a")])

    assert world.document()["schema"] == 2
    assert world.document()["state"]["count"] == 2
    assert world.document()["state"]["from_tomorrow"] == [1]


async def test_long_histories_move_to_pages_and_old_causes_are_still_known(world: World) -> None:
    member = world.member()
    first = uuid4()
    await member.apply([count("a", body="one", id=first)])
    for _ in range(HELD // 64):
        await member.apply([count("a") for _ in range(64)])

    document = world.document()
    assert len(document["history"]) <= KEPT + 1
    assert len(await member.history("clarification", CIREBON, "a")) == HELD + 1
    assert [h["n"] for h in await member.history("clarification", CIREBON, "a")] == list(range(1, HELD + 2))
    (again,) = await member.apply([count("a", body="one", id=first)])
    (reused,) = await member.apply([count("a", body="two", id=first)])
    assert again.result is Result.SEEN
    assert reused.problem == "key_reused"
    outcome = await member.outcome(CIREBON, first)
    assert outcome is not None, "an old command's outcome must be found in the pages as well"
    assert outcome.result is Result.DONE


async def test_a_crash_between_page_and_trim_repeats_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "HELD", 8)
    monkeypatch.setattr(engine_module, "KEPT", 2)
    pages = world.mongo.tenants("clarification.pages")
    collection = world.mongo.tenants("clarification")
    trim = collection.update_across_tenants

    async def crash_at_trim(where: Any, change: Any) -> int:
        if "$pull" in change:
            raise Crash
        return await trim(where, change)

    monkeypatch.setattr(collection, "update_across_tenants", crash_at_trim)
    await world.member().apply([count("a") for _ in range(9)])
    assert "trimmed" not in world.document()
    monkeypatch.setattr(collection, "update_across_tenants", trim)
    await world.member().apply([count("a") for _ in range(3)])

    assert len(pages.documents) == 2
    history = await world.member().history("clarification", CIREBON, "a")
    assert [h["n"] for h in history] == list(range(1, 13))


async def test_a_timer_fires_its_command_when_it_is_due_and_twice_is_the_same_command(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late, later = at_hour(world, 1), at_hour(world, 3)

    early = await world.member().fire_due()
    fired = [await late.fire_due(), await later.fire_due()]

    first, second = world.sent(mailbox(Service.REPORTS))
    assert (early, fired) == (0, [1, 1])
    assert parse(first.headers).id == parse(second.headers).id
    assert parse(first.headers).type == "reports.retract-clarification.v1"
    await later.apply([retract("a", id=parse(first.headers).id)])
    assert await at_hour(world, 9).fire_due() == 0


def at_hour(world: World, hour: float) -> Engine:
    return world.member(now=lambda: NOW + timedelta(hours=hour))


async def test_a_timer_whose_command_waits_in_a_mailbox_is_not_told_again_every_round(world: World) -> None:
    """Each round and each member put the same command behind itself: 2,400 a minute into a mailbox that was late."""
    await world.member().apply([issue("a", "CRB-1")])

    rounds = [await at_hour(world, 1 + second / 3600).fire_due() for second in range(0, 1800, 5)]

    told = [second * 5 / 60 for second, n in enumerate(rounds) if n]
    pauses = [later - before for before, later in itertools.pairwise(told)]
    assert sum(rounds) == len(told) <= 6
    assert pauses == sorted(pauses), "the pauses must grow"
    assert pauses[0] >= 2


async def test_a_timer_that_is_held_is_told_when_it_is_held_no_longer(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late = at_hour(world, 1)

    assert await late.fire_due(held={"retract"}) == 0
    assert await late.fire_due() == 1


async def test_a_timer_that_was_set_anew_meanwhile_keeps_its_new_time(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late = at_hour(world, 1)
    await late.fire_due()

    await late.apply([count("a")])

    assert world.document()["next_due"] == world.document()["due"][0]["at"]


async def test_no_more_timers_are_told_than_are_carried_out(world: World) -> None:
    """Each member put 200 of them into the mailbox every five seconds, whatever came of those before."""
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(30)])
    late = [at_hour(world, 1 + n / 3600) for n in range(3)]

    for member in late * 3:
        await member.fire_due(most=10)
    told = timers_of(world)
    await late[0].apply([retract(envelope.subject, id=envelope.id) for envelope in told[:4]])
    for member in late * 3:
        await member.fire_due(most=10)

    assert len(told) == 10
    assert len(timers_of(world)) == 14


async def test_what_is_never_carried_out_stands_in_nobodys_way(world: World) -> None:
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(20)])

    first = await at_hour(world, 1).fire_due(most=10)
    later = await at_hour(world, 1.04).fire_due(most=10)

    assert (first, later) == (10, 10)
    assert len({envelope.subject for envelope in timers_of(world)}) == 20


def timers_of(world: World) -> list[Envelope]:
    sent = [parse(message.headers) for message in world.sent(mailbox(Service.REPORTS))]
    return [envelope for envelope in sent if envelope.type == "reports.retract-clarification.v1"]


async def test_of_two_members_one_tells_a_timer(world: World) -> None:
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(20)])
    late = [at_hour(world, 1) for _ in range(3)]

    await asyncio.gather(*(member.fire_due() for member in late))

    assert len(world.sent(mailbox(Service.REPORTS))) == 20


async def test_the_outcome_of_a_command_is_found_by_its_id_in_its_tenant_only(world: World) -> None:
    done, refused = uuid4(), uuid4()
    member = world.member()
    await member.apply([count("a", id=done, body="b"), count("a", 0, id=refused, body="b")])

    async def outcome(command: UUID, tenant: str = CIREBON, body: str | None = None) -> Outcome | None:
        return await member.outcome(tenant, command, body_hash=body)

    found = await outcome(done, body="b")
    assert found is not None
    assert [e.event.type_name for e in found.events] == ["reports.demand-counted.v1"]
    assert (no := await outcome(refused)) is not None
    assert (no.result, no.problem, no.fields) == (Result.REFUSED, "validation", ("count",))
    for command in (done, refused):
        reused = await outcome(command, body="other")
        assert reused is not None
        assert reused.problem == "key_reused"
    assert await outcome(done, JOMBANG) is None
    assert await outcome(uuid4()) is None
