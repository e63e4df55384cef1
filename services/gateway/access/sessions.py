"""Who is logged in: sessions on the server, one-time links of partners, and the cookies of tickets.

A browser holds a random secret; the database holds its hash only. Nothing here knows a name or an address.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from os import urandom

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts.envelope import milliseconds
from libs.runtime.errors import Unavailable
from libs.runtime.keyring import derive
from libs.runtime.mongo import Mongo, expiring, key

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""A session's last use is written at most this often."""
RESUMED_WITHIN = timedelta(hours=12)
"""After a session's end the browser still holds its secret, and it is still known whose it was: what they were writing
when it ended can be given back to them."""
LINK_LIFETIME = timedelta(minutes=15)
TICKET_LIFETIME = timedelta(hours=12)
BROWSER_LIFETIME = timedelta(days=180)
MOST_OFFICERS = 8
LONGEST_BROWSER_COOKIE = 1_500
NONCE = 12

_TOKEN = re.compile(r"([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})", re.ASCII)

STORE_WITHIN = 1.5
"""Seconds; MongoDB's driver itself looks for a server for five, and nobody should stare at a page for so long."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return milliseconds(datetime.now(UTC))


@asynccontextmanager
async def promptly(seconds: float = STORE_WITHIN) -> AsyncIterator[None]:
    """
    Raises:
        Unavailable: the database has not answered yet; a write may still happen.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unavailable("mongo") from None


