"""The registry as a process: commands through Kafka, outcomes over HTTP, records on the compacted topics."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient

from deploy.local.kafka_admin import sasl
from deploy.local.stack import Stack
from libs.contracts.directory import ContactRecord
from libs.contracts.envelope import Actor
from libs.contracts.ids import PLATFORM
from libs.contracts.registry.partner import PartnerIdentity, SetPartnerState, VerifyAccount
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.registry.tenant import AddAgency, ChangeOfficer, ChangeTenant, OfficerIdentity
from libs.contracts.topics import CONTACTS, Service, dead_letters, journal
from libs.runtime.directory import Directory
from libs.runtime.keyring import Keyring
from libs.runtime.sealing import Opener, context_of
from tests.service.registry.front import (
    WITHIN,
    Front,
    Wish,
    a_partner,
    a_slug,
    an_office,
    an_officer,
    new_id,
    settings_of,
)

Identity = Callable[..., OfficerIdentity]
DEAD_LETTERS = dead_letters(Service.REGISTRY)


@asynccontextmanager
async def directory(front: Front) -> AsyncIterator[Directory]:
    """As another service sees it."""
    known = Directory()
    follower = known.follower(front.settings, Service.GATEWAY)
    await follower.start()
    await follower.caught_up()
    yield known
    await follower.stop()


async def until(holds: Callable[[], bool]) -> None:
    """An outcome is known when it is saved; what follows from it is published a moment later."""
    async with asyncio.timeout(WITHIN):
        while not holds():
            await asyncio.sleep(0.05)


async def last_contacts(stack: Stack, tenant: str, partner: str, holds: Callable[[bytes | None], bool]) -> bytes | None:
    """The last record of a partner, once it is as it should be."""
    async with asyncio.timeout(WITHIN):
        while True:
            found = dict(await values_of(stack, Service.NOTIFY, CONTACTS))
            key = f"{tenant}/{partner}".encode()
            if key in found and holds(found[key]):
                return found[key]
            await asyncio.sleep(0.1)


async def values_of(stack: Stack, reader: Service | None, topic: str) -> list[tuple[bytes, bytes | None]]:
    """Everything that stands in a topic now, as a service reads it, or (None) a person."""
    login = stack.credentials(reader) if reader else stack.admin_credentials
    assert login
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka_bootstrap, group_id=None, **sasl(login))
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(partitions)
        found = []
        while any([await consumer.position(p) < ends[p] for p in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [(r.key, r.value) for r in records]
        return found
    finally:
        await consumer.stop()


async def test_an_office_is_set_up_in_one_go_and_everybody_knows(front: Front, identity: Identity) -> None:
    tenant, slug, agency, officer, partner = new_id(), a_slug(), new_id(), new_id(), new_id()

    await front.done(
        tenant,
        an_office(tenant, slug=slug),
        Wish(AddAgency(agency_id=agency, name="Dinas Sosial")),
        an_officer(officer, "liaison", identity=identity(), agency=agency),
        a_partner(partner),
    )

    async with directory(front) as known:
        await until(lambda: known.partner(tenant, partner) is not None and known.officer(tenant, officer) is not None)
        await until(lambda: (found := known.by_slug(slug)) is not None and found.id == tenant)
        await until(lambda: len(known.agencies_of(tenant)) == 1)
        assert [one.id for one in known.agencies_of(tenant)] == [known.officers[officer].agency] == [agency]


async def test_an_office_whose_commands_waited_for_an_hour_is_set_up(front: Front, identity: Identity) -> None:
    tenant = new_id()

    await front.done(
        tenant,
        an_office(tenant),
        *(an_officer(new_id(), identity=identity()) for _ in range(5)),
        *(a_partner(new_id()) for _ in range(5)),
        at=datetime.now(UTC) - timedelta(hours=1),
    )


async def test_a_command_sent_twice_takes_effect_once(front: Front, stack: Stack) -> None:
    tenant, wish = new_id(), an_office("")
    once = Wish(wish.command.model_copy(update={"tenant_id": tenant}), id=uuid4())

    await front.done(tenant, once)
    await front.done(tenant, once, once, Wish(ChangeTenant(tenant_id=tenant, slug=a_slug())))

    client: MongoClient[dict[str, list[dict[str, str]]]] = MongoClient(stack.mongo_url(Service.REGISTRY))
    with client:
        document = client["registry"]["tenant"].find_one({"_id": f"{tenant}/{tenant}"})
    assert document
    assert [entry["type"] for entry in document["history"]] == [
        "registry.tenant-created.v1",
        "registry.tenant-changed.v1",
    ]


async def test_an_address_of_an_office_is_its_own_even_when_it_is_old(front: Front, tenant: str) -> None:
    old, new, other = a_slug(), a_slug(), new_id()
    await front.done(tenant, Wish(ChangeTenant(tenant_id=tenant, slug=old)))
    await front.done(tenant, Wish(ChangeTenant(tenant_id=tenant, slug=new)))

    (refused,) = await front.carry_out(other, an_office(other, slug=old))

    assert (refused.state, refused.problem) == ("refused", "slug_taken")
    async with directory(front) as known:
        await until(lambda: (found := known.by_slug(old)) is not None and (found.id, found.slug) == (tenant, new))


async def test_one_address_logs_in_one_officer_of_all_offices(front: Front, tenant: str, identity: Identity) -> None:
    other = new_id()
    email = f"{uuid4().hex[:10]}@contoh.example"
    await front.done(other, an_office(other))
    await front.done(tenant, an_officer(new_id(), identity=identity(email=email)))

    (refused,) = await front.carry_out(other, an_officer(new_id(), identity=identity(email=email.upper())))

    assert (refused.state, refused.problem) == ("refused", "email_taken")


async def test_the_role_of_an_officer_is_looked_up_not_believed(front: Front, tenant: str, identity: Identity) -> None:
    officer, elsewhere = new_id(), new_id()
    await front.done(elsewhere, an_office(elsewhere))
    await front.done(tenant, an_officer(officer, "verifier", identity=identity()))
    her = Actor(officer, ("verifier", "tenant_admin"))

    (may,) = await front.carry_out(tenant, a_partner(new_id()), actor=her)
    (raised,) = await front.carry_out(tenant, Wish(AddAgency(agency_id=new_id(), name="Dinas")), actor=her)
    (abroad,) = await front.carry_out(elsewhere, a_partner(new_id()), actor=her)
    await front.done(tenant, Wish(ChangeOfficer(officer_id=officer, active=False)))
    (disabled,) = await front.carry_out(tenant, a_partner(new_id()), actor=her)

    assert may.state == "done"
    assert [raised.problem, abroad.problem, disabled.problem] == ["role_missing"] * 3


async def test_an_operator_serves_every_office(front: Front, identity: Identity) -> None:
    operator, tenant = new_id(), new_id()
    await front.done(PLATFORM, an_officer(operator, "operator", identity=identity()))

    await front.done(tenant, an_office(tenant), actor=Actor(operator, ("operator",)))


async def test_a_partner_lies_in_the_region_of_the_office(front: Front, tenant: str) -> None:
    (refused,) = await front.carry_out(tenant, a_partner(new_id(), area="35.17"))

    assert (refused.problem, refused.fields) == ("validation", ("area",))


async def test_a_command_for_an_office_that_never_was_ends_among_the_dead_letters(front: Front, stack: Stack) -> None:
    tenant = new_id()

    await front.send(tenant, a_partner(new_id()))

    async with asyncio.timeout(WITHIN):
        while not any(key.startswith(tenant.encode()) for key, _ in await values_of(stack, None, DEAD_LETTERS)):
            await asyncio.sleep(0.2)


async def test_an_account_belongs_to_one_partner_of_all_offices(front: Front, tenant: str, identity: Identity) -> None:
    other, first, second, name = new_id(), new_id(), new_id(), uuid4().hex[:12]
    await front.done(other, an_office(other))
    await front.done(tenant, a_partner(first, account=f"https://www.instagram.com/{name}/"))
    await front.done(other, a_partner(second, account=f"instagram.com/{name.upper()}?igsh=1"))
    asked = f"instagram:profile:{name}"

    await front.done(tenant, Wish(VerifyAccount(partner_id=first, identity_key=asked)))
    assert await _settled(front, tenant, first, identity) == "verified"
    await front.done(other, Wish(VerifyAccount(partner_id=second, identity_key=asked)))
    assert await _settled(front, other, second, identity) == "disputed"

    await front.done(other, Wish(VerifyAccount(partner_id=second, identity_key=asked)))
    assert await _settled(front, other, second, identity) == "disputed"


async def _settled(front: Front, tenant: str, partner: str, identity: Identity) -> str:
    themself = Actor(partner, ("partner",))
    async with asyncio.timeout(WITHIN):
        while True:
            row = PartnerRow.model_validate_json(await front.get(f"/partners/{partner}", tenant=tenant, actor=themself))
            (account,) = row.accounts
            if account.state != "verifying":
                return account.state
            await asyncio.sleep(0.05)


async def test_notify_and_nobody_else_can_read_how_to_reach_a_partner(front: Front, stack: Stack, tenant: str) -> None:
    partner, email = new_id(), f"{uuid4().hex[:12]}@contoh.example"
    await front.done(tenant, a_partner(partner, name="Galuh Pertiwi", email=email))

    value = await last_contacts(stack, tenant, partner, lambda value: value is not None)

    assert value
    assert email.encode() not in value
    opener = Opener(Keyring(settings_of(stack, Service.NOTIFY).secrets_dir, Service.NOTIFY).seal_key)
    record = ContactRecord.model_validate_json(value)
    opened = PartnerIdentity.model_validate_json(opener.open(record.sealed, context=context_of(tenant, partner)))
    assert (opened.name, opened.contacts[0].address) == ("Galuh Pertiwi", email)


async def test_the_contacts_of_a_partner_who_left_are_gone(front: Front, stack: Stack, tenant: str) -> None:
    partner = new_id()
    await front.done(tenant, a_partner(partner))

    await front.done(
        tenant,
        Wish(SetPartnerState(partner_id=partner, state="withdrawn")),
        actor=Actor(partner, ("partner",)),
    )

    assert await last_contacts(stack, tenant, partner, lambda value: value is None) is None


async def test_nothing_personal_leaves_in_the_clear(
    front: Front, stack: Stack, tenant: str, identity: Identity
) -> None:
    canary = uuid4().hex
    person = identity(name=f"Nama {canary}", email=f"{canary}@contoh.example")
    officer = new_id()
    await front.done(tenant, an_officer(officer, identity=person))
    await front.done(tenant, a_partner(new_id(), name=f"Mitra {canary}", email=f"m.{canary}@contoh.example"))
    with pytest.raises(Exception, match="unauthenticated"):
        await front.post(
            "/internal/authenticate",
            {"email": person.email, "password": canary, "code": "000000"},
            tenant=None,
        )

    client: MongoClient[dict[str, object]] = MongoClient(stack.mongo_url(Service.REGISTRY))
    with client:
        names = client["registry"].list_collection_names()
        stored = " ".join(str(document) for name in names for document in client["registry"][name].find())
    sent = b" ".join(value or b"" for _, value in await values_of(stack, Service.GATEWAY, journal(Service.REGISTRY)))
    written = stack.layout.log(Service.REGISTRY).read_text()

    assert [officer in text for text in (stored, sent.decode(), written)] == [True, True, True]
    assert [canary in text for text in (stored, sent.decode(), written)] == [False, False, False]
