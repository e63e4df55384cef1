"""What people and offices do to each other by way of a provider."""

import asyncio
import hashlib
import io
import re
import secrets
import time
from collections.abc import Coroutine
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from PIL import Image, UnidentifiedImageError

from deploy.local.chat import bot as telegram
from deploy.local.chat import graph
from deploy.local.chat.accounts import Account, Accounts, TelegramBot, WhatsAppNumber
from deploy.local.chat.book import Book, Button, File, Message, Phone
from deploy.local.chat.faults import Faults
from deploy.local.chat.postman import Postman

Json = dict[str, Any]

TELLING_SECONDS = 0.05
"""From the answer to the first webhook about it."""
PAIR_SECONDS = 60
LONGEST_CONTENT = 20_000_000
_NUMBER = re.compile(r"[1-9]\d{6,14}")


class NotPossible(ValueError):
    """What somebody wants to do on a phone, and cannot; says why."""


class Provider:
    def __init__(self, book: Book, accounts: Accounts, *, gateway: str) -> None:
        self.book = book
        self.accounts = accounts
        self.faults = Faults()
        self.postman = Postman(book, accounts, gateway=gateway, faults=lambda: self.faults)
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers: dict[int, str] = {}

    async def run(self) -> None:
        for message in list(self.book.messages.values()):
            if not message.by_person and message.status in ("accepted", "sent"):
                self._start(self._tell(message, self._problem(message)))
        try:
            await self.postman.run()
        finally:
            for task in self._tasks:
                task.cancel()

    def set_faults(self, faults: Faults) -> None:
        self.faults = faults
        self.book.note("faults", asdict(faults))

    def window_is_open(self, account: Account, number: str) -> bool:
        return self.book.window_is_open(account.key, number, time.time())

    def take_fault(self, channel: str) -> str:
        """How the answer to this message goes wrong; "" when it does not."""
        fault: str = getattr(self.faults, channel)
        if fault:
            self.faults = self.faults.after_one(channel)
        return fault

    # What offices send.

    async def send_by_whatsapp(self, number: WhatsAppNumber, request: object, *, held: bool = False) -> Json:
        """
        Raises:
            graph.Refused
        """
        if isinstance(request, dict) and request.get("status") == "read":
            return self._mark_read(number, str(request.get("message_id", "")))
        wanted = graph.wanted(request, number, self.book.templates)
        now = time.time()
        since = now - PAIR_SECONDS
        lately = [m for m in self.book.talk(number.key, wanted.to) if not m.by_person and m.at > since]
        if self.faults.pair_limit and len(lately) >= self.faults.pair_limit:
            raise graph.Refused.of(graph.PAIR_RATE_LIMIT)
        file, problem = wanted.file, None
        if file and file not in self.book.files:
            raise graph.invalid("Parameter 'image['id']' is not a media id of this number.")
        if wanted.link:
            file = await self._fetched(wanted.link)
            problem = None if file else graph.MEDIA_UNREADABLE
        message = Message(
            graph.new_wamid(wanted.to, by_person=False),
            number.key,
            wanted.to,
            by_person=False,
            kind=wanted.kind,
            text=wanted.text,
            at=now,
            file=file,
            template=wanted.template,
            buttons=wanted.buttons,
            replies_to=wanted.replies_to,
            status="accepted",
            callback=wanted.callback,
        )
        problem = self._problem(message) or problem
        if problem and self.faults.at_once:
            raise graph.Refused.of(problem)
        self.book.keep(message)
        self._start(self._tell(message, problem))
        return graph.accepted(wanted, message.id, held=held)

    async def send_by_telegram(self, bot: TelegramBot, request: Json, *, photo: bytes | None = None) -> Json:
        """
        Args:
            photo: as it was uploaded; else `request` names one, or there is none.

        Raises:
            telegram.Refused
        """
        is_photo = photo is not None or "photo" in request
        if is_photo:
            wanted = telegram.wanted(request, field="caption", longest=telegram.LONGEST_CAPTION)
        else:
            wanted = telegram.wanted(request)
        phone = self._phone_of(wanted.chat_id)
        if phone is None or not self.book.has_started(bot.key, phone.number):
            raise telegram.bad_request("chat not found")
        if bot.key in phone.blocked:
            raise telegram.blocked()
        file = ""
        if photo is not None:
            file = self.keep_file(photo, "image/jpeg")
        elif is_photo:
            named = str(request["photo"])
            file = named if named in self.book.files else await self._fetched(named)
            if not file:
                raise telegram.bad_request("wrong file identifier/HTTP URL specified")
        message = Message(
            self._telegram_id(bot, phone),
            bot.key,
            phone.number,
            by_person=False,
            kind="image" if file else "text",
            text=wanted.text,
            at=time.time(),
            file=file,
            buttons=wanted.buttons,
            replies_to=self._in_chat(bot, phone, wanted.replies_to),
            status="sent",
        )
        self.book.keep(message)
        return telegram.sent(bot, phone, message, wanted.entities, file=self.book.files.get(file))

    # What people do.

    def make_phone(self, number: str, name: str, *, on_whatsapp: bool = True) -> Phone:
        """
        Raises:
            NotPossible
        """
        digits = re.sub(r"[\s()+-]", "", number)
        digits = f"62{digits[1:]}" if digits.startswith("0") else digits
        if not _NUMBER.fullmatch(digits):
            raise NotPossible("number")
        self.book.note("phone", {"number": digits, "name": name.strip()[:40] or digits, "on_whatsapp": on_whatsapp})
        return self.book.phones[digits]

    def say(
        self,
        account: Account,
        number: str,
        text: str,
        *,
        file: str = "",
        voice: bool = False,
        forwarded: str = "",
        replies_to: str = "",
        kind: str = "",
        payload: str = "",
    ) -> Message:
        """
        Args:
            kind: of a message that is neither text nor file.

        Raises:
            NotPossible
        """
        phone = self.book.phones[number]
        known = self.book.files.get(file)
        if not (text.strip() or known or kind):
            raise NotPossible("empty")
        if replies_to and replies_to not in self.book.messages:
            raise NotPossible("replies_to")
        if account.key in phone.blocked:
            self.block(account, number, blocked=False)
        message = Message(
            self._person_id(account, phone),
            account.key,
            number,
            by_person=True,
            kind=kind or (_kind_of(known.mime, voice=voice) if known else "text"),
            text=text,
            at=time.time(),
            file=file,
            payload=payload,
            forwarded=forwarded,
            replies_to=replies_to,
            status="delivered",
        )
        self.book.keep(message)
        answered = self.book.messages.get(replies_to)
        if isinstance(account, WhatsAppNumber):
            content = graph.said(account, phone, message, file=known, answered=answered)
        else:
            original = self._as_telegram(account, phone, answered) if answered else None
            content = {"message": telegram.said(account, phone, message, file=known, answered=original)}
        self._post(account, number, content)
        return message

    def press(self, account: Account, number: str, message_id: str, button_id: str) -> Message:
        """
        Raises:
            NotPossible
        """
        asked = self.book.messages.get(message_id)
        button = next((b for b in asked.buttons if b.id == button_id), None) if asked else None
        if asked is None or button is None or asked.number != number or button.url:
            raise NotPossible("button")
        if isinstance(account, WhatsAppNumber):
            return self.say(account, number, button.title, kind="interactive", payload=button.id, replies_to=message_id)
        if not button.inline:
            return self.say(account, number, button.title)
        return self._press_inline(account, self.book.phones[number], asked, button)

    def end_window(self, account: Account, number: str) -> None:
        """As if 25 hours had gone by since the person last wrote."""
        self.book.note("window_ended", {"account": account.key, "number": number})

    def block(self, account: Account, number: str, *, blocked: bool) -> None:
        phone = self.book.phones[number]
        self.book.note("blocked", {"account": account.key, "number": number, "blocked": blocked})
        if isinstance(account, TelegramBot) and self.book.has_started(account.key, number):
            self._post(account, number, telegram.membership(account, phone, blocked=blocked, at=time.time()))

    def read(self, account: Account, number: str) -> None:
        """The person looks at the chat: blue ticks for what has come."""
        if isinstance(account, WhatsAppNumber):
            for message in self.book.talk(account.key, number):
                if not message.by_person and message.status == "delivered":
                    self._set_status(account, message, "read")

    def keep_file(self, content: bytes, mime: str, *, name: str = "") -> str:
        """
        Returns:
            Its id at the provider.
        """
        width = height = 0
        stamp = b""
        try:
            with Image.open(io.BytesIO(content)) as picture:
                width, height = picture.size
                small = picture.convert("RGB").resize((telegram.STAMP, telegram.STAMP))
                small.save(out := io.BytesIO(), "JPEG")
                stamp = out.getvalue()
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            # Whatever calls itself a picture is passed on, as providers do.
            width = height = 0
        digest = hashlib.sha256(content).hexdigest()
        file = File(
            str(10**15 + secrets.randbelow(9 * 10**15)), mime, len(content), digest, name, width, height, len(stamp)
        )
        self.book.keep_file(file, content, stamp=stamp)
        return file.id

    def _phone_of(self, user_id: int) -> Phone | None:
        if len(self._numbers) < len(self.book.phones):
            self._numbers = {telegram.user_id(number): number for number in self.book.phones}
        return self.book.phones.get(self._numbers.get(user_id, ""))

    def _problem(self, message: Message) -> graph.Problem | None:
        """Why this message to a WhatsApp number does not arrive."""
        if not message.account.startswith("whatsapp:"):
            return None
        phone = self.book.phones.get(message.number)
        if phone is None or not phone.on_whatsapp or message.account in phone.blocked:
            return graph.UNDELIVERABLE
        is_free = message.kind != "template"
        if is_free and not self.book.window_is_open(message.account, message.number, message.at):
            return graph.WINDOW_CLOSED
        return None

    async def _tell(self, message: Message, problem: graph.Problem | None) -> None:
        await asyncio.sleep(TELLING_SECONDS)
        number = self.accounts.now.by_key.get(message.account)
        if not isinstance(number, WhatsAppNumber):
            return
        if problem:
            self._set_status(number, message, "failed", problem)
            return
        for status in ("sent", "delivered") if message.status == "accepted" else ("delivered",):
            self._set_status(number, message, status)

    def _set_status(
        self, number: WhatsAppNumber, message: Message, status: str, problem: graph.Problem | None = None
    ) -> None:
        now = time.time()
        self.book.note("status", {"id": message.id, "status": status, "error": problem.code if problem else 0})
        changed = replace(message, status=status)
        phone = self.book.phones.get(message.number)
        self._post(number, message.number, graph.status(number, phone, changed, now=now, problem=problem))

    def _mark_read(self, number: WhatsAppNumber, message_id: str) -> Json:
        message = self.book.messages.get(message_id)
        if message is None or not message.by_person or message.account != number.key:
            raise graph.invalid("Parameter 'message_id' is not a message to this number.")
        self.book.note("status", {"id": message.id, "status": "read", "error": 0})
        return {"success": True}

    def _press_inline(self, bot: TelegramBot, phone: Phone, asked: Message, button: Button) -> Message:
        message = Message(
            self._telegram_id(bot, phone),
            bot.key,
            phone.number,
            by_person=True,
            kind="button",
            text=button.title,
            at=time.time(),
            payload=button.id,
            replies_to=asked.id,
            status="delivered",
        )
        self.book.keep(message)
        original = self._as_telegram(bot, phone, asked)
        query = int(message.id.rpartition(":")[2])
        self._post(bot, phone.number, telegram.pressed(phone, query, original, button.id))
        return message

    def _as_telegram(self, bot: TelegramBot, phone: Phone, message: Message) -> Json:
        file = self.book.files.get(message.file)
        if message.by_person:
            return telegram.said(bot, phone, message, file=file, answered=None)
        return telegram.sent(bot, phone, message, [], file=file)

    def _post(self, account: Account, number: str, content: Json) -> None:
        if isinstance(account, TelegramBot):
            content = {"update_id": 870_000_000 + self.book.next_number(), **content}
        self.postman.post(account.key, number, content)

    def _person_id(self, account: Account, phone: Phone) -> str:
        if isinstance(account, WhatsAppNumber):
            return graph.new_wamid(phone.number, by_person=True)
        return self._telegram_id(account, phone)

    def _telegram_id(self, bot: TelegramBot, phone: Phone) -> str:
        return self._in_chat(bot, phone, self.book.next_number())

    def _in_chat(self, bot: TelegramBot, phone: Phone, message_id: int) -> str:
        return f"{bot.bot_id}:{telegram.user_id(phone.number)}:{message_id}" if message_id else ""

    async def _fetched(self, url: str) -> str:
        """Id of the file at an address of this machine; "" for any other, for nothing leaves it."""
        address = urlsplit(url)
        if address.scheme != "http" or address.hostname != "127.0.0.1":
            return ""
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
                answer = await client.get(url)
        except httpx.HTTPError:
            return ""
        mime = answer.headers.get("content-type", "").partition(";")[0]
        if (
            answer.status_code != 200
            or mime not in ("image/jpeg", "image/png")
            or len(answer.content) > LONGEST_CONTENT
        ):
            return ""
        return self.keep_file(answer.content, mime)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _kind_of(mime: str, *, voice: bool) -> str:
    kind = mime.partition("/")[0]
    if kind == "audio":
        return "voice" if voice else "audio"
    return kind if kind in ("image", "video") else "document"
