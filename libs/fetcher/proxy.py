"""The browser's only way to the network: a proxy that lets through what the guard lets through, and only so much."""

import asyncio
from contextlib import suppress
from types import TracebackType

from libs.fetcher.guard import Guard
from libs.fetcher.targets import FetchFailed, target

LARGEST_HEAD = 16_000
HEAD_WITHIN = 5.0
MOST_CONNECTIONS = 32
CHUNK = 32_768
_HOP_BY_HOP = (b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"upgrade", b"te", b"trailer")

_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """For one picture; `async with` opens and closes it.

    Args:
        most_bytes: all that may come in through it.
    """

    def __init__(self, guard: Guard, *, most_bytes: int) -> None:
        self._guard = guard
        self._left = most_bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._tasks) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError):
            # Whoever is on the other side is a page: what it sends is no fault of ours.
            return
        except FetchFailed:
            with suppress(OSError):
                writer.write(_REFUSED)
                await writer.drain()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_WITHIN):
            head = await reader.readuntil(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        method, address, _ = line.decode("latin-1").split(" ", 2)
        if method == "CONNECT":
            # The same reader for all addresses: of a tunnel it sees no more than host and port.
            place = target(f"https://{address}/", ports=self._guard.ports)
            outside = await self._guard.connect(place.host, place.port)
            writer.write(_OPEN)
        else:
            place = target(address, ports=self._guard.ports)
            outside = await self._guard.connect(place.host, place.port)
            kept = [f for f in fields.split(b"\r\n") if f and not f.lower().startswith((*_HOP_BY_HOP, b"host:"))]
            first = f"{method} {place.path} HTTP/1.1\r\nHost: {place.authority}\r\nConnection: close\r\n".encode()
            outside[1].write(first + b"".join(f + b"\r\n" for f in kept) + b"\r\n")
        both = [
            asyncio.create_task(self._carried(reader, outside[1], counted=False)),
            asyncio.create_task(self._carried(outside[0], writer, counted=True)),
        ]
        try:
            await asyncio.gather(*both)
        finally:
            for one in both:
                one.cancel()
            outside[1].close()

    async def _carried(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool) -> None:
        while self._left > 0 and (chunk := await source.read(CHUNK)):
            if counted:
                self._left -= len(chunk)
            sink.write(chunk)
            await sink.drain()
        # One that has said all is heard to the end; one that has had its share is cut off.
        if counted or self._left <= 0:
            sink.close()
        elif sink.can_write_eof():
            sink.write_eof()
