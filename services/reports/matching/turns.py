"""Whose question the matcher answers next, and whose not at all.

One thread works on one question at a time. Every person who asks takes part; of those where nobody waits one does at a
time, so they go on, and each person waits for one of their questions at most. Whoever would wait in vain is told so at
once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from libs.runtime.errors import Busy

AT_FIRST = 0.03
"""Seconds for one question before any was answered; measured 7 to 28 ms of a core of its own."""
WEIGHT = 0.2
"""Of the newest question in the mean."""
LEAVES = 0.7
"""Share of the asker's time after which the answer is on its way, with what there is."""

MOST_OTHERS = 2
"""Requests where nobody waits: one in hand, and one whose turn comes then. Who comes third asks again."""

Q = TypeVar("Q")
A = TypeVar("A")


class Turns:
    """
    Attributes:
        each: seconds that one question takes, by the clock: a starved process takes longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.each = AT_FIRST
        self._clock = clock
        self._people = 0
        """Their questions that are not answered yet."""
        self._others = 0
        """Requests, the one in hand included."""
        self._one_of_others = asyncio.Lock()

    async def answered(
        self,
        questions: Sequence[Q],
        answer: Callable[[Q], A],
        *,
        patient: bool,
        within: float,
        is_gone: Callable[[], Awaitable[bool]],
    ) -> list[A]:
        """Answers in the order of the questions, to as many as there is time for, at least one.

        Args:
            patient: no person waits for it.
            within: seconds that the asker waits.
            is_gone: whether the asker waits no more; what nobody hears is not worked out.

        Raises:
            Busy: the others before it take longer than that.
        """
        until = self._clock() + within * LEAVES
        if patient:
            if self._others == MOST_OTHERS:
                raise Busy("matcher", retry_after=within)
            self._others += 1
            try:
                async with self._one_of_others:
                    return await self._answered(questions, answer, until, is_gone)
            finally:
                self._others -= 1
        wait = self._people * self.each
        if wait > within * LEAVES:
            raise Busy("matcher", retry_after=wait)
        self._people += len(questions)
        try:
            return await self._answered(questions, answer, until, is_gone)
        finally:
            self._people -= len(questions)

    async def _answered(
        self,
        questions: Sequence[Q],
        answer: Callable[[Q], A],
        until: float,
        is_gone: Callable[[], Awaitable[bool]],
    ) -> list[A]:
        answers: list[A] = []
        for question in questions:
            if answers and self._clock() + self.each > until:
                break
            if await is_gone():
                break
            began = self._clock()
            answers.append(answer(question))
            self.each += WEIGHT * (self._clock() - began - self.each)
            # Whoever has come meanwhile goes before the next one.
            await asyncio.sleep(0)
        return answers
