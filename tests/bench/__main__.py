"""`make bench`: our parts against the bare ones, in one run, three interleaved rounds, the median.

The bare side is `../shared/tools/bare.py` and nothing else. Prints a table and writes `.local/bench/latest.json`.
"""

import argparse
import asyncio
import json
import logging
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.children import resident_mb
from deploy.local.layout import CHECKOUT, LOCAL, Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import SERVERS, Stack
from libs.contracts.topics import Service
from tests.bench.checks import accepted_as_sent, handled_whole

HOME = LOCAL / "bench"
BARE = CHECKOUT.parent / "shared" / "tools" / "bare.py"
SINK = "/usr/sbin/smtp-sink"
ROUNDS = 3
IDLE_SECONDS = 20
CONNECTIONS = "64"
"""To the mail server, on both sides. Ours keeps no more in the air than it has connections, whatever dies meanwhile."""


@dataclass
class Figure:
    """One line of the table. A ratio where there is a bare side, else a value."""

    unit: str
    bar: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        ours = statistics.median(self.ours)
        found: dict[str, Any] = {"ours": round(ours, 2), "unit": self.unit, "rounds": len(self.ours), "bar": self.bar}
        if self.bare:
            bare = statistics.median(self.bare)
            return {"ratio": round(ours / bare, 3), "bare": round(bare, 2), **found}
        return {"value": round(ours, 2), **found}


