"""What others have published as an answer: entries of an archive, and the files that they are imported from.

An entry belongs to an office, or to all of them (`ids.SHARED`); it never becomes the office's own verdict by itself.
"""

from datetime import date, datetime
from typing import Annotated

from libs.contracts.fields import Limit, Publisher
from libs.contracts.messages import Command, Event
from libs.contracts.reports.parts import Part


class KnownEntry(Part):
    """One answer of somebody else, in their words."""

    own_id: str
    """What its publisher calls it."""
    publisher: str
    url: str
    claim: str
    label: str = ""
    """The publisher's verdict as it stands there; whether it is one of ours is read each time."""
    fact: str = ""
    body: str = ""
    published_on: date | None = None
    language: str = "id"


class RowProblem(Part):
    """Why a row of a file was not taken. `row` counts as a person would: the first row of data is 1."""

    row: int
    column: str
    code: str


class ImportTally(Part):
    """What became of rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    withdrawn: int = 0
    bad: int = 0


class StartImport(Command, name="reports.start-import.v1", of="archive_import", to="import_id"):
    """The file lies where reports finds it under `blob_id`: with the gateway, or in its own store already."""

    import_id: str
    blob_id: str
    sha256: str
    file_name: Annotated[str, Limit(longest=200)] = ""
    publisher: Publisher = ""
    """Of rows that do not say one."""


class ImportStarted(Event, name="reports.import-started.v1", of="archive_import"):
    import_id: str
    blob_id: str
    sha256: str
    file_name: str = ""
    publisher: str = ""
    at: datetime


class AdvanceImport(Command, name="reports.advance-import.v1", of="archive_import", to="import_id", mailbox="placing"):
    """Rows up to `upto` are where they belong."""

    import_id: str
    upto: int
    tally: ImportTally = ImportTally()
    problems: tuple[RowProblem, ...] = ()
    finished: bool = False
    failure: str = ""
    """Why nothing of the file, or nothing more of it, can be read."""


class ImportAdvanced(Event, name="reports.import-advanced.v1", of="archive_import"):
    import_id: str
    upto: int
    tally: ImportTally
    problems: tuple[RowProblem, ...] = ()
    finished: bool = False
    failure: str = ""
    at: datetime


class RecordKnown(Command, name="reports.record-known.v1", of="known", to="known_id", creates=True, mailbox="placing"):
    known_id: str
    entry: KnownEntry
    import_id: str = ""
    dropped: bool = False
    """Its publisher takes it back."""


class KnownRecorded(Event, name="reports.known-recorded.v1", of="known"):
    known_id: str
    version: int
    entry: KnownEntry
    import_id: str = ""
    at: datetime


class WithdrawKnown(Command, name="reports.withdraw-known.v1", of="known", to="known_id"):
    """An officer does not want it offered. A newer version brings it back."""

    known_id: str


class KnownWithdrawn(Event, name="reports.known-withdrawn.v1", of="known"):
    known_id: str
    import_id: str = ""
    dropped: bool = False
    """By its publisher."""
    at: datetime


class CountKnownDemand(Command, name="reports.count-known-demand.v1", of="known", to="known_id"):
    """Somebody said "Ya, ini yang saya terima" of it."""

    known_id: str
    count: int = 1


class KnownDemandCounted(Event, name="reports.known-demand-counted.v1", of="known"):
    known_id: str
    count: int
