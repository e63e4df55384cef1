import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.local.kafka_admin import kafka_admin, rules, sasl
from deploy.local.secrets import Login
from deploy.local.stack import Stack
from libs.contracts.topics import TOPICS, Service, Topic, grants, journal, mailbox


@asynccontextmanager
async def producer(stack: Stack, login: Login) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(
        bootstrap_servers=stack.kafka_bootstrap, acks="all", enable_idempotence=True, linger_ms=0, **sasl(login)
    )
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


@asynccontextmanager
async def reader(stack: Stack, login: Login, topic: str, group: str | None) -> AsyncIterator[AIOKafkaConsumer]:
    client = AIOKafkaConsumer(
        topic,
        bootstrap_servers=stack.kafka_bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        **sasl(login),
    )
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


def login(stack: Stack, service: Service) -> Login:
    found = stack.credentials(service)
    assert found
    return found


async def test_every_topic_of_the_catalogue_exists_as_it_says(stack: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap, **sasl(stack.admin_credentials))
    await admin.start()
    try:
        described = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    finally:
        await admin.close()

    assert {topic.name: described.get(topic.name) for topic in TOPICS} == {t.name: t.partitions for t in TOPICS}


async def test_a_service_writes_what_the_catalogue_lets_it_write(stack: Stack) -> None:
    key = uuid.uuid4().bytes

    async with producer(stack, login(stack, Service.GATEWAY)) as gateway:
        await gateway.send_and_wait(mailbox(Service.NOTIFY), b"{}", key=key)

    async with reader(stack, login(stack, Service.NOTIFY), mailbox(Service.NOTIFY), "notify.test") as notify:
        async with asyncio.timeout(10):
            assert key in [record.key async for record in _until(notify, key)]


async def test_a_service_cannot_write_the_journal_of_another(stack: Stack) -> None:
    async with producer(stack, login(stack, Service.GATEWAY)) as gateway:
        with pytest.raises(TopicAuthorizationFailedError):
            await gateway.send_and_wait(journal(Service.REPORTS), b"{}")


async def test_a_service_cannot_join_the_group_of_another(stack: Stack) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        async with reader(stack, login(stack, Service.REPORTS), mailbox(Service.REPORTS), "notify.test") as reports:
            await reports.getone()


async def test_a_wrong_password_is_refused(stack: Stack) -> None:
    with pytest.raises(KafkaConnectionError):
        async with producer(stack, Login(Service.REPORTS, "guessed")):
            pass


async def test_setting_up_again_changes_nothing_and_takes_back_rights_that_left_the_catalogue(stack: Stack) -> None:
    principals = {f"User:{service}" for service in Service}
    wanted = rules(grants())
    async with kafka_admin(stack.kafka_bootstrap, stack.admin_credentials) as admin:
        fewer = {rule for rule in wanted if rule.principal != "User:matcher"}
        await admin.set_rules(fewer, principals=principals)
        without = await admin.rules_of(principals)
        await admin.set_rules(wanted, principals=principals)
        await admin.set_topics(TOPICS)

        assert without == fewer
        assert await admin.rules_of(principals) == wanted


async def test_an_existing_topic_is_widened_and_its_settings_corrected(stack: Stack) -> None:
    small = Topic(name=f"widening.{uuid.uuid4().hex[:8]}", key="any", partitions=1, producers=frozenset())
    large = Topic(name=small.name, key="any", partitions=3, producers=frozenset(), keep=TOPICS[0].keep)
    async with kafka_admin(stack.kafka_bootstrap, stack.admin_credentials) as admin:
        await admin.set_topics([small])
        await admin.set_topics([large])

        partitions, settings = await admin.describe(large)

    assert partitions == 3
    assert settings == large.config


def test_a_service_writes_its_own_databases_and_no_other(stack: Stack) -> None:
    client: MongoClient[dict[str, str]] = MongoClient(stack.mongo_url(Service.REPORTS))
    with client:
        for database in ("reports", "reports_keys"):
            client[database].probes.insert_one({"_id": uuid.uuid4().hex})
        for database in ("registry", "notify", "notify_keys", "admin"):
            with pytest.raises(OperationFailure, match="not authorized"):
                client[database].probes.insert_one({"_id": uuid.uuid4().hex})


def test_mongod_asks_everyone_for_a_log_in(stack: Stack) -> None:
    address = stack.mongo_url(Service.REPORTS).replace("reports:", "nobody:", 1)

    client: MongoClient[dict[str, str]] = MongoClient(address)
    with client, pytest.raises(OperationFailure, match="Authentication failed"):
        client.reports.command("ping")


async def _until(consumer: AIOKafkaConsumer, key: bytes):  # type: ignore[no-untyped-def]
    async for record in consumer:
        yield record
        if record.key == key:
            return
