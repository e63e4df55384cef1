"""What a case allows, as its office would say it."""

from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.reports.case import (
    AbsorbCase,
    AddReference,
    AdvanceWatch,
    ApproveVerdict,
    AskSource,
    JudgeSuggestion,
    LeaseCase,
    LinkReports,
    PublishCase,
    RecordConfirmation,
    ReturnDraft,
    SaveDraft,
    TriageCase,
    UnlinkReport,
)
from libs.contracts.reports.parts import Candidate
from libs.contracts.words import CaseState
from libs.runtime.errors import Refused
from services.reports import case
from tests.unit.reports.builders import (
    DIMAS,
    LESTARI,
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
)

SMALL, LARGE = "00000000-0000-5000-8000-00000000000a", "00000000-0000-5000-8000-00000000000b"


def refusal(state: case.Case | None, command: Any, actor: Any = RINA, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        list(case.decide(state, command, context(actor, **more)))
    return refused.value


def test_the_first_report_opens_the_case_and_starts_its_clocks() -> None:
    opened = an_open_case()

    assert opened.state == CaseState.OPEN
    assert opened.askers == 1
    assert opened.answer_due_at == NOON + timedelta(hours=24)


def test_a_report_cannot_join_a_case_that_never_was() -> None:
    late = LinkReports(case_id="nowhere", report_ids=("r",), first_received_at=NOON)

    assert refusal(None, late, None).code == "not_found"


def test_nobody_without_a_role_works_on_a_case() -> None:
    opened = an_open_case()

    assert refusal(opened, LeaseCase(case_id=opened.case_id), None).code == "role_missing"


def test_the_author_cannot_approve_their_own_text() -> None:
    reviewed = a_case_in_review()
    author = type(RINA)(RINA.id, ("verifier", "approver"))

    assert refusal(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), author).code == "self_approval"


def test_one_approval_decides_an_ordinary_case() -> None:
    decided = after(a_case_in_review(), ApproveVerdict(case_id="c", expects=1), DIMAS)

    assert decided.state == CaseState.DECIDED
    assert decided.approvals == ("dimas",)


def test_a_claim_about_the_own_office_needs_two_approvers() -> None:
    reviewed = a_case_in_review(about_own_tenant=True)

    once = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)
    twice = after(once, ApproveVerdict(case_id=reviewed.case_id, expects=1), LESTARI)

    assert once.state == CaseState.IN_REVIEW
    assert refusal(once, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS).code == "already_approved"
    assert twice.state == CaseState.DECIDED


def test_a_grave_case_needs_two_approvers_also_when_it_became_grave_in_review() -> None:
    reviewed = a_case_in_review()

    grave = after(reviewed, TriageCase(case_id=reviewed.case_id, severity=4, topic="disaster"), RINA)
    once = after(grave, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    assert once.state == CaseState.IN_REVIEW


def test_an_approval_of_another_version_is_a_conflict() -> None:
    reviewed = a_case_in_review()

    assert refusal(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=7), DIMAS).code == "version_conflict"


def test_nothing_is_submitted_without_a_source() -> None:
    opened = an_open_case()
    save = SaveDraft(case_id=opened.case_id, draft=a_draft(), expects=0, submit=True)

    assert refusal(opened, save).code == "reference_missing"


def test_a_source_is_a_web_address() -> None:
    opened = an_open_case()
    script = REFERENCE.model_copy(update={"url": "javascript:alert(1)"})

    assert refusal(opened, AddReference(case_id=opened.case_id, reference=script)).fields == ("url",)


@pytest.mark.parametrize("field", ["claim", "fact", "explanation"])
def test_nothing_is_submitted_half_written(field: str) -> None:
    referenced = after(an_open_case(), AddReference(case_id="c", reference=REFERENCE), RINA)
    save = SaveDraft(case_id=referenced.case_id, draft=a_draft(**{field: " "}), expects=0, submit=True)

    refused = refusal(referenced, save)

    assert (refused.code, refused.fields) == ("draft_incomplete", (field,))


