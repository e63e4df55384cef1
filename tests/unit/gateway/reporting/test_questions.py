"""Which of the office's questions are asked of a report, and what may be answered."""

from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.questions import Question
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.words import ReportKind
from services.gateway.reporting import questions

HOAX, COMPLAINT = ReportKind.HOAX, ReportKind.COMPLAINT


def a_question(id: str, **more: Any) -> Question:
    return Question.model_validate({"id": id, "text": f"Tanya {id}?", "type": "short_text"} | more)


def an_office(*asked: Question) -> TenantRecord:
    return TenantRecord(
        id="t1",
        version=1,
        slug="kota",
        region_code="32.74",
        prefix="CRB",
        branding=Branding(name="n", office="o", government="g"),
        settings=TenantSettings(questions=asked),
    )


MONEY = a_question("money", type="yes_no", order=1, required=True)
HOW_MUCH = a_question("much", order=2, after="money", answer="yes", required=True)
BANK = a_question("bank", type="choice", choices="BCA\nBRI", order=3, after="money", answer="yes")
WHERE = a_question("where", type="place", order=4, kind="complaint")
OLD = a_question("old", retired=True)
OFFICE = an_office(MONEY, HOW_MUCH, BANK, WHERE, OLD)


def ids(kind: ReportKind, **answers: str) -> list[str]:
    return [q.id for q in questions.asked(OFFICE.settings.questions, kind, answers)]


def wrong(kind: ReportKind, **answers: str) -> dict[str, str]:
    try:
        questions.check(OFFICE, kind, answers)
    except RequestValidationError as error:
        return {str(e["loc"][-1]): e["type"] for e in error.errors()}
    return {}


def test_a_question_is_asked_once_what_it_hangs_on_is_answered_so() -> None:
    assert ids(HOAX) == ["money"]
    assert ids(HOAX, money="no") == ["money"]
    assert ids(HOAX, money="yes") == ["money", "much", "bank"]
    assert ids(COMPLAINT, money="yes") == ["money", "much", "bank", "where"]


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({}, {"money": "required"}),
        ({"money": "yes"}, {"much": "required"}),
        ({"money": "no"}, {}),
        ({"money": "maybe"}, {"money": "answer_invalid"}),
        ({"money": "no", "much": "50 ribu"}, {"much": "question_not_asked"}),
        ({"money": "yes", "much": "x" * 301}, {"much": "string_too_long"}),
        ({"money": "yes", "much": "\u200b"}, {"much": "required"}),
        ({"money": "yes", "much": "50", "bank": "BNI"}, {"bank": "answer_invalid"}),
        ({"money": "no", "nobody": "x"}, {"nobody": "question_unknown"}),
        ({"money": "no", "old": "x"}, {"old": "question_retired"}),
    ],
)
def test_what_does_not_fit_is_said_beside_its_question(answers: dict[str, str], errors: dict[str, str]) -> None:
    assert wrong(HOAX, **answers) == errors


@pytest.mark.parametrize(
    ("area", "error"), [("32.74.02", None), ("32.75.01", "answer_invalid"), ("kota", "answer_invalid")]
)
def test_a_place_lies_in_the_office(area: str, error: str | None) -> None:
    assert questions.problem_with(WHERE, area, OFFICE) == error


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-08-03", None),
        ("3 Agustus", "answer_invalid"),
        ("2026-02-30", "answer_invalid"),
        ("20260803", "answer_invalid"),
    ],
)
def test_a_date_is_one_of_the_calendar(day: str, error: str | None) -> None:
    assert questions.problem_with(a_question("since", type="date"), day, OFFICE) == error


def test_with_the_report_goes_each_question_as_it_was_asked() -> None:
    told = questions.told(OFFICE, HOAX, {"money": "yes", "much": " 50 ribu ", "old": "x"})

    assert [(a.question, a.text, a.answer) for a in told] == [
        ("money", "Tanya money?", "yes"),
        ("much", "Tanya much?", "50 ribu"),
    ]
