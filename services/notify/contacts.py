"""How to reach each partner: a projection of the contacts topic, sealed at rest under the partner's own key."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson
from aiokafka import ConsumerRecord
from cryptography.exceptions import InvalidTag
from pydantic import ValidationError
from pymongo import UpdateOne

from libs.contracts.directory import ContactRecord
from libs.contracts.registry.partner import PartnerIdentity
from libs.contracts.topics import Service
from libs.runtime.deadletters import dead_letter
from libs.runtime.errors import Unacceptable
from libs.runtime.inflight import Records
from libs.runtime.mongo import TenantCollection, key
from libs.runtime.outbox import Outbox
from libs.runtime.sealing import Opener, SubjectKeys, context_of, lock, unlock

NAME = "contacts"


class Contacts:
    def __init__(self, collection: TenantCollection, keys: SubjectKeys, opener: Opener, outbox: Outbox) -> None:
        self._collection = collection
        self._keys = keys
        self._opener = opener
        self._outbox = outbox

    async def take(self, records: Records) -> None:
        """Keeps the newest of each partner; what cannot be read goes to the dead letters."""
        newest: dict[str, ContactRecord] = {}
        gone: set[str] = set()
        unreadable = []
        for record in records:
            subject = (record.key or b"").decode(errors="replace")
            if not record.value:
                gone.add(subject)
                newest.pop(subject, None)
                continue
            try:
                found = self._checked(record)
            except Unacceptable as error:
                unreadable.append(dead_letter(Service.NOTIFY, record, error))
                continue
            gone.discard(subject)
            if subject not in newest or found.version > newest[subject].version:
                newest[subject] = found
        await self._keep(newest)
        for subject in gone:
            await self._forget(subject)
        await self._outbox.publish(unreadable)

    def _checked(self, record: ConsumerRecord) -> ContactRecord:
        try:
            found = ContactRecord.model_validate_json(record.value)
        except ValidationError as error:
            raise Unacceptable("schema", error.errors(include_input=False, include_url=False)[0]["type"]) from None
        if found.active:
            self._opened(found)
        return found

    def _opened(self, record: ContactRecord) -> PartnerIdentity:
        opened = self._opener.open(record.sealed, context=context_of(record.tenant, record.partner_id))
        try:
            return PartnerIdentity.model_validate_json(opened)
        except ValidationError:
            raise Unacceptable("schema", "sealed") from None

    async def _keep(self, newest: Mapping[str, ContactRecord]) -> None:
        if not newest:
            return
        active = [key(r.tenant, r.partner_id) for r in newest.values() if r.active]
        ciphers = await self._keys.ensure(active)
        operations = []
        for record in newest.values():
            document_id = key(record.tenant, record.partner_id)
            values = {
                "tenant": record.tenant,
                "version": record.version,
                "active": record.active,
                "sealed": None,
                "at": datetime.now(UTC),
            }
            if record.active:
                identity = self._opened(record).model_dump_json().encode()
                values["sealed"] = lock(ciphers[document_id], identity, subject=document_id)
            older = {"_id": document_id, "version": {"$lt": record.version}}
            # Where a newer one stands, the upsert collides on `_id`, which is what we want.
            operations.append(UpdateOne(older, {"$set": values}, upsert=True))
        await self._collection.bulk(operations)

    async def _forget(self, subject: str) -> None:
        tenant, _, partner = subject.partition("/")
        if tenant and partner:
            await self._collection.delete(tenant, partner)
            await self._keys.destroy(subject)

    async def of(self, tenant: str, partners: Sequence[str]) -> dict[str, PartnerIdentity]:
        """Name and contact points of those that can be reached."""
        documents = await self._collection.load([key(tenant, p) for p in partners], {"sealed": 1, "active": 1})
        held = {i: bytes(d["sealed"]) for i, d in documents.items() if d["active"] and d["sealed"] is not None}
        ciphers = await self._keys.existing(held)
        found = {}
        for document_id, sealed in held.items():
            if document_id in ciphers:
                try:
                    opened = orjson.loads(unlock(ciphers[document_id], sealed, subject=document_id))
                except InvalidTag:
                    continue
                found[document_id.split("/", 1)[1]] = PartnerIdentity.model_validate(opened)
        return found
