"""What was sent and what was answered, on disk before and after each request: the one witness outside the product."""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

FIELDS = ("kind", "text", "urls", "doubt", "area", "seen_on", "forwarded_often", "confidential", "language")
"""What a report must still say when it is read from the database."""


class Purpose(StrEnum):
    REPORT = "report"
    """The first body under its key, sent until it is answered."""
    AGAIN = "again"
    """The same body once more, after it was accepted."""
    OTHER = "other"
    """Another body under a key that has one."""
    BAD = "bad"
    """A body that breaks a rule, under a key of its own."""


@dataclass(frozen=True)
class Sent:
    """
    Attributes:
        n: number of the submission; every line of one key has the same.
        request: number of this request, which its answer repeats.
        mail: address that was left, or empty.
    """

    n: int
    request: int
    purpose: str
    tenant: str
    key: str
    body: str
    mail: str
    hoax: bool
    at: float


@dataclass(frozen=True)
class Answered:
    """
    Attributes:
        status: 0 where no answer came.
    """

    n: int
    request: int
    status: int
    at: float
    number: str = ""
    report_id: str = ""
    code: str = ""


@dataclass
class Submission:
    """Everything that one idempotency key lived through."""

    n: int
    tenant: str
    key: str
    body: str
    mail: str
    hoax: bool
    bad: bool
    sent: dict[int, Sent] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)

    @property
    def accepted(self) -> list[Answered]:
        return [a for a in self.answers if a.status in (201, 202)]

    @property
    def unanswered(self) -> int:
        return len(self.sent) - len(self.answers)


def body_hash(said: Mapping[str, Any]) -> str:
    """Equal for a body that was sent and a report that was stored, if they say the same."""
    canonical = json.dumps([said[name] for name in FIELDS], ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Ledger:
    """Append-only. `keep` returns when the line is on the disk; lines of one moment share the wait."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = file.open("ab")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, line: Sent | Answered) -> None:
        kind = "sent" if isinstance(line, Sent) else "answered"
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((json.dumps({"is": kind, **asdict(line)}).encode() + b"\n", done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._write_through, b"".join(line for line, _ in batch))
            for _, done in batch:
                done.set_result(None)

    def _write_through(self, data: bytes) -> None:
        self._out.write(data)
        self._out.flush()
        os.fsync(self._out.fileno())


def lines(data: bytes) -> Iterator[Sent | Answered]:
    for line in data.splitlines():
        fields = json.loads(line)
        yield Sent(**fields) if fields.pop("is") == "sent" else Answered(**fields)


@dataclass
class Reader:
    """Follows a ledger that is still written."""

    file: Path
    submissions: dict[int, Submission] = field(default_factory=dict)
    sent: int = 0
    answered: int = 0
    accepted: int = 0
    _place: int = 0

    @property
    def unanswered(self) -> int:
        return self.sent - self.answered

    def read(self) -> None:
        if not self.file.exists():
            return
        with self.file.open("rb") as source:
            source.seek(self._place)
            data = source.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._place += len(whole)
        for line in lines(whole):
            self._take(line)

    def _take(self, line: Sent | Answered) -> None:
        if isinstance(line, Sent):
            self.sent += 1
            found = self.submissions.setdefault(
                line.n,
                Submission(
                    line.n, line.tenant, line.key, line.body, line.mail, line.hoax, bad=line.purpose == Purpose.BAD
                ),
            )
            found.sent[line.request] = line
        else:
            self.answered += 1
            found = self.submissions[line.n]
            if line.status in (201, 202) and not found.accepted:
                self.accepted += 1
            found.answers.append(line)
