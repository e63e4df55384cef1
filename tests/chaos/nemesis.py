"""The faults: what is done, and the proof that it hit."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from aiokafka.errors import KafkaError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local import kafka, mongo
from deploy.local.ports import HOST
from libs.contracts.topics import Service
from tests.chaos.fleet import Fleet, members_of
from tests.chaos.lag import Client, Lag, open_work
from tests.chaos.ledger import Reader
from tests.chaos.office import Offices
from tests.chaos.twice import Repeater


class Kind(StrEnum):
    KILL_NOTIFY = "kill notify"
    KILL_REPORTS = "kill reports"
    KILL_KAFKA = "kill kafka"
    KILL_MONGOD = "kill mongod"
    KILL_GATEWAY = "kill gateway"
    PUBLISH_TWICE = "publish all twice"
    BURST = "burst"
    PAUSE = "pause a consumer"
    ROLL_OUT = "roll out"
    STOP_KAFKA = "stop kafka"
    STEP_DOWN = "step mongod down"
    SCALE_IN = "scale in"
    KILL_REGISTRY = "kill registry"
    KILL_MATCHER = "kill matcher"


KILLED = {
    Kind.KILL_REGISTRY: Service.REGISTRY,
    Kind.KILL_REPORTS: Service.REPORTS,
    Kind.KILL_MATCHER: Service.MATCHER,
    Kind.KILL_NOTIFY: Service.NOTIFY,
    Kind.KILL_GATEWAY: Service.GATEWAY,
}
SHARED = (Service.REPORTS, Service.NOTIFY)
"""Services with two members."""

PROVOKED_WITHIN = 12.0
"""Seconds to wait for work in flight before a fault counts as a miss."""
DOWN = (0.5, 4.0)
OUTRUN = 100
"""Reports without an answer of the matcher from which on a burst has outrun it."""
PAUSES = (4.0, 14.0)
"""Seconds; the longer one outlasts the session of 10 s, so the group goes on without the sleeper, who then wakes."""


def plan(seed: int, faults: int) -> list[Kind]:
    """Every kind once before any comes again. The first round is in the order above: a short run meets the worst."""
    chance = random.Random(seed)
    found: list[Kind] = []
    while len(found) < faults:
        deck = list(Kind)
        if found:
            chance.shuffle(deck)
        found += deck
    return found[:faults]


@dataclass(frozen=True)
class Fault:
    """
    Attributes:
        gone: the process was gone, asleep, not primary, or had left its group; for a repetition: records were repeated.
        in_flight: unanswered requests, uncommitted records and unended attempts just before.
    """

    number: int
    kind: Kind
    target: str
    at: float
    gone: bool
    in_flight: int
    detail: str
    healed_after: float

    @property
    def has_hit(self) -> bool:
        return self.gone and self.in_flight > 0

    def __str__(self) -> str:
        proof = f"{'hit' if self.has_hit else 'MISSED'}: {self.detail}, {self.in_flight} in flight"
        return f"{self.at:7.1f} s  {self.kind:18} {self.target:22} {proof}, well after {self.healed_after:.1f} s"


@dataclass
class Hit:
    target: str
    gone: bool
    in_flight: int
    detail: str


@dataclass
class Nemesis:
    fleet: Fleet
    lag: Lag
    mongo: Client
    offices: Offices
    ledger: Reader
    repeater: Repeater
    burst: Callable[[], None]
    """Begins one."""
    seed: int
    started: float = field(default_factory=time.monotonic)
    faults: list[Fault] = field(default_factory=list)
    notify_kills: int = 0
    fallen: list[str] = field(default_factory=list)
    """Services that ended and that nobody had killed."""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    async def strike(self, kind: Kind) -> Fault:
        at = time.monotonic()
        hit = await self._hit(kind)
        self.fallen += [name for name in self.fleet.down() if name not in hit.target.split()]
        await asyncio.to_thread(self.fleet.heal)
        now = time.monotonic()
        fault = Fault(
            len(self.faults) + 1, kind, hit.target, at - self.started, hit.gone, hit.in_flight, hit.detail, now - at
        )
        self.faults.append(fault)
        return fault

    async def _hit(self, kind: Kind) -> Hit:
        match kind:
            case Kind.KILL_KAFKA:
                return await self._server(kafka.NAME, self.fleet.stack.kill_kafka, "killed")
            case Kind.STOP_KAFKA:
                return await self._server(kafka.NAME, self.fleet.stack.stop_kafka, "stopped")
            case Kind.KILL_MONGOD:
                return await self._server(mongo.NAME, self.fleet.stack.kill_mongod, "killed")
            case Kind.STEP_DOWN:
                return await self._step_down()
            case Kind.PAUSE:
                return await self._pause()
            case Kind.ROLL_OUT:
                return await self._roll_out()
            case Kind.SCALE_IN:
                return await self._scale_in()
            case Kind.PUBLISH_TWICE:
                return await self._publish_twice()
            case Kind.BURST:
                return await self._burst()
        return await self._kill(KILLED[kind])

    async def _kill(self, service: Service) -> Hit:
        """One member, or where there are two sometimes both."""
        members = members_of(service)
        targets = members if self._chance.random() < 0.3 else [self._chance.choice(members)]
        in_flight = await self._provoked(service)
        pids = [process.pid for name in targets if (process := self.fleet.process(name))]
        for name in targets:
            await asyncio.to_thread(self.fleet.kill, name)
        gone = len(pids) == len(targets) and not any(self.fleet.process(name) for name in targets)
        if service is Service.NOTIFY:
            self.notify_kills += len(targets)
        await self._linger()
        return Hit(" ".join(targets), gone, in_flight, f"process {', '.join(map(str, pids))} gone")

    async def _server(self, name: str, fell: Callable[[], None], how: str) -> Hit:
        in_flight = await self._provoked(Service.REPORTS)
        process = self.fleet.process(name)
        await asyncio.to_thread(fell)
        gone = process is not None and self.fleet.process(name) is None
        await self._linger()
        return Hit(name, gone, in_flight, f"process {process.pid if process else '?'} {how}")

    async def _step_down(self) -> Hit:
        in_flight = await self._provoked(Service.REPORTS)
        gone = await asyncio.to_thread(self._stepped_down)
        await self._linger()
        return Hit(mongo.NAME, gone, in_flight, "no longer primary")

    def _stepped_down(self) -> bool:
        login = self.fleet.stack.admin_mongo_url
        client: Client = MongoClient(login, serverSelectionTimeoutMS=5_000)
        # The old primary hangs up on everybody, on us too.
        with client, suppress(PyMongoError):
            client.admin.command("replSetStepDown", 3, secondaryCatchUpPeriodSecs=0, force=True)
        address = f"mongodb://{HOST}:{self.fleet.stack.ports.mongod}/"
        direct: Client = MongoClient(address, directConnection=True, serverSelectionTimeoutMS=5_000)
        with direct:
            return not direct.admin.command("hello")["isWritablePrimary"]

    async def _pause(self) -> Hit:
        service = self._chance.choice(SHARED)
        name = self._chance.choice(members_of(service))
        seconds = self._chance.choice(PAUSES)
        in_flight = await self._provoked(service)
        await asyncio.to_thread(self.fleet.stack.pause, name)
        await asyncio.sleep(seconds)
        asleep = self.fleet.is_paused(name)
        await asyncio.to_thread(self.fleet.stack.resume, name)
        return Hit(name, asleep, in_flight, f"asleep for {seconds:.0f} s")

    async def _roll_out(self) -> Hit:
        """Each member in its turn, while the other one works."""
        service = self._chance.choice(SHARED)
        in_flight = await self._provoked(service)
        ended = []
        for name in members_of(service):
            ended.append(await asyncio.to_thread(self.fleet.end, name))
            await asyncio.to_thread(self.fleet.start, name)
        detail = "both replaced, neither killed" if all(ended) else "one had to be killed"
        return Hit(service, all(ended), in_flight, detail)

    async def _scale_in(self) -> Hit:
        service = self._chance.choice(SHARED)
        name = members_of(service)[1]
        in_flight = await self._provoked(service)
        before = await self._handled(service)
        ended = await asyncio.to_thread(self.fleet.end, name)
        carried = await self._until(lambda: self._more_than(service, before))
        detail = "left, the other carried on" if carried else "left, nothing was carried on"
        return Hit(name, ended and carried > 0, in_flight, detail)

    async def _publish_twice(self) -> Hit:
        in_flight = await self._provoked(Service.REPORTS)
        repeated = await self.repeater.repeat()
        return Hit("commands and journals", repeated > 0, in_flight, f"{repeated} records repeated")

    async def _burst(self) -> Hit:
        """More new texts at once than the matcher can read; it sleeps through the first of them."""
        [matcher] = members_of(Service.MATCHER)
        seconds = self._chance.choice(PAUSES)
        await asyncio.to_thread(self.fleet.stack.pause, matcher)
        self.burst()
        waiting = await self._until(self._outrun)
        await asyncio.sleep(seconds)
        asleep = self.fleet.is_paused(matcher)
        await asyncio.to_thread(self.fleet.stack.resume, matcher)
        return Hit(matcher, asleep, waiting, f"outrun, and asleep for {seconds:.0f} s more")

    async def _outrun(self) -> int:
        work = await asyncio.to_thread(open_work, self.mongo)
        waiting = work.placing + work.asking
        return waiting if waiting >= OUTRUN else 0

    async def _provoked(self, service: Service) -> int:
        """How much is in flight at the target, from the moment that there is something; 0: nothing came."""
        if service is Service.REGISTRY:
            for place in self.offices.places:
                await self.offices.register(place.tenant, place.region, 25)
        return await self._until(lambda: self._in_flight(service))

    async def _in_flight(self, service: Service) -> int:
        match service:
            case Service.GATEWAY:
                self.ledger.read()
                return self.ledger.unanswered
            case Service.NOTIFY:
                attempts = (await asyncio.to_thread(open_work, self.mongo)).attempting
                return attempts + await self.lag.of("notify.commands") + await self.lag.of("notify.events")
            case Service.REGISTRY:
                return await self.lag.of("registry.commands")
        return await self.lag.of("reports.commands")

    async def _handled(self, service: Service) -> int:
        return await self.lag.committed(f"{service}.commands")

    async def _more_than(self, service: Service, before: int) -> int:
        return max(0, await self._handled(service) - before)

    async def _until(self, measured: Callable[[], Awaitable[int]]) -> int:
        deadline = time.monotonic() + PROVOKED_WITHIN
        while time.monotonic() < deadline:
            # The fault before may not be over for our own connections.
            with suppress(KafkaError, PyMongoError):
                if (found := await measured()) > 0:
                    return found
            await asyncio.sleep(0.01)
        return 0

    async def _linger(self) -> None:
        """Nobody is back at once."""
        await asyncio.sleep(self._chance.uniform(*DOWN))


def gaps(seed: int) -> Iterator[float]:
    """Seconds of calm after each fault."""
    chance = random.Random(seed + 1)
    while True:
        yield chance.uniform(1.5, 5.0)
