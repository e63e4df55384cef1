"""When a consumer asks the broker, and when it commits."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import CommitFailedError

from libs.runtime import consumers
from libs.runtime.consumers import CommitsBehind, fetch_on_demand
from tests.unit.runtime.records import a_record


class Broker:
    """A consumer, and what it asked of the broker."""

    def __init__(self, *batches: dict[str, list[int]]) -> None:
        self._batches = list(batches)
        self._paused: set[str] = set()
        self.assigned = {"p0", "p1"}
        self.commits: list[dict[str, int]] = []
        self.failures: list[Exception] = []
        self.has_left = False

    def assignment(self) -> set[str]:
        return self.assigned

    def paused(self) -> set[str]:
        return set(self._paused)

    def pause(self, *partitions: str) -> None:
        self._paused |= set(partitions)

    def resume(self, *partitions: str) -> None:
        self._paused -= set(partitions)

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[str, list[Any]]:
        assert not self._paused, "nothing comes of partitions that are paused"
        found = self._batches.pop(0)
        return {p: [a_record(offset=offset) for offset in offsets] for p, offsets in found.items()}

    async def commit(self, *offsets: dict[str, int]) -> None:
        assert not self.has_left
        if self.failures:
            raise self.failures.pop()
        self.commits += offsets

    async def stop(self) -> None:
        self.has_left = True


@pytest.mark.parametrize(
    ("offsets", "asks"),
    [([0, 1, 2], False), ([0, 1, 2, 3], True)],
    ids=["all there was", "there is more"],
)
async def test_the_broker_is_not_asked_while_a_batch_is_handled(offsets: list[int], asks: bool) -> None:
    consumer = Broker({"p0": offsets}, {})
    fetch_on_demand(consumer)

    await consumer.getmany(timeout_ms=1, max_records=4)
    assert (consumer.paused() == set()) is asks
    await consumer.getmany(timeout_ms=1, max_records=4)

    assert consumer.paused() == set(), "an empty poll leaves its question with the broker"


async def test_one_commit_is_made_of_the_batches_of_a_moment() -> None:
    consumer = Broker()
    commits = CommitsBehind(consumer)

    commits.handled({"p0": 5})
    commits.handled({"p0": 6})
    assert consumer.commits == []
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)

    assert consumer.commits == [{"p0": 6}]


async def test_what_was_handled_is_committed_before_the_consumer_leaves() -> None:
    consumer = Broker()
    commits = CommitsBehind(consumer)

    commits.handled({"p0": 4, "p1": 9})
    await commits.stop()

    assert consumer.commits == [{"p0": 4, "p1": 9}]
    assert consumer.has_left


async def test_a_partition_that_went_to_another_member_is_left_to_it() -> None:
    consumer = Broker()
    commits = CommitsBehind(consumer)

    commits.handled({"p0": 4, "p1": 9})
    consumer.assigned = {"p1"}
    await commits.stop()

    assert consumer.commits == [{"p1": 9}]


async def test_a_commit_that_fails_ends_nothing() -> None:
    consumer = Broker()
    consumer.failures = [CommitFailedError()]
    commits = CommitsBehind(consumer)

    commits.handled({"p0": 4})
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)
    commits.handled({"p0": 5})
    await commits.stop()

    assert consumer.commits == [{"p0": 5}]


async def test_a_consumer_leaves_though_kafka_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: dict[str, int]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(consumers, "LEFT_WITHIN", 0.05)
    consumer: Any = Broker()
    consumer.commit = never
    commits = CommitsBehind(consumer)

    commits.handled({"p0": 4})
    async with asyncio.timeout(5):
        await commits.stop()

    assert consumer.has_left
