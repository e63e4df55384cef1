"""How the answers of a case are carried: to how many, on which channels, with what result."""

import asyncio
from collections import defaultdict

from libs.contracts.notify.reads import BulletinView
from libs.runtime.engine import Engine
from libs.runtime.sealing import SubjectKeys
from services.notify.bulletin.rules import Bulletin
from services.notify.kinds import ASSIGNMENT, BULLETIN, DELIVERY
from services.notify.store import Store

MOST_VERSIONS = 50


class BulletinReads:
    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)
        self._deliveries = engine.collection(DELIVERY.name)
        self._assignments = engine.collection(ASSIGNMENT.name)

    async def of_case(self, tenant: str, case_id: str) -> list[BulletinView]:
        """The newest version first."""
        found = await self._bulletins.find(tenant, {"ix.case": case_id}, sort=[("ix.version", -1)], limit=MOST_VERSIONS)
        return list(await asyncio.gather(*(self._view(tenant, b) for b in found)))

    async def one(self, tenant: str, bulletin_id: str) -> BulletinView:
        """
        Raises:
            NotFound: no such bulletin.
        """
        return await self._view(tenant, await self._bulletins.one(tenant, bulletin_id))

    async def _view(self, tenant: str, bulletin: Bulletin) -> BulletinView:
        where = {"ix.bulletin": bulletin.bulletin_id}
        deliveries, assignments = await asyncio.gather(
            self._deliveries.tally(tenant, where, by=("ix.kind", "ix.channel", "ix.state")),
            self._assignments.tally(tenant, where, by=("ix.state",)),
        )
        by_state: dict[str, int] = defaultdict(int)
        by_channel: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        recipients = 0
        for (kind, channel, state), count in deliveries.items():
            by_state[state] += count
            by_channel[channel][state] += count
            recipients += count if kind == "report" else 0
        answers = {state: count for (state,), count in assignments.items()}
        return BulletinView(
            id=bulletin.bulletin_id,
            case_id=bulletin.case_id,
            clarification_id=bulletin.clarification_id,
            number=bulletin.number,
            version=bulletin.version,
            fact=bulletin.fact,
            stage=bulletin.stage,
            planned_at=bulletin.planned_at,
            by_state=dict(by_state),
            by_channel={channel: dict(states) for channel, states in by_channel.items()},
            assignments=answers,
            recipients=recipients,
            partners=sum(answers.values()),
        )
