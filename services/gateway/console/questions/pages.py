"""What the office asks beside a report: its questions, one form each."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.registry.questions import MOST_ASKED, AnswerType, Question
from libs.contracts.words import Role
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.questions import views
from services.gateway.console.questions.wishes import DEFINE, SPOKEN
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of
from services.gateway.console.views import Action
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key

router = APIRouter(include_in_schema=False)

BUTTON = DEFINE.buttons[0]
OF_A_FEW = frozenset({AnswerType.YES_NO, AnswerType.CHOICE})
"""Their answers may lead to another question."""
STEP = 10
"""Between two questions, so that another fits there."""


@router.get("/{slug}/console/questions")
async def questions(shift: OnShift, done: Done) -> Response:
    return await _shown(shift, done)


async def _shown(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    every = shift.office.settings.questions
    frame = await shift.frame()
    tried = of(attempt, BUTTON.called)
    changed = tried.typed("id") if tried else ""
    page = views.QuestionsPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        rows=tuple(_form(shift, every, q, tried if changed == q.id else None) for q in every),
        new=_form(shift, every, None, tried if tried and changed not in {q.id for q in every} else None),
        asked=sum(not q.retired for q in every),
        most=MOST_ASKED,
    )
    return shift.show("questions/questions", page, status=attempt.status if attempt else 200)


def _form(
    shift: Shift, every: tuple[Question, ...], question: Question | None, tried: Attempt | None
) -> views.QuestionForm:
    last = max((q.order for q in every if not q.retired), default=0)
    standing = _values(question) if question is not None else {"order": str(min(999, last + STEP))}
    return views.QuestionForm(
        action=Action(
            url=shift.url("questions"),
            key=tried.key if tried else str(shift.visit.new_key()),
            csrf=shift.officer.session.csrf,
            why_not="" if shift.officer.has(Role.TENANT_ADMIN) else "role_admin",
        ),
        id=question.id if question is not None else "new",
        question=question,
        values=tried.texts if tried else standing,
        errors=tried.said.errors if tried else {},
        others=tuple(q for q in every if q.type in OF_A_FEW and not q.retired and q != question),
    )


def _values(question: Question) -> Mapping[str, str]:
    ticked = {"required": "1" if question.required else "", "retired": "1" if question.retired else ""}
    plain = ("id", "text", "text_en", "type", "choices", "kind", "after", "order")
    answer = SPOKEN.get(question.answer, question.answer)
    return {**{name: str(getattr(question, name)) for name in plain}, **ticked, "answer": answer}


@router.post("/{slug}/console/questions")
async def define(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)

    async def send(key: UUID) -> Reply:
        values: dict[str, Any] = values_of(DEFINE, BUTTON, posted)
        # A form that is sent twice adds one question.
        values["id"] = values.get("id") or uuid5(read_key(posted.text("key")), "question").hex[:12]
        return await shift.send(DEFINE, key, shift.office.id, values)

    return await carry_out(
        shift,
        Pressed(BUTTON, posted, send),
        to=shift.url("questions"),
        again=lambda attempt: _shown(shift, Said(), attempt),
    )
