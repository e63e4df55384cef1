"""Proving who one is: the one write of the registry that is not a command, because it needs an answer at once.

An address that nobody has costs the same work, is counted and is locked like one that somebody has.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from libs.contracts.ids import PLATFORM
from libs.contracts.registry.reads import Authenticated, Authentication, StepUp
from libs.runtime import logs
from libs.runtime.errors import Refused, TooSoon
from services.registry.addresses import Blinder
from services.registry.attempts import ALLOWED, Attempts, counters
from services.registry.officer.reads import OfficerFound, OfficerReads
from services.registry.officer.rules import Officer
from services.registry.totp import matching_step

log = logs.get()

LONGEST_PASSWORD = 1_000
AT_ONCE = 2
"""Passwords checked side by side: one takes about 0.1 s of four threads and 64 MB."""
NOBODYS_SECRET = "A" * 32


class Passwords:
    def __init__(self) -> None:
        self._hasher = Argon2Hasher()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._nobodys = self._hasher.hash("nobody")

    async def fits(self, password: str, hashed: str | None) -> bool:
        """
        Args:
            hashed: None where there is nobody; takes as long and is never right.
        """
        async with self._slots:
            right = await asyncio.to_thread(self._verify, password[:LONGEST_PASSWORD], hashed or self._nobodys)
        return right and hashed is not None and len(password) <= LONGEST_PASSWORD

    def _verify(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(password, hashed)
        except PwdlibError:
            return False


@dataclass(frozen=True)
class Login:
    officers: OfficerReads
    attempts: Attempts
    emails: Blinder
    passwords: Passwords

    async def authenticate(self, question: Authentication, *, now: datetime) -> Authenticated:
        """Raises:
        Refused: `unauthenticated`, whatever was wrong; `code_used`, if nothing but the code was: whoever sees that
            has shown a right one; `too_many_requests` while the address is locked.
        """
        found = await self.officers.with_email(question.email)
        if found is not None and question.tenant not in (None, found.tenant):
            found = None
        tenant, place = (found.tenant, found.id) if found else (PLATFORM, self.emails(question.email)[0])
        counted = counters(
            f"{place}/login",
            client=question.client,
            browser=question.browser,
            is_known_browser=found is not None and found.id in question.officers,
            is_known_client=await self.attempts.is_known(tenant, place, question.client),
        )
        for counter, allowed in counted:
            await self._counted(tenant, counter, now=now, allowed=allowed)
        # Whose second factor is being renewed has none.
        officer = found.state if found is not None and found.state.active and found.state.totp_secret else None
        right = await self.passwords.fits(question.password, officer.password_hash if officer else None)
        step = matching_step(_secret(officer), question.code, at=now)
        if found is None or officer is None or not right or step is None:
            log.info("log_in_failed", officer=found.id if found else None)
            raise Refused("unauthenticated")
        await self._use(found, step, now=now)
        # The first is theirs; what strangers tried, they go on to have tried.
        await self.attempts.forget(tenant, counted[0][0])
        await self.attempts.know(tenant, place, question.client, now=now)
        log.info("logged_in", officer=found.id)
        return Authenticated(
            officer_id=found.id, tenant=found.tenant, roles=officer.roles, agency=officer.agency, name=officer.name
        )

    async def confirm(self, tenant: str, question: StepUp, *, now: datetime) -> None:
        """Raises:
        Refused: `unauthenticated`, where there is no such officer; `code_wrong`, `code_used` or `too_many_requests`.
        """
        found = await self.officers.one(tenant, question.officer_id)
        if found is None or not found.state.active or not found.state.totp_secret:
            raise Refused("unauthenticated")
        await self._counted(tenant, f"{found.id}/confirm", now=now)
        step = matching_step(_secret(found.state), question.code, at=now)
        if step is None:
            log.info("confirmation_failed", officer=found.id)
            raise Refused("code_wrong")
        await self._use(found, step, now=now)
        await self.attempts.forget(tenant, f"{found.id}/confirm")

    async def _counted(self, tenant: str, place: str, *, now: datetime, allowed: int = ALLOWED) -> None:
        locked = await self.attempts.take(tenant, place, now=now, allowed=allowed)
        if locked is not None:
            log.info("log_in_locked")
            raise TooSoon(locked.total_seconds())

    async def _use(self, found: OfficerFound, step: int, *, now: datetime) -> None:
        if not await self.attempts.use_step(found.tenant, found.id, step, now=now):
            log.info("code_used_before", officer=found.id)
            raise Refused("code_used")


def _secret(officer: Officer | None) -> str:
    return officer.totp_secret if officer else NOBODYS_SECRET
