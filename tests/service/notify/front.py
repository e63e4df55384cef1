"""What stands before notify: the gateway's commands and reads, the registry's records, and the events of reports."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar
from uuid import UUID, uuid4

from pymongo import AsyncMongoClient

from deploy.local.stack import Stack
from libs.contracts.directory import (
    ContactRecord,
    OfficerRecord,
    PartnerRecord,
    TenantRecord,
    directory_key,
)
from libs.contracts.envelope import Actor, Envelope, milliseconds
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.notify.subject import FollowerContact, FollowSubject
from libs.contracts.reads import OutcomeView
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.clarification import ClarificationPublished
from libs.contracts.reports.parts import Reference
from libs.contracts.reports.report import ReportMatched
from libs.contracts.topics import CONTACTS, DIRECTORY, Service, journal
from libs.runtime.errors import Refused
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox, Outgoing
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.settings import Settings
from libs.runtime.tokens import Tokens
from libs.runtime.writing import address

WITHIN = 40.0
T = TypeVar("T")


def settings_of(stack: Stack, service: Service) -> Settings:
    return Settings(**{k.removeprefix("SIMPUL_").lower(): v for k, v in stack.environment(service).items()})  # type: ignore[arg-type]


async def eventually(look: Callable[[], Awaitable[T | None]], *, within: float = WITHIN) -> T:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(within):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.05)


class Front:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.settings = settings_of(stack, Service.GATEWAY)
        self.keyring = Keyring(self.settings.secrets_dir, Service.GATEWAY)
        self._outboxes = {
            s: KafkaOutbox(settings_of(stack, s), s) for s in (Service.GATEWAY, Service.REGISTRY, Service.REPORTS)
        }
        self._signing = self.keyring.signing(Service.GATEWAY, Service.NOTIFY)
        self._sealer = Sealer(self.keyring.seal_public(Service.NOTIFY))
        mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(stack.mongo_url(Service.NOTIFY))
        self._database = mongo["notify"]
        self._keys = mongo["notify_keys"]["subjects"]
        self._client = ServiceClient(
            Tokens(self.keyring), service=Service.NOTIFY, base_url=self.settings.notify_url, within=10
        )

    async def start(self) -> None:
        for outbox in self._outboxes.values():
            await outbox.start()

    async def stop(self) -> None:
        for outbox in self._outboxes.values():
            await outbox.stop()
        await self._client.close()
        await self._database.client.close()

    def link_keys(self) -> Any:
        return self.keyring.links(Service.GATEWAY, Service.NOTIFY)

    # what others say

    async def command(
        self,
        tenant: str,
        command: Command,
        *,
        private: Sealable | None = None,
        actor: Actor | None = None,
        command_id: UUID | None = None,
    ) -> UUID:
        identity = command_id or uuid4()
        await self._outboxes[Service.GATEWAY].publish(
            [self.signed(tenant, command, private=private, actor=actor, command_id=identity)]
        )
        return identity

    def signed(
        self,
        tenant: str,
        command: Command,
        *,
        command_id: UUID,
        private: Sealable | None = None,
        actor: Actor | None = None,
    ) -> Outgoing:
        if private is not None:
            context = context_of(tenant, command.target)
            sealed = self._sealer.seal(private.model_dump_json().encode(), context=context)
            command = command.model_copy(update={"sealed": sealed})
        envelope = Envelope(
            id=command_id,
            type=command.type_name,
            source="/simpul/gateway",
            subject=command.target,
            time=milliseconds(datetime.now(UTC)),
            tenant=tenant,
            correlation_id=str(command_id),
            actor=actor,
        )
        return address(command, envelope, to=Service.NOTIFY, by=Service.GATEWAY, keys=self._signing)

    async def send(self, messages: list[Outgoing]) -> None:
        await self._outboxes[Service.GATEWAY].publish(messages)

    async def event(self, tenant: str, subject: str, event: Event, *, event_id: UUID | None = None) -> UUID:
        envelope = Envelope(
            id=event_id or uuid4(),
            type=event.type_name,
            source="/simpul/reports",
            subject=subject,
            time=milliseconds(datetime.now(UTC)),
            tenant=tenant,
            correlation_id="a test",
            sequence=1,
        )
        body = event.model_dump_json(exclude=set(event.private) or None).encode()
        record = Outgoing(journal(Service.REPORTS), f"{tenant}/{subject}".encode(), body, envelope.headers())
        await self._outboxes[Service.REPORTS].publish([record])
        return envelope.id

    async def office(self, *, slug: str | None = None) -> str:
        """A fresh tenant that notify knows of."""
        tenant = str(uuid4())
        record = TenantRecord(
            version=1,
            id=tenant,
            slug=slug or f"kota-{tenant[:8]}",
            region_code="32.74",
            prefix="CRB",
            branding=Branding(
                name="Cirebon Saber Hoaks",
                office="Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
                government="Pemerintah Kota Cirebon",
                short_office="DKIS Kota Cirebon",
                email="saber@kotacirebon.example",
            ),
            settings=TenantSettings(),
        )
        await self._directory(directory_key(tenant, "tenant", tenant), record)
        return tenant

    async def officer(self, tenant: str, *roles: str) -> Actor:
        officer = str(uuid4())
        record = OfficerRecord(version=1, id=officer, tenant=tenant, roles=roles)
        await self._directory(directory_key(tenant, "officer", officer), record)
        return Actor(officer, roles)

    async def partner(
        self,
        tenant: str,
        *,
        area: str = "32.74",
        contacts: tuple[ContactPoint, ...] = (),
        version: int = 1,
        state: str = "active",
    ) -> str:
        partner = str(uuid4())
        await self.contacts(tenant, partner, contacts, version=version)
        record = PartnerRecord(
            version=version,
            id=partner,
            tenant=tenant,
            partner_kind="activist",
            state=state,
            area=area,
            run_by_office=False,
        )
        await self._directory(directory_key(tenant, "partner", partner), record)
        return partner

    async def contacts(
        self, tenant: str, partner: str, contacts: tuple[ContactPoint, ...], *, version: int, active: bool = True
    ) -> None:
        identity = PartnerIdentity(name="Sri & Wahyuni", contacts=contacts)
        record = ContactRecord(
            version=version,
            tenant=tenant,
            partner_id=partner,
            channels=tuple(c.channel for c in contacts),
            sealed=self._sealer.seal(identity.model_dump_json().encode(), context=context_of(tenant, partner)),
            active=active,
        )
        await self._publish(CONTACTS, f"{tenant}/{partner}", record.model_dump_json().encode())

    async def _directory(self, key: str, record: Any) -> None:
        await self._publish(DIRECTORY, key, record.model_dump_json().encode())

    async def _publish(self, topic: str, key: str, value: bytes) -> None:
        await self._outboxes[Service.REGISTRY].publish([Outgoing(topic, key.encode(), value, [])])

    # what notify answers

    async def get(self, path: str, *, tenant: str, actor: Actor | None = None, **params: Any) -> bytes:
        return await self._client.get(path, tenant=tenant, actor=actor, params=params)

    async def outcome(self, tenant: str, command: UUID) -> OutcomeView:
        async def look() -> OutcomeView | None:
            view = OutcomeView.model_validate_json(await self.get(f"/outcomes/{command}", tenant=tenant))
            return view if view.state != "pending" else None

        return await eventually(look)

    async def letters(self, address: str, *, count: int = 1) -> list[EmailMessage]:
        """Once there are as many as that; the newest first."""

        async def look() -> list[EmailMessage] | None:
            found = await asyncio.to_thread(lambda: list(self.stack.mailbox.letters(address)))
            return found if len(found) >= count else None

        return await eventually(look)

    def log(self) -> str:
        """What notify has written so far."""
        return self.stack.layout.log(Service.NOTIFY).read_text()

    async def count_letters(self, address: str) -> int:
        return len(await asyncio.to_thread(lambda: list(self.stack.mailbox.letters(address))))

    async def knows_partners(self, tenant: str, *partners: str) -> None:
        """Until notify has their records and contacts: it answers a partner whom it knows."""

        async def known(partner: str) -> bool:
            try:
                await self.get(f"/partners/{partner}/assignments", tenant=tenant, actor=self.as_partner(partner))
            except Refused:
                return False
            return await self._database.contacts.find_one({"_id": f"{tenant}/{partner}"}) is not None

        for partner in partners:
            await eventually(lambda partner=partner: known(partner))  # type: ignore[misc]

    @staticmethod
    def as_partner(partner: str) -> Actor:
        return Actor(partner, ("partner",))

    async def key_is_gone(self, subject: str) -> bool:
        return await self._keys.find_one({"_id": subject}) is None

    async def subject(self, tenant: str, report: str) -> dict[str, Any] | None:
        """The document of a follower."""
        return await self._database.subject.find_one({"_id": f"{tenant}/{report}"})

    async def has_suppressed(self, tenant: str, recipient: str, reason: str, *, count: int) -> bool:
        where = {"tenant": tenant, "ix.recipient": recipient, "state.reason": reason}
        return await self._database.delivery.count_documents(where) == count

    async def reads_number(self, tenant: str, partner: str, *, version: int) -> None:
        """Until notify has that version of the partner's contacts."""

        async def look() -> bool:
            found = await self._database.contacts.find_one({"_id": f"{tenant}/{partner}"})
            return found is not None and found["version"] == version

        await eventually(look)

    # what happens often

    async def follow(
        self,
        tenant: str,
        report: str,
        address: str,
        *,
        channel: str = "email",
        command_id: UUID | None = None,
        **more: Any,
    ) -> UUID:
        command = FollowSubject(
            **{
                "report_id": report,
                "number": a_number(report),
                "channel": channel,
                "consented_at": datetime.now(UTC),
                **more,
            }
        )
        contact = FollowerContact(channel=channel, address=address)
        return await self.command(tenant, command, private=contact, command_id=command_id)

    async def matched(
        self, tenant: str, report: str, case: str | None, *, event_id: UUID | None = None, **more: Any
    ) -> UUID:
        now = datetime.now(UTC)
        event = ReportMatched(
            **{
                "report_id": report,
                "outcome": "none",
                "kind": "hoax",
                "case_id": case,
                "received_at": now,
                "answer_due_at": now + timedelta(hours=24),
                **more,
            }
        )
        return await self.event(tenant, report, event, event_id=event_id)

    async def published(self, tenant: str, case: str, *, event_id: UUID | None = None, **more: Any) -> UUID:
        event = a_clarification(case, **more)
        return await self.event(tenant, event.clarification_id, event, event_id=event_id)


def now() -> datetime:
    return milliseconds(datetime.now(UTC))


def a_number(report: str) -> str:
    return f"CRB-{report[:4].upper()}-{report[4:8].upper()}"


def a_clarification(case: str, **more: Any) -> ClarificationPublished:
    return ClarificationPublished(
        **{
            "clarification_id": f"k-{case}",
            "case_id": case,
            "number": "KLR-CRB-2026-0147",
            "version": 1,
            "claim": "Mulai malam ini air PDAM dicampur zat pembersih pipa.",
            "verdict": "false",
            "fact": "Air PDAM di Harjamukti aman dipakai.",
            "explanation": "PDAM mengganti 200 meter pipa; uji enam contoh air memenuhi syarat.",
            "references": (Reference(title="Hasil uji", url="https://pdam.example/uji"),),
            "topic": "kesehatan",
            "area": "32.74.03",
            "severity": 2,
            "author": "o1",
            "approvers": ("o2",),
            "at": datetime.now(UTC),
            **more,
        }
    )
