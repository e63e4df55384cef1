"""A timer that is due sends its command: one member, and not again before its pause is over."""

import asyncio
import itertools
from datetime import timedelta

from libs.contracts.envelope import Envelope, parse
from libs.contracts.topics import Service, mailbox
from libs.runtime.engine import Engine
from libs.runtime.timers import Timers
from tests.unit.runtime.domain import NOW, count, issue, retract
from tests.unit.runtime.world import World


async def test_a_timer_fires_its_command_when_it_is_due_and_twice_is_the_same_command(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late, later = at_hour(world, 1), at_hour(world, 3)

    early = await Timers(world.member()).fire_due()
    fired = [await Timers(late).fire_due(), await Timers(later).fire_due()]

    first, second = world.sent(mailbox(Service.REPORTS))
    assert (early, fired) == (0, [1, 1])
    assert parse(first.headers).id == parse(second.headers).id
    assert parse(first.headers).type == "reports.retract-clarification.v1"
    await later.apply([retract("a", id=parse(first.headers).id)])
    assert await Timers(at_hour(world, 9)).fire_due() == 0


def at_hour(world: World, hour: float) -> Engine:
    return world.member(now=lambda: NOW + timedelta(hours=hour))


async def test_a_timer_whose_command_waits_in_a_mailbox_is_not_told_again_every_round(world: World) -> None:
    """Each round and each member put the same command behind itself: 2,400 a minute into a mailbox that was late."""
    await world.member().apply([issue("a", "CRB-1")])

    rounds = [await Timers(at_hour(world, 1 + second / 3600)).fire_due() for second in range(0, 1800, 5)]

    told = [second * 5 / 60 for second, n in enumerate(rounds) if n]
    pauses = [later - before for before, later in itertools.pairwise(told)]
    assert sum(rounds) == len(told) <= 6
    assert pauses == sorted(pauses), "the pauses must grow"
    assert pauses[0] >= 2


async def test_a_timer_that_is_held_is_told_when_it_is_held_no_longer(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late = at_hour(world, 1)

    assert await Timers(late).fire_due(held={"retract"}) == 0
    assert await Timers(late).fire_due() == 1


async def test_a_timer_that_was_set_anew_meanwhile_keeps_its_new_time(world: World) -> None:
    await world.member().apply([issue("a", "CRB-1")])
    late = at_hour(world, 1)
    await Timers(late).fire_due()

    await late.apply([count("a")])

    assert world.document()["next_due"] == world.document()["due"][0]["at"]


async def test_no_more_timers_are_told_than_are_carried_out(world: World) -> None:
    """Each member put 200 of them into the mailbox every five seconds, whatever came of those before."""
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(30)])
    late = [at_hour(world, 1 + n / 3600) for n in range(3)]

    for member in late * 3:
        await Timers(member).fire_due(most=10)
    told = timers_of(world)
    await late[0].apply([retract(envelope.subject, id=envelope.id) for envelope in told[:4]])
    for member in late * 3:
        await Timers(member).fire_due(most=10)

    assert len(told) == 10
    assert len(timers_of(world)) == 14


async def test_what_is_never_carried_out_stands_in_nobodys_way(world: World) -> None:
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(20)])

    first = await Timers(at_hour(world, 1)).fire_due(most=10)
    later = await Timers(at_hour(world, 1.04)).fire_due(most=10)

    assert (first, later) == (10, 10)
    assert len({envelope.subject for envelope in timers_of(world)}) == 20


def timers_of(world: World) -> list[Envelope]:
    sent = [parse(message.headers) for message in world.sent(mailbox(Service.REPORTS))]
    return [envelope for envelope in sent if envelope.type == "reports.retract-clarification.v1"]


async def test_of_two_members_one_tells_a_timer(world: World) -> None:
    await world.member().apply([issue(f"a{n}", f"CRB-{n}") for n in range(20)])
    late = [at_hour(world, 1) for _ in range(3)]

    await asyncio.gather(*(Timers(member).fire_due() for member in late))

    assert len(world.sent(mailbox(Service.REPORTS))) == 20
