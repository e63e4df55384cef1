"""Tokens of forms in a frame on another site, where browsers keep no cookie of ours.

Such a form has nothing of its reader's that another site could misuse; its token says that a page of this office was
asked for, lately.
"""

import hashlib
import hmac
import re
import secrets

from libs.runtime.keyring import derive
from services.gateway.access.sessions import Clock, utc_now

HOURS = 2
"""Full hours that a form may lie open, after the one in which it was shown; each of its pages brings a new token."""

_SEAT = re.compile(r"([0-9]{1,9})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


class Seats:
    def __init__(self, session_key: bytes, now: Clock = utc_now) -> None:
        self._key = derive(session_key, "seats")
        self._now = now

    def token(self, tenant: str) -> str:
        """Another one each time: pages are compressed, and lengths would tell a token that stays (BREACH)."""
        hour, nonce = str(self._hour()), secrets.token_hex(16)
        return f"{hour}.{nonce}.{self._signed(tenant, hour, nonce)}"

    def is_good(self, tenant: str, token: str | None) -> bool:
        found = _SEAT.fullmatch(token or "")
        if found is None or not hmac.compare_digest(found[3], self._signed(tenant, found[1], found[2])):
            return False
        return 0 <= self._hour() - int(found[1]) <= HOURS

    def _hour(self) -> int:
        return int(self._now().timestamp()) // 3600

    def _signed(self, tenant: str, hour: str, nonce: str) -> str:
        return hmac.new(self._key, f"{tenant}|{hour}|{nonce}".encode(), hashlib.sha256).hexdigest()
