"""A mail as it came from the server: who wrote what, with which files, in answer to what. It may be hostile."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

from selectolax.lexbor import LexborHTMLParser

from libs.kit.replies import own_words

MOST_PARTS = 60
MOST_FILES = 10
LONGEST_BODY = 200_000
"""Characters looked at; a report holds 5,000."""

_IDS = re.compile(r"<([^<>\s]{3,250})>")
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounce|daemon|notification)s?\b", re.IGNORECASE
)
_ODD = (MessageError, ValueError, LookupError, TypeError, AttributeError, UnicodeError, RecursionError)
"""What reading hostile headers and bodies runs into."""


class Unreadable(ValueError):
    """No sender, or nothing that a program could read."""


@dataclass(frozen=True, slots=True)
class File:
    media_type: str
    """As the sender says; what it is must be looked at."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """
    Attributes:
        id: the sender's Message-ID, or a hash of the bytes: the same mail twice is one.
        answers: Message-IDs that it refers to, the nearest last.
        is_automatic: an answering machine, a bounce, a list, a newsletter: nobody waits for a word.
        text: what the sender wrote, without quotations and signatures.
    """

    id: str
    sender: str
    subject: str
    text: str
    files: tuple[File, ...]
    answers: tuple[str, ...]
    is_automatic: bool


def read(raw: bytes) -> Mail:
    """
    Raises:
        Unreadable
    """
    try:
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        sender = _sender(message)
    except _ODD as error:
        raise Unreadable from error
    parts = list(_parts(message))
    return Mail(
        id=next(iter(_ids(message, "Message-ID")), "") or hashlib.sha256(raw).hexdigest(),
        sender=sender,
        subject=_header(message, "Subject")[:300],
        text=own_words(_text(parts)[:LONGEST_BODY]),
        files=tuple(_files(parts)),
        answers=tuple(dict.fromkeys((*_ids(message, "References"), *_ids(message, "In-Reply-To")))),
        is_automatic=_is_automatic(message, sender),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except _ODD:
        return ""


def _ids(message: EmailMessage, name: str) -> list[str]:
    return _IDS.findall(_header(message, name)[:20_000])


def _sender(message: EmailMessage) -> str:
    found = [address for _, address in getaddresses([_header(message, "From")[:2_000]]) if "@" in address]
    if not found:
        raise Unreadable
    return found[0].strip().lower()


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    precedence = _header(message, "Precedence").lower()
    named = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "Feedback-ID")
    return (
        (submitted not in ("", "no"))
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(name in message for name in named)
        or message.get_content_type() == "multipart/report"
        or _header(message, "Return-Path") == "<>"
        or _MACHINES.match(sender) is not None
    )


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    try:
        for number, part in enumerate(message.walk()):
            if number >= MOST_PARTS:
                return
            if not part.is_multipart() and isinstance(part, EmailMessage):
                yield part
    except _ODD:
        return


def _text(parts: list[EmailMessage]) -> str:
    """Of the first plain part, else of the first page."""
    bodies = [part for part in parts if part.get_content_disposition() != "attachment"]
    for wanted in ("text/plain", "text/html"):
        for part in bodies:
            if part.get_content_type() == wanted and (text := _decoded(part)).strip():
                return text if wanted == "text/plain" else _of_page(text)
    return ""


def _decoded(part: EmailMessage) -> str:
    try:
        data = part.get_payload(decode=True)
    except _ODD:
        return ""
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _of_page(page: str) -> str:
    """What is read on it; quotations that programs mark as such are left out."""
    tree = LexborHTMLParser(page[:LONGEST_BODY])
    for node in tree.css("script, style, head, blockquote, .gmail_quote, .yahoo_quoted, #appendonsend, #divRplyFwdMsg"):
        node.decompose()
    for node in tree.css("br, p, div, tr, li"):
        node.insert_after("\n")
    body = tree.body
    return "\n".join(" ".join(line.split()) for line in body.text().split("\n")) if body is not None else ""


def _files(parts: list[EmailMessage]) -> Iterator[File]:
    found = 0
    for part in parts:
        type_ = part.get_content_type()
        inline_text = type_.startswith("text/") and part.get_content_disposition() != "attachment"
        if inline_text or found >= MOST_FILES:
            continue
        try:
            data = part.get_payload(decode=True)
        except _ODD:
            continue
        if isinstance(data, bytes) and data:
            found += 1
            yield File(type_, data)
