import hashlib
import io
import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from libs.contracts.topics import Service
from services.reports.case.surges import LEAST
from tests.service.gateway.house import PASSWORD, Desk, House, TestOffice, TestOfficer, key, totp, until
from tests.service.pages.reading import Form, form
from tests.unheard import unheard


@dataclass
class Newsroom:
    """An office with a verifier and an approver at their desks."""

    house: House
    office: TestOffice
    verifier: Desk
    approver: Desk
    approving: TestOfficer

    def url(self, *path: str) -> str:
        return "/".join((f"/{self.office.slug}/console", *path))

    async def case(self, text: str = "", **more: Any) -> str:
        """Path of a new case."""
        text = text or f"Kabar {unheard()} {unheard()}"
        await self.house.submit(self.office, text=text, **more)
        return await self.case_of(text)

    async def case_of(self, text: str) -> str:
        found: list[str] = []

        async def opened() -> bool:
            rows = (await self.verifier.get("/console/cases")).json().get("items", ())
            found[:] = [row["id"] for row in rows if row["title"].startswith(text)]
            return bool(found)

        await until(opened)
        return self.url("cases", found[0])

    async def read(self, path: str, desk: Desk | None = None) -> str:
        answer = await (desk or self.verifier).browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text


DRAFT = {
    "claim": "Sekolah libur sepekan.",
    "verdict": "false",
    "about_own_tenant": "no",
    "fact": "Sekolah tetap masuk.",
    "explanation": "Dinas menyatakan tidak ada surat libur.",
}


@pytest.fixture(scope="module")
async def room(house: House) -> Newsroom:
    office = await house.office()
    approving = await house.officer(office, "approver")
    verifier = await house.log_in(await house.officer(office, "verifier"))
    return Newsroom(house, office, verifier, await house.log_in(approving), approving)


async def submitted(room: Newsroom) -> str:
    """Path of a case that waits for its approver."""
    case, browser = await room.case(), room.verifier.browser
    source = {"title": "Keterangan dinas", "url": "https://dinas.example/keterangan"}
    await form(await room.read(case), "/claim").send(browser)
    await form(await room.read(case), "/references").send(browser, **source)
    await form(await room.read(case), "/draft").send(browser, to="submit", **DRAFT)
    return case


async def test_a_case_travels_through_forms_alone_from_the_queue_to_the_public_page(room: Newsroom) -> None:
    case = await submitted(room)
    review = case.replace("/cases/", "/reviews/")

    approve = form(await room.read(review, room.approver), "/approve")
    wrong = await approve.send(room.approver.browser, code="000000")
    code = totp(room.approving.secret)
    log_in = {"email": room.approving.email, "password": PASSWORD, "code": code}
    async with room.house.browser() as elsewhere:
        await elsewhere.post("/api/v1/session", json=log_in)
    used = await form(wrong.text, "/approve").send(room.approver.browser, code=code)
    again = form(used.text, "/approve")
    approved = await again.send(room.approver.browser, code=totp(room.approving.secret, ahead=1))
    published = await form(await room.read(review, room.approver), "/publish").send(room.approver.browser)

    assert (wrong.status_code, "Kode tidak cocok" in wrong.text) == (422, True)
    assert (used.status_code, "Kode ini sudah dipakai" in used.text) == (422, True)
    assert (approved.status_code, approved.headers["location"]) == (303, f"{review}?done=approved")
    assert (published.status_code, published.headers["location"]) == (303, f"{review}?done=published")

    async def public() -> bool:
        return DRAFT["fact"] in (await room.house.http.get(f"/{room.office.slug}/clarifications")).text

    await until(public)


async def test_the_author_sees_why_not_and_cannot_approve_by_hand_made_form(house: House, room: Newsroom) -> None:
    officer = await house.officer(room.office, "verifier", "approver")
    both = Newsroom(house, room.office, await house.log_in(officer), room.approver, officer)
    review = (await submitted(both)).replace("/cases/", "/reviews/")

    html = await both.read(review)
    forced = await form(html, "/approve").send(both.verifier.browser, code=totp(officer.secret, ahead=1))

    assert "Penulis tidak menyetujui tulisannya sendiri." in html
    assert forced.status_code == 403


