"""Proving who one is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.registry.reads import Authenticated
from libs.contracts.registry.tenant import ChangeOfficer, OfficerIdentity
from libs.contracts.topics import Service
from libs.runtime.errors import Refused, TooSoon
from services.registry.attempts import ALLOWED, ALLOWED_STRANGERS, LOCKED_FOR
from services.registry.totp import code_at, step_at
from tests.service.registry.conftest import PASSWORD, SECRET
from tests.service.registry.front import Front, Wish, an_officer, new_id

Identity = Callable[..., OfficerIdentity]


def code(steps: int = 0) -> str:
    return code_at(SECRET, step_at(datetime.now(UTC)) + steps)


class Officer:
    """Somebody with a password and a telephone."""

    def __init__(self, front: Front, tenant: str, officer: str, email: str) -> None:
        self.id, self.email, self.tenant = officer, email, tenant
        self._front = front

    async def logs_in(
        self, *, password: str = PASSWORD, typed: str | None = None, email: str = "", **more: object
    ) -> Authenticated:
        question = {"email": email or self.email, "password": password, "code": typed or code(), **more}
        return Authenticated.model_validate_json(
            await self._front.post("/internal/authenticate", question, tenant=None)
        )

    async def confirms(self, typed: str, *, actor: str | None = None) -> bytes:
        return await self._front.post(
            "/internal/confirm",
            {"officer_id": self.id, "code": typed},
            tenant=self.tenant,
            actor=Actor(actor or self.id, ("approver",)),
        )


@pytest.fixture
async def officer(front: Front, tenant: str, identity: Identity) -> Officer:
    officer, person = new_id(), identity(name="Dimas Prakoso")
    await front.done(tenant, an_officer(officer, "approver", identity=person))
    return Officer(front, tenant, officer, person.email)


async def problem(attempt: Awaitable[object]) -> str:
    try:
        await attempt
    except Refused as refused:
        return refused.code
    return "in"


async def test_password_and_code_let_an_officer_in(officer: Officer) -> None:
    answer = await officer.logs_in(email=f" {officer.email.upper()}")

    assert (answer.officer_id, answer.tenant, answer.roles, answer.name) == (
        officer.id,
        officer.tenant,
        ("approver",),
        "Dimas Prakoso",
    )


async def test_what_is_wrong_is_not_said(officer: Officer) -> None:
    answers = [
        await problem(officer.logs_in(password="salah")),
        await problem(officer.logs_in(typed="000000")),
        await problem(officer.logs_in(email=f"{uuid4().hex}@contoh.example")),
    ]

    assert answers == ["unauthenticated"] * 3


async def test_a_disabled_officer_is_not_let_in(front: Front, officer: Officer) -> None:
    await front.done(officer.tenant, Wish(ChangeOfficer(officer_id=officer.id, active=False)))

    assert await problem(officer.logs_in()) == "unauthenticated"
    assert await problem(officer.confirms(code())) == "unauthenticated"


async def test_a_code_opens_once(officer: Officer) -> None:
    used = code()
    await officer.logs_in(typed=used)

    assert await problem(officer.logs_in(typed=used)) == "code_used"
    assert await problem(officer.confirms(used)) == "code_used"
    assert await problem(officer.logs_in(password="salah", typed=used)) == "unauthenticated"


async def test_a_code_opens_once_when_it_is_sent_often_at_the_same_moment(officer: Officer) -> None:
    """Fewer times than are allowed: a question that a busy machine answers late is asked again, and counts."""
    used, times = code(), ALLOWED - 2

    answers = await asyncio.gather(*(problem(officer.confirms(used)) for _ in range(times)))

    assert sorted(answers) == [*["code_used"] * (times - 1), "in"]


@pytest.mark.parametrize("is_known", [True, False])
async def test_five_wrong_tries_lock_an_address_whether_it_exists_or_not(officer: Officer, is_known: bool) -> None:
    email = officer.email if is_known else f"{uuid4().hex}@contoh.example"

    answers = [await problem(officer.logs_in(email=email, password="salah")) for _ in range(ALLOWED + 1)]

    assert answers == ["unauthenticated"] * ALLOWED + ["too_many_requests"]


async def test_guesses_at_the_same_moment_count_each(officer: Officer) -> None:
    answers = await asyncio.gather(*(problem(officer.logs_in(password="salah")) for _ in range(12)))

    assert answers.count("unauthenticated") == ALLOWED
    assert answers.count("too_many_requests") == 12 - ALLOWED


async def test_a_locked_officer_is_let_in_again_after_a_quarter_of_an_hour(officer: Officer, stack: Stack) -> None:
    for _ in range(ALLOWED):
        await problem(officer.logs_in(password="salah"))
    assert await problem(officer.logs_in()) == "too_many_requests"

    _let_pass(stack, officer, LOCKED_FOR + timedelta(seconds=1))

    assert await problem(officer.logs_in()) == "in"


def _let_pass(stack: Stack, officer: Officer, span: timedelta) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(stack.mongo_url(Service.REGISTRY))
    with client:
        moved = client["registry"]["attempts"].update_one(
            {"_id": f"{officer.tenant}/{officer.id}/login"},
            [{"$set": {"at": {"$subtract": ["$at", span.seconds * 1000]}}}],
        )
    assert moved.modified_count == 1


async def test_a_right_log_in_clears_the_wrong_ones(officer: Officer) -> None:
    for _ in range(ALLOWED - 1):
        await problem(officer.logs_in(password="salah"))
    await officer.logs_in(typed=code())

    answers = [await problem(officer.logs_in(password="salah")) for _ in range(ALLOWED)]

    assert answers == ["unauthenticated"] * ALLOWED


async def test_an_officer_confirms_with_a_fresh_code(officer: Officer) -> None:
    await officer.logs_in(typed=code())

    assert await officer.confirms(code(1)) == b"{}"


async def test_wrong_confirmations_lock_confirming_and_not_the_log_in(officer: Officer) -> None:
    answers = [await problem(officer.confirms("000000")) for _ in range(ALLOWED + 1)]

    assert answers == ["code_wrong"] * ALLOWED + ["too_many_requests"]
    assert await problem(officer.logs_in()) == "in"


async def test_nobody_confirms_for_another(officer: Officer) -> None:
    assert await problem(officer.confirms(code(), actor=new_id())) == "forbidden"


@pytest.mark.parametrize("is_known", [True, False])
async def test_strangers_from_many_networks_are_slowed_whether_the_address_exists_or_not(
    officer: Officer, is_known: bool
) -> None:
    email = officer.email if is_known else f"{uuid4().hex}@contoh.example"

    answers = [
        await problem(officer.logs_in(email=email, password="salah", client=f"net{n // 3}"))
        for n in range(ALLOWED_STRANGERS + 1)
    ]

    assert answers == ["unauthenticated"] * ALLOWED_STRANGERS + ["too_many_requests"]


async def test_one_stranger_has_five_tries_and_does_not_lock_another_out(officer: Officer) -> None:
    answers = [await problem(officer.logs_in(password="salah", client="thief")) for _ in range(ALLOWED + 1)]

    assert answers == ["unauthenticated"] * ALLOWED + ["too_many_requests"]
    assert await problem(officer.logs_in(client="home")) == "in"


async def test_the_browser_and_the_network_that_an_officer_used_keep_a_way_in(officer: Officer) -> None:
    await officer.logs_in(client="office", typed=code(-1))
    for n in range(ALLOWED_STRANGERS + 1):
        await problem(officer.logs_in(password="salah", client=f"thief{n}"))

    assert await problem(officer.logs_in(client="elsewhere")) == "too_many_requests"
    assert await problem(officer.logs_in(client="office")) == "in"
    known: dict[str, Any] = {"client": "elsewhere", "browser": "b1", "officers": [officer.id]}
    assert await problem(officer.logs_in(typed=code(1), **known)) == "in"


async def test_a_known_browser_has_five_tries_too(officer: Officer) -> None:
    known: dict[str, Any] = {"client": "office", "browser": uuid4().hex, "officers": [officer.id]}

    answers = [await problem(officer.logs_in(password="salah", **known)) for _ in range(ALLOWED + 1)]

    assert answers == ["unauthenticated"] * ALLOWED + ["too_many_requests"]


async def test_a_lock_says_how_long_it_holds(officer: Officer) -> None:
    for _ in range(ALLOWED):
        await problem(officer.logs_in(password="salah"))

    with pytest.raises(TooSoon) as locked:
        await officer.logs_in()

    assert LOCKED_FOR.total_seconds() - 30 < locked.value.retry_after <= LOCKED_FOR.total_seconds()


async def test_an_officer_at_the_page_of_another_office_is_nobody_and_keeps_their_code(officer: Officer) -> None:
    right = code()

    assert await problem(officer.logs_in(typed=right, tenant=new_id())) == "unauthenticated"
    assert await problem(officer.logs_in(typed=right, tenant=officer.tenant)) == "in"
