"""Notify's workers over a store in memory: what they plan, without a server."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from libs.contracts.directory import PartnerRecord
from libs.contracts.messages import Command
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity
from libs.contracts.words import PartnerState
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.directory import Directory
from libs.runtime.sealing import SubjectKeys
from services.notify.contacts import Contacts
from services.notify.kinds import AGGREGATES, DELIVERY, SUBJECT
from services.notify.planning import Planner
from services.notify.store import Store
from services.notify.upkeep import Upkeep
from tests.unit.notify.builders import NOW, TENANT, contact, context, follow, link
from tests.unit.notify.test_letters import OFFICE
from tests.unit.runtime.domain import MASTER, an_engine
from tests.unit.runtime.memory import MemoryKeys, MemoryMongo, MemoryOutbox


class KnownContacts(Contacts):
    """Names and numbers as they were given, in the place of the projection."""

    def __init__(self) -> None:
        self.known: dict[str, PartnerIdentity] = {}

    async def of(self, tenant: str, partners: Sequence[str]) -> dict[str, PartnerIdentity]:
        return {p: self.known[p] for p in partners if p in self.known}


class Desk:
    def __init__(self) -> None:
        self.now = NOW
        keys = SubjectKeys(MemoryKeys(), MASTER)
        self.engine = an_engine(MemoryMongo(), MemoryOutbox(), keys=keys, aggregates=AGGREGATES)
        self.directory, self.contacts = Directory(), KnownContacts()
        self.directory.put(OFFICE)
        self.planner = Planner(
            engine=self.engine,
            keys=keys,
            directory=self.directory,
            contacts=self.contacts,
            now=lambda: self.now,
        )
        self.upkeep = Upkeep(
            engine=self.engine,
            keys=keys,
            in_hand=set,
            unknown_after=timedelta(minutes=1),
            now=lambda: self.now,
        )
        self._deliveries = Store(self.engine, DELIVERY, keys)
        self._subjects = Store(self.engine, SUBJECT, keys)

    async def tell(self, command: Command, given: Context | None = None) -> None:
        given = given or context()
        await self.engine.apply([Incoming(command, given)])

    async def follower(self, report: str, *, case: str = "c1", linked_at: datetime | None = None, **more: Any) -> None:
        channel = more.get("channel", "email")
        address = f"{report}@contoh.example" if channel == "email" else "+6281200002066"
        await self.tell(follow(report_id=report, **more), contact(address, channel))
        await self.tell(link(report_id=report, case_id=case, linked_at=linked_at))

    def partner(self, identity: str, *contacts: tuple[str, str], area: str = "32.74") -> None:
        points = tuple(ContactPoint(channel=channel, address=address) for channel, address in contacts)
        self.contacts.known[identity] = PartnerIdentity(name="KIM Kecapi", contacts=points)
        self.directory.put(
            PartnerRecord(
                version=1,
                id=identity,
                tenant=TENANT,
                partner_kind="activist",
                state=PartnerState.ACTIVE,
                area=area,
                run_by_office=False,
            )
        )

    async def work(self) -> None:
        """Until the planner finds no more to do at this hour."""
        for _ in range(50):
            steps = (self.planner.advance_bulletins, self.planner.advance_closings, self.planner.plan_subjects)
            if not any([await step() for step in steps]):
                return
        raise AssertionError("the planner never came to an end")

    async def deliveries(self, recipient: str, **where: str) -> list[Mapping[str, Any]]:
        """As (template, channel, state, reason) and the like, in the order of planning."""
        found = await self._deliveries.find(TENANT, {"ix.recipient": recipient}, limit=100, opened=True)
        rows = sorted(found, key=lambda d: (d.planned_at, d.template, d.channel))
        return [d.model_dump() for d in rows if all(getattr(d, name) == value for name, value in where.items())]

    async def states(self, recipient: str, **where: str) -> list[tuple[str, str, str]]:
        return sorted((d["template"], d["state"], d["reason"]) for d in await self.deliveries(recipient, **where))

    async def subject(self, report: str) -> Any:
        return (await self._subjects.of(TENANT, [report], opened=True))[report]
