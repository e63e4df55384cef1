"""What the server that received a mail found out about its sender: `Authentication-Results` (RFC 8601).

Anybody may write such a header into their own mail. What counts is the topmost that bears the name of a server that the
reader trusts, for that server puts its own above all others and takes away what pretends to be its own (section 5).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST = 10_000
"""Characters of one header."""

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DEEPEST = 10
"""Comments within comments."""
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z0-9-]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """`told` is what it was found out about: "header.d" -> "contoh.example", in lower case."""

    method: str
    result: str
    told: dict[str, str]


def is_proven(headers: Sequence[str], *, server: str, sender: str) -> bool:
    """Whether the trusted server found that the mail comes from the domain of its sender.

    As DMARC has it (RFC 7489): it passes, or, where the domain has no policy that says so, a signature or the envelope
    of the same domain does. A forwarded mail fails SPF and keeps its signature; one that says nothing proves nothing.

    Args:
        headers: every Authentication-Results of the mail, the topmost first.
        server: its authserv-id.
        sender: the address in From.
    """
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    found = _of_server(headers, server)
    if not domain or found is None:
        return False
    results = list(found)
    dmarc = {r.result for r in results if r.method == "dmarc" and r.told.get("header.from", domain) == domain}
    if dmarc & {"pass", "fail"}:
        return "fail" not in dmarc
    return any(r.result == "pass" and _is_of(domain, _vouched(r)) for r in results)


def _of_server(headers: Iterable[str], server: str) -> Iterator[Result] | None:
    for header in headers:
        name, _, rest = _plain(header[:LONGEST]).partition(";")
        # The version of the format may stand behind the name.
        words = name.split()
        if words and words[0].lower() == server.lower():
            # What does not close may hold what a stranger wrote.
            return iter(()) if re.search(r'[()"]', rest) else _results(rest)
    return None


def _plain(header: str) -> str:
    """Without comments; what stands in quotes is free text of somebody's, and no result."""
    text = _QUOTED.sub(_unquoted, header)
    for _ in range(_DEEPEST):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            break
    return text


def _unquoted(quoted: re.Match[str]) -> str:
    inner = quoted.group()[1:-1]
    return inner if re.fullmatch(r"[A-Za-z0-9.@_+-]*", inner) else "-"


def _results(text: str) -> Iterator[Result]:
    for part in text.split(";"):
        found = _RESULT.match(part)
        if found:
            told = {f"{p[1]}.{p[2]}".lower(): p[3].lower() for p in _PROPERTY.finditer(part)}
            yield Result(found[1].lower(), found[2].lower(), told)


def _vouched(result: Result) -> str:
    """The domain that a signature or an envelope stands for."""
    match result.method:
        case "dkim":
            named = result.told.get("header.d") or result.told.get("header.i", "")
        case "spf":
            # Of HELO alone nothing follows for whoever writes.
            named = result.told.get("smtp.mailfrom", "")
        case _:
            named = ""
    return named.rpartition("@")[2].rstrip(".")


def _is_of(domain: str, vouched: str) -> bool:
    """A domain signs for those below it; never the other way round: below may be somebody else's."""
    return "." in vouched and (domain == vouched or domain.endswith(f".{vouched}"))
