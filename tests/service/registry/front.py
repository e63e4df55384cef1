"""What stands before the registry: sends it commands and asks it questions under the gateway's own keys."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor, Envelope, milliseconds
from libs.contracts.ids import SETUP
from libs.contracts.messages import Command, Sealable
from libs.contracts.reads import OutcomeView
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity, RegisterPartner, SocialAccount
from libs.contracts.registry.tenant import AddOfficer, Branding, CreateTenant, OfficerIdentity
from libs.contracts.topics import Service
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox, Outgoing
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.settings import Settings
from libs.runtime.tokens import Tokens
from libs.runtime.writing import address

LOADER = Actor(SETUP, ("operator", "tenant_admin", "verifier"))
WITHIN = 40.0
"""Seconds until what must come is given up: a wait ends when it has come, however busy the machine is."""


def settings_of(stack: Stack, service: Service) -> Settings:
    return Settings(**{k.removeprefix("SIMPUL_").lower(): v for k, v in stack.environment(service).items()})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Wish:
    command: Command
    private: Sealable | None = None
    id: UUID | None = None


class Front:
    def __init__(self, stack: Stack) -> None:
        self.settings = settings_of(stack, Service.GATEWAY)
        self.keyring = Keyring(self.settings.secrets_dir, Service.GATEWAY)
        self.outbox = KafkaOutbox(self.settings, Service.GATEWAY)
        self._signing = self.keyring.signing(Service.GATEWAY, Service.REGISTRY)
        self._sealer = Sealer(self.keyring.seal_public(Service.REGISTRY))
        self._client = ServiceClient(
            Tokens(self.keyring), service=Service.REGISTRY, base_url=self.settings.registry_url, within=10
        )

    async def start(self) -> None:
        await self.outbox.start()

    async def stop(self) -> None:
        await self.outbox.stop()
        await self._client.close()

    async def send(
        self, tenant: str, *wishes: Wish, actor: Actor | None = LOADER, at: datetime | None = None
    ) -> list[UUID]:
        """All in one go, as a loader does that waits for nothing."""
        named = [replace(wish, id=wish.id or uuid4()) for wish in wishes]
        await self.outbox.publish([self.message(tenant, wish, actor, at=at) for wish in named])
        return [wish.id for wish in named if wish.id]

    def message(self, tenant: str, wish: Wish, actor: Actor | None, *, at: datetime | None = None) -> Outgoing:
        command = wish.command
        assert wish.id
        if wish.private is not None:
            context = context_of(tenant, command.target)
            sealed = self._sealer.seal(wish.private.model_dump_json().encode(), context=context)
            command = command.model_copy(update={"sealed": sealed})
        envelope = Envelope(
            id=wish.id,
            type=command.type_name,
            source="/simpul/gateway",
            subject=command.target,
            time=milliseconds(at or datetime.now(UTC)),
            tenant=tenant,
            correlation_id=str(wish.id),
            actor=actor,
        )
        return address(command, envelope, to=Service.REGISTRY, by=Service.GATEWAY, keys=self._signing)

    async def outcome(self, tenant: str, command: UUID) -> OutcomeView:
        async with asyncio.timeout(WITHIN):
            while True:
                body = await self._client.get(f"/outcomes/{command}", tenant=tenant)
                view = OutcomeView.model_validate_json(body)
                if view.state != "pending":
                    return view
                await asyncio.sleep(0.05)

    async def carry_out(
        self, tenant: str, *wishes: Wish, actor: Actor | None = LOADER, at: datetime | None = None
    ) -> list[OutcomeView]:
        return [await self.outcome(tenant, one) for one in await self.send(tenant, *wishes, actor=actor, at=at)]

    async def done(self, tenant: str, *wishes: Wish, actor: Actor | None = LOADER, at: datetime | None = None) -> None:
        outcomes = await self.carry_out(tenant, *wishes, actor=actor, at=at)
        assert [o.state for o in outcomes] == ["done"] * len(wishes), outcomes

    async def get(self, path: str, *, tenant: str | None, actor: Actor | None = None, **params: Any) -> bytes:
        return await self._client.get(path, tenant=tenant, actor=actor, params=params)

    async def post(self, path: str, json: Any, *, tenant: str | None, actor: Actor | None = None) -> bytes:
        return await self._client.post(path, tenant=tenant, actor=actor, json=json)


def new_id() -> str:
    return str(uuid4())


def a_slug() -> str:
    return f"kota-{uuid4().hex[:10]}"


def an_office(tenant: str, *, slug: str | None = None, region: str = "32.74") -> Wish:
    branding = Branding(name="Saber Hoaks", office="DKIS Kota Cirebon", government="Pemerintah Kota Cirebon")
    return Wish(
        CreateTenant(tenant_id=tenant, slug=slug or a_slug(), region_code=region, prefix="CRB", branding=branding)
    )


def an_officer(officer: str, *roles: str, identity: OfficerIdentity, agency: str | None = None) -> Wish:
    return Wish(AddOfficer(officer_id=officer, roles=roles or ("verifier",), agency_id=agency), identity)


def a_partner(
    partner: str,
    *,
    name: str = "KIM Contoh",
    email: str | None = None,
    kind: str = "community_group",
    area: str = "32.74.05.1002",
    account: str | None = None,
    active: bool = True,
) -> Wish:
    url = account or f"https://www.instagram.com/contoh.{uuid4().hex[:12]}"
    contact = ContactPoint(channel="email", address=email or f"{uuid4().hex[:12]}@contoh.example")
    return Wish(
        RegisterPartner(
            partner_id=partner,
            kind=kind,
            area=area,
            accounts=(SocialAccount(platform="?", handle="?", url=url, identity_key="?"),),
            consented_at=datetime.now(UTC),
            active=active,
        ),
        PartnerIdentity(name=name, contacts=(contact,)),
    )
