"""Two stacks of a checkout share their programs: what one of them fetches, the other waits for."""

import fcntl
from pathlib import Path

import pytest

from deploy.local import kafka, mongo
from deploy.local.external import External
from deploy.local.layout import Layout
from deploy.local.ports import Ports
from deploy.local.stack import Stack


def test_only_one_stack_at_a_time_installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []

    def install(layout: Layout) -> None:
        with (layout.tools / "lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        installed.append("mongod")

    monkeypatch.setattr(mongo, "install", install)
    monkeypatch.setattr(kafka, "install", lambda _: pytest.fail("somebody else's Kafka is used"))
    layout = Layout(home=tmp_path / "home", tools=tmp_path / "tools")

    for _ in range(2):
        Stack(layout, Ports(), External(kafka_bootstrap="kafka:9092")).install()

    assert installed == ["mongod"] * 2
