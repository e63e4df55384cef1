"""A file as it was sent: sealed, named by its digest, and given to the officer who says why."""

import hashlib
from typing import Any

from tests.service.gateway.house import Desk, House, TestOffice, key, until
from tests.unit.kit.recordings import CANARY, a_voice_note, needs_ffmpeg


async def reported(house: House, office: TestOffice, given: bytes) -> str:
    url, file = f"{office.api}/uploads", {"file": ("rapat keluarga Budi.ogg", given)}
    sent = await house.http.post(url, files=file, headers=key(), timeout=60)
    assert sent.status_code == 201, sent.text
    ticket = await house.submit(office, attachments=[sent.json()["id"]])
    return str(ticket["report_id"])


async def report_of(desk: Desk, report_id: str) -> dict[str, Any]:
    """Once its evidence is taken and it has its case."""
    found: dict[str, Any] = {}

    async def taken() -> bool:
        answer = await desk.get(f"/console/reports/{report_id}")
        found.update(answer.json())
        return bool(answer.status_code == 200 and found["evidence"][0]["taken"] and found["case_id"])

    await until(taken, within=60)
    return found


@needs_ffmpeg
async def test_an_original_goes_to_the_officer_who_said_why_and_to_no_other(house: House, office: TestOffice) -> None:
    given = a_voice_note()
    report_id = await reported(house, office, given)
    rina = await house.log_in(await house.officer(office))
    dimas = await house.log_in(await house.officer(office))
    row = await report_of(rina, report_id)
    page = f"/{office.slug}/console/reports/{report_id}/evidence/1"

    before = await rina.browser.get(f"{page}/original")
    unsaid = await rina.post(f"/console/reports/{report_id}/originals", {"piece": 1, "reason": "other"})
    none = await rina.post(f"/console/reports/{report_id}/originals", {"piece": 2, "reason": "verify"})
    wish = {"piece": 1, "reason": "other", "note": "Diminta penyidik"}
    opened = await rina.post(f"/console/reports/{report_id}/originals", wish, Prefer="wait=10")
    mine = await rina.browser.get(f"{page}/original")
    theirs = await dimas.browser.get(f"{page}/original")
    copy = await dimas.browser.get(f"{page}/copy")

    assert (before.status_code, before.headers["location"]) == (303, page)
    assert (unsaid.status_code, none.status_code) == (422, 404)
    assert opened.status_code in (200, 201, 202), opened.text
    assert (mine.status_code, mine.content) == (200, given)
    assert mine.headers["content-type"] == "application/octet-stream"
    for answer in (mine, copy):
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert theirs.status_code == 303
    assert (copy.status_code, copy.headers["content-type"]) == (200, "audio/ogg")
    assert CANARY.encode() not in copy.content

    chain = (await dimas.get(f"/console/cases/{row['case_id']}/custody")).json()
    (piece,) = chain["reports"][0]["pieces"]
    assert piece["original_sha256"] == hashlib.sha256(given).hexdigest()
    assert piece["sha256"] == hashlib.sha256(copy.content).hexdigest()
    assert [(o["reason"], o["note"]) for o in piece["openings"]] == [("other", "Diminta penyidik")]
    assert piece["opened_until"] is None
    assert "Budi" not in str(chain)

    printed = (await dimas.browser.get(f"/{office.slug}/console/cases/{row['case_id']}/custody")).text
    assert piece["original_sha256"] in printed
    assert "Diminta penyidik" in printed
    assert "sha256sum" in printed
    case = (await dimas.browser.get(f"/{office.slug}/console/cases/{row['case_id']}")).text
    assert "Berkas asli dibuka" in case


@needs_ffmpeg
async def test_another_offices_evidence_is_as_unknown_as_one_that_never_was(
    house: House, office: TestOffice, neighbour: TestOffice
) -> None:
    report_id = await reported(house, office, a_voice_note())
    await report_of(await house.log_in(await house.officer(office)), report_id)
    stranger = await house.log_in(await house.officer(neighbour))

    for what in ("", "/copy", "/original"):
        theirs = await stranger.browser.get(f"/{neighbour.slug}/console/reports/{report_id}/evidence/1{what}")
        assert theirs.status_code == 404
    wish = {"piece": 1, "reason": "verify"}
    answer = await stranger.post(f"/console/reports/{report_id}/originals", wish, Prefer="wait=10")
    assert answer.status_code == 404
