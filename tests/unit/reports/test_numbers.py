"""Numbers that people may add up."""

from datetime import timedelta

import pytest

from libs.contracts.words import ReportState
from services.reports.numbers import middle, what_became_of


@pytest.mark.parametrize("state", list(ReportState))
def test_every_report_is_counted_once_whatever_its_state(state: ReportState) -> None:
    for answered in ({"case"}, set[str]()):
        found = what_became_of({(state, "case"): 7}, answered)

        assert found.received == 7
        assert sorted((found.answered, found.waiting, found.ended)) == [0, 0, 7]


def test_a_report_is_answered_by_the_answer_of_its_case_and_waits_again_when_it_was_opened_again() -> None:
    tally = [(("linked", "a"), 30), (("linked", "b"), 4), (("reopened", "a"), 2), (("received", "None"), 1)]

    found = what_became_of(dict(tally), {"a"})

    assert (found.answered, found.waiting, found.ended) == (30, 7, 0)


def test_what_was_withdrawn_or_not_taken_up_neither_waits_nor_was_answered() -> None:
    found = what_became_of({("withdrawn", "a"): 2, ("screened_out", "None"): 3}, {"a"})

    assert (found.answered, found.waiting, found.ended) == (0, 0, 5)


def test_the_middle_of_two_lies_between_them_and_of_none_is_none() -> None:
    assert middle([timedelta(hours=2), timedelta(hours=5)]) == 3.5
    assert middle([]) is None
