"""Users, rights and topics on the Kafka and MongoDB of a cluster, made equal to the catalogue.

`python -m deploy.jobs.servers`, safe to run again: a topic is widened and never removed. Indexes are not made here:
each service makes its own.
"""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

from aiokafka.errors import KafkaError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from pymongo.errors import PyMongoError

from deploy.local import mongo
from deploy.local.kafka_admin import kafka_admin, rules
from deploy.local.secrets import Login
from libs.contracts.topics import TOPICS, WITH_LOG_INS, grants

KAFKA = "kafka"


class ServersSettings(BaseSettings):
    """A server without an administrator is left as it is: with Strimzi, for one, Kafka is set up by its operator."""

    model_config = SettingsConfigDict(env_prefix="SIMPUL_", extra="ignore", frozen=True)

    kafka_bootstrap: str
    kafka_admin_username: str | None = None
    kafka_admin_password: str = Field(default="", repr=False)
    mongo_admin_url: str | None = Field(default=None, repr=False)
    logins_dir: Path = Path("/var/run/simpul/logins")
    """Passwords of the services, in files named `kafka-<service>.password` and `mongod-<service>.password`."""


def logins(folder: Path, server: str, users: Iterable[str]) -> list[Login]:
    """
    Raises:
        FileNotFoundError: a user has no password; the message names the file.
    """
    return [Login(user, (folder / f"{server}-{user}.password").read_text().strip()) for user in users]


async def set_up_kafka(settings: ServersSettings, admin: Login) -> None:
    users = logins(settings.logins_dir, KAFKA, WITH_LOG_INS)
    async with kafka_admin(settings.kafka_bootstrap, admin) as cluster:
        await cluster.set_users(users)
        await cluster.set_topics(TOPICS)
        await cluster.set_rules(rules(grants()), principals={f"User:{user.username}" for user in users})


def set_up_mongo(settings: ServersSettings, admin_url: str) -> None:
    users = dict.fromkeys(str(mongo.user_of(service)) for service in WITH_LOG_INS)
    mongo.set_users(admin_url, logins(settings.logins_dir, mongo.NAME, users))


def main() -> int:
    settings = ServersSettings()
    try:
        if settings.kafka_admin_username:
            admin = Login(settings.kafka_admin_username, settings.kafka_admin_password)
            asyncio.run(set_up_kafka(settings, admin))
        if settings.mongo_admin_url:
            set_up_mongo(settings, settings.mongo_admin_url)
    except (KafkaError, PyMongoError, FileNotFoundError, TimeoutError) as error:
        # Of a driver's error the type only: its text may quote an address with its password.
        reason = str(error) if isinstance(error, FileNotFoundError) else type(error).__name__
        sys.stderr.write(f"The servers could not be set up: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
