"""The ports of one stack, all from one base, so that two checkouts run side by side."""

import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.errors import PortInUse
from libs.contracts.topics import Service

DEFAULT_BASE = 8400
HOST = "127.0.0.1"

_SERVICES = {
    Service.GATEWAY: 0,
    Service.REGISTRY: 1,
    Service.REPORTS: 2,
    Service.MATCHER: 3,
    Service.NOTIFY: 4,
    Service.FETCHER: 9,
}
_HEALTH = {service: 13 + offset for service, offset in _SERVICES.items()} | {Service.FETCHER: 21}
_SPAN = 25
"""Room for second members of services too, which chaos puts behind the first."""
_CLAIM = _SPAN - 1
"""Nobody serves on it: whoever holds it has the span."""

_claims: list[socket.socket] = []
"""Held until this process ends."""


@dataclass(frozen=True)
class Ports:
    base: int = DEFAULT_BASE

    def service(self, service: Service) -> int:
        return self.base + _SERVICES[service]

    def health(self, service: Service) -> int:
        """Probes and metrics."""
        return self.base + _HEALTH[service]

    @property
    def mail_page(self) -> int:
        return self.base + 5

    @property
    def smtp(self) -> int:
        return self.base + 6

    @property
    def chat(self) -> int:
        """Beyond the ports of second members and of their health."""
        return self.base + 22

    @property
    def web(self) -> int:
        """Pages that the demo points to."""
        return self.base + 20

    @property
    def kafka(self) -> int:
        return self.base + 10

    @property
    def kafka_controller(self) -> int:
        return self.base + 11

    @property
    def mongod(self) -> int:
        return self.base + 12

    def purposes(self) -> dict[int, str]:
        return {
            **{self.service(service): service.value for service in _SERVICES},
            **{self.health(service): f"{service.value}: health" for service in _SERVICES},
            self.mail_page: "mail page",
            self.smtp: "mail sink",
            self.chat: "chat provider",
            self.web: "demo pages",
            self.kafka: "Kafka",
            self.kafka_controller: "Kafka controller",
            self.mongod: "mongod",
        }


def require_free(wanted: Mapping[int, str]) -> None:
    """
    Raises:
        PortInUse: naming the first port that is taken.
    """
    for port, purpose in wanted.items():
        if not is_free(port):
            raise PortInUse(port, purpose)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT from the run before is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def is_open(port: int, host: str = HOST) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def free_base() -> int:
    """A base whose whole span is free, and which no other process is given while this one lives.

    Below 32768, where the system picks the ports of outgoing connections.
    """
    while True:
        base = random.randrange(20_000, 32_000, _SPAN)  # noqa: S311 - a port, not a secret
        if (claim := _claimed(base)) is None:
            continue
        if all(is_free(base + offset) for offset in range(_CLAIM)):
            _claims.append(claim)
            return base
        claim.close()


def _claimed(base: int) -> socket.socket | None:
    claim = socket.socket()
    try:
        # Without SO_REUSEADDR, so that nobody else can bind it too.
        claim.bind((HOST, base + _CLAIM))
    except OSError:
        claim.close()
        return None
    return claim
