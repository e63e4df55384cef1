"""Users, rights and topics of a Kafka cluster, made equal to the catalogue over Kafka's own protocol.

aiokafka has no call for users and only one rule at a time for rights. Kafka's Java tools have both, but each of their
starts costs a second or more; the requests themselves take milliseconds.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest_v1
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from deploy.local.secrets import Login
from libs.contracts.topics import Grant, Topic

SCRAM_ITERATIONS = 8192
"""Twice Kafka's own minimum; the passwords are random, so more would only cost time at each log-in."""

MOST_REPLICAS = 3
"""With two of three in sync a broker may be lost and writes go on; a smaller cluster gets one on each broker."""

IN_FORCE_SECONDS = 60
"""A guess; measured 5-40 ms on an idle broker, and above 10 s where a busy machine had just started it."""

_SCRAM_SHA_512 = 2
_TOPIC_EXISTS = 36
# Kafka's numbers: org.apache.kafka.common.resource.ResourceType, .PatternType, .acl.AclOperation, .AclPermissionType
_RESOURCE = {"topic": 2, "group": 3}
_ANY, _LITERAL, _PREFIXED, _ALLOW = 1, 3, 4, 3
_PATTERN = {"topic": _LITERAL, "group": _PREFIXED}
_OPERATION = {"Read": 3, "Write": 4, "Describe": 8}


class AlterUserScramCredentialsResponse(Response):  # type: ignore[misc]  # aiokafka is untyped
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUserScramCredentialsRequest(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 51
    API_VERSION = 0
    RESPONSE_TYPE = AlterUserScramCredentialsResponse
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Ready(Request[RequestStruct]):  # type: ignore[misc]
    """A request whose version is already chosen."""

    API_KEY = -1

    def __init__(self, struct: RequestStruct) -> None:
        self._struct = struct

    def prepare(self, versions: dict[int, tuple[int, int]]) -> RequestStruct:
        return self._struct

    def build(self, request_struct_class: type[RequestStruct]) -> RequestStruct:
        return self._struct


@dataclass(frozen=True)
class Rule:
    """One access rule as the broker stores it: one operation of one user."""

    resource: int
    name: str
    pattern: int
    principal: str
    operation: int


def rules(grants: Iterable[Grant]) -> set[Rule]:
    return {
        Rule(
            resource=_RESOURCE[grant.resource],
            name=grant.name,
            pattern=_PATTERN[grant.resource],
            principal=f"User:{grant.principal}",
            operation=_OPERATION[operation],
        )
        for grant in grants
        for operation in grant.operations
    }


class KafkaAdmin:
    def __init__(self, client: AIOKafkaClient, topics: AIOKafkaAdminClient) -> None:
        self._client = client
        self._topics = topics

    async def set_users(self, logins: Iterable[Login]) -> None:
        struct = AlterUserScramCredentialsRequest([], [_scram_entry(login) for login in logins], {})
        for user, code, message, _ in (await self._send(struct)).results:
            _require_success(code, f"user {user}: {message}")

    async def set_rules(self, wanted: set[Rule], *, principals: set[str]) -> None:
        """Afterwards `principals` have the wanted rules and no others; rules of other users stay."""
        present = await self.rules_of(principals)
        if missing := wanted - present:
            struct = CreateAclsRequest_v1([_as_stored(rule) for rule in missing])
            for code, message in (await self._send(struct)).creation_responses:
                _require_success(code, f"access rule: {message}")
        if surplus := present - wanted:
            for code, message, _ in (
                await self._send(DeleteAclsRequest_v1([_as_stored(rule) for rule in surplus]))
            ).filter_responses:
                _require_success(code, f"access rule: {message}")
        await self._until_in_force(wanted)

    async def rules_of(self, principals: set[str]) -> set[Rule]:
        return {rule for rule in await self._rules() if rule.principal in principals}

    async def set_topics(self, topics: Iterable[Topic]) -> None:
        """Creates what is missing; on what exists, adds partitions and corrects settings. Nothing is ever removed."""
        catalogue = {topic.name: topic for topic in topics}
        replicas = min(MOST_REPLICAS, len((await self._topics.describe_cluster())["brokers"]))
        new = [
            NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic.config) for topic in catalogue.values()
        ]
        # create_topics does not raise: each topic has a result of its own.
        results = {name: code for name, code, *_ in (await self._topics.create_topics(new)).topic_errors}
        for name, code in results.items():
            if code != _TOPIC_EXISTS:
                _require_success(code, f"topic {name}")
        existing = [catalogue[name] for name, code in results.items() if code == _TOPIC_EXISTS]
        if existing:
            await self._widen(existing)

    async def describe(self, topic: Topic) -> tuple[int, dict[str, str]]:
        """Its number of partitions, and its present value of each setting that the catalogue gives."""
        described = await self._topics.describe_topics([topic.name])
        return len(described[0]["partitions"]), (await self._settings([topic]))[topic.name]

    async def _widen(self, topics: list[Topic]) -> None:
        described = {t["topic"]: len(t["partitions"]) for t in await self._topics.describe_topics()}
        short = {t.name: NewPartitions(t.partitions) for t in topics if described[t.name] < t.partitions}
        if short:
            await self._topics.create_partitions(short)
        settings = await self._settings(topics)
        wrong = [t for t in topics if any(settings[t.name].get(key) != value for key, value in t.config.items())]
        if not wrong:
            return
        changed = [ConfigResource(ConfigResourceType.TOPIC, t.name, configs=t.config) for t in wrong]
        for response in await self._topics.alter_configs(changed):
            for code, message, _, name in response.resources:
                _require_success(code, f"settings of {name}: {message}")

    async def _settings(self, topics: list[Topic]) -> dict[str, dict[str, str]]:
        asked = [ConfigResource(ConfigResourceType.TOPIC, t.name, configs=dict(t.config)) for t in topics]
        found: dict[str, dict[str, str]] = {}
        for response in await self._topics.describe_configs(asked):
            for code, message, _, name, entries in response.resources:
                _require_success(code, f"settings of {name}: {message}")
                found[name] = {entry[0]: entry[1] for entry in entries}
        return found

    async def _rules(self) -> set[Rule]:
        response = await self._send(DescribeAclsRequest_v1(_ANY, None, _ANY, None, None, _ANY, _ANY))
        _require_success(response.error_code, f"access rules: {response.error_message}")
        return {
            Rule(resource, name, pattern, principal, operation)
            for resource, name, pattern, entries in response.resources
            for principal, _, operation, permission in entries
            if permission == _ALLOW
        }

    async def _until_in_force(self, wanted: set[Rule]) -> None:
        # The controller answers before the broker has replayed its log.
        async with asyncio.timeout(IN_FORCE_SECONDS):
            while not wanted <= await self._rules():  # noqa: ASYNC110 - the broker tells nobody, it must be asked
                await asyncio.sleep(0.02)

    async def _send(self, struct: RequestStruct) -> Any:
        return await self._client.send(self._client.get_random_node(), _Ready(struct))


