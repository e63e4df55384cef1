import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from libs.runtime.mongo import Mongo
from services.gateway.access.sessions import (
    ABSOLUTE,
    IDLE,
    LINK_LIFETIME,
    MAILS,
    MAILS_WITHIN,
    Kind,
    LoginLinks,
    Sessions,
    new_secret,
    utc_now,
)


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def mongo(stack: Stack) -> AsyncIterator[Mongo]:
    mongo = Mongo(await asyncio.to_thread(stack.mongo_url, Service.GATEWAY), Service.GATEWAY)
    yield mongo
    mongo.close()


async def test_a_session_that_is_used_lives_on_and_an_idle_one_ends(mongo: Mongo) -> None:
    clock = Clock()
    sessions = Sessions(mongo, b"s" * 32, clock)
    used, idle = [await sessions.open("t1", Kind.OFFICER, "o1") for _ in range(2)]

    clock.now += IDLE - timedelta(minutes=1)
    assert await sessions.find(used.secret, Kind.OFFICER) is not None
    clock.now += timedelta(minutes=2)

    assert await sessions.find(used.secret, Kind.OFFICER) is not None
    assert await sessions.find(idle.secret, Kind.OFFICER) is None


async def test_no_session_outlives_a_shift(mongo: Mongo) -> None:
    clock = Clock()
    sessions = Sessions(mongo, b"s" * 32, clock)
    session = await sessions.open("t1", Kind.OFFICER, "o1")

    for _ in range(int(ABSOLUTE / timedelta(minutes=20)) - 1):
        clock.now += timedelta(minutes=20)
        assert await sessions.find(session.secret, Kind.OFFICER) is not None
    clock.now += timedelta(minutes=20)

    assert await sessions.find(session.secret, Kind.OFFICER) is None


async def test_a_session_is_good_for_its_kind_and_its_tenant_only(mongo: Mongo) -> None:
    sessions = Sessions(mongo, b"s" * 32)
    session = await sessions.open("t1", Kind.PARTNER, "p1")

    assert await sessions.find(session.secret, Kind.OFFICER) is None
    assert await sessions.find(session.secret.replace("t1.", "t2."), Kind.PARTNER) is None
    assert await sessions.find(session.secret, Kind.PARTNER) is not None


async def test_the_secret_itself_is_not_in_the_database(mongo: Mongo) -> None:
    sessions = Sessions(mongo, b"s" * 32)
    session = await sessions.open("t-secret", Kind.OFFICER, "o1")

    [document] = await mongo.tenants("sessions").find("t-secret", {}, limit=10)

    assert session.secret.split(".")[1] not in repr(document)


async def test_a_link_is_good_once_even_when_two_open_it_at_once(mongo: Mongo) -> None:
    links = LoginLinks(mongo)
    secret = new_secret("t1")
    await links.make("t1", "p1", secret=secret)

    spent = await asyncio.gather(*(links.spend(secret) for _ in range(5)))

    assert [one.principal for one in spent if one] == ["p1"]


async def test_a_link_ends(mongo: Mongo) -> None:
    clock = Clock()
    links = LoginLinks(mongo, clock)
    secret = new_secret("t1")
    await links.make("t1", "p1", secret=secret)

    clock.now += LINK_LIFETIME

    assert await links.spend(secret) is None


async def test_thirty_who_ask_at_once_mail_a_partner_three_links(mongo: Mongo) -> None:
    clock, tenant = Clock(), new_secret("t")[:20]
    processes = [LoginLinks(mongo, clock) for _ in range(3)]

    asked = await asyncio.gather(*(processes[n % 3].may_mail(tenant, "p1") for n in range(30)))
    restarted = LoginLinks(mongo, clock)

    assert sum(asked) == MAILS
    assert not await restarted.may_mail(tenant, "p1")
    assert await restarted.may_mail(tenant, "p2")
    assert await restarted.may_mail(f"{tenant}x", "p1")


async def test_a_flood_of_log_in_mails_locks_nobody_out(mongo: Mongo) -> None:
    clock, tenant = Clock(), new_secret("t")[:20]
    links = LoginLinks(mongo, clock)
    for _ in range(30):
        await links.may_mail(tenant, "p1")

    clock.now += MAILS_WITHIN - timedelta(seconds=1)
    early = await links.may_mail(tenant, "p1")
    clock.now += timedelta(seconds=1)

    assert (early, await links.may_mail(tenant, "p1")) == (False, True)
