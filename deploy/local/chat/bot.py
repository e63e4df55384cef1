"""Telegram Bot API: what its methods take and refuse, and what its updates carry. No I/O.

Source: core.telegram.org/bots/api, 10.1.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deploy.local.chat.accounts import TelegramBot
from deploy.local.chat.book import Button, File, Message, Phone
from deploy.local.chat.markup import Unreadable, read_html

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
STAMP = 90
"""Pixels of a side."""
LONGEST_FILE = 20_000_000
"""Bytes that getFile hands out."""

_WELL_FORMED = re.compile(r"\d{3,20}:[\w-]{30,64}")
_SECRET = re.compile(r"[\w-]{1,256}", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Refused(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.body: Json = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


def bad_request(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def unknown_token(token: str) -> Refused:
    return Refused(401, "Unauthorized") if _WELL_FORMED.fullmatch(token) else Refused(404, "Not Found")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> Refused:
    return Refused(403, "Forbidden: bot was blocked by the user")


def user_id(number: str) -> int:
    """Says nothing of the number, and is the same at every bot."""
    return 100_000_000 + int.from_bytes(hashlib.sha256(number.encode()).digest()[:8]) % 6_900_000_000


@dataclass(frozen=True)
class Wanted:
    """
    Attributes:
        text: with the marks taken out.
    """

    chat_id: int
    text: str
    entities: list[Json]
    buttons: tuple[Button, ...]
    replies_to: int


def wanted(request: Mapping[str, Any], *, field: str = "text", longest: int = LONGEST_TEXT) -> Wanted:
    """
    Args:
        request: of JSON or of a form, where all is text.
        field: `caption` for a picture, where it may be empty.

    Raises:
        Refused
    """
    chat = str(request.get("chat_id", ""))
    if not chat:
        raise bad_request("chat_id is empty")
    if not re.fullmatch(r"-?\d{1,16}", chat):
        raise bad_request("chat not found")
    text, entities = _text(request, field)
    if field == "text" and not text.strip():
        raise bad_request("message text is empty")
    if len(text) > longest:
        raise bad_request("message is too long" if field == "text" else "message caption is too long")
    reply = _structure(request.get("reply_parameters"), "reply parameters") or {}
    return Wanted(int(chat), text, entities, _buttons(request.get("reply_markup")), int(reply.get("message_id", 0)))


def webhook_of(request: Mapping[str, Any]) -> tuple[str, str]:
    """URL ("" takes it away) and secret. Nothing leaves this machine, and here alone HTTP will do.

    Raises:
        Refused
    """
    url, secret = str(request.get("url", "")), str(request.get("secret_token", ""))
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if not url:
        return "", ""
    address = urlsplit(url)
    if address.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if address.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
    return url, secret


def me(bot: TelegramBot) -> Json:
    return {
        **_bot(bot),
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def sent(bot: TelegramBot, phone: Phone, message: Message, entities: list[Json], *, file: File | None = None) -> Json:
    """The Message that sending answers with."""
    said: Json = {
        "message_id": number_of(message),
        "from": _bot(bot),
        "chat": _chat(phone),
        "date": int(message.at),
    }
    if file:
        said |= _file("image", file) | ({"caption": message.text} if message.text else {})
    else:
        said["text"] = message.text
    if entities:
        said["caption_entities" if file else "entities"] = entities
    if inline := [b for b in message.buttons if b.inline]:
        rows = [[{"text": b.title, **({"url": b.url} if b.url else {"callback_data": b.id})}] for b in inline]
        said["reply_markup"] = {"inline_keyboard": rows}
    return said


def said(bot: TelegramBot, phone: Phone, message: Message, *, file: File | None, answered: Json | None) -> Json:
    """What an update carries of what a person wrote."""
    one: Json = {
        "message_id": number_of(message),
        "from": _person(phone),
        "chat": _chat(phone),
        "date": int(message.at),
    }
    if message.forwarded:
        one["forward_origin"] = {
            "type": "hidden_user",
            "sender_user_name": "Grup Keluarga",
            "date": int(message.at) - 600,
        }
    if answered:
        one["reply_to_message"] = answered
    if file:
        one |= _file(message.kind, file)
        return one | ({"caption": message.text} if message.text else {})
    if message.text.startswith("/"):
        length = len(message.text.split(maxsplit=1)[0])
        one["entities"] = [{"offset": 0, "length": length, "type": "bot_command"}]
    return {**one, "text": message.text}


def pressed(phone: Phone, query_id: int, message: Json, data: str) -> Json:
    return {
        "callback_query": {
            "id": str(query_id),
            "from": _person(phone),
            "message": message,
            "chat_instance": str(user_id(phone.number) * 7),
            "data": data,
        }
    }


def membership(bot: TelegramBot, phone: Phone, *, blocked: bool, at: float) -> Json:
    """Update when a person blocks the bot, or takes it up again."""
    states: list[Json] = [{"user": _bot(bot), "status": status} for status in ("member", "kicked")]
    states[1]["until_date"] = 0
    old, new = states if blocked else reversed(states)
    change = {"chat": _chat(phone), "from": _person(phone), "date": int(at)}
    return {"my_chat_member": {**change, "old_chat_member": old, "new_chat_member": new}}


def file_path(file: File) -> str:
    kind = file.mime.partition("/")[0]
    folder, ending = {
        "image": ("photos", ".jpg"),
        "audio": ("voice", ".oga"),
        "video": ("videos", ".mp4"),
    }.get(kind, ("documents", ""))
    return f"{folder}/file_{file.id}{ending}"


def file_answer(file: File) -> Json:
    """
    Raises:
        Refused
    """
    if file.size > LONGEST_FILE:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": f"u{file.id}",
        "file_size": file.size,
        "file_path": file_path(file),
    }


def number_of(message: Message) -> int:
    """`message_id`: unique in one chat alone."""
    return int(message.id.rpartition(":")[2])


def _text(request: Mapping[str, Any], field: str) -> tuple[str, list[Json]]:
    source = str(request.get(field, ""))
    mode = str(request.get("parse_mode", ""))
    if not mode:
        given = _structure(request.get("entities"), "entities")
        return source, given if isinstance(given, list) else []
    if mode.lower() != "html":
        raise bad_request("unsupported parse_mode (HTML alone is tried out here)")
    try:
        return read_html(source)
    except Unreadable as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _buttons(markup: object) -> tuple[Button, ...]:
    read = _structure(markup, "reply keyboard markup")
    if not isinstance(read, dict):
        return ()
    if "inline_keyboard" not in read:
        keys = [key for row in read.get("keyboard", []) for key in row]
        titles = [key if isinstance(key, str) else str(key.get("text", "")) for key in keys]
        return tuple(Button(title, title, inline=False) for title in titles)
    return tuple(_inline(button) for row in read["inline_keyboard"] for button in row)


def _inline(button: Json) -> Button:
    title, data, url = (str(button.get(name, "")) for name in ("text", "callback_data", "url"))
    if not title or not (data or url):
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    if len(data.encode()) > 64:
        raise bad_request("BUTTON_DATA_INVALID")
    return Button(data, title, url=url)


def _structure(value: object, name: str) -> Any:
    """A form carries it as JSON in text."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None


def _bot(bot: TelegramBot) -> Json:
    return {"id": int(bot.bot_id), "is_bot": True, "first_name": bot.username, "username": bot.username}


def _person(phone: Phone) -> Json:
    return {"id": user_id(phone.number), "is_bot": False, "first_name": phone.name, "language_code": "id"}


def _chat(phone: Phone) -> Json:
    return {"id": user_id(phone.number), "first_name": phone.name, "type": "private"}


def _file(kind: str, file: File) -> Json:
    ids = {"file_id": file.id, "file_unique_id": f"u{file.id}", "file_size": file.size}
    match kind:
        case "image":
            whole = {**ids, "width": file.width, "height": file.height}
            # A smaller one stands before it: who takes the first gets a stamp.
            small = {"file_id": f"{file.id}s", "file_unique_id": f"u{file.id}s", "file_size": file.stamp}
            return {"photo": [{**small, "width": STAMP, "height": STAMP}, whole]}
        case "document":
            return {"document": {"file_name": file.name or "berkas", "mime_type": file.mime, **ids}}
        case "video":
            return {"video": {"duration": 1, "width": 320, "height": 240, "mime_type": file.mime, **ids}}
        case _:
            return {kind: {"duration": 1, "mime_type": file.mime, **ids}}
