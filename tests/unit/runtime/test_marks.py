"""Marks set behind a batch's back: together where they can be, never twice for one document, never in the way."""

import asyncio
from collections.abc import Sequence

import pytest

from libs.runtime import marks as module
from libs.runtime.errors import Unavailable
from libs.runtime.marks import Marks, Relayed
from tests.unit.runtime.domain import CIREBON, count
from tests.unit.runtime.test_engine import World


class Board:
    """Where marks are set, once it is open."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, int]] = []
        self.open = asyncio.Event()
        self.fails: Exception | None = None

    async def set(self, relayed: Sequence[Relayed]) -> None:
        self.rounds.append({one.document_id: one.version for one in relayed})
        await self.open.wait()
        if self.fails is not None:
            raise self.fails


def one(document_id: str, version: int) -> Relayed:
    return Relayed(document_id, version, is_long=False)


async def test_a_few_marks_wait_for_more_and_are_set_together() -> None:
    board = Board()
    board.open.set()
    marks = Marks(board.set)
    await marks.add([one("a", 1)])
    await asyncio.sleep(module.GATHERED / 4)
    assert board.rounds == []

    await marks.add([one("b", 1)])
    await asyncio.sleep(module.GATHERED * 2)

    assert board.rounds == [{"a": 1, "b": 1}]


async def test_nothing_waits_for_more_when_all_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHERED", 60)
    board = Board()
    board.open.set()
    marks = Marks(board.set)
    await marks.add([one("a", 1)])

    await asyncio.wait_for(marks.settle(), 1)

    assert board.rounds == [{"a": 1}]


async def test_what_comes_while_some_are_set_is_set_together_and_only_the_newest() -> None:
    board = Board()
    marks = Marks(board.set)
    await marks.add([one("a", 1)])
    while not board.rounds:
        await asyncio.sleep(0.01)

    await marks.add([one("b", 1), one("c", 1)])
    await marks.add([one("b", 2)])
    board.open.set()
    await marks.settle()

    assert board.rounds == [{"a": 1}, {"b": 2, "c": 1}]


async def test_until_it_is_marked_it_is_known_here_and_not_after() -> None:
    board = Board()
    marks = Marks(board.set)
    await marks.add([one("a", 1)])
    await asyncio.sleep(0)
    await marks.add([one("b", 3)])

    assert (marks.relayed("a"), marks.relayed("b"), marks.relayed("c")) == (1, 3, 0)
    board.open.set()
    await marks.settle()
    assert (marks.relayed("a"), marks.relayed("b")) == (0, 0)


@pytest.mark.parametrize("error", [Unavailable("mongo"), RuntimeError("ours")])
async def test_marks_that_cannot_be_set_are_left_to_the_sweeper_and_the_next_are_set(error: Exception) -> None:
    board = Board()
    board.open.set()
    board.fails = error
    marks = Marks(board.set)
    await marks.add([one("a", 1)])
    await marks.settle()

    board.fails = None
    await marks.add([one("b", 1)])
    await marks.settle()

    assert board.rounds == [{"a": 1}, {"b": 1}]
    assert marks.relayed("a") == 0


async def test_whoever_adds_too_many_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    board = Board()
    marks = Marks(board.set)
    await marks.add([one("a", 1)])
    await asyncio.sleep(0)

    adding = asyncio.create_task(marks.add([one(c, 1) for c in "bcd"]))
    await asyncio.sleep(0.01)

    assert not adding.done()
    board.open.set()
    await asyncio.wait_for(adding, 1)


async def test_a_tail_that_is_told_but_not_yet_marked_is_not_told_again() -> None:
    """The mark of the first command is held up; the second finds `relayed` behind and yet repeats nothing."""
    world = World()
    member = world.member()
    held, mark = asyncio.Event(), member._mark

    async def late(*arguments: object) -> None:
        await held.wait()
        await mark(*arguments)  # type: ignore[arg-type]

    member._marks["clarification"]._mark = lambda relayed: late(member.aggregates["clarification"], relayed)
    first = asyncio.create_task(member.apply([count("a")]))
    while not world.sent():
        await asyncio.sleep(0)
    second = asyncio.create_task(member.apply([count("a")]))
    while len(world.sent()) < 2:
        await asyncio.sleep(0)
    assert world.document("a", CIREBON)["relayed"] == 0
    held.set()
    await asyncio.gather(first, second)

    assert len(world.sent()) == 2
    assert world.document("a", CIREBON)["relayed"] == 2
