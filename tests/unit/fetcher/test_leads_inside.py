"""No address, redirect, name or page brings the fetcher to a machine inside: judged by real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator

import httpcore
import pytest
import pytest_asyncio

from libs.fetcher import guard as guarding
from libs.fetcher import targets
from libs.fetcher.fetching import Fetching
from libs.fetcher.guard import Guard
from libs.fetcher.messages import Failure, Reason
from libs.fetcher.targets import is_public
from tests.unit.fetcher.net import AGENT, PUBLIC, Inside, Site, answers, guard, inside, page, redirect, site

INTERNAL = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.0.1.1",
    "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
)  # fmt: skip
INTERNAL_V6 = (
    "::", "::1", "::7f00:1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b::169.254.169.254", "64:ff9b:1::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::",
    "2001:10::1",
    "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "3fff::1", "4000::1",
    "5f00::1", "fc00::1",
    "fd00::2", "fdff:ffff::1", "fe80::1", "fe90::1", "febf::1", "fec0::1", "feff::1", "ff00::1", "ff02::1", "ff0e::1",
)  # fmt: skip
FORMS = (
    "2130706433", "017700000001", "0x7f000001", "0X7F000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "0177.0.0.01",
    "127.1", "127.0.1", "127.0.0.1.", "127.0.0.1..", "127.000.000.001", "127.0.0.0x1", "0", "0.0.0.0.", "00.0.0.0",
    "1.2.3.4.5",
    "127.0.0.256", "3232235521", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe",
    "169.254.43518",
)  # fmt: skip
NAMES = (
    "localhost", "localhost.", "LOCALHOST", "LocalHost", "a.localhost", "a.b.localhost.", "localhost.localdomain",
    "printer.local", "metadata.google.internal", "api.internal", "kafka", "mongodb", "reports", "reports.simpul.svc",
    "mongodb.mongodb.svc.cluster.local", "mongodb.mongodb.svc.cluster.local.", "kubernetes.default.svc",
    "router.lan", "nas.home", "intra.corp", "x.home.arpa", "1.0.0.127.in-addr.arpa", "a.onion", "a.test", "a.invalid",
    "-a.example", "a-.example", "a..example", ".example.com", "a b.example", "a,b.example", "ex$mple.com",
    "a" * 64 + ".com",
    ".".join(["a" * 60] * 5) + ".com",
)  # fmt: skip
UNICODE = (
    "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "127․0․0․1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "𝟏𝟐𝟕.0.0.1",
    "loc\u200balhost",
    "loca\u00adlhost", "ⓛocalhost", "ｌｏｃａｌｈｏｓｔ", "localhost\u3002", "lo\u0441alhost", "ﬁle.example",
    "faß\u2024de", "exa\u2060mple.com",
    "℡.com", "xn--", "xn--a", "xn--localhost-", "a.xn--zzzzzzzz999", "\u202elocalhost", "ⅰ.com", "½.com",
    "127\u06d40\u06d40\u06d41",
)  # fmt: skip
ODD = (
    "http://{in}@laman.example/", "http://laman.example@{in}/", "http://user:pass@{in}/",
    "http://laman.example:80@{in}/",
    "http://{in}#@laman.example/", "http://{in}?@laman.example/",
    "http://laman.example\\@{in}/", "http://{in}\\@laman.example/", "http:\\\\{in}/", "http:/\\{in}/", "\\\\{in}/",
    "http:{in}", "http:/{in}", "http:///{in}/", "http:////{in}/", "//{in}/", "{in}", "/{in}", "",
    " http://{in}/", "http://{in}/ ", "\thttp://{in}/", "ht\ttp://{in}/", "ht\ntp://{in}/", "http://\t{in}/",
    "http://\n{in}/",
    "http://{in}\r\nHost: x/", "http://laman.example/\r\nX: y", "http://laman.example/%0d%0a\r\n",
    "http://{in}\x00.laman.example/",
    "http://laman.example\x00{in}/", "http://{in}\xa0/", "http://\ufeff{in}/", "http://{in}\u2028/",
    "http://127.0.0.1%2f@laman.example:{port}/", "http://%31%32%37.0.0.1:{port}/", "http://127%2e0%2e0%2e1:{port}/",
    "http://loc%61lhost:{port}/", "http://%6c%6f%63%61%6c%68%6f%73%74:{port}/",
    "http://127.0.0.1%23.laman.example:{port}/",
    "http://[::1]:{port}/", "http://[::1%25lo]:{port}/", "http://[fe80::1%25eth0]:{port}/", "http://[::1]{port}/",
    "http://[::1/", "http://[]/", "http://[127.0.0.1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[v1.a]/",
    "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[0000::0001]:{port}/", "http://::1:{port}/", "http://0:{port}/",
    "http://{in}:/", "http://127.0.0.1:+{port}/", "http://127.0.0.1:0{port}00/", "http://127.0.0.1:{port}abc/",
    "http://laman.example:22/", "http://laman.example:25/", "http://laman.example:6379/",
    "http://laman.example:9092/",
    "http://laman.example:27017/", "http://laman.example:8080/", "http://laman.example:0/",
    "http://laman.example:65616/",
    "http://laman.example:-1/", "http://laman.example:８０/", "http://laman.example:80:80/",
    "ftp://{in}/", "file:///etc/passwd", "file://{in}/etc/passwd", "gopher://{in}/_x", "dict://{in}/", "ldap://{in}/",
    "ws://{in}/", "data:text/html,x", "javascript:1", "blob:http://{in}/", "view-source:http://{in}/",
    "jar:http://{in}!/",
    "httpx://{in}/", "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/", "about:blank",
    "http://",
    "http://" + "a" * 5000 + ".example/",
)  # fmt: skip

VECTORS = [
    *(f"http://{host}:{{port}}/" for host in (*INTERNAL, *FORMS, *NAMES, *UNICODE)),
    *(f"https://{host}:{{port}}/" for host in INTERNAL[:8]),
    *(f"http://[{host}]:{{port}}/" for host in INTERNAL_V6),
    *ODD,
]


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
        found.says[""] = page(b"<title>Laman</title>")
        yield found


def fetching(listening: Inside, laman: Site | None = None, *, guard_: Guard | None = None) -> Fetching:
    own = {"laman.example": laman.place} if laman else {}
    used = guard_ or guard(ports=(listening.port,), own=own)
    return Fetching(used, agent=AGENT, trust=ssl.create_default_context())


def aimed(vector: str, listening: Inside) -> str:
    return vector.replace("{in}", f"127.0.0.1:{listening.port}").replace("{port}", str(listening.port))


def test_there_are_more_than_enough() -> None:
    assert len(set(VECTORS)) >= 200


@pytest.mark.parametrize("vector", VECTORS)
async def test_an_address_that_leads_inside_is_refused_without_a_lookup(
    vector: str, listening: Inside, heard: list[str]
) -> None:
    found = await fetching(listening).fetch(aimed(vector, listening))

    assert found.failure == Failure.REFUSED, "a lookup would have said name_unknown"
    assert found.reason is not None
    assert found.exchanges == []


@pytest.mark.parametrize("address", [*INTERNAL, *INTERNAL_V6])
async def test_a_name_that_stands_for_an_address_inside_is_refused(
    address: str, listening: Inside, heard: list[str]
) -> None:
    resolve, asked = answers([address])

    found = await fetching(listening, guard_=guard(ports=(listening.port,), resolve=resolve)).fetch(
        f"http://jebakan.example:{listening.port}/"
    )

    assert (found.failure, found.reason) == (Failure.REFUSED, Reason.ADDRESS)
    assert asked == ["jebakan.example"]


@pytest.mark.parametrize(
    "several",
    [
        [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::1"], ["2606:4700::1111", "10.0.0.1"],
        [PUBLIC, PUBLIC, "169.254.169.254"], [PUBLIC, "::ffff:127.0.0.1"], [PUBLIC, "fe80::1%lo"],
        [PUBLIC, "no address"],
        [f"93.184.215.{n}" for n in range(1, 30)],
    ],
)  # fmt: skip
async def test_one_inside_among_several_is_enough(several: list[str], listening: Inside, heard: list[str]) -> None:
    resolve, _ = answers(several)

    found = await fetching(listening, guard_=guard(ports=(listening.port,), resolve=resolve)).fetch(
        f"http://jebakan.example:{listening.port}/"
    )

    assert found.failure == Failure.REFUSED


async def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_judged(
    listening: Inside, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked = answers([PUBLIC], ["127.0.0.1"])
    went: list[tuple[str, int]] = []

    async def connect(self: object, host: str, port: int, **_: object) -> None:
        went.append((host, port))
        raise httpcore.ConnectError

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    used = fetching(listening, guard_=guard(ports=(listening.port,), resolve=resolve))

    first = await used.fetch(f"http://berubah.example:{listening.port}/")
    second = await used.fetch(f"http://berubah.example:{listening.port}/")

    assert went == [(PUBLIC, listening.port)], "the second time the name stands for this machine"
    assert (first.failure, second.failure) == (Failure.UNREACHABLE, Failure.REFUSED)
    assert asked == ["berubah.example", "berubah.example"]


async def test_a_name_that_changes_between_two_hops_is_refused_at_the_second(
    listening: Inside, heard: list[str], laman: Site
) -> None:
    resolve, asked = answers(["127.0.0.1"])
    laman.says["/a"] = redirect(f"http://berubah.example:{listening.port}/")

    used = guard(ports=(listening.port,), resolve=resolve, own={"laman.example": laman.place})
    found = await fetching(listening, guard_=used).fetch("http://laman.example/a")

    assert (found.failure, found.reason) == (Failure.REFUSED, Reason.ADDRESS)
    assert [e.status for e in found.exchanges] == [302]
    assert asked == ["berubah.example"]


REDIRECTS = [
    "http://127.0.0.1:{port}/", "http://[::1]:{port}/", "http://{own}:{port}/", "//127.0.0.1:{port}/",
    "//[::1]:{port}/",
    "http://localhost:{port}/", "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://127。0。0。1:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "HTTP://127.0.0.1:{port}/", "\\\\127.0.0.1:{port}/", "/\\127.0.0.1:{port}/", "http:127.0.0.1:{port}",
    "http:///127.0.0.1:{port}/",
    "http://laman.example@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@laman.example/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/", "javascript:alert(1)", "data:text/html,x", "http://laman.example:22/",
    "http://%6cocalhost:{port}/",
    "http://a.svc.cluster.local:{port}/", "http://[fe80::1%25lo]:{port}/", "http://[",
    "http://127.0.0.1:{port}/\x7f", "http://127.1:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS)
async def test_a_redirect_that_leads_inside_is_refused(
    status: int, location: str, listening: Inside, heard: list[str], laman: Site
) -> None:
    where = aimed(location, listening).replace("{own}", listening.addresses[-1])
    laman.says["/a"] = redirect(where, status)

    found = await fetching(listening, laman).fetch("http://laman.example/a")

    assert found.failure == Failure.REFUSED
    assert [e.status for e in found.exchanges] == [status]
    assert len(laman.asked) == 1


async def test_the_last_of_many_hops_is_judged_as_the_first(listening: Inside, heard: list[str], laman: Site) -> None:
    for n in range(4):
        laman.says[f"/{n}"] = redirect(f"/{n + 1}")
    laman.says["/4"] = redirect(f"http://127.0.0.1:{listening.port}/")

    found = await fetching(listening, laman).fetch("http://laman.example/0")

    assert (found.failure, len(found.exchanges)) == (Failure.REFUSED, 5)


@pytest.mark.parametrize(
    "said",
    [
        page(b"<title>Laman</title>", more="Refresh: 0; url=http://127.0.0.1:%d/\r\n"),
        page(b"<title>Laman</title>", more="Link: <http://127.0.0.1:%d/>; rel=preload\r\n"),
        page(b'<meta http-equiv=refresh content="0; url=http://127.0.0.1:%d/"><title>Laman</title>'),
        page(b'<script>location="http://127.0.0.1:%d/"</script><title>Laman</title>'),
        page(b'<base href="http://127.0.0.1:%d/"><img src=a><iframe src=b></iframe><title>Laman</title>'),
        page(b"<title>Laman</title>", status="200 OK", more="Location: http://127.0.0.1:%d/\r\n"),
        page(b"<title>Laman</title>", status="201 Created", more="Location: http://127.0.0.1:%d/\r\n"),
        page(b"<title>Laman</title>", status="300 Multiple", more="Location: http://127.0.0.1:%d/\r\n"),
        page(b"<title>Laman</title>", status="305 Use Proxy", more="Location: http://127.0.0.1:%d/\r\n"),
        page(b"<title>Laman</title>", status="200 OK", more='Alt-Svc: h2="127.0.0.1:%d"\r\n'),
        page(
            b"<title>Laman</title>",
            status="401 Unauthorized",
            more="WWW-Authenticate: Basic realm=http://127.0.0.1:%d\r\n",
        ),
        page(
            b"<title>Laman</title>", status="407 Proxy", more="Proxy-Authenticate: Basic realm=http://127.0.0.1:%d\r\n"
        ),
    ],
)
async def test_what_a_page_says_is_not_followed(said: bytes, listening: Inside, heard: list[str], laman: Site) -> None:
    laman.says["/a"] = said.replace(b"%d", str(listening.port).encode())

    found = await fetching(listening, laman).fetch("http://laman.example/a")

    assert found.failure is None or found.failure == Failure.PROTOCOL
    assert len(laman.asked) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
async def test_no_proxy_is_taken_from_the_environment(
    name: str, listening: Inside, heard: list[str], laman: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{listening.port}")

    found = await fetching(listening, laman).fetch("http://laman.example/a")

    assert found.failure is None
    assert len(laman.asked) == 1


async def test_a_name_of_its_own_leads_to_its_place_and_nowhere_else(
    listening: Inside, heard: list[str], laman: Site
) -> None:
    used = fetching(listening, laman)

    for url in (
        f"http://127.0.0.1:{laman.place[1]}/",
        f"http://laman.example.:{listening.port + 1}/",
        f"http://lain.laman.example:{listening.port}/",
        f"http://xlaman.example:{listening.port}/",
    ):
        assert (await used.fetch(url)).failure in (Failure.REFUSED, Failure.NAME_UNKNOWN), url
    assert laman.asked == []
    assert (await used.fetch("http://laman.example./")).failure is None


async def test_these_listeners_would_have_heard_it(listening: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same addresses with nobody judging: what the other tests count is not nothing."""
    listening.heard.clear()
    monkeypatch.setattr(targets, "is_public", lambda address: True)
    monkeypatch.setattr(guarding, "is_public", lambda address: True)
    used = fetching(listening)

    for address in listening.addresses:
        host = f"[{address}]" if ":" in address else address
        await used.fetch(f"http://{host}:{listening.port}/")
    await asyncio.sleep(0.05)

    assert listening.heard == listening.addresses
    listening.heard.clear()


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", PUBLIC, "103.10.64.1", "2606:4700::1111", "2404:6800:4003::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_what_is_public_is_not_refused(address: str) -> None:
    assert is_public(targets.address_of(address))
