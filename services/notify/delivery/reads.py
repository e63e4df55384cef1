"""To whom an answer got, person by person, and what is left for hands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.notify.reads import ByHandRow, DeliveryRow, LedgerRow
from libs.contracts.reads import Page
from libs.contracts.words import Channel
from libs.runtime.cursors import Cursors
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import Document
from libs.runtime.sealing import SubjectKeys
from services.notify.assignment.rules import Assignment
from services.notify.bulletin.rules import Bulletin
from services.notify.channels import whatsapp
from services.notify.delivery.rules import Delivery, due
from services.notify.kinds import ASSIGNMENT, BULLETIN, DELIVERY
from services.notify.store import STATE, Store

PAGE = 50
PEOPLE_PAGE = 20
MOST_BY_HAND = 500
"""Messages looked at for one list; what comes behind them is seen once these are sent."""
MOST_SENT = 50
ANSWERS_COME_WITHIN = timedelta(days=30)
MOST_CHANNELS = len(Channel)
"""Deliveries of one bulletin to one recipient."""


class DeliveryReads:
    def __init__(
        self,
        engine: Engine,
        keys: SubjectKeys,
        directory: Directory,
        *,
        cursors: Cursors,
        link_keys: VersionedKey,
        public_url: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._directory = directory
        self._cursors = cursors
        self._link_keys = link_keys
        self._public_url = public_url
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._assignments: Store[Assignment] = Store(engine, ASSIGNMENT, keys)

    async def ledger(
        self, tenant: str, bulletin_id: str, *, state: str | None = None, cursor: str | None = None
    ) -> Page[LedgerRow]:
        """Person by person: all channels of one stand together, and on one page.

        Raises:
            NotFound: no such bulletin.
            Refused: the cursor is not ours.
        """
        await self._bulletins.one(tenant, bulletin_id)
        scope = f"ledger|{tenant}|{bulletin_id}|{state or ''}"
        where: dict[str, Any] = {"ix.bulletin": bulletin_id}
        if state is not None:
            where["ix.state"] = state
        if cursor is not None:
            where["ix.recipient"] = {"$gt": str(self._cursors.decode(scope, cursor)[0])}
        documents = await self._deliveries.collection.find(
            tenant,
            where,
            sort=[("ix.recipient", 1), ("_id", 1)],
            limit=PAGE + MOST_CHANNELS,
            fields={**STATE, "ix.recipient": 1},
        )
        shown = _whole_people(documents)
        deliveries = await self._deliveries.states(shown)
        wanted = {d.assignment_id for d in deliveries if d.assignment_id is not None}
        assignments = await self._assignments.of(tenant, wanted)
        more = len(documents) > len(shown)
        return Page[LedgerRow](
            items=tuple(_ledger_row(d, assignments) for d in deliveries),
            next=self._cursors.encode(scope, [shown[-1]["ix"]["recipient"]]) if more else None,
        )

    async def by_hand(self, tenant: str, *, cursor: str | None = None) -> Page[ByHandRow]:
        """What waits for an officer's own phone, person by person: the one who waits longest first, all of theirs
        together. Shows numbers: the caller writes the audit line."""
        scope = f"by-hand|{tenant}"
        documents = await self._deliveries.collection.find(
            tenant,
            {"ix.by_hand": {"$exists": True}},
            sort=[("ix.by_hand", 1), ("_id", 1)],
            limit=MOST_BY_HAND,
            fields=STATE,
        )
        waiting = [d for d in await self._deliveries.states(documents, opened=True) if not has_expired(d, self._now())]
        people = by_number(waiting)
        if cursor is not None:
            at, last = self._cursors.decode(scope, cursor)
            people = [p for p in people if _place(p) > (datetime.fromisoformat(at), last)]
        shown = people[:PEOPLE_PAGE]
        deliveries = [delivery for person in shown for delivery in person]
        following = None
        if len(people) > PEOPLE_PAGE:
            at, last = _place(shown[-1])
            following = self._cursors.encode(scope, [at.isoformat(), last])
        return Page[ByHandRow](items=tuple(await self._rows(tenant, deliveries)), next=following)

    async def sent_by_hand(self, tenant: str) -> list[ByHandRow]:
        """What was sent by hand lately, the newest first: whoever answers STOP is found here."""
        since = self._now() - ANSWERS_COME_WITHIN
        deliveries = await self._deliveries.find(
            tenant,
            {"ix.sent_by_hand": {"$gt": since}},
            sort=[("ix.sent_by_hand", -1)],
            limit=MOST_SENT,
            opened=True,
        )
        rows = await self._rows(tenant, deliveries)
        return [
            row.model_copy(update={"phone": d.address[-2:], "link": "", "sent_at": d.changed_at})
            for row, d in zip(rows, deliveries, strict=True)
        ]

    async def _rows(self, tenant: str, deliveries: Sequence[Delivery]) -> list[ByHandRow]:
        bulletins = await self._bulletins.of(tenant, {d.bulletin_id for d in deliveries if d.bulletin_id is not None})
        return list(self._by_hand_rows(tenant, deliveries, bulletins))

    def _by_hand_rows(
        self, tenant: str, deliveries: Sequence[Delivery], bulletins: Mapping[str, Bulletin]
    ) -> Iterable[ByHandRow]:
        record = self._directory.tenants[tenant]
        for delivery in deliveries:
            bulletin = bulletins.get(delivery.bulletin_id or "")
            text = whatsapp.text(
                delivery, bulletin, record, public_url=self._public_url, keys=self._link_keys, now=self._now()
            )
            yield ByHandRow(
                delivery_id=delivery.delivery_id,
                template=delivery.template,
                recipient_kind=delivery.recipient_kind,
                recipient=delivery.recipient,
                name=delivery.name,
                phone=delivery.address,
                text=text,
                link=whatsapp.link(delivery.address, text),
                planned_at=delivery.planned_at,
                case_id=delivery.case_id,
                number=delivery.number if delivery.recipient_kind == "report" else "",
            )


def has_expired(delivery: Delivery, now: datetime) -> bool:
    """Between the hour itself and the timer that withdraws it."""
    return any(timer.at <= now for timer in due(delivery))


def by_number(deliveries: Iterable[Delivery]) -> list[list[Delivery]]:
    """The messages of each person together, in the order in which the first of them came."""
    people: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        people.setdefault(delivery.address or delivery.delivery_id, []).append(delivery)
    return list(people.values())


def _place(person: Sequence[Delivery]) -> tuple[datetime, str]:
    return person[0].planned_at, person[0].delivery_id


def row(delivery: Delivery) -> DeliveryRow:
    return DeliveryRow(
        id=delivery.delivery_id,
        template=delivery.template,
        channel=delivery.channel,
        state=delivery.state,
        recipient=delivery.recipient,
        recipient_kind=delivery.recipient_kind,
        attempts=delivery.attempts,
        code=delivery.code or delivery.reason,
        planned_at=delivery.planned_at,
        changed_at=delivery.changed_at,
        method=delivery.method,
        assignment_id=delivery.assignment_id,
    )


def _whole_people(documents: Sequence[Document]) -> Sequence[Document]:
    """Without those of whom more may follow."""
    if len(documents) < PAGE + MOST_CHANNELS:
        return documents
    last = documents[-1]["ix"]["recipient"]
    return [d for d in documents if d["ix"]["recipient"] != last]


def _ledger_row(delivery: Delivery, assignments: Mapping[str, Assignment]) -> LedgerRow:
    assignment = assignments.get(delivery.assignment_id or "")
    return LedgerRow(
        delivery=row(delivery),
        partner_id=delivery.recipient if delivery.recipient_kind == "partner" else None,
        answer=assignment.state if assignment is not None else None,
        reason=assignment.reason if assignment is not None else "",
        answered_at=assignment.answered_at if assignment is not None else None,
    )
