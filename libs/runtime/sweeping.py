"""What a crash left behind between the save and Kafka is relayed by whoever is there."""

from datetime import timedelta

from libs.runtime import telemetry
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document


class Sweeper:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def sweep(self, *, older_than: timedelta = timedelta(seconds=10), most: int = 200) -> int:
        """Relays tails that were left unrelayed; returns how many aggregates had one."""
        engine, swept = self._engine, 0
        before = engine.now() - older_than
        above: list[Document] = [
            {"saved_by": name, "save": {"$gt": watermark}} for name, watermark in await engine.watermarks.behind()
        ]
        for aggregate in engine.aggregates.values() if above else ():
            documents = await engine.collection(aggregate.name).across_tenants(
                {"$or": above, "touched_at": {"$lt": before}}, limit=most
            )
            behind = await engine.revived(aggregate, documents)
            if behind:
                await engine.relay(aggregate, behind)
                telemetry.SWEPT.labels(engine.service, aggregate.name).inc(len(behind))
                swept += len(behind)
        if not swept:
            await engine.watermarks.tidy()
        return swept
