"""From raw records to commands on aggregates: decode, verify, open, react, apply; the rest to the dead letters."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from aiokafka import ConsumerRecord
from pydantic import BaseModel, ValidationError

from libs.contracts import ids
from libs.contracts.envelope import Envelope, MalformedEnvelope, is_genuine, parse
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.topics import Service
from libs.runtime import logs, telemetry
from libs.runtime.aggregates import Context, FollowUp, Incoming
from libs.runtime.deadletters import FaultBreaker, dead_letter, fault_name
from libs.runtime.engine import Engine
from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.inflight import Records
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import Outbox
from libs.runtime.outcomes import Outcome, Result
from libs.runtime.sealing import Opener, context_of

log = logs.get()

LARGEST_BODY = 1_000_000
"""Bytes; the broker's own limit lies a little above."""

TENANT_GRACE = timedelta(seconds=3)
"""How long a command waits for its tenant to appear in the directory. A guess: the projection lags by milliseconds."""

Knows = Callable[[str], bool]
"""Whether a tenant exists. A command for one that does not is nobody's."""
Prepare = Callable[[Sequence[Incoming]], Awaitable[Sequence[Incoming]]]
"""Adds to commands what their decision needs from elsewhere (an answer of the matcher); the one place for I/O before
a decision. Raises Unavailable only where waiting is better than going on without."""
React = Callable[[Event, Envelope], Iterable[FollowUp]]
"""What another service's event means to this one: commands to its own aggregates."""


class _Judged(NamedTuple):
    """A record that may be handled."""

    record: ConsumerRecord
    envelope: Envelope
    incoming: Incoming


