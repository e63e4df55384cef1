"""A case is watched after its answer, and then rests."""

from datetime import timedelta

import pytest

from libs.contracts.reports.case import AdvanceWatch
from libs.contracts.words import CaseState
from services.reports.case import ending
from services.reports.case import rules as case
from tests.unit.reports.builders import NOON, a_published_case, after, context


def test_a_published_case_is_watched_and_then_rests_by_itself() -> None:
    published = a_published_case()

    early = list(case.decide(published, AdvanceWatch(case_id="c"), context()))
    watched = after(published, AdvanceWatch(case_id="c"), at=NOON + ending.FRESH)
    rests = after(watched, AdvanceWatch(case_id="c"), at=NOON + ending.WATCHED)

    assert early == []
    assert [watched.state, rests.state] == [CaseState.MONITORING, CaseState.CLOSED]


@pytest.mark.parametrize(
    ("state", "since", "moves"),
    [
        (CaseState.PUBLISHED, ending.FRESH, True),
        (CaseState.PUBLISHED, ending.FRESH - timedelta(seconds=1), False),
        (CaseState.MONITORING, ending.WATCHED, True),
        (CaseState.MONITORING, ending.WATCHED - timedelta(seconds=1), False),
    ],
)
def test_a_watch_ends_to_the_second(state: str, since: timedelta, moves: bool) -> None:
    watched = a_published_case().model_copy(update={"state": state})

    found = list(case.decide(watched, AdvanceWatch(case_id="c"), context(at=NOON + since)))

    assert bool(found) is moves
