"""Records as a consumer gets them."""

from typing import Any

from aiokafka import ConsumerRecord

from libs.contracts.topics import Service, mailbox


def a_record(
    value: bytes | None = b"{}",
    headers: list[tuple[str, Any]] | None = None,
    *,
    topic: str = mailbox(Service.REPORTS),
    partition: int = 3,
    offset: int = 7,
    key: bytes | None = b"t1/r1",
) -> Any:
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=1_772_438_400_000,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers or [],
    )
