"""The office's own questions, each with the form that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.contracts.registry.questions import Question
from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class QuestionForm:
    action: Action
    id: str
    question: Question | None
    """None: the form for one more."""
    values: Mapping[str, str]
    """Of its fields: as they stand, or as typed where the form comes back."""
    errors: Mapping[str, str]
    others: tuple[Question, ...] = ()
    """On whose answer it may hang."""

    def value(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, kw_only=True)
class QuestionsPage:
    desk: Desk
    rows: tuple[QuestionForm, ...]
    new: QuestionForm
    asked: int
    most: int
