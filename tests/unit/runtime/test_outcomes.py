"""What became of a command, and what stays refused."""

from uuid import UUID, uuid4

import orjson

from libs.contracts.envelope import parse
from libs.runtime.outcomes import Outcome, Result
from tests.unit.runtime.domain import CIREBON, JOMBANG, count, issue, submit
from tests.unit.runtime.world import World


async def test_a_reused_key_with_another_body_is_refused_and_told(world: World) -> None:
    command = uuid4()
    await world.member().apply([count(id=command, body="one")])

    (other,) = await world.member().apply([count(id=command, n=2, body="two")])

    assert (other.result, other.problem) == (Result.REFUSED, "key_reused")
    assert world.document()["version"] == 1
    assert orjson.loads(world.sent()[-1].value or b"")["problem"] == "key_reused"
    kept = await world.member().outcomes.of(CIREBON, command, body_hash="one")
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


async def test_a_repeat_with_a_body_that_would_be_refused_does_not_spoil_the_answer_of_the_first(world: World) -> None:
    command = uuid4()
    await world.member().apply([submit("r", id=command, body="one")])

    (other,) = await world.member().apply([submit("r", "", id=command, body="two")])

    assert other.problem == "key_reused"
    kept = await world.member().outcomes.of(CIREBON, command, body_hash="one")
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

    told = await world.member().outcomes.of(CIREBON, command, body_hash="two")

    assert told is not None
    assert (told.result, told.problem) == (second.result, second.problem)


async def test_the_outcome_of_a_command_is_found_by_its_id_in_its_tenant_only(world: World) -> None:
    done, refused = uuid4(), uuid4()
    member = world.member()
    await member.apply([count("a", id=done, body="b"), count("a", 0, id=refused, body="b")])

    async def outcome(command: UUID, tenant: str = CIREBON, body: str | None = None) -> Outcome | None:
        return await member.outcomes.of(tenant, command, body_hash=body)

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