async def as_they_came(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
    return incoming


class Signatures:
    """Checks who sent a command. Keys: one per (sender, service), two valid at a time."""

    def __init__(self, keyring: Keyring, service: Service) -> None:
        self._keyring = keyring
        self._service = service
        self._senders = frozenset(keyring.callers)

    def check(self, envelope: Envelope, body: bytes) -> None:
        """Raises:
        Unacceptable: unsigned, by somebody we do not know, with a key we do not have, or not genuine.
        """
        sender = envelope.signed_by
        if sender is None or sender not in self._senders:
            raise Unacceptable("signature", "sender")
        key = self._keyring.signing(sender, self._service).keys.get(envelope.key_id or "")
        if key is None:
            raise Unacceptable("signature", "key")
        if not is_genuine(envelope, body, key=key):
            raise Unacceptable("signature", "mismatch")


class Intake:
    """One handler for the mailbox, one for the journals of others; both end in the engine."""

    def __init__(
        self,
        *,
        service: Service,
        engine: Engine,
        outbox: Outbox,
        commands: Mapping[str, type[Command]],
        events: Mapping[str, type[Event]],
        signatures: Signatures,
        opener: Opener,
        knows: Knows,
        prepare: Prepare = as_they_came,
        react: React = lambda event, envelope: (),
        breaker: FaultBreaker | None = None,
    ) -> None:
        self._service = service
        self._engine = engine
        self._outbox = outbox
        self._commands = commands
        self._events = events
        self._signatures = signatures
        self._opener = opener
        self._knows = knows
        self._prepare = prepare
        self._react = react
        self._breaker = breaker or FaultBreaker()
        self._probed_at = float("-inf")

    async def mailbox(self, records: Records) -> None:
        await self._handle(records, self._command)

    async def journal(self, records: Records) -> None:
        await self._handle(records, self._reactions)

    async def _handle(self, records: Records, judge: Callable[[ConsumerRecord, Envelope], list[Incoming]]) -> None:
        if self._breaker.open_for is not None:
            await self._probe(records, judge)
        good: list[_Judged] = []
        bad: list[tuple[ConsumerRecord, Unacceptable]] = []
        waiting: Unavailable | None = None
        faults = 0
        for record in records:
            try:
                envelope = self._envelope(record)
                good += [_Judged(record, envelope, incoming) for incoming in judge(record, envelope)]
            except Unacceptable as error:
                bad.append((record, error))
            except Unavailable as error:
                # What this record waits for (its tenant) may stand in the same batch: that is carried out first.
                waiting = error
            except Exception as error:
                # A rule of ours stumbled over it, or reading it did: it would stop its partition for ever.
                bad.append((record, self._fault(error, _tenant_of(record))))
                faults += 1
        parent = good[0].envelope.traceparent if good else None
        with telemetry.span(f"{self._service} batch", traceparent=parent):
            outcomes = await self._apply([j.incoming for j in good])
        if waiting is not None:
            raise waiting
        for judged, outcome in zip(good, outcomes, strict=True):
            if outcome.fault is not None:
                bad.append((judged.record, self._fault(outcome.fault, judged.envelope.tenant)))
                faults += 1
        if self._breaker.open_for is not None and faults:
            raise Unavailable("own_fault")
        await self._outbox.publish([dead_letter(self._service, record, error) for record, error in bad])

    async def _apply(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        if not incoming:
            return []
        ready = await self._prepare(incoming)
        try:
            return await self._engine.apply(ready)
        except Unavailable:
            raise
        except Exception as error:
            # One of them cannot be carried out at all (too large to store or to send): find it, spare the others.
            if len(ready) == 1:
                log.error("command_not_carried_out", type=ready[0].command.type_name, error=error)
                return [Outcome(Result.FAULT, fault=error)]
        return [outcome for one in ready for outcome in await self._apply([one])]

    def _fault(self, fault: Exception, tenant: str) -> Unacceptable:
        name = fault_name(fault)
        self._breaker.note(name, tenant, now=time.monotonic())
        return Unacceptable("fault", name)

    async def _probe(self, records: Records, judge: Callable[[ConsumerRecord, Envelope], list[Incoming]]) -> None:
        """While a fault of ours is about: one record now and then; the rest waits until it passes.

        Raises:
            Unavailable: it does not pass yet, or it is too early to try.
        """
        now = time.monotonic()
        if now - self._probed_at < self._breaker.probe_every:
            raise Unavailable("own_fault")
        self._probed_at = now
        for record in records:
            try:
                incoming = judge(record, self._envelope(record))
            except (Unacceptable, Unavailable):
                continue
            except Exception:
                raise Unavailable("own_fault") from None
            if not incoming:
                continue
            if any(o.result is Result.FAULT for o in await self._apply(incoming)):
                raise Unavailable("own_fault")
            log.info("fault_passed", fault=self._breaker.open_for)
            self._breaker.close()
            return

    def _envelope(self, record: ConsumerRecord) -> Envelope:
        if record.value is None or len(record.value) > LARGEST_BODY:
            raise Unacceptable("size", "empty" if record.value is None else "too large")
        try:
            return parse(record.headers)
        except MalformedEnvelope as error:
            raise Unacceptable("envelope", str(error)) from None

    def _command(self, record: ConsumerRecord, envelope: Envelope) -> list[Incoming]:
        kind = self._commands.get(envelope.type)
        if kind is None:
            raise Unacceptable("type", "unknown")
        self._signatures.check(envelope, record.value)
        command = _validated(kind, record.value)
        if command.target != envelope.subject:
            raise Unacceptable("envelope", "subject")
        if kind.aggregate != "tenant" and not self._knows(envelope.tenant):
            if datetime.now(UTC) - envelope.time < TENANT_GRACE:
                # The directory lags behind the command topic; a tenant made a moment ago is on its way.
                raise Unavailable("directory")
            raise Unacceptable("tenant", "unknown")
        private = None
        if kind.private is not None and command.sealed is not None:
            opened = self._opener.open(command.sealed, context=context_of(envelope.tenant, command.target))
            private = _validated(kind.private, opened)
        return [Incoming(command, _context(envelope, private))]

    def _reactions(self, record: ConsumerRecord, envelope: Envelope) -> list[Incoming]:
        kind = self._events.get(envelope.type)
        if kind is None:
            return []
        event = _validated(kind, record.value)
        return [
            Incoming(f.command, _context(envelope, None)._replace(id=self._reaction_id(envelope, f)))
            for f in self._react(event, envelope)
        ]

    def _reaction_id(self, envelope: Envelope, follow_up: FollowUp) -> UUID:
        # Not of the step alone: the event's own service may have a follow-up of that name, and so of that id.
        return ids.follow_up_id(envelope.id, f"{self._service}|{follow_up.step}")


def _tenant_of(record: ConsumerRecord) -> str:
    try:
        return parse(record.headers).tenant
    except Exception:
        return ""


def _context(envelope: Envelope, private: Sealable | None) -> Context:
    return Context(
        id=envelope.id,
        tenant=envelope.tenant,
        at=envelope.time,
        actor=envelope.actor,
        correlation_id=envelope.correlation_id,
        private=private,
        traceparent=envelope.traceparent,
    )


M = TypeVar("M", bound=BaseModel)


def _validated(kind: type[M], data: bytes) -> M:
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        # Where and which rule; never the value.
        first = error.errors(include_input=False, include_url=False)[0]
        raise Unacceptable("schema", f"{'.'.join(str(p) for p in first['loc'])}: {first['type']}") from None
    except RecursionError:
        raise Unacceptable("schema", "too deep") from None