def test_the_question_about_the_own_office_must_be_answered() -> None:
    referenced = after(an_open_case(), AddReference(case_id="c", reference=REFERENCE), RINA)
    save = SaveDraft(case_id=referenced.case_id, draft=a_draft(about_own_tenant=None), expects=0, submit=True)

    assert refusal(referenced, save).fields == ("about_own_tenant",)


def test_two_people_writing_at_once_do_not_overwrite_each_other() -> None:
    opened = an_open_case()
    saved = after(opened, SaveDraft(case_id=opened.case_id, draft=a_draft(), expects=0), RINA)

    assert refusal(saved, SaveDraft(case_id=opened.case_id, draft=a_draft(), expects=0)).code == "version_conflict"


def test_a_returned_draft_loses_its_approvals_and_says_why() -> None:
    reviewed = a_case_in_review(about_own_tenant=True)
    once = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    returned = after(once, ReturnDraft(case_id=reviewed.case_id, note="Sumber kedua mana?"), LESTARI)

    assert (returned.state, returned.approvals, returned.return_note) == (
        CaseState.DRAFTING,
        (),
        "Sumber kedua mana?",
    )


def test_only_a_decided_case_is_published() -> None:
    reviewed = a_case_in_review()

    assert refusal(reviewed, PublishCase(case_id=reviewed.case_id), DIMAS).code == "state_conflict"
    assert a_published_case().state == CaseState.PUBLISHED


def test_a_correction_needs_a_note_and_the_same_two_eyes() -> None:
    published = a_published_case()
    silent = SaveDraft(case_id=published.case_id, draft=a_draft(), expects=1, submit=True)
    told = SaveDraft(case_id=published.case_id, draft=a_draft(change_note="Jamnya"), expects=1, submit=True)

    corrected = after(published, told, RINA)
    decided = after(corrected, ApproveVerdict(case_id=published.case_id, expects=2), DIMAS)
    again = after(decided, PublishCase(case_id=published.case_id), DIMAS)

    assert refusal(published, silent).fields == ("change_note",)
    assert (again.version, again.clarification_id) == (2, published.clarification_id)


def test_the_clock_stands_only_for_a_named_party_and_a_date() -> None:
    opened = an_open_case()
    nobody = AskSource(case_id=opened.case_id, party=" ", due_at=NOON + timedelta(hours=4))
    yesterday = AskSource(case_id=opened.case_id, party="Dinsos", due_at=NOON - timedelta(days=1))

    assert refusal(opened, nobody).fields == ("party",)
    assert refusal(opened, yesterday).fields == ("due_at",)


def test_an_answer_moves_the_deadline_by_as_long_as_the_clock_stood() -> None:
    opened = an_open_case()
    ask = AskSource(case_id=opened.case_id, party="Dinsos", due_at=NOON + timedelta(hours=9))
    asked = after(opened, ask, RINA)

    answer = RecordConfirmation(case_id=opened.case_id, text="Tidak ada program itu.")
    confirmed = after(asked, answer, RINA, at=NOON + timedelta(hours=5))

    assert case.index_fields(asked)["due"] is None
    assert confirmed.answer_due_at == opened.answer_due_at + timedelta(hours=5)
    assert confirmed.party is None


def test_a_case_in_hand_is_not_taken_by_another_until_the_lease_ends() -> None:
    leased = after(an_open_case(), LeaseCase(case_id="c"), RINA)

    assert refusal(leased, LeaseCase(case_id="c"), DIMAS).fields == ("leased_by",)
    later = after(leased, LeaseCase(case_id="c"), DIMAS, at=NOON + case.LEASE + timedelta(seconds=1))
    assert later.leased_by == "dimas"


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


def test_a_report_that_comes_to_a_merged_case_is_sent_on() -> None:
    merged = after(an_open_case(), merge_of("c", "other"), RINA)
    late = LinkReports(case_id=merged.case_id, report_ids=("late",), first_received_at=NOON)

    (linked,) = case.decide(merged, late, context())

    assert linked.merged_into == "other"  # type: ignore[attr-defined]
    assert case.evolve(merged, linked).askers == merged.askers


