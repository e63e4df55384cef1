"""What `make test` is made of: parts that run side by side, each a process, with servers of its own if it needs any."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    name: str
    command: tuple[str, ...]
    folders: tuple[str, ...] = ()
    """Below `tests`: a new test goes into one of them."""


def _make(target: str) -> Part:
    return Part(target, (*GIVES_WAY, "make", "--no-print-directory", target))


def _tests(name: str, *folders: str, first: tuple[str, ...] = ()) -> Part:
    return Part(name, (*first, sys.executable, "-m", "pytest", *(f"tests/{folder}" for folder in folders)), folders)


GIVES_WAY = ("nice", "-n", "5")
"""For parts without servers: they use what the others leave, who wait for each other and give up in the end."""

PARTS = (
    _make("lint"),
    _make("type"),
    _tests("service", "service"),
    _tests("unit", "unit", first=GIVES_WAY),
    _tests("chaos", "chaos"),
    _tests("integration", "integration"),
    _tests("e2e", "e2e"),
    _tests("contract", "architecture", "contract", "deploy", "docs"),
)
"""What fails at once, then the longest first, so that none of them is left over at the end."""

AT_ONCE = (os.cpu_count() or 1) + 1
"""Tests with servers often wait."""
