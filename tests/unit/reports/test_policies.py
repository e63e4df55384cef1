"""What must follow an event elsewhere."""

from datetime import timedelta

from libs.contracts.messages import Event
from libs.contracts.reports.case import CaseMerged, CasePublished, ReportsLinked
from libs.contracts.reports.report import (
    EvidenceTaken,
    MatchRejected,
    ReportMatched,
    ReportReceived,
    ReportWithdrawn,
)
from services.reports.policies import after_case, after_report
from tests.unit.reports.builders import NOON, a_draft
from tests.unit.reports.test_report import PICTURE


def names(event: Event) -> list[str]:
    follow = after_case if event.aggregate == "case" else after_report
    return [f"{f.step}:{type(f.command).__name__}" for f in follow(event)]


def received(**more: object) -> ReportReceived:
    return ReportReceived.model_validate({"report_id": "r", "kind": "hoax", "number": "n", "received_at": NOON, **more})


def matched(**more: object) -> ReportMatched:
    return ReportMatched.model_validate(
        {"report_id": "r", "outcome": "none", "kind": "hoax", "case_id": "c", "received_at": NOON, **more}
    )


def test_a_hoax_is_placed_at_once_and_one_with_a_picture_when_it_was_read() -> None:
    assert names(received()) == ["place:PlaceReport"]
    assert names(received(attachments=(PICTURE,))) == []
    taken = EvidenceTaken(report_id="r", blob_id="b", sha256="0", complete=True)
    assert names(taken) == ["place:PlaceReport"]
    assert names(taken.model_copy(update={"complete": False})) == []


def test_other_kinds_are_not_placed() -> None:
    assert names(received(kind="complaint")) == []


def test_a_placed_report_joins_its_case_and_leaves_the_one_before() -> None:
    assert names(matched()) == ["link:LinkReports"]
    assert names(matched(previous_case_id="old")) == ["link:LinkReports", "unlink:UnlinkReport"]


def test_a_report_that_stays_is_not_counted_twice() -> None:
    (link,) = after_report(matched(previous_case_id="c"))

    assert link.command.report_ids == ()  # type: ignore[attr-defined]


def test_a_rejected_match_leaves_the_case_and_is_placed_again() -> None:
    rejected = MatchRejected(report_id="r", case_id="c", attempt=2)

    assert names(rejected) == ["unlink:UnlinkReport", "place:PlaceReport"]


def test_a_withdrawn_report_leaves_its_case() -> None:
    assert names(ReportWithdrawn(report_id="r", case_id="c")) == ["unlink:UnlinkReport"]
    assert names(ReportWithdrawn(report_id="r")) == []


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
