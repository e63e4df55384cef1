"""When a consumer asks the broker, and when it commits."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import CommitFailedError

from libs.runtime import consumers
from libs.runtime.consumers import commit_behind, fetch_on_demand
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

    async def handled(self) -> None:
        await self.getmany(timeout_ms=1, max_records=4)
        await self.commit()


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


async def test_one_commit_is_made_of_the_batches_of_a_moment_and_names_only_what_they_moved() -> None:
    consumer = Broker({"p0": [3, 4]}, {"p0": [5]})
    commit_behind(consumer)

    await consumer.handled()
    await consumer.handled()
    assert consumer.commits == []
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)

    assert consumer.commits == [{"p0": 6}]


async def test_what_was_handled_is_committed_before_the_consumer_leaves() -> None:
    consumer = Broker({"p0": [3], "p1": [8]})
    commit_behind(consumer)

    await consumer.handled()
    await consumer.stop()

    assert consumer.commits == [{"p0": 4, "p1": 9}]
    assert consumer.has_left


async def test_what_is_only_taken_is_not_committed() -> None:
    consumer = Broker({"p0": [3]}, {"p0": [4]})
    commit_behind(consumer)

    await consumer.handled()
    await consumer.getmany(timeout_ms=1, max_records=4)
    await consumer.stop()

    assert consumer.commits == [{"p0": 4}]


async def test_a_partition_that_went_to_another_member_is_left_to_it() -> None:
    consumer = Broker({"p0": [3], "p1": [8]})
    commit_behind(consumer)

    await consumer.handled()
    consumer.assigned = {"p1"}
    await consumer.stop()

    assert consumer.commits == [{"p1": 9}]


async def test_a_commit_that_fails_ends_nothing() -> None:
    consumer = Broker({"p0": [3]}, {"p0": [4]})
    consumer.failures = [CommitFailedError()]
    commit_behind(consumer)

    await consumer.handled()
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)
    await consumer.handled()
    await consumer.stop()

    assert consumer.commits == [{"p0": 5}]


async def test_a_consumer_leaves_though_kafka_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: dict[str, int]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(consumers, "LEFT_WITHIN", 0.05)
    consumer: Any = Broker({"p0": [3]})
    consumer.commit = never
    commit_behind(consumer)

    await consumer.handled()
    async with asyncio.timeout(5):
        await consumer.stop()

    assert consumer.has_left
