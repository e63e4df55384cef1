import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.access.guard import LARGEST_JSON, Guard, Unreadable, check_json, depth

JSON = {"content-type": "application/json"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        return
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def client(**changes: float) -> httpx.AsyncClient:
    guard = Guard(echo, hosts={"simpul.example"}, **changes)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://simpul.example")


async def post(content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    async with client() as at:
        return await at.post("/api/v1/x/reports", content=content, headers=JSON | headers)


async def test_a_sound_body_arrives_whole() -> None:
    answer = await post(b'{"a": [1, 2, {"b": "[[[["}]}')

    assert (answer.status_code, answer.text) == (200, "28")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": 1, "a": 2}', "json_duplicate_key"),
        (b'{"a": {"b": 1, "b": 2}}', "json_duplicate_key"),
        (b"[" * 33 + b"]" * 33, "json_too_deep"),
        (b"[" * 100_000, "json_too_deep"),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, "json_too_deep"),
        (b'{"a": NaN}', "json_invalid"),
        (b"{", "json_invalid"),
        (b'{"a": "\xff"}', "json_invalid"),
    ],
)
async def test_json_that_two_readers_may_read_in_two_ways_is_refused(body: bytes, code: str) -> None:
    answer = await post(body)

    assert answer.status_code == 400
    assert answer.json()["detail"] == code


def test_brackets_in_strings_are_not_depth() -> None:
    check_json(b'{"text": "%s"}' % (b"[" * 1000))
    assert depth(b'["%s", [[1]]]' % (rb"\"[" * 40)) == 3


def test_thirty_two_levels_are_allowed() -> None:
    check_json(b"[" * 32 + b"]" * 32)
    with pytest.raises(Unreadable):
        check_json(b"[" * 33 + b"]" * 33)


async def test_a_large_body_is_refused_before_it_is_read() -> None:
    answer = await post(b'"' + b"x" * LARGEST_JSON + b'"')

    assert answer.status_code == 413


async def test_a_body_without_a_length_is_counted_as_it_comes() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 100_000

    answer = await post(endless())

    assert answer.status_code == 413


async def test_a_body_that_does_not_come_is_given_up() -> None:
    sent: list[str] = []

    async def silent() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def note(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(str(message.get("status", "")))

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/x/reports",
        "headers": [(b"host", b"simpul.example"), (b"content-type", b"application/json")],
    }
    await Guard(echo, hosts={"simpul.example"}, body_within=0.05)(scope, silent, note)

    assert sent[0] == "408"


async def test_another_name_is_not_served_but_our_own_processes_ask_by_theirs() -> None:
    async with client() as at:
        wrong = await at.get("/api/v1/session", headers={"host": "evil.example"})
        probe = await at.get("/internal/blobs/x", headers={"host": "gateway.simpul.svc:80"})

    assert (wrong.status_code, probe.status_code) == (400, 200)


async def test_too_many_or_too_large_headers_are_refused() -> None:
    async with client() as at:
        many = await at.get("/api/v1/session", headers={f"x-{n}": "1" for n in range(80)})
        large = await at.get("/api/v1/session", headers={"x-large": "x" * 33_000})

    assert (many.status_code, large.status_code) == (431, 431)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_a_body_of_another_type_is_not_taken_by_the_api(kind: str) -> None:
    answer = await post(b'{"a": 1}', **{"content-type": kind})

    assert answer.status_code == 415


async def test_answers_of_the_api_are_private_and_inert() -> None:
    async with client() as at:
        answer = await at.get("/api/v1/session")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "rot13", "utf-16", "a\x00b"])
async def test_a_form_in_a_charset_that_no_browser_sends_is_refused_and_no_fault(charset: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a\xff"\r\n\r\nhi\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}".encode()
    async with client() as at:
        odd = await at.post("/cirebon/report/hoax", content=part, headers={b"content-type": kind})

    assert odd.status_code == 415


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"', "; charset=iso-8859-1"])
async def test_a_form_in_a_charset_of_browsers_is_read(charset: str) -> None:
    kind = {"content-type": f"multipart/form-data; boundary=x{charset}"}
    async with client() as at:
        answer = await at.post("/cirebon/report/hoax", content=b"--x--", headers=kind)

    assert answer.status_code == 200


def asked(*headers: tuple[bytes, bytes], method: str = "GET", path: str = "/api/v1/session") -> Scope:
    return {"type": "http", "method": method, "path": path, "query_string": b"a=1", "headers": list(headers)}


async def answered(scope: Scope, app: ASGIApp = echo) -> list[Message]:
    sent: list[Message] = []

    async def nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def note(message: Message) -> None:
        sent.append(message)

    await Guard(app, hosts={"simpul.example"})(scope, nothing, note)
    return sent


HOST = (b"host", b"simpul.example")


@pytest.mark.parametrize(
    "twice",
    [
        HOST,
        (b"content-type", b"application/json"),
        (b"content-length", b"0"),
        (b"transfer-encoding", b"chunked"),
        (b"idempotency-key", b"one"),
        (b"authorization", b"Bearer one"),
    ],
)
async def test_a_header_that_two_readers_may_read_in_two_ways_is_refused(twice: tuple[bytes, bytes]) -> None:
    sent = await answered(asked(HOST, twice, twice))

    assert sent[0]["status"] == 400


async def test_a_header_that_may_come_twice_may() -> None:
    sent = await answered(asked(HOST, (b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2")))

    assert sent[0]["status"] == 200


async def test_a_body_with_two_lengths_is_refused() -> None:
    json = (b"content-type", b"application/json")
    both = asked(HOST, json, (b"content-length", b"4"), (b"transfer-encoding", b"chunked"), method="POST")

    assert (await answered(both))[0]["status"] == 400


async def test_a_head_is_a_get_without_its_body() -> None:
    seen: list[str] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["method"])
        await PlainTextResponse("four")(scope, receive, send)

    sent = await answered(asked(HOST, method="HEAD"), page)

    assert seen == ["GET"]
    assert sent[0]["status"] == 200
    assert (b"content-length", b"4") in sent[0]["headers"]
    assert b"".join(m.get("body", b"") for m in sent[1:]) == b""


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/kota-cilegon/", "/kota-cilegon?a=1"),
        ("//evil.example/", "/evil.example?a=1"),
        ("/\\evil.example/", "/evil.example?a=1"),
        ("/é x/\r\nset-cookie: a/", "/%C3%A9%20x/%0D%0Aset-cookie:%20a?a=1"),
    ],
)
async def test_an_address_that_ends_with_a_slash_leads_to_ours_without_naming_a_host(path: str, to: str) -> None:
    sent = await answered(asked(HOST, path=path))

    assert sent[0]["status"] == 308
    assert (b"location", to.encode()) in sent[0]["headers"]
