"""The office's own questions beside a report: which are asked, and whether what was answered fits them. No I/O.

A question that hangs on the answer of another is asked once that was given; what was answered to one that is not asked
(any more) is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi.exceptions import RequestValidationError

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.questions import ANY_KIND, LONGEST_ANSWER, NO, YES, AnswerType, Question
from libs.contracts.reports.parts import QuestionAnswer
from libs.contracts.words import ReportKind
from libs.kit import areas
from libs.kit.visible import is_visible

FIELD = "answer-"
"""Begins the names of the fields in pages; the question's id follows."""


def of_kind(questions: Sequence[Question], kind: ReportKind) -> tuple[Question, ...]:
    """All that may be asked of such a report, in their order."""
    return tuple(q for q in questions if not q.retired and q.kind in (ANY_KIND, kind))


def asked(questions: Sequence[Question], kind: ReportKind, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """Those that are asked when this much is answered."""
    found: dict[str, Question] = {}
    for question in of_kind(questions, kind):
        # One that hangs on another comes after it.
        if not question.after or (question.after in found and answers.get(question.after) == question.answer):
            found[question.id] = question
    return tuple(found.values())


def problem_with(question: Question, answer: str, office: TenantRecord) -> str | None:
    """A code: `required`, `string_too_long`, `answer_invalid`."""
    if not is_visible(answer):
        return "required" if question.required else None
    if len(answer) > LONGEST_ANSWER:
        return "string_too_long"
    return None if _fits(question, answer, office) else "answer_invalid"


def _fits(question: Question, answer: str, office: TenantRecord) -> bool:
    match question.type:
        case AnswerType.YES_NO:
            return answer in (YES, NO)
        case AnswerType.CHOICE:
            return answer in question.options
        case AnswerType.DATE:
            return _is_date(answer)
        case AnswerType.PLACE:
            return areas.exists(answer) and areas.is_within(answer, office.region_code)
    return "\0" not in answer


def _is_date(answer: str) -> bool:
    try:
        return date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        return False


def check(office: TenantRecord, kind: ReportKind, answers: Mapping[str, str]) -> None:
    """What a program answered, or a form at its end.

    Raises:
        RequestValidationError: of each answer that does not fit, beside its question: as `problem_with`, and
            `question_unknown`, `question_retired`, `question_not_asked`.
    """
    known = {q.id: q for q in office.settings.questions}
    wanted = asked(office.settings.questions, kind, answers)
    wrong = {q.id: found for q in wanted if (found := problem_with(q, answers.get(q.id, ""), office)) is not None}
    for given in answers.keys() - {q.id for q in wanted}:
        question = known.get(given)
        wrong[given] = (
            "question_unknown" if question is None else "question_retired" if question.retired else "question_not_asked"
        )
    if wrong:
        raise RequestValidationError(
            [
                {
                    "loc": ("body", "answers", id_),
                    "type": code,
                    "msg": code,
                    "input": answers.get(id_, ""),
                    "ctx": {"max_length": LONGEST_ANSWER},
                }
                for id_, code in wrong.items()
            ]
        )


def told(office: TenantRecord, kind: ReportKind, answers: Mapping[str, str]) -> tuple[QuestionAnswer, ...]:
    """What goes along with the report: each with the words in which it was asked."""
    return tuple(
        QuestionAnswer(question=q.id, text=q.text, type=q.type, answer=answers[q.id].strip())
        for q in asked(office.settings.questions, kind, answers)
        if is_visible(answers.get(q.id, ""))
    )
