"""WhatsApp Cloud API: what its webhook sends, and what its message endpoint takes and answers."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from libs.kit.chat.said import Kind, Malformed, Said, Told, loads

LONGEST_TEXT = 4_096
"""Characters of one text message."""

WINDOW_CLOSED = "131047"
"""More than 24 hours since the person last wrote: a template alone may go out."""
AGAIN_LATER = frozenset({"4", "80007", "130429", "131000", "131016", "131048", "131056", "131057"})
"""Throttled, or the provider is ill. Any other code says that this message will never go out."""
NOBODY_THERE = frozenset({"131026", "131030"})

_KINDS = {
    "text": Kind.TEXT,
    "button": Kind.TEXT,
    "interactive": Kind.TEXT,
    "image": Kind.PICTURE,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "document": Kind.DOCUMENT,
}
_NOBODY_SAID = frozenset({"system", "reaction", "unsupported", "ephemeral", "request_welcome"})
"""Types that need no word from us."""

_MALFORMED = (TypeError, AttributeError, LookupError, ValueError, OverflowError, OSError, RecursionError)


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    """Whether `X-Hub-Signature-256` was made over these very bytes."""
    expected = "sha256=" + hmac.digest(app_secret.encode(), body, "sha256").hex()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


def accounts_of(body: bytes) -> frozenset[str]:
    """Numbers of ours that an update is about; to be asked before its signature is known to be right.

    Raises:
        Malformed
    """
    return frozenset(account for account, _ in _values(body))


@dataclass(frozen=True, slots=True)
class Update:
    """
    Attributes:
        unread: parts that were not understood; the others of the same update are not lost with them.
    """

    said: tuple[Said, ...]
    told: tuple[Told, ...]
    unread: int


def read(body: bytes) -> Update:
    """What people said, and what became of our messages.

    Raises:
        Malformed: the update as a whole.
    """
    said: list[Said] = []
    told: list[Told] = []
    unread = 0
    for account, value in _values(body):
        for one in value.get("messages") or ():
            try:
                said += _said(account, one)
            except _MALFORMED:
                unread += 1
        for one in value.get("statuses") or ():
            try:
                told += _told(account, one)
            except _MALFORMED:
                unread += 1
    return Update(tuple(said), tuple(told), unread)


def _values(body: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        update = loads(body)
        if update["object"] != "whatsapp_business_account":
            raise Malformed("whatsapp")
        for entry in update["entry"]:
            for change in entry.get("changes", ()):
                if change.get("field") == "messages":
                    value = change["value"]
                    yield str(value["metadata"]["phone_number_id"]), value
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise Malformed("whatsapp") from error


def _said(account: str, message: Mapping[str, Any]) -> Iterator[Said]:
    type_ = str(message["type"])
    # What is said in a group is not said to us, and one who hides their number has none to be answered at.
    if type_ in _NOBODY_SAID or "group_id" in message or "from" not in message:
        return
    kind = _KINDS.get(type_, Kind.OTHER)
    found = message.get(type_)
    part: Mapping[str, Any] = found if isinstance(found, dict) else {}
    context = message.get("context") or {}
    yield Said(
        account=account,
        id=str(message["id"]),
        address=str(message["from"]),
        at=_moment(message["timestamp"]),
        kind=kind,
        text=_text(type_, part),
        media=str(part.get("id", "")) if kind not in (Kind.TEXT, Kind.OTHER) else "",
        media_type=str(part.get("mime_type", "")),
        forwarded=bool(context.get("forwarded") or context.get("frequently_forwarded")),
        forwarded_often=bool(context.get("frequently_forwarded")),
        replies_to=str(context.get("id", "")),
    )


def _text(type_: str, part: Mapping[str, Any]) -> str:
    match type_:
        case "text":
            return str(part["body"])
        case "button":
            return str(part["text"])
        case "interactive":
            return str((part.get(str(part.get("type"))) or {}).get("title", ""))
        case _:
            return str(part.get("caption", ""))


def _told(account: str, status: Mapping[str, Any]) -> Iterator[Told]:
    delivery = status.get("biz_opaque_callback_data")
    if not isinstance(delivery, str):
        return
    errors: list[Mapping[str, Any]] = status.get("errors") or [{}]
    code = str(errors[0].get("code", ""))
    yield Told(account, delivery, str(status["status"]), code, _moment(status["timestamp"]))


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)


def text_message(to: str, text: str, *, delivery: str) -> dict[str, Any]:
    """
    Args:
        delivery: comes back with what the provider tells of it.
    """
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "text",
        "biz_opaque_callback_data": delivery,
        "text": {"preview_url": False, "body": text},
    }


def template_message(to: str, *, name: str, language: str, values: tuple[str, ...], delivery: str) -> dict[str, Any]:
    """`values` fill the placeholders of the template's body, in order."""
    body = {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "biz_opaque_callback_data": delivery,
        "template": {"name": name, "language": {"code": language}, "components": [body] if values else []},
    }


def error_code(answer: bytes) -> str:
    """Code in an answer that is no 200; empty where it is not the provider's own."""
    try:
        return str(orjson.loads(answer)["error"]["code"])
    except (TypeError, AttributeError, LookupError, ValueError):
        return ""


def is_taken(answer: bytes) -> bool:
    """Whether a 200 says that there is a message."""
    try:
        return bool(orjson.loads(answer)["messages"][0]["id"])
    except (TypeError, AttributeError, LookupError, ValueError):
        return False
