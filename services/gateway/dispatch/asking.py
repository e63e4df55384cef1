"""Sending and, where somebody waits, what came of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from libs.contracts.envelope import Actor
from libs.contracts.reads import OutcomeView
from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from services.gateway.dispatch.sending import Sender, Wish
from services.gateway.dispatch.waiting import Waiters, outcome_within

QUESTIONS = 4
"""To one owner at a time. When a machine has more to do than it can, all who wait are late at once, and their questions
took two thirds of the gateway and a third of the owner; most are told before it is their turn."""


class Owner(Protocol):
    async def outcome(self, tenant: str, command: UUID, body_hash: str | None) -> OutcomeView: ...


class Asking:
    def __init__(self, sender: Sender, waiters: Waiters, owners: Mapping[Service, Owner]) -> None:
        self._sender = sender
        self._waiters = waiters
        self._owners = owners
        self._turns = {owner: asyncio.Semaphore(QUESTIONS) for owner in owners}

    async def send(
        self, tenant: str, wishes: Sequence[Wish], *, body: bytes, actor: Actor | None = None, wait: float = 0
    ) -> OutcomeView | None:
        """Sends all; waits at most `wait` seconds for the outcome of the first.

        Args:
            body: what the client asked for, written by a model of ours: another order of its fields is no other body.

        Returns:
            None where nobody waited, or nobody knew in time: it is kept and will be carried out.

        Raises:
            Refused: what the owner said; or `key_reused`.
            Unavailable: not certainly kept.
        """
        body_hash = self._sender.body_hash(body)
        if wait <= 0:
            await self._sender.send(tenant, wishes, body_hash=body_hash, actor=actor)
            return None
        first = wishes[0]
        with self._waiters.expecting(first.id) as told:
            await self._sender.send(tenant, wishes, body_hash=body_hash, actor=actor)
            outcome = await outcome_within(wait, told, lambda: self._asked(first, tenant, body_hash))
        if outcome is not None and outcome.state == "refused":
            raise Refused(outcome.problem or "state_conflict", *outcome.fields)
        return outcome

    async def _asked(self, wish: Wish, tenant: str, body_hash: str) -> OutcomeView:
        async with self._turns[wish.owner]:
            return await self._owners[wish.owner].outcome(tenant, wish.id, body_hash)
