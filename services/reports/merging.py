"""After a merge: every report of the merged case is told to move, in chunks, as often as it takes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid5

from libs.contracts.ids import NAMESPACE
from libs.contracts.reports.case import FinishMerge
from libs.contracts.reports.report import MoveReport
from libs.runtime.engine import Engine
from libs.runtime.mongo import identity_of

CHUNK = 1_000
REST = timedelta(seconds=5)
"""Between two chunks of one merge: a report that was told leaves a moment later, and telling it again each second would
only fill a mailbox that is slow already."""


class Merging:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def step(self) -> None:
        """One chunk of every merge under way. A report that was told leaves the case a moment later."""
        cases, now = self._engine.collection("case"), datetime.now(UTC)
        rested = {"$not": {"$gt": now}}
        for case in await cases.across_tenants(
            {"ix.moving": True, "told_until": rested},
            limit=20,
            fields={"tenant": 1, "ix": 1},
            sort=(("ix.opened", 1),),
        ):
            tenant, case_id, into = case["tenant"], identity_of(case["_id"]), case["ix"]["merged_into"]
            mine = {"$set": {"told_until": now + REST}}
            if not await cases.update(tenant, case_id, mine, where={"told_until": rested}):
                continue
            reports = await self._engine.collection("report").find(
                tenant,
                {"ix.case": case_id, "ix.state": {"$nin": ["withdrawn", "screened_out", "closed"]}},
                sort=(("ix.received", 1),),
                limit=CHUNK,
                fields={"_id": 1},
            )
            await self._engine.send(
                [
                    self._engine.writer.command(
                        MoveReport(report_id=identity_of(r["_id"]), into=into),
                        command_id=uuid5(NAMESPACE, f"move|{r['_id']}|{case_id}|{into}"),
                        tenant=tenant,
                        at=now,
                    )
                    for r in reports
                ]
            )
            # Another case may still be on its way into this one; its reports would come after we had looked.
            arriving = await cases.find(
                tenant, {"ix.moving": True, "ix.merged_into": case_id}, limit=1, fields={"_id": 1}
            )
            if not reports and not arriving:
                finish = self._engine.writer.command(
                    FinishMerge(case_id=case_id),
                    command_id=uuid5(NAMESPACE, f"finish|{case['_id']}|{into}"),
                    tenant=tenant,
                    at=now,
                )
                await self._engine.send([finish])
