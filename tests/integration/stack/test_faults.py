"""What tests, chaos and people do to the servers, and that they come back with what they held."""

import os
import signal
import subprocess
import uuid
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local import kafka, mongo
from deploy.local.children import Children
from deploy.local.external import External
from deploy.local.kafka_admin import sasl
from deploy.local.layout import Layout
from deploy.local.ports import is_open
from deploy.local.stack import Stack
from libs.contracts.topics import Service, journal
from tests.stack import clear_up


def a_service_client(stack: Stack) -> MongoClient[dict[str, str]]:
    return MongoClient(stack.mongo_url(Service.REPORTS), serverSelectionTimeoutMS=500, timeoutMS=1000)


async def test_kafka_keeps_through_kill_9_what_it_acknowledged(stack: Stack) -> None:
    login = stack.credentials(Service.REPORTS)
    assert login
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, acks="all", **sasl(login))
    await producer.start()
    kept = await producer.send_and_wait(journal(Service.REPORTS), uuid.uuid4().bytes)
    await producer.stop()

    stack.kill_kafka()
    gone = not is_open(stack.ports.kafka)
    stack.start_kafka()

    login = stack.credentials(Service.NOTIFY)
    assert login
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka_bootstrap, **sasl(login))
    await consumer.start()
    ends = await consumer.end_offsets([kept.topic_partition])
    await consumer.stop()
    assert gone
    assert ends[kept.topic_partition] > kept.offset


def test_mongod_keeps_through_kill_9_what_it_acknowledged(stack: Stack) -> None:
    with a_service_client(stack) as client:
        key = client.reports.probes.insert_one({"_id": uuid.uuid4().hex}).inserted_id

        stack.kill_mongod()
        with pytest.raises(PyMongoError):
            client.reports.probes.find_one(key)
        stack.start_mongod()

        assert client.reports.probes.find_one(key)


def test_a_paused_server_answers_again_when_it_goes_on(stack: Stack) -> None:
    with a_service_client(stack) as client:
        client.reports.command("ping")

        stack.pause(mongo.NAME)
        with pytest.raises(PyMongoError):
            client.reports.command("ping")
        stack.resume(mongo.NAME)

        assert client.reports.command("ping")["ok"] == 1


def test_mongod_counts_as_started_only_when_it_answers(stack: Stack) -> None:
    stack.pause(mongo.NAME)
    try:
        # As while it reads a long journal after a crash: the port is open, and nobody is behind it yet.
        assert is_open(stack.ports.mongod)
        assert not mongo.answers(stack.ports)
    finally:
        stack.resume(mongo.NAME)

    assert mongo.answers(stack.ports)


def test_a_server_that_runs_is_left_alone_by_a_second_start(stack: Stack) -> None:
    before = {name: stack.children.find(name) for name in stack.children.running()}

    stack.start_servers()

    assert {name: stack.children.find(name) for name in stack.children.running()} == before


def test_servers_that_exist_get_users_and_rights_and_are_not_started_again(stack: Stack, tmp_path: Path) -> None:
    external = External(
        kafka_bootstrap=stack.kafka_bootstrap,
        kafka_admin=stack.admin_credentials,
        mongo_url=mongo.address(stack.ports),
        mongo_admin_url=stack.admin_mongo_url,
    )
    guest = Stack(Layout(home=tmp_path), stack.ports, external)

    try:
        guest.provision()
        with MongoClient[dict[str, str]](guest.mongo_url(Service.NOTIFY)) as client:
            client.notify.probes.insert_one({"_id": uuid.uuid4().hex})
        assert guest.credentials(Service.NOTIFY) != stack.credentials(Service.NOTIFY)
        assert guest.children.names() == []
    finally:
        # The users are the same; their passwords were just changed to the guest's.
        stack.provision()


def test_servers_of_a_run_that_was_killed_are_ended_by_the_next(tmp_path: Path) -> None:
    run = subprocess.Popen(["true"])
    run.wait()
    home = tmp_path / f"{run.pid}-servers"
    left_behind = Children(Layout(home=home)).launch(kafka.NAME, ["sleep", "60"], environment=os.environ)

    clear_up(tmp_path)

    assert not home.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(left_behind.pid, signal.Signals.SIGTERM)
