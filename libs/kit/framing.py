"""Hosts that may show a page of ours in a frame, as an office names them."""

import re

from libs.kit import hosts

MOST = 20
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})+)(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII)
LONGEST = 260


def is_host(text: str) -> bool:
    """`situs.example.go.id` or `situs.example.go.id:8443`: lower case, ASCII (punycode), no wildcard; or this machine
    with a port, for trials."""
    found = _HOST.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or int(found["port"] or 1) > 65_535:
        return False
    return is_own(text) or hosts.refused_because(f"https://{found['name']}") is None


def listed(text: str) -> tuple[str, ...]:
    """What stands in lines, each once and in lower case."""
    lines = (line.strip().lower() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def is_own(host: str) -> bool:
    """A page on the machine of whoever looks."""
    return host.startswith("127.0.0.1:")


def origin(host: str) -> str:
    return f"http://{host}" if is_own(host) else f"https://{host}"
