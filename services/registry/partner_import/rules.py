"""A file of partners on its way into the registry: where it is, who wants it, how far it is."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from libs.contracts.messages import Command, Event
from libs.contracts.registry.imports import (
    AdvancePartnerImport,
    ForgetPartnerImport,
    ImportState,
    MapPartnerImport,
    PartnerFileRead,
    PartnerImportAdvanced,
    PartnerImportChecked,
    PartnerImportForgotten,
    PartnerImportMapped,
    PartnerImportRun,
    PartnerImportStarted,
    PartnerImportStopped,
    RecordPartnerCheck,
    RecordPartnerFile,
    RowTally,
    RunPartnerImport,
    SheetSaid,
    StartPartnerImport,
    StopPartnerImport,
)
from libs.contracts.words import PartnerKind
from libs.kit import areas
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.partner_import.columns import problems_of
from services.registry.permissions import REGISTRATION, require_office, require_role

ENDED = frozenset({ImportState.DONE, ImportState.STOPPED, ImportState.FAILED})
OPEN = frozenset({ImportState.UPLOADED, ImportState.MAPPED, ImportState.RUNNING})
"""The registry has something to do."""
MAPPABLE = frozenset({ImportState.READ, ImportState.MAPPED, ImportState.CHECKED})
STOPPABLE = frozenset(
    {ImportState.UPLOADED, ImportState.READ, ImportState.MAPPED, ImportState.CHECKED, ImportState.RUNNING}
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RANGE = re.compile(r"(\d{1,7})(?:\s*-\s*(\d{1,7}))?")


class PartnerImport(State):
    """
    Attributes:
        turn: how often its columns were named.
        checked_upto, upto: rows that are judged, and that are where they belong; counted, not numbered as in the file.
        judged: of all rows; `tally`: of those up to `upto`.
        by, run_by: officers.
    """

    private: ClassVar[frozenset[str]] = frozenset({"headings", "samples", "sheet", "others"})

    import_id: str
    state: str = ImportState.UPLOADED
    blob_id: str
    sha256: str
    file_name: str = ""
    by: str | None = None
    started_at: datetime
    changed_at: datetime
    rows: int = 0
    merged: int = 0
    header_row: int = 0
    proposed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    kind: str = ""
    area: str = ""
    turn: int = 0
    checked_upto: int = 0
    checked_at: datetime | None = None
    judged: RowTally = RowTally()
    chosen: str = ""
    only_new: bool = False
    agreed: bool = False
    run_by: str | None = None
    run_at: datetime | None = None
    upto: int = 0
    tally: RowTally = RowTally()
    ended_at: datetime | None = None
    failure: str = ""
    forgotten: bool = False
    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()


def decide(state: PartnerImport | None, command: Command, context: Context) -> Iterable[Event]:
    """
    Raises:
        Refused: `not_found`, `role_missing`, `state_conflict`, `rows_refused`, `validation`.
    """
    if isinstance(command, StartPartnerImport):
        return _started(state, command, context)
    if state is None:
        raise NotFound("import_id")
    match command:
        case MapPartnerImport():
            return [_mapped(state, command, context)]
        case RunPartnerImport():
            return [_run(state, command, context)]
        case StopPartnerImport():
            require_role(context, *REGISTRATION)
            _require(state.state in STOPPABLE)
            return [PartnerImportStopped(import_id=state.import_id, at=context.at)]
    # The registry's own, sent by nobody: what came too late changes nothing.
    if context.actor is not None:
        raise Refused("forbidden")
    match command:
        case RecordPartnerFile():
            return _file_read(state, command, context)
        case RecordPartnerCheck():
            return _checked(state, command, context)
        case AdvancePartnerImport():
            return _advanced(state, command, context)
        case ForgetPartnerImport():
            gone = PartnerImportForgotten(import_id=state.import_id, at=context.at)
            return [] if state.forgotten else [gone]
    raise TypeError(command.type_name)


def _require(holds: bool) -> None:
    if not holds:
        raise Refused("state_conflict")


def _started(state: PartnerImport | None, command: StartPartnerImport, context: Context) -> Iterable[Event]:
    require_office(context)
    require_role(context, *REGISTRATION)
    _require(state is None)
    fields.require(_UUID.fullmatch(command.import_id) is not None, "import_id")
    return [
        PartnerImportStarted(
            import_id=command.import_id,
            blob_id=command.blob_id,
            sha256=command.sha256,
            file_name=command.file_name,
            by=context.actor.id if context.actor is not None else None,
            at=context.at,
        )
    ]


def _file_read(state: PartnerImport, command: RecordPartnerFile, context: Context) -> Iterable[Event]:
    if state.state != ImportState.UPLOADED:
        return []
    said = context.private if isinstance(context.private, SheetSaid) else SheetSaid()
    return [
        PartnerFileRead(
            import_id=state.import_id,
            rows=command.rows,
            merged=command.merged,
            header_row=command.header_row,
            proposed=command.proposed,
            failure=command.failure,
            at=context.at,
            headings=said.headings,
            samples=said.samples,
            sheet=said.sheet,
            others=said.others,
        )
    ]


def _mapped(state: PartnerImport, command: MapPartnerImport, context: Context) -> PartnerImportMapped:
    require_role(context, *REGISTRATION)
    _require(state.state in MAPPABLE)
    named = tuple(line.strip() for line in command.fields.split("\n"))
    # A last empty line is left out by whoever writes lines.
    named += ("",) * (len(state.proposed) - len(named))
    fields.require(len(named) == len(state.proposed), "fields")
    fields.require(command.kind in {"", *PartnerKind}, "kind")
    fields.require(not command.area or areas.exists(command.area), "area")
    wrong = problems_of(named, kind=command.kind)
    if wrong:
        raise Refused("validation", *wrong)
    return PartnerImportMapped(
        import_id=state.import_id, fields=named, kind=command.kind, area=command.area, turn=state.turn + 1
    )


def _checked(state: PartnerImport, command: RecordPartnerCheck, context: Context) -> Iterable[Event]:
    judging = state.state == ImportState.MAPPED or (state.state == ImportState.RUNNING and not state.upto)
    if not judging or command.turn != state.turn:
        return []
    return [
        PartnerImportChecked(
            import_id=state.import_id,
            turn=command.turn,
            upto=command.upto,
            tally=command.tally,
            finished=command.finished,
            at=context.at,
        )
    ]


def _run(state: PartnerImport, command: RunPartnerImport, context: Context) -> PartnerImportRun:
    require_role(context, *REGISTRATION)
    _require(state.state == ImportState.CHECKED)
    if state.judged.refused and not command.without_refused and not command.rows.strip():
        raise Refused("rows_refused", "without_refused")
    fields.require(chosen_rows(command.rows) is not None, "rows")
    return PartnerImportRun(
        import_id=state.import_id,
        rows=command.rows.strip(),
        only_new=command.only_new,
        agreed=command.agreed,
        by=context.actor.id if context.actor is not None else None,
        at=context.at,
    )


def _advanced(state: PartnerImport, command: AdvancePartnerImport, context: Context) -> Iterable[Event]:
    moves = command.upto > state.upto or command.finished or command.failure
    if state.state in ENDED or command.upto < state.upto or not moves:
        return []
    return [
        PartnerImportAdvanced(
            import_id=state.import_id,
            upto=command.upto,
            tally=command.tally,
            finished=command.finished,
            failure=command.failure,
            at=context.at,
        )
    ]


def chosen_rows(written: str) -> tuple[tuple[int, int], ...] | None:
    """First and last of each range, "2-40, 55"; None where it cannot be read."""
    found = []
    for part in re.split(r"[,;\n]", written):
        if part.strip():
            read = _RANGE.fullmatch(part.strip())
            if read is None:
                return None
            first, last = int(read[1]), int(read[2] or read[1])
            if last < first:
                return None
            found.append((first, last))
    return tuple(found)


def is_chosen(number: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return not ranges or any(first <= number <= last for first, last in ranges)


def evolve(state: PartnerImport | None, event: Event) -> PartnerImport:
    if isinstance(event, PartnerImportStarted):
        return PartnerImport(
            import_id=event.import_id,
            blob_id=event.blob_id,
            sha256=event.sha256,
            file_name=event.file_name,
            by=event.by,
            started_at=event.at,
            changed_at=event.at,
        )
    assert state is not None
    changes = dict(_changes(state, event))
    at = getattr(event, "at", None)
    return state.model_copy(update=changes | ({"changed_at": at} if at is not None else {}))


def _changes(state: PartnerImport, event: Event) -> Mapping[str, Any]:
    match event:
        case PartnerFileRead():
            read = event.model_dump(include=set(PartnerFileRead.model_fields) - {"import_id", "at", "sealed"})
            failed = {"ended_at": event.at} if event.failure else {}
            return {**read, "state": ImportState.FAILED if event.failure else ImportState.READ, **failed}
        case PartnerImportMapped():
            return {
                "state": ImportState.MAPPED,
                "fields": event.fields,
                "kind": event.kind,
                "area": event.area,
                "turn": event.turn,
                "checked_upto": 0,
                "judged": RowTally(),
            }
        case PartnerImportChecked():
            # Judged once more before it runs: what was done meanwhile counts.
            after = state.state if state.state == ImportState.RUNNING else ImportState.CHECKED
            done = {"state": after, "checked_at": event.at} if event.finished else {}
            return {"checked_upto": event.upto, "judged": event.tally, **done}
        case PartnerImportRun():
            return {
                "state": ImportState.RUNNING,
                "chosen": event.rows,
                "only_new": event.only_new,
                "agreed": event.agreed,
                "run_by": event.by,
                "run_at": event.at,
            }
        case PartnerImportAdvanced():
            ended = ImportState.FAILED if event.failure else ImportState.DONE if event.finished else state.state
            return {
                "upto": event.upto,
                "tally": added(state.tally, event.tally),
                "failure": event.failure,
                "state": ended,
                "ended_at": event.at if ended in ENDED else None,
            }
        case PartnerImportStopped():
            return {"state": ImportState.STOPPED, "ended_at": event.at}
        case PartnerImportForgotten():
            return {"forgotten": True, "headings": (), "samples": (), "sheet": "", "others": ()}
    raise TypeError(event.type_name)


def added(one: RowTally, other: RowTally) -> RowTally:
    return RowTally(**{name: getattr(one, name) + getattr(other, name) for name in RowTally.model_fields})


def index_fields(state: PartnerImport) -> dict[str, Any]:
    """`since`: in which order an office's are worked on; `kept`: how long what was in the file has lain untouched."""
    found: dict[str, Any] = {
        "at": state.started_at,
        "open": state.state in OPEN,
        "since": state.run_at or state.started_at,
    }
    found |= {} if state.forgotten else {"kept": state.changed_at}
    return found | ({"run": state.run_at} if state.run_at is not None else {})
