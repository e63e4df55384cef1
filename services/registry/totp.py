"""Which one-time code of an authenticator app is taken: the time step, how far a clock may be off, which step it was.

pyotp makes the codes (RFC 6238 over RFC 4226). It does not check them: its `verify` says yes or no, and a step that was
used once must be known to be refused; it also takes digits of other scripts.
"""

import hmac
from datetime import datetime

from pyotp import HOTP

STEP = 30
"""Seconds."""
DIGITS = 6
DRIFT = 1
"""Steps that a telephone's clock may be off either way."""


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    """
    Args:
        secret: base 32, of at least 14 bytes; `standards.SHORTEST_SECRET` asks for more.
    """
    return HOTP(secret, digits=DIGITS).at(step)


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The step that a code was made for; None if it fits none around `at`. Takes as long whether it fits or not."""
    now = step_at(at)
    typed = code.strip().encode()
    steps = range(now - DRIFT, now + DRIFT + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return fitting[-1] if fitting else None
