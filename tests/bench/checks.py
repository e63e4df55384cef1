"""What must be true after a round, read from MongoDB and Kafka themselves."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.stack import Stack
from libs.contracts.topics import Service, journal, mailbox


async def handled_whole(stack: Stack, tenant: str, n: int) -> None:
    """Every command: one report, one event in its history, relayed, and an outcome that can be found.

    Raises:
        SystemExit: something is missing.
    """
    client: Any = AsyncIOMotorClient(stack.admin_mongo_url)
    reports = client["reports"]["report"]
    told = [{"saved_by": w["_id"], "save": {"$lte": w["number"]}} async for w in client["reports"]["watermarks"].find()]
    whole = {"tenant": tenant, "version": 1, "$or": told, "state.kind": "hoax", "history.0.n": 1}
    found = await reports.count_documents(whole)
    causes = len(await reports.distinct("history.cause", {"tenant": tenant})) if n <= 20_000 else n
    client.close()
    if (found, causes) != (n, n):
        raise SystemExit(f"{found} reports are whole and {causes} outcomes are there, of {n}")
    ends = await _ends(stack, [journal(Service.REPORTS)])
    if sum(ends.values()) < n:
        raise SystemExit("events are missing from the journal")


async def accepted_as_sent(
    stack: Stack, tenant: str, before: dict[TopicPartition, int], *, at_least: int = 0
) -> dict[TopicPartition, int]:
    """Ends of the two mailboxes; since `before`, at least as many reports, and half as many contacts.

    Raises:
        SystemExit: an accepted report is not in its mailbox.
    """
    ends = await _ends(stack, [mailbox(Service.REPORTS), mailbox(Service.NOTIFY)])
    if before:
        grown: dict[str, int] = {}
        for partition, end in ends.items():
            grown[partition.topic] = grown.get(partition.topic, 0) + end - before.get(partition, 0)
        contacts = grown[mailbox(Service.NOTIFY)]
        if grown[mailbox(Service.REPORTS)] < at_least or contacts < at_least * 0.45:
            raise SystemExit(f"{at_least} were accepted, but the mailboxes grew by {grown}")
    return ends


async def _ends(stack: Stack, topics: list[str]) -> dict[TopicPartition, int]:
    admin = stack.admin_credentials
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.kafka_bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=admin.username,
        sasl_plain_password=admin.password,
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(t, p) for t in topics for p in range(12)]
        return dict(await consumer.end_offsets(partitions))
    finally:
        await consumer.stop()
