"""Topics, users and rights for Strimzi, from the catalogue; `make generate` writes them."""

from collections.abc import Iterable
from typing import Any

import yaml

from libs.contracts.topics import TOPICS, WITH_LOG_INS, Service, Topic, grants

FOLDER = "deploy/k8s/components/strimzi"
HEADER = "# Written by `make generate` from libs/contracts/topics.py: change it there.\n"
CLUSTER = "simpul"
PASSWORDS = "simpul-kafka-users"
API = "kafka.strimzi.io/v1"

REPLICAS = 3
IN_SYNC = 2
"""One broker may be away and everything goes on; with two away nothing is accepted, and so nothing is lost."""

_PATTERN = {"topic": "literal", "group": "prefix"}


def topic_manifest(topic: Topic) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": _metadata(topic.name),
        "spec": {
            "partitions": topic.partitions,
            "replicas": REPLICAS,
            "config": {**topic.config, "min.insync.replicas": str(IN_SYNC)},
        },
    }


def user_manifest(service: Service) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KafkaUser",
        "metadata": _metadata(service.value),
        "spec": {
            "authentication": {
                "type": "scram-sha-512",
                "password": {"valueFrom": {"secretKeyRef": {"name": PASSWORDS, "key": service.value}}},
            },
            "authorization": {
                "type": "simple",
                "acls": [
                    {
                        "resource": {"type": g.resource, "name": g.name, "patternType": _PATTERN[g.resource]},
                        "operations": list(g.operations),
                    }
                    for g in grants()
                    if g.principal is service
                ],
            },
        },
    }


def files() -> dict[str, str]:
    """By path in the checkout."""
    return {
        f"{FOLDER}/topics.yaml": _text(topic_manifest(topic) for topic in TOPICS),
        f"{FOLDER}/users.yaml": _text(user_manifest(service) for service in WITH_LOG_INS),
    }


def _metadata(name: str) -> dict[str, Any]:
    return {"name": name, "labels": {"strimzi.io/cluster": CLUSTER}}


def _text(documents: Iterable[dict[str, Any]]) -> str:
    return HEADER + yaml.safe_dump_all(documents, sort_keys=False, width=120)
