"""What is still to be done, asked of Kafka and MongoDB themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pymongo import MongoClient

from deploy.local.kafka_admin import sasl
from deploy.local.stack import Stack
from libs.contracts.topics import CONTACTS, OWNERS, TOPICS, Service, journal, mailboxes
from libs.contracts.words import DeliveryState, ReportState

GROUPS: Mapping[str, tuple[str, ...]] = {
    **{topic.removesuffix(".v1"): (topic,) for service in OWNERS for topic in mailboxes(service)},
    "notify.events": (journal(Service.REPORTS),),
    "notify.contacts": (CONTACTS,),
}

AGGREGATES: Mapping[Service, tuple[str, ...]] = {
    Service.REGISTRY: ("tenant", "agency", "officer", "partner", "account_hold"),
    Service.REPORTS: ("report", "case", "clarification"),
    Service.NOTIFY: ("subject", "bulletin", "delivery", "assignment", "suppression", "hold"),
}

_PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}

Client = MongoClient[dict[str, Any]]


def mongo_client(stack: Stack) -> Client:
    return MongoClient(
        stack.admin_mongo_url, tz_aware=True, readConcernLevel="majority", serverSelectionTimeoutMS=5_000
    )


class Lag:
    """Records that no group has committed yet."""

    def __init__(self, stack: Stack) -> None:
        login = sasl(stack.admin_credentials)
        self._admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap, **login)
        self._reader = AIOKafkaConsumer(bootstrap_servers=stack.kafka_bootstrap, group_id=None, **login)

    async def __aenter__(self) -> "Lag":
        await self._admin.start()
        await self._reader.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._reader.stop()
        await self._admin.close()

    async def of(self, group: str) -> int:
        partitions = [tp for topic in GROUPS[group] for tp in partitions_of(topic)]
        ends = await self._reader.end_offsets(partitions)
        committed = await self._admin.list_consumer_group_offsets(group)
        done = {tp: max(0, found.offset) for tp, found in committed.items()}
        return sum(end - done.get(tp, 0) for tp, end in ends.items())

    async def committed(self, group: str) -> int:
        """Sum of the offsets of a group: grows with every record that is handled."""
        found = await self._admin.list_consumer_group_offsets(group)
        return sum(max(0, offset.offset) for offset in found.values())

    async def all(self) -> dict[str, int]:
        return {group: await self.of(group) for group in GROUPS}


def partitions_of(topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, partition) for partition in range(_PARTITIONS[topic])]


@dataclass(frozen=True)
class Open:
    """Counts of documents that somebody still has to do something about."""

    unrelayed: int = 0
    queued: int = 0
    attempting: int = 0
    subjects: int = 0
    bulletins: int = 0
    placing: int = 0
    asking: int = 0
    """Reports in cases of their own, because the matcher did not answer."""

    @property
    def total(self) -> int:
        return sum(vars(self).values())


def watermarks_of(client: Client, service: str) -> dict[str, int]:
    """By the name under which a process saved."""
    return {d["_id"]: d["number"] for d in client[service]["watermarks"].find()}


def unrelayed(client: Client, service: Service) -> int:
    """Documents above the watermark of whoever saved them."""
    above = [{"saved_by": name, "save": {"$gt": number}} for name, number in watermarks_of(client, service).items()]
    if not above:
        return 0
    return sum(client[service][name].count_documents({"$or": above}) for name in AGGREGATES[service])


def open_work(client: Client) -> Open:
    notify, reports = client["notify"], client["reports"]
    waiting = {"$in": [DeliveryState.QUEUED, DeliveryState.FAILED_TRANSIENT]}
    return Open(
        unrelayed=sum(unrelayed(client, service) for service in AGGREGATES),
        queued=notify["delivery"].count_documents(
            {"ix.state": waiting, "ix.channel": "email", "ix.ready_at": {"$lte": datetime.now(UTC)}}
        ),
        attempting=notify["delivery"].count_documents({"ix.state": DeliveryState.ATTEMPTING}),
        subjects=notify["subject"].count_documents({"ix.todo": {"$exists": True}}),
        bulletins=notify["bulletin"].count_documents({"ix.unfinished_since": {"$exists": True}}),
        placing=reports["report"].count_documents({"state.state": ReportState.MATCHING}),
        asking=reports["report"].count_documents({"due.name": "ask_again"}),
    )
