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
    return Part(target, ("make", "--no-print-directory", target))


def _tests(name: str, *folders: str) -> Part:
    return Part(name, (sys.executable, "-m", "pytest", *(f"tests/{folder}" for folder in folders)), folders)


PARTS = (
    _tests("chaos", "chaos"),
    _tests("integration", "integration"),
    _tests("service", "service"),
    _tests("unit", "unit"),
    _tests("e2e", "e2e"),
    _tests("contract", "architecture", "contract", "deploy"),
    _make("type"),
    _make("lint"),
)
"""The longest first, so that none of them is left over at the end."""

AT_ONCE = (os.cpu_count() or 1) + 1
"""Tests with servers wait for most of their time."""
