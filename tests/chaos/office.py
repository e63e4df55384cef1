"""Offices that publish answers while the faults go on, by signed commands as the gateway sends them."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pymongo.errors import PyMongoError

from deploy.local.stack import Stack
from libs.contracts.catalogue import owner_of
from libs.contracts.envelope import Actor, Envelope, milliseconds
from libs.contracts.ids import SETUP
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity, RegisterPartner
from libs.contracts.registry.tenant import AddOfficer, Branding, CreateTenant, OfficerIdentity
from libs.contracts.reports.case import AddReference, ApproveVerdict, PublishCase, SaveDraft, TriageCase
from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.topics import OWNERS, Service
from libs.contracts.words import CaseState
from libs.runtime.errors import Unavailable
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox, Outgoing
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.writing import address
from tests.chaos.client import Office as Place
from tests.chaos.lag import Client
from tests.office import PASSWORD, PASSWORDS, TOTP_SECRET, settings_of

FOUNDER = Actor(SETUP, ("operator", "tenant_admin", "verifier"))
PARTNERS = 4
"""With an e-mail address, in each office."""


@dataclass(frozen=True)
class Staff:
    verifier: Actor
    approver: Actor


class Offices:
    """
    Attributes:
        registered: (tenant, partner) of every registration that the broker has acknowledged.
    """

    def __init__(self, stack: Stack, client: Client, *, seed: int) -> None:
        settings = settings_of(stack, Service.GATEWAY)
        self._keyring = Keyring(Path(settings.secrets_dir), Service.GATEWAY)
        self._outbox = KafkaOutbox(settings, "gateway", within=10)
        self._sealers = {s: Sealer(self._keyring.seal_public(s)) for s in OWNERS}
        self._mongo = client
        self._chance = random.Random(seed)
        self._staff: dict[str, Staff] = {}
        self.places: list[Place] = []
        self.registered: set[tuple[str, str]] = set()
        self.published = 0

    async def __aenter__(self) -> "Offices":
        await self._outbox.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._outbox.stop()

    async def found(self, slug: str, region: str) -> Place:
        tenant = str(uuid4())
        branding = Branding(name="Saber Hoaks", office="DKIS", government="Pemerintah Kota")
        create = CreateTenant(tenant_id=tenant, slug=slug, region_code=region, prefix="UJI", branding=branding)
        await self._send(tenant, [(create, None, FOUNDER)])
        staff = [self._officer(tenant, role) for role in ("verifier", "approver")]
        await self._send(tenant, [(command, identity, FOUNDER) for command, identity, _ in staff])
        self._staff[tenant] = Staff(*(actor for _, _, actor in staff))
        await self.register(tenant, region, PARTNERS, mail=True)
        place = Place(slug, tenant, region)
        self.places.append(place)
        return place

    def _officer(self, tenant: str, role: str) -> tuple[AddOfficer, OfficerIdentity, Actor]:
        roles = (role, "editor")
        officer = str(uuid4())
        identity = OfficerIdentity(
            name="Rina",
            email=f"{officer[:8]}@kantor.example",
            password_hash=PASSWORDS.hash(PASSWORD),
            totp_secret=TOTP_SECRET,
        )
        return AddOfficer(officer_id=officer, roles=roles), identity, Actor(officer, roles)

    async def register(self, tenant: str, area: str, count: int, *, mail: bool = False) -> None:
        """Partners; without `mail` they wait for approval, so that no answer goes to them."""
        commands: list[tuple[Command, Sealable | None, Actor]] = []
        for _ in range(count):
            partner = str(uuid4())
            contacts = (ContactPoint(channel="email", address=f"mitra-{partner[:8]}@mitra.example"),)
            register = RegisterPartner(
                partner_id=partner, kind="community_group", area=area, consented_at=datetime.now(UTC), active=mail
            )
            commands.append((register, PartnerIdentity(name="KIM Uji", contacts=contacts), FOUNDER))
        await self._send(tenant, commands)
        self.registered |= {(tenant, str(command.target)) for command, _, _ in commands}

    async def work(self, every: float) -> None:
        """Publishes again and again the answer that most people wait for; now and then corrects an old one."""
        while True:
            await asyncio.sleep(every)
            try:
                tenant = self._chance.choice(self.places).tenant
                case = await asyncio.to_thread(self._next_case, tenant)
                if case is not None:
                    await self._publish(tenant, case)
            except PyMongoError:
                # A fault of the database; the next round finds it again.
                continue

    def _next_case(self, tenant: str) -> dict[str, Any] | None:
        published = self._chance.random() < 0.2
        state = {"$in": [CaseState.PUBLISHED]} if published else {"$in": [CaseState.OPEN, CaseState.TRIAGED]}
        return self._mongo["reports"]["case"].find_one(
            {"tenant": tenant, "state.state": state}, {"state": 1}, sort=[("state.askers", -1)]
        )

    async def _publish(self, tenant: str, case: dict[str, Any]) -> None:
        """The whole way of a case in one go: one key, so the owner takes the commands in this order."""
        staff, state = self._staff[tenant], case["state"]
        case_id, drafted, version = state["case_id"], state["draft_number"], state["version"]
        draft = Draft(
            claim="Kabar yang beredar", verdict="false", about_own_tenant=False, fact=f"Kabar itu keliru ({version}).",
            explanation="Sudah diperiksa kepada yang berwenang.",
            change_note="Diperjelas" if version else "",
        )  # fmt: skip
        reference = Reference(title="Keterangan resmi", url="https://contoh.example/resmi", publisher="Kominfo")
        steps: list[tuple[Command, Sealable | None, Actor]] = [
            (AddReference(case_id=case_id, reference=reference), None, staff.verifier),
            (SaveDraft(case_id=case_id, draft=draft, expects=drafted, submit=True), None, staff.verifier),
            (ApproveVerdict(case_id=case_id, expects=drafted + 1), None, staff.approver),
            (PublishCase(case_id=case_id), None, staff.verifier),
        ]
        if not version:
            steps.insert(0, (TriageCase(case_id=case_id, severity=1, topic="uji"), None, staff.verifier))
        await self._send(tenant, steps)
        self.published += 1

    async def _send(self, tenant: str, commands: Sequence[tuple[Command, Sealable | None, Actor]]) -> None:
        """Until the broker has them all, under the same ids."""
        messages = [self._addressed(tenant, *command) for command in commands]
        while True:
            try:
                await self._outbox.publish(messages)
            except Unavailable:
                await asyncio.sleep(0.5)
            else:
                return

    def _addressed(self, tenant: str, command: Command, private: Sealable | None, actor: Actor) -> Outgoing:
        to = owner_of(command.type_name)
        if private is not None:
            sealed = self._sealers[to].seal(
                private.model_dump_json().encode(), context=context_of(tenant, command.target)
            )
            command = command.model_copy(update={"sealed": sealed})
        envelope = Envelope(
            id=uuid4(), type=command.type_name, source="/simpul/gateway", subject=command.target,
            time=milliseconds(datetime.now(UTC)), tenant=tenant, correlation_id=uuid4().hex, actor=actor,
        )  # fmt: skip
        keys = self._keyring.signing(Service.GATEWAY, to)
        return address(command, envelope, to=to, by=Service.GATEWAY, keys=keys)
