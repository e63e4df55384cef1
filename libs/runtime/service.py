"""How a service runs: one process, one event loop, started in order and drained in order.

Order at the start: indexes (waiting for MongoDB), producer, projections to their end, consumers, timers. At SIGTERM:
not ready, consumers drained and their groups left, timers stopped, producer flushed, database closed.
"""

import asyncio
import contextlib
import gc
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import KafkaError
from fastapi import FastAPI
from pymongo.errors import PyMongoError

from libs.contracts.catalogue import commands_of, events_of
from libs.contracts.messages import Event
from libs.contracts.outcomes import CommandRefused, NotifyRefused, RegistryRefused, ReportsRefused
from libs.contracts.reads import OutcomeView
from libs.contracts.topics import Service, journal, mailboxes
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import Aggregate
from libs.runtime.bus import ABREAST, Bus, Loop, pause
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.errors import SimpulError, Unavailable
from libs.runtime.followers import Follower
from libs.runtime.http import Health, health_app, service_app
from libs.runtime.intake import Intake, Knows, Prepare, React, Signatures, as_they_came
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.outcomes import Result
from libs.runtime.sealing import Opener, SubjectKeys
from libs.runtime.server import IDLE_PER_ADDRESS, Connections, Server, allow_many_files, configured
from libs.runtime.settings import Served, Settings
from libs.runtime.sweeping import Sweeper
from libs.runtime.timers import Timers
from libs.runtime.tokens import Tokens

log = logs.get()

REFUSED: dict[Service, type[CommandRefused]] = {
    Service.REGISTRY: RegistryRefused,
    Service.REPORTS: ReportsRefused,
    Service.NOTIFY: NotifyRefused,
}
SHUTDOWN = 25
"""Seconds for a whole shutdown; a running handler has 20 of them."""

Step = Callable[[], Awaitable[Any]]
Hold = Callable[[], Awaitable[bool]]
"""Whether a timer has no use for now: what its command needs is away."""


async def patiently(what: str, step: Step) -> None:
    """Runs a step of the start until its dependency answers; a start never fails because another is late."""
    failures = 0
    while True:
        try:
            await step()
        except (Unavailable, KafkaError, PyMongoError, OSError) as error:
            failures += 1
            log.warning("start_waits", step=what, attempt=failures, error=error)
            await asyncio.sleep(pause(failures))
        else:
            return


