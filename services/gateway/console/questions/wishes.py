"""What an administrator may want done with the office's own questions."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.registry import tenant
from libs.contracts.registry.questions import NO, YES, AnswerType
from libs.contracts.words import Role
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish, declared

SPOKEN = {YES: "Ya", NO: "Tidak"}
"""As an administrator writes them."""
_READ = {YES: YES, NO: NO, **{word.lower(): code for code, word in SPOKEN.items()}}


def _as_meant(posted: Posted) -> Mapping[str, Any]:
    """A box that is not ticked sends nothing; yes and no are written in the language of the page."""
    ticked = {name: posted.text(name) == "1" for name in ("required", "retired")}
    answer, after = posted.text("answer").strip(), posted.text("after")
    of_yes_or_no = any(q.id == after and q.type == AnswerType.YES_NO for q in posted.office.settings.questions)
    return {**ticked, "answer": _READ.get(answer.lower(), answer) if of_yes_or_no else answer}


DEFINE = Wish(
    tenant.DefineQuestion,
    "",
    name="define_question",
    shape="QuestionWish",
    shape_about="A question of this id as it shall be from now on; unknown ones are added.",
    summary="Ask reporters something",
    about="At most twenty are asked. What was answered to one that is retired stays with the reports.",
    may=frozenset({Role.TENANT_ADMIN}),
    buttons=(
        Button(
            "questions",
            done=Notice("question_saved", "Pertanyaan tersimpan; formulir laporan menanyakannya sebentar lagi."),
            needed=("text", "type"),
            fills=_as_meant,
        ),
    ),
)

WISHES = declared(globals())
