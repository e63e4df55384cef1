"""How much one address may ask, and what an office gets when all ask at once.

Counters live in this process: losing them costs a minute of leniency. An office is never shut out: beyond the capacity
of the process each still gets its equal share, and officers have a path of their own that the public cannot fill.
"""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from time import monotonic

MOST_CLIENTS = 50_000


class TooMany(Exception):
    """`retry_after`: seconds, at least 1."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = max(1, math.ceil(retry_after))


class Bucket:
    """So many per minute from one client, with a burst; remembers one number for each (GCRA). Decision 27."""

    def __init__(self, *, per_minute: int, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._interval = 60.0 / per_minute
        self._tolerance = self._interval * (burst - 1)
        self._clock = clock
        self._next: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str) -> None:
        """
        Raises:
            TooMany: nothing is counted then.
        """
        now = self._clock()
        due = max(self._next.get(client, now), now)
        if due - now > self._tolerance:
            raise TooMany(due - now - self._tolerance)
        self._next[client] = due + self._interval
        self._next.move_to_end(client)
        if len(self._next) > MOST_CLIENTS:
            self._next.popitem(last=False)


class FairShare:
    """Capacity of this process for the public's writes, second by second, shared by the offices that are busy."""

    def __init__(self, *, capacity: int, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._second = -1
        self._total = 0
        self._counts: defaultdict[str, int] = defaultdict(int)

    def take(self, tenant: str) -> None:
        """
        Raises:
            TooMany: the process is full, and this office has had its share of the second.
        """
        now = self._clock()
        if int(now) != self._second:
            self._second, self._total = int(now), 0
            self._counts.clear()
        mine = self._counts[tenant]
        if self._total >= self._capacity and mine >= self._capacity / len(self._counts):
            raise TooMany(1)
        self._counts[tenant] = mine + 1
        self._total += 1


LONGEST_ADDRESS = 64


def client_of(peer: str, forwarded_for: Sequence[str], *, trusted_proxies: int) -> str:
    """The client as far as it can be believed: an IPv4 address, or the /64 of an IPv6 one.

    Args:
        forwarded_for: every X-Forwarded-For header, in order; each of our proxies adds the peer it saw at the right
            end, so what stands left of `trusted_proxies` entries was written by the client.
    """
    if trusted_proxies:
        hops = [hop.strip() for line in forwarded_for for hop in line.split(",") if hop.strip()]
        if hops:
            return _network(hops[-min(trusted_proxies, len(hops))][:LONGEST_ADDRESS]) or _network(peer) or peer
    return _network(peer) or peer


@lru_cache(maxsize=4096)
def _network(written: str) -> str | None:
    """None for what is no address. Proxies write IPv6 with and without brackets, and either with a port."""
    bare = written
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
