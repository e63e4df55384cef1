"""The Secrets of a cluster as one list for kubectl, made at random once and kept in a folder:

    python -m deploy.k8s.secrets FOLDER --mongo 'mongodb://mongodb.mongodb.svc/?replicaSet=rs0&authSource=admin' \\
        | kubectl apply --namespace simpul --filename -

With `--for kafka` it prints what Strimzi needs beside its cluster: the passwords of the users. The administrators of
servers that the setup Job prepares come from KAFKA_ADMIN_USERNAME, KAFKA_ADMIN_PASSWORD and MONGO_ADMIN_URL.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.k8s.strimzi import PASSWORDS
from deploy.local import kafka, mongo
from deploy.local.external import External
from deploy.local.secrets import Secrets
from libs.contracts.topics import WITH_LOG_INS, Service


def for_services(secrets: Secrets, *, mongo_url: str) -> list[dict[str, Any]]:
    """Of each process: its keys as files, and its log-ins as settings."""
    found = []
    for service in Service:
        keys = {file.name: file.read_text() for file in sorted(secrets.of(service).iterdir())}
        found.append(_secret(f"simpul-{service}-keys", keys))
        if service not in WITH_LOG_INS:
            continue
        login = secrets.login(kafka.NAME, service)
        access = {
            "SIMPUL_KAFKA_USERNAME": login.username,
            "SIMPUL_KAFKA_PASSWORD": login.password,
            "SIMPUL_MONGO_URL": mongo.with_login(mongo_url, secrets.login(mongo.NAME, mongo.user_of(service))),
        }
        found.append(_secret(f"simpul-{service}-access", access))
    return found


def for_setup(secrets: Secrets, servers: External) -> list[dict[str, Any]]:
    """For the Job that sets up the servers: every password, and the administrators that are given."""
    users = [(kafka.NAME, service.value) for service in WITH_LOG_INS]
    users += [(mongo.NAME, user) for user in dict.fromkeys(str(mongo.user_of(service)) for service in WITH_LOG_INS)]
    passwords = {f"{server}-{user}.password": secrets.login(server, user).password for server, user in users}
    access = {}
    if servers.kafka_admin:
        access["SIMPUL_KAFKA_ADMIN_USERNAME"] = servers.kafka_admin.username
        access["SIMPUL_KAFKA_ADMIN_PASSWORD"] = servers.kafka_admin.password
    if servers.mongo_admin_url:
        access["SIMPUL_MONGO_ADMIN_URL"] = servers.mongo_admin_url
    return [_secret("simpul-setup-logins", passwords), _secret("simpul-setup-access", access)]


def for_kafka(secrets: Secrets) -> list[dict[str, Any]]:
    return [_secret(PASSWORDS, {s.value: secrets.login(kafka.NAME, s).password for s in WITH_LOG_INS})]


def _secret(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "simpul"}},
        "type": "Opaque",
        "stringData": dict(values),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="The Secrets of a cluster as one list for kubectl.")
    parser.add_argument("folder", type=Path, help="where they are kept; back it up, and keep it out of any repository")
    parser.add_argument("--mongo", help="address of MongoDB as the pods see it, without a log-in")
    parser.add_argument("--for", dest="whom", choices=("simpul", "kafka"), default="simpul")
    arguments = parser.parse_args()
    secrets = Secrets(arguments.folder)
    secrets.create()
    if arguments.whom == "kafka":
        items = for_kafka(secrets)
    elif arguments.mongo:
        items = for_services(secrets, mongo_url=arguments.mongo) + for_setup(secrets, External.from_environment())
    else:
        parser.error("--mongo is needed for the Secrets of the services")
    json.dump({"apiVersion": "v1", "kind": "List", "items": items}, sys.stdout)


if __name__ == "__main__":
    main()
