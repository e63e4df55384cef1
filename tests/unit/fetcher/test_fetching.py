"""What is fetched, and what is not: a page, its way, its copy, and everything that a server may do wrong."""

import asyncio
import gzip
import hashlib
import json
import ssl
import zlib
from base64 import b64decode
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from warcio.archiveiterator import ArchiveIterator

from libs.fetcher import fetching as fetching_module
from libs.fetcher.app import Fetcher, agent_of
from libs.fetcher.bodies import MOST_BYTES
from libs.fetcher.fetching import Fetched, Fetching
from libs.fetcher.messages import Failure as F
from libs.fetcher.messages import FetchAnswer, FetchRequest, Hop, Reason, Screenshot
from libs.fetcher.settings import FetcherSettings
from libs.runtime.errors import Busy
from tests.unit.fetcher.net import AGENT, Site, answers, certificate, guard, page, redirect, site

HTML = (
    b"<!doctype html><html lang=id><head><title>Judul &amp; kop</title>"
    b'<meta property="og:title" content="Bantuan Rp600.000 dibuka">'
    b'<meta name=description content="Kabar  dari\n dinas."></head><body><nav>Beranda</nav>'
    b'<script>var x = "tidak";</script>'
    b"<article><p>Bantuan dibuka sampai Jumat.</p></article></body></html>"
)


@pytest_asyncio.fixture(loop_scope="session")
async def laman() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


def settings(laman: Site, **more: object) -> FetcherSettings:
    own = {"laman.example": f"{laman.place[0]}:{laman.place[1]}"}
    return FetcherSettings.model_validate({"fetch_own": own, "screenshots": False, **more})


async def asked(laman: Site, path: str = "/a", **more: object) -> FetchAnswer:
    return await Fetcher(settings(laman, **more)).answer(
        FetchRequest(url=f"http://laman.example{path}", screenshot=False)
    )


async def fetched(laman: Site, *, within: float = fetching_module.WITHIN) -> Fetched:
    used = Fetching(
        guard(own={"laman.example": laman.place}), agent=AGENT, trust=ssl.create_default_context(), within=within
    )
    return await used.fetch("http://laman.example/a")


async def test_a_page_is_fetched_with_what_it_says_of_itself(laman: Site) -> None:
    laman.says["/a?b=c"] = page(HTML)

    answer = await asked(laman, "/a?b=c#d")

    assert (answer.status, answer.failure, answer.media_type) == (200, None, "text/html")
    assert answer.final_url == "http://laman.example/a?b=c"
    assert answer.title == "Bantuan Rp600.000 dibuka"
    assert answer.description == "Kabar dari dinas."
    assert answer.excerpt == "Bantuan dibuka sampai Jumat."
    assert (answer.size, answer.sha256) == (len(HTML), hashlib.sha256(HTML).hexdigest())
    assert answer.truncated is False


async def test_a_server_learns_who_asks_and_nothing_else(laman: Site) -> None:
    laman.says["/"] = redirect("/b")
    laman.says["/b"] = page(HTML, more="Set-Cookie: a=b; Path=/\r\n")

    await asked(laman, "/", public_url="https://simpul.example", fetch_contact="admin@simpul.example")
    await asked(laman, "/b")

    for head in laman.asked:
        lines = head.decode().split("\r\n")
        names = [line.partition(":")[0] for line in lines[1:] if line]
        assert names == ["Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Connection"]
    agent = "Mozilla/5.0 (compatible; Simpul/1.0; +https://simpul.example; admin@simpul.example)"
    assert f"User-Agent: {agent}\r\n".encode() in laman.asked[0]


async def test_a_chain_of_redirects_is_followed_and_told(laman: Site) -> None:
    laman.says |= {
        "/a": redirect("/b", 301),
        "/b": redirect("http://laman.example/c?x=ü", 307),
        "/c?x=%C3%BC": page(HTML),
    }

    answer = await asked(laman)

    assert answer.final_url == "http://laman.example/c?x=%C3%BC"
    assert answer.hops == (
        Hop(url="http://laman.example/a", status=301),
        Hop(url="http://laman.example/b", status=307),
        Hop(url="http://laman.example/c?x=%C3%BC", status=200),
    )


