"""A burst of different hoax reports that outruns the matcher: how it is worked off, and with how many questions.

`python -m tests.bench.backlog --texts FILE [--reports 5000] [--rate 60] [--asleep]`: FILE has a JSON object with a
`text` or `report_text` in each line. A stack of its own, with the members of a run of faults. Prints figures; no test.
"""

import argparse
import asyncio
import json
import os
import shutil
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.kafka_admin import sasl
from deploy.local.layout import LOCAL, Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import Stack
from libs.contracts.envelope import parse
from libs.contracts.reports.report import PlaceReport
from libs.contracts.topics import Service, mailbox
from libs.contracts.words import MatchOutcome, ReportState
from tests.chaos.fleet import Fleet
from tests.chaos.lag import Client, mongo_client, partitions_of
from tests.chaos.office import Offices

HOME = LOCAL / "backlog"
WORKERS = 32
GIVEN_UP = 1_800.0
"""Seconds after the load."""
PLACING = mailbox(Service.REPORTS, PlaceReport.mailbox)


@dataclass
class Progress:
    """Counts of reports in one moment."""

    stored: int
    matching: int
    """Without a case."""
    unmatched: int
    """In a case of their own, because the matcher did not answer."""

    @property
    def is_over(self) -> bool:
        return not self.matching and not self.unmatched


@dataclass
class Burst:
    url: str
    slug: str
    texts: list[str]
    rate: float
    refused: Counter[int] = field(default_factory=Counter)
    _next: int = 0

    async def send(self) -> None:
        self._started = time.monotonic()
        async with httpx.AsyncClient(base_url=self.url, timeout=12) as http:
            await asyncio.gather(*(self._work(http) for _ in range(WORKERS)))

    async def _work(self, http: httpx.AsyncClient) -> None:
        while self._next < len(self.texts):
            number, self._next = self._next, self._next + 1
            await asyncio.sleep(max(0.0, self._started + number / self.rate - time.monotonic()))
            body, key = {"kind": "hoax", "text": self.texts[number]}, str(uuid4())
            while not await self._is_kept(http, body, key):
                await asyncio.sleep(0.5)

    async def _is_kept(self, http: httpx.AsyncClient, body: dict[str, Any], key: str) -> bool:
        with suppress(httpx.HTTPError):
            answer = await http.post(f"/api/v1/{self.slug}/reports", json=body, headers={"Idempotency-Key": key})
            if answer.status_code not in (201, 202):
                self.refused[answer.status_code] += 1
            return answer.status_code in (201, 202)
        return False


def progress(client: Client) -> Progress:
    reports = client["reports"]["report"]
    return Progress(
        stored=reports.count_documents({}),
        matching=reports.count_documents({"state.state": ReportState.MATCHING}),
        unmatched=reports.count_documents({"state.outcome": MatchOutcome.UNMATCHED}),
    )


async def questions(stack: Stack) -> Counter[str]:
    """What the matcher was asked since its start, by who asked and what became of it."""
    async with httpx.AsyncClient(timeout=30) as http:
        text = (await http.get(f"{stack.health_url(Service.MATCHER)}/metrics")).text
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return Counter(
        {
            f"{s.labels['asked_by']} {s.labels['result']}": int(s.value)
            for s in samples
            if s.name == "simpul_questions_total"
        }
    )


async def published(stack: Stack) -> tuple[int, int]:
    """Commands to place a report: all, and the most in one minute."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=stack.kafka_bootstrap,
        group_id=None,
        auto_offset_reset="earliest",
        **sasl(stack.admin_credentials),
    )
    await reader.start()
    try:
        partitions = partitions_of(PLACING)
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        minutes: Counter[int] = Counter()
        while any([await reader.position(p) < ends[p] for p in partitions]):
            for records in (await reader.getmany(timeout_ms=500)).values():
                minutes.update(r.timestamp // 60_000 for r in records if parse(r.headers).type == PlaceReport.type_name)
    finally:
        await reader.stop()
    return minutes.total(), max(minutes.values(), default=0)


async def measure(stack: Stack, wanted: argparse.Namespace) -> dict[str, Any]:
    fleet = Fleet(stack)
    async with AsyncExitStack() as open_:
        client = open_.enter_context(mongo_client(stack))
        await asyncio.to_thread(fleet.launch_all)
        offices = await open_.enter_async_context(Offices(stack, client, seed=1))
        place = await offices.found("beban", "32.74")
        await asyncio.sleep(2)
        if wanted.asleep:
            stack.pause("matcher")
        burst = Burst(stack.public_url, place.slug, _texts(wanted.texts, wanted.reports), wanted.rate)
        started = time.monotonic()
        await burst.send()
        took = time.monotonic() - started
        after_load = await asyncio.to_thread(progress, client)
        if wanted.asleep:
            stack.resume("matcher")
        ended = time.monotonic()
        found = after_load
        while not (found.is_over and found.stored == wanted.reports) and time.monotonic() - ended < GIVEN_UP:
            await asyncio.sleep(5)
            found = await asyncio.to_thread(progress, client)
            print(f"{time.monotonic() - ended:6.0f} s  {found}  load {os.getloadavg()[0]:.1f}", flush=True)
        asked, (messages, most) = await questions(stack), await published(stack)
        return {
            "reports": wanted.reports,
            "load_seconds": round(took),
            "left_at_end_of_load": vars(after_load),
            "placed_after_seconds": round(time.monotonic() - ended) if found.is_over else None,
            "questions": dict(asked),
            "questions_per_report": round(asked["placing answered"] / wanted.reports, 3),
            "place_report_messages": messages,
            "most_a_minute": most,
            "cases": client["reports"]["case"].count_documents({}),
            "load_average": [round(x, 1) for x in os.getloadavg()],
        }


def _texts(file: Path, n: int) -> list[str]:
    """`n` different texts; where there are fewer, each tells of another one as well."""
    with file.open() as lines:
        read = (json.loads(line) for line in lines)
        texts = list(
            dict.fromkeys(t for row in read if len(t := (row.get("text") or row["report_text"]).strip()) >= 20)
        )
    again = [f"{texts[i]}\n{texts[(i * 7 + 3) % len(texts)]}" for i in range(len(texts))]
    return [t[:4_500] for t in (texts + again)[:n]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.backlog", description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--reports", type=int, default=5_000)
    parser.add_argument("--rate", type=float, default=60, help="reports a second")
    parser.add_argument("--asleep", action="store_true", help="the matcher sleeps until the load has ended")
    wanted = parser.parse_args()
    shutil.rmtree(HOME, ignore_errors=True)
    stack = Stack(Layout(home=HOME), Ports(free_base()))
    try:
        stack.install()
        stack.start_servers()
        print(json.dumps(asyncio.run(measure(stack, wanted)), indent=1))
    finally:
        stack.stop()
        stack.discard_data()


if __name__ == "__main__":
    main()
