"""The HTTP server of a process: uvicorn's, with limits on what stands before a request, and a second port.

uvicorn keeps a connection whose request never comes, and every header of one that never ends. Here a head must be whole
within half a minute and 64 kB; who holds too many connections open without asking anything loses the oldest of them,
never a new one, so that many people behind one address are served all the same.
"""

import resource
import socket
from asyncio import BaseTransport, Transport, get_running_loop
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv6Address
from typing import Any, cast

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

LARGEST_HEAD = 64_000
"""Bytes of request line and headers. What fits is judged again by whoever is asked."""
HEAD_WITHIN = 30.0
"""Seconds from a connection, or from the last answer on it, to a whole head. Silence alone ends after `IDLE`."""
IDLE = 15
READ_WITHIN = 60.0
"""Seconds in which somebody must take up some of an answer that has filled every buffer."""
MOST_CONNECTIONS = 4_000
"""Of one process: 2,000 live pages and as many requests; an idle one takes 10 to 20 kB."""
IDLE_PER_ADDRESS = 256
"""Connections of one address that ask nothing at the moment: those of forty browsers."""
MOST_PIPELINED = 32
"""Requests sent ahead on one connection."""
RECEIVE_BUFFER = 128_000
"""Bytes that the kernel keeps of one connection before anybody reads them, where by itself it would go on to 6 MB. Over
a line of 100 ms it lets through 10 Mbit/s."""
SEGMENT = 1460
"""Bytes: what an Ethernet carries. One on the same machine would be offered 64 kB, and may have 20 of them on the way
before anybody has looked at the first."""
FILES = 16_384

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connections(ServerState):
    """Who is connected to one port.

    Args:
        idle_per_address: None where proxies of ours stand in front: their address is everybody's.
    """

    def __init__(self, *, most: int = MOST_CONNECTIONS, idle_per_address: int | None = IDLE_PER_ADDRESS) -> None:
        super().__init__()
        self._most = most
        self._idle_per_address = idle_per_address
        self._of_address: defaultdict[str, set[BoundedProtocol]] = defaultdict(set)

    def admit(self, newcomer: "BoundedProtocol") -> bool:
        """Makes room where it is needed; False if there is none, as everybody is being served."""
        if self._idle_per_address is not None:
            mine = self._of_address[newcomer.address]
            mine.add(newcomer)
            if len(mine) > self._idle_per_address:
                _let_go_of_the_oldest(mine - {newcomer})
        if len(self.connections) <= self._most:
            return True
        others: set[Any] = self.connections - {newcomer}
        return _let_go_of_the_oldest(others)

    def gone(self, protocol: "BoundedProtocol") -> None:
        mine = self._of_address.get(protocol.address)
        if mine is not None:
            mine.discard(protocol)
            if not mine:
                del self._of_address[protocol.address]

    def sweep(self, now: float) -> None:
        """Lets go of those whose patience is used up."""
        for protocol in list(self.connections):
            if isinstance(protocol, BoundedProtocol) and protocol.is_late(now):
                protocol.let_go()


def _let_go_of_the_oldest(some: Iterable[Any]) -> bool:
    waiting = [p for p in some if isinstance(p, BoundedProtocol) and p.waits_since is not None]
    if not waiting:
        return False
    min(waiting, key=lambda p: p.waits_since or 0.0).let_go()
    return True


def network_of(address: str) -> str:
    """An IPv6 client has a /64 of addresses for itself."""
    if ":" not in address:
        return address
    whole = IPv6Address(address.partition("%")[0])
    return str(whole.ipv4_mapped or IPv6Address(int(whole) >> 64 << 64))


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    Attributes:
        waits_since: when it began to wait for a request; None while one is answered.
    """

    server_state: Connections
    address: str = ""
    waits_since: float | None = None
    _stuck_since: float | None = None
    _in_message = _got_body = False
    _apart = 0
    """Bytes of a message since it began or since the last of its body: its head, or trailers."""

    def connection_made(self, transport: BaseTransport) -> None:
        # uvloop's is one without saying so.
        super().connection_made(cast("Transport", transport))
        self.address = network_of(self.client[0]) if self.client else ""
        self.waits_since = self.loop.time()
        if not self.server_state.admit(self):
            self._refuse(_FULL)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.gone(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_message:
            return
        if self._got_body:
            self._got_body, self._apart = False, 0
            return
        self._apart += len(data)
        if self._apart > LARGEST_HEAD:
            self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        self._in_message, self._apart = True, 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._got_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_message = self._got_body = False
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        self.waits_since = None
        if len(self.pipeline) >= MOST_PIPELINED:
            raise OverflowError("pipelined")
        super().on_headers_complete()
        # Trailers would be put to the headers, without an end.
        self.headers = _Nowhere()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Unset where the next request has been here already. What is left of this one's body has as long as a head.
        if self.timeout_keep_alive_task is not None:
            self.waits_since = self.loop.time()

    def pause_writing(self) -> None:
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck_since = None
        super().resume_writing()

    def is_late(self, now: float) -> bool:
        waits, stuck = self.waits_since, self._stuck_since
        return (waits is not None and now - waits > HEAD_WITHIN) or (stuck is not None and now - stuck > READ_WITHIN)

    def let_go(self) -> None:
        # It is lost a turn of the loop later, and others may look for room before.
        self.waits_since = self._stuck_since = None
        self.server_state.gone(self)
        self.server_state.connections.discard(self)
        self.transport.abort()

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


class _Nowhere(list[tuple[bytes, bytes]]):
    def append(self, _: tuple[bytes, bytes]) -> None:
        """Nobody reads trailers."""


class Server(uvicorn.Server):
    """Serves an app on its port and, from its start to the very end of its stop, what the cluster asks on another."""

    def __init__(self, config: uvicorn.Config, *, health: FastAPI, health_port: int, connections: Connections) -> None:
        super().__init__(config)
        self.server_state = self.public = connections
        self._health, self._health_port = health, health_port
        self._health_state = Connections(most=100, idle_per_address=None)

    async def startup(self, sockets: Any = None) -> None:
        config = configured(self._health, host=self.config.host, port=self._health_port, lifespan="off")
        config.load()

        def connected() -> BoundedProtocol:
            return BoundedProtocol(config=config, server_state=self._health_state, app_state={})

        self._health_server = await get_running_loop().create_server(connected, host=config.host, port=config.port)
        await super().startup(sockets)
        for listener in (line for one in self.servers for line in one.sockets):
            # Those that it accepts have both from it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            now = get_running_loop().time()
            self.public.sweep(now)
            self._health_state.sweep(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: Any = None) -> None:
        await super().shutdown(sockets)
        self._health_server.close()


def configured(
    app: FastAPI, *, host: str, port: int, lifespan: Any = "on", shutdown: int | None = None
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # X-Forwarded-… is for the gateway, which knows how many proxies are ours; the server believes its machine.
        proxy_headers=False,
        timeout_graceful_shutdown=shutdown,
        timeout_keep_alive=IDLE,
        lifespan=lifespan,
    )


def allow_many_files() -> None:
    """A shell allows 1,024 open ones, and each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
