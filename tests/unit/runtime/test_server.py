import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest
import uvloop
from fastapi import FastAPI, Request

from libs.runtime import server
from libs.runtime.http import Health, health_app
from libs.runtime.server import Connections, Server, configured

HOST = "127.0.0.1"


@dataclass
class Running:
    """On a loop of its own, of the kind that a process has: its transports differ from asyncio's."""

    server: Server
    port: int
    health_port: int
    loop: asyncio.AbstractEventLoop

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(HOST, self.port)

    async def ask(self, sent: bytes) -> bytes:
        reader, writer = await self.connect()
        writer.write(sent)
        try:
            async with asyncio.timeout(5):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    def sweep(self, *, after: float) -> None:
        self.loop.call_soon_threadsafe(lambda: self.server.public.sweep(self.loop.time() + after))

    async def connections(self, count: int) -> None:
        async with asyncio.timeout(2):
            while len(self.server.public.connections) != count:
                await asyncio.sleep(0.01)

    async def answering(self, count: int) -> None:
        async with asyncio.timeout(2):
            while sum(p.waits_since is None for p in self.server.public.connections) != count:  # type: ignore[union-attr]
                await asyncio.sleep(0.01)


async def run(**limits: int) -> Running:
    app = FastAPI()

    @app.get("/")
    async def hello() -> str:
        return "hello"

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/who")
    async def who(request: Request) -> list[str | None]:
        return [request.client.host if request.client else "", request.url.scheme, request.url.hostname]

    @app.get("/long")
    async def long() -> str:
        await asyncio.sleep(1)
        return "at last"

    connections = Connections(**limits)
    running = Server(
        configured(app, host=HOST, port=0), health=health_app(Health()), health_port=0, connections=connections
    )
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(running._serve()), daemon=True)
    thread.start()
    while not running.started:
        await asyncio.sleep(0.01)
        assert thread.is_alive()
    port = running.servers[0].sockets[0].getsockname()[1]
    return Running(running, port, running._health_server.sockets[0].getsockname()[1], loop)


async def stop(running: Running) -> None:
    running.server.should_exit = True
    while running.server._health_server.is_serving():
        await asyncio.sleep(0.02)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    found = await run()
    yield found
    await stop(found)


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(2):
            return await reader.read() == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


async def test_a_sound_request_is_answered_also_in_small_pieces(running: Running) -> None:
    reader, writer = await running.connect()
    for byte in HEAD + b"\r\n":
        writer.write(bytes([byte]))
        await writer.drain()

    assert (await reader.read()).startswith(b"HTTP/1.1 200")


async def poured(running: Running, start: bytes, line: bytes, most: int) -> int:
    """How many bytes a connection takes before it is cut off, if it is."""
    _, writer = await running.connect()
    writer.write(start)
    taken = 0
    with suppress(ConnectionError):
        while taken < most:
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(0)
            taken += len(line)
    writer.close()
    return taken


async def test_headers_are_cut_off_early(running: Running) -> None:
    taken = await poured(running, HEAD, b"X-One: " + b"a" * 1000 + b"\r\n", 20_000_000)

    # 64 kB of ours and the kernel's buffers.
    assert taken < 8_000_000
    await running.connections(0)


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("start", [CHUNKED + b"0\r\nX-One: ", CHUNKED + b"1;ext="])
async def test_what_comes_around_a_body_is_cut_off_early_too(running: Running, start: bytes) -> None:
    assert await poured(running, start, b"a" * 1000, 20_000_000) < 8_000_000


async def test_a_large_body_is_none_of_that(running: Running) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 50_000

    async with httpx.AsyncClient() as at:
        answer = await at.post(f"http://{HOST}:{running.port}/", content=parts())

    assert answer.json() == 2_000_000


async def test_a_single_line_of_a_head_that_never_ends_is_cut_off(running: Running) -> None:
    answer = await running.ask(b"GET /" + b"a" * 70_000)

    assert answer.startswith(b"HTTP/1.1 431") or answer == b""


