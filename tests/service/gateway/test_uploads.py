import hashlib
import io
from uuid import uuid4

import pytest
from PIL import Image

from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.tokens import Tokens
from tests.service.gateway.house import House, TestOffice, key, until


def a_picture(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue()


def as_reports(house: House) -> ServiceClient:
    keyring = Keyring(house.settings.secrets_dir.parent / Service.REPORTS, Service.REPORTS)
    return ServiceClient(Tokens(keyring), service=Service.GATEWAY, base_url=house.stack.public_url, within=5)


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
        ("paper.pdf", b"%PDF-1.7", 415),
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
    await house.submit(office, attachments=[blob])
    reports = as_reports(house)

    async def gone() -> bool:
        try:
            await reports.get(f"/internal/blobs/{blob}", tenant=office.tenant)
        except Refused:
            return True
        return False

    await until(gone, within=30)
    await reports.close()