class Kind(StrEnum):
    OFFICER = "officer"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in. `secret` is what the browser holds: `<tenant>.<256 random bits>`."""

    secret: str = field(repr=False)
    kind: Kind
    tenant: str
    principal: str
    created_at: datetime
    csrf: str = field(repr=False)
    only: str = ""
    """The one assignment that it opens; empty: everything of whose it is."""


_CSRF = re.compile(r"[0-9a-f]{128}")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def new_secret(tenant: str) -> str:
    return f"{tenant}.{secrets.token_urlsafe(32)}"


def _tenant_and_hash(secret: str) -> tuple[str, str] | None:
    found = _TOKEN.fullmatch(secret)
    return (found[1], hashlib.sha256(secret.encode()).hexdigest()) if found else None


def opens(secret: str, tenant: str) -> bool:
    """Whether a mailed link may be one of this office; to be asked before it is spent."""
    named = _TOKEN.fullmatch(secret)
    return named is not None and named[1] == tenant


class Sessions:
    def __init__(self, mongo: Mongo, session_key: bytes, now: Clock = utc_now) -> None:
        self._sessions = mongo.tenants("sessions")
        self._csrf_key = derive(session_key, "csrf")
        self._mark_key = derive(session_key, "client marks")
        self._now = now

    async def ensure_indexes(self) -> None:
        await self._sessions.ensure_indexes(
            [expiring("ends_at", seconds=int(RESUMED_WITHIN.total_seconds()), name="sessions_expire")]
        )

    async def open(
        self,
        tenant: str,
        kind: Kind,
        principal: str,
        *,
        instead_of: str | None = None,
        only: str = "",
        until: datetime | None = None,
    ) -> Session:
        """A new secret for every log-in, so that one planted before it is worth nothing.

        Args:
            until: an end before the one that every session has.
        """
        if instead_of is not None:
            await self.close(instead_of)
        secret, now = new_secret(tenant), self._now()
        _, digest = _tenant_and_hash(secret) or ("", "")
        await self._sessions.add_if_missing(
            [
                {
                    "_id": key(tenant, digest),
                    "tenant": tenant,
                    "kind": str(kind),
                    "principal": principal,
                    "created_at": now,
                    "seen_at": now,
                    "ends_at": min(now + ABSOLUTE, until or now + ABSOLUTE),
                    "only": only,
                }
            ]
        )
        return Session(secret, kind, tenant, principal, now, self.csrf(secret), only)

    async def find(self, secret: str | None, kind: Kind) -> Session | None:
        """The session that a cookie names, if it is still good."""
        named = _tenant_and_hash(secret or "")
        if secret is None or named is None:
            return None
        tenant, digest = named
        async with promptly():
            found, now = await self._sessions.get(tenant, digest), self._now()
        if found is None or found["kind"] != kind or now >= found["ends_at"] or now - found["seen_at"] >= IDLE:
            return None
        if now - found["seen_at"] >= NOTED_EVERY:
            async with promptly():
                await self._sessions.update(tenant, digest, {"$set": {"seen_at": now}})
        only = found.get("only", "")
        return Session(secret, kind, tenant, found["principal"], found["created_at"], self.csrf(secret), only)

    async def whose(self, secret: str, kind: Kind) -> tuple[str, str] | None:
        """Tenant and principal of a session, also of one that has ended by itself."""
        named = _tenant_and_hash(secret)
        if named is None:
            return None
        async with promptly():
            found = await self._sessions.get(*named)
        return (named[0], found["principal"]) if found is not None and found["kind"] == kind else None

    async def close(self, secret: str) -> None:
        named = _tenant_and_hash(secret)
        if named is not None:
            async with promptly():
                await self._sessions.delete(*named)

    def csrf(self, secret: str) -> str:
        """The token that a form carries; for the public, `secret` is the value of the visitor's cookie.

        Written differently in each page: a page is compressed, and from the lengths of many answers with the same
        token in them, beside a text of his own, a listener could tell it (BREACH).
        """
        mask = secrets.token_bytes(32)
        return (mask + _xor(mask, self._csrf(secret))).hex()

    def mark(self, client: str) -> str:
        """Stands for a network where its address must not be kept."""
        return hmac.digest(self._mark_key, client.encode(), "sha256")[:12].hex() if client else ""

    def is_from(self, secret: str | None, token: str | None) -> bool:
        """Whether a form came from a page of ours, shown to this browser."""
        if not secret or not token or not _CSRF.fullmatch(token):
            return False
        given = bytes.fromhex(token)
        return hmac.compare_digest(_xor(given[:32], given[32:]), self._csrf(secret))

    def _csrf(self, secret: str) -> bytes:
        return hmac.digest(self._csrf_key, secret.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Browser:
    """One in which officers have logged in. `mark` names it, `officers` are the last of them."""

    mark: str
    officers: tuple[str, ...] = ()

    def with_officer(self, officer: str) -> "Browser":
        return Browser(self.mark, (*(o for o in self.officers if o != officer), officer)[-MOST_OFFICERS:])


class BrowserCookies:
    """Sealed, so that nobody makes one or reads who works at a desk. It opens nothing: who shows it has tries of their
    own, which nobody else can use up."""

    def __init__(self, session_key: bytes, now: Clock = utc_now) -> None:
        self._cipher = AESGCM(derive(session_key, "browser cookies"))
        self._now = now

    def write(self, browser: Browser) -> str:
        until = int((self._now() + BROWSER_LIFETIME).timestamp())
        nonce = urandom(NONCE)
        values = orjson.dumps([browser.mark, browser.officers, until])
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, values, None)).decode()

    def read(self, cookie: str | None) -> Browser | None:
        if not cookie or len(cookie) > LONGEST_BROWSER_COOKIE:
            return None
        try:
            raw = urlsafe_b64decode(cookie)
            mark, officers, until = orjson.loads(self._cipher.decrypt(raw[:NONCE], raw[NONCE:], None))
        except (ValueError, InvalidTag):
            return None
        return Browser(mark, tuple(officers)) if self._now().timestamp() < until else None


def new_browser() -> Browser:
    return Browser(secrets.token_hex(12))


@dataclass(frozen=True, slots=True)
class OneTime:
    tenant: str
    principal: str
    target: str


MAILS = 3
MAILS_WITHIN = timedelta(hours=1)
"""Log-in mails to one partner. Anybody may ask for them, so there is no limit for a day: that would lock the partner
out. At most an hour after a flood the next one comes, and each is good whoever asked for it."""


class LoginLinks:
    """Secrets in mailed links: good once, for a quarter of an hour; of partners, and of reporters to their tickets. And
    how many were mailed to whom lately."""

    def __init__(self, mongo: Mongo, now: Clock = utc_now, *, collection: str = "login_links") -> None:
        self._links = mongo.tenants(collection)
        self._mails = mongo.tenants("login_mails")
        self._now = now

    async def ensure_indexes(self) -> None:
        await self._links.ensure_indexes([expiring("ends_at", seconds=0, name="links_expire")])
        await self._mails.ensure_indexes([expiring("ends_at", seconds=0, name="mails_expire")])

    async def may_mail(self, tenant: str, partner: str) -> bool:
        """Counts one more mail to this partner, unless that is too many. Of two processes that ask at once, both are
        counted: the document decides."""
        now = self._now()
        fresh = {"_id": key(tenant, partner), "tenant": tenant, "sent": [], "ends_at": now + MAILS_WITHIN}
        await self._mails.add_if_missing([fresh])
        return await self._mails.update(
            tenant,
            partner,
            {
                "$push": {"sent": {"$each": [now], "$position": 0, "$slice": MAILS}},
                "$set": {"ends_at": now + MAILS_WITHIN},
            },
            where={f"sent.{MAILS - 1}": {"$not": {"$gt": now - MAILS_WITHIN}}},
        )

    async def make(self, tenant: str, partner: str, *, secret: str, target: str = "") -> None:
        _, digest = _tenant_and_hash(secret) or ("", "")
        await self._links.add_if_missing(
            [
                {
                    "_id": key(tenant, digest),
                    "tenant": tenant,
                    "partner": partner,
                    "target": target,
                    "used": False,
                    "ends_at": self._now() + LINK_LIFETIME,
                }
            ]
        )

    async def read(self, secret: str) -> OneTime | None:
        """What the link is for, as long as nobody has used it."""
        named = _tenant_and_hash(secret)
        if named is None:
            return None
        async with promptly():
            found = await self._links.get(*named)
        if found is None or found["used"] or self._now() >= found["ends_at"]:
            return None
        return OneTime(named[0], found["partner"], found["target"])

    async def spend(self, secret: str) -> OneTime | None:
        """What the link was for, to the first who asks."""
        named = _tenant_and_hash(secret)
        if named is None:
            return None
        tenant, digest = named
        where = {"used": False, "ends_at": {"$gt": self._now()}}
        if not await self._links.update(tenant, digest, {"$set": {"used": True}}, where=where):
            return None
        found = await self._links.get(tenant, digest)
        return OneTime(tenant, found["partner"], found["target"]) if found else None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A report whose number and code somebody has shown. Carried in a sealed cookie: no database is asked."""

    tenant: str
    number: str
    report_id: str
    code_hash: str
    language: str = "id"


class TicketCookies:
    def __init__(self, session_key: bytes, now: Clock = utc_now) -> None:
        self._cipher = AESGCM(derive(session_key, "ticket cookies"))
        self._now = now

    def write(self, ticket: Ticket) -> str:
        until = int((self._now() + TICKET_LIFETIME).timestamp())
        values = [ticket.tenant, ticket.number, ticket.report_id, ticket.code_hash, ticket.language, until]
        nonce = urandom(NONCE)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, orjson.dumps(values), None)).decode()

    def read(self, cookie: str | None, *, tenant: str, number: str) -> Ticket | None:
        """The ticket, if the cookie is ours, of this ticket and not too old."""
        if not cookie or len(cookie) > 1000:
            return None
        try:
            raw = urlsafe_b64decode(cookie)
            *values, until = orjson.loads(self._cipher.decrypt(raw[:NONCE], raw[NONCE:], None))
        except (ValueError, InvalidTag):
            return None
        ticket = Ticket(*values)
        good = self._now().timestamp() < until and ticket.tenant == tenant and ticket.number == number
        return ticket if good else None
