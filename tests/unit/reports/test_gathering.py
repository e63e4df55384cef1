"""Which small cases are looked at again while an event is told by many, and where their reports would go."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.reports.case import AddReference, JudgeSuggestion, LeaseCase, UnlinkReport
from services.reports.case.rules import decide
from services.reports.case.state import Case
from services.reports.gathering import destination, is_small, probes
from services.reports.matching.questions import Answer, Found
from services.reports.steps import LEFT, gathered, gathered_into
from tests.unit.reports.builders import REFERENCE, RINA, after, an_open_case, context

SMALL, LARGE = (str(UUID(int=n)) for n in (1, 2))


def answer(decision: str = "match", **more: Any) -> Answer:
    return Answer(
        id="report-1", decision=decision, candidates=(Found(case_id=LARGE, kind="case", score=0.95, **more),)
    )


def test_the_reports_of_a_case_go_to_one_that_is_told_more_often() -> None:
    case = an_open_case(SMALL)

    assert is_small(case, {LARGE: 12})
    assert destination(case, answer(), {LARGE: 12}) == LARGE


@pytest.mark.parametrize(
    ("found", "surges"),
    [
        (answer(), {}),
        (answer(), {"another": 12}),
        (answer("suggest"), {LARGE: 12}),
        (answer(clarification_id="k"), {LARGE: 12}),
        (Answer(id="report-1", decision="none"), {LARGE: 12}),
    ],
    ids=["no surge", "another one's", "unsure", "an answer", "nothing"],
)
def test_nothing_is_gathered_elsewhere(found: Answer, surges: dict[str, int]) -> None:
    assert destination(an_open_case(SMALL), found, surges) is None


@pytest.mark.parametrize(
    ("sample", "asked"), [((), ""), (("a",), "a"), (("a", "b"), "ab"), (tuple("abcdefg"), "aceg")]
)
def test_a_case_is_asked_about_by_a_few_of_its_reports(sample: tuple[str, ...], asked: str) -> None:
    assert probes(an_open_case(SMALL).model_copy(update={"sample": sample})) == set(asked)


def test_the_larger_of_two_cases_keeps_its_reports() -> None:
    case = an_open_case(SMALL).model_copy(update={"askers": 12})

    assert not is_small(case, {LARGE: 12, SMALL: 40})
    assert destination(case, answer(), {LARGE: 12}) is None


def worked_on() -> list[Case]:
    case = an_open_case(SMALL)
    judged = JudgeSuggestion(case_id=SMALL, other="x", relation="different", known=True)
    commands = (LeaseCase(case_id=SMALL), AddReference(case_id=SMALL, reference=REFERENCE), judged)
    return [after(case, command, RINA) for command in commands]


def test_a_case_is_left_alone_once_somebody_has_done_anything_with_it() -> None:
    assert an_open_case(SMALL).is_untouched
    assert not any(case.is_untouched for case in worked_on())


def test_a_case_tells_in_one_line_where_its_reports_went() -> None:
    case = an_open_case(SMALL)
    command = UnlinkReport(case_id=SMALL, report_id="report-1", gathered_into=LARGE)
    (left,) = decide(case, command, context())
    at = datetime(2026, 11, 24, 6, tzinfo=UTC)
    other = {"type": LEFT, "at": at, "data": {"gathered_into": None}}
    history = [other, *({"type": LEFT, "at": at.replace(minute=m), "data": left.model_dump()} for m in (1, 2))]

    (line,) = gathered(history, {LARGE: "KSS-2"})

    assert gathered_into(history) == {LARGE}
    assert (line.what, line.count, line.party, line.at) == ("gathered", 2, "KSS-2", at.replace(minute=2))
