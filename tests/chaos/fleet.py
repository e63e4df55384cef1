"""The processes under test: every service once, and a second member where work is shared."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka, mongo
from deploy.local.children import Process
from deploy.local.layout import CHECKOUT
from deploy.local.services import MODULES, is_ready
from deploy.local.stack import Stack
from libs.contracts.topics import Service

READY_WITHIN = 240.0
"""A guess; measured 5 s on idle cores, 90 s where twenty others wanted them and the matcher had 2,000 texts to read."""

WITHOUT_LIMITS = {
    "SIMPUL_CLIENT_PER_MINUTE": "1000000",
    "SIMPUL_CLIENT_BURST": "100000",
}
"""All the load comes from one address, as no public does."""


EXTRA_HEALTH = 11
"""From a second member's port to that of its health: beyond those of a stack."""


@dataclass(frozen=True)
class Member:
    name: str
    service: Service
    extra_port: int | None = None
    """Offset from the stack's base for a second member; the first has the service's own."""


MEMBERS = (
    Member("registry", Service.REGISTRY),
    Member("reports", Service.REPORTS),
    Member("reports-2", Service.REPORTS, 7),
    Member("matcher", Service.MATCHER),
    Member("notify", Service.NOTIFY),
    Member("notify-2", Service.NOTIFY, 8),
    Member("gateway", Service.GATEWAY),
)
BY_NAME = {member.name: member for member in MEMBERS}


def members_of(service: Service) -> list[str]:
    return [member.name for member in MEMBERS if member.service is service]


class Fleet:
    """Every call blocks: from a thread inside an event loop."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def launch_all(self) -> None:
        for member in MEMBERS:
            self.launch(member.name)
        with ThreadPoolExecutor(len(MEMBERS)) as pool:
            list(pool.map(self.await_ready, BY_NAME))

    def launch(self, name: str) -> None:
        if not self.stack.children.find(name):
            plain = {key: value for key, value in os.environ.items() if not key.startswith("SIMPUL_")}
            command = [sys.executable, "-m", MODULES[BY_NAME[name].service]]
            environment = plain | self._environment(BY_NAME[name])
            self.stack.children.launch(name, command, environment=environment, cwd=CHECKOUT)

    def await_ready(self, name: str) -> None:
        port = self._health_port(BY_NAME[name])
        self.stack.children.wait_until(name, lambda: is_ready(port), seconds=READY_WITHIN)

    def start(self, name: str) -> None:
        self.launch(name)
        self.await_ready(name)

    def process(self, name: str) -> Process | None:
        return self.stack.children.find(name)

    def kill(self, name: str) -> None:
        self.stack.children.kill(name)

    def end(self, name: str) -> bool:
        """SIGTERM; False where it had to be killed."""
        return not self.stack.children.stop([name])

    def end_all(self) -> list[str]:
        """Returns those that had to be killed."""
        return self.stack.children.stop(list(BY_NAME))

    def is_paused(self, name: str) -> bool:
        process = self.process(name)
        if process is None:
            return False
        stat = Path(f"/proc/{process.pid}/stat").read_text()
        return stat[stat.rindex(")") + 2] == "T"

    def down(self) -> list[str]:
        return [name for name in BY_NAME if self.process(name) is None]

    def heal(self) -> None:
        """Whatever is down comes up, as a cluster would see to."""
        if not self.stack.children.find(kafka.NAME):
            self.stack.start_kafka()
        if not self.stack.children.find(mongo.NAME):
            self.stack.start_mongod()
        for name in BY_NAME:
            self.stack.resume(name)
        self.launch_all()

    def _environment(self, member: Member) -> dict[str, str]:
        found = self.stack.environment(member.service) | {
            "SIMPUL_HTTP_PORT": str(self._port(member)),
            "SIMPUL_HEALTH_PORT": str(self._health_port(member)),
        }
        return found | WITHOUT_LIMITS if member.service is Service.GATEWAY else found

    def _port(self, member: Member) -> int:
        if member.extra_port is None:
            return self.stack.ports.service(member.service)
        return self.stack.ports.base + member.extra_port

    def _health_port(self, member: Member) -> int:
        if member.extra_port is None:
            return self.stack.ports.health(member.service)
        return self.stack.ports.base + member.extra_port + EXTRA_HEALTH
