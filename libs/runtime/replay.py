"""Sends dead letters back to where they came from, once what was wrong has been put right.

`python -m libs.runtime.replay --service reports [--reason fault] [--since 2026-03-02T08:00:00Z] [--dry-run]`

Settings are those of a service, with the log-in of somebody who may read dead letters and write mailboxes (locally:
`admin`). A letter that was sent back before may be sent again: its command takes effect once.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from libs.contracts.envelope import type_of
from libs.contracts.topics import OWNERS, TOPICS, Service, dead_letters
from libs.runtime.deadletters import PREFIX, original
from libs.runtime.outbox import KafkaOutbox, Outbox, kafka_options
from libs.runtime.settings import Settings

CHUNK = 500


@dataclass(frozen=True)
class Wanted:
    """Which letters. None means any."""

    reason: str | None = None
    since: datetime | None = None

    def fits(self, letter: ConsumerRecord) -> bool:
        found = diagnosis_of(letter)
        if found.get("topic") not in {t.name for t in TOPICS}:
            # Not written by us: there is nowhere to send it back to.
            return False
        if self.reason is not None and found["reason"] != self.reason:
            return False
        return self.since is None or datetime.fromisoformat(found["at"]) >= self.since


def diagnosis_of(letter: ConsumerRecord) -> dict[str, str]:
    return {n.removeprefix(PREFIX): v.decode() for n, v in letter.headers if n.startswith(PREFIX)}


def described(letter: ConsumerRecord) -> str:
    """One line: where it was, what it is, what was wrong. Nothing of what it says."""
    found = diagnosis_of(letter)
    kind = type_of(letter.headers)[:80] or "?"
    place = f"{found['topic']}/{found['partition']}@{found['offset']}"
    return f"{found['at']}  {place}  {kind}  {found['reason']}: {found['diagnosis']}"


async def letters(settings: Settings, service: Service) -> AsyncIterator[ConsumerRecord]:
    """Every dead letter of a service that there is now, oldest first within a partition."""
    consumer = AIOKafkaConsumer(
        **kafka_options(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        topic = dead_letters(service)
        await consumer._client.force_metadata_update()
        partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.pause(*(p for p in partitions if p != partition))
            consumer.resume(partition)
            while await consumer.position(partition) < ends[partition]:
                for records in (await consumer.getmany(partition, timeout_ms=500)).values():
                    for record in records:
                        if record.offset < ends[partition]:
                            yield record
    finally:
        await consumer.stop()


async def send_back(found: Iterable[ConsumerRecord], outbox: Outbox) -> int:
    """
    Raises:
        Unavailable: not all of them are certainly sent; run it again.
    """
    messages = [original(letter) for letter in found]
    for start in range(0, len(messages), CHUNK):
        await outbox.publish(messages[start : start + CHUNK])
    return len(messages)


async def replay(settings: Settings, service: Service, wanted: Wanted, *, dry_run: bool) -> list[ConsumerRecord]:
    """The letters that fit, sent back unless it is a dry run."""
    found = [letter async for letter in letters(settings, service) if wanted.fits(letter)]
    if not dry_run:
        outbox = KafkaOutbox(settings, "replay")
        await outbox.start()
        try:
            await send_back(found, outbox)
        finally:
            await outbox.stop()
    return found


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description="Sends dead letters back to where they came from.")
    parser.add_argument("--service", type=Service, choices=list(OWNERS), required=True)
    parser.add_argument("--reason", help="only these: envelope, signature, type, schema, seal, tenant, size or fault")
    parser.add_argument("--since", type=_time, help="only those put aside at this time or later (ISO 8601)")
    parser.add_argument("--dry-run", action="store_true", help="list them and send nothing")
    arguments = parser.parse_args()
    wanted = Wanted(arguments.reason, arguments.since)
    found = asyncio.run(replay(Settings(), arguments.service, wanted, dry_run=arguments.dry_run))
    for letter in found:
        sys.stdout.write(described(letter) + "\n")
    sys.stdout.write(f"{len(found)} {'found' if arguments.dry_run else 'sent back'}\n")


if __name__ == "__main__":
    main()
