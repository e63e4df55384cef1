"""What must follow an event of a report."""

from libs.contracts.messages import Event
from libs.contracts.reports.report import (
    EvidenceTaken,
    MatchRejected,
    ReportMatched,
    ReportReceived,
    ReportWithdrawn,
)
from services.reports.report.follow_ups import after_report
from tests.unit.reports.builders import NOON
from tests.unit.reports.report.test_rules import PICTURE


def names(event: Event) -> list[str]:
    return [f"{f.step}:{type(f.command).__name__}" for f in after_report(event)]


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


def test_the_case_that_a_report_left_by_itself_knows_where_it_went() -> None:
    _, left = after_report(matched(previous_case_id="old", gathered=True))

    assert left.command.gathered_into == "c"  # type: ignore[attr-defined]


def test_a_report_that_stays_is_not_counted_twice() -> None:
    (link,) = after_report(matched(previous_case_id="c"))

    assert link.command.report_ids == ()  # type: ignore[attr-defined]


def test_a_rejected_match_leaves_the_case_and_is_placed_again() -> None:
    rejected = MatchRejected(report_id="r", case_id="c", attempt=2)

    assert names(rejected) == ["unlink:UnlinkReport", "place:PlaceReport"]


def test_a_withdrawn_report_leaves_its_case() -> None:
    assert names(ReportWithdrawn(report_id="r", case_id="c")) == ["unlink:UnlinkReport"]
    assert names(ReportWithdrawn(report_id="r")) == []
