"""Pictures of reports: taken from the gateway into a store of our own, hashed, and read. The file as it was sent comes
along, and what its pixels are compared by: one key opens all, and when that is destroyed nothing can be read.

A worker does it, never a Kafka handler: reading one picture takes a second or more.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid5

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts.ids import NAMESPACE
from libs.contracts.reports.parts import Attachment
from libs.contracts.reports.report import MessageContent, PlaceReport, RecordEvidence
from libs.kit.imaging import ImageRefused, ImagingUnavailable, look, ocr
from libs.kit.pictures import Fingerprint
from libs.runtime import logs
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.blobs import Blobs
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound, Refused, Unavailable
from libs.runtime.http import ServiceClient
from libs.runtime.mongo import identity_of
from services.reports.pictures import Pictures, fingerprint_name
from services.reports.report.rules import Report
from services.reports.store import Store, picture_name

log = logs.get()

LEASE = timedelta(seconds=90)
AT_ONCE = 4
FETCH_WITHIN = 5.0
FETCH_ORIGINAL_WITHIN = 15.0
"""Seconds for at most 10 MB."""
PATIENCE = timedelta(minutes=2)
"""After this a report is placed without its pictures; their words are added once they can be had."""
GIVE_UP = timedelta(hours=24)
"""The gateway keeps what is not taken no longer."""
LONGEST_WORDS = 5_000


class Evidence:
    def __init__(self, engine: Engine, store: Store, blobs: Blobs, gateway: ServiceClient, pictures: Pictures) -> None:
        self._engine = engine
        self._store = store
        self._blobs = blobs
        self._gateway = gateway
        self._pictures = pictures

    async def picture(self, tenant: str, report_id: str, number: int) -> bytes:
        """The n-th picture of a report, from 1, as JPEG.

        Raises:
            NotFound: no such picture, not taken yet, or erased.
        """
        report = await self._store.report(tenant, report_id)
        if report is None or not 1 <= number <= len(report.attachments):
            raise NotFound("picture")
        cipher = await self._store.cipher(tenant, report_id)
        if cipher is None:
            raise NotFound("picture")
        return await self._blobs.get(_name(tenant, report_id, report.attachments[number - 1]), cipher=cipher)

    async def step(self) -> bool:
        """Takes some of what waits, oldest first; True if there was any."""
        now = datetime.now(UTC)
        waiting = await self._engine.collection("report").across_tenants(
            {"ix.evidence_due": True, "evidence_lease": {"$not": {"$gt": now}}},
            sort=(("ix.received", 1),),
            limit=AT_ONCE,
            fields={"tenant": 1},
        )
        mine = [d for d in waiting if await self._lease(d["tenant"], identity_of(d["_id"]), now)]
        reports = await self._store.reports([d["_id"] for d in mine])
        await asyncio.gather(*(self._take(d["tenant"], reports[d["_id"]]) for d in mine if d["_id"] in reports))
        return bool(mine)

    async def _lease(self, tenant: str, report_id: str, now: datetime) -> bool:
        return await self._engine.collection("report").update(
            tenant,
            report_id,
            {"$set": {"evidence_lease": now + LEASE}},
            where={"evidence_lease": {"$not": {"$gt": now}}},
        )

    async def _take(self, tenant: str, report: Report) -> None:
        for attachment in report.attachments:
            if attachment.blob_id not in report.evidence:
                try:
                    command, words = await self._taken(tenant, report, attachment)
                except Unavailable as error:
                    log.warning("evidence_waits", report_id=report.report_id, dependency=error.dependency)
                    await self._place_without(tenant, report)
                    return
                await self._apply(tenant, command, words)

    async def _taken(self, tenant: str, report: Report, attachment: Attachment) -> tuple[RecordEvidence, str]:
        try:
            data = await self._gateway.get(f"/internal/blobs/{attachment.blob_id}", tenant=tenant, within=FETCH_WITHIN)
        except Refused:
            if datetime.now(UTC) - report.received_at < GIVE_UP:
                raise Unavailable("gateway") from None
            return _failed(report, attachment, "gone")
        cipher = await self._store.cipher(tenant, report.report_id)
        if cipher is None:
            return _failed(report, attachment, "erased")
        digest = await self._blobs.put(
            _name(tenant, report.report_id, attachment),
            data,
            cipher=cipher,
            metadata={"media_type": attachment.media_type},
        )
        if digest != attachment.sha256:
            return _failed(report, attachment, "changed")
        original = await self._kept_as_sent(tenant, report, attachment, cipher)
        if original != attachment.original_sha256:
            return _failed(report, attachment, "changed")
        try:
            looked = await asyncio.to_thread(look, data)
        except (ImageRefused, ImagingUnavailable) as error:
            return _failed(report, attachment, type(error).__name__)
        reading = await asyncio.to_thread(ocr, looked)
        name = fingerprint_name(_name(tenant, report.report_id, attachment))
        await self._blobs.put(name, Fingerprint.of(looked).packed(), cipher=cipher, metadata={})
        command = RecordEvidence(
            report_id=report.report_id,
            blob_id=attachment.blob_id,
            sha256=digest,
            original_sha256=original,
            perceptual_hash=looked.hash,
            picture_marks=self._pictures.marks(tenant, looked.hash),
        )
        return command, (reading.text if reading is not None else "")[:LONGEST_WORDS]

    async def _kept_as_sent(self, tenant: str, report: Report, attachment: Attachment, cipher: AESGCM) -> str | None:
        """SHA-256 of the file as it was sent, now in our store; None where it was not kept, as long ago."""
        if attachment.original_sha256 is None:
            return None
        try:
            data = await self._gateway.get(
                f"/internal/blobs/{attachment.blob_id}/original", tenant=tenant, within=FETCH_ORIGINAL_WITHIN
            )
        except Refused:
            # Its copy was there a moment ago.
            raise Unavailable("gateway") from None
        name = f"{_name(tenant, report.report_id, attachment)}.original"
        return await self._blobs.put(name, data, cipher=cipher, metadata={})

    async def _apply(self, tenant: str, command: RecordEvidence, words: str) -> None:
        context = Context(
            id=uuid5(NAMESPACE, f"evidence|{tenant}|{command.report_id}|{command.blob_id}"),
            tenant=tenant,
            at=datetime.now(UTC),
            private=MessageContent(text=words),
        )
        await self._engine.apply([Incoming(command, context)])

    async def _place_without(self, tenant: str, report: Report) -> None:
        if report.case_id is None and datetime.now(UTC) - report.received_at > PATIENCE:
            command = self._engine.writer.command(
                PlaceReport(report_id=report.report_id, attempt=1),
                command_id=uuid5(NAMESPACE, f"place|{tenant}|{report.report_id}"),
                tenant=tenant,
                at=datetime.now(UTC),
            )
            await self._engine.send([command])


def _name(tenant: str, report_id: str, attachment: Attachment) -> str:
    return picture_name(tenant, report_id, attachment.blob_id)


def _failed(report: Report, attachment: Attachment, why: str) -> tuple[RecordEvidence, str]:
    command = RecordEvidence(
        report_id=report.report_id, blob_id=attachment.blob_id, sha256=attachment.sha256, failure=why
    )
    return command, ""
