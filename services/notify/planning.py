"""Workers that turn what is known into deliveries, in chunks: over bulletins, over closed cases, over subjects.

Two may plan the same delivery; its id is made of message, recipient and channel, so there is one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.directory import PartnerRecord
from libs.contracts.notify.delivery import (
    AdvanceBulletin,
    AdvanceClosing,
    DeliveryAddress,
    OfferAssignment,
    PlanDelivery,
    SuppressDelivery,
)
from libs.contracts.notify.subject import SettleSubject
from libs.contracts.registry.partner import PartnerIdentity
from libs.contracts.words import Template
from libs.kit import areas
from libs.runtime.aggregates import Incoming
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of
from libs.runtime.sealing import SubjectKeys
from services.notify import audience
from services.notify.audience import Message
from services.notify.bulletin.rules import DONE, EARLIER, PARTNERS, SUBJECTS, Bulletin
from services.notify.closing import Closing
from services.notify.contacts import Contacts
from services.notify.delivery.rules import FIRST_WORDS, LANE_TICKET, WAITING, Delivery
from services.notify.hold import Hold
from services.notify.identities import assignment_id, bulletin_id, delivery_id
from services.notify.kinds import BULLETIN, CLOSING, DELIVERY, HOLD, SUBJECT, SUPPRESSION
from services.notify.store import STATE, Store, ordered
from services.notify.subject.rules import PLAN, Subject
from services.notify.suppression.rules import Suppression

CHUNK = 500
AT_ONCE = 20
"""Bulletins that advance by one chunk in one step, so that a large one holds up no other office's."""
HELD_FOR = timedelta(seconds=60)
"""How soon a paused answer is looked at again."""

DUE_TO_LOOK = "look_at"
"""Field beside the state: a worker comes back to the document at this time. No fact, so no event."""


def _now() -> datetime:
    return datetime.now(UTC)


