"""What a page says of itself: title, description and the beginning of its text. Nothing in it is carried out."""

import asyncio
import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from libs.fetcher.targets import Target

PAGES = frozenset({"text/html", "application/xhtml+xml"})
TEXTS = frozenset({"text/plain"})
WITHIN = 6.0
"""Seconds of wall time, three times what the child has of a processor."""

CHILDREN = 4
"""At once: each may take 256 MB."""

_CHILD = Path(__file__).with_name("page_child.py")

_WALLS: dict[str, re.Pattern[str]] = {
    "facebook.com": re.compile(r"/(login|checkpoint|unsupportedbrowser|privacy/consent)\b"),
    "instagram.com": re.compile(r"/(accounts/login|challenge|consent)\b"),
    "threads.net": re.compile(r"/login\b"),
    "threads.com": re.compile(r"/login\b"),
    "tiktok.com": re.compile(r"/login\b"),
    "x.com": re.compile(r"/(i/flow/login|login|account/access)\b"),
    "twitter.com": re.compile(r"/(i/flow/login|login|account/access)\b"),
    "linkedin.com": re.compile(r"/(authwall|login|uas/login|checkpoint)\b"),
    "pinterest.com": re.compile(r"/login\b"),
    "accounts.google.com": re.compile(r"/"),
    "login.microsoftonline.com": re.compile(r"/"),
}
"""Where those lead who are not logged in."""
_WALL_TITLES: dict[str, re.Pattern[str]] = {
    "facebook.com": re.compile(
        r"facebook|(log in|masuk|login)( or sign up| atau daftar)?( to| ke| into| untuk)?( view| melihat)?"
        r"([ |•·-]*facebook)?|facebook\W+(log in or sign up|masuk atau daftar)|error( facebook)?",
        re.IGNORECASE,
    ),
    "instagram.com": re.compile(r"instagram|(log ?in|masuk)\W*instagram|page not found\W*instagram", re.IGNORECASE),
    "threads.net": re.compile(r"threads|(log ?in|masuk)\W*threads|threads\W+(log ?in|masuk)", re.IGNORECASE),
    "threads.com": re.compile(r"threads|(log ?in|masuk)\W*threads|threads\W+(log ?in|masuk)", re.IGNORECASE),
    "tiktok.com": re.compile(r"(log ?in|masuk)\W*(\|)?\W*tiktok|tiktok - make your day", re.IGNORECASE),
    "x.com": re.compile(r"x|log ?in to x( / x)?|masuk ke x( / x)?|x\. it.s what.s happening( / x)?|javascript is .*"),
    "twitter.com": re.compile(r"x|twitter|log ?in (to|on) (x|twitter)( / (x|twitter))?", re.IGNORECASE),
}
"""Titles of pages that show nothing but a log-in, whole, of the same sites."""


@dataclass(frozen=True)
class Page:
    title: str = ""
    description: str = ""
    excerpt: str = ""


class Reader:
    """Reads pages, a few at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(CHILDREN)

    async def read(self, data: bytes, content_type: str) -> Page:
        """`content_type`: the whole header. Empty where it is no page, or one that its reader did not manage."""
        if content_type.partition(";")[0].strip().lower() not in PAGES | TEXTS:
            return Page()
        async with self._turns:
            return await _read(data, content_type)


async def _read(data: bytes, content_type: str) -> Page:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_CHILD), content_type[:200]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(WITHIN):
            said, _ = await child.communicate(data)
        return Page(**json.loads(said)) if child.returncode == 0 else Page()
    except TimeoutError:
        return Page()
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def is_wall(here: Target, title: str) -> bool:
    """Whether the page asks for a log-in in place of what was looked for."""
    site = next((s for s in _WALLS if here.host == s or here.host.endswith("." + s)), None)
    if site is None:
        return False
    titles = _WALL_TITLES.get(site)
    return bool(_WALLS[site].match(here.path)) or bool(titles and titles.fullmatch(title.strip()))
