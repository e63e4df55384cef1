"""Who waits for the outcome of a command, and how they are woken.

The journals tell it first; the owner is asked as well, soon after the send and at the end, because a repeated command
makes no new event and a follower may have been away.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from libs.contracts.envelope import type_of
from libs.contracts.messages import EVENTS
from libs.contracts.outcomes import CommandRefused
from libs.contracts.reads import OutcomeView
from libs.runtime.errors import Refused, Unavailable

LONGEST_WAIT = 10.0
ASKED_AFTER = 0.3
"""Seconds from the send to the first question. Outcomes come by the journal in 25 to 100 ms; only a repeated command's
do not. A question costs its owner more than the command did: asked after 50 ms, a machine that was a little slow was
asked about every command, grew slower by it, and answered after seconds (measured at 50 a second)."""

Ask = Callable[[], Awaitable[OutcomeView]]

_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])")


def read_wait(prefer: str | None) -> float:
    """Seconds from a `Prefer: wait=N` header; 0 where there is none (RFC 7240)."""
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), LONGEST_WAIT) if found else 0.0


class Waiters:
    """Commands whose outcome somebody waits for. Register before the send, or the outcome may pass by unseen."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Future[OutcomeView]] = {}
        self._counts: Counter[bytes] = Counter()

    @contextmanager
    def expecting(self, command: UUID) -> Iterator["asyncio.Future[OutcomeView]"]:
        """Two requests with one key share the future."""
        key = str(command).encode()
        future = self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        self._counts[key] += 1
        try:
            yield future
        finally:
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key], self._waiting[key]

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Records of the journals."""
        if not self._waiting:
            return
        for record in records:
            cause = next((value for name, value in record.headers if name == "ce_causationid"), None)
            future = self._waiting.get(cause) if cause is not None else None
            if future is not None and not future.done():
                outcome = _outcome(record)
                if outcome is not None:
                    future.set_result(outcome)


def _outcome(record: ConsumerRecord) -> OutcomeView | None:
    """None for what this code cannot read: the owner is asked anyway."""
    name = type_of(record.headers)
    kind = EVENTS.get(name)
    if kind is None:
        return None
    if not issubclass(kind, CommandRefused):
        return OutcomeView(state="done", events=(name,))
    try:
        refusal = kind.model_validate_json(record.value)
    except ValidationError:
        return None
    return OutcomeView(state="refused", problem=refusal.problem, fields=refusal.fields)


async def outcome_within(seconds: float, told: "asyncio.Future[OutcomeView]", ask: Ask) -> OutcomeView | None:
    """What became of it, from whoever knows first; None if nobody does in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    for pause in (min(ASKED_AFTER, seconds), max(0.0, seconds - ASKED_AFTER)):
        try:
            async with asyncio.timeout(pause):
                return await asyncio.shield(told)
        except TimeoutError:
            pass
        answer = await _asked(ask, until=max(end, loop.time() + ASKED_AFTER), told=told)
        if answer is not None:
            return answer
    return None


async def _asked(ask: Ask, *, until: float, told: "asyncio.Future[OutcomeView]") -> OutcomeView | None:
    question = asyncio.ensure_future(ask())
    try:
        left = max(0.0, until - asyncio.get_running_loop().time())
        await asyncio.wait({question, told}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if told.done():
            return told.result()
        if not question.done():
            return None
        answer = question.result()
    except (Unavailable, Refused):
        return None
    finally:
        question.cancel()
    return answer if answer.state != "pending" else None
