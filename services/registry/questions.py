"""An office's questions to its reporters: whether one more, or one changed, leaves a list that can be asked."""

from collections.abc import Sequence

from libs.contracts.registry.questions import ANY_KIND, MOST_ASKED, NO, YES, AnswerType, Question
from libs.contracts.words import ReportKind
from services.registry import fields

FEWEST_OPTIONS, MOST_OPTIONS, LONGEST_OPTION = 2, 12, 80
MOST_KEPT = 100
"""With those that are retired: their answers name them."""


def with_question(questions: Sequence[Question], question: Question) -> tuple[Question, ...]:
    """In the order in which they are asked."""
    return tuple(sorted((*(q for q in questions if q.id != question.id), question), key=lambda q: q.place))


def check(questions: Sequence[Question], question: Question) -> None:
    """
    Raises:
        Refused: `validation`, with the field of the question that does not fit.
    """
    _check_alone(question)
    together = with_question(questions, question)
    asked = [q for q in together if not q.retired]
    fields.require(len(asked) <= MOST_ASKED, "retired")
    fields.require(len(together) <= MOST_KEPT, "id")
    by_id = {q.id: q for q in asked}
    for one in asked:
        field = "after" if one.id == question.id else "order"
        fields.require(not one.after or _can_follow(one, by_id.get(one.after)), field)
    if question.after and not question.retired:
        fields.require(question.answer in _answers(by_id[question.after]), "answer")


def _check_alone(question: Question) -> None:
    fields.identifier(question.id, "id")
    fields.line(question.text, "text", longest=200)
    fields.line(question.text_en, "text_en", longest=200, empty=True)
    fields.require(question.type in set(AnswerType), "type")
    fields.require(question.kind in {ANY_KIND, *ReportKind}, "kind")
    fields.require(0 <= question.order <= 999, "order")
    fields.require(bool(question.after) == bool(question.answer), "answer")
    options = question.options
    if question.type != AnswerType.CHOICE:
        fields.require(not options, "choices")
        return
    fields.require(FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS, "choices")
    fields.require(len(set(options)) == len(options), "choices")
    for option in options:
        fields.line(option, "choices", longest=LONGEST_OPTION)


def _can_follow(question: Question, before: Question | None) -> bool:
    """It is asked after the other, of the same reports, and what was answered can be one of a few."""
    if before is None or before.place >= question.place or question.answer not in _answers(before):
        return False
    return before.kind in (ANY_KIND, question.kind)


def _answers(question: Question) -> tuple[str, ...]:
    if question.type == AnswerType.YES_NO:
        return (YES, NO)
    return question.options if question.type == AnswerType.CHOICE else ()
