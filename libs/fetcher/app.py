"""The fetcher: the one process with a way out to the web. It keeps nothing and knows nobody but its callers."""

import asyncio
import contextlib
import hashlib
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from libs.contracts.topics import Service
from libs.fetcher import pages
from libs.fetcher.archive import warc
from libs.fetcher.browser import Browser, BrowserFailed, program
from libs.fetcher.fetching import Exchange, Fetched, Fetching
from libs.fetcher.guard import Guard, Resolve, system_resolver
from libs.fetcher.messages import FetchAnswer, FetchRequest, Hop, Screenshot
from libs.fetcher.settings import FetcherSettings
from libs.runtime import logs, telemetry
from libs.runtime.errors import Busy
from libs.runtime.http import Health, caller_dependency, service_app
from libs.runtime.keyring import Keyring
from libs.runtime.tokens import Tokens

log = logs.get()

WAITS_FOR_A_TURN = 3.0
"""Seconds; after that whoever asks is told to come again."""
BROWSERS = 1
"""At once: each takes a core and up to a gigabyte."""
WAITS_FOR_A_BROWSER = 20.0
RECENT, MOST_RECENT = 60.0, 16
"""Seconds, and pages. An address that goes round is reported hundreds of times within minutes: its server is asked
once, and everybody gets what it said then, with the time at which it did."""


def agent_of(settings: FetcherSettings) -> str:
    contact = f"; {settings.fetch_contact}" if settings.fetch_contact else ""
    return f"Mozilla/5.0 (compatible; Simpul/1.0; +{settings.public_url}{contact})"


class Fetcher:
    """Address in, page and copies out."""

    def __init__(self, settings: FetcherSettings, *, resolve: Resolve = system_resolver) -> None:
        own = {name: _place(where) for name, where in settings.fetch_own.items()}
        guard = Guard(resolve, ports=settings.fetch_ports, own=own)
        trust = ssl.create_default_context()
        if settings.fetch_trust is not None:
            trust.load_verify_locations(settings.fetch_trust)
        self._agent = agent_of(settings)
        self._fetching = Fetching(guard, agent=self._agent, trust=trust)
        self._browser = Browser(guard, sandbox=settings.chromium_sandbox, scripts=settings.page_scripts)
        self._pictures = settings.screenshots
        self._turns = asyncio.Semaphore(settings.fetch_at_once)
        self._browsers = asyncio.Semaphore(BROWSERS)
        self._reader = pages.Reader()
        self._recent: OrderedDict[FetchRequest, tuple[float, asyncio.Task[FetchAnswer]]] = OrderedDict()

    async def answer(self, request: FetchRequest) -> FetchAnswer:
        """
        Raises:
            Busy: others come first.
        """
        now = asyncio.get_running_loop().time()
        begun, task = self._recent.get(request, (0.0, None))
        if task is None or request.fresh or now - begun > RECENT or (task.done() and not _is_worth_keeping(task)):
            task = asyncio.create_task(self._fetched(request))
            self._recent[request] = (now, task)
            self._recent.move_to_end(request)
            while len(self._recent) > MOST_RECENT:
                self._recent.popitem(last=False)
        # Whoever asked first may go; the others still wait for it.
        return await asyncio.shield(task)

    async def _fetched(self, request: FetchRequest) -> FetchAnswer:
        async with _turn(self._turns, WAITS_FOR_A_TURN):
            at = datetime.now(UTC)
            fetched = await self._fetching.fetch(request.url)
            return await self._answer(fetched, at, wants_picture=request.screenshot)

    async def _answer(self, fetched: Fetched, at: datetime, *, wants_picture: bool) -> FetchAnswer:
        answer = FetchAnswer(
            url=fetched.url,
            final_url=fetched.final_url,
            fetched_at=at,
            hops=tuple(Hop(url=e.target.url, status=e.status) for e in fetched.exchanges),
            failure=fetched.failure,
            reason=fetched.reason,
        )
        page = fetched.page
        if page is None:
            return answer
        said = await self._reader.read(bytes(page.body.data), page.header("content-type"))
        wall = pages.is_wall(page.target, said.title)
        update: dict[str, Any] = {
            "status": page.status,
            "media_type": page.media_type,
            "size": len(page.body.data),
            "sha256": hashlib.sha256(page.body.data).hexdigest(),
            "truncated": page.body.truncated,
            "wall": wall,
        }
        if not wall:
            kept = await asyncio.to_thread(warc, fetched.exchanges, agent=self._agent)
            update |= {
                "title": said.title,
                "description": said.description,
                "excerpt": said.excerpt,
                "warc": kept,
                "warc_sha256": hashlib.sha256(kept).hexdigest(),
            }
        if wants_picture:
            update |= await self._picture(page, wall=wall)
        return answer.model_copy(update=update)

    async def _picture(self, page: Exchange, *, wall: bool) -> dict[str, Any]:
        if wall or page.media_type not in pages.PAGES | pages.TEXTS:
            return {"screenshot": Screenshot.NO_PAGE}
        if not self._pictures or program() is None:
            return {"screenshot": Screenshot.ABSENT}
        try:
            async with _turn(self._browsers, WAITS_FOR_A_BROWSER):
                png = await self._browser.picture(page.target.url, bytes(page.body.data), page.header("content-type"))
        except (BrowserFailed, Busy) as error:
            log.warning("screenshot_failed", why=str(error))
            return {"screenshot": Screenshot.FAILED}
        digest = hashlib.sha256(png).hexdigest()
        return {"screenshot": Screenshot.TAKEN, "screenshot_png": png, "screenshot_sha256": digest}


def _is_worth_keeping(task: asyncio.Task[FetchAnswer]) -> bool:
    """What failed may go better the next time."""
    if task.cancelled() or task.exception() is not None:
        return False
    answer = task.result()
    is_whole = answer.failure is None and not answer.wall and (answer.status or 0) < 500
    return is_whole and answer.screenshot is not Screenshot.FAILED


@contextlib.asynccontextmanager
async def _turn(turns: asyncio.Semaphore, within: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(within):
            await turns.acquire()
    except TimeoutError:
        raise Busy("fetcher", retry_after=within) from None
    try:
        yield
    finally:
        turns.release()


def _place(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    return host.strip("[]"), int(port)


def create_app(settings: FetcherSettings) -> FastAPI:
    logs.configure(Service.FETCHER, settings.log_level)
    telemetry.configure(Service.FETCHER, settings.trace_ratio)
    tokens = Tokens(Keyring(settings.secrets_dir, Service.FETCHER))
    fetcher = Fetcher(settings)
    health = Health()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        health.started = True
        yield

    app = service_app(Service.FETCHER, health, lifespan=lifespan)
    From: Any = caller_dependency(tokens)

    @app.post("/fetch")
    async def fetch(request: FetchRequest, caller: From) -> FetchAnswer:
        answer = await fetcher.answer(request)
        # Never the address: what somebody reported is theirs.
        log.info(
            "fetched",
            caller=caller.service,
            status=answer.status,
            failure=answer.failure,
            reason=answer.reason,
            hops=len(answer.hops),
            size=answer.size,
            screenshot=answer.screenshot,
        )
        telemetry.FETCHES.labels(answer.failure or ("wall" if answer.wall else "page")).inc()
        return answer

    return app
