"""`gateway.wait_p99_ms`: `Prefer: wait` in an open loop: requests start by the clock, whatever the answers do."""

import argparse
import asyncio
import json
import time
from uuid import uuid4

import httpx

TEXT = "Beredar kabar bahwa bantuan dibagikan lewat tautan ini. " * 6


async def ask(client: httpx.AsyncClient, url: str, number: int) -> tuple[float, int]:
    body = {"kind": "hoax", "text": f"{TEXT}{number}", "area": "32.74.01.1001"}
    started = time.perf_counter()
    answer = await client.post(url, json=body, headers={"Idempotency-Key": str(uuid4()), "Prefer": "wait=5"})
    return (time.perf_counter() - started) * 1000, answer.status_code


async def load(url: str, rate: float, seconds: float) -> None:
    """Prints p50, p99 and the share of 201; the first second is not counted."""
    async with httpx.AsyncClient(timeout=15, limits=httpx.Limits(max_connections=200)) as client:
        loop, asked = asyncio.get_running_loop(), []
        start = loop.time()
        for number in range(int(rate * (seconds + 1))):
            await asyncio.sleep(max(0.0, start + number / rate - loop.time()))
            asked.append((number / rate, asyncio.create_task(ask(client, url, number))))
        answers = [(at, await task) for at, task in asked]
    counted = sorted(ms for at, (ms, _) in answers if at >= 1)
    done = sum(status == 201 for _, (_, status) in answers)
    print(
        json.dumps(
            {
                "what": "wait",
                "rate": rate,
                "n": len(counted),
                "p50": round(counted[len(counted) // 2], 1),
                "p99": round(counted[min(len(counted) - 1, int(len(counted) * 0.99))], 1),
                "done": done,
                "asked": len(answers),
            }
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    asyncio.run(load(arguments.url, arguments.rate, arguments.seconds))
