"""Mail kept as files: one for each message, and an index that is only ever appended to."""

import email
import email.policy
import itertools
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

_BLOCK = 65_536
_SUBJECT = re.compile(rb"^Subject:.*(\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_LETTER_ID = re.compile(r"\d{19}-\d+")


@dataclass(frozen=True)
class Entry:
    """One letter as the index has it.

    Attributes:
        at: seconds since 1970.
        to: the addresses that the sender named to the server, which is who really gets it.
    """

    id: str
    at: float
    sender: str
    to: tuple[str, ...]
    subject: str

    def concerns(self, address: str) -> bool:
        wanted = address.casefold()
        return any(wanted in known.casefold() for known in (self.sender, *self.to))


@dataclass(frozen=True)
class Page:
    """
    Attributes:
        older: where the next page begins; None on the last one.
    """

    entries: list[Entry]
    older: int | None


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = folder / "index.jsonl"
        self._numbers = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sender: str, to: Sequence[str], content: bytes) -> str:
        """Returns when the letter is on the disk: whoever was told 250 can count on it."""
        now = time.time_ns()
        letter_id = f"{now:019d}-{next(self._numbers)}"
        _write_through(self._file(letter_id), content)
        entry = Entry(letter_id, now / 1e9, sender, tuple(to), _subject(content))
        with self._index.open("a", encoding="utf-8") as index:
            index.write(json.dumps(asdict(entry)) + "\n")
        return letter_id

    def page(self, *, address: str = "", before: int | None = None, size: int = 50) -> Page:
        """The newest letters first, from the place `before` in the index."""
        entries: list[Entry] = []
        for place, entry in self._backwards(before):
            if entry.concerns(address):
                if len(entries) == size:
                    return Page(entries, older=place)
                entries.append(entry)
        return Page(entries, older=None)

    def letters(self, address: str = "") -> Iterator[EmailMessage]:
        """Every letter from or to an address that holds these characters, the newest first."""
        for _, entry in self._backwards(None):
            if entry.concerns(address) and (letter := self.open(entry.id)):
                yield letter

    def open(self, letter_id: str) -> EmailMessage | None:
        content = self.raw(letter_id)
        return None if content is None else email.message_from_bytes(content, policy=email.policy.default)

    def raw(self, letter_id: str) -> bytes | None:
        if not _LETTER_ID.fullmatch(letter_id):
            return None
        try:
            return self._file(letter_id).read_bytes()
        except FileNotFoundError:
            return None

    def _file(self, letter_id: str) -> Path:
        return self._folder / f"{letter_id}.eml"

    def _backwards(self, before: int | None) -> Iterator[tuple[int, Entry]]:
        """Entries from the end of the index, each with the place behind it; one block of it in memory at a time."""
        if not self._index.exists():
            return
        with self._index.open("rb") as index:
            end = index.seek(0, os.SEEK_END) if before is None else before
            place, rest = end, b""
            while place > 0:
                start = max(0, place - _BLOCK)
                index.seek(start)
                block = index.read(place - start) + rest
                head, newline, body = block.partition(b"\n") if start else (b"", b"", block)
                rest = head + newline
                behind = start + len(block)
                for line in reversed(body.splitlines(keepends=True)):
                    if entry := _entry(line):
                        yield behind, entry
                    behind -= len(line)
                place = start


def text_of(letter: EmailMessage, kind: str) -> str | None:
    """The `plain` or `html` part as text; None where there is none.

    Characters that its charset does not know become replacement characters: a sink takes what comes.
    """
    part = letter.get_body(preferencelist=(kind,))
    if part is None:
        return None
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    try:
        return content.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _subject(content: bytes) -> str:
    # Only this header: to parse them all costs more than to keep the letter.
    found = _SUBJECT.search(content.partition(b"\r\n\r\n")[0])
    return str(email.message_from_bytes(found.group(), policy=email.policy.default)["Subject"]) if found else ""


def _entry(line: bytes) -> Entry | None:
    """None for the last line of a process that was killed while writing it."""
    try:
        fields = json.loads(line)
        return Entry(**{**fields, "to": tuple(fields["to"])})
    except (ValueError, TypeError, KeyError):
        return None


def _write_through(file: Path, content: bytes) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
