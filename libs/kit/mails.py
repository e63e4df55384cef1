"""A mail as it came from the server: who wrote what, with which files, in answer to what. It may be hostile."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from selectolax.lexbor import LexborHTMLParser

from libs.kit.replies import own_words

MOST_PARTS = 60
MOST_FILES = 10
MOST_RESULTS = 20
LONGEST_BODY = 200_000
"""Characters looked at; a report holds 5,000."""
LONGEST_HEAD = 32_000
"""Bytes of all headers of a mail; what programs and servers on its way write is a third of that."""
LONGEST_PART_HEAD = 2_000
LONGEST_LINE = 20_000
"""Characters of one header that are read: reading a list of addresses or parameters takes the square of its length."""

_IDS = re.compile(r"<([^<>\s]{3,250})>")
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounce|daemon|notification)s?\b", re.IGNORECASE
)
_THEIR_SUBJECTS = (
    "automatic reply", "auto reply", "autoreply", "auto:", "out of office", "balasan otomatis", "jawaban otomatis",
    "di luar kantor", "undeliverable", "undelivered", "delivery status", "mail delivery", "returned mail",
)  # fmt: skip
"""Of answering machines whose headers say nothing."""
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
        has_one_sender: From stands once, with one address; else servers and programs may each take another.
        authentication: every Authentication-Results, the topmost first.
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
    has_one_sender: bool = True
    authentication: tuple[str, ...] = ()


def read(raw: bytes) -> Mail:
    """
    Raises:
        Unreadable
    """
    head = re.search(rb"\r?\n\r?\n", raw[: LONGEST_HEAD + 4])
    if head is None and len(raw) > LONGEST_HEAD:
        raise Unreadable
    try:
        message = message_from_bytes(raw, policy=compat32)
        senders = _senders(message)
    except _ODD as error:
        raise Unreadable from error
    sender = senders[0]
    parts = list(_parts(message))
    return Mail(
        id=next(iter(_ids(message, "Message-ID")), "") or hashlib.sha256(raw).hexdigest(),
        sender=sender,
        subject=_header(message, "Subject")[:300],
        text=own_words(_text(parts)[:LONGEST_BODY]).replace("\x00", ""),
        files=tuple(_files(parts)),
        answers=tuple(dict.fromkeys((*_ids(message, "References"), *_ids(message, "In-Reply-To")))),
        is_automatic=_is_automatic(message, sender),
        has_one_sender=len(senders) == len(_written(message, "From")) == 1,
        authentication=tuple(_written(message, "Authentication-Results")[:MOST_RESULTS]),
    )


def _header(message: Message, name: str) -> str:
    try:
        written = str(message.get(name, ""))[:LONGEST_LINE]
        return " ".join(str(make_header(decode_header(written))).split())
    except _ODD:
        return ""


def _written(message: Message, name: str) -> list[str]:
    """Each as it stands, the topmost first."""
    return [str(header)[:LONGEST_LINE] for header in message.get_all(name, ())]


def _ids(message: Message, name: str) -> list[str]:
    return _IDS.findall(_header(message, name)[:20_000])


def _senders(message: Message) -> list[str]:
    # Undecoded: what an encoded name decodes to may look like an address.
    written = str(message.get("From", ""))[:2_000]
    found = [address.strip().lower() for _, address in getaddresses([written]) if "@" in address]
    if not found:
        raise Unreadable
    return found


def _is_automatic(message: Message, sender: str) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    subject = _header(message, "Subject").lower()
    precedence = _header(message, "Precedence").lower()
    named = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "Feedback-ID")
    return (
        (submitted not in ("", "no"))
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(name in message for name in named)
        or message.get_content_type() == "multipart/report"
        or _header(message, "Return-Path") == "<>"
        or _MACHINES.match(sender) is not None
        or subject.startswith(_THEIR_SUBJECTS)
    )


def _parts(message: Message) -> Iterator[Message]:
    try:
        for number, part in enumerate(message.walk()):
            if number >= MOST_PARTS:
                return
            if (
                len(str(part.get("Content-Type", ""))) + len(str(part.get("Content-Disposition", "")))
                > LONGEST_PART_HEAD
            ):
                continue
            if not part.is_multipart():
                yield part
    except _ODD:
        return


def _text(parts: list[Message]) -> str:
    """Of the first plain part, else of the first page."""
    bodies = [part for part in parts if part.get_content_disposition() != "attachment"]
    for wanted in ("text/plain", "text/html"):
        for part in bodies:
            if part.get_content_type() == wanted and (text := _decoded(part)).strip():
                return text if wanted == "text/plain" else _of_page(text)
    return ""


def _decoded(part: Message) -> str:
    try:
        data = part.get_payload(decode=True)
    except _ODD:
        return ""
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except _ODD:
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


def _files(parts: list[Message]) -> Iterator[File]:
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
