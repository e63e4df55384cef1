import asyncio

import pytest
from pymongo import MongoClient

from deploy.jobs import servers
from deploy.jobs.servers import ServersSettings, set_up_kafka, set_up_mongo
from deploy.local.kafka_admin import can_log_in, kafka_admin, rules
from deploy.local.mongo import set_users
from deploy.local.secrets import Login
from deploy.local.stack import Stack
from libs.contracts.topics import TOPICS, Service, grants

MATCHER = f"User:{Service.MATCHER}"


@pytest.fixture
def settings(stack: Stack) -> ServersSettings:
    return ServersSettings(kafka_bootstrap=stack.kafka_bootstrap, logins_dir=stack.layout.secrets)


async def test_kafka_gets_back_what_was_changed_by_hand(stack: Stack, settings: ServersSettings) -> None:
    right = stack.credentials(Service.MATCHER)
    assert right is not None
    async with kafka_admin(stack.kafka_bootstrap, stack.admin_credentials) as cluster:
        await cluster.set_users([Login(right.username, "another")])
        await cluster.set_rules(set(), principals={MATCHER})

        await set_up_kafka(settings, stack.admin_credentials)

        wanted = {rule for rule in rules(grants()) if rule.principal == MATCHER}
        assert await cluster.rules_of({MATCHER}) == wanted
        assert {topic.name: (await cluster.describe(topic))[0] for topic in TOPICS} == {
            topic.name: topic.partitions for topic in TOPICS
        }
    assert await can_log_in(stack.kafka_bootstrap, right)


async def test_mongo_gets_back_a_password_that_was_changed_by_hand(stack: Stack, settings: ServersSettings) -> None:
    await asyncio.to_thread(set_users, stack.admin_mongo_url, [Login(Service.NOTIFY, "another")])

    await asyncio.to_thread(set_up_mongo, settings, stack.admin_mongo_url)

    client: MongoClient[dict[str, object]] = MongoClient(stack.mongo_url(Service.NOTIFY))
    with client:
        assert await asyncio.to_thread(client.notify.command, "ping")


def test_a_missing_password_is_named_and_ends_the_job(
    stack: Stack, tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIMPUL_KAFKA_BOOTSTRAP", stack.kafka_bootstrap)
    monkeypatch.setenv("SIMPUL_KAFKA_ADMIN_USERNAME", stack.admin_credentials.username)
    monkeypatch.setenv("SIMPUL_LOGINS_DIR", str(tmp_path))

    assert servers.main() == 1

    assert "kafka-registry.password" in capsys.readouterr().err


def test_an_error_of_a_server_is_told_without_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stack: Stack
) -> None:
    monkeypatch.setenv("SIMPUL_KAFKA_BOOTSTRAP", stack.kafka_bootstrap)
    monkeypatch.setenv("SIMPUL_LOGINS_DIR", str(stack.layout.secrets))
    monkeypatch.setenv("SIMPUL_MONGO_ADMIN_URL", stack.admin_mongo_url.replace("://admin:", "://admin:wrong-"))

    assert servers.main() == 1

    told = capsys.readouterr().err
    assert "OperationFailure" in told
    assert "wrong-" not in told
