"""Working on a case."""

from datetime import timedelta

import pytest

from libs.contracts.reports.case import (
    AddReference,
    AskSource,
    HandOverCase,
    JudgeSuggestion,
    LeaseCase,
    LinkReports,
    RecordConfirmation,
    TriageCase,
)
from libs.contracts.reports.parts import Candidate
from libs.runtime.errors import Refused
from services.reports.case import rules as case
from services.reports.case import work
from services.reports.case.state import MOST_REFERENCES
from tests.unit.reports.builders import (
    DIMAS,
    NOON,
    REFERENCE,
    RINA,
    after,
    an_open_case,
    context,
    refusal,
)

SMALL, LARGE, THIRD = (f"00000000-0000-5000-8000-00000000000{n}" for n in "abc")


def test_nobody_without_a_role_works_on_a_case() -> None:
    opened = an_open_case()

    assert refusal(opened, LeaseCase(case_id=opened.case_id), None).code == "role_missing"


def test_a_source_is_a_web_address() -> None:
    opened = an_open_case()
    script = REFERENCE.model_copy(update={"url": "javascript:alert(1)"})

    assert refusal(opened, AddReference(case_id=opened.case_id, reference=script)).fields == ("url",)


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
    later = after(leased, LeaseCase(case_id="c"), DIMAS, at=NOON + work.LEASE + timedelta(seconds=1))
    assert later.leased_by == "dimas"


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


@pytest.mark.parametrize(("level", "taken"), [(0, False), (1, True), (4, True), (5, False)])
def test_severity_is_one_to_four(level: int, taken: bool) -> None:
    opened = an_open_case()
    triage = TriageCase(case_id=opened.case_id, severity=level, topic="other")

    if taken:
        assert after(opened, triage, RINA).severity == level
    else:
        assert refusal(opened, triage).fields == ("severity",)


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
    sources = [REFERENCE.model_copy(update={"url": f"https://dinas.example/{n}"}) for n in range(MOST_REFERENCES + 1)]
    for source in sources[:-1]:
        opened = after(opened, AddReference(case_id="c", reference=source), RINA)

    again = list(case.decide(opened, AddReference(case_id="c", reference=sources[0]), context(RINA)))

    assert len(opened.references) == MOST_REFERENCES
    assert again == []
    assert refusal(opened, AddReference(case_id="c", reference=sources[-1])).fields == ("references",)


def test_an_unknown_suggestion_is_refused_beside_its_field() -> None:
    judge = JudgeSuggestion(case_id=SMALL, other="elsewhere", relation="different")

    with pytest.raises(Refused) as refused:
        list(case.decide(an_open_case(SMALL), judge, context(RINA)))

    assert (refused.value.code, refused.value.fields) == ("validation", ("other",))


def test_a_case_is_given_to_an_officer_of_the_office_only() -> None:
    triage = TriageCase(case_id=SMALL, severity=1, topic="law", owner="a stranger")

    with pytest.raises(Refused) as refused:
        list(case.decide(an_open_case(SMALL), triage, context(RINA)))

    assert (refused.value.code, refused.value.fields) == ("validation", ("owner",))
    known = triage.model_copy(update={"owner": RINA.id, "owner_known": True})
    assert after(an_open_case(SMALL), known, RINA).owner == RINA.id


@pytest.mark.parametrize(("days", "taken"), [(365, True), (365.1, False), (365 * 4_281, False)])
def test_a_party_is_asked_for_an_answer_within_a_year(days: float, taken: bool) -> None:
    ask = AskSource(case_id=SMALL, party="Dinsos", due_at=NOON + timedelta(days=days))

    if taken:
        assert after(an_open_case(SMALL), ask, RINA).party == "Dinsos"
        return
    with pytest.raises(Refused) as refused:
        list(case.decide(an_open_case(SMALL), ask, context(RINA)))
    assert refused.value.fields == ("due_at",)


def test_what_somebody_held_who_has_left_goes_to_the_heir() -> None:
    held = after(an_open_case(), LeaseCase(case_id=an_open_case().case_id), RINA)
    triage = TriageCase(case_id=held.case_id, severity=2, topic="", owner=RINA.id, owner_known=True)
    held = after(held, triage, RINA)
    over = HandOverCase(case_id=held.case_id, officer=RINA.id, gone=True, heir=DIMAS.id)

    state = after(held, over, None)

    assert (state.owner, state.leased_by, state.leased_until) == (DIMAS.id, None, None)
    assert not list(case.decide(state, over, context(None))), "told twice, it changes nothing"
    assert not list(case.decide(held, over.model_copy(update={"gone": False}), context(None)))
    assert after(held, over.model_copy(update={"heir": None}), None).owner is None
