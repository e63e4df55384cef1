import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import create_conn
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.admin import DescribeAclsRequest_v1
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.local import kafka
from deploy.local.kafka_admin import _Ready, kafka_admin, rules, sasl
from deploy.local.ports import HOST
from deploy.local.secrets import Login, Secrets
from deploy.local.stack import Stack
from libs.contracts.topics import TOPICS, WITH_LOG_INS, Service, Topic, grants, journal, mailbox


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
        async with asyncio.timeout(40):
            assert key in [record.key async for record in _until(notify, key)]


async def test_a_service_cannot_write_the_journal_of_another(stack: Stack) -> None:
    async with producer(stack, login(stack, Service.GATEWAY)) as gateway:
        with pytest.raises(TopicAuthorizationFailedError):
            await gateway.send_and_wait(journal(Service.REPORTS), b"{}")


async def test_a_service_cannot_join_the_group_of_another(stack: Stack) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        async with reader(stack, login(stack, Service.REPORTS), mailbox(Service.REPORTS), "notify.test") as reports:
            await reports.getone()


CONTROLLER_LOGIN = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "sasl_plain_username": "broker"}


@pytest.mark.parametrize(
    "login",
    [{}, {**CONTROLLER_LOGIN, "sasl_plain_password": "guessed"}],
    ids=["without a log-in", "with a wrong password"],
)
async def test_the_port_of_the_controller_lets_nobody_in(stack: Stack, login: dict[str, str]) -> None:
    """Whoever came in there was a super user: nothing was asked on that port, and nobody was somebody."""
    with pytest.raises(KafkaError):
        await asyncio.wait_for(_access_rules(stack, login), 20)


async def test_the_broker_itself_comes_in_at_the_controller(stack: Stack) -> None:
    password = kafka.server_logins(Secrets(stack.layout.secrets))[0].password

    assert await _access_rules(stack, {**CONTROLLER_LOGIN, "sasl_plain_password": password})


async def _access_rules(stack: Stack, login: dict[str, str]) -> list[object]:
    """What only a super user may ask, asked at the controller's own port."""
    connection = await create_conn(HOST, stack.ports.kafka_controller, request_timeout_ms=10_000, **login)
    try:
        answer = await connection.send(_Ready(DescribeAclsRequest_v1(1, None, 1, None, None, 1, 1)))
        if answer.error_code:
            raise for_code(answer.error_code)
        return list(answer.resources)
    finally:
        connection.close()


async def test_a_wrong_password_is_refused(stack: Stack) -> None:
    with pytest.raises(KafkaConnectionError):
        async with producer(stack, Login(Service.REPORTS, "guessed")):
            pass


async def test_setting_up_again_changes_nothing_and_takes_back_rights_that_left_the_catalogue(stack: Stack) -> None:
    principals = {f"User:{service}" for service in WITH_LOG_INS}
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

        # The controller answers before the broker has replayed its log.
        async with asyncio.timeout(40):
            while (found := await admin.describe(large)) != (3, large.config):
                await asyncio.sleep(0.05)

    assert found == (3, large.config)


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
