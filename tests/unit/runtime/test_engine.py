"""Load, decide, save, relay: what one command does, and what a crash between the steps leaves."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts import ids
from libs.contracts.envelope import is_genuine, parse
from libs.contracts.topics import Service, mailbox
from libs.runtime.engine import Engine
from libs.runtime.errors import Unavailable
from libs.runtime.outcomes import Result
from tests.unit.runtime.domain import (
    ANSWERS,
    CIREBON,
    JOMBANG,
    KEY,
    UNLUCKY,
    count,
    event_ids,
    issue,
    message,
    retract,
    submit,
)
from tests.unit.runtime.world import POINTS, Crash, World


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


async def test_endless_contention_gives_the_batch_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def always_beaten(operations: Any) -> Any:
        return [(i, {"code": 11000, "errmsg": "E11000 index: _id_ dup key"}) for i in range(len(operations))]

    monkeypatch.setattr(world.mongo.tenants("clarification"), "bulk", always_beaten)

    with pytest.raises(Unavailable):
        await world.member().apply([count("a")])
