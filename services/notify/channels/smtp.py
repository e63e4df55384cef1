"""Persistent SMTP connections, and what each answer of a server means for a delivery."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import cast

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from libs.contracts.words import DeliveryState
from services.notify.channels.pipeline import LineLost, Pipeline
from services.notify.settings import Settings

CONNECT_WITHIN = 10.0
IDLE = 10.0
"""Seconds after which an unused connection is made anew: servers hang up on idle ones, which would cost an attempt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the server's number, or empty where there was none."""

    state: DeliveryState
    code: str = ""


SENT = Answer(DeliveryState.SENT, "250")
NOT_SENT = Answer(DeliveryState.FAILED_TRANSIENT)
UNKNOWN = Answer(DeliveryState.UNKNOWN)


def of_code(code: int) -> Answer:
    """4xx may pass by itself, 5xx will not."""
    state = DeliveryState.FAILED_PERMANENT if code >= 500 else DeliveryState.FAILED_TRANSIENT
    return Answer(state, str(code))


class Line:
    """One connection. Sends one message at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        self._pipeline: Pipeline | None = None
        self._used_at = 0.0

    @property
    def _is_open(self) -> bool:
        if self._pipeline is not None:
            return self._pipeline.is_open
        return self._client is not None and self._client.is_connected

    async def open(self) -> bool:
        """Makes sure that the server is there; False if it is not."""
        if self._is_open and time.monotonic() - self._used_at < IDLE:
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
            timeout=CONNECT_WITHIN,
        )
        try:
            await client.connect()
            if not client.last_ehlo_response:
                await client.ehlo()
        except (SMTPException, OSError):
            client.close()
            return False
        self._client = client
        self._used_at = time.monotonic()
        if client.transport is not None and client.supports_extension("pipelining"):
            # Not asked with isinstance: uvloop's transports are no asyncio.Transport.
            self._pipeline = Pipeline(cast(asyncio.Transport, client.transport))
            client.transport.set_protocol(self._pipeline)
        return True

    async def close(self) -> None:
        client, pipeline = self._client, self._pipeline
        self._client = self._pipeline = None
        if pipeline is not None:
            pipeline.say_goodbye()
        elif client is not None:
            if client.is_connected:
                with contextlib.suppress(SMTPException, OSError, TimeoutError):
                    async with asyncio.timeout(1):
                        await client.quit()
            client.close()

    async def send(self, sender: str, to: str, message: bytes) -> Answer:
        """Before the message itself goes over, a broken line means that it was not sent; after that, nobody knows."""
        self._used_at = time.monotonic()
        if self._pipeline is not None:
            return await self._send_piped(self._pipeline, sender, to, message)
        if self._client is not None:
            return await self._send_stepwise(self._client, sender, to, message)
        return NOT_SENT

    async def _send_piped(self, pipeline: Pipeline, sender: str, to: str, message: bytes) -> Answer:
        try:
            async with asyncio.timeout(self._settings.smtp_message_seconds):
                said = await pipeline.send(sender, to, message)
        except (LineLost, TimeoutError):
            self._drop()
            return UNKNOWN if pipeline.is_message_out else NOT_SENT
        return SENT if said.accepted else of_code(said.code)

    async def _send_stepwise(self, client: aiosmtplib.SMTP, sender: str, to: str, message: bytes) -> Answer:
        is_message_out = False
        try:
            async with asyncio.timeout(self._settings.smtp_message_seconds):
                await client.mail(sender)
                await client.rcpt(to)
                is_message_out = True
                await client.data(message)
        except SMTPResponseException as refused:
            await self._reset(client)
            return of_code(refused.code)
        except (SMTPException, OSError, TimeoutError):
            self._drop()
            return UNKNOWN if is_message_out else NOT_SENT
        return SENT

    async def _reset(self, client: aiosmtplib.SMTP) -> None:
        try:
            async with asyncio.timeout(self._settings.smtp_message_seconds):
                await client.rset()
        except (SMTPException, OSError, TimeoutError):
            self._drop()

    def _drop(self) -> None:
        client, pipeline = self._client, self._pipeline
        self._client = self._pipeline = None
        if pipeline is not None:
            pipeline.close()
        if client is not None:
            client.close()