async def test_five_redirects_are_followed_and_not_a_sixth(laman: Site) -> None:
    for n in range(1, 7):
        laman.says[f"/{n}"] = redirect(f"/{n - 1}")
    laman.says["/0"] = page(HTML)

    five, six = await asked(laman, "/5"), await asked(laman, "/6")

    assert (five.failure, five.title) == (None, "Bantuan Rp600.000 dibuka")
    assert (six.failure, len(six.hops)) == (F.TOO_MANY_REDIRECTS, 6)


async def test_a_ring_of_redirects_ends(laman: Site) -> None:
    laman.says["/a"] = redirect("/a")

    assert (await asked(laman)).failure == F.TOO_MANY_REDIRECTS


async def test_the_copy_can_be_read_by_others_and_holds_what_went_over_the_wire(laman: Site) -> None:
    packed = gzip.compress(HTML)
    laman.says |= {"/a": redirect("/b"), "/b": page(packed, more="Content-Encoding: gzip\r\n")}

    answer = await asked(laman)

    assert answer.warc is not None
    assert answer.warc_sha256 == hashlib.sha256(answer.warc).hexdigest()
    records = [
        (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.http_headers, r.raw_stream.read())
        for r in ArchiveIterator(BytesIO(answer.warc), check_digests="raise")
    ]
    assert [(kind, url) for kind, url, *_ in records] == [
        ("warcinfo", None),
        ("response", "http://laman.example/a"),
        ("request", "http://laman.example/a"),
        ("response", "http://laman.example/b"),
        ("request", "http://laman.example/b"),
    ]
    assert records[3][2].get_statuscode() == "200"
    assert records[3][3] == packed
    assert records[4][2].get_header("Host") == "laman.example"


async def test_an_answer_survives_the_way_to_its_asker(laman: Site) -> None:
    laman.says["/a"] = page(HTML)

    answer = await asked(laman)
    wire = answer.model_dump_json()

    assert FetchAnswer.model_validate_json(wire) == answer
    assert b64decode(json.loads(wire)["warc"], altchars=b"-_")[:2] == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(HTML)),
        ("x-gzip", gzip.compress(HTML)),
        ("deflate", zlib.compress(HTML)),
        ("deflate", zlib.compress(HTML)[2:-4]),
        ("identity", HTML),
    ],
)
async def test_packed_pages_are_unpacked(laman: Site, encoding: str, packed: bytes) -> None:
    laman.says["/a"] = page(packed, more=f"Content-Encoding: {encoding}\r\n")

    assert (await asked(laman)).sha256 == hashlib.sha256(HTML).hexdigest()


@pytest.mark.parametrize(
    ("encoding", "packed", "failure"),
    [
        ("gzip", gzip.compress(b"a" * 20_000_000), F.BOMB),
        ("gzip", gzip.compress(b"\0" * 200_000), F.BOMB),
        ("deflate", zlib.compress(b"a" * 20_000_000), F.BOMB),
        ("gzip, gzip", gzip.compress(gzip.compress(b"a" * 20_000_000)), F.ENCODING),
        ("br", b"\x0b\x02\x80abc\x03", F.ENCODING),
        ("zstd", b"\x28\xb5\x2f\xfd", F.ENCODING),
        ("gzip", b"no gzip at all", F.ENCODING),
        ("gzip", gzip.compress(HTML)[:-12], F.ENCODING),
    ],
)
async def test_what_is_packed_to_harm_is_refused(laman: Site, encoding: str, packed: bytes, failure: F) -> None:
    laman.says["/a"] = page(packed, more=f"Content-Encoding: {encoding}\r\n")

    answer = await asked(laman)

    assert answer.failure == failure
    assert answer.warc is None
    assert (answer.title, answer.excerpt) == ("", "")


