"""The one way out: a name is looked up once, every answer is judged, and the connection goes to what was judged.

Looked up twice, a name may stand for a public address first and for one inside the second time.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address

import httpcore

from libs.fetcher.messages import Failure, Reason
from libs.fetcher.targets import PORTS, FetchFailed, address_of, checked_host, is_public, refused

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Addresses of a name, as text. Raises OSError where it has none."""
Place = tuple[str, int]

MOST_ADDRESSES = 16
TRIED = 3
"""Addresses of one answer that are tried: one family may have no way."""
CONNECT_WITHIN = 2.5


LOOKUPS = 32
"""Threads that wait for answers of name servers: one that is slow must not keep the others waiting."""
_LOOKING_UP = ThreadPoolExecutor(LOOKUPS, "lookup")


async def system_resolver(host: str) -> Sequence[str]:
    return await asyncio.get_running_loop().run_in_executor(_LOOKING_UP, _addresses, host)


def _addresses(host: str) -> Sequence[str]:
    # The final dot: a cluster's search domains would make `berita.example` into a name of its own.
    found = socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Guard:
    """
    Args:
        resolve: asked once for each connection.
        ports: those that may be connected to.
        own: name -> where this machine serves it, for the local stack and tests. That name alone, and only there: it
            is never looked up, and everything else stays refused.
    """

    def __init__(
        self,
        resolve: Resolve = system_resolver,
        *,
        ports: Iterable[int] = PORTS.values(),
        own: Mapping[str, Place] | None = None,
    ) -> None:
        self._resolve = resolve
        self.ports = frozenset(ports)
        self._own = dict(own or {})

    async def places(self, host: str, port: int) -> list[Place]:
        """Where a connection to `host` may go, best first.

        Raises:
            FetchFailed: refused, or the name is unknown.
        """
        if port not in self.ports:
            raise refused(Reason.PORT)
        name = checked_host(f"[{host}]" if ":" in host else host)
        if name in self._own:
            return [self._own[name]]
        # A literal was judged by `checked_host`; to look it up is to read it.
        is_literal = ":" in name or name.rpartition(".")[2].isdigit()
        answers = [name] if is_literal else await self._looked_up(name)
        addresses = [address_of(answer) for answer in dict.fromkeys(answers)]
        if not addresses:
            raise FetchFailed(Failure.NAME_UNKNOWN)
        # One inside among several is a trap, not a choice.
        if len(addresses) > MOST_ADDRESSES or not all(map(is_public, addresses)):
            raise refused(Reason.ADDRESS)
        addresses.sort(key=lambda a: not isinstance(a, IPv4Address))
        return [(str(address), port) for address in addresses]

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """
        Raises:
            FetchFailed: refused, unknown or not reached.
        """
        for address, number in (await self.places(host, port))[:TRIED]:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    return await asyncio.open_connection(address, number)
            except (OSError, TimeoutError):
                continue
        raise FetchFailed(Failure.UNREACHABLE)

    async def _looked_up(self, name: str) -> Sequence[str]:
        try:
            return await self._resolve(name)
        except OSError:
            raise FetchFailed(Failure.NAME_UNKNOWN) from None


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network: names stay names for Host and TLS, the connection goes where the guard says."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        for address, number in (await self._guard.places(host, port))[:TRIED]:
            try:
                return await self._network.connect_tcp(address, number, timeout=CONNECT_WITHIN)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise FetchFailed(Failure.UNREACHABLE)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise refused(Reason.SCHEME)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
