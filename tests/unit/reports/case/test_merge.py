"""What comes along when one case joins another, and where everything goes that was meant for the one that joined."""

from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.reports.case import (
    AbsorbCase,
    AddReference,
    AdoptDraft,
    ApproveVerdict,
    AskSource,
    CaseAbsorbed,
    CaseMerged,
    CloseCase,
    LinkReports,
    MergeCase,
    RecordConfirmation,
    ReopenCase,
    ReviveCase,
    SaveDraft,
    TriageCase,
    UnlinkReport,
)
from libs.contracts.reports.parts import Way
from libs.contracts.words import CaseState
from libs.runtime.errors import Refused
from services.reports.case import rules as case
from services.reports.case.belongings import onward
from services.reports.case.follow_ups import after_case
from services.reports.case.state import Case
from tests.unit.reports.builders import (
    DIMAS,
    NOON,
    REFERENCE,
    RINA,
    a_case_in_review,
    a_draft,
    a_published_case,
    after,
    an_open_case,
    context,
    merge_of,
    refusal,
)

SMALL, LARGE, THIRD = (f"00000000-0000-5000-8000-00000000000{n}" for n in "abc")


def test_a_merge_adds_demand_and_keeps_the_earliest_clock() -> None:
    early, late = an_open_case(SMALL), an_open_case(LARGE)
    merged = after(late, merge_of(late.case_id, early.case_id), RINA)
    absorb = AbsorbCase(
        case_id=early.case_id,
        absorbed=late.case_id,
        count=3,
        first_at=NOON - timedelta(hours=2),
        answer_due_at=NOON + timedelta(hours=2),
    )

    absorbed = after(early, absorb)

    assert (merged.state, merged.moving) == (CaseState.MERGED, True)
    assert (absorbed.askers, absorbed.answer_due_at) == (4, NOON + timedelta(hours=2))


def test_two_cases_merged_into_each_other_leave_exactly_one_alive() -> None:
    small, large = an_open_case(SMALL), an_open_case(LARGE)
    small = after(small, merge_of(SMALL, LARGE), RINA)
    large = after(large, merge_of(LARGE, SMALL), RINA)
    half: dict[str, Any] = {"count": 1, "first_at": NOON, "answer_due_at": NOON, "merge": 1}

    small = after(small, AbsorbCase(case_id=SMALL, absorbed=LARGE, **half))
    large = after(large, AbsorbCase(case_id=LARGE, absorbed=SMALL, **half))

    assert [small.state, large.state] == [CaseState.OPEN, CaseState.MERGED]


def test_a_published_answer_is_not_merged_away() -> None:
    published = a_published_case()

    assert refusal(published, merge_of(published.case_id, "other")).code == "state_conflict"


def merged(state: Case, into: str, *, end: str | None = None) -> tuple[Case, AbsorbCase]:
    """The case that went, and what the other one is told."""
    (event,) = case.decide(state, merge_of(state.case_id, into, end=end), context(RINA))
    assert isinstance(event, CaseMerged)
    (follow,) = after_case(event)
    assert isinstance(follow.command, AbsorbCase)
    return case.evolve(state, event), follow.command


def joined(state: Case, other: Case) -> Case:
    return after(state, merged(other, state.case_id)[1])


def a_drafted_case(case_id: str, **draft: Any) -> Case:
    opened = after(an_open_case(case_id), AddReference(case_id=case_id, reference=REFERENCE), RINA)
    return after(opened, SaveDraft(case_id=case_id, draft=a_draft(**draft), expects=0), RINA)


def test_a_merge_into_a_merged_case_leads_to_where_that_one_went() -> None:
    gone, _ = merged(an_open_case(LARGE), THIRD, end=SMALL)

    assert gone.merged_into == SMALL


def test_a_stale_page_cannot_merge_a_case_into_one_that_went_into_it() -> None:
    with pytest.raises(Refused) as refused:
        list(case.decide(an_open_case(SMALL), merge_of(SMALL, LARGE, end=SMALL), context(RINA)))

    assert (refused.value.code, refused.value.fields) == ("merged_here", ("into",))