class Planner:
    def __init__(
        self,
        *,
        engine: Engine,
        keys: SubjectKeys,
        directory: Directory,
        contacts: Contacts,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._contacts = contacts
        self._now = now
        self._subjects: Store[Subject] = Store(engine, SUBJECT, keys)
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)
        self._closings: Store[Closing] = Store(engine, CLOSING, keys)
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._suppressions: Store[Suppression] = Store(engine, SUPPRESSION, keys)
        self._holds: Store[Hold] = Store(engine, HOLD, keys)

    # bulletins

    async def advance_bulletins(self) -> bool:
        """One chunk of every unfinished bulletin; True where something was done."""
        documents = await self._bulletins.collection.across_tenants(
            {"ix.unfinished_since": {"$exists": True}, **self._looked_at_now()},
            sort=[("ix.unfinished_since", 1)],
            limit=AT_ONCE,
            fields=STATE,
        )
        for document, bulletin in zip(documents, await self._bulletins.states(documents), strict=True):
            if await self._is_held(document["tenant"], bulletin.clarification_id):
                await self._look_later(self._bulletins, [document])
            else:
                await self._advance(document["tenant"], bulletin)
        return bool(documents)

    async def _advance(self, tenant: str, bulletin: Bulletin) -> None:
        newest = (await self._latest(tenant, {bulletin.case_id})).get(bulletin.case_id, bulletin)
        match DONE if newest.version > bulletin.version else bulletin.stage:
            case stage if stage == DONE:
                # Nobody is sent a version that has been corrected; the newer bulletin tells everyone.
                last, planned, follows = None, 0, DONE
            case stage if stage == SUBJECTS:
                last, planned = await self._tell_subjects(tenant, bulletin)
                follows = EARLIER
            case stage if stage == EARLIER:
                last, planned = await self._tell_earlier(tenant, bulletin)
                follows = PARTNERS
            case _:
                last, planned = await self._ask_partners(tenant, bulletin)
                follows = DONE
        stage, after = (bulletin.stage, last) if last is not None else (follows, "")
        step = AdvanceBulletin(bulletin_id=bulletin.bulletin_id, stage=stage, after=after, planned=planned)
        await self._engine.apply([ordered(step, stage, after, tenant=tenant, at=self._now())])

    async def _tell_subjects(self, tenant: str, bulletin: Bulletin) -> tuple[str | None, int]:
        where: dict[str, Any] = {"ix.case": bulletin.case_id, "ix.following": True, "_id": {"$gt": bulletin.after}}
        documents = await self._subjects.collection.find(tenant, where, sort=[("_id", 1)], limit=CHUNK, fields=STATE)
        if not documents:
            return None, 0
        subjects = await self._subjects.states(documents, opened=True)
        return documents[-1]["_id"], await self._tell(tenant, bulletin, subjects)

    async def _tell_earlier(self, tenant: str, bulletin: Bulletin) -> tuple[str | None, int]:
        """Whoever was told an earlier version, and left the case since, must still hear that it was corrected."""
        if bulletin.version == 1:
            return None, 0
        documents = await self._deliveries.collection.find(
            tenant,
            {"ix.case": bulletin.case_id, "_id": {"$gt": bulletin.after}},
            sort=[("_id", 1)],
            limit=CHUNK,
            fields={"ix.recipient": 1, "ix.bulletin": 1},
        )
        if not documents:
            return None, 0
        before = set(earlier_versions(bulletin))
        recipients = {d["ix"]["recipient"] for d in documents if d["ix"].get("bulletin") in before}
        subjects = await self._subjects.of(tenant, recipients, opened=True)
        left = [s for s in subjects.values() if s.case_id != bulletin.case_id]
        return documents[-1]["_id"], await self._tell(tenant, bulletin, left)

    async def _tell(self, tenant: str, bulletin: Bulletin, subjects: Sequence[Subject]) -> int:
        told = await self._told(tenant, bulletin, [s.report_id for s in subjects])
        owed = [
            (subject, message)
            for subject in subjects
            for message in audience.messages_for(subject, bulletin, None, told_before=subject.report_id in told)
            if message.bulletin_id is not None
        ]
        await self._tell_all(tenant, bulletin.case_id, owed)
        return len(owed)

    async def _tell_all(self, tenant: str, case_id: str, owed: Sequence[tuple[Subject, Message]]) -> None:
        """Deliveries, then the clocks of the contacts. Those for whom there is work are left to the worker over
        subjects, which sees the same; those who left the case wait for another answer."""
        await self._plan(tenant, owed)
        here = [(s, m) for s, m in owed if s.case_id == case_id]
        await self._supersede_first_words(tenant, here)
        await self._engine.apply([self._settle(tenant, s, [m], told_by=m.id) for s, m in here if s.todo is None])

    async def _plan(self, tenant: str, owed: Sequence[tuple[Subject, Message]]) -> None:
        await self._engine.apply([self._to_subject(tenant, subject, message) for subject, message in owed])
        await self._withdraw_from_those_who_stopped(tenant, sorted({s.report_id for s, _ in owed}))

    async def _supersede_first_words(self, tenant: str, told: Sequence[tuple[Subject, Message]]) -> None:
        """That it is being checked is no news once it has ended."""
        reports = [s.report_id for s, m in told if m.template in audience.ENDS]
        if not reports:
            return
        documents = await self._deliveries.collection.find(
            tenant,
            {
                "ix.recipient": {"$in": reports},
                "ix.state": {"$in": sorted(WAITING)},
                "state.template": {"$in": sorted(FIRST_WORDS)},
            },
            limit=CHUNK * 4,
            fields={"tenant": 1},
        )
        await self._engine.apply([self._suppress(tenant, identity_of(d["_id"]), "superseded") for d in documents])

    # closed cases

    async def advance_closings(self) -> bool:
        """One chunk of every case that was closed without an answer; True where something was done."""
        documents = await self._closings.collection.across_tenants(
            {"ix.unfinished_since": {"$exists": True}}, sort=[("ix.unfinished_since", 1)], limit=AT_ONCE, fields=STATE
        )
        for document, closing in zip(documents, await self._closings.states(documents), strict=True):
            after = await self._tell_of_closing(document["tenant"], closing)
            step = AdvanceClosing(closing_id=closing.closing_id, after=after)
            await self._engine.apply([ordered(step, after, tenant=document["tenant"], at=self._now())])
        return bool(documents)

    async def _tell_of_closing(self, tenant: str, closing: Closing) -> str:
        if await self._latest(tenant, {closing.case_id}):
            return ""
        where: dict[str, Any] = {"ix.case": closing.case_id, "ix.following": True, "_id": {"$gt": closing.after}}
        documents = await self._subjects.collection.find(tenant, where, sort=[("_id", 1)], limit=CHUNK, fields=STATE)
        subjects = await self._subjects.states(documents, opened=True)
        owed = [
            (subject, message)
            for subject in subjects
            for message in audience.messages_for(subject, None, closing, told_before=False)
            if message.id == closing.closing_id
        ]
        await self._tell_all(tenant, closing.case_id, owed)
        return str(documents[-1]["_id"]) if documents else ""

    async def _ask_partners(self, tenant: str, bulletin: Bulletin) -> tuple[str | None, int]:
        region = self._directory.tenants[tenant].region_code
        partners = audience.partners_after(
            self._directory.partners_of(tenant),
            places=areas.places_of(bulletin.area, bulletin.claim, region=region),
            after=bulletin.after,
            most=CHUNK,
        )
        if not partners:
            return None, 0
        identities = await self._contacts.of(tenant, [p.id for p in partners])
        refused = await self._suppressions.of(tenant, [p.id for p in partners])
        wrong = await self._wrong_numbers(tenant, refused.values())
        told = await self._told(tenant, bulletin, [p.id for p in partners])
        offers: list[Incoming] = []
        plans: list[Incoming] = []
        for partner in partners:
            offers.append(self._offer(tenant, bulletin, partner))
            template = Template.CORRECTION if partner.id in told else Template.PARTNER_REQUEST
            identity = identities.get(partner.id, PartnerIdentity(name=""))
            plans += self._to_partner(
                tenant, bulletin, partner, identity=identity, template=template,
                refused=audience.refused(refused.get(partner.id), identity, wrong),
            )  # fmt: skip
        await self._engine.apply(offers)
        await self._engine.apply(plans)
        return partners[-1].id, len(plans)

    def _offer(self, tenant: str, bulletin: Bulletin, partner: PartnerRecord) -> Incoming:
        offer = OfferAssignment(
            assignment_id=assignment_id(bulletin.bulletin_id, partner.id),
            bulletin_id=bulletin.bulletin_id,
            case_id=bulletin.case_id,
            partner_id=partner.id,
            due_at=bulletin.partners_due_at,
        )
        return ordered(offer, tenant=tenant, at=self._now())

    def _to_partner(
        self,
        tenant: str,
        bulletin: Bulletin,
        partner: PartnerRecord,
        *,
        identity: PartnerIdentity,
        template: str,
        refused: Mapping[str, str],
    ) -> Iterable[Incoming]:
        for contact in audience.channels_of(identity.contacts):
            plan = PlanDelivery(
                delivery_id=delivery_id(bulletin.bulletin_id, partner.id, contact.channel),
                template=template,
                channel=contact.channel,
                recipient=partner.id,
                recipient_kind="partner",
                lane=audience.partner_lane(bulletin.severity),
                language=partner.language,
                bulletin_id=bulletin.bulletin_id,
                case_id=bulletin.case_id,
                number=bulletin.number,
                assignment_id=assignment_id(bulletin.bulletin_id, partner.id),
                due_at=bulletin.partners_due_at,
            )
            address = DeliveryAddress(address=contact.address, name=identity.name)
            yield ordered(plan, tenant=tenant, at=self._now(), private=address)
            if contact.channel in refused:
                yield self._suppress(tenant, plan.delivery_id, refused[contact.channel])

    async def _wrong_numbers(self, tenant: str, suppressions: Iterable[Suppression]) -> dict[str, str]:
        """Number by the message that went to somebody else; none where its key was destroyed."""
        wanted = {message for suppression in suppressions for message in suppression.wrong.values()}
        found = await self._deliveries.of(tenant, wanted, opened=True)
        return {message: delivery.address for message, delivery in found.items()}

    async def _told(self, tenant: str, bulletin: Bulletin, recipients: Sequence[str]) -> set[str]:
        """Who may have read an earlier version. What is still queued of one is withdrawn: the new one says it all."""
        versions = earlier_versions(bulletin)
        if not versions or not recipients:
            return set()
        documents = await self._deliveries.collection.find(
            tenant,
            {"ix.recipient": {"$in": list(recipients)}, "ix.bulletin": {"$in": versions}},
            limit=CHUNK * 3 * len(versions),
            fields={"ix": 1},
        )
        waiting = [d for d in documents if d["ix"]["state"] in WAITING]
        await self._engine.apply([self._suppress(tenant, identity_of(d["_id"]), "superseded") for d in waiting])
        return {d["ix"]["recipient"] for d in documents if d["ix"]["state"] in audience.TOLD}

    # subjects

    async def plan_subjects(self) -> bool:
        """Followers who became complete, or moved to another case; True where something was done."""
        documents = await self._subjects.collection.across_tenants(
            {"ix.todo": PLAN, **self._looked_at_now()}, limit=CHUNK, fields=STATE
        )
        by_tenant: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            by_tenant[document["tenant"]].append(document)
        for tenant, group in by_tenant.items():
            await self._plan_tenant(tenant, group)
        return bool(documents)

    async def _plan_tenant(self, tenant: str, documents: Sequence[Document]) -> None:
        subjects = await self._subjects.states(documents, opened=True)
        latest = await self._latest(tenant, {s.case_id for s in subjects if s.case_id is not None})
        closings = await self._newest_closings(tenant, {s.case_id for s in subjects if s.case_id is not None})
        held = await self._held(tenant, {b.clarification_id for b in latest.values()})
        told: dict[str, set[str]] = {}
        for case_id, bulletin in latest.items():
            told[case_id] = await self._told(tenant, bulletin, [s.report_id for s in subjects if s.case_id == case_id])
        owed: list[tuple[Subject, Message]] = []
        settled: list[Incoming] = []
        later: list[Document] = []
        for document, subject in zip(documents, subjects, strict=True):
            case_id = subject.case_id or ""
            answer = latest.get(case_id)
            messages = audience.messages_for(
                subject, answer, closings.get(case_id), told_before=subject.report_id in told.get(case_id, set())
            )
            if answer is not None and answer.clarification_id in held:
                # The answer waits; what is news to this one alone does not.
                owed += [(subject, message) for message in messages if message.bulletin_id is None]
                if any(message.bulletin_id is not None for message in messages):
                    later.append(document)
                    continue
            else:
                owed += [(subject, message) for message in messages]
            settled.append(self._settle(tenant, subject, messages))
        await self._plan(tenant, owed)
        await self._supersede_first_words(tenant, owed)
        await self._engine.apply(settled)
        await self._look_later(self._subjects, later)

    def _to_subject(self, tenant: str, subject: Subject, message: Message) -> Incoming:
        plan = PlanDelivery(
            delivery_id=delivery_id(message.id, subject.report_id, subject.channel),
            template=message.template,
            channel=subject.channel,
            recipient=subject.report_id,
            recipient_kind="report",
            lane=LANE_TICKET,
            language=subject.language,
            bulletin_id=message.bulletin_id,
            case_id=subject.case_id,
            number=subject.number,
            due_at=subject.answer_due_at,
            confidential=subject.confidential,
            note=message.note,
            conversation_id=subject.conversation_id,
            said_at=message.said_at,
        )
        return ordered(plan, tenant=tenant, at=self._now(), private=DeliveryAddress(address=subject.address))

    def _settle(self, tenant: str, subject: Subject, messages: Sequence[Message], *, told_by: str = "") -> Incoming:
        """
        Args:
            told_by: the bulletin or closing, where it was not the subject's own call.
        """
        templates = {message.template for message in messages}
        record = self._directory.tenants.get(tenant)
        kept = timedelta(days=record.settings.contact_kept_days if record else 30)
        settle = SettleSubject(
            report_id=subject.report_id,
            change=subject.change,
            interim=bool(templates & FIRST_WORDS),
            erase_at=self._now() + kept if templates & audience.ENDS else None,
        )
        return ordered(settle, subject.change, told_by, tenant=tenant, at=self._now())

    async def _withdraw_from_those_who_stopped(self, tenant: str, reports: Sequence[str]) -> None:
        """The deliveries were saved first and the subjects are read again after that: whoever stopped meanwhile and was
        not seen by the withdrawal is seen here."""
        stopped = [r for r, s in (await self._subjects.of(tenant, reports)).items() if not s.following]
        if not stopped:
            return
        documents = await self._deliveries.collection.find(
            tenant,
            {"ix.recipient": {"$in": stopped}, "ix.state": {"$in": sorted(WAITING)}},
            limit=CHUNK * 4,
            fields={"tenant": 1},
        )
        await self._engine.apply([self._suppress(tenant, identity_of(d["_id"]), "no_consent") for d in documents])

    # shared

    async def _latest(self, tenant: str, cases: set[str]) -> dict[str, Bulletin]:
        """The newest version of each case that has one."""
        found = await self._bulletins.find(
            tenant, {"ix.case": {"$in": sorted(cases)}}, sort=[("ix.version", 1)], limit=len(cases) * 50 or 1
        )
        return {bulletin.case_id: bulletin for bulletin in found}

    async def _newest_closings(self, tenant: str, cases: set[str]) -> dict[str, Closing]:
        found = await self._closings.find(
            tenant, {"ix.case": {"$in": sorted(cases)}}, sort=[("ix.closed_at", 1)], limit=len(cases) * 50 or 1
        )
        return {closing.case_id: closing for closing in found}

    async def _held(self, tenant: str, clarifications: set[str]) -> set[str]:
        return {c for c, hold in (await self._holds.of(tenant, clarifications)).items() if hold.holds}

    async def _is_held(self, tenant: str, clarification: str) -> bool:
        return bool(await self._held(tenant, {clarification}))

    def _suppress(self, tenant: str, delivery: str, reason: str) -> Incoming:
        return ordered(SuppressDelivery(delivery_id=delivery, reason=reason), reason, tenant=tenant, at=self._now())

    def _looked_at_now(self) -> dict[str, Any]:
        return {DUE_TO_LOOK: {"$not": {"$gt": self._now()}}}

    async def _look_later(self, store: Store[Any], documents: Sequence[Document]) -> None:
        if documents:
            await store.collection.update_across_tenants(
                {"_id": {"$in": [d["_id"] for d in documents]}}, {"$set": {DUE_TO_LOOK: self._now() + HELD_FOR}}
            )


def earlier_versions(bulletin: Bulletin) -> list[str]:
    return [bulletin_id(bulletin.clarification_id, v) for v in range(1, bulletin.version)]
