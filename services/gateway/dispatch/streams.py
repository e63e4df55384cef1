"""Live pages: what happened, as server-sent events that say *that* something changed and never *what it says*.

An event's `id` is the position of this gateway in every partition that is followed. A page that comes back with it, to
this gateway or to another, gets what came since; where too much has passed, one `refresh` makes it read itself anew.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from aiokafka import ConsumerRecord

from libs.contracts.envelope import MalformedEnvelope, parse
from libs.contracts.topics import OWNERS, journal
from libs.runtime.errors import Unavailable
from services.gateway.access.limits import TooMany

HEARTBEAT = 15.0
"""Seconds; proxies cut a silent connection after 30 to 60."""
QUEUED = 100
"""Events that a slow reader may lag behind; beyond it the page is told to read itself anew."""
REMEMBERED = 5_000
MOST_READERS = 2_000
MOST_OF_ONE = 8
"""Pages that the holder of one ticket, or one officer, has open."""
MOST_OF_ADDRESS = 120
"""A village behind one address of its provider; each of them may have an answer open. A guess."""
MOST_OF_OFFICE = MOST_READERS // 2
RETRY_AFTER = 15.0
"""Seconds; a page that was refused works all the same, and is read anew by hand."""

LETTERS = {journal(service): service.value[:3] for service in OWNERS}

REFRESH = b"event: refresh\ndata: {}\n\n"
BEAT = b": \n\n"


@dataclass(frozen=True, slots=True)
class Happened:
    """The envelope of an event, as far as a stream needs it.

    Attributes:
        relates: ids that the event's public fields name: its case, its recipient.
    """

    partition: str
    offset: int
    tenant: str
    type: str
    subject: str
    relates: frozenset[str]


Sees = Callable[[Happened], bool]

_RELATING = ("report_id", "case_id", "recipient", "partner_id", "into", "bulletin_id")


def read(record: ConsumerRecord) -> Happened | None:
    letters = LETTERS.get(record.topic)
    if letters is None:
        return None
    try:
        envelope = parse(record.headers)
        body = orjson.loads(record.value)
    except (MalformedEnvelope, orjson.JSONDecodeError, TypeError):
        return None
    named = frozenset(str(body[field]) for field in _RELATING if body.get(field))
    return Happened(
        f"{letters}{record.partition}", record.offset, envelope.tenant, envelope.type, envelope.subject, named
    )


def written(positions: dict[str, int]) -> str:
    return ",".join(f"{partition}:{offset:x}" for partition, offset in sorted(positions.items()))


def understood(last_event_id: str) -> dict[str, int] | None:
    """Positions in a Last-Event-ID; None if it is not one of ours."""
    try:
        pairs = [part.split(":") for part in last_event_id.split(",")]
        return {partition: int(offset, 16) for partition, offset in pairs}
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a page is open: who (a ticket or an officer), of which office, from which address."""

    who: str
    office: str
    address: str

    @property
    def shares(self) -> tuple[tuple[tuple[str, str], int], ...]:
        """What it takes a part of, and how much of that may be taken."""
        return (
            (("who", self.who), MOST_OF_ONE),
            (("address", self.address), MOST_OF_ADDRESS),
            (("office", self.office), MOST_OF_OFFICE),
        )