async def test_trailers_that_never_end_are_not_kept(running: Running) -> None:
    reader, writer = await running.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    for number in range(50):
        writer.write(b"X-%d: " % number + b"a" * 1000 + b"\r\n")
        await writer.drain()
    await asyncio.sleep(0.1)

    (protocol,) = running.server.public.connections
    assert len(protocol.scope["headers"]) == 2  # type: ignore[union-attr, arg-type]
    writer.write(b"\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_half_sent_head_is_given_up_while_an_answer_is_waited_for(running: Running) -> None:
    half, half_writer = await running.connect()
    half_writer.write(b"GET / HTTP/1.1\r\nX-")
    waiting, waiting_writer = await running.connect()
    waiting_writer.write(b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    await asyncio.sleep(0.1)

    running.sweep(after=server.HEAD_WITHIN - 5)
    await asyncio.sleep(0.05)
    await running.connections(2)
    running.sweep(after=server.HEAD_WITHIN + 1)

    assert await is_closed(half)
    assert (await waiting.read()).startswith(b"HTTP/1.1 200")
    half_writer.close()
    waiting_writer.close()


async def test_who_drips_a_head_after_an_answer_is_given_up_too(running: Running) -> None:
    reader, writer = await running.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await reader.readuntil(b'"hello"')
    writer.write(b"GET / HT")
    await asyncio.sleep(0.1)

    running.sweep(after=server.HEAD_WITHIN + 1)

    assert await is_closed(reader)
    writer.close()


async def test_a_body_that_nobody_waits_for_keeps_no_connection(running: Running) -> None:
    reader, writer = await running.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
    await reader.readuntil(b'"hello"')
    writer.write(b"drip")
    await asyncio.sleep(0.1)

    running.sweep(after=server.HEAD_WITHIN + 1)

    assert await is_closed(reader)
    writer.close()


async def test_an_address_with_too_many_idle_connections_loses_its_oldest_and_never_a_new_one() -> None:
    running = await run(idle_per_address=3)
    lines = []
    for _ in range(6):
        lines.append(await running.connect())
        await asyncio.sleep(0.02)

    assert [await is_closed(reader) for reader, _ in lines[:3]] == [True] * 3
    reader, writer = lines[-1]
    writer.write(HEAD + b"\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200")

    for _, one in lines:
        one.close()
    await stop(running)


async def test_a_full_server_makes_room_for_who_asks_and_refuses_where_all_are_being_answered() -> None:
    running = await run(most=2)
    idle = await running.connect()
    await running.connections(1)
    busy = []
    for _ in range(2):
        reader, writer = await running.connect()
        writer.write(b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        busy.append((reader, writer))
        await running.answering(len(busy))
    assert await is_closed(idle[0])

    refused = await running.ask(b"")

    assert refused.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 2" in refused
    assert all([(await reader.read()).startswith(b"HTTP/1.1 200") for reader, _ in busy])
    for _, writer in (idle, *busy):
        writer.close()
    await stop(running)


async def test_requests_sent_far_ahead_are_refused(running: Running) -> None:
    one = b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"

    answer = await running.ask(one * (server.MOST_PIPELINED + 10))

    assert b"HTTP/1.1 400" in answer


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 3\r\nContent-Length: 4\r\n",
        b"Content-Length: 3\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Content-Length: +3\r\n",
        b"Transfer-Encoding: xchunked\r\n",
    ],
)
async def test_a_body_whose_end_two_readers_see_in_two_places_is_refused(running: Running, lengths: bytes) -> None:
    answer = await running.ask(b"POST / HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400")


async def test_health_and_metrics_have_a_port_of_their_own(running: Running) -> None:
    async with httpx.AsyncClient() as at:
        public = [(await at.get(f"http://{HOST}:{running.port}{p}")).status_code for p in ("/health/live", "/metrics")]
        own = [
            (await at.get(f"http://{HOST}:{running.health_port}{p}")).status_code for p in ("/health/live", "/metrics")
        ]

    assert (public, own) == ([404, 404], [200, 200])


async def test_what_a_client_forwards_changes_neither_its_address_nor_the_scheme(running: Running) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    async with httpx.AsyncClient() as at:
        seen = (await at.get(f"http://{HOST}:{running.port}/who", headers=forged)).json()

    assert seen == [HOST, "http", HOST]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::"),
    ],
)
def test_addresses_of_one_ipv6_network_are_one_client(address: str, network: str) -> None:
    assert server.network_of(address) == network
