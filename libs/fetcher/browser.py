"""A picture of a page that was fetched already, by Chromium, which is trusted with nothing.

It is given the page's bytes and never asks for the page itself; what belongs to it (pictures, styles) comes
through our proxy alone, where every connection is judged as the fetcher's own. It has a profile that is thrown away, no
scripts unless they are asked for, limits on time, memory and bytes, and is killed with all its children afterwards.
It is steered over a pipe: there is no port on which a page could find it.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from libs.fetcher.guard import Guard
from libs.fetcher.proxy import Proxy

WITHIN = 20.0
"""Seconds for all of it: Chromium starts in 1 to 3 s on an idle core."""
LOADS_WITHIN = 6.0
"""After that the picture is taken of what is there."""
SETTLES = 0.5
MOST_BYTES = 10_000_000
"""Of everything that belongs to one page."""
MOST_RESIDENT = 1_000_000_000
"""Bytes of memory of all its processes together; Chromium alone takes 300 to 400 MB."""
LOOKED_AT_EVERY = 0.25
WIDTH, HEIGHT, TALLEST = 1280, 800, 6000
LARGEST_PICTURE = 8_000_000

_CHILD = Path(__file__).with_name("browser_child.py")
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SHOWN = frozenset({"Image", "Stylesheet"})
_RUN = frozenset({"Script", "XHR", "Fetch"})


class BrowserFailed(RuntimeError):
    """No picture; the page may be at fault, or the machine."""


def program() -> str | None:
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def arguments(profile: str, port: int, *, sandbox: bool, scripts: bool) -> list[str]:
    return [
        "--headless",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
        # Even its own machine is reached through the proxy, which refuses it.
        f"--proxy-server=http://127.0.0.1:{port}",
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--disable-quic",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--force-webrtc-ip-handling-policy",
        "--dns-prefetch-disable",
        "--no-pings",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-sync",
        "--disable-extensions",
        "--disable-client-side-phishing-detection",
        "--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints,AutofillServerCommunication,"
        "DialMediaRouteProvider,Translate,NetworkTimeServiceQuerying,CertificateTransparencyComponentUpdater",
        "--disable-breakpad",
        "--disable-crash-reporter",
        "--disable-gpu",
        "--disable-3d-apis",
        "--disable-dev-shm-usage",
        "--disable-remote-fonts",
        "--metrics-recording-only",
        "--mute-audio",
        "--hide-scrollbars",
        "--no-first-run",
        "--no-default-browser-check",
        "--password-store=basic",
        "--use-mock-keychain",
        "--renderer-process-limit=2",
        "--js-flags=--max-old-space-size=128",
        f"--window-size={WIDTH},{HEIGHT}",
        *(() if sandbox else ("--no-sandbox",)),
        *(() if scripts else ("--blink-settings=scriptEnabled=false",)),
        "about:blank",
    ]


class Browser:
    """
    Args:
        guard: judges what the browser may reach.
        sandbox: Chromium's own. It needs user namespaces, which containers seldom have; as root it never starts.
        scripts: let pages run theirs.
    """

    def __init__(self, guard: Guard, *, sandbox: bool = True, scripts: bool = False, within: float = WITHIN) -> None:
        self._guard = guard
        self._sandbox = sandbox and os.geteuid() != 0
        self._scripts = scripts
        self._within = within

    async def picture(self, url: str, data: bytes, content_type: str) -> bytes:
        """A PNG of the page, as `url` would show it.

        Raises:
            BrowserFailed: none in time, or within the limits.
        """
        found = program()
        if found is None:
            raise BrowserFailed("absent")
        profile = tempfile.mkdtemp(prefix="simpul-page-")
        try:
            async with Proxy(self._guard, most_bytes=MOST_BYTES) as proxy:
                flags = arguments(profile, proxy.port, sandbox=self._sandbox, scripts=self._scripts)
                async with asyncio.timeout(self._within):
                    return await _taken([found, *flags], profile, _Page(url, data, content_type, self._scripts))
        except TimeoutError:
            raise BrowserFailed("late") from None
        finally:
            await asyncio.to_thread(shutil.rmtree, profile, ignore_errors=True)


class _Page:
    """What is shown, and what may be loaded beside it."""

    def __init__(self, url: str, data: bytes, content_type: str, scripts: bool) -> None:
        self.url = url
        self.loads = _SHOWN | _RUN if scripts else _SHOWN
        self._data = data
        self._content_type = content_type
        self._is_given = False

    def answer(self, paused: Mapping[str, Any], frame: str) -> tuple[str, dict[str, Any]]:
        """The page itself once, from what was fetched; whatever else wants to become a page is refused."""
        request = {"requestId": paused["requestId"]}
        if paused["resourceType"] == "Document" and paused.get("frameId") == frame and not self._is_given:
            self._is_given = True
            headers = [
                {"name": "Content-Type", "value": self._content_type},
                {"name": "X-Content-Type-Options", "value": "nosniff"},
                {"name": "Referrer-Policy", "value": "no-referrer"},
            ]
            body = b64encode(self._data).decode()
            return "Fetch.fulfillRequest", request | {"responseCode": 200, "responseHeaders": headers, "body": body}
        if paused["resourceType"] == "Document":
            # "No content": whoever wanted to go there stays where they are.
            return "Fetch.fulfillRequest", request | {"responseCode": 204}
        if paused["resourceType"] in self.loads and paused["request"]["url"].startswith(("http://", "https://")):
            return "Fetch.continueRequest", request
        return "Fetch.failRequest", request | {"errorReason": "BlockedByClient"}


class _Wire:
    """Chromium's protocol over its pipe: JSON, each message ended by a zero byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self.events: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue(10_000)

    async def listen(self) -> None:
        """Until the other end closes."""
        try:
            while True:
                said = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                waiting = self._waiting.pop(said.get("id", -1), None)
                if waiting is not None and not waiting.done():
                    if "error" in said:
                        waiting.set_exception(BrowserFailed(str(said["error"].get("message"))))
                    else:
                        waiting.set_result(said.get("result", {}))
                elif "method" in said:
                    self.events.put_nowait((said["method"], said.get("params", {})))
        except (EOFError, OSError, asyncio.LimitOverrunError, asyncio.QueueFull, ValueError) as error:
            self._fail(error)

    def send(self, method: str, params: Mapping[str, Any], session: str | None) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        return self._number

    async def call(self, method: str, params: Mapping[str, Any], session: str | None = None) -> Mapping[str, Any]:
        waiting: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self.send(method, params, session)] = waiting
        await self._writer.drain()
        return await waiting

    def _fail(self, error: Exception) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(BrowserFailed(f"ended: {type(error).__name__}"))
        self._waiting.clear()
        with suppress(asyncio.QueueFull):
            self.events.put_nowait(("gone", {}))