def begin(step: Step, health: Health, *, name: str = "start") -> asyncio.Task[None]:
    """A start, behind the back of a server that answers probes already.

    One that cannot succeed (a key that is not mounted, say) is told, and the process is no longer live: whoever runs it
    starts it anew, and sees it fail.
    """

    def ended(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("start_failed", step=name, error=error)
            health.live[name] = lambda: False

    task = asyncio.create_task(_awaited(step), name=name)
    task.add_done_callback(ended)
    return task


async def _awaited(step: Step) -> None:
    await step()


THREAD_TURN = 0.0005
"""Seconds that a thread keeps the interpreter from one that asks for it. Each call to MongoDB asks four times, and with
the 5 ms of CPython it waits while the event loop is busy: 5 to 15 % of `gateway.wait_p99_ms` at 50 a second."""


def settle_memory() -> None:
    """Takes what a start has made out of the garbage collector's sight, and lets it look less often.

    A batch makes tens of thousands of short-lived objects without cycles; collecting in between cost 30 % of the time
    of the command loop (measured: 200 against 140 µs a message). The headers of what was fetched ahead count too: at
    50,000 objects each collection under full load took 70 ms, 10 µs a message; at 200,000 there was none.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


@dataclass
class Periodic:
    """Something that is done again and again; a failure is logged and the next round tries anew."""

    name: str
    every: float
    step: Step
    last_alive: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        failures = 0
        while True:
            self.last_alive = time.monotonic()
            try:
                busy = await self.step()
                failures = 0
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                failures += 1
            except Exception as error:
                failures += 1
                level = log.warning if isinstance(error, SimpulError) else log.error
                level("periodic_failed", name=self.name, attempt=failures, error=error)
            if failures:
                await asyncio.sleep(pause(failures))
            elif not busy:
                await asyncio.sleep(self.every)

    @property
    def is_live(self) -> bool:
        return time.monotonic() - self.last_alive < 120


async def _noted(what: str, ending: Awaitable[object]) -> None:
    """Of a stop that takes too long the log says what had ended."""
    await ending
    log.info("ended", what=what)


@dataclass
class Runtime:
    """The parts that a service with aggregates is built from; `services/<name>/app.py` puts its own to them."""

    service: Service
    settings: Settings
    keyring: Keyring
    mongo: Mongo
    keys: SubjectKeys
    outbox: KafkaOutbox
    bus: Bus
    engine: Engine
    directory: Directory
    tokens: Tokens
    opener: Opener
    health: Health
    followers: list[Follower] = field(default_factory=list)
    periodics: list[Periodic] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    """By the name of the timer."""
    first: list[tuple[str, Step]] = field(default_factory=list)
    """Steps before the consumers start: indexes of views, snapshots."""
    last: list[Step] = field(default_factory=list)
    """Closed at the end."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def every(self, seconds: float, name: str, step: Step) -> None:
        """Repeats `step`. One that returns something true is called again at once: there was work."""
        self.periodics.append(Periodic(name, seconds, step))

    @contextlib.asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        starting = begin(self._start, self.health)
        try:
            yield
        finally:
            self.health.started = False
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._stop()

    async def _start(self) -> None:
        await patiently("indexes", self.engine.ensure_indexes)
        for what, step in self.first:
            await patiently(what, step)
        await patiently("producer", self.outbox.start)
        for follower in self.followers:
            await follower.start()
        for follower in self.followers:
            await follower.caught_up()
        await self.bus.start()
        self._tasks = [asyncio.create_task(p.run(), name=p.name) for p in self.periodics]
        settle_memory()
        self.health.started = True
        log.info("service_started")

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        # Beside each other: a round of letters in hand may take 15 s and a batch in flight 20, and a stop has 25.
        await asyncio.gather(
            _noted("periodics", asyncio.gather(*self._tasks, return_exceptions=True)),
            _noted("consumers", self.bus.stop()),
        )
        try:
            await self.engine.close()
        except Unavailable as error:
            log.warning("watermark_left", dependency=error.dependency)
        for follower in self.followers:
            await follower.stop()
        for step in self.last:
            await step()
        await self.outbox.stop()
        try:
            await self.keys.close()
        except Unavailable as error:
            log.warning("spare_keys_left", dependency=error.dependency)
        self.mongo.close()
        log.info("service_stopped")

    def app(self) -> FastAPI:
        self.health.live["consumers"] = lambda: self.bus.is_live or not self.health.started
        self.health.live["followers"] = lambda: all(f.is_live for f in self.followers) or not self.health.started
        self.health.live["periodics"] = lambda: all(p.is_live for p in self.periodics) or not self.health.started
        self.health.ready["mongo"] = self.mongo.ping
        self.health.ready["projections"] = self._projected
        return service_app(self.service, self.health, lifespan=self.lifespan)

    async def _projected(self) -> bool:
        return all(f.is_ready for f in self.followers)

    async def outcome_view(self, tenant: str, command: Any, body_hash: str | None) -> OutcomeView:
        found = await self.engine.outcomes.of(tenant, command, body_hash=body_hash)
        if found is None:
            return OutcomeView(state="pending")
        if found.result is Result.REFUSED:
            return OutcomeView(state="refused", problem=found.problem, fields=found.fields)
        return OutcomeView(state="done", events=tuple(r.event.type_name for r in found.events))


def build(
    service: Service,
    settings: Settings,
    aggregates: Sequence[Aggregate[Any]],
    *,
    prepare: Prepare | None = None,
    listens_to: Sequence[Service] = (),
    react: React | None = None,
    knows: Knows | None = None,
) -> Runtime:
    """A runtime with mailbox, journals, sweeper and timers in place. Nothing is connected before the lifespan."""
    logs.configure(service, settings.log_level)
    telemetry.configure(service, settings.trace_ratio)
    keyring = Keyring(settings.secrets_dir, service)
    mongo = Mongo(settings.mongo_url, service)
    keys = SubjectKeys(mongo.key_store, keyring.master)
    outbox = KafkaOutbox(settings, service)
    opener = Opener(keyring.seal_key)
    directory = Directory()
    bus = Bus(settings, service)
    engine = Engine(
        service=service,
        mongo=mongo,
        keys=keys,
        outbox=outbox,
        signing=keyring.signing(service, service),
        aggregates=aggregates,
        refused=REFUSED[service],
    )
    events: dict[str, type[Event]] = {}
    for other in listens_to:
        events |= events_of(other)
    intake = Intake(
        service=service,
        engine=engine,
        outbox=outbox,
        commands=commands_of(service),
        events=events,
        signatures=Signatures(keyring, service),
        opener=opener,
        knows=knows or directory.knows,
        prepare=prepare or as_they_came,
        react=react or (lambda event, envelope: ()),
    )
    prompt: Loop | None = None
    for topic in mailboxes(service):
        name, is_prompt = topic.split(".")[1], prompt is None
        loop = bus.consume(
            name, [topic], intake.mailbox, patient=not is_prompt, beside=prompt, abreast=ABREAST if is_prompt else 1
        )
        prompt = prompt or loop
    if listens_to:
        bus.consume("events", [journal(other) for other in listens_to], intake.journal, patient=True)
    runtime = Runtime(
        service=service,
        settings=settings,
        keyring=keyring,
        mongo=mongo,
        keys=keys,
        outbox=outbox,
        bus=bus,
        engine=engine,
        directory=directory,
        tokens=Tokens(keyring),
        opener=opener,
        health=Health(),
    )
    runtime.followers.append(directory.follower(settings, service))
    runtime.every(5.0, "sweeper", Sweeper(engine).sweep)
    runtime.periodics.append(timers_of(Timers(engine), runtime.holds))
    return runtime


def timers_of(timers: Timers, holds: Mapping[str, Hold]) -> Periodic:
    """Rests after each round, though there was work: what it has told takes its time in the mailbox."""

    async def fire() -> None:
        await timers.fire_due(held=[name for name, hold in holds.items() if await hold()])

    return Periodic("timers", 5.0, fire)


def serve(app: FastAPI, settings: Served, *, proxies: int = 0) -> None:
    """Runs until SIGTERM or SIGINT, then drains; `app.state.health` answers on the other port.

    Args:
        proxies: how many of ours stand in front; with any, one address stands for everybody.
    """
    allow_many_files()
    server = Server(
        configured(app, host=settings.http_host, port=settings.http_port, shutdown=SHUTDOWN),
        health=health_app(app.state.health),
        health_port=settings.health_port,
        connections=Connections(idle_per_address=None if proxies else IDLE_PER_ADDRESS),
    )
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.setswitchinterval(THREAD_TURN)
    server.run()
