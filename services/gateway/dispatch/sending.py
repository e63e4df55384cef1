"""Commands on their way out: sealed, signed, and acknowledged by the broker before anybody is told."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from libs.contracts.catalogue import owner_of
from libs.contracts.envelope import Actor, Envelope, milliseconds
from libs.contracts.messages import Command, Sealable
from libs.contracts.topics import OWNERS, Service
from libs.runtime import telemetry
from libs.runtime.keyring import Keyring, derive
from libs.runtime.outbox import Outbox, Outgoing
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.writing import address
from services.gateway.dispatch.idempotency import SentBodies

SOURCE = f"simpul/{Service.GATEWAY}"


@dataclass(frozen=True, slots=True)
class Wish:
    """One command and what belongs under seal with it.

    Attributes:
        id: made from the client's key, so that a repeat is the same command.
        private: what a person typed; nobody but the owner can read it.
    """

    id: UUID
    command: Command
    private: Sealable | None = None

    @property
    def owner(self) -> Service:
        return owner_of(self.command.type_name)


class Sender:
    def __init__(self, outbox: Outbox, keyring: Keyring) -> None:
        self._outbox = outbox
        self._signing = {service: keyring.signing(Service.GATEWAY, service) for service in OWNERS}
        self._sealers = {service: Sealer(keyring.seal_public(service)) for service in OWNERS}
        self._body_key = derive(keyring.single("tracking.key"), "body hashes")
        self._sent = SentBodies()

    def body_hash(self, body: bytes) -> str:
        """Keyed hash of what the client asked for, in a form that does not depend on how they wrote it."""
        return hmac.digest(self._body_key, body, "sha256").hex()

    async def send(
        self,
        tenant: str,
        wishes: Sequence[Wish],
        *,
        body_hash: str | None,
        actor: Actor | None = None,
        at: datetime | None = None,
    ) -> None:
        """Returns when the broker has every one of them.

        Args:
            body_hash: of the request that all of them come from.
            at: when it was wished, where that is not now: demo data has a past.

        Raises:
            Refused: `key_reused`, where this process remembers the key with another body.
            Unavailable: not certainly kept; the same wishes may be sent again.
        """
        if body_hash is not None:
            self._sent.check(wishes[0].id, body_hash)
        now = milliseconds(at or datetime.now(UTC))
        correlation, traceparent = uuid4().hex, telemetry.current_traceparent()
        await self._outbox.publish(
            [self._addressed(tenant, w, actor, body_hash, now, correlation, traceparent) for w in wishes]
        )

    def _addressed(
        self,
        tenant: str,
        wish: Wish,
        actor: Actor | None,
        body_hash: str | None,
        now: datetime,
        correlation: str,
        traceparent: str | None,
    ) -> Outgoing:
        command, owner = wish.command, wish.owner
        added: dict[str, str] = {}
        if body_hash is not None:
            added["body_hash"] = body_hash
        if wish.private is not None:
            context = context_of(tenant, command.target)
            added["sealed"] = self._sealers[owner].seal(wish.private.model_dump_json().encode(), context=context)
        envelope = Envelope(
            id=wish.id,
            type=command.type_name,
            source=SOURCE,
            subject=command.target,
            time=now,
            tenant=tenant,
            correlation_id=correlation,
            actor=actor,
            traceparent=traceparent,
        )
        whole = command.model_copy(update=added)
        return address(whole, envelope, to=owner, by=Service.GATEWAY, keys=self._signing[owner])
