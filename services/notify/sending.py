"""The worker that sends e-mail: from the collection, by lease, never inside a Kafka handler.

It goes in rounds of as many deliveries as there are connections: the results of the last round are saved, those of this
round are marked as begun, and then the messages go out side by side. So after a kill at any moment at most as many
deliveries as connections are unknown, and none was sent that was not marked before. The events of many rounds are
relayed together.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from libs.contracts.envelope import milliseconds
from libs.contracts.notify.delivery import BeginAttempt, RecordResult, SuppressDelivery
from libs.contracts.words import Channel, DeliveryState
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import Incoming
from libs.runtime.bus import pause
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.errors import Unavailable
from libs.runtime.holding import Held
from libs.runtime.mongo import Document, key
from libs.runtime.sealing import SubjectKeys
from services.notify.breaker import Breaker
from services.notify.bulletin.rules import Bulletin
from services.notify.channels.email import ONE_TIME, Mailer, bulletins_of
from services.notify.channels.mime import UnfitForHeader, is_address
from services.notify.channels.smtp import Answer, Line
from services.notify.delivery.leases import Leases, clear
from services.notify.delivery.rules import Delivery
from services.notify.kinds import BULLETIN, DELIVERY
from services.notify.settings import Settings
from services.notify.store import Store, ordered

log = logs.get()

LEASE = 500
STEP = 10.0
"""Seconds after which a step ends and what is left is given back; below LEASED_FOR."""
RELAY_EVERY = 2.0
"""Seconds after which events go out though the step lasts; below the 10 s after which the sweeper takes a tail."""
DRAIN = 15.0
"""Seconds that a shutdown leaves the round in hand."""

PAUSES = (
    timedelta(seconds=30),
    *(timedelta(minutes=m) for m in (2, 8, 20, 40, 60, 90, 120, 150, 180, 210, 240, 330)),
)
"""Before each further try of what was put off: 24 hours in all. A greylisting server is back after the first, a relay
that is away overnight in the morning."""
MOST_TRIES = len(PAUSES) + 1
LINK_LIVES = timedelta(minutes=15)


def result_of(delivery: Delivery, attempt: int, answer: Answer, now: datetime) -> RecordResult:
    state, retry_at = answer.state, None
    if state == DeliveryState.FAILED_TRANSIENT:
        if attempt >= MOST_TRIES:
            state = DeliveryState.FAILED_PERMANENT
        else:
            retry_at = now + PAUSES[attempt - 1]
    return RecordResult(
        delivery_id=delivery.delivery_id, attempt=attempt, result=state, code=answer.code, retry_at=retry_at
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A leased delivery with its message."""

    tenant: str
    delivery: Delivery
    message: bytes

    @property
    def attempt(self) -> int:
        return self.delivery.attempts + 1

    @property
    def document_id(self) -> str:
        return key(self.tenant, self.delivery.delivery_id)


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt, and what came of it."""

    ready: Ready
    begun_at: datetime
    answer: Answer
    at: datetime


class Sender:
    """One of the senders of a process, over its share of the connections."""

    def __init__(
        self,
        *,
        engine: Engine,
        keys: SubjectKeys,
        directory: Directory,
        mailer: Mailer,
        settings: Settings,
        connections: int,
        breaker: Breaker,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._directory = directory
        self._mailer = mailer
        self._mail_from = settings.mail_from
        self._breaker = breaker
        self._now = now
        self._holder = str(uuid4())
        self._lines = [Line(settings) for _ in range(connections)]
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)
        self._leases = Leases(self._deliveries.collection, self._holder)
        self._draining = False
        self._spent_links: list[str] = []
        self.in_hand: set[str] = set()
        """Documents of attempts whose result this process will still record."""

    async def step(self) -> bool:
        """Sends what it can lease; True where there was something.

        Cancelled, it finishes the round in hand and records it before it lets go.
        """
        work = asyncio.ensure_future(self._send())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self._draining = True
            await asyncio.wait({work}, timeout=DRAIN)
            for line in self._lines:
                await line.close()
            raise

    async def _send(self) -> bool:
        if not self._breaker.allows(time.monotonic()):
            return False
        documents = await self._leases.take(LEASE, now=self._now())
        if not documents:
            return False
        left = {d["_id"] for d in documents}
        try:
            deliveries = await self._deliveries.states(documents, opened=True)
            ready = await self._made_ready(documents, deliveries)
            with contextlib.closing(await Held.of(self._engine, DELIVERY, documents, deliveries)) as held:
                await self._send_in_rounds(ready, held, left)
        finally:
            await self._leases.give_back(sorted(left))
        return True

    async def _send_in_rounds(self, ready: Sequence[Ready], held: Held, left: set[str]) -> None:
        """`left` is what has not begun; it shrinks round by round."""
        tried: list[Tried] = []
        until = time.monotonic() + STEP
        relay_at = time.monotonic() + RELAY_EVERY
        position = 0
        while position < len(ready) and time.monotonic() < until and not self._draining:
            lines = await self._open_lines()
            if not lines:
                break
            round_ = ready[position : position + len(lines)]
            position += len(round_)
            await self._record(held, tried)
            begun_at = milliseconds(self._now())
            self.in_hand = {r.document_id for r in round_}
            begun = await self._leases.begin({r.document_id: r.attempt for r in round_}, now=begun_at)
            left -= self.in_hand
            mine = [r for r in round_ if r.document_id in begun]
            tried = await asyncio.gather(
                *(self._attempt(r, line, begun_at) for r, line in zip(mine, lines, strict=False))
            )
            if time.monotonic() > relay_at:
                await self._relay(held)
                relay_at = time.monotonic() + RELAY_EVERY
        await self._record(held, tried)
        self.in_hand = set()
        await self._relay(held)
        await self._destroy_spent_links()

    async def _open_lines(self) -> list[Line]:
        """The connections that stand. None: nothing is begun, so nothing is used up while the server is away."""
        opened = await asyncio.gather(*(line.open() for line in self._lines))
        lines = [line for line, is_open in zip(self._lines, opened, strict=True) if is_open]
        if lines:
            self._breaker.succeeded()
        else:
            self._breaker.failed(time.monotonic())
            log.warning("provider_not_reached", channel=Channel.EMAIL, rests=self._breaker.is_open)
        return lines

    async def _attempt(self, ready: Ready, line: Line, begun_at: datetime) -> Tried:
        answer = await line.send(self._mail_from, ready.delivery.address, ready.message)
        telemetry.DELIVERIES.labels("notify", Channel.EMAIL, answer.state).inc()
        if answer.state == DeliveryState.SENT and ready.delivery.template in ONE_TIME:
            self._spent_links.append(ready.document_id)
        return Tried(ready, begun_at, answer, self._now())

    async def _record(self, held: Held, tried: Sequence[Tried]) -> None:
        """Until it is kept: what the server has said must not be lost while MongoDB is away."""
        if not tried:
            return
        incoming = [command for one in tried for command in self._commands(one)]
        # A mark on what is sent stands in no index and stays; one on what may go out again is taken off.
        marked = [one.ready.document_id for one in tried if one.answer.state != DeliveryState.SENT]
        failures = 0
        while True:
            try:
                await held.apply(incoming)
                await clear(self._deliveries.collection, marked)
                return
            except Unavailable as error:
                failures += 1
                log.warning("results_wait", attempt=failures, dependency=error.dependency, count=len(tried))
                await asyncio.sleep(pause(failures))

    def _commands(self, one: Tried) -> list[Incoming]:
        delivery, attempt, tenant = one.ready.delivery, one.ready.attempt, one.ready.tenant
        begin = BeginAttempt(delivery_id=delivery.delivery_id, attempt=attempt)
        result = result_of(delivery, attempt, one.answer, one.at)
        return [
            ordered(begin, attempt, self._holder, tenant=tenant, at=one.begun_at),
            ordered(result, attempt, tenant=tenant, at=one.at),
        ]

    async def _relay(self, held: Held) -> None:
        try:
            await held.relay()
        except Unavailable as error:
            # It is kept; the next relay or the sweeper tells the others.
            log.warning("relay_waits", dependency=error.dependency)

    async def _destroy_spent_links(self) -> None:
        """A log-in link is read once more by nobody: neither from the state nor from the history."""
        while self._spent_links:
            await self._keys.destroy(self._spent_links[-1])
            self._spent_links.pop()

    async def _made_ready(self, documents: Sequence[Document], deliveries: Sequence[Delivery]) -> list[Ready]:
        bulletins = await self._bulletins_of(documents, deliveries)
        ready: list[Ready] = []
        unfit: list[Incoming] = []
        for document, delivery in zip(documents, deliveries, strict=True):
            tenant = document["tenant"]
            reason = self._unfit(delivery)
            record = self._directory.tenants.get(tenant)
            if record is None:
                continue
            if reason is None:
                bulletin = bulletins.get(key(tenant, delivery.bulletin_id or ""))
                try:
                    ready.append(
                        Ready(tenant, delivery, self._mailer.message(delivery, bulletin, record, now=self._now()))
                    )
                    continue
                except UnfitForHeader:
                    reason = "no_address"
            suppress = SuppressDelivery(delivery_id=delivery.delivery_id, reason=reason)
            unfit.append(ordered(suppress, reason, tenant=tenant, at=self._now()))
        await self._engine.apply(unfit)
        return ready

    def _unfit(self, delivery: Delivery) -> str | None:
        """Why it cannot go out at all."""
        if delivery.template in ONE_TIME and self._now() - delivery.planned_at > LINK_LIVES:
            return "expired"
        # Also empty where the recipient's key was destroyed.
        return None if is_address(delivery.address) else "no_address"

    async def _bulletins_of(
        self, documents: Sequence[Document], deliveries: Sequence[Delivery]
    ) -> Mapping[str, Bulletin]:
        wanted: dict[str, list[Delivery]] = {}
        for document, delivery in zip(documents, deliveries, strict=True):
            wanted.setdefault(document["tenant"], []).append(delivery)
        found: dict[str, Bulletin] = {}
        for tenant, group in wanted.items():
            for identity, bulletin in (await self._bulletins.of(tenant, bulletins_of(group))).items():
                found[key(tenant, identity)] = bulletin
        return found
