"""Who is answered first, and who is told at once that it would take too long."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from libs.runtime.errors import Busy
from services.reports.matching.turns import Turns

WITHIN = 2.0


class Matcher:
    """Each answer takes `each` seconds of a clock that stands still otherwise."""

    def __init__(self, each: float = 0.1) -> None:
        self.each, self.now = each, 0.0
        self.answered: list[str] = []
        self.turns = Turns(clock=lambda: self.now)

    def answer(self, question: str) -> str:
        self.now += self.each
        self.answered.append(question)
        return question

    def ask(
        self, name: str, n: int, *, patient: bool, is_gone: Callable[[], Awaitable[bool]] | None = None
    ) -> "asyncio.Task[list[str]]":
        async def here() -> bool:
            return False

        questions = [f"{name}{i}" for i in range(n)]
        return asyncio.create_task(
            self.turns.answered(questions, self.answer, patient=patient, within=WITHIN, is_gone=is_gone or here)
        )


async def test_as_many_are_answered_as_there_is_time_for() -> None:
    matcher = Matcher(each=0.1)

    answers = await matcher.ask("p", 64, patient=True)

    assert 8 <= len(answers) < 20
    assert matcher.now < WITHIN
    assert answers == [f"p{i}" for i in range(len(answers))]


async def test_one_is_answered_however_slow_it_is() -> None:
    assert len(await Matcher(each=60).ask("p", 9, patient=True)) == 1


async def test_people_wait_for_one_question_of_those_where_nobody_waits() -> None:
    matcher = Matcher(each=0.01)
    background = matcher.ask("p", 64, patient=True)
    while len(matcher.answered) < 5:
        await asyncio.sleep(0)

    before = len(matcher.answered)
    await matcher.ask("person", 1, patient=False)
    waited = matcher.answered.index("person0") - before

    assert waited <= 1
    assert len(await background) == 64


async def test_however_many_people_ask_the_others_go_on() -> None:
    matcher = Matcher(each=0.01)
    background = matcher.ask("p", 10, patient=True)

    people = [matcher.ask(f"person{n}-", 1, patient=False) for n in range(60)]
    await asyncio.gather(*people, background)

    assert len(background.result()) == 10


async def test_who_would_wait_longer_than_they_can_is_told_so_at_once() -> None:
    matcher = Matcher(each=0.1)
    matcher.turns.each = 0.1
    people = [matcher.ask(f"person{n}-", 1, patient=False) for n in range(40)]

    results = await asyncio.gather(*people, return_exceptions=True)

    refused = [r for r in results if isinstance(r, Busy)]
    assert len(refused) > 20
    assert matcher.now < WITHIN, "who was let in was answered in time"
    assert all(0 < r.retry_after <= WITHIN for r in refused)


async def test_of_those_where_nobody_waits_one_is_in_hand_and_one_waits() -> None:
    matcher = Matcher(each=0.01)
    asking = [matcher.ask(f"p{n}-", 20, patient=True) for n in range(3)]

    first, second, third = await asyncio.gather(*asking, return_exceptions=True)

    assert isinstance(first, list)
    assert isinstance(second, list)
    assert isinstance(third, Busy)
    assert matcher.answered.index("p1-0") > matcher.answered.index("p0-19"), "they were not worked on together"


async def test_what_nobody_hears_is_not_worked_out() -> None:
    matcher = Matcher(each=0.01)

    async def gone() -> bool:
        return len(matcher.answered) >= 3

    assert len(await matcher.ask("p", 64, patient=True, is_gone=gone)) == 3
    assert len(await matcher.ask("p", 2, patient=True)) == 2, "the next one has the turn"


@pytest.mark.parametrize("patient", [True, False])
async def test_a_question_that_it_stumbles_over_leaves_the_turn_free(patient: bool) -> None:
    matcher = Matcher()

    def stumbles(_: str) -> str:
        raise ZeroDivisionError

    async def here() -> bool:
        return False

    for _ in range(30):
        with pytest.raises(ZeroDivisionError):
            await matcher.turns.answered(["x"], stumbles, patient=patient, within=WITHIN, is_gone=here)

    assert len(await matcher.ask("p", 1, patient=patient)) == 1
