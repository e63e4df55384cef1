"""Files in GridFS, sealed: nobody who reads the database sees a picture."""

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from gridfs.errors import NoFile

from libs.runtime.errors import NotFound
from libs.runtime.mongo import Mongo, reaching

NONCE = 12
LARGEST = 12_000_000


class Blobs:
    """A store of small files, each under the key of its caller's choosing.

    An id is `tenant/…`; metadata is kept in the clear and holds nothing personal.
    """

    def __init__(self, mongo: Mongo, name: str) -> None:
        self._mongo = mongo
        self._name = name
        self._files = mongo.everyone(f"{name}.files")

    @cached_property
    def _bucket(self) -> Any:
        # Made at the first use: motor binds a bucket to the event loop that runs when it is made.
        return self._mongo.bucket(self._name)

    async def put(self, blob_id: str, data: bytes, *, cipher: AESGCM, metadata: Mapping[str, Any]) -> str:
        """Stores and returns the SHA-256 of `data`. The same id again is nothing: what stands there stays."""
        digest = hashlib.sha256(data).hexdigest()
        nonce = os.urandom(NONCE)
        sealed = nonce + cipher.encrypt(nonce, data, blob_id.encode())
        async with reaching():
            if await self._bucket.find({"_id": blob_id}).to_list(1):
                return digest
            await self._bucket.upload_from_stream_with_id(
                blob_id, blob_id, sealed, metadata={**metadata, "sha256": digest, "size": len(data)}
            )
        return digest

    async def get(self, blob_id: str, *, cipher: AESGCM) -> bytes:
        """Raises:
        NotFound: no such blob, or its key is gone.
        """
        try:
            async with reaching():
                stream = await self._bucket.open_download_stream(blob_id)
                sealed = await stream.read()
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], blob_id.encode())
        except (NoFile, InvalidTag):
            raise NotFound("blob") from None

    async def metadata(self, blob_id: str) -> Mapping[str, Any] | None:
        found = (await self._files.load([blob_id], {"metadata": 1})).get(blob_id)
        return dict(found.get("metadata") or {}) if found else None

    async def mark(self, blob_id: str, **values: Any) -> None:
        change = {f"metadata.{name}": value for name, value in values.items()}
        await self._files.update_across_tenants({"_id": blob_id}, {"$set": change})

    async def delete(self, blob_id: str) -> None:
        try:
            async with reaching():
                await self._bucket.delete(blob_id)
        except NoFile:
            return

    async def older_than(self, where: Mapping[str, Any], *, most: int) -> list[str]:
        """Ids of blobs whose files document fits, for a sweeper."""
        return [f["_id"] for f in await self._files.across_tenants(where, limit=most, fields={"_id": 1})]
