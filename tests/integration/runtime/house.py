"""Members of a group on the real Kafka, and a pen that writes whatever it is told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer, ConsumerRecord

from deploy.local.stack import Stack
from libs.contracts.topics import Service, mailbox
from libs.runtime.bus import Bus
from libs.runtime.inflight import Records
from libs.runtime.outbox import kafka_options
from tests.office import settings_of

MAILBOX = mailbox(Service.REPORTS)


async def eventually(holds: Callable[[], bool | Awaitable[bool]], *, within: float = 40.0) -> None:
    async with asyncio.timeout(within):
        while True:
            found = holds()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)


@dataclass
class Pen:
    """Writes into the mailbox of reports with the gateway's log-in. Its records begin with its mark."""

    producer: AIOKafkaProducer
    mark: bytes = field(default_factory=lambda: uuid4().hex.encode())

    async def write(self, *numbers: int, headers: Any = (), partition: int = 0, value: bytes = b"") -> None:
        """Each with a key of its own."""
        for number in numbers:
            name = self.mark + b"%d" % number
            await self.producer.send_and_wait(
                MAILBOX, name + value, key=name, partition=partition, headers=list(headers)
            )

    def numbers(self, records: Records) -> list[int]:
        return [int(r.value[len(self.mark) :].split(b" ")[0]) for r in records if self.is_mine(r)]

    def is_mine(self, record: ConsumerRecord) -> bool:
        return record.value is not None and record.value.startswith(self.mark)


@asynccontextmanager
async def a_pen(stack: Stack) -> AsyncIterator[Pen]:
    producer = AIOKafkaProducer(
        **kafka_options(settings_of(stack, Service.GATEWAY)), acks="all", max_request_size=2_000_000
    )
    await producer.start()
    try:
        yield Pen(producer)
    finally:
        await producer.stop()


@asynccontextmanager
async def a_member(
    stack: Stack, handler: Callable[[Records], Awaitable[None]], *, group: str | None = None, abreast: int = 1
) -> AsyncIterator[Bus]:
    """One member of a group of reports; a group of its own unless it is named. Only full batches go abreast, so then
    each holds one record."""
    settings = settings_of(stack, Service.REPORTS)
    bus = Bus(settings if abreast == 1 else settings.model_copy(update={"batch_records": 1}), "reports")
    bus.consume(group or f"trap-{uuid4().hex[:8]}", [MAILBOX], handler, abreast=abreast)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()
