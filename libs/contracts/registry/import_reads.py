"""What the registry answers about files of partners on their way into it. For its officers alone."""

from datetime import datetime

from libs.contracts.reads import Read
from libs.contracts.registry.imports import RowTally


class PartnerImportView(Read):
    """
    Attributes:
        headings, samples, proposed, fields: by column; `fields` are empty until somebody named them.
        judged: of all rows, once they are checked; `tally`: of those that are where they belong.
        chosen: of which rows the import was asked, as it was written.
    """

    id: str
    state: str
    file_name: str = ""
    by: str | None = None
    started_at: datetime
    rows: int = 0
    sheet: str = ""
    others: tuple[str, ...] = ()
    merged: int = 0
    header_row: int = 0
    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    proposed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    kind: str = ""
    area: str = ""
    checked_upto: int = 0
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


class CellError(Read):
    """
    Attributes:
        cell: as spreadsheets call it, "C17"; the row's number where it is wrong as a whole.
        column: its heading; `field`: what it stands for.
        shown: what stands in it.
        candidates: what it may mean: codes of areas, or the number of another row.
    """

    cell: str
    column: str = ""
    field: str = ""
    code: str
    shown: str = ""
    candidates: tuple[str, ...] = ()


class ImportRow(Read):
    """
    Attributes:
        number: as spreadsheets show it.
        became: new, same, changed, refused or passed.
        leads: number of the earlier row that tells of the same partner; 0: none.
        changes: fields that are not as they were.
    """

    number: int
    became: str
    name: str = ""
    partner_id: str = ""
    leads: int = 0
    errors: tuple[CellError, ...] = ()
    changes: tuple[str, ...] = ()