def test_a_merge_into_a_case_that_is_not_there_is_refused_beside_its_field() -> None:
    with pytest.raises(Refused) as refused:
        list(case.decide(an_open_case(SMALL), MergeCase(case_id=SMALL, into="elsewhere"), context(RINA)))

    assert (refused.value.code, refused.value.fields) == ("validation", ("into",))


@pytest.mark.parametrize("first", [SMALL, LARGE, THIRD])
def test_three_cases_merged_in_a_ring_at_once_leave_the_smallest_alive(first: str) -> None:
    ring = {SMALL: LARGE, LARGE: THIRD, THIRD: SMALL}
    states, halves = {}, {}
    for one, into in ring.items():
        states[one], halves[one] = merged(an_open_case(one), into)
    order = [first, *(c for c in ring if c != first)]

    for one in order:
        waiting = [halves[one]]
        while waiting:
            command = waiting.pop()
            for event in case.decide(states[command.case_id], command, context()):
                states[command.case_id] = case.evolve(states[command.case_id], event)
                waiting += [f.command for f in after_case(event) if isinstance(f.command, AbsorbCase)]

    assert [states[c].merged_into for c in (SMALL, LARGE, THIRD)] == [None, THIRD, SMALL]
    assert states[SMALL].askers == 3


def test_the_draft_of_a_merged_case_becomes_the_draft_where_there_is_none() -> None:
    grown = joined(an_open_case(SMALL), a_drafted_case(LARGE))

    assert (grown.draft, grown.author, grown.state) == (a_draft(), RINA.id, CaseState.DRAFTING)
    assert grown.references == (REFERENCE,)
    # Whoever had the empty form open is told that there is a text now.
    assert grown.draft_number == 1


def test_a_source_that_both_cases_have_stands_once() -> None:
    assert joined(a_drafted_case(SMALL), a_drafted_case(LARGE)).references == (REFERENCE,)


def test_a_case_that_was_to_live_and_went_elsewhere_since_is_no_ring_any_more() -> None:
    came = Way(via=(SMALL, LARGE), lives=SMALL)

    assert onward(SMALL, LARGE, came) is None
    assert onward(SMALL, THIRD, came) == Way(via=(SMALL, LARGE))


def test_two_drafts_are_both_kept_and_either_can_be_taken() -> None:
    grown = joined(a_drafted_case(SMALL), a_drafted_case(LARGE, fact="Bantuan itu ada, tetapi tanpa biaya."))
    (spare,) = grown.spare_drafts

    adopted = after(grown, AdoptDraft(case_id=SMALL, of=LARGE, expects=1), DIMAS)

    assert (grown.draft.fact, spare.draft.fact) == (a_draft().fact, "Bantuan itu ada, tetapi tanpa biaya.")
    assert (adopted.draft, adopted.author) == (spare.draft, RINA.id)
    assert [s.draft for s in adopted.spare_drafts] == [grown.draft]


def test_who_wrote_an_adopted_draft_does_not_approve_it() -> None:
    writer = type(RINA)(DIMAS.id, ("verifier", "approver"))
    drafted = after(an_open_case(LARGE), SaveDraft(case_id=LARGE, draft=a_draft(), expects=0), writer)
    grown = joined(a_drafted_case(SMALL, fact="Lain"), drafted)
    adopted = after(grown, AdoptDraft(case_id=SMALL, of=LARGE, expects=1), RINA)
    reviewed = adopted.model_copy(update={"state": CaseState.IN_REVIEW})

    with pytest.raises(Refused) as refused:
        list(case.decide(reviewed, ApproveVerdict(case_id=SMALL, expects=2), context(writer)))

    assert refused.value.code == "self_approval"


def test_a_draft_in_review_is_not_touched_by_one_that_comes_along() -> None:
    reviewed = a_case_in_review()

    grown = joined(reviewed, a_drafted_case(LARGE, fact="Lain"))

    assert (grown.state, grown.draft, len(grown.spare_drafts)) == (CaseState.IN_REVIEW, reviewed.draft, 1)


