"""An office's own questions: what may be asked, and in which order."""

from typing import Any

import pytest

from libs.contracts.registry.questions import Question
from libs.contracts.registry.tenant import ChangeTenant, DefineQuestion, TenantSettings
from libs.runtime.errors import Refused
from services.registry.tenant import Tenant, decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, OPERATOR, context, create_tenant


def a_tenant(*questions: Question) -> Tenant:
    (created,) = decide(None, create_tenant(), context(OPERATOR))
    state = evolve(None, created)
    for question in questions:
        state = defined(state, question)
    return state


def defined(state: Tenant, question: Question, actor: Any = ADMIN) -> Tenant:
    (event,) = decide(state, DefineQuestion(tenant_id=CIREBON, question=question), context(actor))
    return evolve(state, event)


def refused(state: Tenant, question: Question, actor: Any = ADMIN) -> tuple[str, ...]:
    with pytest.raises(Refused) as error:
        defined(state, question, actor)
    return error.value.fields or (error.value.code,)


def a_question(id: str = "q1", **more: Any) -> Question:
    return Question.model_validate({"id": id, "text": f"Tanya {id}?", "type": "yes_no", "order": 10} | more)


MONEY = a_question("money", order=10)
HOW_MUCH = a_question("much", type="short_text", order=20, after="money", answer="yes")


def test_an_administrator_adds_questions_and_they_stand_in_their_order() -> None:
    state = a_tenant(a_question("b", order=20), a_question("a", order=10))

    assert [q.id for q in state.settings.questions] == ["a", "b"]


@pytest.mark.parametrize("actor", [None, OPERATOR])
def test_nobody_else_does(actor: Any) -> None:
    assert refused(a_tenant(), MONEY, actor) == ("role_missing",)


def test_one_of_the_same_id_takes_the_place_of_the_other() -> None:
    state = a_tenant(MONEY, a_question("money", text="Diminta uang?", retired=True))

    assert [(q.text, q.retired) for q in state.settings.questions] == [("Diminta uang?", True)]


def test_other_settings_leave_the_questions() -> None:
    state = a_tenant(MONEY)
    (event,) = decide(state, ChangeTenant(tenant_id=CIREBON, settings=TenantSettings(answer_hours=12)), context(ADMIN))

    assert evolve(state, event).settings.questions == (MONEY,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "\u200b"}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"text": "dua\nbaris"}, "text"),
        ({"type": "number"}, "type"),
        ({"kind": "spam"}, "kind"),
        ({"order": 1000}, "order"),
        ({"choices": "satu\ndua"}, "choices"),
        ({"type": "choice"}, "choices"),
        ({"type": "choice", "choices": "satu\nsatu"}, "choices"),
        ({"type": "choice", "choices": "\n".join(map(str, range(13)))}, "choices"),
        ({"id": "a/b"}, "id"),
        ({"answer": "yes"}, "answer"),
        ({"after": "nobody", "answer": "yes"}, "after"),
    ],
)
def test_what_cannot_be_asked_is_named_by_its_field(changes: dict[str, Any], field: str) -> None:
    assert refused(a_tenant(), a_question(**changes)) == (field,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order": 5}, "after"),
        ({"answer": "perhaps"}, "after"),
        ({"after": "much"}, "after"),
    ],
)
def test_a_question_hangs_on_an_earlier_one_with_an_answer_that_can_be_given(
    changes: dict[str, Any], field: str
) -> None:
    assert refused(a_tenant(MONEY), HOW_MUCH.model_copy(update=changes)) == (field,)


def test_a_question_of_every_kind_does_not_hang_on_one_of_a_single_kind() -> None:
    state = a_tenant(MONEY.model_copy(update={"kind": "complaint"}))

    assert refused(state, HOW_MUCH) == ("after",)
    assert len(defined(state, HOW_MUCH.model_copy(update={"kind": "complaint"})).settings.questions) == 2


def test_one_that_another_hangs_on_is_not_taken_away_before_it() -> None:
    state = a_tenant(MONEY, HOW_MUCH)
    gone = MONEY.model_copy(update={"retired": True})

    assert refused(state, gone) == ("order",)
    state = defined(state, HOW_MUCH.model_copy(update={"retired": True}))
    assert all(q.retired for q in defined(state, gone).settings.questions)


def test_twenty_are_asked_and_no_more() -> None:
    state = a_tenant(*(a_question(f"q{n}", order=n) for n in range(20)))

    assert refused(state, a_question("one-more", order=500)) == ("retired",)
    state = defined(state, a_question("q3", order=3, retired=True))
    assert len(defined(state, a_question("one-more", order=500)).settings.questions) == 21
