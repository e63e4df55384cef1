"""A relay gone wrong: whatever was published since last time is published once more, byte for byte."""

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.kafka_admin import sasl
from deploy.local.stack import Stack
from libs.contracts.topics import OWNERS, journal, mailboxes
from tests.chaos.lag import partitions_of

TOPICS = tuple(topic for service in OWNERS for topic in (*mailboxes(service), journal(service)))


class Repeater:
    """
    Attributes:
        copies: places (topic, partition, offset) of the records that it wrote.
    """

    def __init__(self, stack: Stack) -> None:
        login = sasl(stack.admin_credentials)
        self._reader = AIOKafkaConsumer(
            bootstrap_servers=stack.kafka_bootstrap, group_id=None, auto_offset_reset="earliest", **login
        )
        self._writer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, acks="all", **login)
        self._upto: dict[TopicPartition, int] = {}
        self.copies: set[tuple[str, int, int]] = set()

    async def __aenter__(self) -> "Repeater":
        await self._reader.start()
        await self._writer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._reader.stop()
        await self._writer.stop()

    async def repeat(self) -> int:
        """Into the partition where it lies: a key keeps its place. Returns how many."""
        partitions = [tp for topic in TOPICS for tp in partitions_of(topic)]
        self._reader.assign(partitions)
        ends = await self._reader.end_offsets(partitions)
        for partition in partitions:
            self._reader.seek(partition, self._upto.get(partition, 0))
        todo = {p for p in partitions if self._upto.get(p, 0) < ends[p]}
        sent = []
        while todo:
            for partition, records in (await self._reader.getmany(timeout_ms=500)).items():
                for record in records:
                    place = (record.topic, record.partition, record.offset)
                    if record.offset < ends[partition] and place not in self.copies:
                        sent.append(
                            await self._writer.send(
                                record.topic,
                                record.value,
                                key=record.key,
                                partition=record.partition,
                                headers=list(record.headers),
                            )
                        )
            for partition in list(todo):
                if await self._reader.position(partition) >= ends[partition]:
                    todo.discard(partition)
        self._upto.update(ends)
        for future in sent:
            written = await future
            self.copies.add((written.topic, written.partition, written.offset))
        return len(sent)