@pytest.mark.parametrize(("size", "is_cut"), [(MOST_BYTES, False), (MOST_BYTES + 1, True), (3 * MOST_BYTES, True)])
async def test_of_a_large_page_the_first_megabyte_is_kept_and_the_rest_not_read(
    laman: Site, size: int, is_cut: bool
) -> None:
    laman.says["/a"] = page(HTML.ljust(size))

    answer = await asked(laman)

    assert (answer.size, answer.truncated, answer.failure) == (MOST_BYTES, is_cut, None)
    assert answer.title == "Bantuan Rp600.000 dibuka"
    assert answer.warc is not None
    response = next(r for r in ArchiveIterator(BytesIO(answer.warc)) if r.rec_type == "response")
    assert response.rec_headers.get_header("WARC-Truncated") == ("length" if is_cut else None)


async def test_a_body_without_end_is_left(laman: Site) -> None:
    sent = 0

    async def forever(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"a" * 65_536)
            await writer.drain()
            sent += 65_536

    laman.says["/a"] = forever

    answer = await asked(laman)

    assert answer.truncated
    assert sent < 20 * MOST_BYTES


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>"]
)
async def test_whoever_answers_drop_by_drop_is_left_in_time(laman: Site, first: bytes) -> None:
    async def slowly(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(b"X" if not first.endswith(b"\n") else b"x: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    laman.says["/a"] = slowly
    begun = asyncio.get_running_loop().time()

    found = await fetched(laman, within=0.4)

    assert found.failure == F.TIMEOUT
    assert asyncio.get_running_loop().time() - begun < 1.5
    assert found.page is None


async def test_the_time_is_for_the_whole_way_not_for_each_hop(laman: Site) -> None:
    async def late(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(redirect("/a"))
        await writer.drain()

    laman.says["/a"] = late

    found = await fetched(laman, within=0.5)

    assert found.failure == F.TIMEOUT
    assert len(found.exchanges) == 2


@pytest.mark.parametrize(
    "said",
    [
        b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"+OK Redis\r\n", b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 40_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nContent-Type: text/html\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    ],
)  # fmt: skip
async def test_what_is_no_http_is_said_so(laman: Site, said: bytes) -> None:
    laman.says["/a"] = said

    assert (await asked(laman)).failure == F.PROTOCOL


async def test_a_page_that_is_gone_is_an_answer(laman: Site) -> None:
    laman.says["/a"] = page(b"<title>Tidak ditemukan</title>", status="404 Not Found")

    answer = await asked(laman)

    assert (answer.status, answer.failure, answer.title) == (404, None, "Tidak ditemukan")


async def test_a_server_that_is_not_there_is_said_so(laman: Site) -> None:
    laman.place = ("127.0.0.1", 9)

    assert (await asked(laman)).failure == F.UNREACHABLE


async def test_a_name_that_nobody_knows_is_said_so(laman: Site) -> None:
    resolve, _ = answers([])

    answer = await Fetcher(settings(laman), resolve=resolve).answer(
        FetchRequest(url="https://tiada.example/", screenshot=False)
    )

    assert answer.failure == F.NAME_UNKNOWN


async def test_an_address_that_is_none_is_an_answer_with_its_reason(laman: Site) -> None:
    answer = await Fetcher(settings(laman)).answer(FetchRequest(url="ftp://laman.example/a"))

    assert (answer.failure, answer.reason, answer.final_url) == (F.REFUSED, Reason.SCHEME, "ftp://laman.example/a")


async def test_tls_is_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    context, file = certificate(tmp_path, "laman.example")
    names: list[str | None] = []
    context.sni_callback = lambda connection, name, _: names.append(name)
    async with site(context) as secure:
        secure.says["/a"] = page(HTML)
        own = {"laman.example": secure.place, "lain.example": secure.place}
        trust = ssl.create_default_context(cafile=file)
        trusting = Fetching(guard(own=own), agent=AGENT, trust=trust)
        strict = Fetching(guard(own=own), agent=AGENT, trust=ssl.create_default_context())

        good = await trusting.fetch("https://laman.example/a")
        other_name = await trusting.fetch("https://lain.example/a")
        unknown = await strict.fetch("https://laman.example/a")

    assert (good.failure, len(good.exchanges)) == (None, 1)
    assert b"Host: laman.example\r\n" in secure.asked[0]
    assert names[0] == "laman.example"
    assert (other_name.failure, unknown.failure) == (F.TLS, F.TLS)
    assert len(secure.asked) == 1, "nothing is asked of one who cannot show who it is"


async def test_tls_where_there_is_none_is_said_so() -> None:
    async def plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(plainly, "127.0.0.1", 0)
    own = {"laman.example": server.sockets[0].getsockname()}
    found = await Fetching(guard(own=own), agent=AGENT, trust=ssl.create_default_context()).fetch(
        "https://laman.example/a"
    )
    server.close()

    assert found.failure == F.TLS


@pytest.mark.parametrize(
    ("data", "kind", "title"),
    [
        ("<title>Débat</title>".encode("latin-1"), "text/html; charset=iso-8859-1", "Débat"),
        ("<title>“Hoaks”</title>".encode("cp1252"), "text/html; charset=ISO-8859-1", "“Hoaks”"),
        ("<title>新聞</title>".encode("big5"), "text/html; charset=Big5", "新聞"),
        ('<meta charset="shift_jis"><title>新聞</title>'.encode("shift_jis"), "text/html", "新聞"),
        ("<title>Kabar…</title>".encode(), "text/html", "Kabar…"),
        ("\ufeff<title>Kabar…</title>".encode("utf-16-le"), "text/html; charset=ascii", "Kabar…"),
        (b"<title>a\xff\xfeb</title>", "text/html; charset=utf-8", "a��b"),
        (b"<title>Kabar</title>", "text/html; charset=base64", "Kabar"),
        (b"<title>Kabar</title>", "text/html; charset=zlib_codec", "Kabar"),
        (b"<title>Kabar</title>", "text/html; charset=unicode_escape", "Kabar"),
        (b"<title>Kabar</title>", "text/html; charset=undefined", "Kabar"),
        (b"<title>Kabar</title>", 'text/html; charset="', "Kabar"),
        (b"<title>a\x00b\x1b[31m\xc2\x9b</title>", "text/html; charset=utf-8", "a\ufffdb[31m"),
        (b"<title>" + b"kata " * 200 + b"</title>", "text/html", "kata " * 58 + "kata…"),
        (b"<title>" + b"a" * 900 + b"</title>", "text/html", "a" * 299 + "…"),
    ],
)
async def test_titles_are_read_as_browsers_read_them(laman: Site, data: bytes, kind: str, title: str) -> None:
    laman.says["/a"] = page(data, kind=kind)

    assert (await asked(laman)).title == title


@pytest.mark.parametrize(
    "body",
    [b"<div>" * 190_000, b"<b><a>" * 150_000, b"<table><td>" * 80_000, b"<" * 900_000, b"<!--" * 200_000,
    b"<a " + b"b=c " * 200_000,
     b"&" * 900_000, b"<title>" * 100_000, b"<svg><foreignObject>" * 40_000],
)  # fmt: skip
async def test_a_page_that_keeps_its_reader_busy_is_kept_without_a_title(laman: Site, body: bytes) -> None:
    laman.says["/a"] = page(b"<html>" + body)

    answer = await asked(laman)

    assert (answer.failure, answer.status) == (None, 200)
    assert answer.warc is not None


async def test_a_picture_or_a_file_is_kept_without_being_read(laman: Site) -> None:
    laman.says["/a"] = page(b"%PDF-1.7 <title>x</title>", kind="application/pdf")

    answer = await asked(laman)

    assert (answer.media_type, answer.title, answer.excerpt) == ("application/pdf", "", "")
    assert answer.warc is not None


async def test_a_wall_is_said_so_and_not_kept(laman: Site) -> None:
    own = {f"{name}": f"127.0.0.1:{laman.place[1]}" for name in ("www.facebook.com", "x.com")}
    laman.says |= {
        "/share/p/abc/": redirect("/login/?next=%2Fshare"),
        "/login/?next=%2Fshare": page(b"<title>Masuk ke Facebook</title><p>Masuk</p>"),
        "/kantor/posts/1": page(
            b'<meta property=og:title content="Dinas Sosial - Jadwal bantuan"><title>Facebook</title>'
        ),
        "/kantor/posts/2": page(b"<title>Facebook</title>"),
    }
    fetcher = Fetcher(FetcherSettings.model_validate({"fetch_own": own, "screenshots": False}))

    led, shown, empty = [
        await fetcher.answer(FetchRequest(url=f"http://www.facebook.com{path}"))
        for path in ("/share/p/abc/", "/kantor/posts/1", "/kantor/posts/2")
    ]

    for wall in (led, empty):
        assert (wall.wall, wall.title, wall.warc, wall.screenshot) == (True, "", None, Screenshot.NO_PAGE)
    assert (shown.wall, shown.title) == (False, "Dinas Sosial - Jadwal bantuan")


async def test_whoever_finds_no_turn_is_told_to_come_again(laman: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.fetcher.app.WAITS_FOR_A_TURN", 0.1)
    let_go = asyncio.Event()

    async def waits(head: bytes, writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        writer.write(page(HTML))

    laman.says["/a"] = waits
    fetcher = Fetcher(settings(laman, fetch_at_once=1))
    first = asyncio.create_task(fetcher.answer(FetchRequest(url="http://laman.example/a", screenshot=False)))
    await asyncio.sleep(0.05)

    with pytest.raises(Busy):
        await fetcher.answer(FetchRequest(url="http://laman.example/b", screenshot=False))
    let_go.set()

    assert (await first).failure is None


async def test_what_goes_round_is_asked_for_once(laman: Site) -> None:
    laman.says["/a"] = page(HTML)
    fetcher = Fetcher(settings(laman))
    request = FetchRequest(url="http://laman.example/a", screenshot=False)

    together = await asyncio.gather(*(fetcher.answer(request) for _ in range(20)))
    later = await fetcher.answer(FetchRequest(url="http://laman.example/a", screenshot=False))

    assert len(laman.asked) == 1
    assert {a.fetched_at for a in (*together, later)} == {later.fetched_at}


async def test_what_failed_is_asked_for_again_and_so_is_what_is_old(
    laman: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = Fetcher(settings(laman))
    request = FetchRequest(url="http://laman.example/a", screenshot=False)
    laman.says["/a"] = b"SSH-2.0-OpenSSH_9.2\r\n"
    assert (await fetcher.answer(request)).failure == F.PROTOCOL
    laman.says["/a"] = page(HTML, status="503 Busy")
    assert (await fetcher.answer(request)).status == 503
    laman.says["/a"] = page(HTML)
    assert (await fetcher.answer(request)).status == 200

    monkeypatch.setattr("libs.fetcher.app.RECENT", -1.0)
    await fetcher.answer(request)

    assert len(laman.asked) == 4
    await fetcher.answer(request)
    monkeypatch.undo()
    await fetcher.answer(request)
    assert len(laman.asked) == 5
    await fetcher.answer(request.model_copy(update={"fresh": True}))
    assert len(laman.asked) == 6


async def test_one_who_goes_takes_nobodys_answer_along(laman: Site) -> None:
    let_go = asyncio.Event()

    async def waits(head: bytes, writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        writer.write(page(HTML))

    laman.says["/a"] = waits
    fetcher = Fetcher(settings(laman))
    request = FetchRequest(url="http://laman.example/a", screenshot=False)
    first, second = (asyncio.create_task(fetcher.answer(request)) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    let_go.set()

    assert (await second).failure is None


@pytest.mark.parametrize("value", ["\xe9t\xe9", "tab\tbed", "", "x" * 5000, "=?utf-8?q?a?="])
async def test_headers_of_any_kind_can_be_kept(laman: Site, value: str) -> None:
    said = page(HTML, more="X-Aneh: @\r\n").replace(b"@", value.encode("latin-1"))
    laman.says["/a"] = said.replace(b"200 OK", b"200 ")

    answer = await asked(laman)

    assert answer.warc is not None
    assert [r.rec_type for r in ArchiveIterator(BytesIO(answer.warc), check_digests="raise")].count("response") == 1


def test_the_agent_cannot_be_made_to_say_more() -> None:
    assert (
        agent_of(FetcherSettings(public_url="https://s.example"))
        == "Mozilla/5.0 (compatible; Simpul/1.0; +https://s.example)"
    )