class Bench:
    def __init__(self, stack: Stack, quick: bool) -> None:
        self.stack = stack
        self.quick = quick
        self.figures: dict[str, Figure] = {}

    def ours(self, name: str, value: float, *, unit: str = "per second", bar: str = "") -> None:
        self.figures.setdefault(name, Figure(unit, bar)).ours.append(value)

    def bare(self, name: str, value: float) -> None:
        self.figures[name].bare.append(value)

    def run_ours(self, service: Service, *command: str, **more: str) -> dict[str, Any]:
        environment = {**os.environ, **self.stack.environment(service), **more}
        return _last_line(subprocess.run([sys.executable, *command], **_CAPTURE, env=environment))

    def run_bare(self, *arguments: str, **more: str) -> dict[str, Any]:
        return _last_line(
            subprocess.run([sys.executable, str(BARE), *arguments], **_CAPTURE, env=self._bare_environment(**more))
        )

    def _bare_environment(self, **more: str) -> dict[str, str]:
        admin = self.stack.admin_credentials
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.stack.kafka_bootstrap,
            "KAFKA_USERNAME": admin.username,
            "KAFKA_PASSWORD": admin.password,
            "MONGO_URL": self.stack.admin_mongo_url,
            **more,
        }

    def commands(self, round_: int) -> None:
        n = 2_000 if self.quick else 20_000
        tenant = f"bench-commands-{round_}"
        self._announce(tenant)
        self.run_ours(Service.GATEWAY, "-m", "tests.bench.commands", "fill", "--n", str(n), "--tenant", tenant)
        ours = self.run_ours(Service.REPORTS, "-m", "tests.bench.commands", "consume", "--n", str(n))
        asyncio.run(handled_whole(self.stack, tenant, n))
        raw = self.run_bare("loop", "--n", str(n))
        each = self.run_bare("each", "--n", str(min(n, 2_000)))
        for name, bare, bar in (
            ("reports.commands_vs_raw", raw, ">= 0.3"),
            ("reports.commands_vs_per_message", each, ">= 15"),
        ):
            self.ours(name, ours["per_second"], bar=bar)
            self.bare(name, bare["per_second"])

    def accepts(self, round_: int) -> None:
        seconds = 3 if self.quick else 10
        tenant, slug = f"bench-accept-{round_}", f"bench-accept-{round_}"
        self._announce(tenant, slug)
        before = asyncio.run(accepted_as_sent(self.stack, tenant, {}))
        url = f"{self.stack.public_url}/api/v1/{slug}/reports"
        with _Process([sys.executable, "-m", "services.gateway"], self._gateway_environment()):
            _until(lambda: _answers(f"{self.stack.public_url}/{slug}"), 60)
            ours = _wrk(url, "tests/bench/accept.lua", seconds)
        if ours["errors"]:
            raise SystemExit(f"{ours['errors']} of {ours['n']} reports were not accepted")
        asyncio.run(accepted_as_sent(self.stack, tenant, before, at_least=ours["n"]))
        port = free_base()
        with _Process([sys.executable, str(BARE), "route", "--port", str(port)], self._bare_environment()):
            _until(lambda: _answers(f"http://127.0.0.1:{port}/docs"), 60)
            bare = _wrk(f"http://127.0.0.1:{port}/reports", str(BARE.with_name("post.lua")), seconds)
        self.ours("gateway.accept_vs_bare", ours["per_second"], bar=">= 0.4")
        self.bare("gateway.accept_vs_bare", bare["per_second"])

    def waits(self) -> None:
        slug = "bench-wait"
        self._announce(slug, slug)
        for service in (Service.REGISTRY, Service.MATCHER, Service.REPORTS, Service.NOTIFY):
            self.stack.start_service(service)
        url = f"{self.stack.public_url}/api/v1/{slug}/reports"
        with _Process([sys.executable, "-m", "services.gateway"], self._gateway_environment()):
            _until(lambda: _answers(f"{self.stack.public_url}/{slug}"), 60)
            for rate, bar in ((50, "<= 100"), (1, "<= 60")):
                for _ in range(1 if self.quick else ROUNDS):
                    seconds = "5" if self.quick else "20"
                    command = ["-m", "tests.bench.waiting", url, "--rate", str(rate), "--seconds", seconds]
                    found = _last_line(subprocess.run([sys.executable, *command], **_CAPTURE))
                    if found["done"] < found["asked"] * 0.99:
                        raise SystemExit(f"only {found['done']} of {found['asked']} were told the outcome")
                    name = "gateway.wait_p99_ms" if rate == 50 else "gateway.wait_p99_ms_1_per_second"
                    self.ours(name, found["p99"], unit="ms", bar=bar)

    def mails(self, round_: int) -> None:
        n = 1_000 if self.quick else 10_000
        tenant = f"bench-mails-{round_}"
        self._announce(tenant, tenant)
        port = free_base()
        with _Process([SINK, "-u", "nobody", "-c", f"127.0.0.1:{port}", "1000"], dict(os.environ)):
            _until(lambda: _listens(port), 10)
            command = ("-m", "tests.bench.mails", "--n", str(n), "--tenant", tenant)
            ours = self.run_ours(
                Service.NOTIFY, *command, SIMPUL_SMTP_PORT=str(port), SIMPUL_SMTP_CONNECTIONS=CONNECTIONS
            )
            if ours["problems"]:
                raise SystemExit(f"{ours['problems']} deliveries are not whole")
            bare = self.run_bare(
                "smtp", "--n", str(n), "--connections", CONNECTIONS, SMTP_HOST="127.0.0.1", SMTP_PORT=str(port)
            )
        self.ours("notify.email_vs_bare", ours["per_second"], bar=">= 0.3")
        self.bare("notify.email_vs_bare", bare["per_second"])

    def idle(self) -> None:
        """Resident memory and processor time of everything that `make run` starts, with nothing to do."""
        self.stack.start_service(Service.GATEWAY)
        time.sleep(5)
        names = [str(s) for s in Service]
        before, started = self._seconds(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        used = (self._seconds() - before) / (time.monotonic() - started)
        memory = {n: resident_mb(p) for n in self.stack.children.names() if (p := self.stack.children.find(n))}
        self.ours("idle.services_mb", sum(memory[n] for n in names), unit="MB", bar="<= 700")
        self.ours("idle.stack_mb", sum(memory.values()), unit="MB", bar="<= 1100")
        self.ours("idle.cpu", used, unit="cores", bar="<= 0.2")

    def _seconds(self) -> float:
        """Processor seconds of all processes of the stack so far."""
        ticks = 0
        for name in self.stack.children.names():
            process = self.stack.children.find(name)
            if process is not None:
                fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _announce(self, tenant: str, slug: str = "bench") -> None:
        self.run_ours(Service.REGISTRY, "-m", "tests.bench.commands", "announce", "--tenant", tenant, "--slug", slug)

    def _gateway_environment(self) -> dict[str, str]:
        """Rate limits stay on; one address stands for the load of thousands."""
        limits = {"SIMPUL_CLIENT_PER_MINUTE": "100000000", "SIMPUL_CLIENT_BURST": "100000000"}
        limits["SIMPUL_CAPACITY_PER_SECOND"] = "100000"
        return {**os.environ, **self.stack.environment(Service.GATEWAY), **limits, "SIMPUL_LOG_LEVEL": "WARNING"}


_CAPTURE: dict[str, Any] = {"capture_output": True, "text": True, "cwd": CHECKOUT}


def _last_line(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    lines = [line for line in done.stdout.splitlines() if line.startswith("{") and '"what"' in line]
    if done.returncode or not lines:
        raise SystemExit(f"{' '.join(map(str, done.args))}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


class _Process:
    """A program for as long as a block lasts."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command, self._environment = command, environment

    def __enter__(self) -> None:
        log = (HOME / "process.log").open("w")
        self._running = subprocess.Popen(self._command, env=self._environment, cwd=CHECKOUT, stdout=log, stderr=log)

    def __exit__(self, *_: object) -> None:
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(30)
        self._running.kill()


def _wrk(url: str, script: str, seconds: int) -> dict[str, Any]:
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script, url]
    return _last_line(subprocess.run(command, **_CAPTURE))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit("a process did not come up in time; see .local/bench/process.log")
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the load, for trying the harness")
    parser.add_argument("--only", nargs="*", choices=["commands", "accepts", "waits", "mails", "idle"])
    arguments = parser.parse_args()
    chosen = arguments.only or ["commands", "accepts", "mails", "waits", "idle"]
    if not BARE.exists():
        raise SystemExit("The bare side is not beside the checkout; there is nothing to compare with.")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    HOME.mkdir(parents=True, exist_ok=True)
    stack = Stack(Layout(home=HOME / "stack"), Ports(free_base()))
    try:
        stack.install()
        stack.start_servers()
        bench = Bench(stack, arguments.quick)
        if "waits" in chosen or "idle" in chosen:
            print("waits …", flush=True)
            bench.waits()
        if "idle" in chosen:
            print("idle …", flush=True)
            bench.idle()
        stack.stop(except_for=SERVERS)
        # Accepts last: nobody takes what they leave in the mailbox, and it would come before anything else there.
        for name in ("commands", "mails", "accepts"):
            for round_ in range(1 if arguments.quick else ROUNDS):
                if name in chosen:
                    print(f"{name}: round {round_ + 1} …", flush=True)
                    getattr(bench, name)(round_)
    finally:
        stack.stop()
        stack.discard_data()
    reports = {name: figure.report() for name, figure in bench.figures.items()}
    (HOME / "latest.json").write_text(json.dumps(reports, indent=1))
    for name, found in reports.items():
        value = found.get("ratio", found.get("value"))
        against = f"{found['ours']:>10} against {found['bare']}" if "bare" in found else f"{found['ours']:>10}"
        print(f"{name:<36} {value:>9}   bar {found['bar']:<8} {against} {found['unit']}")


if __name__ == "__main__":
    main()
