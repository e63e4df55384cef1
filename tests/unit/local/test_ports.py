"""Stacks side by side: of two processes that look for ports at the same moment, each gets its own."""

import random
import socket
import subprocess
import sys

import pytest

from deploy.local.layout import CHECKOUT
from deploy.local.ports import HOST, free_base

TAKES_ONE = "import sys; from deploy.local.ports import free_base; print(free_base(), flush=True); sys.stdin.read()"


@pytest.fixture
def thrown(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What chance brings first."""
    first: list[int] = []
    chance = random.Random()
    monkeypatch.setattr(random, "randrange", lambda *span: first.pop(0) if first else chance.randrange(*span))
    return first


def test_a_base_belongs_to_the_process_that_was_given_it_until_it_ends(thrown: list[int]) -> None:
    command = [sys.executable, "-c", TAKES_ONE]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        taken = int(other.stdout.readline())
        thrown.append(taken)
        mine = free_base()
        other.communicate("")
    thrown.append(taken)

    assert mine != taken
    assert free_base() == taken


def test_a_base_is_passed_over_when_one_of_its_ports_is_taken(thrown: list[int]) -> None:
    base = free_base() + 25
    for port in (base, base + 12, base + 23):
        with socket.socket() as server:
            try:
                server.bind((HOST, port))
            except OSError:
                continue  # Taken by somebody else: as well.
            thrown.append(base)
            assert free_base() != base
