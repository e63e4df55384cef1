"""The aggregates of this service, as the engine takes them."""

from typing import Any

from libs.contracts.reports.case import AdvanceWatch
from libs.contracts.reports.report import PlaceReport
from libs.runtime.aggregates import Aggregate
from libs.runtime.mongo import index
from services.reports import archive_import
from services.reports.case import ending
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
from services.reports.case.state import Case
from services.reports.clarification import rules as clarification
from services.reports.clarification.follow_ups import after_clarification
from services.reports.known import rules as known
from services.reports.report import rules as report
from services.reports.report.follow_ups import after_report
from services.reports.search import VERSION, search_terms

REPORT: Aggregate[report.Report] = Aggregate(
    name="report",
    state=report.Report,
    decide=report.decide,
    evolve=report.evolve,
    index=report.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.number", 1), name="number", unique=True),
        # Partial where few documents are meant: every index is paid for at every report.
        index(("tenant", 1), ("ix.case", 1), ("ix.received", 1), name="case", where={"ix.case": {"$type": "string"}}),
        index(("tenant", 1), ("ix.received", 1), name="received"),
        index(("tenant", 1), ("ix.one_by_one", 1), ("ix.received", -1), name="others", where={"ix.one_by_one": True}),
        index(("tenant", 1), ("ix.links", 1), ("ix.received", -1), name="links", where={"ix.links": {"$exists": True}}),
        index(
            ("tenant", 1),
            ("ix.pictures", 1),
            ("ix.received", -1),
            name="pictures",
            where={"ix.pictures": {"$exists": True}},
        ),
        index(
            ("tenant", 1),
            ("ix.partner", 1),
            ("ix.received", -1),
            name="partner",
            where={"ix.partner": {"$type": "string"}},
        ),
        index(("ix.received", 1), name="unread", where={"ix.unread": True}),
        index(("ix.received", 1), name="evidence_due", where={"ix.evidence_due": True}),
        index(("ix.received", 1), name="pages_due", where={"ix.pages_due": True}),
    ),
    uniques={"number": "number_taken"},
    follow_ups=after_report,
    due=report.due,
    timers={
        "ask_again": lambda identity, due: PlaceReport(report_id=identity, attempt=due.turn),
        "place": lambda identity, due: PlaceReport(report_id=identity, attempt=due.turn),
    },
    key_subject=None,
)

CASE: Aggregate[Case] = Aggregate(
    name="case",
    state=Case,
    decide=case.decide,
    evolve=case.evolve,
    index=case.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.number", 1), name="number", unique=True),
        index(
            ("tenant", 1), ("ix.open", 1), ("ix.severity", -1), ("ix.first", -1), ("ix.opened", 1), name="queue_by_rank"
        ),
        index(("tenant", 1), ("ix.state", 1), ("ix.opened", 1), name="state"),
        index(("ix.owner", 1), ("ix.state", 1), name="owner", where={"ix.owner": {"$type": "string"}}),
        index(("ix.leased_by", 1), ("ix.state", 1), name="leased", where={"ix.leased_by": {"$type": "string"}}),
        index(("ix.opened", 1), name="moving", where={"ix.moving": True}),
        index(("ix.opened", 1), name="open", where={"ix.state": "open"}),
        index(("ix.merged_into", 1), name="merged", where={"ix.merged_into": {"$type": "string"}}),
    ),
    uniques={"number": "number_taken"},
    follow_ups=after_case,
    due=ending.due,
    timers={"watch": lambda identity, due: AdvanceWatch(case_id=identity)},
)


def _searchable(found: clarification.Clarification) -> dict[str, Any]:
    latest = found.latest
    terms = search_terms(f"{latest.fact}\n{latest.claim}\n{found.topic}")
    return {**clarification.index_fields(found), "t": terms, "tv": VERSION}


CLARIFICATION: Aggregate[clarification.Clarification] = Aggregate(
    name="clarification",
    state=clarification.Clarification,
    decide=clarification.decide,
    evolve=clarification.evolve,
    index=_searchable,
    indexes=(
        index(("tenant", 1), ("ix.number", 1), name="number", unique=True),
        index(("tenant", 1), ("ix.at", -1), ("_id", -1), name="newest"),
        index(("tenant", 1), ("ix.t", 1), ("ix.at", -1), name="words"),
        index(("ix.tv", 1), name="words_version"),
        index(("tenant", 1), ("ix.corrected", 1), ("ix.at", -1), name="corrected"),
        index(("tenant", 1), ("ix.case", 1), name="case"),
    ),
    uniques={"number": "number_taken"},
    follow_ups=after_clarification,
)


def _findable(found: known.Known) -> dict[str, Any]:
    entry = found.entry
    terms = search_terms(f"{entry.fact}\n{entry.claim}\n{entry.publisher}")
    return {**known.index_fields(found), "t": terms, "tv": VERSION}


KNOWN: Aggregate[known.Known] = Aggregate(
    name="known",
    state=known.Known,
    decide=known.decide,
    evolve=known.evolve,
    index=_findable,
    indexes=(
        # With what is filtered by, so that a count of a hundred thousand reads no document.
        index(("tenant", 1), ("ix.offered", 1), ("ix.at", -1), ("_id", -1), name="newest"),
        index(("tenant", 1), ("ix.offered", 1), ("ix.t", 1), ("ix.at", -1), name="words"),
        index(("ix.tv", 1), name="words_version"),
    ),
)

IMPORT: Aggregate[archive_import.ArchiveImport] = Aggregate(
    name="archive_import",
    state=archive_import.ArchiveImport,
    decide=archive_import.decide,
    evolve=archive_import.evolve,
    index=archive_import.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.at", -1), name="newest"),
        index(("ix.at", 1), name="open", where={"ix.open": True}),
    ),
)

AGGREGATES: tuple[Aggregate[Any], ...] = (REPORT, CASE, CLARIFICATION, KNOWN, IMPORT)
