"""The topic catalogue: who writes what, who reads it, how long it is kept.

Broker set-up, the Strimzi manifests, the ACLs and the table in docs/architecture.md are generated from here.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Service(StrEnum):
    REGISTRY = "registry"
    REPORTS = "reports"
    NOTIFY = "notify"
    GATEWAY = "gateway"
    MATCHER = "matcher"
    """The second process of the reports image; a principal of its own, because it only reads."""
    FETCHER = "fetcher"
    """The only one with a way out to the web, and so without a log-in at any server."""


WITH_LOG_INS = tuple(service for service in Service if service is not Service.FETCHER)
"""Users of Kafka and MongoDB."""

OWNERS = (Service.REGISTRY, Service.REPORTS, Service.NOTIFY)
"""Services with aggregates: each has a mailbox, a journal and a box of dead letters."""


@dataclass(frozen=True)
class Topic:
    """One Kafka topic.

    Attributes:
        keep: retention by time; None for a compacted topic, which keeps the last record of each key.
        groups: readers that share the partitions in a consumer group named after themselves.
        followers: readers that each read every partition and commit nothing.
    """

    name: str
    key: str
    partitions: int
    producers: frozenset[Service]
    groups: frozenset[Service] = field(default_factory=frozenset)
    followers: frozenset[Service] = field(default_factory=frozenset)
    keep: timedelta | None = None

    @property
    def compacted(self) -> bool:
        return self.keep is None

    @property
    def config(self) -> dict[str, str]:
        """Topic settings as Kafka names them; times in milliseconds."""
        if self.keep is None:
            return {"cleanup.policy": "compact", "max.compaction.lag.ms": _ms(timedelta(hours=24))}
        settings = {"cleanup.policy": "delete", "retention.ms": _ms(self.keep)}
        if self.keep <= COMMANDS_KEPT:
            # A segment is deleted whole: short segments let an erasure name the hour at which it is complete.
            settings["segment.ms"] = _ms(timedelta(hours=6))
        return settings


COMMANDS_KEPT = timedelta(hours=72)
EVENTS_KEPT = timedelta(days=30)


def _ms(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))


def mailbox(service: Service, name: str = "commands") -> str:
    """`name`: see `Command.mailbox`."""
    return f"{service}.{name}.v1"


def journal(service: Service) -> str:
    return f"{service}.events.v1"


def dead_letters(service: Service) -> str:
    return f"{service}.dlq.v1"


PLACING = mailbox(Service.REPORTS, "placing")
"""Commands that put reports into cases, and so wait for the matcher: apart from those that a person waits for."""
DIRECTORY = "registry.directory.v1"
CONTACTS = "registry.contacts.v1"

_JOURNAL_GROUPS = {Service.REGISTRY: frozenset({Service.NOTIFY}), Service.REPORTS: frozenset({Service.NOTIFY})}
_JOURNAL_FOLLOWERS = {Service.REPORTS: frozenset({Service.GATEWAY, Service.MATCHER})}


def _mailbox(service: Service, name: str) -> Topic:
    is_open = name == mailbox(service)
    return Topic(
        name=name,
        key="tenant/aggregate_id",
        partitions=12,
        producers=frozenset({Service.GATEWAY, service}) if is_open else frozenset({service}),
        groups=frozenset({service}),
        keep=COMMANDS_KEPT,
    )


def mailboxes(service: Service) -> tuple[str, ...]:
    """All of one owner; the first is open to the gateway, any other only to the owner itself."""
    return (mailbox(service), PLACING) if service == Service.REPORTS else (mailbox(service),)


def _journal(service: Service) -> Topic:
    return Topic(
        name=journal(service),
        key="tenant/aggregate_id",
        partitions=12,
        producers=frozenset({service}),
        groups=_JOURNAL_GROUPS.get(service, frozenset()),
        followers=_JOURNAL_FOLLOWERS.get(service, frozenset({Service.GATEWAY})),
        keep=EVENTS_KEPT,
    )


def _dead_letters(service: Service) -> Topic:
    return Topic(
        name=dead_letters(service), key="as it came", partitions=3, producers=frozenset({service}), keep=EVENTS_KEPT
    )


TOPICS: tuple[Topic, ...] = (
    *(_mailbox(service, name) for service in OWNERS for name in mailboxes(service)),
    *(_journal(service) for service in OWNERS),
    Topic(
        name=DIRECTORY,
        key="tenant/kind/id",
        partitions=6,
        producers=frozenset({Service.REGISTRY}),
        followers=frozenset({Service.REGISTRY, Service.REPORTS, Service.NOTIFY, Service.GATEWAY}),
    ),
    Topic(
        name=CONTACTS,
        key="tenant/partner_id",
        partitions=6,
        producers=frozenset({Service.REGISTRY}),
        groups=frozenset({Service.NOTIFY}),
    ),
    *(_dead_letters(service) for service in OWNERS),
)


@dataclass(frozen=True)
class Grant:
    """What one principal may do with one topic or group, in Kafka's words."""

    principal: Service
    resource: str
    """`topic` or `group`."""
    name: str
    operations: tuple[str, ...]


def grants() -> list[Grant]:
    """The least that lets every service work: a producer needs Write and Describe, a group reader its group as well.

    Group names start with the service's own name, so each is granted as a prefix.
    """
    found = []
    for topic in TOPICS:
        found += [Grant(p, "topic", topic.name, ("Write", "Describe")) for p in sorted(topic.producers)]
        found += [Grant(p, "topic", topic.name, ("Read", "Describe")) for p in sorted(topic.groups | topic.followers)]
    readers = sorted({service for topic in TOPICS for service in topic.groups})
    return found + [Grant(service, "group", f"{service}.", ("Read",)) for service in readers]
