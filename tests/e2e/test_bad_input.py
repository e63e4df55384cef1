"""What is sent by mistake or by malice: problem details, never a 5xx, and nothing stored."""

import asyncio
import io
import struct
import zipfile
import zlib
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from tests.service.gateway.house import House, TestOffice, key

TEXT = {"text": "Beredar kabar yang perlu diperiksa."}


def is_problem(answer: httpx.Response) -> bool:
    return answer.headers["content-type"] == "application/problem+json" and answer.json()["status"] < 500


async def stored(house: House, office: TestOffice) -> int:
    """Reports of the office, from the database itself."""

    def count() -> int:
        client: MongoClient[dict[str, Any]] = MongoClient(house.stack.admin_mongo_url)
        with client:
            return client["reports"]["report"].count_documents({"tenant": office.tenant})

    return await asyncio.to_thread(count)


WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "empty": {},
    "blank": {"text": " \n "},
    "too long": {"text": "a" * 5_001},
    "nul": {"text": "a\x00b"},
    "wrong type": {"text": ["a"]},
    "an operator for a text": {"text": {"$ne": None}},
    "unknown field": {**TEXT, "verdict": "true"},
    "a tenant of one's own choice": {**TEXT, "tenant": str(uuid4())},
    "unknown kind": {**TEXT, "kind": "rumour"},
    "unknown area": {**TEXT, "area": "99.99"},
    "an area of another office": {**TEXT, "area": "35.17"},
    "no consent": {**TEXT, "contact": {"channel": "email", "address": "a@contoh.example", "consent": False}},
    "no address": {**TEXT, "contact": {"channel": "email", "address": "a@b\r\nBcc: c@d.e", "consent": True}},
    "too many links": {**TEXT, "urls": [f"https://contoh.example/{n}" for n in range(11)]},
    "an unknown picture": {**TEXT, "attachments": [str(uuid4())]},
}


@pytest.mark.parametrize("name", WRONG_FIELDS)
async def test_a_wrong_field_is_named_and_nothing_is_stored(house: House, name: str) -> None:
    office = await house.office()

    answer = await house.http.post(f"{office.api}/reports", json=WRONG_FIELDS[name], headers=key(Prefer="wait=5"))

    assert answer.status_code == 422, answer.text
    assert is_problem(answer)
    assert answer.json()["errors"]
    assert await stored(house, office) == 0


UNREADABLE: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "no JSON": (b'{"text": ', (400,)),
    "no UTF-8": (b'{"text": "\xff\xfe"}', (400,)),
    "a lone surrogate": (b'{"text": "a\\ud800b"}', (400, 422)),
    "a key twice": (b'{"text": "a", "text": "b"}', (400,)),
    "not a number": (b'{"text": "a", "refused": NaN}', (400,)),
    "ten thousand deep": (b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", (400,)),
    "a megabyte": (b'{"text": "' + b"a" * 1_100_000 + b'"}', (413,)),
    "a list": (b"[]", (422,)),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_body_that_cannot_be_read_is_refused(house: House, office: TestOffice, name: str) -> None:
    body, statuses = UNREADABLE[name]
    headers = key(**{"Content-Type": "application/json"})

    answer = await house.http.post(f"{office.api}/reports", content=body, headers=headers)

    assert answer.status_code in statuses, answer.text
    assert is_problem(answer)


async def test_a_key_that_is_no_random_uuid_is_refused(house: House, office: TestOffice) -> None:
    for text in ("1", "laporan-saya", str(uuid4())[:-1], "00000000-0000-0000-0000-000000000000"):
        answer = await house.http.post(f"{office.api}/reports", json=TEXT, headers={"Idempotency-Key": text})
        assert (answer.status_code, is_problem(answer)) == (400, True)


async def test_the_same_key_has_one_answer_and_takes_no_other_body(house: House) -> None:
    office = await house.office()
    headers = key(Prefer="wait=10")

    first, again = [await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers) for _ in range(2)]
    other = await house.http.post(f"{office.api}/reports", json={"text": "lain"}, headers=headers)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert other.status_code == 422
    assert first.json()["tracking_code"] not in other.text
    assert await stored(house, office) == 1


def a_png_of(width: int, height: int) -> bytes:
    """Says that it is this large; holds a row of black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("nol.txt", b"\0" * 50_000_000)
    return out.getvalue()


NO_PICTURES = {
    "30 MB": b"\xff\xd8\xff\xe0" + b"\0" * 30_000_000,
    "100 megapixels": a_png_of(10_000, 10_000),
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a zip bomb": a_zip_bomb(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", NO_PICTURES)
async def test_what_is_named_jpg_and_is_no_fit_picture_is_refused(house: House, office: TestOffice, name: str) -> None:
    file = {"file": ("foto.jpg", NO_PICTURES[name], "image/jpeg")}

    answer = await house.http.post(f"{office.api}/uploads", files=file, headers=key())

    assert answer.status_code in (413, 415, 422), answer.text
    assert is_problem(answer)


async def test_an_office_that_never_was_is_unknown(house: House) -> None:
    answer = await house.http.post("/api/v1/kota-tiada/reports", json=TEXT, headers=key())

    assert (answer.status_code, is_problem(answer)) == (404, True)


async def test_a_wrong_code_is_as_unknown_as_a_wrong_number_or_another_office(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    sent = await house.submit(office)
    right = {"code": sent["tracking_code"]}
    tries = [
        (f"{office.api}/tickets/{sent['number']}", {"code": "0000-0000-0000-0000"}),
        (f"{office.api}/tickets/CRB-0000-0000", right),
        (f"{neighbour.api}/tickets/{sent['number']}", right),
    ]

    answers = [await house.http.post(url, json=body) for url, body in tries]

    assert {a.status_code for a in answers} == {404}
    assert len({a.content for a in answers}) == 1
