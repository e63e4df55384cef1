"""What somebody was writing when they left it: sealed, bounded, and forgotten by itself.

A note lies under a name and opens with a secret. Where that is the secret of a browser's cookie, nobody but that
browser can read the note: neither the database nor the office has what it takes.
"""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.runtime.errors import Unavailable
from libs.runtime.keyring import derive
from libs.runtime.mongo import Mongo, expiring
from libs.runtime.sealing import lock, unlock
from services.gateway.access.sessions import Clock, promptly, utc_now

LARGEST = 64_000
"""Bytes of one note: three times the longest report or draft."""
REMEMBERED = 500
"""Notes; of a few kilobytes each, as people write."""
AWAY_FOR = 5.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note lies: `words` name it, `secret` opens it."""

    words: Sequence[str]
    secret: bytes = field(repr=False)

    def identity(self) -> str:
        """Tells nobody whose it is: the secret stands in it, too."""
        return hashlib.sha256(b"\0".join((self.secret, *(w.encode() for w in self.words)))).hexdigest()

    def cipher(self) -> AESGCM:
        return AESGCM(derive(self.secret, f"note {'|'.join(self.words)}"))


class Shelf:
    """A process also remembers what it put last, sealed as it is, so that a page whose note was put a moment ago is
    whole although the database has gone since.

    Raises, all of its methods:
        Unavailable: the database does not answer.
    """

    def __init__(self, mongo: Mongo, now: Clock = utc_now) -> None:
        self._notes = mongo.tenants("notes")
        self._now = now
        self._last: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()
        self._away_until = 0.0

    async def ensure_indexes(self) -> None:
        await self._notes.ensure_indexes([expiring("ends_at", seconds=0, name="notes_expire")])

    async def put(self, tenant: str, place: Place, content: bytes, *, lasting: timedelta) -> None:
        """In the place of what lay there.

        Raises:
            Unavailable: larger than any note may be, too.
        """
        if len(content) > LARGEST:
            raise Unavailable("shelf")
        identity, ends_at = place.identity(), self._now() + lasting
        sealed = lock(place.cipher(), content, subject=identity)
        self._remember(identity, sealed, ends_at)
        async with self._reached():
            await self._notes.update(tenant, identity, {"$set": {"sealed": sealed, "ends_at": ends_at}}, upsert=True)

    async def get(self, tenant: str, place: Place) -> bytes | None:
        identity = place.identity()
        try:
            async with self._reached():
                found = await self._notes.get(tenant, identity)
        except Unavailable:
            if identity not in self._last:
                raise
            sealed, ends_at = self._last[identity]
        else:
            if found is None:
                return None
            sealed, ends_at = bytes(found["sealed"]), found["ends_at"]
        try:
            return unlock(place.cipher(), sealed, subject=identity) if self._now() < ends_at else None
        except InvalidTag:
            return None

    async def drop(self, tenant: str, place: Place) -> None:
        identity = place.identity()
        self._last.pop(identity, None)
        async with self._reached():
            await self._notes.delete(tenant, identity)

    def _remember(self, identity: str, sealed: bytes, ends_at: datetime) -> None:
        self._last[identity] = sealed, ends_at
        self._last.move_to_end(identity)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        """Nobody waits again for a database that has just not answered."""
        if monotonic() < self._away_until:
            raise Unavailable("mongo")
        try:
            async with promptly():
                yield
        except Unavailable:
            self._away_until = monotonic() + AWAY_FOR
            raise
