"""The addresses of a report of which copies are made, and what they say where the report itself says little."""

from collections.abc import Iterable

from libs.contracts.reports.parts import Snapshot
from libs.contracts.reports.report import MOST_PAGES
from libs.kit.addresses import addresses
from libs.kit.claims import ENOUGH_CONTENT, read
from libs.kit.stems import Stems

LOGIN_WALL = "login_wall"
_STEMS = Stems()
_WEB = ("http://", "https://")


def pages_of(text: str, urls: Iterable[str]) -> tuple[str, ...]:
    """Whole addresses, each once; the form's first. Links for apps lead to no page."""
    whole = (url if "://" in url else f"https://{url}" for url in (*urls, *addresses(text)))
    return tuple(dict.fromkeys(url for url in whole if url.lower().startswith(_WEB)))[:MOST_PAGES]


def says_little(text: str) -> bool:
    """Whether it needs its link to say what it is about: "apakah ini betul?"."""
    return read(text, _STEMS).content < ENOUGH_CONTENT


def latest(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Of each page the last that holds something, in the order of the pages."""
    good = {s.page: s for s in sorted(snapshots, key=lambda s: s.turn) if s.failure is None}
    return [good[page] for page in sorted(good)]


def words_of(snapshots: Iterable[Snapshot]) -> str:
    """Titles and descriptions; empty where none has any."""
    said = (part for s in latest(snapshots) if is_there(s) for part in (s.title, s.description))
    return "\n".join(dict.fromkeys(filter(None, said)))


def tells_something(snapshot: Snapshot) -> bool:
    """Words, or where a short address leads; what is behind a log-in may be known by its address."""
    words = snapshot.failure is None and is_there(snapshot) and bool(snapshot.title or snapshot.description)
    return words or bool(leads_to([snapshot]))


def leads_to(snapshots: Iterable[Snapshot]) -> list[str]:
    """Where addresses end that lead on."""
    led = (s.final_url for s in snapshots if s.failure in (None, LOGIN_WALL) and s.final_url not in ("", s.url))
    return list(dict.fromkeys(led))


def is_there(snapshot: Snapshot) -> bool:
    """Not "Halaman tidak ditemukan" and the like."""
    return snapshot.status is not None and snapshot.status < 400