async def _taken(command: Sequence[str], profile: str, page: _Page) -> bytes:
    commands_in, commands_out = os.pipe()
    answers_in, answers_out = os.pipe()
    try:
        search = os.environ.get("PATH", "/usr/bin:/bin")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_CHILD), str(commands_in), str(answers_out), *command),
            pass_fds=(commands_in, answers_out),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            # Nothing of our own environment: no proxies, no settings.
            env={"HOME": profile, "PATH": search, "LANG": "C.UTF-8", "TMPDIR": profile},
            cwd=profile,
        )
    except OSError as error:
        for end in (commands_out, answers_in):
            os.close(end)
        raise BrowserFailed("not started") from error
    finally:
        os.close(commands_in)
        os.close(answers_out)
    reader, writer, transports = await _pipes(answers_in, commands_out)
    wire = _Wire(reader, writer)
    listening = asyncio.create_task(wire.listen())
    watching = asyncio.create_task(_watched(process.pid))
    shooting = asyncio.create_task(_shot(wire, page))
    try:
        await asyncio.wait({shooting, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not shooting.done():
            raise BrowserFailed("memory")
        return shooting.result()
    finally:
        for task in (shooting, watching, listening):
            task.cancel()
        await asyncio.gather(shooting, watching, listening, return_exceptions=True)
        _end(process.pid)
        for transport in transports:
            transport.close()
        await process.wait()


async def _pipes(
    reading: int, writing: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, tuple[asyncio.BaseTransport, ...]]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=4 * LARGEST_PICTURE)
    incoming, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb"))
    outgoing, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(writing, "wb"))
    writer = asyncio.StreamWriter(outgoing, protocol, None, loop)
    return reader, writer, (incoming, outgoing)


