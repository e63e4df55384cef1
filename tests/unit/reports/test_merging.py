"""What an older version left behind."""

from dataclasses import replace
from typing import Any

from libs.contracts.reports.case import CloseCase, ReopenCase, ResumeMerge, ReviveCase
from libs.contracts.reports.parts import Reference
from libs.contracts.words import CaseState
from services.reports.case import rules as case
from services.reports.case.follow_ups import after_case
from services.reports.case.state import Case
from services.reports.merging import Seen, mend
from tests.unit.reports.builders import RINA, a_draft, after, an_open_case, context

SMALL, LARGE, THIRD = (f"00000000-0000-5000-8000-00000000000{n}" for n in "abc")


def left_behind(case_id: str, into: str, **more: Any) -> Case:
    """As the older version stored it: nothing of how it was merged, and nothing taken along."""
    state = {"state": CaseState.MERGED, "merged_into": into, "moving": False, **more}
    return an_open_case(case_id).model_copy(update=state)


def seen(*cases: Case, **reports: int) -> dict[str, Seen]:
    return {c.case_id: Seen(c, reports=reports.get(f"c{c.case_id[-1]}", 0)) for c in cases}


def test_two_cases_lost_in_each_other_are_found_and_the_smaller_lives_with_all_their_reports() -> None:
    lost = seen(left_behind(SMALL, LARGE), left_behind(LARGE, SMALL), left_behind(THIRD, LARGE), ca=1, cb=4, cc=2)

    (revive,) = mend(lost, lost)

    assert isinstance(revive, ReviveCase)
    alive = after(lost[SMALL].case, revive)
    assert (alive.case_id, alive.merged_into, alive.askers, alive.state) == (SMALL, None, 7, CaseState.OPEN)
    mended = lost | {SMALL: replace(lost[SMALL], case=alive)}
    assert {type(c).__name__ for c in mend(mended, mended)} == {"ResumeMerge"}


def test_a_case_merged_into_nothing_lives_again() -> None:
    lost = seen(left_behind(SMALL, "nowhere"), ca=2)

    (revive,) = mend(lost, lost)

    assert (revive.target, after(lost[SMALL].case, revive).merged_into) == (SMALL, None)


def test_reports_that_wait_in_a_case_of_old_that_was_closed_without_an_answer_open_it_again() -> None:
    closed = an_open_case(LARGE).model_copy(update={"state": CaseState.CLOSED})
    lost = seen(closed, left_behind(SMALL, LARGE, brought=True), cb=3)

    (reopen,) = mend(lost, lost)

    assert isinstance(reopen, ReopenCase)
    assert after(closed, reopen).state == CaseState.OPEN


def test_a_closing_whose_reason_was_told_is_not_opened_again_by_itself() -> None:
    closed = after(an_open_case(LARGE), CloseCase(case_id=LARGE, reason="Tidak bisa diperiksa"), RINA)
    lost = seen(closed, left_behind(SMALL, LARGE, brought=True), cb=3)

    assert mend(lost, lost) == []
    assert list(case.decide(closed, ReopenCase(case_id=LARGE, reason="waiting"), context())) == []


def test_draft_and_sources_that_were_left_behind_come_after_and_are_counted_once() -> None:
    source = Reference(title="Rilis", url="https://dinas.example/rilis")
    drafted = {"draft": a_draft(), "draft_number": 2, "author": RINA.id, "references": (source,), "brought": False}
    lost = seen(an_open_case(LARGE), left_behind(SMALL, LARGE, **drafted))

    (resume,) = mend(lost, lost)
    assert isinstance(resume, ResumeMerge)
    (resumed,) = case.decide(lost[SMALL].case, resume, context())
    (absorb,) = after_case(resumed)
    grown = after(lost[LARGE].case, absorb.command)

    assert (grown.draft, grown.references, grown.askers) == (a_draft(), (source,), 1)
    after_it = lost | {SMALL: replace(lost[SMALL], case=case.evolve(lost[SMALL].case, resumed))}
    assert mend(after_it, after_it) == []


def test_a_ring_of_which_one_case_changed_a_moment_ago_is_left_alone() -> None:
    lost = seen(left_behind(SMALL, LARGE), left_behind(LARGE, SMALL))
    lost[SMALL] = replace(lost[SMALL], still=False)

    assert mend(lost, lost) == []


def test_what_changed_a_moment_ago_is_left_alone() -> None:
    lost = {c: replace(s, still=False) for c, s in seen(left_behind(SMALL, LARGE), left_behind(LARGE, SMALL)).items()}

    assert mend(lost, lost) == []
