"""Evidence of reports: taken from the gateway into a store of our own, hashed, and read. The file as it was sent comes
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
from services.reports.report.masking import Reader
from services.reports.report.rules import Report, has_preview, opened_until
from services.reports.store import Store, picture_name
from services.reports.transcripts import Transcripts

log = logs.get()

LEASE = timedelta(seconds=90)
AT_ONCE = 4
FETCH_WITHIN = 15.0
"""Seconds for at most 16 MB."""
PATIENCE = timedelta(minutes=2)
"""After this a report is placed without its evidence; its words are added once they can be had."""
GIVE_UP = timedelta(hours=24)
"""The gateway keeps what is not taken no longer."""
LONGEST_WORDS = 5_000
HEARD = frozenset({"voice", "video"})
PREVIEW, ORIGINAL = "preview", "original"


class Evidence:
    def __init__(
        self,
        engine: Engine,
        store: Store,
        blobs: Blobs,
        gateway: ServiceClient,
        pictures: Pictures,
        transcripts: Transcripts,
    ) -> None:
        self._engine = engine
        self._store = store
        self._blobs = blobs
        self._gateway = gateway
        self._pictures = pictures
        self._transcripts = transcripts

    async def picture(self, tenant: str, report_id: str, number: int) -> bytes:
        """What is to be seen of the n-th piece of a report, from 1, as JPEG: the picture, a still, the first page.

        Raises:
            NotFound: no such piece, nothing to see of it, not taken yet, or erased.
        """
        _, attachment = await self._piece(tenant, report_id, number)
        if not has_preview(attachment):
            raise NotFound("picture")
        return await self._read(tenant, report_id, attachment, PREVIEW if attachment.preview_sha256 else "")

    async def copy(self, tenant: str, report_id: str, number: int) -> bytes:
        """The sanitised copy, of the media type that its attachment says.

        Raises:
            NotFound: as `picture`.
        """
        _, attachment = await self._piece(tenant, report_id, number)
        if not attachment.size:
            raise NotFound("copy")
        return await self._read(tenant, report_id, attachment)

    async def original(self, tenant: str, report_id: str, number: int, reader: Reader) -> bytes:
        """The file as it was sent, to an officer who has said why.

        Raises:
            NotFound: as `picture`.
            Refused: `forbidden`: not opened by this officer, or longer ago than a quarter of an hour.
        """
        report, attachment = await self._piece(tenant, report_id, number)
        if opened_until(report, attachment, reader.officer, reader.at) is None:
            raise Refused("forbidden")
        return await self._read(tenant, report_id, attachment, ORIGINAL)

    async def _piece(self, tenant: str, report_id: str, number: int) -> tuple[Report, Attachment]:
        report = await self._store.report(tenant, report_id)
        if report is None or not 1 <= number <= len(report.attachments):
            raise NotFound("evidence")
        return report, report.attachments[number - 1]

    async def _read(self, tenant: str, report_id: str, attachment: Attachment, what: str = "") -> bytes:
        cipher = await self._store.cipher(tenant, report_id)
        if cipher is None:
            raise NotFound("evidence")
        return await self._blobs.get(_name(tenant, report_id, attachment, what), cipher=cipher)

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
        seen = await self._kept_to_see(tenant, report, attachment, cipher, data)
        if attachment.kind in HEARD:
            return await self._heard(report, attachment, data, seen)
        if not seen:
            return _kept(report, attachment), ""
        try:
            looked = await asyncio.to_thread(look, seen)
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

    async def _kept_to_see(
        self, tenant: str, report: Report, attachment: Attachment, cipher: AESGCM, data: bytes
    ) -> bytes:
        """A picture of it, now in our store; empty where there is none."""
        if attachment.preview_sha256 is None:
            return data if has_preview(attachment) else b""
        seen = await self._beside(tenant, attachment, PREVIEW)
        name = _name(tenant, report.report_id, attachment, PREVIEW)
        await self._blobs.put(name, seen, cipher=cipher, metadata={})
        return seen

    async def _heard(
        self, report: Report, attachment: Attachment, data: bytes, seen: bytes
    ) -> tuple[RecordEvidence, str]:
        """With what is said in it, where a server for that is set up, else what is written on its still."""
        if data and self._transcripts.is_on:
            try:
                words = await self._transcripts.of(data, attachment.media_type)
            except Unavailable:
                if datetime.now(UTC) - report.received_at < GIVE_UP:
                    raise
                words = ""
            return _kept(report, attachment, transcribed=bool(words)), words[:LONGEST_WORDS]
        if not seen:
            return _kept(report, attachment), ""
        try:
            reading = await asyncio.to_thread(lambda: ocr(look(seen)))
        except (ImageRefused, ImagingUnavailable):
            reading = None
        return _kept(report, attachment), (reading.text if reading is not None else "")[:LONGEST_WORDS]

    async def _kept_as_sent(self, tenant: str, report: Report, attachment: Attachment, cipher: AESGCM) -> str | None:
        """SHA-256 of the file as it was sent, now in our store; None where it was not kept, as long ago."""
        if attachment.original_sha256 is None:
            return None
        data = await self._beside(tenant, attachment, ORIGINAL)
        name = _name(tenant, report.report_id, attachment, ORIGINAL)
        return await self._blobs.put(name, data, cipher=cipher, metadata={})

    async def _beside(self, tenant: str, attachment: Attachment, what: str) -> bytes:
        path = f"/internal/blobs/{attachment.blob_id}/{what}"
        try:
            return await self._gateway.get(path, tenant=tenant, within=FETCH_WITHIN)
        except Refused:
            # The copy that it lies beside was there a moment ago.
            raise Unavailable("gateway") from None

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


def _name(tenant: str, report_id: str, attachment: Attachment, what: str = "") -> str:
    return f"{picture_name(tenant, report_id, attachment.blob_id)}{'.' if what else ''}{what}"


def _kept(report: Report, attachment: Attachment, *, transcribed: bool = False) -> RecordEvidence:
    return RecordEvidence(
        report_id=report.report_id,
        blob_id=attachment.blob_id,
        sha256=attachment.sha256,
        original_sha256=attachment.original_sha256,
        transcribed=transcribed,
    )


def _failed(report: Report, attachment: Attachment, why: str) -> tuple[RecordEvidence, str]:
    command = RecordEvidence(
        report_id=report.report_id, blob_id=attachment.blob_id, sha256=attachment.sha256, failure=why
    )
    return command, ""
