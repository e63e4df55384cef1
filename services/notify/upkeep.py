"""Workers that put right what time or a person's wish has changed: attempts without an end, withdrawals, erasures."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.notify.delivery import BeginAttempt, RecordResult, SettleSuppression, SuppressDelivery
from libs.contracts.notify.subject import EraseContact, SettleSubject
from libs.contracts.words import DeliveryState, Template
from libs.runtime import logs
from libs.runtime.aggregates import Incoming
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of
from libs.runtime.sealing import SubjectKeys
from services.notify.delivery.leases import clear, cut_off
from services.notify.delivery.rules import REFUSALS, WAITING, Delivery
from services.notify.kinds import DELIVERY, SUBJECT, SUPPRESSION
from services.notify.store import STATE, Store, ordered
from services.notify.subject.rules import WITHDRAW, Subject
from services.notify.suppression.rules import Suppression

log = logs.get()

CHUNK = 200
MOST_OF_ONE = 1000
"""Queued deliveries of one recipient; a partner in the busiest office has a few."""


class Upkeep:
    def __init__(
        self,
        *,
        engine: Engine,
        keys: SubjectKeys,
        in_hand: Callable[[], set[str]],
        unknown_after: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._in_hand = in_hand
        self._unknown_after = unknown_after
        self._now = now
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._subjects: Store[Subject] = Store(engine, SUBJECT, keys)
        self._suppressions: Store[Suppression] = Store(engine, SUPPRESSION, keys)

    async def give_up_attempts(self) -> bool:
        """An attempt that nobody ended is unknown: the process died between the call and its record."""
        now = self._now()
        collection = self._deliveries.collection
        documents = await cut_off(collection, before=now - self._unknown_after, most=CHUNK)
        ours = self._in_hand()
        abandoned = [d for d in documents if d["_id"] not in ours]
        commands: list[Incoming] = []
        given_up = 0
        for document, delivery in zip(abandoned, await self._deliveries.states(abandoned), strict=True):
            if document["begun"] == delivery.attempts + 1:
                # Otherwise its result is there, and only the mark was left.
                commands += _given_up(delivery, document, now)
                given_up += 1
        await self._engine.apply(commands)
        await clear(collection, [d["_id"] for d in abandoned])
        if given_up:
            log.warning("attempts_given_up", count=given_up)
        return bool(abandoned)

    async def withdraw(self) -> bool:
        """What is queued for those who stopped, or who refused a channel, does not go out."""
        return any([await self._withdraw_subjects(), await self._withdraw_suppressed()])

    async def _withdraw_subjects(self) -> bool:
        documents = await self._subjects.collection.across_tenants({"ix.todo": WITHDRAW}, limit=CHUNK, fields=STATE)
        for document, subject in zip(documents, await self._subjects.states(documents), strict=True):
            tenant = document["tenant"]
            reason = subject.ended if subject.ended in REFUSALS else "no_consent"
            await self._suppress(tenant, {"ix.recipient": subject.report_id}, reason)
            settle = SettleSubject(
                report_id=subject.report_id,
                change=subject.change,
                erase_at=self._now() if subject.channel else None,
            )
            await self._engine.apply([ordered(settle, subject.change, tenant=tenant, at=self._now())])
        return bool(documents)

    async def _withdraw_suppressed(self) -> bool:
        documents = await self._suppressions.collection.across_tenants(
            {"ix.unsettled": True}, limit=CHUNK, fields={**STATE, "version": 1}
        )
        for document, suppression in zip(documents, await self._suppressions.states(documents), strict=True):
            tenant = document["tenant"]
            for channel in suppression.unsettled:
                where = {"ix.recipient": suppression.recipient, "ix.channel": channel}
                await self._suppress(tenant, where, suppression.reason(channel))
            settle = SettleSuppression(recipient=suppression.recipient, channels=suppression.unsettled)
            await self._engine.apply([ordered(settle, document["version"], tenant=tenant, at=self._now())])
        return bool(documents)

    async def _suppress(self, tenant: str, where: Mapping[str, Any], reason: str) -> None:
        documents = await self._deliveries.collection.find(
            tenant,
            {**where, "ix.state": {"$in": sorted(WAITING)}, "state.template": {"$ne": Template.LOGIN_LINK}},
            limit=MOST_OF_ONE,
            fields={"tenant": 1},
        )
        commands = [SuppressDelivery(delivery_id=identity_of(d["_id"]), reason=reason) for d in documents]
        await self._engine.apply([ordered(c, reason, tenant=tenant, at=self._now()) for c in commands])

    async def erase(self) -> bool:
        """Destroys the keys of contacts whose time has come; the document says so after that."""
        now = self._now()
        documents = await self._subjects.collection.across_tenants(
            {"ix.erase_at": {"$lte": now}}, limit=CHUNK, fields=STATE
        )
        for document, subject in zip(documents, await self._subjects.states(documents), strict=True):
            await self._keys.destroy(document["subject"])
            erase = EraseContact(report_id=subject.report_id)
            await self._engine.apply([ordered(erase, tenant=document["tenant"], at=now)])
        if documents:
            log.info("contacts_erased", count=len(documents))
        return bool(documents)


def _given_up(delivery: Delivery, document: Document, now: datetime) -> list[Incoming]:
    attempt, tenant = document["begun"], document["tenant"]
    begin = BeginAttempt(delivery_id=delivery.delivery_id, attempt=attempt)
    result = RecordResult(delivery_id=delivery.delivery_id, attempt=attempt, result=DeliveryState.UNKNOWN)
    told = [ordered(result, attempt, "given_up", tenant=tenant, at=now)]
    if delivery.state in WAITING:
        told.insert(0, ordered(begin, attempt, "given_up", tenant=tenant, at=document["begun_at"]))
    return told
