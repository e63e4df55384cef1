"""An office for tests: signed commands as the gateway sends them, and what came of them as the journals show it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from aiokafka import AIOKafkaConsumer
from pwdlib import PasswordHash

from deploy.local.stack import Stack
from libs.contracts import ids
from libs.contracts.catalogue import owner_of
from libs.contracts.envelope import Actor, Envelope, milliseconds
from libs.contracts.envelope import parse as parse_envelope
from libs.contracts.messages import EVENTS, Command, Event, Sealable
from libs.contracts.registry.tenant import AddOfficer, Branding, CreateTenant, OfficerIdentity, TenantCreated
from libs.contracts.topics import Service, journal
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox, kafka_options
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.settings import Settings
from libs.runtime.tokens import Tokens
from libs.runtime.writing import address

FOUNDER = Actor(ids.SETUP, ("operator", "tenant_admin"))
"""Sets up what nobody is there to set up yet."""
PASSWORD = "kata-sandi-yang-panjang"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORDS = PasswordHash.recommended()


def settings_of(stack: Stack, service: Service) -> Settings:
    environment = {k.removeprefix("SIMPUL_").lower(): v for k, v in stack.environment(service).items()}
    return Settings(**environment)  # type: ignore[arg-type]


@dataclass
class Heard:
    envelope: Envelope
    event: Event


@dataclass
class Desk:
    """Sends as the gateway, and hears every journal from the moment it was opened."""

    stack: Stack
    heard: list[Heard] = field(default_factory=list)

    async def __aenter__(self) -> "Desk":
        self.settings = settings_of(self.stack, Service.GATEWAY)
        self.keyring = Keyring(Path(self.settings.secrets_dir), Service.GATEWAY)
        self.outbox = KafkaOutbox(self.settings, "gateway", within=10)
        await self.outbox.start()
        self.sealers = {s: Sealer(self.keyring.seal_public(s)) for s in ("registry", "reports", "notify")}
        self.tokens = Tokens(self.keyring)
        self.http = httpx.AsyncClient(timeout=10)
        topics = [journal(s) for s in (Service.REGISTRY, Service.REPORTS, Service.NOTIFY)]
        self.consumer = AIOKafkaConsumer(
            *topics, **kafka_options(self.settings), group_id=None, auto_offset_reset="latest"
        )
        await self.consumer.start()
        for partition in self.consumer.assignment():
            await self.consumer.position(partition)
        self.listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listening.cancel()
        await self.consumer.stop()
        await self.outbox.stop()
        await self.http.aclose()

    async def _listen(self) -> None:
        async for record in self.consumer:
            envelope = parse_envelope(record.headers)
            if envelope.type in EVENTS:
                event = EVENTS[envelope.type].model_validate_json(record.value)
                self.heard.append(Heard(envelope, event))

    async def send(
        self,
        tenant: str,
        command: Command,
        private: Sealable | None = None,
        *,
        actor: Actor | None = None,
        command_id: UUID | None = None,
    ) -> UUID:
        to = owner_of(command.type_name)
        if private is not None:
            sealed = self.sealers[to].seal(
                private.model_dump_json().encode(), context=context_of(tenant, command.target)
            )
            command = command.model_copy(update={"sealed": sealed})
        envelope = Envelope(
            id=command_id or uuid4(),
            type=command.type_name,
            source="/simpul/gateway",
            subject=command.target,
            time=milliseconds(datetime.now(UTC)),
            tenant=tenant,
            correlation_id=str(uuid4()),
            actor=actor,
        )
        keys = self.keyring.signing(Service.GATEWAY, to)
        await self.outbox.publish([address(command, envelope, to=to, by=Service.GATEWAY, keys=keys)])
        return envelope.id

    async def outcome(self, command: UUID, *, within: float = 40) -> list[Heard]:
        """What the command caused, once the journals show it."""
        return await self.until(lambda h: h.envelope.causation_id == command, within=within)

    async def until(self, fits: Any, *, count: int = 1, within: float = 40) -> list[Heard]:
        async with asyncio.timeout(within):
            while len(found := [h for h in self.heard if fits(h)]) < count:
                await asyncio.sleep(0.02)
        return found

    async def read(
        self, service: Service, path: str, *, tenant: str | None, actor: Actor | None = None, **more: Any
    ) -> Any:
        url = {
            Service.REGISTRY: self.settings.registry_url,
            Service.REPORTS: self.settings.reports_url,
            Service.NOTIFY: self.settings.notify_url,
        }[service]
        headers = {"Authorization": f"Bearer {self.tokens.make(to=service, tenant=tenant, actor=actor)}"}
        headers |= more.pop("headers", {})
        answer = await self.http.request(more.pop("method", "GET"), url + path, headers=headers, **more)
        return orjson.loads(answer.content) if answer.status_code == 200 else answer

    async def open_tenant(self, slug: str | None = None) -> str:
        tenant = str(uuid4())
        await self.send(
            tenant,
            CreateTenant(
                tenant_id=tenant,
                slug=slug or f"kota-{tenant[:8]}",
                region_code="32.74",
                prefix="CRB",
                branding=Branding(name="Cirebon Saber Hoaks", office="DKIS", government="Pemerintah Kota Cirebon"),
            ),
            actor=FOUNDER,
        )
        await self.until(lambda h: h.envelope.tenant == tenant and isinstance(h.event, TenantCreated))
        return tenant

    async def add_officer(self, tenant: str, *roles: str) -> Actor:
        """An officer whom every service knows by the time that this returns (or within its grace)."""
        officer = str(uuid4())
        identity = OfficerIdentity(
            name="Rina Astuti",
            email=f"rina.{officer[:8]}@kota.example",
            password_hash=PASSWORDS.hash(PASSWORD),
            totp_secret=TOTP_SECRET,
        )
        await self.outcome(
            await self.send(tenant, AddOfficer(officer_id=officer, roles=roles), identity, actor=FOUNDER)
        )
        return Actor(officer, roles)


def new_report_id() -> str:
    return str(ids.report_id(uuid4()))


def kinds(heard: Sequence[Heard]) -> list[str]:
    return [type(h.event).__name__ for h in heard]
