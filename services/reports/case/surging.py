"""Which cases are told far more often than the office is used to, counted from the stored reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.contracts.reports.reads import Surge
from libs.runtime.engine import Engine
from services.reports.case.surges import HOUR, LEAST, WINDOW, per_hour, surge

MOST_COUNTED = 200_000
"""Reports of a week: an office with more of them is used to 1,200 an hour, and is told so."""


async def surging(engine: Engine, tenant: str, cases: Mapping[str, Any], now: datetime) -> dict[str, Surge]:
    """By case, of those that `cases` selects. Every replica says the same, also after a restart."""
    reports = engine.collection("report")
    last_hour = await reports.tally(tenant, {"ix.case": cases, "ix.received": {"$gte": now - HOUR}}, by=("ix.case",))
    if max(last_hour.values(), default=0) < LEAST:
        return {}
    before = {"ix.received": {"$gte": now - WINDOW, "$lt": now - HOUR}}
    first = await reports.find(tenant, before, sort=(("ix.received", 1),), limit=1, fields={"ix.received": 1})
    first_at = first[0]["ix"]["received"] if first else None
    usual = per_hour(await reports.count(tenant, before, limit=MOST_COUNTED), first_at, now)
    found = {case_id: surge(count, usual=usual) for (case_id,), count in last_hour.items()}
    return {case_id: each for case_id, each in found.items() if each is not None}
