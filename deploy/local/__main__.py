"""The local stack at the command line: `make run`, `stop`, `status`, `logs`, `restart`."""

import argparse
import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import demo
from deploy.local.children import Children, resident_mb
from deploy.local.errors import StackError
from deploy.local.external import External
from deploy.local.layout import Layout
from deploy.local.ports import DEFAULT_BASE, Ports
from deploy.local.stack import Stack
from libs.contracts.topics import Service


def main(arguments: list[str]) -> int:
    # aiokafka logs each refused connection while a broker starts; what matters is raised.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    # As Ctrl-C: what was started on the way is stopped again.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run").set_defaults(command=run)
    commands.add_parser("stop").set_defaults(command=stop)
    commands.add_parser("status").set_defaults(command=status)
    commands.add_parser("code").set_defaults(command=code)
    for name, command in (("logs", logs), ("restart", restart)):
        named = commands.add_parser(name)
        named.add_argument("process", nargs="?", default="")
        named.set_defaults(command=command)
    imported = commands.add_parser("known-import")
    imported.add_argument("rest", nargs=argparse.REMAINDER)
    imported.set_defaults(command=known_import)
    options = vars(parser.parse_args(arguments))
    command = options.pop("command")
    try:
        return int(command(_stack(), **options))
    except StackError as error:
        print(f"\n✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing of this start is left running.", file=sys.stderr)
        return 130


def run(stack: Stack) -> int:
    if _chosen_base() not in (None, stack.ports.base):
        raise StackError(
            f"The stack of this checkout already runs at {stack.ports.base}.", "make stop, then run again."
        )
    with _one_at_a_time(stack.layout), _all_or_nothing(stack):
        _remember_base(stack)
        with _step("Programs, secrets"):
            stack.install(say=lambda line: print(f"  {line}", flush=True))
        with _step("Kafka, mongod, mail sink, chat provider, demo pages"):
            stack.start_servers()
        with _step("Services"):
            started = stack.start_services()
        if started:
            with _step("Demo data"):
                demo.load_once(stack)
    print(f"\nSimpul    {stack.public_url}\nMail      {stack.mail_url}\nChat      {stack.chat_url}\n")
    print(demo.log_ins(stack.public_url))
    print("make status · make logs SERVICE=reports · make restart SERVICE=reports · make stop")
    return 0


def stop(stack: Stack) -> int:
    killed = stack.stop()
    for name in killed:
        print(f"{name} did not end in time and was killed.")
    print("Stopped. Data is kept; make reset deletes it.")
    return 0


def status(stack: Stack) -> int:
    """1 when a process has died, so that a script can ask."""
    names = stack.children.names()
    if not names:
        print("Nothing runs. Start it with: make run")
        return 0
    dead = []
    for name in names:
        process = stack.children.find(name)
        if process:
            ports = ", ".join(str(port) for port in stack.ports_of(name))
            print(f"{name:<10} running  pid {process.pid:<8} port {ports:<12} {resident_mb(process):5.0f} MB")
        else:
            dead.append(name)
            print(f"{name:<10} DEAD     read {stack.layout.log(name)}, then: make restart SERVICE={name}")
    return 1 if dead else 0


def known_import(stack: Stack, rest: list[str]) -> int:
    """A file of published answers into the archive of this stack."""
    environment = {**os.environ, **stack.environment(Service.REPORTS)}
    command = [sys.executable, "-m", "services.reports.known_import", *rest]
    return subprocess.run(command, env=environment, check=False).returncode


def code(stack: Stack) -> int:
    """The one-time code of the demo's officers; each is good for one log-in."""
    print(demo.code_now())
    return 0


def logs(stack: Stack, process: str) -> int:
    known = sorted(file.stem for file in stack.layout.logs.glob("*.log"))
    if process not in known:
        raise StackError(
            f"There is no log of {process!r}." if process else "Whose log?",
            f"make logs SERVICE=<one of {', '.join(known) or 'none yet: make run'}>",
        )
    follow = ["-f"] if sys.stdout.isatty() else []
    tail = ["tail", "-n", "200", *follow, str(stack.layout.log(process))]
    return subprocess.run(tail, check=False).returncode


def restart(stack: Stack, process: str) -> int:
    if process not in stack.children.names():
        known = ", ".join(stack.children.names())
        raise StackError(
            f"{process or 'No name'}: no such process.",
            f"make restart SERVICE=<one of {known}>" if known else "make run",
        )
    with _one_at_a_time(stack.layout), _step(f"Restarting {process}"):
        stack.restart(process)
    return 0


def _stack() -> Stack:
    layout = Layout()
    kept = _base_file(layout)
    base = int(kept.read_text()) if kept.exists() else DEFAULT_BASE
    if not Children(layout).running():
        base = _chosen_base() or base
    return Stack(layout, Ports(base), External.from_environment())


def _chosen_base() -> int | None:
    chosen = os.environ.get("SIMPUL_PORT", "")
    if chosen and not chosen.isdecimal():
        raise StackError(f"SIMPUL_PORT={chosen} is not a number.", "For example: make run SIMPUL_PORT=9400")
    return int(chosen) if chosen else None


def _base_file(layout: Layout) -> Path:
    return layout.home / "port"


def _remember_base(stack: Stack) -> None:
    _base_file(stack.layout).write_text(str(stack.ports.base))


@contextmanager
def _one_at_a_time(layout: Layout) -> Iterator[None]:
    layout.home.mkdir(parents=True, exist_ok=True)
    with (layout.home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError("Another make is starting this stack.", "Wait for it, then: make status") from None
        yield


@contextmanager
def _all_or_nothing(stack: Stack) -> Iterator[None]:
    before = set(stack.children.running())
    try:
        yield
    except BaseException:
        # A second Ctrl-C must not leave half of it behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stack.abandon(except_for=before)
        raise


@contextmanager
def _step(title: str) -> Iterator[None]:
    start = time.monotonic()
    print(f"▸ {title} …", flush=True)
    yield
    print(f"  done in {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
