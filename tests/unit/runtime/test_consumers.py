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
        self.commits: list[dict[str, int]] = []
        self.failures: list[Exception] = []

    def assignment(self) -> set[str]:
        return {"p0", "p1"}

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
        if self.failures:
            raise self.failures.pop()
        self.commits += offsets


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


@pytest.fixture
def consumer() -> Any:
    return Broker()


@pytest.fixture
def commits(consumer: Any) -> CommitsBehind:
    commits = CommitsBehind()
    commits.serve(consumer)
    return commits


def read_from(commits: CommitsBehind, **offsets: int) -> None:
    commits.read({partition: [a_record(offset=offset)] for partition, offset in offsets.items()})


async def test_one_commit_is_made_of_the_batches_of_a_moment(consumer: Broker, commits: CommitsBehind) -> None:
    read_from(commits, p0=4)
    commits.handled({"p0": 5})
    commits.handled({"p0": 6})
    assert consumer.commits == []
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)

    assert consumer.commits == [{"p0": 6}]


async def test_what_was_handled_is_committed_before_partitions_are_given_up(
    consumer: Broker, commits: CommitsBehind
) -> None:
    read_from(commits, p0=3, p1=8)
    commits.handled({"p0": 4, "p1": 9})
    await commits.on_partitions_revoked({"p0", "p1"})

    assert consumer.commits == [{"p0": 4, "p1": 9}]


async def test_what_ends_after_its_partition_was_given_up_is_left_to_others(
    consumer: Broker, commits: CommitsBehind
) -> None:
    read_from(commits, p0=3)
    await commits.on_partitions_revoked({"p0"})
    commits.handled({"p0": 4})
    await commits.settle()

    assert consumer.commits == []


async def test_a_commit_never_goes_back_behind_what_others_did_in_between(
    consumer: Broker, commits: CommitsBehind
) -> None:
    read_from(commits, p0=3)
    await commits.on_partitions_revoked({"p0"})
    read_from(commits, p0=7)
    commits.handled({"p0": 4})
    commits.handled({"p0": 8})
    await commits.settle()

    assert consumer.commits == [{"p0": 8}]


async def test_a_commit_that_fails_ends_nothing(consumer: Broker, commits: CommitsBehind) -> None:
    consumer.failures = [CommitFailedError()]
    read_from(commits, p0=3)
    commits.handled({"p0": 4})
    await asyncio.sleep(consumers.COMMITTED_WITHIN * 2)
    commits.handled({"p0": 5})
    await commits.settle()

    assert consumer.commits == [{"p0": 5}]


async def test_nobody_is_held_up_because_kafka_is_away(
    consumer: Any, commits: CommitsBehind, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: dict[str, int]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(consumers, "SETTLED_WITHIN", 0.05)
    consumer.commit = never
    read_from(commits, p0=3)
    commits.handled({"p0": 4})

    async with asyncio.timeout(5):
        await commits.settle()
