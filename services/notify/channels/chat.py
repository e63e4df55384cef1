"""Messaging providers over HTTP: one message out, one file in. What is not certain is said to be unknown."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from libs.contracts.words import DeliveryState
from libs.kit.chat import telegram, whatsapp
from libs.runtime import logs
from libs.runtime.accounts import Account, TelegramAccount, WhatsAppAccount
from libs.runtime.errors import Unavailable
from services.notify.channels.smtp import Answer
from services.notify.settings import Settings

log = logs.get()

LARGEST_FILE = 16_000_000
"""Bytes; as at the gateway's own form."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The provider was not reached at all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Attributes:
        retry_after: what the provider asks for; None: it does not say.
    """

    answer: Answer
    retry_after: timedelta | None = None


class Providers:
    """One pool of connections for each provider."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=10)
        self._clients = {
            kind: httpx.AsyncClient(timeout=settings.chat_seconds, limits=limits, trust_env=False)
            for kind in (WhatsAppAccount, TelegramAccount)
        }

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def send_text(self, account: Account, address: str, text: str, *, delivery: str) -> Outcome:
        if isinstance(account, WhatsAppAccount):
            return await self._whatsapp(account, whatsapp.text_message(address, text, delivery=delivery))
        if isinstance(account, TelegramAccount):
            return await self._telegram(account, telegram.text_message(address, text))
        raise TypeError(account.channel)

    async def send_template(
        self,
        account: WhatsAppAccount,
        address: str,
        *,
        name: str,
        language: str,
        values: tuple[str, ...],
        delivery: str,
    ) -> Outcome:
        message = whatsapp.template_message(address, name=name, language=language, values=values, delivery=delivery)
        return await self._whatsapp(account, message)

    async def _whatsapp(self, account: WhatsAppAccount, message: dict[str, Any]) -> Outcome:
        url = f"{self._settings.whatsapp_url}/{account.phone_number_id}/messages"
        answer = await self._post(account, url, message, {"Authorization": f"Bearer {account.access_token}"})
        if isinstance(answer, Outcome):
            return answer
        if answer.status_code == 200:
            sent = whatsapp.is_taken(answer.content)
            return Outcome(Answer(DeliveryState.SENT if sent else DeliveryState.UNKNOWN, "200"))
        code = whatsapp.error_code(answer.content)
        if code in whatsapp.AGAIN_LATER or (not code and answer.status_code == 429):
            return Outcome(Answer(DeliveryState.FAILED_TRANSIENT, code or "429"), _retry_after(answer))
        return Outcome(_other(code, answer.status_code))

    async def _telegram(self, account: TelegramAccount, message: dict[str, Any]) -> Outcome:
        url = f"{self._settings.telegram_url}/bot{account.token}/sendMessage"
        answer = await self._post(account, url, message, {})
        if isinstance(answer, Outcome):
            return answer
        if answer.status_code == 200:
            sent = telegram.is_taken(answer.content)
            return Outcome(Answer(DeliveryState.SENT if sent else DeliveryState.UNKNOWN, "200"))
        if answer.status_code == 429:
            wait = telegram.retry_after(answer.content)
            asked = timedelta(seconds=wait) if wait is not None else _retry_after(answer)
            return Outcome(Answer(DeliveryState.FAILED_TRANSIENT, "429"), asked)
        known = telegram.is_answer(answer.content)
        if known and answer.status_code >= 500:
            return Outcome(Answer(DeliveryState.FAILED_TRANSIENT, str(answer.status_code)))
        return Outcome(_other(str(answer.status_code) if known else "", answer.status_code))

    async def _post(
        self, account: WhatsAppAccount | TelegramAccount, url: str, message: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response | Outcome:
        try:
            return await self._clients[type(account)].post(
                url, content=orjson.dumps(message), headers={**headers, "Content-Type": "application/json"}
            )
        except NEVER_SENT:
            return Outcome(Answer(DeliveryState.FAILED_TRANSIENT, "unreached"))
        except httpx.HTTPError:
            return Outcome(Answer(DeliveryState.UNKNOWN, "cut_off"))

    async def file(self, account: Account, media: str) -> bytes | None:
        """What somebody sent; None where the provider does not have it, or it is larger than we take.

        Raises:
            Unavailable: the provider cannot be reached now.
        """
        try:
            if isinstance(account, WhatsAppAccount):
                return await self._whatsapp_file(account, media)
            return await self._telegram_file(account, media) if isinstance(account, TelegramAccount) else None
        except httpx.HTTPError as error:
            raise Unavailable(account.channel) from error

    async def _whatsapp_file(self, account: WhatsAppAccount, media: str) -> bytes | None:
        headers = {"Authorization": f"Bearer {account.access_token}"}
        client = self._clients[WhatsAppAccount]
        told = await client.get(
            f"{self._settings.whatsapp_url}/{media}",
            params={"phone_number_id": account.phone_number_id},
            headers=headers,
        )
        if not _is_there(told):
            return None
        url = str(orjson.loads(told.content).get("url", ""))
        if not self._may_fetch(url):
            log.error("media_host_unknown", channel=account.channel, host=urlsplit(url).netloc)
            return None
        return await _fetched(client, url, headers)

    def _may_fetch(self, url: str) -> bool:
        parts = urlsplit(url)
        # The scheme of the provider itself: a fake one on this machine has no certificate.
        scheme = urlsplit(self._settings.whatsapp_url).scheme
        return parts.scheme == scheme and parts.netloc in self._settings.whatsapp_media_hosts

    async def _telegram_file(self, account: TelegramAccount, media: str) -> bytes | None:
        client, base = self._clients[TelegramAccount], self._settings.telegram_url
        told = await client.get(f"{base}/bot{account.token}/getFile", params={"file_id": media})
        if not _is_there(told):
            return None
        path = str(orjson.loads(told.content)["result"]["file_path"])
        return await _fetched(client, f"{base}/file/bot{account.token}/{path}", {})


def _is_there(answer: httpx.Response) -> bool:
    """
    Raises:
        HTTPStatusError: the provider has no answer now, or our key is wrong: the file may be had later.
    """
    if answer.status_code in (401, 403, 429) or answer.status_code >= 500:
        answer.raise_for_status()
    return answer.status_code == 200


async def _fetched(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> bytes | None:
    data = bytearray()
    async with client.stream("GET", url, headers=headers, follow_redirects=False) as answer:
        if not _is_there(answer):
            return None
        async for part in answer.aiter_bytes():
            data += part
            if len(data) > LARGEST_FILE:
                return None
    return bytes(data)


def _retry_after(answer: httpx.Response) -> timedelta | None:
    seconds = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else None


def _other(code: str, status: int) -> Answer:
    """The provider's own word is final; without one, whoever stands before it may have let the message through."""
    if code or status < 500:
        return Answer(DeliveryState.FAILED_PERMANENT, code or str(status))
    return Answer(DeliveryState.UNKNOWN, str(status))