def test_a_case_that_nobody_asks_about_any_more_disappears_unless_somebody_worked_on_it() -> None:
    untouched = after(an_open_case(), UnlinkReport(case_id="c", report_id="report-1"))
    triaged = after(an_open_case(), TriageCase(case_id="c", severity=1, topic="other"), RINA)
    worked_on = after(triaged, UnlinkReport(case_id="c", report_id="report-1"))

    assert untouched.state == CaseState.CLOSED
    assert worked_on.state == CaseState.TRIAGED


def test_a_judged_suggestion_does_not_come_back() -> None:
    candidate = Candidate(id="x", kind="case", case_id="x", score=0.5)
    opened = an_open_case()
    suggested = after(
        opened,
        LinkReports(case_id=opened.case_id, report_ids=("r2",), first_received_at=NOON, suggestions=(candidate,)),
    )

    judged = after(suggested, JudgeSuggestion(case_id=opened.case_id, other="x", relation="campaign", known=True), RINA)
    again = after(
        judged,
        LinkReports(case_id=opened.case_id, report_ids=("r3",), first_received_at=NOON, suggestions=(candidate,)),
    )

    assert suggested.suggestions == (candidate,)
    assert again.suggestions == ()


def test_a_published_case_is_watched_and_then_rests_by_itself() -> None:
    published = a_published_case()

    early = list(case.decide(published, AdvanceWatch(case_id="c"), context()))
    watched = after(published, AdvanceWatch(case_id="c"), at=NOON + case.FRESH)
    rests = after(watched, AdvanceWatch(case_id="c"), at=NOON + case.WATCHED)

    assert early == []
    assert [watched.state, rests.state] == [CaseState.MONITORING, CaseState.CLOSED]


def a_case_of_severity(level: int, **draft: Any) -> case.Case:
    """In review, triaged before its draft was submitted."""
    opened = an_open_case()
    triaged = after(opened, TriageCase(case_id=opened.case_id, severity=level, topic="disaster"), RINA)
    referenced = after(triaged, AddReference(case_id=opened.case_id, reference=REFERENCE), RINA)
    save = SaveDraft(case_id=opened.case_id, draft=a_draft(**draft), expects=0, submit=True)
    return after(referenced, save, RINA)