def test_the_highest_severity_holds_and_asks_for_the_second_approver() -> None:
    grave = after(an_open_case(LARGE), TriageCase(case_id=LARGE, severity=3, topic="disaster"), RINA)
    reviewed = a_case_in_review()
    decided = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    assert joined(reviewed, grave).approvals_needed == 2
    again = joined(decided, grave)
    assert (again.severity, again.state, again.topic) == (3, CaseState.IN_REVIEW, "social_aid")


def test_a_party_that_was_asked_is_still_awaited_one_after_the_other() -> None:
    def asked(case_id: str, party: str) -> Case:
        until = NOON + timedelta(hours=9)
        return after(an_open_case(case_id), AskSource(case_id=case_id, party=party, due_at=until), RINA)

    alone = joined(an_open_case(SMALL), asked(LARGE, "Dinsos"))
    both = joined(asked(SMALL, "PDAM"), asked(LARGE, "Dinsos"))
    answer = RecordConfirmation(case_id=SMALL, text="Tidak ada.")
    first = after(both, answer, RINA, at=NOON + timedelta(hours=1))

    assert (alone.state, alone.party) == (CaseState.AWAITING_CONFIRMATION, "Dinsos")
    assert (first.state, first.party) == (CaseState.AWAITING_CONFIRMATION, "Dinsos")
    assert after(first, answer, RINA, at=NOON + timedelta(hours=2)).state == CaseState.INVESTIGATING


def test_a_case_closed_without_an_answer_is_taken_up_again_by_one_that_joins_it() -> None:
    closed = after(an_open_case(SMALL), CloseCase(case_id=SMALL, reason="Tidak bisa diperiksa"), RINA)

    grown = joined(closed, an_open_case(LARGE))

    assert (grown.state, grown.closed_at, grown.askers) == (CaseState.OPEN, None, 2)


def test_an_answer_that_rests_answers_who_joins_it_and_rests_on() -> None:
    rests = after(a_published_case(), CloseCase(case_id="c"), RINA)
    _, absorb = merged(an_open_case(LARGE), rests.case_id)

    (event,) = case.decide(rests, absorb, context())
    assert isinstance(event, CaseAbsorbed)
    (count,) = after_case(event)

    assert case.evolve(rests, event).state == CaseState.CLOSED
    assert (count.step, event.clarification_id) == ("count", rests.clarification_id)


def test_a_report_that_joins_an_answer_that_rests_is_answered_and_leaves_it_at_rest() -> None:
    rests = after(a_published_case(), CloseCase(case_id="c"), RINA)

    joined_late = after(rests, LinkReports(case_id=rests.case_id, report_ids=("late",), first_received_at=NOON))

    assert (joined_late.state, joined_late.askers) == (CaseState.CLOSED, rests.askers + 1)


def test_a_retracted_answer_stays_retracted_when_its_case_is_opened_again() -> None:
    retracted = after(a_published_case(), ReopenCase(case_id="c", reason="retracted"))
    closed = retracted.model_copy(update={"state": CaseState.CLOSED})

    assert not after(closed, ReopenCase(case_id="c", reason="waiting")).answered


def test_a_report_that_leaves_a_merged_case_is_taken_off_where_it_was_counted() -> None:
    gone, absorb = merged(an_open_case(LARGE), SMALL)
    (left,) = case.decide(gone, UnlinkReport(case_id=LARGE, report_id="report-1"), context())
    (unlink,) = after_case(left)

    grown = after(after(an_open_case(SMALL), absorb), unlink.command)

    assert unlink.command.target == SMALL
    assert grown.askers == 1


def test_a_case_that_lives_again_may_be_merged_again_and_takes_all_along_once() -> None:
    gone, old = merged(an_open_case(SMALL), LARGE)
    alive = after(gone, ReviveCase(case_id=SMALL, merge=1, askers=1))
    again, _ = merged(alive, THIRD)

    # Its first merge comes home round a ring, after the second: it says nothing new.
    stale = replace_way(old, case_id=SMALL)
    assert list(case.decide(again, stale, context())) == []
    assert again.merges == 2


def replace_way(command: AbsorbCase, *, case_id: str) -> AbsorbCase:
    way = command.way.model_copy(update={"via": (SMALL, LARGE)})
    return command.model_copy(update={"case_id": case_id, "way": way})
