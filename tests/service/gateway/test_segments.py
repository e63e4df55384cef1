"""Segments: saved, followed live, and whom they propose."""

import csv
import io
from uuid import uuid4

from tests.service.gateway.house import House, key, until


async def test_a_segment_counts_its_partners_and_proposes_whom_to_ask(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))
    first, second = [await house.partner(office, f"{uuid4().hex[:8]}@contoh.example") for _ in range(2)]
    asked = {"name": "KIM kota", "kind": "community_group", "area": "32.74"}

    saved = await desk.post("/console/segments", asked, Prefer="wait=10")
    [row] = (await desk.get("/console/segments")).json()
    path = f"/console/segments/{row['id']}"

    async def proposed() -> bool:
        answer = await desk.get(f"{path}/proposal", wanted="5")
        assert answer.status_code == 200, answer.text
        return {line["partner_id"] for line in answer.json()["lines"]} == {first, second}

    await until(proposed)
    again = [(await desk.get(f"{path}/proposal", wanted="1")).json() for _ in range(2)]
    page = (await desk.browser.get(f"/{office.slug}{path}", params={"wanted": "1"})).text
    sheet = await desk.browser.get(f"/{office.slug}{path}/proposal.csv", params={"wanted": "1"})
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))

    assert saved.status_code == 201, saved.text
    assert (row["name"], row["count"]) == ("KIM kota", 2)
    assert again[0] == again[1]
    assert len(again[0]["lines"]) == 1
    assert "belum pernah diminta" in page
    assert [r[5] for r in rows] == ["Alasan", "belum pernah diminta"]

    changed = await desk.post(f"{path}/definition", {**asked, "kind": "media_outlet"}, Prefer="wait=10")
    elsewhere = await desk.post(f"{path}/definition", {**asked, "area": "35.17"}, Prefer="wait=10")
    retired = await desk.post(f"{path}/retirement", {"reason": "Tidak dipakai"}, Prefer="wait=10")
    history = (await desk.get(f"{path}/history")).json()

    assert (changed.status_code, retired.status_code) == (201, 201)
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "area")
    assert [one["what"] for one in history] == ["segment-retired", "segment-defined", "segment-defined"]
    assert history[0]["reason"] == "Tidak dipakai"


async def test_a_form_without_a_name_comes_back_with_what_was_typed(house: House) -> None:
    office = await house.office()
    desk = await house.log_in(await house.officer(office))
    page = f"/{office.slug}/console/segments"
    form = {"csrf": desk.csrf, "key": key()["Idempotency-Key"], "name": " ", "topic": "banjir rob"}

    answer = await desk.browser.post(page, data=form, headers={"Origin": house.stack.public_url})

    assert answer.status_code == 422
    assert 'value="banjir rob"' in answer.text
    assert "Isi bagian ini." in answer.text
