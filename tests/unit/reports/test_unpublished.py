"""A report that is to stay hidden from the public counts for officers, and in no number that is published."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.messages import Command, Event
from libs.contracts.reports.case import AbsorbCase, LinkReports, PublishCase, ReviveCase, UnlinkReport
from libs.contracts.reports.clarification import CountDemand
from libs.contracts.reports.report import RejectMatch, ReportMatched, ScreenOutReport, WithdrawReport
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
from services.reports.case.reads import asked_by, case_row
from services.reports.case.state import Case
from services.reports.merging import Seen, mend
from services.reports.report import rules as report
from services.reports.report.follow_ups import after_report
from services.reports.report.rules import Report
from tests.unit.reports.builders import (
    DIMAS,
    NOON,
    RINA,
    a_published_case,
    a_report,
    after,
    an_open_case,
    context,
    evolved,
    merge_of,
)

C, D = "6a0c2c1e-3a8b-5f0e-9a50-0d6a5f6f0003", "6a0c2c1e-3a8b-5f0e-9a50-0d6a5f6f0004"


def sent(events: Iterable[Event]) -> list[Command]:
    return [f.command for event in events for f in (*after_report(event), *after_case(event))]


def matched(**more: Any) -> ReportMatched:
    plain = {"report_id": "r", "outcome": "match", "kind": "hoax", "case_id": C, "received_at": NOON}
    return ReportMatched.model_validate({**plain, "confidential": True, **more})


def link(**more: Any) -> LinkReports:
    return LinkReports(**{"case_id": C, "report_ids": ("r",), "first_received_at": NOON, "unpublished": 1, **more})


def told(state: Case) -> tuple[int, int]:
    """What the public reads, what officers read."""
    return asked_by(state, None), case_row(state, "", None).asked or 0


def test_a_hidden_report_joins_as_one_who_asks_and_is_not_told_of() -> None:
    (command,) = sent([matched()])
    assert isinstance(command, LinkReports)
    joined = after(an_open_case(C), command)

    assert told(joined) == (1, 2)


def test_a_seen_post_that_is_hidden_counts_for_nobody() -> None:
    (command,) = sent([matched(asks=False)])

    assert told(after(an_open_case(C), command)) == (1, 1)


def how_it_leaves(hidden: Report, command: str) -> Iterable[Event]:
    match command:
        case "withdraw":
            return report.decide(hidden, WithdrawReport(report_id="r"), context())
        case "screen_out":
            return report.decide(hidden, ScreenOutReport(report_id="r", reason="spam"), context(RINA))
        case "reject":
            return report.decide(hidden, RejectMatch(report_id="r"), context())
    return [matched(case_id=D, previous_case_id=C)]


@pytest.mark.parametrize("command", ["withdraw", "screen_out", "reject", "place_elsewhere"])
def test_leaving_it_takes_along_what_it_brought(command: str) -> None:
    hidden = evolved(a_report(confidential=True), [matched(case_id=C)])
    left = next(c for c in sent(how_it_leaves(hidden, command)) if isinstance(c, UnlinkReport))

    state = after(after(an_open_case(C), link()), left)

    assert (told(state), state.unpublished) == ((1, 1), 0)


def test_what_is_published_says_how_many_may_be_told_of() -> None:
    answered = a_published_case()
    decided = answered.model_copy(update={"state": "decided"})
    (published,) = case.decide(after(decided, link(case_id=decided.case_id)), PublishCase(case_id=C), context(DIMAS))

    assert published.demand == 1  # type: ignore[attr-defined]


def test_who_joins_an_answered_case_hidden_is_not_counted_on_it() -> None:
    answered = a_published_case()

    hidden = sent(case.decide(answered, link(), context()))
    open_ = sent(case.decide(answered, link(unpublished=0), context()))
    left = sent(case.decide(answered, UnlinkReport(case_id=C, report_id="r", unpublished=1), context()))

    assert (hidden, left) == ([], [])
    assert [c.count for c in open_ if isinstance(c, CountDemand)] == [1]


def test_a_merge_takes_them_along() -> None:
    one = after(an_open_case(C), link())
    (merged,) = case.decide(one, merge_of(C, D), context(RINA))
    (absorb,) = [c for c in sent([merged]) if isinstance(c, AbsorbCase)]

    assert told(after(an_open_case(D), absorb)) == (2, 3)
    counts = [c.count for c in sent(case.decide(a_published_case(), absorb, context())) if isinstance(c, CountDemand)]
    assert counts == [1]


def test_what_is_passed_on_by_a_merged_case_stays_hidden() -> None:
    merged = after(an_open_case(C), merge_of(C, D), RINA)

    (onward, *_) = sent(case.decide(merged, link(), context()))
    (left,) = sent(case.decide(merged, UnlinkReport(case_id=C, report_id="r", unpublished=1), context()))

    assert (onward.unpublished, left.unpublished) == (1, 1)  # type: ignore[attr-defined]


def test_a_case_that_lives_again_is_counted_anew() -> None:
    lost = after(an_open_case(C), merge_of(C, "gone"), RINA, at=NOON + timedelta(hours=1))
    (revive,) = mend({C: Seen(case=lost, reports=3, unpublished=2)}, [C])
    assert isinstance(revive, ReviveCase)

    assert told(after(lost, revive)) == (1, 3)