@asynccontextmanager
async def kafka_admin(bootstrap: str, login: Login) -> AsyncIterator[KafkaAdmin]:
    """
    Raises:
        KafkaError: nobody answers at the address, or the log-in is refused (aiokafka tells both alike).
    """
    client = AIOKafkaClient(bootstrap_servers=bootstrap, **sasl(login))
    topics = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **sasl(login))
    try:
        await client.bootstrap()
        await topics.start()
        yield KafkaAdmin(client, topics)
    finally:
        await topics.close()
        await client.close()


async def can_log_in(bootstrap: str, login: Login) -> bool:
    client = AIOKafkaClient(bootstrap_servers=bootstrap, **sasl(login))
    try:
        await client.bootstrap()
    except KafkaError:
        return False
    finally:
        await client.close()
    return True


def sasl(login: Login) -> Mapping[str, Any]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": login.username,
        "sasl_plain_password": login.password,
    }


def _scram_entry(login: Login) -> tuple[str, int, int, bytes, bytes, dict[int, bytes]]:
    salt = os.urandom(32)
    salted = hashlib.pbkdf2_hmac("sha512", login.password.encode(), salt, SCRAM_ITERATIONS)
    return (login.username, _SCRAM_SHA_512, SCRAM_ITERATIONS, salt, salted, {})


def _as_stored(rule: Rule) -> tuple[int, str, int, str, str, int, int]:
    return (rule.resource, rule.name, rule.pattern, rule.principal, "*", rule.operation, _ALLOW)


def _require_success(code: int, subject: str) -> None:
    if code:
        raise for_code(code)(subject)
