"""Servers that exist already, taken from the environment instead of started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.secrets import Login


@dataclass(frozen=True)
class External:
    """
    Attributes:
        kafka_admin: who may create users, rights and topics; None leaves the cluster as it is.
        kafka_login: the one log-in of every service where no administrator is given; None for an open cluster.
        mongo_url: the address; with a log-in in it where no administrator is given.
        mongo_admin_url: who may create users; None leaves the server as it is.
    """

    kafka_bootstrap: str | None = None
    kafka_admin: Login | None = None
    kafka_login: Login | None = None
    mongo_url: str | None = None
    mongo_admin_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "External":
        return cls(
            kafka_bootstrap=environment.get("KAFKA_BOOTSTRAP"),
            kafka_admin=_login(environment, "KAFKA_ADMIN"),
            kafka_login=_login(environment, "KAFKA"),
            mongo_url=environment.get("MONGO_URL"),
            mongo_admin_url=environment.get("MONGO_ADMIN_URL"),
        )


def _login(environment: Mapping[str, str], prefix: str) -> Login | None:
    username = environment.get(f"{prefix}_USERNAME")
    return Login(username, environment.get(f"{prefix}_PASSWORD", "")) if username else None
