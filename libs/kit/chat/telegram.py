"""Telegram Bot API: what its webhook sends, and what its methods take and answer."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from libs.kit.chat.said import Kind, Malformed, Said, loads

LONGEST_TEXT = 4_096

_FILES = {
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "document": Kind.DOCUMENT,
}


def is_signed(header: str, secret_token: str) -> bool:
    """Whether `X-Telegram-Bot-Api-Secret-Token` is the one that the webhook was set with."""
    return hmac.compare_digest(secret_token.encode(), header.encode("utf-8", "replace"))


def read(body: bytes, *, account: str) -> Said | None:
    """What a person said to the bot; None for what is not said to it: in a group, edited, or by another bot.

    Raises:
        Malformed
    """
    try:
        update = loads(body)
        int(update["update_id"])
        message = update.get("message")
        if message is None:
            return None
        sender = message["from"]
        if message["chat"]["type"] != "private" or sender.get("is_bot"):
            return None
        return _said(account, message, sender)
    except (TypeError, AttributeError, LookupError, ValueError, OverflowError, OSError, RecursionError) as error:
        raise Malformed("telegram") from error


def _said(account: str, message: Mapping[str, Any], sender: Mapping[str, Any]) -> Said:
    chat = str(int(message["chat"]["id"]))
    kind, media, media_type = _file(message)
    replied = message.get("reply_to_message") or {}
    text = str(message.get("text", message.get("caption", "")))
    links = _links(message.get("entities") or message.get("caption_entities") or (), text)
    return Said(
        account=account,
        id=f"{chat}:{int(message['message_id'])}",
        address=chat,
        at=datetime.fromtimestamp(int(message["date"]), UTC),
        kind=kind,
        text="\n".join((text, *links)),
        media=media,
        media_type=media_type,
        forwarded="forward_origin" in message or "forward_date" in message,
        replies_to=f"{chat}:{int(replied['message_id'])}" if "message_id" in replied else "",
        language=str(sender.get("language_code", ""))[:2],
    )


def _file(message: Mapping[str, Any]) -> tuple[Kind, str, str]:
    if photos := message.get("photo"):
        largest = max(photos, key=lambda size: int(size.get("width", 0)) * int(size.get("height", 0)))
        return Kind.PICTURE, str(largest["file_id"]), "image/jpeg"
    for name, kind in _FILES.items():
        if name in message:
            media_type = str(message[name].get("mime_type", ""))
            picture = kind is Kind.DOCUMENT and media_type.startswith("image/")
            return (Kind.PICTURE if picture else kind), str(message[name]["file_id"]), media_type
    return (Kind.TEXT if "text" in message else Kind.OTHER), "", ""


def _links(entities: Any, text: str) -> list[str]:
    """Addresses behind words: what is seen does not say where it leads."""
    found = [str(e["url"]) for e in entities if e.get("type") == "text_link"]
    return [url for url in dict.fromkeys(found) if url not in text]


def text_message(to: str, text: str) -> dict[str, Any]:
    return {"chat_id": int(to), "text": text, "link_preview_options": {"is_disabled": True}}


def is_taken(answer: bytes) -> bool:
    """Whether a 200 says that there is a message."""
    try:
        found = orjson.loads(answer)
        return found["ok"] is True and bool(found["result"]["message_id"])
    except (TypeError, AttributeError, LookupError, ValueError):
        return False


def retry_after(answer: bytes) -> float | None:
    """Seconds that a 429 asks for."""
    try:
        return float(orjson.loads(answer)["parameters"]["retry_after"])
    except (TypeError, AttributeError, LookupError, ValueError):
        return None


def is_answer(answer: bytes) -> bool:
    """Whether it is the provider's own."""
    try:
        return "ok" in orjson.loads(answer)
    except (TypeError, ValueError):
        return False
