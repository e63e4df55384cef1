"""Persistent SMTP connections, and what each answer of a server means for a delivery."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from libs.contracts.words import DeliveryState
from services.notify.settings import Settings

COMMAND_WITHIN = 20.0
"""Seconds for one answer of the server. RFC 5321 allows minutes; a server that slow is as good as away."""
IDLE = 10.0
"""Seconds after which an unused connection is made anew: servers hang up on idle ones, which would cost an attempt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the server's number, or empty where there was none."""

    state: DeliveryState
    code: str = ""


SENT = Answer(DeliveryState.SENT, "250")


def of_code(code: int) -> Answer:
    """4xx may pass by itself, 5xx will not."""
    state = DeliveryState.FAILED_PERMANENT if code >= 500 else DeliveryState.FAILED_TRANSIENT
    return Answer(state, str(code))


class Line:
    """One connection. Sends one message at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = time.monotonic()

    async def open(self) -> bool:
        """Makes sure that the server is there; False if it is not."""
        if self._client is not None and self._client.is_connected and time.monotonic() - self._used_at < IDLE:
            return True
        await self.close()
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=settings.smtp_password,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=COMMAND_WITHIN,
        )
        try:
            await client.connect()
        except (SMTPException, OSError):
            client.close()
            return False
        self._client = client
        self._used_at = time.monotonic()
        return True

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        if client.is_connected:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await client.quit()
        client.close()

    async def send(self, sender: str, to: str, message: bytes) -> Answer:
        """Before the message itself goes over, a broken line means that it was not sent; after that, nobody knows."""
        client = self._client
        if client is None:
            return Answer(DeliveryState.FAILED_TRANSIENT)
        self._used_at = time.monotonic()
        try:
            await client.mail(sender)
            await client.rcpt(to)
        except SMTPResponseException as refused:
            await self._reset(client)
            return of_code(refused.code)
        except (SMTPException, OSError):
            self._drop()
            return Answer(DeliveryState.FAILED_TRANSIENT)
        try:
            await client.data(message)
        except SMTPResponseException as refused:
            await self._reset(client)
            return of_code(refused.code)
        except (SMTPException, OSError):
            self._drop()
            return Answer(DeliveryState.UNKNOWN)
        return SENT

    async def _reset(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.rset()
        except (SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
