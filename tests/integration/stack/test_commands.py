import fcntl
import signal
import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest

from deploy.local.__main__ import restart, run, status, stop
from deploy.local.errors import ChildDied, DiskFull, PortInUse, StackError
from deploy.local.layout import Layout
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.services import MODULES
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.stack import home_of_this_run


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that no other test uses, without services.

    What a failed start began, the format of Kafka's storage, may go on while the next test runs.
    """
    monkeypatch.delenv("SIMPUL_PORT", raising=False)
    monkeypatch.setattr("deploy.local.stack.is_built", lambda _: False)
    stack = Stack(Layout(home=home_of_this_run(f"commands-{uuid4().hex[:8]}")), Ports(free_base()))
    yield stack
    stack.stop()
    stack.discard_data()


def test_what_runs_is_told_and_what_died_as_well(own: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(own) == 0
    assert own.public_url in capsys.readouterr().out
    assert status(own) == 0

    own.children.send("mail", signal.SIGKILL)
    with pytest.raises(ChildDied):
        own.children.wait_until("mail", lambda: False, seconds=10)

    assert status(own) == 1
    assert "make restart SERVICE=mail" in capsys.readouterr().out
    assert restart(own, "mail") == 0
    assert status(own) == 0
    assert stop(own) == 0
    assert own.children.names() == []


def test_a_port_in_use_stops_the_start_before_anything_runs(own: Stack) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, own.ports.kafka))
        taken.listen()

        with pytest.raises(PortInUse, match=str(own.ports.kafka)):
            run(own)

    assert own.children.names() == []


def test_a_start_that_fails_half_way_leaves_nothing_running(own: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.mongo.command", lambda *_: ["sh", "-c", "echo no such engine; exit 1"])

    with pytest.raises(ChildDied, match="no such engine"):
        run(own)

    assert own.children.running() == []


def test_ctrl_c_while_the_servers_start_leaves_nothing_running(own: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        own.start_mail_sink()
        raise KeyboardInterrupt

    monkeypatch.setattr(own, "start_servers", interrupted)

    with pytest.raises(KeyboardInterrupt):
        run(own)

    assert own.children.running() == []


def test_a_service_that_does_not_start_is_named_with_its_log(own: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.stack.is_built", lambda service: service is Service.REGISTRY)
    monkeypatch.setitem(MODULES, Service.REGISTRY, "services.no_such_service")

    with pytest.raises(ChildDied, match=r"registry ended while starting.*no_such_service") as death:
        run(own)

    assert "registry.log" in death.value.remedy
    assert own.children.running() == []


def test_a_full_disk_is_told_before_anything_is_written(own: Stack) -> None:
    with pytest.raises(DiskFull, match="MB are free"):
        own.layout.require_space(needed_mb=10**9)


def test_two_starts_at_once_do_not_race(own: Stack) -> None:
    own.layout.home.mkdir(parents=True, exist_ok=True)
    with (own.layout.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(StackError, match="Another make"):
            run(own)


def test_a_mistyped_name_is_answered_with_the_names_that_exist(own: Stack) -> None:
    own.start_mail_sink()

    with pytest.raises(StackError, match="nootify: no such process") as mistake:
        restart(own, "nootify")

    assert "mail" in mistake.value.remedy


def test_a_new_base_of_ports_keeps_the_data(own: Stack) -> None:
    own.install()
    own.start_servers()
    own.stop()

    moved = Stack(own.layout, Ports(free_base()))
    moved.start_servers()

    assert str(moved.ports.mongod) in moved.admin_mongo_url
    assert moved.children.running() == ["chat", "kafka", "mail", "mongod", "web"]
