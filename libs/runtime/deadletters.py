"""Records that can never be handled: put aside whole, with a diagnosis, where a person finds and replays them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from libs.contracts.topics import Service, dead_letters
from libs.runtime import logs, telemetry
from libs.runtime.errors import Unacceptable
from libs.runtime.outbox import Outgoing

log = logs.get()

PREFIX = "dlq_"
MOST_HEADERS = 64


def dead_letter(service: Service, record: ConsumerRecord, error: Unacceptable) -> Outgoing:
    """The record as it came, and why it is here. Headers that we cannot carry (absurdly many) are cut."""
    diagnosis = {
        "reason": error.reason,
        "diagnosis": error.diagnosis[:500],
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "service": service,
    }
    headers = [(name, value or b"") for name, value in record.headers[:MOST_HEADERS] if not name.startswith(PREFIX)]
    headers += [(PREFIX + name, value.encode()) for name, value in diagnosis.items()]
    telemetry.DEAD_LETTERS.labels(service, record.topic, error.reason).inc()
    log.error(
        "dead_letter",
        reason=error.reason,
        diagnosis=error.diagnosis[:500],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )
    return Outgoing(dead_letters(service), record.key, record.value, headers)


@dataclass
class FaultBreaker:
    """Tells one tenant's rubbish from a fault of ours.

    One fault of ours (same exception, same place) over many tenants in a short time means that new code is wrong: then
    the consumer stops putting records aside, tries one now and then, and goes on by itself once that one passes.

    Attributes:
        many: faults, of `tenants` different tenants, within `window` seconds.
        probe_every: seconds between two tries while it is open.
    """

    many: int = 20
    tenants: int = 3
    window: float = 60.0
    probe_every: float = 30.0
    _seen: deque[tuple[float, str, str]] = field(default_factory=deque)
    _open_for: str | None = None

    def note(self, fault: str, tenant: str, *, now: float) -> None:
        self._seen.append((now, fault, tenant))
        while self._seen and now - self._seen[0][0] > self.window:
            self._seen.popleft()
        same = [t for _, f, t in self._seen if f == fault]
        if len(same) >= self.many and len(set(same)) >= self.tenants:
            self._open_for = fault

    @property
    def open_for(self) -> str | None:
        """The fault that it is open for."""
        return self._open_for

    def close(self) -> None:
        self._open_for = None
        self._seen.clear()


def fault_name(error: BaseException) -> str:
    """Same for every occurrence of one fault: exception type and the line that raised it."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    line = f"{where.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{where.tb_lineno}" if where else "?"
    return f"{type(error).__name__} at {line}"


def original(record: ConsumerRecord) -> Outgoing:
    """A dead letter turned back into the record that it was, for replay."""
    topic = next(value for name, value in record.headers if name == PREFIX + "topic").decode()
    headers = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
    return Outgoing(topic, record.key, record.value, headers)


def reasons(records: Iterable[ConsumerRecord]) -> list[str]:
    return [v.decode() for r in records for name, v in r.headers if name == PREFIX + "reason"]
