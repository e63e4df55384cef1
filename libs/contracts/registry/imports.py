"""Files of partners on their way into the registry: read, columns named by a person, rows judged, then entered.

What a row holds never stands in a message: headings and samples lie sealed, rows with the registry until they are
forgotten.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, NO_NUL, Flag, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.reports.parts import Part
from libs.contracts.words import PartnerKind

MOST_COLUMNS = 80
MOST_ROWS = 50_000
FIELDS = (
    "name", "kind", "area", "village", "district", "phone", "email", "account", "account:instagram", "account:tiktok",
    "account:facebook", "account:x", "account:youtube", "account:threads", "account:telegram", "account:web",
    "platform", "handle", "address", "language", "run_by_office", "commercial", "decree_number", "decree_signer",
    "decree_on", "term_from", "term_until", "level", "members", "chair", "chair_phone", "secretary", "treasurer",
    "sections", "editor", "account_admin", "legal_entity", "press_status", "press_number", "press_seen_on",
    "certificate", "topics", "audience_ages", "audience_interests", "audience_languages", "areas", "attribute", "",
)  # fmt: skip
"""What a column may stand for: a field of a partner, `attribute` (kept under its own heading), or nothing."""


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    READ = "read"
    """Somebody has to say what its columns are."""
    MAPPED = "mapped"
    """Its rows are being judged."""
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    """Nothing of it can be read, or nothing more of it."""


class RowTally(Part):
    """What became, or would become, of rows; together they are all of them.

    Attributes:
        changed: the partner is there, and the row says more or something else of it.
        passed: good, and not among those that were chosen.
    """

    new: int = 0
    same: int = 0
    changed: int = 0
    refused: int = 0
    passed: int = 0


class StartPartnerImport(
    Command, name="registry.start-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """The file lies with the gateway under `blob_id`."""

    import_id: str
    blob_id: str
    sha256: str
    file_name: Annotated[str, Limit(longest=200, pattern=NO_CONTROL)] = ""


class PartnerImportStarted(Event, name="registry.partner-import-started.v1", of="partner_import"):
    import_id: str
    blob_id: str
    sha256: str
    file_name: str = ""
    by: str | None = None
    at: datetime


class SheetSaid(Sealable):
    """What stands in the file itself.

    Attributes:
        others: sheets that are not read.
        samples: the first rows.
    """

    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()


class RecordPartnerFile(
    Command,
    name="registry.record-partner-file.v1",
    of="partner_import",
    to="import_id",
    keyed_by_tenant=True,
    private=SheetSaid,
):
    """The registry's own: what the file is, or why it cannot be read."""

    import_id: str
    rows: int = 0
    merged: int = 0
    header_row: int = 0
    proposed: tuple[str, ...] = ()
    failure: str = ""


class PartnerFileRead(
    Event, name="registry.partner-file-read.v1", of="partner_import", private={"headings", "samples", "sheet", "others"}
):
    """
    Attributes:
        rows: below the headings, with something in them.
        merged: ranges of merged cells.
        header_row: as spreadsheets number them.
        proposed: field of each column (`services/registry/partner_import/columns.py`).
    """

    import_id: str
    rows: int
    merged: int = 0
    header_row: int = 0
    proposed: tuple[str, ...] = ()
    failure: str = ""
    at: datetime
    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()


class MapPartnerImport(
    Command, name="registry.map-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """What the columns of the file stand for. Judges its rows, once more where that was done."""

    import_id: str
    fields: Annotated[str, Limit(longest=4_000, pattern=NO_NUL)]
    """Of each column, one a line; an empty line: it is left out."""
    kind: Annotated[str, Limit(words=("", *PartnerKind))] = ""
    """Of rows that do not say one."""
    area: Annotated[str, Limit(longest=13, pattern=r"^[0-9.]*$")] = ""
    """Of rows that name none; empty: the office's own."""


class PartnerImportMapped(Event, name="registry.partner-import-mapped.v1", of="partner_import"):
    import_id: str
    fields: tuple[str, ...]
    kind: str = ""
    area: str = ""
    turn: int


class RecordPartnerCheck(
    Command, name="registry.record-partner-check.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """The registry's own: rows up to `upto` are judged."""

    import_id: str
    turn: int
    upto: int
    tally: RowTally = RowTally()
    """Of all of them so far."""
    finished: bool = False


class PartnerImportChecked(Event, name="registry.partner-import-checked.v1", of="partner_import"):
    import_id: str
    turn: int
    upto: int
    tally: RowTally
    finished: bool
    at: datetime


class RunPartnerImport(
    Command, name="registry.run-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """
    Attributes:
        rows: numbers as in the file, `2-40, 55`; empty: all that are good.
        only_new: what is there stays as it is.
        without_refused: go on although some rows are refused; else the file is mended first.
        agreed: the partners' consent lies with the office on paper: they go on to be verified.
    """

    import_id: str
    rows: Annotated[str, Limit(longest=2_000, pattern=r"^[0-9,;\s-]*$")] = ""
    only_new: Flag = False
    without_refused: Flag = False
    agreed: Flag = False


class PartnerImportRun(Event, name="registry.partner-import-run.v1", of="partner_import"):
    import_id: str
    rows: str = ""
    only_new: bool = False
    agreed: bool = False
    by: str | None = None
    at: datetime


class AdvancePartnerImport(
    Command, name="registry.advance-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """The registry's own: rows up to `upto` are where they belong."""

    import_id: str
    upto: int
    tally: RowTally = RowTally()
    """Of those since the last time."""
    finished: bool = False
    failure: str = ""


class PartnerImportAdvanced(Event, name="registry.partner-import-advanced.v1", of="partner_import"):
    import_id: str
    upto: int
    tally: RowTally
    finished: bool = False
    failure: str = ""
    at: datetime


class StopPartnerImport(
    Command, name="registry.stop-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """What is entered stays; nothing more is."""

    import_id: str


class PartnerImportStopped(Event, name="registry.partner-import-stopped.v1", of="partner_import"):
    import_id: str
    at: datetime


class ForgetPartnerImport(
    Command, name="registry.forget-partner-import.v1", of="partner_import", to="import_id", keyed_by_tenant=True
):
    """The registry's own: the file and what was read from it are gone."""

    import_id: str


class PartnerImportForgotten(Event, name="registry.partner-import-forgotten.v1", of="partner_import"):
    import_id: str
    at: datetime
