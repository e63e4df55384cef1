"""What an office asks beside a report: its own questions, per kind, and by what was answered before."""

from enum import StrEnum
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, NO_NUL, Flag, Identity, Limit
from libs.contracts.reports.parts import Part
from libs.contracts.words import ReportKind

MOST_ASKED = 20
"""Questions of an office that are asked; retired ones beside them."""
LONGEST_ANSWER = 300


class AnswerType(StrEnum):
    SHORT_TEXT = "short_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    PLACE = "place"


YES, NO = "yes", "no"
ANY_KIND = ""


class Question(Part):
    id: Identity
    text: Annotated[str, Limit(shortest=1, longest=200, pattern=NO_CONTROL, visible=True)]
    text_en: Annotated[str, Limit(longest=200, pattern=NO_CONTROL)] = ""
    type: Annotated[str, Limit(words=AnswerType)]
    choices: Annotated[str, Limit(longest=1_000, pattern=NO_NUL)] = ""
    """Of a choice: one a line, 2 to 12."""
    required: Flag = False
    kind: Annotated[str, Limit(words=(ANY_KIND, *ReportKind))] = ANY_KIND
    """Of report; empty: of any."""
    after: Annotated[str, Limit(longest=64, pattern=NO_CONTROL)] = ""
    """Id of a question: this one is asked where that was answered with `answer`. Empty: always."""
    answer: Annotated[str, Limit(longest=80, pattern=NO_CONTROL)] = ""
    order: Annotated[int, Limit(least=0, most=999)] = 0
    retired: Flag = False

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.choices.splitlines() if line.strip())

    @property
    def place(self) -> tuple[int, str]:
        """In the order in which they are asked."""
        return self.order, self.id
