"""A picture of a page, and that its browser reaches nobody inside, whatever the page tries."""

import asyncio
import os
import struct
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from libs.fetcher import browser as browsing
from libs.fetcher.app import Fetcher
from libs.fetcher.browser import Browser, BrowserFailed, program
from libs.fetcher.messages import FetchRequest, Screenshot
from libs.fetcher.proxy import Proxy
from libs.fetcher.settings import FetcherSettings
from tests.unit.fetcher.net import Inside, Site, guard, inside, page, redirect, site

pytestmark = pytest.mark.skipif(program() is None, reason="no Chromium on this machine: no pictures of pages")

RED = b"<body style='margin:0;background:#c00;height:900px'>"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def listening() -> AsyncIterator[Inside]:
    async with inside() as found:
        yield found


@pytest.fixture
def heard(listening: Inside) -> Iterator[list[str]]:
    listening.heard.clear()
    yield listening.heard
    assert listening.heard == [], "somebody inside was connected to"


@pytest_asyncio.fixture(loop_scope="session")
async def laman() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


def of_png(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def colours(data: bytes) -> set[tuple[int, int, int]]:
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(data), formats=["PNG"]) as image:
        small = image.convert("RGB").resize((64, 64), Image.Resampling.NEAREST)
        return {pixel for _, pixel in small.getcolors(4096) or ()}  # type: ignore[misc]


def living_with(mark: str) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if mark.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


async def test_a_page_is_pictured_from_what_was_fetched_with_what_belongs_to_it(laman: Site) -> None:
    laman.says |= {
        "/a": page(RED + b"<link rel=stylesheet href=/gaya.css><h1>Judul</h1>"),
        "/gaya.css": page(b"h1{background:#00c;height:400px}", kind="text/css"),
    }
    settings = FetcherSettings.model_validate({"fetch_own": {"laman.example": f"127.0.0.1:{laman.place[1]}"}})

    answer = await Fetcher(settings).answer(FetchRequest(url="http://laman.example/a"))

    assert answer.screenshot == Screenshot.TAKEN
    assert answer.screenshot_png is not None
    assert of_png(answer.screenshot_png) == (1280, 900)
    assert {(204, 0, 0), (0, 0, 204)} <= colours(answer.screenshot_png)
    assert [head.split(b" ")[1] for head in laman.asked] == [b"/a", b"/gaya.css"], (
        "the page itself is not asked for again"
    )
    for word in (b"simpul", b"referer", b"cookie"):
        assert word not in laman.asked[1].lower()
    assert living_with("simpul-page-") == []
    assert not list(Path("/tmp").glob("simpul-page-*"))


TRIES = """
<meta http-equiv=refresh content="0; url={in}refresh"><base href="{in}">
<link rel=stylesheet href="{in}css"><link rel=preload as=image href="{in}preload">
<link rel=prefetch href="{in}prefetch">
<link rel=preconnect href="{in}"><link rel=dns-prefetch href="{in}"><link rel=icon href="{in}icon">
<link rel=manifest href="{in}manifest">
<style>@import "{in}import"; @font-face {{font-family: x; src: url({in}font)}}
body {{font-family: x; background: url({in}bg)}}</style>
<img src="{in}img"><img src="http://localhost:{port}/"><img src="http://127.1:{port}/">
<img src="http://0x7f000001:{port}/">
<img src="http://2130706433:{port}/"><img src="http://[::1]:{port}/"><img src="http://[::ffff:127.0.0.1]:{port}/">
<img src="http://0:{port}/">
<img src="http://{own}:{port}/"><img src="https://127.0.0.1:{port}/"><img src="http://a.localhost:{port}/">
<img srcset="{in}srcset 1x">
<img src="http://127。0。0。1:{port}/"><img src="file:///etc/passwd"><img src="ftp://127.0.0.1:{port}/">
<img src="http://laman.example/lalu">
<iframe src="{in}iframe"></iframe><iframe srcdoc="<img src={in}srcdoc>"></iframe><object data="{in}object"></object>
<embed src="{in}embed">
<video src="{in}video" autoplay></video><audio src="{in}audio" autoplay></audio><video poster="{in}poster"></video>
<svg><image href="{in}svg"/><use href="{in}use#a"/></svg><script src="{in}script"></script>
<form action="{in}form" method=post id=f></form>
<script>
  (new Image()).src = "http://laman.example/jalan";
  const inside = "{in}", ws = "ws://127.0.0.1:{port}/";
  const tries = [
    () => fetch(inside + "fetch"), () => fetch(inside + "nocors", {{mode: "no-cors"}}),
    () => navigator.sendBeacon(inside + "beacon"),
    () => new WebSocket(ws), () => new WebSocket("ws://localhost:{port}/"), () => new EventSource(inside + "events"),
    () => (new Image()).src = inside + "image",
    () => {{ const x = new XMLHttpRequest(); x.open("GET", inside + "xhr"); x.send(); }},
    () => new Worker(inside + "worker"),
    () => new Worker(URL.createObjectURL(new Blob(["fetch('" + inside + "blobworker')"]))),
    () => import(inside + "module"), () => window.open(inside + "popup"),
    () => navigator.serviceWorker && navigator.serviceWorker.register(inside + "sw"),
    () => document.getElementById("f").submit(),
    () => {{ const p = new RTCPeerConnection({{iceServers: [{{
             urls: ["stun:127.0.0.1:{port}", "turn:127.0.0.1:{port}?transport=tcp"],
             username: "a", credential: "b"}}]}});
             p.createDataChannel("x"); p.createOffer().then(o => p.setLocalDescription(o)); }},
    () => new WebTransport("https://127.0.0.1:{port}/"), () => location = inside + "location",
    () => location.assign(inside + "assign"),
    () => location.replace("http://[::1]:{port}/replace"),
  ];
  for (const one of tries) {{ try {{ one(); }} catch (e) {{}} }}
</script>
"""


