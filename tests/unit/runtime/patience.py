"""Pauses of ours that take no time. Only ours: drivers leave tasks in the loop, which would spin without theirs."""

import asyncio
import sys

import pytest

REAL = asyncio.sleep


def without_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that our code asked to wait, filled while the test runs."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        if not sys._getframe(1).f_globals.get("__name__", "").startswith("libs."):
            await REAL(seconds)
            return
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waits
