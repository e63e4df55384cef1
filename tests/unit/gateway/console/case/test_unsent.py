"""What an officer has typed on a case page, while the shelf that keeps it is away."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from starlette.datastructures import FormData
from starlette.responses import Response

from services.gateway.console.carrying import Pressed
from services.gateway.console.case import pages as console_cases
from services.gateway.console.case.wishes import ADD_REFERENCE
from services.gateway.console.shift import Attempt, Said, Shift
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.wishes import Posted


async def test_no_button_is_carried_out_whose_next_page_would_come_without_the_unsaved_draft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Attempt] = []
    carried_out: list[UUID] = []

    async def away(*_: object) -> bool:
        return False

    async def unreadable(*_: object) -> None:
        return None

    async def page(_: Shift, __: str, ___: Said, attempt: Attempt) -> Response:
        shown.append(attempt)
        return Response(status_code=attempt.status)

    async def wish(key: UUID) -> Reply:
        carried_out.append(key)
        return Reply(key, None)

    monkeypatch.setattr(console_cases, "keep", away)
    monkeypatch.setattr(console_cases, "or_missing", unreadable)
    monkeypatch.setattr(console_cases, "read", lambda *_: None)
    monkeypatch.setattr(console_cases, "_shown", page)
    request = SimpleNamespace(state=SimpleNamespace())
    shift = SimpleNamespace(visit=SimpleNamespace(request=request), url=lambda *path: "/".join(path))
    form = FormData(key=str(uuid4()), claim="Klaim", explanation="Belum disimpan", version="1", title="Sumber")

    nobody = cast(Any, None)
    posted = Posted(nobody, nobody, nobody, form, {"case_id": "c1"})

    answer = await console_cases._carry(cast(Any, shift), Pressed(ADD_REFERENCE.buttons[0], posted, wish))

    assert answer.status_code == 503
    assert carried_out == []
    assert [(a.typed("explanation"), a.key) for a in shown] == [("Belum disimpan", form["key"])]
