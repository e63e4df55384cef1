"""What an office has done lately, for anybody to see."""

from datetime import UTC, datetime

from libs.contracts.reports.reads import StatsView
from libs.contracts.words import ClarificationState
from libs.runtime.engine import Engine
from libs.runtime.kept import Kept
from services.reports.numbers import WEEK, middle, what_became_of
from services.reports.store import Store

STATS_KEPT = 30.0
"""Seconds."""
NEWEST = 500
"""Answers of a week that the middle of their hours is taken from."""


class Stats:
    """Reports that are to stay hidden from the public are in none of its numbers."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store
        self._stats = Kept[StatsView](STATS_KEPT)

    async def of(self, tenant: str) -> StatsView:
        """Counted anew at most once in `STATS_KEPT`: anybody may ask, and a week may hold 50,000 reports."""
        return await self._stats.get(tenant, lambda: self._counted(tenant))

    async def _counted(self, tenant: str) -> StatsView:
        now = datetime.now(UTC)
        clarifications = self._engine.collection("clarification")
        stands = {"ix.state": {"$ne": ClarificationState.RETRACTED}}
        tally = await self._engine.collection("report").tally(
            tenant,
            {"ix.received": {"$gte": now - WEEK}, "ix.hidden": {"$ne": True}, "ix.post": {"$ne": True}},
            by=("ix.state", "ix.case"),
        )
        found = await clarifications.find(
            tenant,
            {**stands, "ix.case": {"$in": sorted({case for _, case in tally})}},
            limit=len(tally) + 1,
            fields={"ix.case": 1},
        )
        reports = what_became_of(tally, {d["ix"]["case"] for d in found})
        verdicts = {v: n for (v,), n in (await clarifications.tally(tenant, stands, by=("ix.verdict",))).items()}
        changed = await self._store.find_clarifications(
            tenant, {"ix.at": {"$gte": now - WEEK}}, sort=(("ix.at", -1),), limit=NEWEST
        )
        new = [c for c in changed if c.published_at >= now - WEEK]
        cases = await self._store.cases_of(tenant, [c.case_id for c in new])
        return StatsView(
            reports_week=reports.received,
            answered_week=reports.answered,
            waiting=reports.waiting,
            ended_week=reports.ended,
            clarifications=sum(verdicts.values()),
            corrected=await clarifications.count(tenant, {"ix.corrected": True}),
            median_hours=middle(c.published_at - cases[c.case_id].first_at for c in new if c.case_id in cases),
            by_verdict=verdicts,
            at=now,
        )