@pytest.mark.parametrize("scripts", [False, True], ids=["as it is set", "with scripts"])
async def test_a_page_that_tries_everything_reaches_nobody_inside(
    scripts: bool, listening: Inside, heard: list[str], laman: Site
) -> None:
    picture = await pictured(trying(listening, laman), listening, laman, scripts=scripts)

    assert (204, 0, 0) in colours(picture)
    loaded = {head.split(b" ")[1] for head in laman.asked}
    assert loaded == ({b"/lalu", b"/jalan"} if scripts else {b"/lalu"}), "what may be loaded was, so the page did run"


async def test_the_proxy_alone_keeps_it_from_the_inside(
    listening: Inside, heard: list[str], laman: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing._Page, "answer", without_judging)

    await pictured(trying(listening, laman), listening, laman, scripts=True)

    assert {head.split(b" ")[1] for head in laman.asked} >= {b"/lalu", b"/jalan"}


async def test_these_listeners_would_have_heard_it(
    listening: Inside, laman: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page with nobody judging: what the other tests count is not nothing."""
    listening.heard.clear()
    flags = browsing.arguments
    monkeypatch.setattr(browsing._Page, "answer", without_judging)
    monkeypatch.setattr(
        browsing,
        "arguments",
        lambda *a, **k: [f for f in flags(*a, **k) if not f.startswith(("--proxy", "--host-res"))],
    )

    await pictured(trying(listening, laman), listening, laman, scripts=True)

    assert set(listening.heard) >= {"127.0.0.1", "::1"}
    listening.heard.clear()


def without_judging(shown: browsing._Page, paused: Mapping[str, Any], frame: str) -> tuple[str, dict[str, Any]]:
    if paused["request"]["url"] == shown.url:
        body = b64encode(shown._data).decode()
        headers = [{"name": "Content-Type", "value": "text/html"}]
        more: dict[str, Any] = {"responseCode": 200, "responseHeaders": headers, "body": body}
        return "Fetch.fulfillRequest", {"requestId": paused["requestId"], **more}
    return "Fetch.continueRequest", {"requestId": paused["requestId"]}


def trying(listening: Inside, laman: Site) -> bytes:
    laman.says["/lalu"] = redirect(f"http://127.0.0.1:{listening.port}/hop")
    places = {"in": f"http://127.0.0.1:{listening.port}/", "port": listening.port, "own": listening.addresses[-1]}
    return RED + TRIES.format(**places).encode()


async def pictured(body: bytes, listening: Inside, laman: Site, *, scripts: bool) -> bytes:
    used = Browser(guard(ports=(listening.port,), own={"laman.example": laman.place}), scripts=scripts)
    return await used.picture("http://laman.example/a", body, "text/html; charset=utf-8")


async def test_scripts_run_only_where_they_are_asked_for(laman: Site) -> None:
    body = RED + b"<script>document.body.style.background='#0a0'</script>"
    pictures = [
        await Browser(guard(), scripts=scripts).picture("http://laman.example/a", body, "text/html")
        for scripts in (False, True)
    ]

    assert [(0, 170, 0) in colours(p) for p in pictures] == [False, True]


async def test_the_page_cannot_become_another(listening: Inside, heard: list[str], laman: Site) -> None:
    laman.says["/b"] = page(b"<body style='background:#0a0'>")
    body = RED + b"<script>location = '/b'</script>"

    picture = await Browser(guard(own={"laman.example": laman.place}), scripts=True).picture(
        "http://laman.example/a", body, "text/html"
    )

    assert laman.asked == []
    assert (0, 170, 0) not in colours(picture)


async def test_a_page_that_never_ends_is_left_in_time_with_all_its_processes(
    laman: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(os.listdir("/tmp"))
    used = Browser(guard(), scripts=True, within=6.0)

    with pytest.raises(BrowserFailed):
        await used.picture("http://laman.example/a", b"<script>for(;;){}</script>", "text/html")

    assert living_with("simpul-page-") == []
    assert not [name for name in set(os.listdir("/tmp")) - before if name.startswith("simpul-page-")]


async def test_a_page_that_takes_all_memory_is_left(laman: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "MOST_RESIDENT", 50_000_000)

    with pytest.raises(BrowserFailed, match="memory"):
        await Browser(guard()).picture("http://laman.example/a", RED, "text/html")

    assert living_with("simpul-page-") == []


async def test_where_there_is_no_chromium_it_is_said_so(laman: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    laman.says["/a"] = page(RED)
    monkeypatch.setattr("libs.fetcher.app.program", lambda: None)
    settings = FetcherSettings.model_validate({"fetch_own": {"laman.example": f"127.0.0.1:{laman.place[1]}"}})

    answer = await Fetcher(settings).answer(FetchRequest(url="http://laman.example/a"))

    assert (answer.screenshot, answer.screenshot_png, answer.status) == (Screenshot.ABSENT, None, 200)


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    said = b""
    try:
        async with asyncio.timeout(1):
            while chunk := await reader.read(100_000):
                said += chunk
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return said


@pytest.mark.parametrize(
    "request_",
    [
        "CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n", "CONNECT localhost:{port} HTTP/1.1\r\n\r\n",
        "CONNECT [::1]:{port} HTTP/1.1\r\n\r\n",
        "CONNECT 2130706433:{port} HTTP/1.1\r\n\r\n", "CONNECT a@127.0.0.1:{port} HTTP/1.1\r\n\r\n",
        "CONNECT laman.example:22 HTTP/1.1\r\n\r\n",
        "CONNECT 127.0.0.1:{port}/x HTTP/1.1\r\n\r\n", "CONNECT laman.example:80@127.0.0.1:{port} HTTP/1.1\r\n\r\n",
        "GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: laman.example\r\n\r\n",
        "GET http://[::1]:{port}/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", "GET //127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
        "GET ftp://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n", "GET http://0x7f.1:{port}/ HTTP/1.1\r\n\r\n",
        "POST http://0:{port}/ HTTP/1.1\r\n\r\nx",
        "GET http://jebakan.example:{port}/ HTTP/1.1\r\n\r\n", "CONNECT jebakan.example:{port} HTTP/1.1\r\n\r\n",
        "GET\r\n\r\n", "\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "GET http://laman.example/ HTTP/1.1\r\n" + "a: b\r\n" * 9000 + "\r\n",
    ],
)  # fmt: skip
async def test_the_browsers_proxy_lets_nothing_through_to_the_inside(
    request_: str, listening: Inside, heard: list[str], laman: Site
) -> None:
    async def resolve(host: str) -> list[str]:
        return ["127.0.0.1"]

    used = guard(ports=(listening.port,), resolve=resolve, own={"laman.example": laman.place})
    async with Proxy(used, most_bytes=100_000) as proxy:
        said = await ask(proxy.port, request_.replace("{port}", str(listening.port)).encode())

    assert said in (b"", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert laman.asked == []


async def test_the_browsers_proxy_carries_what_is_allowed_and_no_more_than_that(laman: Site) -> None:
    laman.says["/kecil"] = page(b"isi")
    laman.says["/besar"] = page(b"a" * 500_000)
    async with Proxy(guard(own={"laman.example": laman.place}), most_bytes=100_000) as proxy:
        small = await ask(
            proxy.port,
            b"GET http://laman.example/kecil HTTP/1.1\r\nHost: lain\r\n"
            b"Proxy-Connection: keep-alive\r\nConnection: x\r\nA: b\r\n\r\n",
        )
        tunnel = await ask(
            proxy.port, b"CONNECT laman.example:443 HTTP/1.1\r\n\r\nGET /kecil HTTP/1.1\r\nHost: laman.example\r\n\r\n"
        )
        large = await ask(proxy.port, b"GET http://laman.example/besar HTTP/1.1\r\n\r\n")

    assert small.endswith(b"\r\n\r\nisi")
    assert laman.asked[0] == b"GET /kecil HTTP/1.1\r\nHost: laman.example\r\nConnection: close\r\nA: b\r\n\r\n"
    assert tunnel.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
    assert len(large) < 200_000
