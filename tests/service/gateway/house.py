"""A gateway as its users meet it: over HTTP, with the services behind it, and offices to go to."""

import asyncio
import base64
import hmac
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from pwdlib.hashers.argon2 import Argon2Hasher

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.ids import SETUP
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity, RegisterPartner
from libs.contracts.registry.tenant import (
    AddOfficer,
    Branding,
    ChangeOfficer,
    ChangeTenant,
    CreateTenant,
    OfficerIdentity,
)
from libs.contracts.topics import OWNERS, Service
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.tokens import Tokens
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.sending import Sender, Wish
from services.gateway.dispatch.waiting import Waiters
from services.gateway.reads import RegistryReads
from services.gateway.settings import GatewaySettings
from tests.unheard import unheard

LOADER = Actor(SETUP, ("operator", "tenant_admin", "verifier"))
PASSWORD = "kata sandi yang panjang"
LIBERAL = {
    "SIMPUL_CLIENT_PER_MINUTE": "100000",
    "SIMPUL_CLIENT_BURST": "10000",
    "SIMPUL_CODES_PER_MINUTE": "10000",
}
WITHIN = 40.0
"""Seconds until what must come is given up: a wait ends when it has come, however busy the machine is."""


async def until(holds: Callable[[], Awaitable[bool]], within: float = WITHIN) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.05)


def totp(secret: str, *, ahead: int = 0) -> str:
    """RFC 6238, by hand, so that the test does not ask the code under test."""
    step = int(time.time()) // 30 + ahead
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[19] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass(frozen=True)
class TestOfficer:
    __test__ = False

    id: str
    email: str
    secret: str


@dataclass(frozen=True)
class TestOffice:
    __test__ = False

    tenant: str
    slug: str

    @property
    def api(self) -> str:
        return f"/api/v1/{self.slug}"


def key(**headers: str) -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())} | headers


class House:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        names = {k.removeprefix("SIMPUL_").lower(): v for k, v in stack.environment(Service.GATEWAY).items()}
        self.settings = GatewaySettings(**names)  # type: ignore[arg-type]
        keyring = Keyring(self.settings.secrets_dir, Service.GATEWAY)
        self._outbox = KafkaOutbox(self.settings, Service.GATEWAY)
        self._client = ServiceClient(Tokens(keyring), service=Service.REGISTRY, base_url=self.settings.registry_url)
        registry = RegistryReads(self._client)
        self._asking = Asking(Sender(self._outbox, keyring), Waiters(), dict.fromkeys(OWNERS, registry))
        self.http = self.browser()

    def browser(self) -> httpx.AsyncClient:
        """With cookies of its own."""
        return httpx.AsyncClient(base_url=self.stack.public_url, timeout=20)

    async def start(self) -> None:
        await self._outbox.start()

    async def stop(self) -> None:
        await self.http.aclose()
        await self._client.close()
        await self._outbox.stop()

    async def load(self, tenant: str, command: Command, private: Sealable | None = None) -> None:
        wish = Wish(uuid4(), command, private)
        outcome = await self._asking.send(tenant, [wish], body=b"", actor=LOADER, wait=WITHIN)
        assert outcome is not None
        assert outcome.state == "done"

    async def office(self, *, region: str = "32.74") -> TestOffice:
        tenant, slug = str(uuid4()), f"kota-{uuid4().hex[:10]}"
        branding = Branding(name="Saber Hoaks", office="DKIS", government="Kota Cirebon")
        await self.load(
            tenant,
            CreateTenant(tenant_id=tenant, slug=slug, region_code=region, prefix="CRB", branding=branding),
        )
        office = TestOffice(tenant, slug)

        async def known() -> bool:
            return (await self.http.get(f"{office.api}/clarifications")).status_code == 200

        await until(known)
        return office

    async def move(self, office: TestOffice, slug: str) -> None:
        await self.load(office.tenant, ChangeTenant(tenant_id=office.tenant, slug=slug))

    async def officer(self, office: TestOffice, *roles: str) -> TestOfficer:
        """In the registry and in the gateway's directory."""
        secret = base64.b32encode(uuid4().bytes + uuid4().bytes[:4]).decode()
        officer = TestOfficer(str(uuid4()), f"{uuid4().hex[:12]}@contoh.example", secret)
        hashed = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        identity = OfficerIdentity(name="Rina", email=officer.email, password_hash=hashed, totp_secret=secret)
        await self.load(office.tenant, AddOfficer(officer_id=officer.id, roles=roles or ("verifier",)), identity)
        return officer

    async def disable(self, office: TestOffice, officer: TestOfficer) -> None:
        await self.load(office.tenant, ChangeOfficer(officer_id=officer.id, active=False))

    async def partner(self, office: TestOffice, email: str) -> str:
        partner = str(uuid4())
        await self.load(
            office.tenant,
            RegisterPartner(
                partner_id=partner,
                kind="community_group",
                area="32.74",
                consented_at=datetime.now(UTC),
                active=True,
            ),
            PartnerIdentity(name="KIM Contoh", contacts=(ContactPoint(channel="email", address=email),)),
        )
        return partner

    async def log_in(self, officer: TestOfficer) -> "Desk":
        browser = self.browser()

        async def in_directory() -> bool:
            body = {"email": officer.email, "password": PASSWORD, "code": totp(officer.secret)}
            answer = await browser.post("/api/v1/session", json=body)
            desk.csrf = answer.json().get("csrf", "")
            return answer.status_code == 201

        desk = Desk(browser)
        await until(in_directory)
        return desk

    async def submit(self, office: TestOffice, *, wait: int = 10, **body: Any) -> dict[str, Any]:
        sent = {"text": f"Beredar kabar {unheard()}"} | body
        answer = await self.http.post(f"{office.api}/reports", json=sent, headers=key(Prefer=f"wait={wait}"))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


class Desk:
    """An officer's browser."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser
        self.csrf = ""

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.browser.get(f"/api/v1{path}", params=params)

    async def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        whole = key(**{"X-CSRF-Token": self.csrf}) | headers
        return await self.browser.post(f"/api/v1{path}", json=body, headers=whole)
