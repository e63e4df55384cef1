"""An answer that somebody else published: offered with its publisher's name, never as our verdict."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any

from libs.contracts.ids import NAMESPACE, SHARED, uuid5
from libs.contracts.messages import Command, Event
from libs.contracts.reports.known import (
    CountKnownDemand,
    KnownDemandCounted,
    KnownEntry,
    KnownRecorded,
    KnownWithdrawn,
    RecordKnown,
    WithdrawKnown,
)
from libs.contracts.words import Role
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.reports.permissions import require

IMPORTERS = frozenset({Role.TENANT_ADMIN, Role.EDITOR})


class Known(State):
    """
    Attributes:
        import_id: the import that wrote this version.
        dropped: its publisher took it back; an officer may have withdrawn it as well.
    """

    known_id: str
    version: int
    entry: KnownEntry
    import_id: str = ""
    recorded_at: datetime
    demand: int = 0
    withdrawn: bool = False
    dropped: bool = False


def known_id(scope: str, entry: KnownEntry) -> str:
    """One for whatever its publisher calls by one name, in whichever file it comes."""
    publisher = " ".join(entry.publisher.casefold().split())
    return str(uuid5(NAMESPACE, f"known|{scope}|{publisher}|{entry.own_id}"))


def print_of(entry: KnownEntry) -> str:
    """Equal where a repeat would change nothing. Shape: 32 hex characters."""
    return sha256(entry.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:32]


def require_importer(context: Context) -> None:
    """
    Raises:
        Refused: `role_missing`: what all offices share is the operators' to write.
    """
    require(context, *({Role.OPERATOR} if context.tenant == SHARED else IMPORTERS))


def decide(known: Known | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to an entry.

    Raises:
        Refused: `not_found`, `role_missing`, `state_conflict`.
    """
    if isinstance(command, RecordKnown):
        return _recorded(known, command, context)
    if known is None:
        raise NotFound("known")
    match command:
        case WithdrawKnown():
            require_importer(context)
            if known.withdrawn:
                raise Refused("state_conflict")
            return [KnownWithdrawn(known_id=known.known_id, at=context.at)]
        case CountKnownDemand():
            if known.withdrawn:
                raise Refused("state_conflict")
            return [KnownDemandCounted(known_id=known.known_id, count=command.count)]
    raise Refused("validation", "type")


def _recorded(known: Known | None, command: RecordKnown, context: Context) -> Iterable[Event]:
    if command.dropped:
        if known is None or known.withdrawn:
            return []
        return [KnownWithdrawn(known_id=known.known_id, import_id=command.import_id, dropped=True, at=context.at)]
    # What an officer has withdrawn stays so until its publisher says something else.
    if known is not None and known.entry == command.entry and not known.dropped:
        return []
    return [
        KnownRecorded(
            known_id=command.known_id,
            version=known.version + 1 if known is not None else 1,
            entry=command.entry,
            import_id=command.import_id,
            at=context.at,
        )
    ]


def evolve(known: Known | None, event: Event) -> Known:
    if isinstance(event, KnownRecorded):
        return Known(
            known_id=event.known_id,
            version=event.version,
            entry=event.entry,
            import_id=event.import_id,
            recorded_at=event.at,
            demand=known.demand if known is not None else 0,
        )
    assert known is not None
    return known.model_copy(update=dict(_changes(known, event)))


def _changes(known: Known, event: Event) -> Mapping[str, Any]:
    match event:
        case KnownWithdrawn():
            return {"withdrawn": True, "dropped": event.dropped, "import_id": event.import_id or known.import_id}
        case KnownDemandCounted():
            return {"demand": max(0, known.demand + event.count)}
    return {}


def index_fields(known: Known) -> dict[str, Any]:
    """`at`: for lists, newest first; when it was imported, where its publisher says no day."""
    day = known.entry.published_on
    return {
        "at": datetime.combine(day, time(), UTC) if day is not None else known.recorded_at,
        "print": "" if known.dropped else print_of(known.entry),
        "import": known.import_id,
        "version": known.version,
        "offered": not known.withdrawn,
    }


def scoped(tenant: str) -> tuple[str, str]:
    """Whose entries an office reads."""
    return tenant, SHARED
