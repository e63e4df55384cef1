"""What happened, in a file that is only ever appended to, and what follows from it."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

JOURNAL = "journal.jsonl"
WINDOW_SECONDS = 24 * 3600

Entry = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """
    Attributes:
        inline: else it is a key of a keyboard, and to press it is to say its title.
        url: of one that opens a page and tells nobody.
    """

    id: str
    title: str
    inline: bool = True
    url: str = ""


@dataclass(frozen=True)
class File:
    """
    Attributes:
        sha256: hexadecimal.
        stamp: bytes of the small copy of a picture, kept as `<id>s`.
    """

    id: str
    mime: str
    size: int
    sha256: str
    name: str = ""
    width: int = 0
    height: int = 0
    stamp: int = 0


@dataclass
class Message:
    """
    Attributes:
        account: key of the office's number or bot.
        number: of the person's phone.
        by_person: else by the office.
        kind: text, image, voice, audio, video, document, template, interactive, button.
        payload: what a pressed button carries.
        forwarded: "", "once" or "often".
        replies_to: id of another message.
        status: of the office's: accepted, sent, delivered, read, failed; of the person's: read once the office says so.
        error: code at the provider, 0 for none.
        callback: `biz_opaque_callback_data`.
    """

    id: str
    account: str
    number: str
    by_person: bool
    kind: str
    text: str
    at: float
    file: str = ""
    payload: str = ""
    template: str = ""
    buttons: tuple[Button, ...] = ()
    forwarded: str = ""
    replies_to: str = ""
    status: str = ""
    error: int = 0
    callback: str = ""


@dataclass
class Phone:
    """
    Attributes:
        on_whatsapp: else messages to it fail with 131026.
        blocked: keys of the accounts that this person has blocked.
    """

    number: str
    name: str
    on_whatsapp: bool = True
    blocked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Hook:
    """One request to the gateway, body and all."""

    id: str
    account: str
    number: str
    body: str


@dataclass(frozen=True)
class Webhook:
    url: str
    secret: str


class Book:
    """The state follows from the journal alone: read again at a start, it is what it was."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "files").mkdir(exist_ok=True)
        self._folder = folder
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.pending: dict[str, Hook] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.templates: dict[tuple[str, str], str] = {}
        self._talks: dict[tuple[str, str], list[Message]] = {}
        self._window_ended: dict[tuple[str, str], float] = {}
        self._last_number = 0
        for entry in entries(folder):
            self._follow(entry)
        self._journal = _open(folder / JOURNAL)

    def close(self) -> None:
        self._journal.close()

    def note(self, kind: str, what: Entry, *, durable: bool = True) -> None:
        """
        Args:
            durable: on the disk when this returns: who was told 200 can count on it.
        """
        entry = {"n": self._last_number + 1, "at": time.time(), "kind": kind, "what": what}
        self._journal.write(json.dumps(entry).encode() + b"\n")
        self._journal.flush()
        if durable:
            os.fsync(self._journal.fileno())
        self._follow(entry)

    def next_number(self) -> int:
        """Greater than every one before, also after a start."""
        return self._last_number + 1

    def keep(self, message: Message) -> None:
        self.note("message", asdict(message))

    def keep_file(self, file: File, content: bytes, *, stamp: bytes = b"") -> None:
        _write_through(self._folder / "files" / file.id, content)
        if stamp:
            _write_through(self._folder / "files" / f"{file.id}s", stamp)
        self.note("file", asdict(file))

    def file(self, file_id: str) -> File | None:
        """None for what was never kept: the id may be anything. The stamp of a picture is a file of its own."""
        known = self.files.get(file_id)
        whole = self.files.get(file_id.removesuffix("s"))
        if known or not (whole and whole.stamp):
            return known
        return replace(whole, id=file_id, mime="image/jpeg", size=whole.stamp)

    def content(self, file: File) -> bytes:
        return (self._folder / "files" / file.id).read_bytes()

    def talk(self, account: str, number: str) -> list[Message]:
        """The oldest first."""
        return self._talks.get((account, number), [])

    def talks_of(self, number: str) -> list[Message]:
        return [m for m in self.messages.values() if m.number == number]

    def window_is_open(self, account: str, number: str, now: float) -> bool:
        """Whether the person has written within 24 hours."""
        said = [m.at for m in self.talk(account, number) if m.by_person]
        ended = self._window_ended.get((account, number), 0)
        return bool(said) and max(said) > ended and now - max(said) < WINDOW_SECONDS

    def has_started(self, account: str, number: str) -> bool:
        return any(m.by_person for m in self.talk(account, number))

    def _follow(self, entry: Entry) -> None:
        self._last_number = entry["n"]
        what = entry["what"]
        match entry["kind"]:
            case "phone":
                known = self.phones.get(what["number"])
                self.phones[what["number"]] = Phone(**what, blocked=known.blocked if known else set())
            case "blocked":
                blocked = self.phones[what["number"]].blocked
                (blocked.add if what["blocked"] else blocked.discard)(what["account"])
            case "window_ended":
                self._window_ended[what["account"], what["number"]] = entry["at"]
            case "file":
                self.files[what["id"]] = File(**what)
            case "message":
                message = Message(**{**what, "buttons": tuple(Button(**b) for b in what["buttons"])})
                self.messages[message.id] = message
                self._talks.setdefault((message.account, message.number), []).append(message)
            case "status":
                self.messages[what["id"]].status = what["status"]
                self.messages[what["id"]].error = what["error"]
            case "hook":
                self.pending[what["id"]] = Hook(**what)
            case "hook_ended":
                self.pending.pop(what["id"], None)
            case "webhook":
                self.webhooks[what["account"]] = Webhook(what["url"], what["secret"])
            case "template":
                self.templates[what["name"], what["language"]] = what["body"]


def entries(folder: Path) -> Iterator[Entry]:
    """What the journal holds; the last line of a process that was killed while writing it counts for nothing."""
    journal = folder / JOURNAL
    if not journal.exists():
        return
    with journal.open("rb") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _open(journal: Path) -> BinaryIO:
    """What is written next begins on a line of its own, whatever stands before it."""
    broken = journal.exists() and journal.stat().st_size > 0 and not journal.read_bytes().endswith(b"\n")
    file = journal.open("ab")
    if broken:
        file.write(b"\n")
    return file
