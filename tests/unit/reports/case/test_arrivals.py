"""What comes to a case, and what is passed on."""

from datetime import timedelta

from libs.contracts.reports.case import LinkReports, TriageCase, UnlinkReport
from libs.contracts.words import CaseState
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
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


def test_a_seen_post_is_evidence_of_a_case_and_counts_nobody() -> None:
    opened = an_open_case()
    post = LinkReports(case_id="c", report_ids=("post",), first_received_at=NOON, asks=False)

    seen = after(opened, post)
    left = after(seen, UnlinkReport(case_id="c", report_id="post", asks=False))

    assert (seen.askers, seen.sample) == (1, ("report-1", "post"))
    assert (left.askers, left.sample, left.state) == (1, ("report-1",), CaseState.OPEN)


def test_a_case_lives_on_while_a_seen_post_lies_in_it() -> None:
    post = LinkReports(case_id="c", report_ids=("post",), first_received_at=NOON, asks=False)
    seen = after(an_open_case(), post)

    unasked = after(seen, UnlinkReport(case_id="c", report_id="report-1"))
    empty = after(unasked, UnlinkReport(case_id="c", report_id="post", asks=False))

    assert (unasked.askers, unasked.state) == (0, CaseState.OPEN)
    assert empty.state == CaseState.CLOSED


def test_what_is_passed_on_by_a_merged_case_still_says_that_nobody_asks_and_that_a_partner_does() -> None:
    merged = after(an_open_case(), merge_of("c", "other"), RINA)
    late = LinkReports(
        case_id=merged.case_id, report_ids=("late",), first_received_at=NOON, asks=False, by_partner=True
    )

    (linked,) = case.decide(merged, late, context())
    passed = next(f.command for f in after_case(linked) if isinstance(f.command, LinkReports))

    assert (passed.asks, passed.by_partner) == (False, True)


def test_a_case_that_a_partner_reported_says_so_also_to_the_one_that_it_joins() -> None:
    told = LinkReports(case_id="c", report_ids=("p",), first_received_at=NOON, by_partner=True)
    partners = after(an_open_case(), told)

    (merged,) = case.decide(partners, merge_of("c", "other"), context(RINA))
    (absorb,) = (f.command for f in after_case(merged))
    other = after(an_open_case("6a0c2c1e-3a8b-5f0e-9a50-0d6a5f6f0002"), absorb)

    assert (partners.by_partner, other.by_partner) == (True, True)
    assert case.index_fields(other)["first"] is True
    assert "first" not in case.index_fields(an_open_case())
