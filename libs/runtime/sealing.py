"""Personal data under lock: on the way (sealed to one service) and at rest (a key per subject).

On the way: the sender makes a session key, wraps it once to the receiver's X25519 key and seals every value with it;
each sealed value carries the wrapped key, so the receiver needs no memory of the sender, and pays the asymmetric step
once per session only. At rest: AES-256-GCM under a key per subject, wrapped by the tenant's key, that by the mounted
master key. Destroying the subject's key erases whatever was sealed with it, wherever copies lie.
"""

import asyncio
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from libs.runtime import logs
from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.keyring import VersionedKey, derive

log = logs.get()

VERSION = b"\x01"
NONCE = 12
PUBLIC = 32
WRAPPED = 32 + 16
"""A 256-bit key and its tag."""
FEWEST_SPARE = 4
MOST_SPARE = 64
"""Keys of a tenant that are ready. A guess: at the most one write a second at 50 reports a second."""
SPARE_GROWS_WITHIN = 5.0
SPARE_SHRINKS_AFTER = 300.0
"""Seconds between two fillings: a tenant whose keys go quickly has more ready, a quiet one the fewest."""
SESSION = 3600.0
"""Seconds that one session key serves. A guess: long enough to pay for itself, short enough to limit one key's use."""


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


class _Random:
    """Random bytes in slices of a larger draw: each call of the system's source hands the interpreter to another
    thread, and a batch needs thousands. Measured: 8 % of the command loop."""

    DRAWN = 16_384

    def __init__(self) -> None:
        self._left = memoryview(b"")

    def __call__(self, size: int) -> bytes:
        if len(self._left) < size:
            self._left = memoryview(os.urandom(self.DRAWN))
        taken, self._left = self._left[:size], self._left[size:]
        return taken.tobytes()


_random = _Random()


class Sealer:
    """Seals values to one receiver."""

    def __init__(self, receiver: X25519PublicKey) -> None:
        self._receiver = receiver
        self._made = float("-inf")
        self._head = b""
        self._cipher: AESGCM | None = None

    def seal(self, value: bytes, *, context: str) -> str:
        """Shape: URL-safe base64. `context` must be given again to open it: it ties the value to its place."""
        if self._cipher is None or time.monotonic() - self._made > SESSION:
            self._renew()
            assert self._cipher is not None
        nonce = _random(NONCE)
        return urlsafe_b64encode(self._head + nonce + self._cipher.encrypt(nonce, value, context.encode())).decode()

    def _renew(self) -> None:
        ephemeral = X25519PrivateKey.generate()
        public = _raw(ephemeral.public_key())
        wrapping = derive(ephemeral.exchange(self._receiver) + public + _raw(self._receiver), "session")
        session = AESGCM.generate_key(256)
        # The wrapping key is used once, so a fixed nonce is safe.
        self._head = VERSION + public + AESGCM(wrapping).encrypt(bytes(NONCE), session, None)
        self._cipher = AESGCM(session)
        self._made = time.monotonic()


class Opener:
    """Opens what was sealed to this service. Remembers the session keys it has unwrapped."""

    REMEMBERED = 256

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key
        self._public = _raw(key.public_key())
        self._sessions: OrderedDict[bytes, AESGCM] = OrderedDict()

    def open(self, sealed: str, *, context: str) -> bytes:
        """Raises:
        Unacceptable: not ours, tampered with, or put where it does not belong.
        """
        try:
            raw = urlsafe_b64decode(sealed)
            if raw[:1] != VERSION:
                raise Unacceptable("seal", "version")
            head, rest = raw[: 1 + PUBLIC + WRAPPED], raw[1 + PUBLIC + WRAPPED :]
            return self._session(head).decrypt(rest[:NONCE], rest[NONCE:], context.encode())
        except (InvalidTag, ValueError) as cause:
            raise Unacceptable("seal", type(cause).__name__) from None

    def _session(self, head: bytes) -> AESGCM:
        found = self._sessions.get(head)
        if found is None:
            public, wrapped = head[1 : 1 + PUBLIC], head[1 + PUBLIC :]
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(public))
            wrapping = derive(shared + public + self._public, "session")
            found = AESGCM(AESGCM(wrapping).decrypt(bytes(NONCE), wrapped, None))
            self._sessions[head] = found
            if len(self._sessions) > self.REMEMBERED:
                self._sessions.popitem(last=False)
        return found


