"""Addresses as the fetcher reads them: strictly, once, and only those that may lead out.

Browsers forgive much in an address, and two programs that forgive differently are how a check is passed by. What is not
plainly an address of the web is refused here, before anything is looked up.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from unicodedata import normalize
from urllib.parse import quote, urljoin

import idna

from libs.fetcher.messages import LONGEST_URL, Failure, Reason

PORTS = {"http": 80, "https": 443}

_SHAPE = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"https?:", re.IGNORECASE)
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff\u2028\u2029\ufeff]")
"""Controls, white space, backslashes, halves of characters."""
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label of which some resolvers make an address: 127.1, 2130706433, 0x7f.1."""
_DOTS = re.compile("[\u3002\uff0e\uff61\u2024\ufe52]")
_KEPT = "/?:@!$&'()*+,;=%~-._[]|"
"""Of path and query: what is allowed there, `%`, and what browsers leave alone."""

SPECIAL_NAMES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "svc",
     "arpa", "onion", "test", "invalid", "alt"}
)  # fmt: skip
"""Last labels that no public name ends with (RFC 6761, 6762, 8375, 9476; ICANN's list of collisions; clusters)."""
SPECIAL_ENDINGS = ("cluster.local", "localhost.localdomain")

_REFUSED = tuple(
    ip_network(n)
    for n in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""IANA's registries of special addresses; of IPv6 those inside 2000::/3, outside which nothing is public."""
_GLOBAL = IPv6Network("2000::/3")
_MAPPED, _NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


class FetchFailed(Exception):
    """Where and why a way ended."""

    def __init__(self, failure: Failure, reason: Reason | None = None) -> None:
        super().__init__(failure, reason)
        self.failure = failure
        self.reason = reason


def refused(reason: Reason) -> FetchFailed:
    return FetchFailed(Failure.REFUSED, reason)


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the web.

    Attributes:
        host: lower case, in ASCII, without brackets and final dot.
        path: with its query, percent-encoded.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def target(url: str, *, ports: frozenset[int] = frozenset(PORTS.values())) -> Target:
    """
    Raises:
        FetchFailed: refused; the reason says what of it.
    """
    if len(url) > LONGEST_URL:
        raise refused(Reason.LENGTH)
    if _NEVER.search(url):
        raise refused(Reason.CHARACTERS)
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        raise refused(Reason.HOST if _SCHEME.match(url) else Reason.SCHEME)
    scheme, authority, path = shape[1].lower(), shape[2], shape[3]
    if "@" in authority:
        raise refused(Reason.USERINFO)
    host, port = _host_and_port(authority)
    number = PORTS[scheme] if port is None else port
    if number not in ports:
        raise refused(Reason.PORT)
    return Target(scheme, host, number, quote(path if path.startswith("/") else f"/{path}", safe=_KEPT))


def next_target(here: Target, location: str, *, ports: frozenset[int] = frozenset(PORTS.values())) -> Target:
    """Where a redirect leads.

    Raises:
        FetchFailed: as `target`.
    """
    if _NEVER.search(location) or len(location) > LONGEST_URL:
        raise refused(Reason.CHARACTERS)
    if _ANY_SCHEME.match(location):
        # Whole, and read as strictly: joining would make a path of `http:10.0.0.1`.
        return target(location, ports=ports)
    try:
        joined = urljoin(here.url, location)
    except ValueError:
        raise refused(Reason.HOST) from None
    return target(joined, ports=ports)


def checked_host(host: str) -> str:
    """The name as it is looked up, or the address.

    Raises:
        FetchFailed: no name, or one that never leads out.
    """
    if host.startswith("["):
        return str(_literal(host))
    if not host.isascii():
        host = _in_ascii(host)
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise refused(Reason.HOST)
    if _LIKE_A_NUMBER.fullmatch(labels[-1]):
        return str(_literal(host))
    if len(labels) < 2 or labels[-1] in SPECIAL_NAMES or host.endswith(SPECIAL_ENDINGS):
        raise refused(Reason.HOST)
    for label in labels:
        if label.startswith("xn--"):
            _decoded(label)
    return host


def is_public(address: Address) -> bool:
    """Whether it is an address of the open net, however it is wrapped."""
    if isinstance(address, IPv6Address):
        if address in _MAPPED or address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL:
            return False
    # The library's own table is a second opinion.
    return address.is_global and not any(address.version == n.version and address in n for n in _REFUSED)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    host, colon, digits = authority, "", ""
    if authority.startswith("["):
        end = authority.find("]")
        if end < 0:
            raise refused(Reason.HOST)
        host, rest = authority[: end + 1], authority[end + 1 :]
        if rest and not rest.startswith(":"):
            raise refused(Reason.HOST)
        colon, digits = rest[:1], rest[1:]
    elif ":" in authority:
        host, colon, digits = authority.partition(":")
    if not host:
        raise refused(Reason.HOST)
    if not colon:
        return checked_host(host), None
    if not re.fullmatch(r"[0-9]{1,5}", digits, re.ASCII):
        raise refused(Reason.PORT)
    return checked_host(host), int(digits)


def _literal(host: str) -> Address:
    """An address in its one usual form: no octal, no hexadecimal, no missing parts, no zone."""
    try:
        address: Address = IPv6Address(host[1:-1]) if host.startswith("[") else IPv4Address(host)
    except ValueError:
        raise refused(Reason.HOST) from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise refused(Reason.HOST)
    if not is_public(address):
        raise refused(Reason.ADDRESS)
    return address


def _in_ascii(host: str) -> str:
    """Of a name in another script. One whose characters stand for others (full-width digits, circled letters, dots that
    are none) is refused: what it means depends on who reads it."""
    lowered = host.lower()
    if _DOTS.search(lowered) or normalize("NFKC", lowered) != lowered:
        raise refused(Reason.HOST)
    try:
        return idna.encode(lowered, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise refused(Reason.HOST) from None


def _decoded(label: str) -> str:
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        raise refused(Reason.HOST) from None


def address_of(text: str) -> Address:
    """
    Raises:
        FetchFailed: a resolver's answer that is no address.
    """
    try:
        return ip_address(text)
    except ValueError:
        raise refused(Reason.ADDRESS) from None
