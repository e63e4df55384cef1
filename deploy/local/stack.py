"""One running Simpul on this machine: servers, users, topics and services, for people, tests, chaos and bench alike."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Container, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from aiokafka.errors import KafkaError

from deploy.local import kafka, mongo
from deploy.local.chat.phone import ChatLog, ChatProvider
from deploy.local.children import Children
from deploy.local.errors import StackError
from deploy.local.external import External
from deploy.local.kafka_admin import can_log_in, kafka_admin, rules
from deploy.local.layout import CHECKOUT, Layout
from deploy.local.mailbox import Mailbox
from deploy.local.ports import HOST, Ports, is_open, require_free
from deploy.local.secrets import Login, Secrets
from deploy.local.services import MODULES, PATIENT, environment_of, is_built, is_ready
from libs.contracts.topics import TOPICS, WITH_LOG_INS, Service, grants

T = TypeVar("T")

MAIL_SINK = "mail"

CHAT = "chat"
WEB = "web"

SERVERS = (kafka.NAME, mongo.NAME, MAIL_SINK, CHAT, WEB)

DEMO_OFFICES = CHECKOUT / "deploy" / "demo" / "offices"
"""`<slug>.yaml`: each has a number and a bot."""

SERVER_SECONDS = 60
SERVICE_SECONDS = 60
"""Guesses, far above the 2 s (servers) and 5 s (services) measured on two idle cores."""


class Stack:
    """Every call blocks until it is done: inside an event loop, call from a thread (`asyncio.to_thread`)."""

    def __init__(
        self,
        layout: Layout,
        ports: Ports,
        external: External | None = None,
        *,
        patient: Container[Service] = PATIENT,
    ) -> None:
        """
        Args:
            patient: services whose processes give way to the others.
        """
        self.layout = layout
        self.ports = ports
        self.children = Children(layout)
        self._external = external or External()
        self._patient = patient
        self._secrets = Secrets(layout.secrets)

    @property
    def kafka_bootstrap(self) -> str:
        return self._external.kafka_bootstrap or kafka.bootstrap(self.ports)

    @property
    def admin_credentials(self) -> Login:
        if self._external.kafka_bootstrap:
            return _given(self._external.kafka_admin, "KAFKA_ADMIN_USERNAME")
        return self._secrets.login(kafka.NAME, kafka.ADMIN)

    def credentials(self, service: Service) -> Login | None:
        """None where every service uses an open cluster."""
        if self._external.kafka_bootstrap and not self._external.kafka_admin:
            return self._external.kafka_login
        return self._secrets.login(kafka.NAME, service)

    @property
    def admin_mongo_url(self) -> str:
        if self._external.mongo_url:
            return _given(self._external.mongo_admin_url, "MONGO_ADMIN_URL")
        return mongo.with_login(mongo.address(self.ports), self._secrets.login(mongo.NAME, mongo.ADMIN))

    def mongo_url(self, service: Service) -> str:
        if self._external.mongo_url and not self._external.mongo_admin_url:
            return self._external.mongo_url
        address = self._external.mongo_url or mongo.address(self.ports)
        return mongo.with_login(address, self._secrets.login(mongo.NAME, mongo.user_of(service)))

    def secrets_dir(self, service: Service) -> str:
        return str(self._secrets.of(service))

    def environment(self, service: Service) -> dict[str, str]:
        """The settings of one service as its process gets them, without the rest of this process's environment."""
        return environment_of(
            service,
            ports=self.ports,
            kafka_bootstrap=self.kafka_bootstrap,
            kafka_login=self.credentials(service),
            mongo_url=self.mongo_url(service),
            secrets_dir=self._secrets.of(service),
            web_dir=self.layout.web,
        )

    @property
    def public_url(self) -> str:
        return f"http://{HOST}:{self.ports.service(Service.GATEWAY)}"

    def health_url(self, service: Service) -> str:
        return f"http://{HOST}:{self.ports.health(service)}"

    @property
    def mail_url(self) -> str:
        return f"http://{HOST}:{self.ports.mail_page}"

    @property
    def chat_url(self) -> str:
        return f"http://{HOST}:{self.ports.chat}"

    @property
    def chat(self) -> ChatProvider:
        return ChatProvider(self.chat_url)

    @property
    def chat_log(self) -> ChatLog:
        return ChatLog(self.layout.chat)

    def add_channels(self, office: str) -> None:
        """A number and a bot for an office; services know them from their next start."""
        self._secrets.add_channels([office])

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.layout.mail)

    def install(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Programs and secrets; nothing to do from the second time on."""
        self.layout.require_space()
        self._secrets.create()
        self._secrets.add_channels(file.stem for file in sorted(DEMO_OFFICES.glob("*.yaml")))
        with self.layout.tools_to_itself():
            if not self._external.mongo_url:
                mongo.install(self.layout)
            if not self._external.kafka_bootstrap:
                kafka.java_version()
                kafka.install(self.layout)
                if not kafka.archive(self.layout).exists():
                    say("Preparing Kafka for quick starts (once, about 15 s)")
                    self._archive_kafka()

    def start_servers(self) -> None:
        """Kafka, mongod, mail, chat and demo pages with everything that services expect of them; what runs is left
        alone."""
        self.require_ports_free()
        tasks: list[Callable[[], None]] = [self.start_mail_sink, self.start_chat, self.start_web]
        tasks.append(self._provision_kafka if self._external.kafka_bootstrap else self.start_kafka)
        tasks.append(self._provision_mongo if self._external.mongo_url else self.start_mongod)
        _all(tasks)

    def provision(self) -> None:
        """Users, rights and topics, on running servers."""
        _all([self._provision_kafka, self._provision_mongo])

    def start_kafka(self) -> None:
        if not self.children.find(kafka.NAME):
            if not kafka.is_formatted(self.layout):
                kafka.format_storage(self.layout, self.ports, self._secrets)
            self._launch(kafka.NAME, kafka.command(self.layout, self.ports, self._secrets))
        self._provision_kafka()

    def start_mongod(self) -> None:
        if not self.children.find(mongo.NAME):
            self._launch(mongo.NAME, mongo.command(self.layout, self.ports, self._secrets))
        self.children.wait_until(mongo.NAME, lambda: mongo.answers(self.ports), seconds=SERVER_SECONDS)
        mongo.start_replica_set(self.ports, self._secrets.login(mongo.NAME, mongo.ADMIN))
        self._provision_mongo()

    def start_mail_sink(self) -> None:
        if not self.children.find(MAIL_SINK):
            command = [sys.executable, "-m", "deploy.local.mailsink", str(self.layout.mail)]
            self._launch(MAIL_SINK, [*command, str(self.ports.smtp), str(self.ports.mail_page)])
        self.children.wait_until(MAIL_SINK, lambda: is_open(self.ports.smtp), seconds=SERVER_SECONDS)

    def start_chat(self) -> None:
        if not self.children.find(CHAT):
            command = [sys.executable, "-m", "deploy.local.chat.server", str(self.layout.chat), str(self.ports.chat)]
            self._launch(CHAT, [*command, str(self._secrets.channels), self.public_url])
        self.children.wait_until(CHAT, lambda: is_open(self.ports.chat), seconds=SERVER_SECONDS)

    def start_web(self) -> None:
        if not self.children.find(WEB):
            self._launch(WEB, [sys.executable, "-m", "deploy.local.web", str(self.layout.web), str(self.ports.web)])
        self.children.wait_until(WEB, lambda: is_open(self.ports.web), seconds=SERVER_SECONDS)

    def start_service(self, service: Service) -> None:
        """Returns when /health/ready says so."""
        self.launch_service(service)
        self.await_service(service)

    def launch_service(self, service: Service) -> None:
        if not self.children.find(service):
            plain = {key: value for key, value in os.environ.items() if not key.startswith("SIMPUL_")}
            command = [sys.executable, "-m", MODULES[service]]
            environment = plain | self.environment(service)
            self.children.launch(
                service, command, environment=environment, cwd=CHECKOUT, gives_way=service in self._patient
            )

    def await_service(self, service: Service) -> None:
        port = self.ports.health(service)
        self.children.wait_until(service, lambda: is_ready(port), seconds=SERVICE_SECONDS)

    def start_services(self, services: Iterable[Service] = Service) -> list[Service]:
        """All at once.

        Returns:
            Those that are up.
        """
        wanted = [service for service in services if is_built(service)]
        for service in wanted:
            self.launch_service(service)
        _all([lambda service=service: self.await_service(service) for service in wanted])  # type: ignore[misc]
        return wanted

    def stop(self, *, except_for: Container[str] = ()) -> list[str]:
        """The services first, so that they can hand back what they hold.

        Returns:
            Those that did not end in time and were killed.
        """
        names = [name for name in self.children.names() if name not in except_for]
        services = self.children.stop([name for name in names if name not in SERVERS])
        return services + self.children.stop([name for name in names if name in SERVERS])

    def abandon(self, *, except_for: Container[str] = ()) -> None:
        """Stops a start that failed half way; what still works on it can start nothing more."""
        self.children.close()
        self.stop(except_for=except_for)

    def restart(self, name: str) -> None:
        self.children.stop([name])
        starts = {
            kafka.NAME: self.start_kafka,
            mongo.NAME: self.start_mongod,
            MAIL_SINK: self.start_mail_sink,
            CHAT: self.start_chat,
            WEB: self.start_web,
        }
        if name in starts:
            starts[name]()
        else:
            self.start_service(Service(name))

    def discard_data(self) -> None:
        """Everything but the logs."""
        servers = [self.layout.home / name for name in (kafka.NAME, mongo.NAME)]
        for part in (*servers, self.layout.mail, self.layout.chat, self.layout.web, self.layout.secrets):
            shutil.rmtree(part, ignore_errors=True)

    def ports_of(self, name: str) -> list[int]:
        servers = {
            kafka.NAME: [self.ports.kafka, self.ports.kafka_controller],
            mongo.NAME: [self.ports.mongod],
            MAIL_SINK: [self.ports.smtp, self.ports.mail_page],
            CHAT: [self.ports.chat],
            WEB: [self.ports.web],
        }
        if name in servers:
            return servers[name]
        return [self.ports.service(Service(name)), self.ports.health(Service(name))]

    def require_ports_free(self) -> None:
        """
        Raises:
            PortInUse: for a port that a process of this stack needs and does not hold itself.
        """
        external = {
            kafka.NAME: self._external.kafka_bootstrap is not None,
            mongo.NAME: self._external.mongo_url is not None,
        }
        running = self.children.running()
        needed = [name for name in (*SERVERS, *Service) if name not in running and not external.get(name)]
        purposes = self.ports.purposes()
        require_free({port: purposes[port] for name in needed for port in self.ports_of(name)})

    def kill_kafka(self) -> None:
        self.children.kill(kafka.NAME)

    def stop_kafka(self) -> None:
        self.children.stop([kafka.NAME])

    def restart_kafka(self) -> None:
        self.stop_kafka()
        self.start_kafka()

    def kill_mongod(self) -> None:
        self.children.kill(mongo.NAME)

    def stop_mongod(self) -> None:
        self.children.stop([mongo.NAME])

    def restart_mongod(self) -> None:
        self.stop_mongod()
        self.start_mongod()

    def pause(self, name: str) -> None:
        """SIGSTOP: the process is there and answers nothing."""
        self.children.pause(name)

    def resume(self, name: str) -> None:
        self.children.send(name, signal.SIGCONT)

    def _launch(self, name: str, command: list[Any]) -> None:
        self.children.launch(name, command, environment=os.environ, cwd=CHECKOUT)

    def _provision_kafka(self) -> None:
        if self._external.kafka_bootstrap:
            if self._external.kafka_admin:
                _await(self._set_up_kafka(self._external.kafka_admin))
            return
        admin = self.admin_credentials
        self.children.wait_until(
            kafka.NAME,
            # The client writes a line for each port that nobody listens on.
            lambda: is_open(self.ports.kafka) and _await(can_log_in(self.kafka_bootstrap, admin)),
            seconds=SERVER_SECONDS,
        )
        _await(self._set_up_kafka(admin))

    async def _set_up_kafka(self, admin: Login) -> None:
        logins = [self._secrets.login(kafka.NAME, service) for service in WITH_LOG_INS]
        try:
            async with kafka_admin(self.kafka_bootstrap, admin) as cluster:
                await cluster.set_users(logins)
                await cluster.set_topics(TOPICS)
                await cluster.set_rules(rules(grants()), principals={f"User:{login.username}" for login in logins})
        except KafkaError as error:
            raise StackError(
                f"Kafka at {self.kafka_bootstrap} could not be set up as {admin.username}: {error}",
                "Is it up, and is the password right? (Kafka tells both alike.) Then run again.",
            ) from error

    def _provision_mongo(self) -> None:
        if self._external.mongo_url and not self._external.mongo_admin_url:
            return
        users = dict.fromkeys(mongo.user_of(service) for service in WITH_LOG_INS)
        mongo.set_users(self.admin_mongo_url, [self._secrets.login(mongo.NAME, user) for user in users])

    def _archive_kafka(self) -> None:
        """Runs an empty broker once, so that its classes are kept as they are in memory."""
        home = self.layout.tools / "archiving"
        shutil.rmtree(home, ignore_errors=True)
        scratch = Stack(Layout(home=home, tools=self.layout.tools), self.ports)
        try:
            kafka.format_storage(scratch.layout, scratch.ports, scratch._secrets)
            scratch._launch(kafka.NAME, kafka.archiving_command(scratch.layout, scratch.ports, scratch._secrets))
            scratch._provision_kafka()
        finally:
            scratch.children.stop([kafka.NAME], grace=60)
        shutil.rmtree(home)


def _given(value: T | None, name: str) -> T:
    if value is None:
        raise StackError(
            f"{name} is not set.", f"Set {name}: a server of yours is used, and only you can name its administrator."
        )
    return value


def _all(tasks: list[Callable[[], None]]) -> None:
    """Side by side; the first error is raised at once, without waiting for the others."""
    pool = ThreadPoolExecutor(max(1, len(tasks)))
    try:
        for running in as_completed([pool.submit(task) for task in tasks]):
            running.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _await(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, so that it works under a running event loop and leaves that one alone."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
