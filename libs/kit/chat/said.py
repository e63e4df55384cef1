"""What every provider's update comes down to."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson


class Malformed(ValueError):
    """Not what the provider is known to send."""


def loads(body: bytes) -> Any:
    """JSON; what is half a character in it (a lone surrogate) is read as "?".

    Raises:
        ValueError
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        whole = json.dumps(json.loads(body), ensure_ascii=False)
        return orjson.loads(whole.encode("utf-8", "replace"))


class Kind(StrEnum):
    TEXT = "text"
    PICTURE = "picture"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"
    """A sticker, a place, a contact, a reaction: nothing that a report is made of."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a person.

    Attributes:
        account: the office's own number or bot, as the provider names it.
        id: unique at that account; may hold the person's number.
        address: what the provider is told to write back to them.
        at: by the provider's clock, in seconds; messages of one second may come in any order.
        text: also the caption of a file, and what a button says.
        media: by which the provider hands out the file; empty for a text.
        replies_to: id of our message that it answers.
        language: of the person's app, where the provider tells it.
    """

    account: str
    id: str
    address: str
    at: datetime
    kind: Kind
    text: str = ""
    media: str = ""
    media_type: str = ""
    forwarded: bool = False
    forwarded_often: bool = False
    replies_to: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a message of ours.

    Attributes:
        delivery: the mark that went out with it.
        state: sent, delivered, read or failed, as the provider says it.
        code: of its error.
    """

    account: str
    delivery: str
    state: str
    code: str
    at: datetime