async def _shot(wire: _Wire, page: _Page) -> bytes:
    created = await wire.call("Target.createTarget", {"url": "about:blank"})
    attached = await wire.call("Target.attachToTarget", {"targetId": created["targetId"], "flatten": True})
    session = attached["sessionId"]
    await wire.call("Browser.setDownloadBehavior", {"behavior": "deny"})
    tree = await wire.call("Page.getFrameTree", {}, session)
    frame = tree["frameTree"]["frame"]["id"]
    screen = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    await wire.call("Emulation.setDeviceMetricsOverride", screen, session)
    await wire.call("Page.enable", {}, session)
    await wire.call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}, session)
    going = asyncio.create_task(wire.call("Page.navigate", {"url": page.url}, session))
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOADS_WITHIN):
                await _loaded(wire, page, session, frame)
        height = HEIGHT
        with suppress(BrowserFailed, TimeoutError, KeyError):
            async with asyncio.timeout(2):
                measured = await wire.call("Page.getLayoutMetrics", {}, session)
                height = int(min(max(measured["cssContentSize"]["height"], 200), TALLEST))
        answering = asyncio.create_task(_answering(wire, page, session, frame))
        try:
            return await _captured(wire, session, height)
        finally:
            answering.cancel()
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)


async def _loaded(wire: _Wire, page: _Page, session: str, frame: str) -> None:
    while True:
        name, params = await wire.events.get()
        if name == "gone":
            raise BrowserFailed("gone")
        _handle(wire, page, session, frame, name, params)
        if name == "Page.loadEventFired":
            break
    # What a style sheet asks for comes after the page says that it is complete.
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLES):
            await _answering(wire, page, session, frame)


async def _answering(wire: _Wire, page: _Page, session: str, frame: str) -> None:
    while True:
        name, params = await wire.events.get()
        _handle(wire, page, session, frame, name, params)


def _handle(wire: _Wire, page: _Page, session: str, frame: str, name: str, params: Mapping[str, Any]) -> None:
    if name == "Fetch.requestPaused":
        method, answer = page.answer(params, frame)
        wire.send(method, answer, session)
    elif name == "Page.javascriptDialogOpening":
        wire.send("Page.handleJavaScriptDialog", {"accept": False}, session)


async def _captured(wire: _Wire, session: str, height: int) -> bytes:
    for tall in dict.fromkeys((height, min(height, HEIGHT))):
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": tall, "scale": 1}
        asked = {"format": "png", "clip": clip, "captureBeyondViewport": tall > HEIGHT}
        taken = b64decode((await wire.call("Page.captureScreenshot", asked, session))["data"])
        if taken.startswith(b"\x89PNG") and len(taken) <= LARGEST_PICTURE:
            return taken
    raise BrowserFailed("picture")


async def _watched(leader: int) -> None:
    """Ends when its processes take more memory than they may."""
    while True:
        await asyncio.sleep(LOOKED_AT_EVERY)
        if sum(_resident(pid) for pid in _of_session(leader)) > MOST_RESIDENT:
            return


def _of_session(leader: int) -> list[int]:
    """Processes of a session: what a browser starts stays in it, however far from the first."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                # After the name, which may hold anything: state, parent, group, session.
                if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                    found.append(int(folder.name))
    return found


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        pages, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
        # What they share is counted with the first alone; without it each would be counted whole.
        return max(0, pages - shared) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _end(leader: int) -> None:
    """Until none is left: one that is just being started is found the next time."""
    for _ in range(20):
        left = _of_session(leader)
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not [pid for pid in left if not _is_zombie(pid)]:
            return


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return True
