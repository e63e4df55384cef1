"""`notify.email_vs_bare`: deliveries sent over SMTP with their ledger and events, against a bare loop."""

import argparse
import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import uvloop
from prometheus_client import REGISTRY

from libs.contracts.notify.delivery import DeliveryAddress, PlanBulletin, PlanDelivery
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.engine import Engine
from services.notify.app import runtime_of
from services.notify.settings import Settings

CHUNK = 500
TOLD_WITHIN = 10.0
"""Seconds after the last letter in which its events must be in Kafka: a sender tells several together."""


def planned(tenant: str, n: int) -> list[Incoming]:
    """One bulletin, and a delivery of it to n reporters."""
    now, bulletin = datetime.now(UTC), str(uuid4())
    plan = PlanBulletin(
        bulletin_id=bulletin,
        case_id=str(uuid4()),
        clarification_id=str(uuid4()),
        number="CRB-4F7K-9XM2",
        version=1,
        claim="Air PDAM dicampur zat pembersih pipa",
        verdict="false",
        fact="Air PDAM di Harjamukti aman dipakai.",
        explanation="Air keruh berasal dari pergantian pipa.\n\n" + "Laporan Anda sudah dijawab. " * 20,
        partners_due_at=now + timedelta(days=1),
    )
    found = [Incoming(plan, Context(id=uuid4(), tenant=tenant, at=now))]
    for i in range(n):
        delivery = PlanDelivery(
            delivery_id=str(uuid4()),
            template="answer",
            channel="email",
            recipient=str(uuid4()),
            recipient_kind="report",
            lane=0,
            bulletin_id=bulletin,
            case_id=plan.case_id,
            number="CRB-0000-0000",
        )
        private = DeliveryAddress(address=f"warga{i}@contoh.example")
        found.append(Incoming(delivery, Context(id=uuid4(), tenant=tenant, at=now, private=private)))
    return found


async def send(n: int, tenant: str) -> None:
    """Plans first, then lets the service's own workers send; prints one JSON line."""
    runtime, _ = runtime_of(Settings())
    await runtime.engine.ensure_indexes()
    await runtime.outbox.start()
    incoming = planned(tenant, n)
    for position in range(0, len(incoming), CHUNK):
        await runtime.engine.apply(incoming[position : position + CHUNK])
    await runtime.outbox.stop()
    deliveries = runtime.engine.collection("delivery")

    async def sent() -> int:
        return await deliveries.count(tenant, {"ix.state": "sent"}, limit=n + 1)

    async with runtime.lifespan(None):  # type: ignore[arg-type]
        while not (already := answered()):
            await asyncio.sleep(0.01)
        started, busy = time.perf_counter(), time.process_time()
        # By our own count while they go out: MongoDB counting 10,000 documents again and again would be the load.
        while answered() < n:
            await asyncio.sleep(0.05)
        while await sent() < n:
            await asyncio.sleep(0.02)
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        told_by = time.perf_counter() + TOLD_WITHIN
        while (problems := await unfinished(runtime.engine, tenant)) and time.perf_counter() < told_by:
            await asyncio.sleep(0.5)
    count = n - already
    print(
        json.dumps(
            {
                "what": "mails",
                "n": count,
                "seconds": round(seconds, 3),
                "busy": round(busy, 3),
                "per_second": round(count / seconds, 1),
                "problems": problems,
            }
        )
    )


def answered() -> int:
    labels = {"service": "notify", "channel": "email", "result": "sent"}
    return int(REGISTRY.get_sample_value("simpul_deliveries_total", labels) or 0)


async def unfinished(engine: Engine, tenant: str) -> int:
    """Deliveries that are not whole: not sent, without both events, or not relayed."""
    fields = {"state.state": 1, "version": 1, "relayed": 1, "saved_by": 1, "save": 1}
    documents = await engine.collection("delivery").find(tenant, {}, limit=100_000, fields=fields)
    told = await engine.relayed_whole(documents)
    return sum(
        not (is_told and d["version"] == 3 and d["state"]["state"] == "sent")
        for d, is_told in zip(documents, told, strict=True)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--tenant", default=os.environ.get("BENCH_TENANT", "bench"))
    arguments = parser.parse_args()
    uvloop.run(send(arguments.n, arguments.tenant))
