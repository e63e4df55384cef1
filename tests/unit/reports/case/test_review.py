"""A draft, the people who look at it, and its publication."""

from typing import Any

import pytest

from libs.contracts.reports.case import (
    AddReference,
    ApproveVerdict,
    PublishCase,
    ReturnDraft,
    SaveDraft,
    TriageCase,
)
from libs.contracts.words import CaseState
from services.reports.case.state import Case
from tests.unit.reports.builders import (
    DIMAS,
    LESTARI,
    REFERENCE,
    RINA,
    a_case_in_review,
    a_draft,
    a_published_case,
    after,
    an_open_case,
    refusal,
)


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


def a_case_of_severity(level: int, **draft: Any) -> Case:
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
