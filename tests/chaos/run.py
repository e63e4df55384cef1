"""One run: offices, load, faults, healing, the wait until nothing is left to do, and the verdict."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.local.layout import CHECKOUT
from deploy.local.ports import is_free
from deploy.local.stack import Stack
from services.notify.settings import Settings as NotifySettings
from tests.chaos import evidence
from tests.chaos.client import Office
from tests.chaos.fleet import BY_NAME, EXTRA_HEALTH, Fleet
from tests.chaos.lag import Client, Lag, mongo_client, open_work
from tests.chaos.ledger import Reader
from tests.chaos.nemesis import Fault, Kind, Nemesis, gaps, plan
from tests.chaos.office import Offices
from tests.chaos.oracle import Verdict, judge
from tests.chaos.twice import Repeater

REGIONS = ("32.74", "35.17")
SETTLED_WITHIN = 600.0
"""Seconds. An attempt without an end is called unknown after 60, a report that the matcher did not answer for is asked
about again after five minutes at the latest, and a busy machine has a backlog to work off."""
CLIENT_ENDS_WITHIN = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """
    Attributes:
        minutes: ends the load, though fewer than `accepted` were reached.
        rate: submissions a second.
        calm: multiplies the pauses between faults.
    """

    seed: int
    faults: int
    accepted: int
    minutes: float
    rate: float = 30
    publish_every: float = 4.0
    calm: float = 1.0


@dataclass(frozen=True)
class Report:
    wanted: Wanted
    faults: tuple[Fault, ...]
    verdict: Verdict
    settled: bool
    fallen: tuple[str, ...]
    """Services that ended though nobody had killed them, or would not end when told to."""

    @property
    def missed(self) -> list[Fault]:
        return [fault for fault in self.faults if not fault.has_hit]

    @property
    def is_good(self) -> bool:
        return (
            self.verdict.is_clean
            and not self.missed
            and self.settled
            and not self.fallen
            and len(self.faults) == self.wanted.faults
            and self.verdict.accepted >= self.wanted.accepted
        )

    @property
    def line(self) -> str:
        v = self.verdict
        return (
            f"faults={len(self.faults)} accepted={v.accepted} lost={v.lost} duplicated={v.duplicated} "
            f"unknown={v.unknown} stuck={v.stuck}"
        )


async def run(stack: Stack, wanted: Wanted, say: Say) -> Report:
    """On a stack whose servers run and whose services do not."""
    # Our own clients write a line for each try while Kafka is away.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    fleet = Fleet(stack)
    say(f"seed {wanted.seed}: {wanted.faults} faults, {wanted.accepted} reports or more")
    ledger_file = stack.layout.home / "ledger.jsonl"
    async with AsyncExitStack() as open_:
        client = open_.enter_context(mongo_client(stack))
        await asyncio.to_thread(fleet.launch_all)
        offices = await open_.enter_async_context(Offices(stack, client, seed=wanted.seed))
        lag = await open_.enter_async_context(Lag(stack))
        repeater = await open_.enter_async_context(Repeater(stack))
        for number, region in enumerate(REGIONS):
            await offices.found(f"uji-{wanted.seed}-{number}", region)
        await _quiet(lag, client, within=60)
        reader = Reader(ledger_file)
        with _Load(stack, ledger_file, wanted, offices.places) as load:
            nemesis = Nemesis(fleet, lag, client, offices, reader, repeater, load.burst, seed=wanted.seed)
            await _attack(nemesis, offices, reader, wanted, say)
            await load.end()
        say(f"healed; {offices.published} answers were published; waiting until nothing is left to do")
        left = await _quiet(lag, client, within=SETTLED_WITHIN)
        say("nothing left to do" if not left else f"left to do: {left}")
        killed = await asyncio.to_thread(fleet.end_all)
        reader.read()
        found = await evidence.gather(stack, client)
        connections = NotifySettings.model_fields["smtp_connections"].default
        verdict = judge(
            reader.submissions.values(),
            found,
            registered=offices.registered,
            open_work=sum(left.values()),
            most_unknown=nemesis.notify_kills * connections,
        )
    return Report(wanted, tuple(nemesis.faults), verdict, settled=not left, fallen=(*nemesis.fallen, *killed))


async def _attack(nemesis: Nemesis, offices: Offices, reader: Reader, wanted: Wanted, say: Say) -> None:
    until = time.monotonic() + wanted.minutes * 60
    publishing = asyncio.create_task(offices.work(wanted.publish_every))
    try:
        await _reached(reader, 20, until)
        for kind, calm in zip(plan(wanted.seed, wanted.faults), gaps(wanted.seed), strict=False):
            fault = await nemesis.strike(kind)
            say(str(fault))
            await asyncio.sleep(calm * wanted.calm)
        await _reached(reader, wanted.accepted, until)
    finally:
        publishing.cancel()
        # What a publication in hand still sends would come after the wait.
        await asyncio.gather(publishing, return_exceptions=True)


async def _reached(reader: Reader, accepted: int, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.to_thread(reader.read)
        if reader.accepted >= accepted:
            return
        await asyncio.sleep(0.5)


async def _quiet(lag: Lag, client: Client, *, within: float) -> dict[str, int]:
    """Waits until there is nothing left to do, twice in a row; returns what is left when the time is over."""
    deadline = time.monotonic() + within
    calm = 0
    left: dict[str, int] = {}
    while time.monotonic() < deadline:
        left = await _left(lag, client)
        calm = calm + 1 if not left else 0
        if calm == 3:
            return {}
        await asyncio.sleep(0.5)
    return left


async def _left(lag: Lag, client: Client) -> dict[str, int]:
    try:
        behind = await lag.all()
        work = await asyncio.to_thread(open_work, client)
    except (KafkaError, PyMongoError):
        return {"servers": 1}
    return {name: count for name, count in {**behind, **vars(work)}.items() if count}


class _Load:
    """The ledger client in its own process."""

    def __init__(self, stack: Stack, ledger: Path, wanted: Wanted, places: list[Office]) -> None:
        offices = [f"{place.slug}={place.tenant}={place.region}" for place in places]
        self._command = [
            *(sys.executable, "-m", "tests.chaos.client", stack.public_url, str(ledger)),
            *(str(wanted.seed), str(wanted.rate), *offices),
        ]

    def __enter__(self) -> "_Load":
        self._process = subprocess.Popen(self._command, cwd=CHECKOUT)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def burst(self) -> None:
        self._process.send_signal(signal.SIGUSR1)

    async def end(self) -> None:
        """Lets it bring its open submissions to their end."""
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, CLIENT_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            return


def has_every_kind(faults: tuple[Fault, ...], times: int) -> bool:
    return all(sum(fault.kind is kind for fault in faults) >= times for kind in Kind)


def ports_are_free(stack: Stack) -> bool:
    """Those of the second members, which no stack knows of."""
    extra = [m.extra_port for m in BY_NAME.values() if m.extra_port is not None]
    return all(is_free(stack.ports.base + port + of) for port in extra for of in (0, EXTRA_HEALTH))
