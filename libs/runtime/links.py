"""Secrets in links: who may open what without logging in, proved by an HMAC that nobody else can make.

A link is made by the service that sends the message and checked by the one that serves the page; behind it stands their
pair key, derived for this purpose alone. A key that was replaced still opens old links as long as it is in the pair.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from libs.runtime.keyring import VersionedKey

ASSIGNMENT = "a"
"""Opens one partner's assignment: assignment id, partner id."""
UNSUBSCRIBE = "u"
"""Ends a channel for one recipient: recipient, kind (report or partner), channel."""

MAC = 16
"""Bytes: 128 bits cannot be guessed over a network."""
LONGEST = 512


def make(keys: VersionedKey, purpose: str, tenant: str, *parts: str) -> str:
    """Shape: `<key id>.<parts>.<mac>`, safe in a URL path. Parts must hold no `|`."""
    content = "|".join(parts).encode()
    mac = _mac(keys.current, purpose, tenant, content)
    return f"{keys.active}.{_encode(content)}.{_encode(mac)}"


def check(keys: VersionedKey, purpose: str, tenant: str, token: str) -> tuple[str, ...] | None:
    """The parts that were put in; None for whatever is not genuine."""
    try:
        kid, content64, mac64 = token[:LONGEST].split(".")
        content, mac = _decode(content64), _decode(mac64)
        key = keys.keys[kid]
    except (ValueError, KeyError):
        return None
    if not hmac.compare_digest(mac, _mac(key, purpose, tenant, content)):
        return None
    return tuple(content.decode().split("|"))


def _mac(key: bytes, purpose: str, tenant: str, content: bytes) -> bytes:
    return hmac.digest(key, f"{purpose}|{tenant}|".encode() + content, "sha256")[:MAC]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
