"""Webhooks on their way to the gateway: signed, in order or not, again until they were taken."""

import asyncio
import json
import random
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import httpx

from deploy.local.chat import graph
from deploy.local.chat.accounts import Account, Accounts, TelegramBot, WhatsAppNumber
from deploy.local.chat.book import Book, Hook
from deploy.local.chat.faults import Faults

HELD_SECONDS = 0.5
"""The longest that a webhook waits for others, to be batched or shuffled with them."""
AT_ONCE = 16
"""Webhooks on their way at one time; in a burst the others wait for a place, and none fails for want of one."""
ANSWER_SECONDS = 10
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30
"""Meta begins with seconds too and goes on to hours; nobody waits for that at a desk."""
GIVEN_UP_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Item:
    """A `value` of WhatsApp or an update of Telegram, before it is put into an envelope."""

    account: str
    number: str
    content: dict[str, Any]
    since: float


class Postman:
    def __init__(self, book: Book, accounts: Accounts, *, gateway: str, faults: Callable[[], Faults]) -> None:
        self._book = book
        self._accounts = accounts
        self._gateway = gateway.rstrip("/")
        self._faults = faults
        self._held: list[Item] = []
        self._came = asyncio.Event()
        self._lanes: dict[str, deque[Hook]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._client = httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False)

    def post(self, account: str, number: str, content: dict[str, Any]) -> None:
        self._held.append(Item(account, number, content, time.monotonic()))
        self._came.set()
        if not self._is_held_back():
            self._let_go()

    async def run(self) -> None:
        """Until it is cancelled. What a process before this one had not brought is brought first."""
        for hook in list(self._book.pending.values()):
            self._put(_lane(hook), hook)
        try:
            while True:
                await self._came.wait()
                if self._held:
                    await asyncio.sleep(HELD_SECONDS)
                self._let_go()
                self._came.clear()
        finally:
            for task in self._tasks:
                task.cancel()
            await self._client.aclose()

    async def shake_hands(self, number: WhatsAppNumber) -> str:
        """Meta's check of a callback URL: "" when the gateway passed it, else what was wrong."""
        challenge = str(secrets.randbelow(10**10))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": number.verify_token}
        try:
            answer = await self._client.get(self.url_of(number), params=asked)
        except httpx.HTTPError as error:
            return type(error).__name__
        if answer.status_code != 200:
            return f"HTTP {answer.status_code}"
        return "" if answer.text == challenge else "another text than the challenge"

    def _is_held_back(self) -> bool:
        faults = self._faults()
        return len(self._held) < max(faults.shuffle, faults.batch)

    def _let_go(self) -> None:
        items, self._held = self._held, []
        faults = self._faults()
        hooks = list(self._enveloped(items, faults.batch))
        if faults.twice:
            hooks = [copy for hook in hooks for copy in (hook, replace(hook, id=f"{hook.id}+"))]
        if faults.shuffle > 1:
            random.shuffle(hooks)
        for hook in hooks:
            self._book.note("hook", asdict(hook))
        for hook in hooks:
            self._put(hook.account if faults.shuffle > 1 else _lane(hook), hook)

    def _enveloped(self, items: Iterable[Item], batch: int) -> Iterator[Hook]:
        waiting: dict[str, list[Item]] = {}
        for item in items:
            together = waiting.setdefault(item.account, [])
            together.append(item)
            account = self._accounts.now.by_key.get(item.account)
            if isinstance(account, TelegramBot) or len(together) >= batch:
                yield from self._envelope(account, waiting.pop(item.account))
        for key, together in waiting.items():
            yield from self._envelope(self._accounts.now.by_key.get(key), together)

    def _envelope(self, account: Account | None, items: list[Item]) -> Iterator[Hook]:
        numbers = {item.number for item in items}
        number = numbers.pop() if len(numbers) == 1 else ""
        if isinstance(account, WhatsAppNumber):
            body = graph.body_of(graph.envelope(account, [item.content for item in items]))
            yield Hook(secrets.token_hex(8), account.key, number, body)
        elif account:
            for item in items:
                yield Hook(secrets.token_hex(8), account.key, number, json.dumps(item.content))

    def _put(self, lane: str, hook: Hook) -> None:
        """One after the other in a lane, lanes beside each other."""
        if lane in self._lanes:
            self._lanes[lane].append(hook)
            return
        self._lanes[lane] = deque([hook])
        self._start(self._walk(lane))

    async def _walk(self, lane: str) -> None:
        while hooks := self._lanes[lane]:
            hook = hooks.popleft()
            if hook.account.startswith("telegram:"):
                # Telegram keeps the order within a chat, also when an update has to be brought again.
                await self._bring(hook)
            elif not await self._try(hook):
                self._start(self._bring(hook, pause=FIRST_PAUSE_SECONDS))
        del self._lanes[lane]

    async def _bring(self, hook: Hook, *, pause: float = 0) -> None:
        given_up = time.monotonic() + GIVEN_UP_SECONDS
        while time.monotonic() < given_up:
            await asyncio.sleep(pause)
            if await self._try(hook):
                return
            pause = min(max(2 * pause, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        self._book.note("hook_ended", {"id": hook.id, "answer": "given up"})

    async def _try(self, hook: Hook) -> bool:
        """Whether there is nothing more to do about it."""
        account = self._accounts.now.by_key.get(hook.account)
        if account is None:
            self._book.note("hook_ended", {"id": hook.id, "answer": "no such account"})
            return True
        if not (url := self.url_of(account)):
            return False
        body = hook.body.encode()
        headers = {"Content-Type": "application/json", **self._signed(account, body)}
        try:
            async with self._room:
                answer = await self._client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            self._book.note("hook_tried", {"id": hook.id, "answer": type(error).__name__}, durable=False)
            return False
        self._book.note("hook_tried", {"id": hook.id, "answer": answer.status_code}, durable=False)
        taken = answer.is_success if isinstance(account, TelegramBot) else answer.status_code == 200
        if taken:
            self._book.note("hook_ended", {"id": hook.id, "answer": answer.status_code}, durable=False)
        return taken

    def url_of(self, account: Account) -> str:
        """Empty for a bot without a webhook."""
        if isinstance(account, WhatsAppNumber):
            return f"{self._gateway}/api/v1/hooks/whatsapp"
        webhook = self._book.webhooks.get(account.key)
        return f"{self._gateway}/api/v1/hooks/telegram/{account.bot_id}" if webhook is None else webhook.url

    def _signed(self, account: Account, body: bytes) -> dict[str, str]:
        wrong = self._faults().wrong_signature
        if isinstance(account, WhatsAppNumber):
            secret = secrets.token_hex(16) if wrong else account.app_secret
            return {"X-Hub-Signature-256": graph.signature(body, secret), "User-Agent": "facebookexternalua"}
        webhook = self._book.webhooks.get(account.key)
        secret = account.secret_token if webhook is None else webhook.secret
        if wrong:
            secret = secrets.token_hex(16)
        return {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _lane(hook: Hook) -> str:
    return f"{hook.account} {hook.number}"
