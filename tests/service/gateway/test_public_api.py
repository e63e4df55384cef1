import asyncio
from uuid import uuid4

import httpx
import pytest

from tests.service.gateway.house import House, TestOffice, key, until

TEXT = {"text": "Beredar kabar bantuan dibagikan lewat tautan ini."}


async def test_a_report_is_recorded_while_somebody_waits(house: House, office: TestOffice) -> None:
    answer = await house.http.post(f"{office.api}/reports", json=TEXT, headers=key(Prefer="wait=10"))

    assert answer.status_code == 201
    assert answer.json()["state"] == "done"


async def test_a_key_sent_again_and_at_once_is_one_ticket(house: House, office: TestOffice) -> None:
    headers = key(Prefer="wait=10")

    answers = await asyncio.gather(
        *(house.http.post(f"{office.api}/reports", json=TEXT, headers=headers) for _ in range(5))
    )
    later = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)

    assert {a.status_code for a in (*answers, later)} == {201}
    assert len({a.json()["number"] for a in (*answers, later)}) == 1


async def test_a_key_with_another_body_shows_no_ticket(house: House, office: TestOffice) -> None:
    headers = key()
    first = await house.http.post(f"{office.api}/reports", json=TEXT, headers=headers)

    second = await house.http.post(f"{office.api}/reports", json={"text": "lain"}, headers=headers)

    assert second.status_code == 422
    assert second.json()["type"].endswith("key_reused")
    assert first.json()["number"] not in second.text


@pytest.mark.parametrize("sent", [{}, {"Idempotency-Key": "1"}])
async def test_without_a_random_key_nothing_is_taken(house: House, office: TestOffice, sent: dict[str, str]) -> None:
    answer = await house.http.post(f"{office.api}/reports", json=TEXT, headers=sent)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_ticket_opens_with_its_code_and_in_its_office_only(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    sent = await house.submit(office, text="Beredar kabar sekolah diliburkan.")
    right = {"code": sent["tracking_code"]}

    async def opened(api: str, number: str, body: dict[str, str]) -> httpx.Response:
        return await house.http.post(f"{api}/tickets/{number}", json=body)

    mine = await opened(office.api, sent["number"], right)
    refused = [
        await opened(office.api, sent["number"], {"code": "0000000000000000"}),
        await opened(office.api, "CRB-0000-0000", right),
        await opened(neighbour.api, sent["number"], right),
    ]

    assert mine.status_code == 200, mine.text
    assert mine.json()["ticket"]["text"] == "Beredar kabar sekolah diliburkan."
    assert [r.status_code for r in refused] == [404, 404, 404]
    assert len({r.content for r in refused}) == 1


async def test_the_holder_writes_and_withdraws(house: House, office: TestOffice) -> None:
    sent = await house.submit(office)
    ticket, code = f"{office.api}/tickets/{sent['number']}", {"code": sent["tracking_code"]}

    said = await house.http.post(f"{ticket}/messages", json={**code, "text": "Ada foto"}, headers=key(Prefer="wait=10"))
    gone = await house.http.post(f"{ticket}/withdrawal", json=code, headers=key(Prefer="wait=10"))
    found = (await house.http.post(ticket, json=code)).json()["ticket"]

    assert (said.status_code, gone.status_code) == (201, 201)
    assert found["messages"][0]["text"] == "Ada foto"
    assert found["state"] == "withdrawn"


async def test_a_contact_reaches_notify_and_no_answer_of_ours(house: House, office: TestOffice) -> None:
    contact = {"channel": "email", "address": "warga.uji@example.org", "consent": True}
    sent = await house.submit(office, contact=contact)
    ticket = f"{office.api}/tickets/{sent['number']}"

    async def followed() -> bool:
        answer = await house.http.post(ticket, json={"code": sent["tracking_code"]})
        assert "warga.uji" not in answer.text
        return bool((answer.json()["follow"] or {}).get("following"))

    await until(followed)


async def test_an_office_that_moved_is_still_found(house: House) -> None:
    office = await house.office()
    fresh = f"kota-{uuid4().hex[:10]}"
    await house.move(office, fresh)

    async def moved() -> bool:
        return (await house.http.get(f"{office.api}/stats")).status_code == 301

    await until(moved)
    read = await house.http.get(f"{office.api}/clarifications?q=a")
    write = await house.http.post(f"{office.api}/reports", json=TEXT, headers=key())

    assert (read.status_code, read.headers["location"]) == (301, f"/api/v1/{fresh}/clarifications?q=a")
    assert (write.status_code, write.headers["location"]) == (308, f"/api/v1/{fresh}/reports")


async def test_an_office_that_never_was_is_unknown(house: House) -> None:
    read = await house.http.get("/api/v1/nowhere/clarifications")
    write = await house.http.post("/api/v1/nowhere/reports", json=TEXT, headers=key())

    assert (read.status_code, write.status_code) == (404, 404)
    assert read.content == write.content


async def test_the_document_is_served_with_its_page(house: House) -> None:
    document = (await house.http.get("/api/v1/openapi.json")).json()
    page = await house.http.get("/docs")

    schema = document["paths"]["/api/v1/{slug}/reports"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ReportForm"}
    assert document["components"]["schemas"]["ReportForm"]["additionalProperties"] is False
    assert "POST</b> /api/v1/{slug}/reports" in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
