"""One address fetched: every hop judged anew, within a few seconds, by a client that carries nothing along."""

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import httpcore

from libs.fetcher import bodies
from libs.fetcher.bodies import Body
from libs.fetcher.guard import Guard, GuardedNetwork
from libs.fetcher.messages import Failure, Reason
from libs.fetcher.targets import FetchFailed, Target, next_target, target

WITHIN = 5.0
"""Seconds for the whole way, redirects included."""
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Exchange:
    """One question and its answer, as they went over the wire."""

    target: Target
    asked: Headers
    status: int
    phrase: str
    headers: Headers
    body: Body
    at: datetime

    def header(self, name: str) -> str:
        """Values of the same name joined, as HTTP reads them."""
        wanted = name.lower().encode()
        return ", ".join(value.decode("latin-1") for key, value in self.headers if key.lower() == wanted)

    @cached_property
    def media_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()[:100]


@dataclass
class Fetched:
    """What there was, up to the end or to the failure.

    Attributes:
        final_url: of the last answer, or of the hop at which the way ended.
    """

    url: str
    final_url: str
    exchanges: list[Exchange] = field(default_factory=list)
    failure: Failure | None = None
    reason: Reason | None = None

    @property
    def page(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges and self.failure is None else None


class Fetching:
    """
    Args:
        agent: says who asks, and whom to write to.
        trust: whom TLS believes.
    """

    def __init__(self, guard: Guard, *, agent: str, trust: ssl.SSLContext, within: float = WITHIN) -> None:
        self._guard = guard
        self._agent = agent.encode("ascii")
        self._trust = trust
        self._within = within

    async def fetch(self, url: str) -> Fetched:
        """Never raises for what the other side does."""
        found = Fetched(url, url)
        try:
            async with asyncio.timeout(self._within):
                await self._follow(found)
        except FetchFailed as failed:
            found.failure, found.reason = failed.failure, failed.reason
        except TimeoutError:
            found.failure = Failure.TIMEOUT
        return found

    async def _follow(self, found: Fetched) -> None:
        here = target(found.url, ports=self._guard.ports)
        for _ in range(MOST_REDIRECTS + 1):
            found.final_url = here.url
            exchange = await self._ask(here)
            found.exchanges.append(exchange)
            location = exchange.header("location")
            if exchange.status not in REDIRECTS or not location:
                return
            here = next_target(here, _as_text(location), ports=self._guard.ports)
            found.final_url = here.url
        raise FetchFailed(Failure.TOO_MANY_REDIRECTS)

    async def _ask(self, here: Target) -> Exchange:
        # A connection of its own for each hop: nothing that one server says can reach the question to another.
        asked = self._headers(here)
        url = httpcore.URL(
            scheme=here.scheme.encode(), host=here.host.encode(), port=here.port, target=here.path.encode("ascii")
        )
        at = datetime.now(UTC)
        try:
            async with (
                httpcore.AsyncConnectionPool(
                    ssl_context=self._trust,
                    network_backend=GuardedNetwork(self._guard),
                    max_connections=1,
                    http1=True,
                    http2=False,
                    retries=0,
                ) as pool,
                pool.stream("GET", url, headers=list(asked)) as answer,
            ):
                headers = tuple((bytes(k), bytes(v)) for k, v in answer.headers)
                phrase = bytes(answer.extensions.get("reason_phrase", b"")).decode("latin-1")
                exchange = Exchange(here, asked, answer.status, phrase, headers, Body(), at)
                if exchange.status in REDIRECTS and exchange.header("location"):
                    # Only where it leads is wanted.
                    exchange.body.truncated = True
                    return exchange
                body = await bodies.read(answer.aiter_stream(), exchange.header("content-encoding"))
                return Exchange(here, asked, answer.status, phrase, headers, body, at)
        except httpcore.ConnectError as error:
            raise FetchFailed(Failure.TLS if _is_tls(error) else Failure.UNREACHABLE) from error
        except httpcore.TimeoutException:
            raise FetchFailed(Failure.TIMEOUT) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchFailed(Failure.TLS if _is_tls(error) else Failure.PROTOCOL) from error

    def _headers(self, here: Target) -> Headers:
        return (
            (b"Host", here.authority.encode()),
            (b"User-Agent", self._agent),
            (b"Accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
            (b"Accept-Language", b"id,en;q=0.5"),
            (b"Accept-Encoding", bodies.ACCEPTED.encode()),
            (b"Connection", b"close"),
        )


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _as_text(location: str) -> str:
    """Servers write UTF-8 into it, which HTTP reads as Latin-1."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