async def test_of_two_who_write_at_once_the_second_sees_both_texts(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    before = form(await room.read(case), "/draft")
    await before.send(browser, fact="Ditulis lebih dulu.")

    late = form(before_html := await room.read(case), "/draft")
    late.fields["version"] = before.fields["version"]
    answer = await late.send(browser, fact="Ditulis belakangan.", key=str(uuid4()))
    kept = await form(answer.text, "/draft").send(browser)

    assert "Ditulis lebih dulu." in before_html
    assert answer.status_code == 409
    assert "Ditulis lebih dulu." in answer.text
    assert "Ditulis belakangan." in answer.text
    assert kept.headers["location"] == f"{case}?done=draft_saved"
    assert "Ditulis belakangan." in await room.read(case)


async def test_an_incomplete_draft_comes_back_with_its_errors_and_its_words(room: Newsroom) -> None:
    case = await room.case()
    draft = form(await room.read(case), "/draft")

    answer = await draft.send(room.verifier.browser, to="submit", claim="Klaim saja.")

    assert answer.status_code == 422
    assert '<a href="#v-false">' in answer.text
    assert '<a href="#fact">' in answer.text
    assert "Klaim saja." in answer.text


async def test_a_source_that_is_no_web_address_is_refused_at_its_field(room: Newsroom) -> None:
    case = await room.case()
    add = form(await room.read(case), "/references")

    answer = await add.send(room.verifier.browser, title="Sumber", url="javascript:alert(1)")

    assert answer.status_code == 422
    assert 'id="ref-url-e"' in answer.text
    assert "Belum ada bukti" in await room.read(case)


async def test_a_message_sent_twice_reaches_the_reporter_once(room: Newsroom) -> None:
    case, words = await room.case(), f"Di grup mana? {unheard()}"
    reply = form(await room.read(case), "/reply")

    answers = [await reply.send(room.verifier.browser, text=words) for _ in range(2)]

    assert [a.status_code for a in answers] == [303, 303]
    assert (await room.read(case)).count(words) == 1


async def test_a_question_needs_a_named_party_and_a_day_to_come(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    html = await room.read(case)
    nobody = await form(html, "/ask").send(browser, until="2020-01-01")

    assert nobody.status_code == 422
    assert 'id="party-e"' in nobody.text


async def test_a_reporter_of_another_kind_is_answered_one_by_one(house: House, room: Newsroom) -> None:
    words = f"Mohon lampu jalan {unheard()}"
    sent = await house.submit(room.office, kind="aspiration", text=words)
    page = room.url("answers", sent["report_id"])

    empty = await form(await room.read(page), "/answer").send(room.verifier.browser, text="Sudah dinyalakan.")
    full = await form(empty.text, "/answer").send(room.verifier.browser, outcome="solved")

    assert empty.status_code == 422
    assert "Sudah dinyalakan." in empty.text
    assert full.headers["location"] == f"{page}?done=answered"
    assert "Sudah dinyalakan." in await room.read(page)


async def test_nobody_and_officers_of_other_offices_are_sent_to_the_door(
    house: House, room: Newsroom, neighbour: TestOffice
) -> None:
    theirs = await house.log_in(await house.officer(neighbour, "verifier"))

    answers = [
        await house.http.get(room.url("queue")),
        await house.http.post(room.url("cases", str(uuid4()), "claim"), data={}),
        await theirs.browser.get(room.url("queue")),
        await house.http.get(f"/{room.office.slug}/partner"),
    ]

    door = f"/{room.office.slug}/login"
    doors = [(a.status_code, a.headers["location"].partition("?next=")[0]) for a in answers]
    assert doors == [(303, door)] * 3 + [(303, f"{door}/partner")]


async def test_another_offices_case_is_as_unknown_as_one_that_never_was(
    house: House, room: Newsroom, neighbour: TestOffice
) -> None:
    theirs = await house.log_in(await house.officer(neighbour, "verifier"))
    case_id = (await room.case()).rpartition("/")[2]

    answers = [await theirs.browser.get(f"/{neighbour.slug}/console/cases/{i}") for i in (case_id, str(uuid4()))]

    assert [a.status_code for a in answers] == [404, 404]


async def test_a_role_that_may_not_is_told_who_may(house: House, room: Newsroom) -> None:
    custodian = await house.log_in(await house.officer(room.office, "custodian"))

    answer = await custodian.browser.get(room.url("queue"))

    assert answer.status_code == 403
    assert "verifikator" in answer.text.lower()


async def test_a_page_does_not_repeat_what_its_address_says_was_done(room: Newsroom) -> None:
    assert "Menangkan hadiah" not in await room.read(f"{room.url('queue')}?done=Menangkan+hadiah")


async def test_officers_see_the_pictures_of_a_report_and_nobody_else_does(room: Newsroom) -> None:
    drawn, text = io.BytesIO(), f"Lihat gambar {unheard()}"
    Image.new("RGB", (640, 480), "#a05020").save(drawn, "PNG")
    uploaded = await room.house.http.post(
        f"{room.office.api}/uploads", files={"file": ("layar.png", drawn.getvalue())}, headers=key()
    )
    case = await room.case(text, attachments=[uploaded.json()["id"]])
    [address] = re.findall(r'<img class="shot" src="([^"]+)"', await room.read(case))

    async def taken() -> bool:
        return bool((await room.verifier.browser.get(address)).status_code == 200)

    await until(taken)
    shown = await room.verifier.browser.get(address)
    other = await room.house.office()
    elsewhere = await room.house.log_in(await room.house.officer(other, "verifier"))
    theirs = address.replace(f"/{room.office.slug}/", f"/{other.slug}/")

    assert (shown.headers["content-type"], shown.headers["cache-control"]) == ("image/jpeg", "private, no-store")
    assert Image.open(io.BytesIO(shown.content)).size == (640, 480)
    assert (await elsewhere.browser.get(theirs)).status_code == 404
    assert (await room.verifier.browser.get(f"{address[:-1]}9")).status_code == 404
    assert (await room.house.http.get(address)).status_code in (303, 401)


async def test_another_button_of_the_page_keeps_the_unsaved_draft_and_what_else_was_typed(room: Newsroom) -> None:
    """As a browser sends it: every part of the page belongs to one form, each button to an address of its own."""
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    source = {"title": "Keterangan dinas", "url": "https://dinas.example/keterangan", "publisher": ""}
    typed = DRAFT | {"question": "Apakah surat ini asli?", "reason": "Bel"}

    added = await page.send(browser, to="references", **typed, **source)
    after = await room.read(case)
    saved = await form(after, "/draft").send(browser)
    clean = await room.read(case)

    assert added.headers["location"] == f"{case}?done=reference_added"
    assert "Keterangan dinas" in after
    assert "Belum disimpan sebagai draf, dari pukul" in after
    assert form(after, "/draft").fields["fact"] == DRAFT["fact"]
    assert form(after, "/references").fields["title"] == ""
    assert form(after, "/ask").fields["question"] == "Apakah surat ini asli?"
    assert form(after, "/close").fields["reason"] == "Bel"
    assert saved.headers["location"] == f"{case}?done=draft_saved"
    assert "Belum disimpan sebagai draf" not in clean


async def test_a_case_that_many_tell_within_an_hour_is_marked_in_the_queue_and_its_rows(room: Newsroom) -> None:
    text = f"Sumur warga {unheard()} diracuni orang tak dikenal tadi malam, jangan diminum"
    case = await room.case(text)
    for _ in range(LEAST):
        await room.house.submit(room.office, text=text)

    async def row() -> dict[str, Any]:
        rows = (await room.verifier.get("/console/cases")).json()["items"]
        return next(row for row in rows if case.endswith(row["id"]))

    async def marked() -> bool:
        return (await row())["surge"] is not None

    await until(marked)
    assert (await row())["surge"] == {"last_hour": LEAST + 1, "usual": 0.0}
    assert f"Lonjakan: {LEAST + 1} laporan dalam 1 jam, biasanya tidak ada" in " ".join(
        (await room.read(room.url("queue"))).split()
    )


async def test_the_same_words_about_somebody_else_are_shown_side_by_side(room: Newsroom) -> None:
    mark = uuid4().hex
    told = f"Pengumuman {mark}! Seluruh nasabah Bank {{}} berhak ikut undian mobil akhir tahun, segera isi data"
    before = await room.case(told.format("Mandiri"))

    case = await room.case(told.format("Permata"))

    assert case != before
    page = await room.read(case)
    assert "Kampanye yang sama, sasaran lain" in page
    assert "Permata → Mandiri" in page
    assert 'class="diff"> Permata</mark>' in page


async def test_an_unsaved_draft_goes_along_when_its_case_joins_another(room: Newsroom) -> None:
    case, other, browser = await room.case(), await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    stays = other.rpartition("/")[2]

    joined = await page.send(browser, to=f"similar/{stays}/same", **DRAFT)

    assert joined.headers["location"] == f"{other}?done=merged"

    async def came_along() -> bool:
        return DRAFT["fact"] in await room.read(other)

    await until(came_along)


async def test_what_a_script_keeps_while_one_writes_is_there_on_the_next_visit_for_that_officer_alone(
    house: House, room: Newsroom
) -> None:
    case, browser = await room.case(), room.verifier.browser
    other = await house.log_in(await house.officer(room.office, "verifier"))
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    browser.headers["Accept"] = "application/json"

    kept = await page.send(browser, to="unsent", **(DRAFT | {"explanation": "Baru separuh kal"}))
    browser.headers["Accept"] = "text/html"
    mine, theirs = await room.read(case), await room.read(case, other)
    put_away = await form(mine, "/draft").send(browser, to="unsent", drop="1")
    after = await room.read(case)

    assert re.fullmatch(r"\d\d\.\d\d", kept.json()["at"])
    assert form(mine, "/draft").fields["explanation"] == "Baru separuh kal"
    assert "Baru separuh kal" not in theirs
    assert put_away.headers["location"] == case
    assert form(after, "/draft").fields["explanation"] == ""
    assert (await room.verifier.get(f"/console/cases/{case.rpartition('/')[2]}")).json()["draft"]["explanation"] == ""


async def test_a_draft_that_somebody_else_saved_meanwhile_is_shown_beside_the_unsaved_one(
    house: House, room: Newsroom
) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    await page.send(browser, to="unsent", **(DRAFT | {"fact": "Ditulis dan belum disimpan."}))
    await Form(page.url, page.fields | {"key": str(uuid4())}).send(
        browser, **(DRAFT | {"fact": "Disimpan lebih dulu."})
    )
    await page.send(browser, to="unsent", **(DRAFT | {"fact": "Ditulis dan belum disimpan."}))

    shown = await room.read(case)
    theirs = await form(shown, "/draft").send(browser, to="unsent", drop="1")
    after = form(await room.read(case), "/draft").fields

    assert "Ditulis dan belum disimpan." in shown
    assert "Disimpan lebih dulu." in shown
    assert "Bandingkan, lalu pilih" in shown
    assert theirs.headers["location"] == case
    assert after["fact"] == "Disimpan lebih dulu."


async def test_a_reply_to_a_reporter_leaves_the_unsaved_draft_and_the_right_report_gets_it(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    html = await room.read(case)
    [report] = set(re.findall(r'name="text-([0-9a-f-]+)"', html))
    page = form(html, "/draft")

    told = await page.send(browser, to=f"reports/{report}/reply", **DRAFT, **{f"text-{report}": "Dari mana Anda tahu?"})
    after = await room.read(case)
    unsaid = await page.send(browser, to=f"reports/{report}/screen", **DRAFT, **{f"reason-{report}": "", "reason": "x"})

    assert told.headers["location"] == f"{case}?done=replied"
    assert "Dari mana Anda tahu?" in after
    assert _box(after, f"text-{report}") == ""
    assert form(after, "/draft").fields["fact"] == DRAFT["fact"]
    assert unsaid.status_code == 422


def _box(html: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*name="{name}" form="draft"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    assert found, name
    return found[1]


async def test_a_reply_that_is_being_written_stays_when_another_button_is_pressed(room: Newsroom) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    html = await room.read(case)
    [report] = set(re.findall(r'name="text-([0-9a-f-]+)"', html))
    source = {"title": "Keterangan dinas", "url": "https://dinas.example/keterangan"}

    await form(html, "/draft").send(browser, to="references", **source, **{f"text-{report}": "Dari mana Anda t"})
    after = await room.read(case)
    told = await form(after, "/draft").send(browser, to=f"reports/{report}/reply", **{f"text-{report}": "Dari mana?"})

    assert _box(after, f"text-{report}") == "Dari mana Anda t"
    assert told.headers["location"] == f"{case}?done=replied"
    assert _box(await room.read(case), f"text-{report}") == ""


async def test_the_buttons_of_what_came_back_leave_the_unsaved_draft(room: Newsroom) -> None:
    text = f"Kabar {unheard()} {unheard()}"
    receipt = await room.house.submit(room.office, text=text)
    case, browser = await room.case_of(text), room.verifier.browser
    for said in ("Ada bukti baru.", "Satu lagi."):
        told = {"code": receipt["tracking_code"], "text": said}
        await room.house.http.post(f"{room.office.api}/tickets/{receipt['number']}/messages", json=told, headers=key())

    async def marked() -> bool:
        return "Semua sudah ditangani" in await room.read(case)

    await until(marked)
    html = await room.read(case)
    first, second = re.findall(r'name="box" value="(text-[A-Z0-9-]+)"', html)
    buttons = re.findall(r'<button[^>]*formaction="([^"]*(?:settle|reply))"', html)

    told_one = await form(html, "/draft").send(
        browser, to=f"reports/{receipt['report_id']}/reply", box=second, **DRAFT, **{second: "Terima kasih."}
    )
    after = await room.read(case)

    assert first != second
    # Two replies, two "Ditangani", all of them at once; and the reply in the list of reports.
    assert len(buttons) == 6
    assert told_one.headers["location"] == f"{case}?done=replied"
    assert "Terima kasih." in after
    assert form(after, "/draft").fields["fact"] == DRAFT["fact"]


async def test_a_draft_that_somebody_else_saved_is_told_also_when_another_button_comes_back_with_an_error(
    room: Newsroom,
) -> None:
    case, browser = await room.case(), room.verifier.browser
    await form(await room.read(case), "/claim").send(browser)
    page = form(await room.read(case), "/draft")
    other = Form(page.url, page.fields | {"key": str(uuid4())})
    await other.send(browser, **(DRAFT | {"fact": "Disimpan lebih dulu."}))

    refused = await page.send(browser, to="references", title="x", url="bukan alamat", **DRAFT)

    assert refused.status_code == 422
    assert "Disimpan lebih dulu." in refused.text
    assert "Bandingkan, lalu pilih" in refused.text


async def test_a_reported_page_is_shown_with_its_copy_and_fetched_again(room: Newsroom) -> None:
    """The fetcher of this stack knows the demo's pages."""
    room.house.stack.start_services([Service.FETCHER])
    text = f"Beredar lagi {unheard()} {unheard()}"
    case = await room.case(text, urls=["https://video-pendek.example/v/telur-ploso"])
    browser = room.verifier.browser

    async def shows(*words: str) -> str:
        found: list[str] = []

        async def there() -> bool:
            found[:] = [await room.read(case)]
            return all(word in found[0] for word in words)

        await until(there, within=90)
        return found[0]

    first = await shows("Awas telur plastik di Pasar Ploso!", "Ambil lagi")
    copy = await browser.get(re.findall(r'href="([^"]+/pages/1/1/copy)"', first)[0])
    [sha256] = re.findall(r"SHA-256 ([0-9a-f]{64})", first)
    answer = await form(first, "/pages/1/again").send(browser)
    said = await room.read(answer.headers["location"])
    again = await shows("Salinan sebelumnya")

    assert copy.headers["content-disposition"].startswith("attachment; filename=")
    assert (copy.headers["x-content-type-options"], copy.headers["cache-control"]) == ("nosniff", "private, no-store")
    assert hashlib.sha256(copy.content).hexdigest() == sha256
    assert "Laman itu akan diambil lagi" in said
    for picture in re.findall(r'src="([^"]+/pages/1/\d/picture)"', again):
        assert (await browser.get(picture)).content.startswith(b"\xff\xd8\xff")
