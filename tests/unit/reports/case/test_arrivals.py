"""What comes to a case, and what is passed on."""

from datetime import timedelta

from libs.contracts.reports.case import LinkReports, TriageCase, UnlinkReport
from libs.contracts.words import CaseState
from services.reports.case import rules as case
from tests.unit.reports.builders import (
    NOON,
    RINA,
    after,
    an_open_case,
    context,
    merge_of,
    refusal,
)


def test_the_first_report_opens_the_case_and_starts_its_clocks() -> None:
    opened = an_open_case()

    assert opened.state == CaseState.OPEN
    assert opened.askers == 1
    assert opened.answer_due_at == NOON + timedelta(hours=24)


def test_a_report_cannot_join_a_case_that_never_was() -> None:
    late = LinkReports(case_id="nowhere", report_ids=("r",), first_received_at=NOON)

    assert refusal(None, late, None).code == "not_found"


def test_a_report_that_comes_to_a_merged_case_is_sent_on() -> None:
    merged = after(an_open_case(), merge_of("c", "other"), RINA)
    late = LinkReports(case_id=merged.case_id, report_ids=("late",), first_received_at=NOON)

    (linked,) = case.decide(merged, late, context())

    assert linked.merged_into == "other"  # type: ignore[attr-defined]
    assert case.evolve(merged, linked).askers == merged.askers


def test_a_case_that_nobody_asks_about_any_more_disappears_unless_somebody_worked_on_it() -> None:
    untouched = after(an_open_case(), UnlinkReport(case_id="c", report_id="report-1"))
    triaged = after(an_open_case(), TriageCase(case_id="c", severity=1, topic="other"), RINA)
    worked_on = after(triaged, UnlinkReport(case_id="c", report_id="report-1"))

    assert untouched.state == CaseState.CLOSED
    assert worked_on.state == CaseState.TRIAGED


def test_a_case_with_two_reports_lives_on_when_one_leaves() -> None:
    opened = an_open_case()
    both = after(opened, LinkReports(case_id=opened.case_id, report_ids=("r2",), first_received_at=NOON))

    one = after(both, UnlinkReport(case_id=opened.case_id, report_id="report-1"))

    assert (one.state, one.askers, one.sample) == (CaseState.OPEN, 1, ("r2",))