class Reader:
    """One open page."""

    def __init__(self, sees: Sees) -> None:
        self.sees = sees
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUED)
        """None ends the stream."""

    def give(self, message: bytes) -> None:
        if self.queue.full():
            self._drop()
            message = REFRESH
        self.queue.put_nowait(message)

    def end(self) -> None:
        self._drop()
        self.queue.put_nowait(None)

    def _drop(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()


class Hub:
    """Hands what happened to the open pages that may see it."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()
        self._taken: Counter[tuple[str, str]] = Counter()
        self._closed = False
        self._recent: deque[Happened] = deque(maxlen=REMEMBERED)
        self._positions: dict[str, int] = {}
        self._first: dict[str, int] = {}
        """Offset from which on everything of a partition is still remembered."""

    @property
    def is_full(self) -> bool:
        return self._closed or len(self._readers) >= MOST_READERS

    def require_room(self, place: Place) -> None:
        """
        Raises:
            TooMany: who asks, their address or their office has had its share: others have theirs.
            Unavailable: all places are taken, or this process stops.
        """
        if self.is_full:
            raise Unavailable("streams")
        if any(self._taken[share] >= most for share, most in place.shares):
            raise TooMany(RETRY_AFTER)

    def close(self) -> None:
        """Ends every stream: a server that stops waits for its open answers, and these never end by themselves."""
        self._closed = True
        for reader in self._readers:
            reader.end()

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Records of the journals. Costs a look at the topic while nobody has a page open."""
        if not self._readers:
            self._pass(records)
            return
        for record in records:
            happened = read(record)
            if happened is not None:
                self._add(happened)

    def _pass(self, records: Sequence[ConsumerRecord]) -> None:
        self._recent.clear()
        for record in records:
            letters = LETTERS.get(record.topic)
            if letters is not None:
                self._positions[f"{letters}{record.partition}"] = record.offset
        self._first = {partition: offset + 1 for partition, offset in self._positions.items()}

    def _add(self, happened: Happened) -> None:
        if len(self._recent) == REMEMBERED:
            oldest = self._recent[0]
            self._first[oldest.partition] = oldest.offset + 1
        self._first.setdefault(happened.partition, happened.offset)
        self._recent.append(happened)
        self._positions[happened.partition] = happened.offset
        message: bytes | None = None
        for reader in self._readers:
            if reader.sees(happened):
                message = message or self._message(happened)
                reader.give(message)

    def _message(self, happened: Happened) -> bytes:
        data = orjson.dumps({"what": happened.type, "subject": happened.subject})
        return b"id: %s\nevent: changed\ndata: %s\n\n" % (written(self._positions).encode(), data)

    async def stream(self, place: Place, sees: Sees, last_event_id: str | None) -> AsyncIterator[bytes]:
        """The caller has asked for room."""
        with self._open(place, sees) as reader:
            yield b"retry: 3000\nid: %s\n\n" % written(self._positions).encode()
            for missed in self._missed(sees, last_event_id):
                yield missed
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        message = await reader.queue.get()
                except TimeoutError:
                    yield BEAT
                    continue
                if message is None:
                    return
                yield message

    @contextlib.contextmanager
    def _open(self, place: Place, sees: Sees) -> Iterator[Reader]:
        reader, shares = Reader(sees), [share for share, _ in place.shares]
        self._readers.add(reader)
        self._taken.update(shares)
        try:
            yield reader
        finally:
            self._readers.discard(reader)
            self._taken.subtract(shares)
            for share in shares:
                if not self._taken[share]:
                    del self._taken[share]

    def _missed(self, sees: Sees, last_event_id: str | None) -> list[bytes]:
        if not last_event_id:
            return []
        known = understood(last_event_id)
        if known is None or not known.keys() <= self._first.keys():
            return [REFRESH]
        if any(known.get(partition, -1) + 1 < first for partition, first in self._first.items()):
            return [REFRESH]
        return [self._message(h) for h in self._recent if h.offset > known.get(h.partition, -1) and sees(h)]


def of_ticket(tenant: str, report_id: str, case_id: str | None) -> Sees:
    """What the holder of a ticket may notice: the report, its case, and what was sent to them.

    The case may change while the page is open (placed, moved, merged), so it is learnt from the report's own events.
    """
    watched = {report_id, *([case_id] if case_id else [])}

    def sees(happened: Happened) -> bool:
        if happened.tenant != tenant:
            return False
        if happened.subject == report_id and happened.relates:
            watched.update(happened.relates)
        return happened.subject in watched or report_id in happened.relates

    return sees


def of_office(tenant: str) -> Sees:
    """What an officer's page is about: reports, cases and deliveries of their own office."""
    return lambda happened: happened.tenant == tenant and not happened.type.startswith("registry.")
