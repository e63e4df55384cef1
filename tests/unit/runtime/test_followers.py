"""How often a follower asks, and whom it keeps waiting."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from libs.runtime.bus import GATHERING
from libs.runtime.followers import Follower
from libs.runtime.settings import Settings
from tests.unit.runtime.patience import without_waiting
from tests.unit.runtime.records import a_record

TOPIC = "reports.events.v1"
PARTITION = TopicPartition(TOPIC, 0)


class Ended(Exception):
    """There are no more polls in this test."""


class Topic:
    """A consumer of one partition, whose polls bring so many records each; `end` is the offset behind the last."""

    def __init__(self, *counts: int, end: int = 0) -> None:
        self._counts = list(counts)
        self._end = end
        self._next = 0
        self._client = SimpleNamespace(force_metadata_update=self._known)

    async def _known(self) -> None:
        pass

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0}

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        pass

    async def position(self, partition: TopicPartition) -> int:
        return self._next

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self._end)

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Any]]:
        if not self._counts:
            raise Ended
        count = self._counts.pop(0)
        records = [a_record(offset=self._next + n) for n in range(count)]
        self._next += count
        return {PARTITION: records} if records else {}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_waiting(monkeypatch)


@pytest.mark.parametrize(
    ("patient", "topic", "rests"),
    [
        pytest.param(True, Topic(2, 0, 1), 2, id="more will come together"),
        pytest.param(True, Topic(2, 2, 1, end=4), 1, id="at the start there is much to read"),
        pytest.param(False, Topic(2, 0, 1), 0, id="somebody waits"),
    ],
)
async def test_a_patient_follower_that_has_caught_up_rests_after_each_batch(
    slept: list[float], tmp_path: Path, patient: bool, topic: Any, rests: int
) -> None:
    heard: list[int] = []

    async def take(records: Sequence[ConsumerRecord]) -> None:
        heard.extend(r.offset for r in records)

    follower = Follower(Settings(secrets_dir=tmp_path), "matcher", [TOPIC], take, from_start=True, patient=patient)
    with pytest.raises(Ended):
        await follower._follow(topic)

    assert slept == [GATHERING] * rests
    assert heard == list(range(len(heard))) != []
    assert follower.positions == {PARTITION: len(heard)}
