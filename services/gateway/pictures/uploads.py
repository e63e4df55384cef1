"""Evidence from the public: made anew by a child, sealed, and gone when reports has it or nobody wanted it.

Beside the copy that people see or hear stands the file as it was sent, sealed too and shown to nobody: it is the
evidence. A video has a still beside it, a PDF is shown as a picture of its first page.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord, TopicPartition
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from libs.contracts import ids
from libs.contracts.envelope import MalformedEnvelope, milliseconds, parse, type_of
from libs.contracts.reads import BlobView
from libs.contracts.reports.parts import Attachment
from libs.contracts.reports.report import EvidenceTaken
from libs.contracts.topics import Service, journal
from libs.kit import imaging, media
from libs.runtime import logs
from libs.runtime.blobs import Blobs
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.followers import Follower
from libs.runtime.keyring import derive
from libs.runtime.mongo import Document, Mongo, index, key
from libs.runtime.service import patiently
from libs.runtime.settings import Settings
from services.gateway.access.sessions import promptly
from services.gateway.pictures.turns import Turns

log = logs.get()

CLAIMABLE = timedelta(hours=24)
SPARED = timedelta(hours=1)
"""Beyond the day, so that a report sent in its last minute finds its picture."""
FORGOTTEN = timedelta(days=8)
"""For a picture that a report names and reports never took: a day more than its mailbox can be read again."""
LARGEST_BYTES = max(imaging.LARGEST_BYTES, media.LARGEST_BYTES)
STORED_WITHIN = 8.0
"""Seconds for a file of at most 16 MB and its copy, and their acknowledgement by the majority."""
MOST_RECORDINGS = 12
"""Waiting at once, each held in memory. A recording takes a child for about a second, a picture for less."""
SWEPT = 100

BLOBS = "blobs"


@dataclass(frozen=True, slots=True)
class Stored:
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """Attributes:
    facts: what is told of it beside its size, as metadata and as a view have it.
    """

    data: bytes
    media_type: str
    preview: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Uploads:
    def __init__(self, mongo: Mongo, blobs_key: bytes) -> None:
        self._blobs = Blobs(mongo, BLOBS)
        self._files = mongo.everyone(f"{BLOBS}.files")
        self._key = blobs_key
        self._turns = Turns(imaging.CHILDREN)
        self._long_turns = Turns(media.CHILDREN, most_waiting=MOST_RECORDINGS)
        self._keeping: set[asyncio.Task[None]] = set()

    async def ensure_indexes(self) -> None:
        await self._files.ensure_indexes([index(("metadata.keep", 1), ("uploadDate", 1), name="unwanted")])

    async def take(self, tenant: str, idempotency_key: UUID, data: bytes, *, client: str) -> BlobView:
        """A clean copy of the file and the file itself, kept; the same key and file again give the same id.
        The one door for every kind of evidence.

        Args:
            client: whose turn it must be, as `client_of` says.

        Raises:
            Refused: it is of no kind that is taken, broken, or too large; `key_reused`; `uploads_unavailable`.
            TooMany: this address or this office has too many in hand.
        """
        clean = await self._made(tenant, data, client=client)
        blob = str(ids.command_id(tenant, "upload", idempotency_key))
        cipher = self._cipher(tenant)
        try:
            async with promptly(STORED_WITHIN):
                # The copy last: whoever finds it finds both.
                original = await self._blobs.put(
                    key(tenant, _original(blob)), data, cipher=cipher, metadata={"keep": False}
                )
                facts = dict(clean.facts)
                if clean.preview:
                    facts["preview_sha256"] = await self._blobs.put(
                        key(tenant, _preview(blob)), clean.preview, cipher=cipher, metadata={"keep": False}
                    )
                digest = await self._blobs.put(
                    key(tenant, blob),
                    clean.data,
                    cipher=cipher,
                    metadata={"keep": False, "media_type": clean.media_type, "original": original, "facts": facts},
                )
                standing = await self._blobs.metadata(key(tenant, blob))
                sent = await self._blobs.metadata(key(tenant, _original(blob)))
        except Unavailable:
            raise Refused("uploads_unavailable") from None
        if standing is None or sent is None or (standing["sha256"], sent["sha256"]) != (digest, original):
            raise Refused("key_reused")
        return BlobView(
            id=blob,
            sha256=digest,
            media_type=clean.media_type,
            size=len(clean.data),
            original_sha256=original,
            **facts,
        )

    async def hold(self, tenant: str, idempotency_key: UUID, data: bytes) -> tuple[str, str]:
        """A file of an officer, as it is, until reports has taken it or a day has passed: its id and SHA-256.

        Raises:
            Refused: `key_reused`; `uploads_unavailable`.
        """
        blob = str(ids.command_id(tenant, "file", idempotency_key))
        try:
            async with promptly(STORED_WITHIN):
                digest = await self._blobs.put(
                    key(tenant, blob), data, cipher=self._cipher(tenant), metadata={"keep": False}
                )
                standing = await self._blobs.metadata(key(tenant, blob))
        except Unavailable:
            raise Refused("uploads_unavailable") from None
        if standing is None or standing["sha256"] != digest:
            raise Refused("key_reused")
        return blob, digest

    async def _made(self, tenant: str, data: bytes, *, client: str) -> _Copy:
        try:
            if media.container(data) is not None:
                async with self._long_turns.turn(client=client, office=tenant, cost=len(data) / 1_000_000):
                    return _of_recording(await asyncio.to_thread(media.take, data))
            async with self._turns.turn(client=client, office=tenant, cost=imaging.pixels(data) / 1_000_000):
                picture = await asyncio.to_thread(imaging.sanitise, data)
                return _Copy(data=picture.data, media_type=picture.content_type)
        except (imaging.ImageRefused, media.MediaRefused) as refused:
            raise Refused(refused.code, "file") from None
        except imaging.ImagingUnavailable:
            raise Refused("uploads_unavailable") from None

    async def claim(self, tenant: str, blobs: Sequence[UUID]) -> tuple[Attachment, ...]:
        """
        Raises:
            LookupError: one is not there, not this tenant's, or older than a day.
            Refused: `uploads_unavailable`.
        """
        try:
            async with promptly():
                files = await self._files.load([key(tenant, str(blob)) for blob in blobs])
        except Unavailable:
            raise Refused("uploads_unavailable") from None
        return tuple(_attachment(str(blob), files.get(key(tenant, str(blob)))) for blob in blobs)

    async def remove(self, tenant: str, blob: str) -> None:
        for one in _all_of(blob):
            await self._blobs.delete(key(tenant, one))

    def keep(self, tenant: str, blobs: Sequence[UUID]) -> None:
        task = asyncio.create_task(self._keep([key(tenant, one) for blob in blobs for one in _all_of(str(blob))]))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _keep(self, blob_ids: Sequence[str]) -> None:
        async def mark() -> None:
            for blob_id in blob_ids:
                await self._blobs.mark(blob_id, keep=True)

        await patiently("keep pictures", mark)

    async def stored(self, tenant: str, blob: str) -> Stored:
        """
        Raises:
            NotFound: no such file of this tenant.
        """
        blob_id = key(tenant, blob)
        data = await self._blobs.get(blob_id, cipher=self._cipher(tenant))
        metadata = await self._blobs.metadata(blob_id) or {}
        return Stored(data, str(metadata.get("media_type", "application/octet-stream")))

    async def original(self, tenant: str, blob: str) -> bytes:
        """
        Raises:
            NotFound: no such file of this tenant.
        """
        return await self._blobs.get(key(tenant, _original(blob)), cipher=self._cipher(tenant))

    async def preview(self, tenant: str, blob: str) -> bytes:
        """JPEG.

        Raises:
            NotFound: no such file of this tenant, or it has none.
        """
        return await self._blobs.get(key(tenant, _preview(blob)), cipher=self._cipher(tenant))

    async def sweep(self) -> bool:
        """Removes what nobody wanted; True if there may be more."""
        now = milliseconds(datetime.now(UTC))
        unwanted = await self._blobs.older_than(
            {"metadata.keep": False, "uploadDate": {"$lt": now - CLAIMABLE - SPARED}}, most=SWEPT
        )
        forgotten = await self._blobs.older_than(
            {"metadata.keep": True, "uploadDate": {"$lt": now - FORGOTTEN}}, most=SWEPT
        )
        for blob_id in (*unwanted, *forgotten):
            await self._blobs.delete(blob_id)
        if forgotten:
            log.error("pictures_never_taken", count=len(forgotten))
        return len(unwanted) == SWEPT or len(forgotten) == SWEPT

    def _cipher(self, tenant: str) -> AESGCM:
        return AESGCM(derive(self._key, f"blobs {tenant}"))


def _original(blob: str) -> str:
    return f"{blob}.original"


def _preview(blob: str) -> str:
    return f"{blob}.preview"


def _all_of(blob: str) -> tuple[str, ...]:
    return blob, _original(blob), _preview(blob)


def _of_recording(made: media.SanitisedMedia) -> _Copy:
    facts = {"kind": str(made.kind), "duration_seconds": made.duration_seconds, "pages": made.pages}
    told = {name: value for name, value in facts.items() if value is not None}
    # The picture of a PDF's first page is its copy: there is no other to store.
    preview = made.preview if made.preview != made.data else b""
    return _Copy(data=made.data, media_type=made.media_type, preview=preview, facts=told)


def _attachment(blob: str, file: Document | None) -> Attachment:
    if file is None or datetime.now(UTC) - file["uploadDate"] > CLAIMABLE:
        raise LookupError(blob)
    found = file["metadata"]
    return Attachment(
        blob_id=blob,
        sha256=found["sha256"],
        media_type=found["media_type"],
        size=found["size"],
        original_sha256=found.get("original"),
        **found.get("facts", {}),
    )


class TakenEvidence:
    """Follows what reports says it has taken, from where this was last noted, and removes those pictures here. Where
    nothing was noted no picture is here that could have been taken, save one that a crash left: `sweep` removes it."""

    NAME = "evidence"

    def __init__(self, uploads: Uploads, mongo: Mongo, settings: Settings) -> None:
        self._uploads = uploads
        self._positions = mongo.tenants("positions")
        self._follower = Follower(settings, Service.GATEWAY, [journal(Service.REPORTS)], self.take, from_start=False)
        self._noted: dict[str, int] = {}

    @property
    def is_live(self) -> bool:
        return self._follower.is_live

    async def start(self) -> None:
        await patiently("evidence positions", self._recall)
        await self._follower.start()

    async def stop(self) -> None:
        await self._follower.stop()

    async def _recall(self) -> None:
        for document in await self._positions.find(self.NAME, {}, limit=1000):
            partition = TopicPartition(journal(Service.REPORTS), document["partition"])
            self._follower.positions[partition] = document["offset"]

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            await self._forget(record)

    async def _forget(self, record: ConsumerRecord) -> None:
        if type_of(record.headers) != EvidenceTaken.type_name:
            return
        try:
            envelope = parse(record.headers)
            event = EvidenceTaken.model_validate_json(record.value)
        except (MalformedEnvelope, ValidationError):
            return
        await self._uploads.remove(envelope.tenant, event.blob_id)

    async def note(self) -> None:
        """Where to go on after a restart; what lies between is looked at again, which changes nothing."""
        for partition, offset in list(self._follower.positions.items()):
            identity = f"{partition.topic}-{partition.partition}"
            if self._noted.get(identity) == offset:
                continue
            await self._positions.update(
                self.NAME,
                identity,
                {"$set": {"partition": partition.partition, "offset": offset}},
                upsert=True,
            )
            self._noted[identity] = offset