@pytest.mark.parametrize(("level", "needed"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_from_severity_three_on_one_approver_is_not_enough(level: int, needed: int) -> None:
    reviewed = a_case_of_severity(level)

    once = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    assert reviewed.approvals_needed == needed
    assert once.state == (CaseState.DECIDED if needed == 1 else CaseState.IN_REVIEW)


@pytest.mark.parametrize(("level", "needed"), [(2, 1), (3, 2)])
def test_a_case_that_becomes_severe_in_review_needs_the_second_approver_from_severity_three(
    level: int, needed: int
) -> None:
    reviewed = a_case_of_severity(1)

    raised = after(reviewed, TriageCase(case_id=reviewed.case_id, severity=level, topic="disaster"), RINA)

    assert raised.approvals_needed == needed


def test_a_lower_severity_in_review_does_not_take_the_second_approver_away() -> None:
    reviewed = a_case_of_severity(3)

    lowered = after(reviewed, TriageCase(case_id=reviewed.case_id, severity=1, topic="other"), RINA)

    assert lowered.approvals_needed == 2


@pytest.mark.parametrize(("level", "taken"), [(0, False), (1, True), (4, True), (5, False)])
def test_severity_is_one_to_four(level: int, taken: bool) -> None:
    opened = an_open_case()
    triage = TriageCase(case_id=opened.case_id, severity=level, topic="other")

    if taken:
        assert after(opened, triage, RINA).severity == level
    else:
        assert refusal(opened, triage).fields == ("severity",)


def test_who_may_only_write_neither_approves_nor_returns() -> None:
    reviewed = a_case_in_review()
    writer = type(RINA)("sari", ("editor",))

    approve = ApproveVerdict(case_id=reviewed.case_id, expects=1)

    assert refusal(reviewed, approve, writer).code == "role_missing"
    assert refusal(reviewed, ReturnDraft(case_id=reviewed.case_id, note="x"), writer).code == "role_missing"


def test_a_draft_is_returned_only_while_it_is_looked_at_or_just_decided() -> None:
    writing, reviewed = an_open_case(), a_case_in_review()
    decided = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)
    note = ReturnDraft(case_id=reviewed.case_id, note="Sumber kedua mana?")

    assert refusal(writing, note, DIMAS).code == "state_conflict"
    assert after(decided, note, DIMAS).state == CaseState.DRAFTING
    assert refusal(a_published_case(), note, DIMAS).code == "state_conflict"


def test_an_approval_given_twice_by_one_person_stays_one() -> None:
    reviewed = a_case_of_severity(3)
    once = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    again = refusal(once, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)

    assert (again.code, once.approvals) == ("already_approved", ("dimas",))


def test_an_edited_draft_is_approved_anew() -> None:
    reviewed = a_case_of_severity(3)
    once = after(reviewed, ApproveVerdict(case_id=reviewed.case_id, expects=1), DIMAS)
    returned = after(once, ReturnDraft(case_id=reviewed.case_id, note="Jamnya?"), DIMAS)

    save = SaveDraft(case_id=reviewed.case_id, draft=a_draft(), expects=1, submit=True)
    resubmitted = after(returned, save, RINA)

    assert (resubmitted.approvals, resubmitted.approvals_needed) == ((), 2)


def test_a_lease_holds_until_its_last_second_and_no_longer() -> None:
    leased = after(an_open_case(), LeaseCase(case_id="c"), RINA)
    assert leased.leased_until is not None

    at_the_end = after(leased, LeaseCase(case_id="c"), DIMAS, at=leased.leased_until)
    before = refusal(leased, LeaseCase(case_id="c"), DIMAS, at=leased.leased_until - timedelta(seconds=1))

    assert at_the_end.leased_by == "dimas"
    assert before.fields == ("leased_by",)


def test_a_question_is_due_later_than_now() -> None:
    opened = an_open_case()
    now = AskSource(case_id=opened.case_id, party="Dinsos", due_at=NOON)

    assert refusal(opened, now).fields == ("due_at",)
    assert after(opened, AskSource(case_id="c", party="Dinsos", due_at=NOON + timedelta(seconds=1)), RINA).party


def test_a_case_takes_fifty_sources_and_the_same_one_once() -> None:
    opened = an_open_case()
    sources = [
        REFERENCE.model_copy(update={"url": f"https://dinas.example/{n}"}) for n in range(case.MOST_REFERENCES + 1)
    ]
    for source in sources[:-1]:
        opened = after(opened, AddReference(case_id="c", reference=source), RINA)

    again = list(case.decide(opened, AddReference(case_id="c", reference=sources[0]), context(RINA)))

    assert len(opened.references) == case.MOST_REFERENCES
    assert again == []
    assert refusal(opened, AddReference(case_id="c", reference=sources[-1])).fields == ("references",)


@pytest.mark.parametrize(
    ("state", "since", "moves"),
    [
        (CaseState.PUBLISHED, case.FRESH, True),
        (CaseState.PUBLISHED, case.FRESH - timedelta(seconds=1), False),
        (CaseState.MONITORING, case.WATCHED, True),
        (CaseState.MONITORING, case.WATCHED - timedelta(seconds=1), False),
    ],
)
def test_a_watch_ends_to_the_second(state: str, since: timedelta, moves: bool) -> None:
    watched = a_published_case().model_copy(update={"state": state})

    found = list(case.decide(watched, AdvanceWatch(case_id="c"), context(at=NOON + since)))

    assert bool(found) is moves


def test_a_case_with_two_reports_lives_on_when_one_leaves() -> None:
    opened = an_open_case()
    both = after(opened, LinkReports(case_id=opened.case_id, report_ids=("r2",), first_received_at=NOON))

    one = after(both, UnlinkReport(case_id=opened.case_id, report_id="report-1"))

    assert (one.state, one.askers, one.sample) == (CaseState.OPEN, 1, ("r2",))