def context_of(tenant: str, subject: str) -> str:
    """What a sealed value is tied to: it cannot be moved to another tenant or another aggregate."""
    return f"{tenant}/{subject}"


class KeyStore(Protocol):
    """Where wrapped keys lie. Keys are `tenant/subject`, and `tenant` for the tenant's own."""

    async def get(self, ids: Iterable[str]) -> Mapping[str, bytes]: ...

    async def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Adds what is missing; returns what stands there now, which for a lost race is the other's key."""
        ...

    async def replace(self, key_id: str, *, old: bytes, new: bytes) -> bool: ...

    async def destroy(self, key_ids: Sequence[str]) -> None: ...


@dataclass
class _Cached:
    cipher: AESGCM
    until: float


@dataclass
class _Spare:
    """Keys of one tenant that are stored already and lock nothing yet."""

    keys: deque[tuple[str, AESGCM]] = field(default_factory=deque)
    most: int = FEWEST_SPARE
    filled_at: float = float("-inf")
    filling: "asyncio.Task[None] | None" = None


class SubjectKeys:
    """The key of every subject. A destroyed key is forgotten by every process within `REMEMBERED` seconds.

    A key lies under its subject's name (`tenant/subject`) where several things share it, or under a name of its own
    (`tenant/random`), which the one document that it locks keeps. Those of their own are stored before they are needed:
    nobody waits for them (a third of a small batch's time, measured at 50 reports a second).
    """

    REMEMBERED = 30.0
    MOST = 20_000

    def __init__(self, store: KeyStore, master: VersionedKey) -> None:
        self._store = store
        self._master = master
        self._tenants: dict[str, AESGCM] = {}
        self._cache: OrderedDict[str, _Cached] = OrderedDict()
        self._spare: dict[str, _Spare] = {}

    async def existing(self, subjects: Iterable[str]) -> dict[str, AESGCM]:
        """Ciphers by subject (`tenant/subject`); a subject whose key was destroyed is missing."""
        now = time.monotonic()
        found: dict[str, AESGCM] = {}
        missing = []
        for subject in set(subjects):
            cached = self._cache.get(subject)
            if cached is not None and cached.until > now:
                found[subject] = cached.cipher
            else:
                missing.append(subject)
        if missing:
            for subject, wrapped in (await self._store.get(missing)).items():
                found[subject] = self._keep(subject, await self._unwrap(subject, wrapped))
        return found

    async def ensure(self, subjects: Iterable[str], *, fresh: bool = False) -> dict[str, AESGCM]:
        """As `existing`, and makes the keys that are not there yet.

        Args:
            fresh: the subjects are most likely new: skips the look-up.
        """
        wanted = set(subjects)
        found = {} if fresh else await self.existing(wanted)
        missing = wanted - found.keys()
        if not missing:
            return found
        made = {subject: _random(32) for subject in missing}
        tenants = {tenant: await self._tenant(tenant) for tenant in {s.split("/", 1)[0] for s in missing}}
        wrapped = {subject: _wrap(tenants[subject.split("/", 1)[0]], subject, key) for subject, key in made.items()}
        for subject, stands in (await self._store.add(wrapped)).items():
            key = made[subject] if stands == wrapped[subject] else await self._unwrap(subject, stands)
            found[subject] = self._keep(subject, key)
        return found

    async def take(self, tenant: str, count: int) -> list[tuple[str, AESGCM]]:
        """Keys with names of their own, stored, each handed out once."""
        spare = self._spare.setdefault(tenant, _Spare())
        while len(spare.keys) < count:
            await self._fill(tenant, spare, beside=count)
        taken = [spare.keys.popleft() for _ in range(count)]
        for name, cipher in taken:
            self._remember(name, cipher)
        if len(spare.keys) <= spare.most // 2 and (spare.filling is None or spare.filling.done()):
            spare.filling = asyncio.create_task(self._fill_behind(tenant, spare))
        return taken

    def give_back(self, name: str, cipher: AESGCM) -> None:
        """A key of its own that certainly locks nothing: what it was taken for was not saved."""
        self._spare.setdefault(name.split("/", 1)[0], _Spare()).keys.append((name, cipher))

    async def close(self) -> None:
        """Removes the keys that lock nothing; those of a process that died stay, 150 bytes each."""
        for spare in self._spare.values():
            if spare.filling is not None:
                await asyncio.wait({spare.filling})
        unused = [name for spare in self._spare.values() for name, _ in spare.keys]
        self._spare.clear()
        await self._store.destroy(unused)

    async def _fill(self, tenant: str, spare: _Spare, *, beside: int = 0) -> None:
        now = time.monotonic()
        if now - spare.filled_at < SPARE_GROWS_WITHIN:
            spare.most = min(MOST_SPARE, spare.most * 2)
        elif now - spare.filled_at > SPARE_SHRINKS_AFTER:
            spare.most = FEWEST_SPARE
        spare.filled_at = now
        missing = beside + spare.most - len(spare.keys)
        if missing <= 0:
            return
        made = {f"{tenant}/{_random(16).hex()}": _random(32) for _ in range(missing)}
        wrapping = await self._tenant(tenant)
        await self._store.add({name: _wrap(wrapping, name, key) for name, key in made.items()})
        spare.keys.extend((name, AESGCM(key)) for name, key in made.items())

    async def _fill_behind(self, tenant: str, spare: _Spare) -> None:
        try:
            await self._fill(tenant, spare)
        except Unavailable as error:
            # Whoever needs one next tries again, and waits.
            log.warning("spare_keys_not_stored", dependency=error.dependency)

    async def destroy(self, subject: str) -> None:
        await self._store.destroy([subject])
        self._cache.pop(subject, None)

    async def rewrap_tenant(self, tenant: str) -> bool:
        """Wraps the tenant's key with the active master key; False if it was already, or another did it meanwhile."""
        old = (await self._store.get([tenant])).get(tenant)
        if old is None or old.split(b":", 1)[0].decode() == self._master.active:
            return False
        return await self._store.replace(
            tenant, old=old, new=self._wrap_by_master(tenant, self._by_master(tenant, old))
        )

    def _keep(self, subject: str, key: bytes) -> AESGCM:
        cipher = AESGCM(key)
        self._remember(subject, cipher)
        return cipher

    def _remember(self, subject: str, cipher: AESGCM) -> None:
        self._cache[subject] = _Cached(cipher, time.monotonic() + self.REMEMBERED)
        self._cache.move_to_end(subject)
        while len(self._cache) > self.MOST:
            self._cache.popitem(last=False)

    async def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        return (await self._tenant(subject)).decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.encode())

    async def _tenant(self, subject: str) -> AESGCM:
        tenant = subject.split("/", 1)[0]
        if tenant not in self._tenants:
            stands = (await self._store.get([tenant])).get(tenant)
            if stands is None:
                made = self._wrap_by_master(tenant, AESGCM.generate_key(256))
                stands = (await self._store.add({tenant: made}))[tenant]
            self._tenants[tenant] = AESGCM(self._by_master(tenant, stands))
        return self._tenants[tenant]

    def _wrap_by_master(self, tenant: str, key: bytes) -> bytes:
        nonce = _random(NONCE)
        sealed = AESGCM(self._master.current).encrypt(nonce, key, tenant.encode())
        return self._master.active.encode() + b":" + nonce + sealed

    def _by_master(self, tenant: str, wrapped: bytes) -> bytes:
        kid, rest = wrapped.split(b":", 1)
        return AESGCM(self._master.keys[kid.decode()]).decrypt(rest[:NONCE], rest[NONCE:], tenant.encode())


def _wrap(tenant: AESGCM, subject: str, key: bytes) -> bytes:
    nonce = _random(NONCE)
    return nonce + tenant.encrypt(nonce, key, subject.encode())


def lock(cipher: AESGCM, value: bytes, *, subject: str) -> bytes:
    nonce = _random(NONCE)
    return nonce + cipher.encrypt(nonce, value, subject.encode())


def unlock(cipher: AESGCM, locked: bytes, *, subject: str) -> bytes:
    return cipher.decrypt(locked[:NONCE], locked[NONCE:], subject.encode())
