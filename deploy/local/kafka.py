"""A real Kafka broker on this machine: its jars, its settings, its data."""

import hashlib
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from deploy.local.errors import ProgramMissing, StackError
from deploy.local.layout import Layout
from deploy.local.ports import HOST, Ports
from deploy.local.secrets import Login, Secrets

NAME = "kafka"
POM = Path(__file__).with_name("pom.xml")
LOG_SETTINGS = Path(__file__).with_name("log4j2.properties")

BROKER = "broker"
ADMIN = "admin"

JVM_FLAGS = (
    *("-Xms128m", "-Xmx256m", "-Xmn48m", "-XX:SurvivorRatio=6", "-XX:MetaspaceSize=64m", "-Xss512k"),
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"),
)
"""One small broker. C1 and the serial collector halve the start. The heap need not grow: each full collection on the
way from 24 MB to 84 stopped everything for 100 to 300 ms, and young ones came every 2 s instead of every 4."""


def install(layout: Layout) -> None:
    """Fetches the jars with Maven: 55 MB, about 12 s, once per checkout and version."""
    jars = _jars(layout)
    if jars.exists():
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise ProgramMissing("Maven", "apt-get install maven")
    fresh = jars.with_name(f"{jars.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    copy: list[str | Path] = [
        maven,
        "-B",
        "-q",
        "-C",
        "-f",
        POM,
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
    ]
    done = subprocess.run([*copy, f"-DoutputDirectory={fresh}"], capture_output=True, text=True)
    if done.returncode:
        reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "Maven failed")
        raise StackError(f"Kafka could not be fetched: {reason}", "Check the network and Maven's settings, run again.")
    fresh.rename(jars)


def is_formatted(layout: Layout) -> bool:
    return (_data(layout) / "meta.properties").exists()


def format_storage(layout: Layout, ports: Ports, secrets: Secrets) -> None:
    """The empty data directory, with the two users that must exist before the broker can be asked for others."""
    settings = write_settings(layout, ports, secrets)
    # A leading dash (1 in 64) would be read as an option.
    cluster = "A" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
    users = [part for login in server_logins(secrets) for part in ("--add-scram", _scram_argument(login))]
    format_ = [*_java(layout), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", settings, *users]
    # What it prints on success holds keys derived from the passwords.
    done = subprocess.run([str(part) for part in format_], capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise StackError(f"Kafka could not be formatted: {' '.join(reason)[:300]}", "make reset, then run again.")


def command(layout: Layout, ports: Ports, secrets: Secrets) -> list[str | Path]:
    return [*_java(layout), "kafka.Kafka", write_settings(layout, ports, secrets)]


def archiving_command(layout: Layout, ports: Ports, secrets: Secrets) -> list[str | Path]:
    """A broker that writes the archive of its classes when it ends."""
    java, *rest = _java(layout, archived=False)
    return [
        java,
        f"-XX:ArchiveClassesAtExit={archive(layout)}",
        *rest,
        "kafka.Kafka",
        write_settings(layout, ports, secrets),
    ]


def bootstrap(ports: Ports) -> str:
    return f"{HOST}:{ports.kafka}"


def server_logins(secrets: Secrets) -> tuple[Login, Login]:
    return secrets.login(NAME, BROKER), secrets.login(NAME, ADMIN)


def archive(layout: Layout) -> Path:
    """The classes of a running broker, ready to map into memory: saves 2 s at each start. One per Java and jars."""
    return layout.tools / f"kafka-{_fingerprint(java_version(), POM.read_text())}.jsa"


def java_version() -> str:
    """
    Raises:
        ProgramMissing: no Java 17 or newer; Kafka 4 runs on nothing older.
    """
    java = shutil.which("java")
    if java is None:
        raise ProgramMissing("Java 17", "apt-get install openjdk-17-jre-headless")
    return subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr


def write_settings(layout: Layout, ports: Ports, secrets: Secrets) -> Path:
    folder = layout.home / NAME
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "server.properties"
    file.touch(mode=0o600)
    broker, _ = server_logins(secrets)
    file.write_text("".join(f"{key}={value}\n" for key, value in _settings(layout, ports, broker).items()))
    return file


def _settings(layout: Layout, ports: Ports, broker: Login) -> dict[str, str]:
    modules = "org.apache.kafka.common.security"
    login = f'required username="{broker.username}" password="{broker.password}"'
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{ports.kafka_controller}",
        "listeners": f"SASL_PLAINTEXT://{HOST}:{ports.kafka},CONTROLLER://{HOST}:{ports.kafka_controller}",
        "listener.security.protocol.map": "CONTROLLER:SASL_PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": f"{modules}.scram.ScramLoginModule {login};",
        # Who logs in by SCRAM stands in what the controller itself holds: the broker, the only one who comes to its
        # port, stands in this file.
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{modules}.plain.PlainLoginModule {login} user_{broker.username}="{broker.password}";'
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{BROKER};User:{ADMIN}",
        "log.dirs": str(_data(layout)),
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        # After kill -9 the old session must end before the broker is let back in: 3.5 s instead of 11.8 s.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "log.cleaner.dedupe.buffer.size": "16777216",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        "num.recovery.threads.per.data.dir": "2",
        # Fetches that were answered stay on the lists of their other partitions until as many are together.
        "fetch.purgatory.purge.interval.requests": "100",
    }


def _data(layout: Layout) -> Path:
    return layout.home / NAME / "data"


def _jars(layout: Layout) -> Path:
    return layout.tools / f"kafka-{_fingerprint(POM.read_text())}"


def _java(layout: Layout, *, archived: bool = True) -> list[str | Path]:
    shared = [f"-XX:SharedArchiveFile={file}"] if archived and (file := archive(layout)).exists() else []
    return ["java", *JVM_FLAGS, *shared, f"-Dlog4j2.configurationFile={LOG_SETTINGS}", "-cp", f"{_jars(layout)}/*"]


def _scram_argument(login: Login) -> str:
    return f"SCRAM-SHA-512=[name={login.username},password={login.password}]"


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
