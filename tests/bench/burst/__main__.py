"""A burst on real servers, with two members of reports: `make burst`, `make burst BURST="--count 500 --seconds 60"`.

By default 5,000 reports in ten minutes. Prints one JSON line: how long after it was accepted a report lies in a case
(what its ticket shows), the share of the event in one case, and the purity of that case. `--pure`: without servers.
"""

import argparse
import asyncio
import json
import logging
import random
import shutil
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.layout import LOCAL, Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import Stack
from tests.bench.burst import pure
from tests.bench.burst.pure import Placed
from tests.bench.burst.telling import EVENTS, Told, crowd
from tests.chaos.fleet import Fleet
from tests.chaos.lag import mongo_client
from tests.chaos.office import Offices

TEMPLATE, OTHERS = 0.1, 0.2
LOOK_EVERY = 0.2
"""Seconds between looks at what has been placed: how exactly the time is known."""
SETTLED_WITHIN = 300.0
REGION = "32.74"


@dataclass
class Sent:
    told: Told
    accepted_at: float
    placed_at: float | None = None


class Burst:
    def __init__(self, reports: Any, tenant: str) -> None:
        self._reports = reports
        self._tenant = tenant
        self.sent: dict[str, Sent] = {}
        self.is_sent = asyncio.Event()

    async def send(self, url: str, told: Sequence[Told], seconds: float) -> None:
        """By the clock, whatever the answers do."""
        async with httpx.AsyncClient(timeout=60) as http, asyncio.TaskGroup() as sending:
            started = time.monotonic()
            for number, each in enumerate(told):
                await asyncio.sleep(max(0.0, started + number * seconds / len(told) - time.monotonic()))
                sending.create_task(self._submit(http, url, each))
        self.is_sent.set()

    async def _submit(self, http: httpx.AsyncClient, url: str, told: Told) -> None:
        answer = await http.post(url, json={"text": told.text}, headers={"Idempotency-Key": str(uuid4())})
        answer.raise_for_status()
        self.sent[answer.json()["number"]] = Sent(told, time.monotonic())

    async def watch(self) -> None:
        """Until every report lies in a case, or for `SETTLED_WITHIN` after the last was sent."""
        until = None
        while until is None or time.monotonic() < until:
            waiting = {number: sent for number, sent in self.sent.items() if sent.placed_at is None}
            where = {"tenant": self._tenant, "ix.number": {"$in": list(waiting)}, "ix.case": {"$type": "string"}}
            async for document in self._reports.find(where, {"ix.number": 1}):
                waiting.pop(document["ix"]["number"]).placed_at = time.monotonic()
            if self.is_sent.is_set() and not waiting:
                return
            if self.is_sent.is_set() and until is None:
                until = time.monotonic() + SETTLED_WITHIN
            await asyncio.sleep(LOOK_EVERY)

    async def placed(self) -> Placed:
        found = self._reports.find({"tenant": self._tenant, "ix.case": {"$type": "string"}}, {"ix": 1})
        cases = {document["ix"]["number"]: document["ix"]["case"] async for document in found}
        return Placed([(cases[number], sent.told) for number, sent in self.sent.items() if number in cases])


async def measured(stack: Stack, count: int, seconds: float, seed: int) -> dict[str, Any]:
    told = list(crowd(EVENTS[seed % len(EVENTS)], count, random.Random(seed), template=TEMPLATE, others=OTHERS))
    await asyncio.to_thread(Fleet(stack).launch_all)
    client: Any = AsyncIOMotorClient(stack.admin_mongo_url)
    with mongo_client(stack) as admin:
        async with Offices(stack, admin, seed=seed) as offices:
            place = await offices.found(f"bench-burst-{seed}", REGION)
    url = f"{stack.public_url}/api/v1/{place.slug}/reports"
    await _is_open(f"{stack.public_url}/{place.slug}")
    burst = Burst(client["reports"]["report"], place.tenant)
    await asyncio.gather(burst.send(url, told, seconds), burst.watch())
    waits = [sent.placed_at - sent.accepted_at for sent in burst.sent.values() if sent.placed_at is not None]
    share, purity, cases = (await burst.placed()).figures()
    client.close()
    return {
        "sent": len(told),
        "placed": len(waits),
        "p50": round(statistics.median(waits), 2),
        "p95": round(statistics.quantiles(waits, n=20)[-1], 2),
        "share": round(share, 4),
        "purity": round(purity, 4),
        "cases_of_the_event": cases,
    }


async def _is_open(url: str) -> None:
    async with httpx.AsyncClient(timeout=10) as http:
        for _ in range(600):
            if (await http.get(url)).status_code == httpx.codes.OK:
                return
            await asyncio.sleep(0.1)
    raise SystemExit("the office is not known to the gateway")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0, help="of the stack; default: a free one")
    parser.add_argument("--pure", action="store_true")
    given = parser.parse_args()
    if given.pure:
        pure.report(given.count, given.seed)
        return
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    stack = Stack(Layout(home=LOCAL / "burst"), Ports(given.port or free_base()))
    # What a run left behind that was killed itself.
    stack.children.stop(stack.children.names(), grace=0)
    shutil.rmtree(stack.layout.home, ignore_errors=True)
    try:
        stack.install()
        stack.start_servers()
        print(json.dumps(asyncio.run(measured(stack, given.count, given.seconds, given.seed))), flush=True)
    finally:
        stack.stop()
        stack.discard_data()


if __name__ == "__main__":
    main()
