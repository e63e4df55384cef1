"""A file on its way into the archive: how far it is, and what was wrong in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.reports.known import (
    AdvanceImport,
    ImportAdvanced,
    ImportStarted,
    ImportTally,
    RowProblem,
    StartImport,
)
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.reports.known.rules import require_importer

MOST_PROBLEMS = 200
"""Rows that are named; of the others it is said how many they are."""


class ArchiveImport(State):
    import_id: str
    blob_id: str
    sha256: str
    file_name: str = ""
    publisher: str = ""
    started_at: datetime
    upto: int = 0
    """Rows that are where they belong."""
    tally: ImportTally = ImportTally()
    problems: tuple[RowProblem, ...] = ()
    ended_at: datetime | None = None
    failure: str = ""


def decide(state: ArchiveImport | None, command: Command, context: Context) -> Iterable[Event]:
    """What a command does to an import.

    Raises:
        Refused: `not_found`, `role_missing`, `state_conflict`.
    """
    match command:
        case StartImport():
            require_importer(context)
            if state is not None:
                raise Refused("state_conflict")
            return [
                ImportStarted(
                    import_id=command.import_id,
                    blob_id=command.blob_id,
                    sha256=command.sha256,
                    file_name=command.file_name,
                    publisher=command.publisher,
                    at=context.at,
                )
            ]
        case AdvanceImport():
            if state is None:
                raise NotFound("import")
            return _advanced(state, command, context)
    raise Refused("validation", "type")


def _advanced(state: ArchiveImport, command: AdvanceImport, context: Context) -> Iterable[Event]:
    moves = command.upto > state.upto or command.finished or command.failure
    if state.ended_at is not None or command.upto < state.upto or not moves:
        return []
    return [
        ImportAdvanced(
            import_id=state.import_id,
            upto=command.upto,
            tally=command.tally,
            problems=command.problems,
            finished=command.finished,
            failure=command.failure,
            at=context.at,
        )
    ]


def evolve(state: ArchiveImport | None, event: Event) -> ArchiveImport:
    if isinstance(event, ImportStarted):
        return ArchiveImport(
            import_id=event.import_id,
            blob_id=event.blob_id,
            sha256=event.sha256,
            file_name=event.file_name,
            publisher=event.publisher,
            started_at=event.at,
        )
    assert state is not None
    return state.model_copy(update=dict(_changes(state, event)))


def _changes(state: ArchiveImport, event: Event) -> Mapping[str, Any]:
    match event:
        case ImportAdvanced():
            room = MOST_PROBLEMS - len(state.problems)
            return {
                "upto": event.upto,
                "tally": added(state.tally, event.tally),
                "problems": (*state.problems, *event.problems[: max(0, room)]),
                "failure": event.failure,
                "ended_at": event.at if event.finished or event.failure else None,
            }
    return {}


def added(one: ImportTally, other: ImportTally) -> ImportTally:
    return ImportTally(**{name: getattr(one, name) + getattr(other, name) for name in ImportTally.model_fields})


def index_fields(state: ArchiveImport) -> dict[str, Any]:
    return {"at": state.started_at, "open": state.ended_at is None}
