"""Taking a report out of its case, as a decision of the report."""

from typing import Any

import pytest

from libs.contracts.reports.case import LinkReports, Target, UnlinkReport
from libs.contracts.reports.report import DetachReport, PlaceReport, ReportDetached, ReportMatched
from libs.runtime.errors import Refused
from services.reports.report import rules as report
from services.reports.report.follow_ups import after_report
from services.reports.report.rules import Report
from tests.unit.reports.builders import NOON, RINA, a_report, context, evolved

OTHER = Target(case_id="other", number="KSS-CRB-2", state="open")


def in_a_case(**more: Any) -> Report:
    matched = ReportMatched(
        report_id="r", outcome="match", kind="hoax", case_id="c", received_at=NOON, prefix="CRB", area=None
    )
    return evolved(a_report(**more), [matched])


def done(state: Report, *, by: Any = RINA, **more: Any) -> tuple[Report, list[Any]]:
    command = DetachReport(**{"report_id": "r", "case_id": "c", "reason": "other_claim", **more})
    events = list(report.decide(state, command, context(by)))
    return evolved(state, events), [f.command for event in events for f in after_report(event)]


def test_it_opens_a_case_of_its_own_and_leaves_the_other() -> None:
    state, (link, unlink) = done(in_a_case())

    assert state.case_id == state.own_case() != "c"
    assert "c" in state.refused
    assert isinstance(link, LinkReports)
    assert isinstance(unlink, UnlinkReport)
    assert (link.case_id, link.opens, unlink.case_id) == (state.case_id, True, "c")
    assert link.parted is not None
    assert unlink.parted is not None
    assert (link.parted.by, link.parted.other, unlink.parted.other) == ("rina", "c", state.case_id)


def test_it_goes_where_it_is_named_and_opens_nothing() -> None:
    state, (link, _) = done(in_a_case(), into="KSS-CRB-2", end=OTHER)

    assert (state.case_id, link.case_id, link.opens) == ("other", "other", False)


def test_out_and_back_and_out_again_never_opens_the_same_case_twice() -> None:
    once, _ = done(in_a_case())
    assert once.case_id is not None
    back, _ = done(once, case_id=once.case_id, into="c", end=Target(case_id="c", number="KSS-CRB-1", state="open"))
    again, _ = done(back)

    assert back.case_id == "c"
    assert again.case_id not in ("c", once.case_id)


def test_the_matcher_places_it_no_more() -> None:
    state, _ = done(in_a_case())

    assert state.ask_again_at is None
    assert not report.is_to_be_placed(state, PlaceReport(report_id="r", attempt=9))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"case_id": "elsewhere"}, "state_conflict"),
        ({"into": "KSS-CRB-9"}, "validation"),
        ({"into": "c", "end": Target(case_id="c", number="KSS-CRB-1", state="open")}, "validation"),
        ({"by": None}, "role_missing"),
    ],
)
def test_what_cannot_be_done_is_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        done(in_a_case(), **more)

    assert refused.value.code == code


def test_history_and_counts_are_of_the_event() -> None:
    events = list(
        report.decide(in_a_case(), DetachReport(report_id="r", case_id="c", reason="mistake"), context(RINA))
    )

    assert [type(event) for event in events] == [ReportDetached, ReportMatched]
