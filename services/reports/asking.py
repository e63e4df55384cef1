"""How placing asks the matcher: as much as it manages, once more where it was busy, and nothing while it is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic import TypeAdapter

from libs.runtime import logs
from libs.runtime.bus import pause
from libs.runtime.errors import Broken, Busy, Refused, Unavailable
from libs.runtime.http import ServiceClient
from services.reports.matching.questions import Answer, Question

log = logs.get()

QUESTIONS = "/match?patient=true"
PATIENCE = 10.0
"""Seconds that one batch goes on asking a matcher that answers slowly or says that it is busy. Below what counts as a
dead loop (30 s) with the last question in hand."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds without a question to a matcher that is away. All reports share one pause: thousands that wait are one
question at its end, not thousands."""
SHORTEST_WAIT = 0.1
PROBED_WITHIN = 1.0
MOST_FAULTS = 3
"""Questions one after the other at which the matcher stumbled, each asked alone: then the fault is not theirs."""

ANSWERS = TypeAdapter(list[Answer])


class Asking:
    """The one way from placing to the matcher."""

    def __init__(
        self,
        matcher: ServiceClient,
        *,
        within: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._matcher = matcher
        self._within = within
        self._clock = clock
        self._sleep = sleep
        self._failures = 0
        self._quiet_until = 0.0

    @property
    def is_quiet(self) -> bool:
        """The matcher was away a moment ago; nobody asks before the pause is over."""
        return self._clock() < self._quiet_until

    async def answers(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """Answers by the question's id. About what is missing the matcher said nothing: ask again later."""
        found: dict[str, Answer] = {}
        waiting, until = list(questions), self._clock() + PATIENCE
        while waiting and not self.is_quiet:
            try:
                said = await self._ask(waiting)
            except Busy as busy:
                wait = max(busy.retry_after, SHORTEST_WAIT)
                if self._clock() + wait > until:
                    self._fail("busy", len(waiting))
                else:
                    await self._sleep(wait)
            except Broken:
                found |= await self._one_by_one(waiting, until)
                break
            except Unavailable:
                self._fail("not reached", len(waiting))
            except Refused as refused:
                # No outage: it hears us and will not answer. Somebody must look at keys, clocks and versions.
                log.error("matcher_refused", problem=refused.code)
                self._fail("refused", len(waiting))
            else:
                self._failures = 0
                found |= said
                waiting = [q for q in waiting if q.id not in said]
                if waiting and self._clock() > until:
                    log.warning("matcher_slow", unanswered=len(waiting))
                    break
        return found

    async def is_away(self) -> bool:
        """Whether there is no use in asking again about what it did not answer. Looks whether it is back."""
        if not self._failures:
            return False
        if not self.is_quiet:
            try:
                # Its health is asked on a port that is not ours.
                await self._matcher.post(QUESTIONS, tenant=None, json=[], within=PROBED_WITHIN)
            except (Unavailable, Refused):
                self._fail("not back", 0)
            else:
                self._failures = 0
        return self.is_quiet

    async def _ask(self, questions: Sequence[Question]) -> dict[str, Answer]:
        """Those that it came to in time, at least one.

        Raises:
            Unavailable, Refused: as the client says.
        """
        body = [q.model_dump(mode="json", exclude_none=True) for q in questions]
        try:
            answered = await self._matcher.post(QUESTIONS, tenant=None, json=body, within=self._within)
        except Refused as refused:
            if refused.code == "validation":
                # One of them is no question to it: the others are.
                raise Broken("matcher") from None
            raise
        said = {a.id: a for a in ANSWERS.validate_json(answered)}
        if not said:
            raise Busy("matcher")
        return said

    async def _one_by_one(self, questions: Sequence[Question], until: float) -> dict[str, Answer]:
        """The matcher stumbles over one of them: the others are spared."""
        found: dict[str, Answer] = {}
        faults = 0
        for question in questions:
            if self._clock() > until:
                break
            try:
                found |= await self._ask([question])
                faults = 0
            except Broken:
                faults += 1
                log.error("question_not_answered", report_id=question.id)
                if faults == MOST_FAULTS:
                    self._fail("broken", len(questions) - len(found))
                    break
            except (Unavailable, Refused):
                self._fail("not reached", len(questions) - len(found))
                break
        return found

    def _fail(self, why: str, reports: int) -> None:
        self._failures += 1
        wait = pause(self._failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
        self._quiet_until = self._clock() + wait
        log.warning("matcher_left_alone", why=why, reports=reports, attempt=self._failures, seconds=round(wait, 1))
