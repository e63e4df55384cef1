"""What a partner may want done."""

from typing import Any

from libs.contracts.notify import delivery
from libs.contracts.words import Role
from services.gateway.dispatch.wishes import Wish

ANSWER = Wish(
    delivery.AnswerAssignment,
    "/assignments/{assignment_id}/answer",
    name="answer",
    shape="Assignment",
    summary="Ready, or not",
    about="Until the deadline. The same answer again changes nothing; another one is a conflict.",
    may=frozenset({Role.PARTNER}),
)

WISHES: tuple[Wish[Any], ...] = (ANSWER,)
