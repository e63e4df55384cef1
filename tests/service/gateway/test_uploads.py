import asyncio
import hashlib
import io
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from pymongo import MongoClient

from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.tokens import Tokens
from tests.service.gateway.house import House, TestOffice, key, until
from tests.unit.kit.recordings import CANARY, a_hand_made_pdf, a_video, needs_ffmpeg


def a_picture(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue()


async def kept_by_reports(house: House, office: TestOffice, report_id: str) -> dict[str, str]:
    """SHA-256 by what follows the id of the picture; sealed, so from what is noted beside each."""

    def found() -> dict[str, str]:
        client: MongoClient[dict[str, Any]] = MongoClient(house.stack.admin_mongo_url)
        with client:
            files = client["reports"]["evidence.files"].find({"_id": {"$regex": f"^{office.tenant}/{report_id}/"}})
            return {file["_id"].rpartition("/")[2][36:]: file["metadata"]["sha256"] for file in files}

    return await asyncio.to_thread(found)


def as_reports(house: House) -> ServiceClient:
    keyring = Keyring(house.settings.secrets_dir.parent / Service.REPORTS, Service.REPORTS)
    return ServiceClient(Tokens(keyring), service=Service.GATEWAY, base_url=house.stack.public_url, within=40)


async def test_a_picture_is_kept_clean_and_given_to_reports_only(house: House, office: TestOffice) -> None:
    sent = await house.http.post(f"{office.api}/uploads", files={"file": ("a.png", a_picture())}, headers=key())
    assert sent.status_code == 201
    blob = sent.json()
    reports = as_reports(house)

    data = await reports.get(f"/internal/blobs/{blob['id']}", tenant=office.tenant)

    assert hashlib.sha256(data).hexdigest() == blob["sha256"]
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    with pytest.raises(Refused, match="not_found"):
        await reports.get(f"/internal/blobs/{blob['id']}", tenant="another")
    original = await reports.get(f"/internal/blobs/{blob['id']}/original", tenant=office.tenant)
    assert original == a_picture()
    assert hashlib.sha256(original).hexdigest() == blob["original_sha256"]
    with pytest.raises(Refused, match="not_found"):
        await reports.get(f"/internal/blobs/{blob['id']}/original", tenant="another")
    assert (await house.http.get(f"/internal/blobs/{blob['id']}/original")).status_code == 401
    assert (await house.http.get(f"/internal/blobs/{blob['id']}")).status_code == 401
    await reports.close()


async def test_an_upload_sent_again_is_the_same_and_another_under_its_key_is_refused(
    house: House, office: TestOffice
) -> None:
    headers = key()
    url = f"{office.api}/uploads"

    first = await house.http.post(url, files={"file": ("a.png", a_picture())}, headers=headers)
    again = await house.http.post(url, files={"file": ("b.png", a_picture())}, headers=headers)
    other = await house.http.post(url, files={"file": ("a.png", a_picture("red"))}, headers=headers)

    assert first.json() == again.json()
    assert (other.status_code, other.json()["type"]) == (422, "urn:simpul:problem:key_reused")


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("page.jpg", b"<!doctype html><script>1</script>", 415),
        ("drawing.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', 415),
        ("paper.pdf", b"PK%PDF-1.7", 415),
        ("paper.pdf", a_hand_made_pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), 422),
        ("clip.mp4", b"<html><script>alert(1)</script></html>", 415),
        pytest.param(
            "clip.mp4",
            b"\x00\x00\x00\x18ftypisom\0\0\2\0isommp41<html><script>alert(1)</script></html>",
            422,
            marks=needs_ffmpeg,
        ),
        ("long.pdf", b"%PDF-" + b"0" * 16_800_000, 413),
        ("cut.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, 422),
        ("large.png", b"\x89PNG\r\n\x1a\n" + b"0" * 10_600_000, 413),
        ("huge.png", b"\x89PNG\r\n\x1a\n" + b"0" * 30_000_000, 413),
    ],
)
async def test_what_is_no_picture_is_refused(
    house: House, office: TestOffice, name: str, data: bytes, status: int
) -> None:
    answer = await house.http.post(f"{office.api}/uploads", files={"file": (name, data)}, headers=key())

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_picture_of_another_office_is_unknown(house: House, office: TestOffice, neighbour: TestOffice) -> None:
    sent = await house.http.post(f"{neighbour.api}/uploads", files={"file": ("a.png", a_picture())}, headers=key())

    body = {"text": "a", "attachments": [sent.json()["id"]]}
    theirs = await house.http.post(f"{office.api}/reports", json=body, headers=key())
    never = await house.http.post(
        f"{office.api}/reports", json={"text": "a", "attachments": [str(uuid4())]}, headers=key()
    )

    assert theirs.status_code == never.status_code == 422
    assert theirs.content == never.content


