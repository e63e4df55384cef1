"""What must follow an event of a case."""

from datetime import timedelta

from libs.contracts.messages import Event
from libs.contracts.reports.case import CaseMerged, CasePublished, ReportsLinked
from services.reports.case.follow_ups import after_case
from tests.unit.reports.builders import NOON, a_draft


def names(event: Event) -> list[str]:
    return [f"{f.step}:{type(f.command).__name__}" for f in after_case(event)]


def test_links_to_a_merged_case_go_on_and_take_their_reports_along() -> None:
    linked = ReportsLinked(case_id="c", report_ids=("a", "b"), count=2, last_at=NOON, merged_into="d")

    assert names(linked) == ["link:LinkReports", "move|a:MoveReport", "move|b:MoveReport"]


def test_whoever_joins_an_answered_case_counts_as_having_asked() -> None:
    linked = ReportsLinked(case_id="c", report_ids=("a",), count=1, last_at=NOON, clarification_id="k")

    assert names(linked) == ["count:CountDemand"]
    assert names(linked.model_copy(update={"count": 0})) == []


def test_a_merge_tells_the_other_case() -> None:
    merged = CaseMerged(case_id="c", into="d", count=2, first_at=NOON, answer_due_at=NOON + timedelta(hours=1))

    assert names(merged) == ["absorb:AbsorbCase"]


def test_a_published_case_issues_its_clarification() -> None:
    published = CasePublished(
        case_id="c", clarification_id="k", number="CRB-1", version=1, draft=a_draft(), references=(), topic="",
        area=None, severity=1, author="rina", approvers=("dimas",), demand=3, at=NOON,
    )  # fmt: skip

    assert names(published) == ["issue:IssueClarification"]
