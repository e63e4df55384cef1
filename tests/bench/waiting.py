"""`gateway.wait_p99_ms`: `Prefer: wait` in an open loop: requests start by the clock, whatever the answers do."""

import argparse
import asyncio
import json
import time
from collections import deque
from urllib.parse import urlsplit
from uuid import uuid4

TEXT = "Beredar kabar bahwa bantuan dibagikan lewat tautan ini. " * 6

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Client:
    """As little of HTTP/1.1 as this takes: it shares the two cores with what it measures, and a general client took
    0.4 of a core for 50 requests a second."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, parts.path
        self._idle: deque[Connection] = deque()

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Returns the status, once the whole answer is here."""
        reader, writer = await self._connection()
        lines = [f"POST {self._path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *fields = head.split("\r\n")
        length = next(f.split(":")[1] for f in fields if f.lower().startswith("content-length:"))
        await reader.readexactly(int(length))
        self._idle.append((reader, writer))
        return int(status.split()[1])

    async def _connection(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
        return await asyncio.open_connection(self._host, self._port)


async def ask(client: Client, number: int) -> tuple[float, int]:
    body = {"kind": "hoax", "text": f"{TEXT}{number}", "area": "32.74.01.1001"}
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4()), "Prefer": "wait=5"}
    started = time.perf_counter()
    status = await client.post(json.dumps(body).encode(), headers)
    return (time.perf_counter() - started) * 1000, status


async def load(url: str, rate: float, seconds: float) -> None:
    """Prints p50, p99 and the share of 201; the first second is not counted."""
    client, loop, asked = Client(url), asyncio.get_running_loop(), []
    start = loop.time()
    for number in range(int(rate * (seconds + 1))):
        await asyncio.sleep(max(0.0, start + number / rate - loop.time()))
        asked.append((number / rate, asyncio.create_task(ask(client, number))))
    async with asyncio.timeout(15):
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
