"""What happened to a report or a case, as people read it: entries of their histories by name."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from libs.contracts.reports.reads import Step
from libs.contracts.words import Intake
from libs.runtime.mongo import Document

CASE_STEPS = {
    "reports.case-opened.v1": "opened",
    "reports.case-triaged.v1": "triaged",
    "reports.case-handed-over.v1": "handed_over",
    "reports.source-asked.v1": "asked",
    "reports.source-confirmed.v1": "confirmed",
    "reports.reference-added.v1": "referenced",
    "reports.review-requested.v1": "submitted",
    "reports.changes-requested.v1": "returned",
    "reports.verdict-approved.v1": "approved",
    "reports.case-decided.v1": "decided",
    "reports.case-published.v1": "published",
    "reports.case-merged.v1": "merged",
    "reports.case-absorbed.v1": "absorbed",
    "reports.case-closed.v1": "closed",
    "reports.case-reopened.v1": "reopened",
    "reports.case-recalled.v1": "recalled",
    "reports.recalls-settled.v1": "settled",
    "reports.draft-adopted.v1": "adopted",
    "reports.case-revived.v1": "revived",
    "reports.report-taken-out.v1": "taken_out",
    "reports.report-brought-in.v1": "brought_in",
}
LEFT = "reports.report-unlinked.v1"
"""A step where the report went by itself to the case in which the same is told by many; see `gathered`."""
REPORT_STEPS = {
    "reports.report-received.v1": "received",
    "reports.report-matched.v1": "linked",
    "reports.match-rejected.v1": "rejected",
    "reports.report-moved.v1": "moved",
    "reports.report-screened-out.v1": "screened_out",
    "reports.report-answered.v1": "answered",
    "reports.report-withdrawn.v1": "withdrawn",
    "reports.answer-rated.v1": "rated",
}


MOVES = frozenset({"taken_out", "brought_in"})


def step(what: str, entry: Mapping[str, Any]) -> Step:
    data: Document = entry["data"]
    actor = entry.get("actor")
    until = data.get("due_at")
    said = data.get("note") or data.get("reason") or data.get("text") or data.get("verdict") or ""
    return Step(
        what=what,
        at=entry["at"],
        # What follows from an officer's wish has no actor of its own.
        actor=actor["id"] if actor else data.get("by"),
        party=data.get("party"),
        number=data.get("number", "") if what in MOVES else "",
        case_id=data.get("other") if what in MOVES else None,
        note=_intake(entry) or str(said),
        until=datetime.fromisoformat(until) if until else None,
        count=data.get("count") or data.get("version"),
    )


def gathered_into(history: Iterable[Mapping[str, Any]]) -> set[str]:
    """Cases that reports went to by themselves."""
    return {into for entry in history if entry["type"] == LEFT if (into := entry["data"].get("gathered_into"))}


def gathered(history: Iterable[Mapping[str, Any]], numbers: Mapping[str, str]) -> Iterator[Step]:
    """One step for all reports that went to one other case by themselves.

    Args:
        numbers: of cases, by id.
    """
    left = [entry for entry in history if entry["type"] == LEFT]
    for case_id, number in numbers.items():
        times = [entry["at"] for entry in left if entry["data"].get("gathered_into") == case_id]
        if times:
            yield Step(what="gathered", at=max(times), party=number, count=len(times))


def _intake(entry: Mapping[str, Any]) -> str:
    """By which way a report came, where it was not the form."""
    if entry["type"] != "reports.report-received.v1":
        return ""
    way = str(entry["data"].get("intake") or Intake.FORM)
    return "" if way == Intake.FORM else way