async def test_a_picture_goes_once_reports_has_taken_it(house: House, office: TestOffice) -> None:
    sent = await house.http.post(f"{office.api}/uploads", files={"file": ("a.png", a_picture())}, headers=key())
    blob = sent.json()["id"]
    ticket = await house.submit(office, attachments=[blob])
    reports = as_reports(house)

    async def gone(path: str) -> bool:
        try:
            await reports.get(path, tenant=office.tenant)
        except Refused:
            return True
        return False

    await until(lambda: gone(f"/internal/blobs/{blob}"), within=30)
    await until(lambda: gone(f"/internal/blobs/{blob}/original"))
    kept = await kept_by_reports(house, office, ticket["report_id"])
    assert kept.keys() == {"", ".original", ".pixels"}
    assert (kept[""], kept[".original"]) == (sent.json()["sha256"], sent.json()["original_sha256"])
    await reports.close()


@needs_ffmpeg
async def test_a_video_goes_to_reports_with_its_still_and_as_it_was_sent(house: House, office: TestOffice) -> None:
    given = a_video()
    sent = await house.http.post(f"{office.api}/uploads", files={"file": ("a.mp4", given)}, headers=key(), timeout=60)
    assert sent.status_code == 201
    blob = sent.json()
    assert (blob["kind"], blob["media_type"], blob["duration_seconds"]) == ("video", "video/mp4", 3)
    reports = as_reports(house)
    still = await reports.get(f"/internal/blobs/{blob['id']}/preview", tenant=office.tenant)
    copy = await reports.get(f"/internal/blobs/{blob['id']}", tenant=office.tenant)
    await reports.close()

    ticket = await house.submit(office, attachments=[blob["id"]])

    assert Image.open(io.BytesIO(still)).format == "JPEG"
    assert CANARY.encode() not in copy
    assert hashlib.sha256(given).hexdigest() == blob["original_sha256"]
    wanted = {"": blob["sha256"], ".original": blob["original_sha256"], ".preview": blob["preview_sha256"]}

    async def kept() -> bool:
        return await kept_by_reports(house, office, ticket["report_id"]) == wanted

    await until(kept, within=40)


async def test_large_pictures_of_one_address_do_not_hold_up_another(house: House, office: TestOffice) -> None:
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(out, "PNG", compress_level=1)
    large = ("large.png", out.getvalue()[: 10 * 1024 * 1024])

    elsewhere = httpx.AsyncClient(
        base_url=house.http.base_url, transport=httpx.AsyncHTTPTransport(local_address="127.0.0.2"), timeout=60
    )

    async def sent() -> int:
        answer = await elsewhere.post(f"{office.api}/uploads", files={"file": large}, headers=key())
        assert answer.status_code != 429 or int(answer.headers["retry-after"]) >= 1
        return answer.status_code

    flood = [asyncio.create_task(sent()) for _ in range(20)]
    await asyncio.sleep(0.3)
    small = await house.http.post(f"{office.api}/uploads", files={"file": ("a.png", a_picture())}, headers=key())
    waiting = sum(not task.done() for task in flood)
    statuses = await asyncio.gather(*flood)
    await elsewhere.aclose()

    assert small.status_code == 201
    assert 429 in statuses
    assert set(statuses) <= {201, 422, 429}
    assert waiting >= 1
