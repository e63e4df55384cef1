"""One-time codes from a shared secret and the time.

Source: RFC 6238 (30 s, SHA-1, 6 digits, as authenticator apps make them) over RFC 4226.
"""

import base64
import hmac
from datetime import datetime

STEP = 30
"""Seconds."""
DIGITS = 6
DRIFT = 1
"""Steps that a telephone's clock may be off either way."""


def step_at(time: datetime) -> int:
    return int(time.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    """
    Args:
        secret: base 32.
    """
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The step that a code was made for; None if it fits none around `at`. Takes as long whether it fits or not."""
    now = step_at(at)
    typed = code.strip().encode()
    steps = range(now - DRIFT, now + DRIFT + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return fitting[-1] if fitting else None
