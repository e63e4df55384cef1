"""Reports on real servers: from a command to a case, a checked verdict and a published answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts import ids
from libs.contracts.envelope import Actor
from libs.contracts.reports.case import AddReference, ApproveVerdict, PublishCase, SaveDraft, TriageCase
from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.reports.report import ReportContent, ReportMatched, ScreenOutReport, SubmitReport
from libs.contracts.topics import Service
from libs.runtime.mongo import key as document_key
from services.reports.case.surges import LEAST
from tests.chaos.lag import mongo_client
from tests.office import Desk, Heard, kinds

TEXT = "Info dari grup RT: air PDAM Harjamukti dicampur zat pembersih pipa, jangan diminum selama tiga hari. Sebarkan!"


@pytest.fixture(scope="module")
def services(stack: Stack) -> Stack:
    stack.start_services([Service.REGISTRY, Service.MATCHER, Service.REPORTS])
    return stack


@pytest.fixture(scope="module")
async def desk(services: Stack) -> AsyncIterator[Desk]:
    async with Desk(services) as desk:
        yield desk


@pytest.fixture(scope="module")
async def tenant(desk: Desk) -> str:
    return await desk.open_tenant()


def a_report(key: UUID, text: str = TEXT, **more: object) -> tuple[SubmitReport, ReportContent]:
    report_id = str(ids.report_id(key))
    command = SubmitReport.model_validate(
        {
            "report_id": report_id,
            "kind": "hoax",
            "number": ids.reference_number("CRB", UUID(report_id)),
            "code_hash": f"hash-{key}",
            "prefix": "CRB",
            "body_hash": "body",
            **more,
        }
    )
    return command, ReportContent(text=text)


async def test_a_report_opens_a_case_and_a_copy_of_it_joins(desk: Desk, tenant: str) -> None:
    first, second = uuid4(), uuid4()

    for key in (first, second):
        command, content = a_report(key)
        await desk.send(tenant, command, content, command_id=key)
    linked = await desk.until(lambda h: type(h.event).__name__ == "ReportsLinked", count=2)

    assert len({h.event.case_id for h in linked}) == 1  # type: ignore[attr-defined]


async def test_the_same_command_twice_is_one_report_and_another_body_is_refused(desk: Desk, tenant: str) -> None:
    key = uuid4()
    command, content = a_report(key, text="Beredar kabar pasar Pagi tutup sebulan penuh karena renovasi besar.")
    await desk.send(tenant, command, content, command_id=key)
    await desk.outcome(key)

    await desk.send(tenant, command, content, command_id=key)
    await desk.send(tenant, command.model_copy(update={"body_hash": "other"}), content, command_id=key)
    refused = await desk.until(lambda h: h.envelope.causation_id == key and type(h.event).__name__ == "ReportsRefused")

    assert refused[0].event.problem == "key_reused"  # type: ignore[attr-defined]
    assert kinds(await desk.outcome(key)).count("ReportReceived") == 1


async def test_a_checked_case_becomes_an_answer_that_the_ticket_shows(desk: Desk, tenant: str) -> None:
    key = uuid4()
    command, content = a_report(key, text="Bantuan Rp1,5 juta dari Pemkot, daftar lewat tautan, biaya admin Rp50.000.")
    await desk.send(tenant, command, content, command_id=key)
    matched = await desk.until(
        lambda h: type(h.event).__name__ == "ReportMatched" and h.event.report_id == command.report_id
    )
    case_id = matched[0].event.case_id  # type: ignore[attr-defined]
    verifier, approver = (
        await desk.add_officer(tenant, "verifier", "approver"),
        await desk.add_officer(tenant, "approver"),
    )
    await asyncio.sleep(0.5)
    draft = Draft(
        claim="Pemkot membagikan bantuan Rp1,5 juta dengan biaya admin",
        verdict="scam",
        about_own_tenant=False,
        fact="Pemkot tidak memungut biaya admin untuk bantuan apa pun.",
        explanation="Dinas Sosial menyatakan tidak ada program itu.",
    )
    reference = Reference(title="Siaran pers", url="https://dinsos.example/siaran", publisher="Dinas Sosial")

    await desk.outcome(
        await desk.send(tenant, TriageCase(case_id=case_id, severity=2, topic="bantuan sosial"), actor=verifier)
    )
    await desk.outcome(await desk.send(tenant, AddReference(case_id=case_id, reference=reference), actor=verifier))
    await desk.outcome(
        await desk.send(tenant, SaveDraft(case_id=case_id, draft=draft, expects=0, submit=True), actor=verifier)
    )
    own = await desk.outcome(await desk.send(tenant, ApproveVerdict(case_id=case_id, expects=1), actor=verifier))
    approved = await desk.outcome(await desk.send(tenant, ApproveVerdict(case_id=case_id, expects=1), actor=approver))
    await desk.send(tenant, PublishCase(case_id=case_id), actor=approver)
    published = await desk.until(lambda h: type(h.event).__name__ == "ClarificationPublished")

    assert own[0].event.problem == "self_approval"  # type: ignore[attr-defined]
    assert kinds(approved) == ["VerdictApproved", "CaseDecided"]
    ticket = await desk.read(
        Service.REPORTS, f"/tickets/{command.number}", tenant=tenant, headers={"x-code-hash": f"hash-{key}"}
    )
    assert ticket["state"] == "answered"
    assert ticket["clarification"]["number"] == published[0].event.number  # type: ignore[attr-defined]
    assert "decided" in [s["what"] for s in ticket["steps"]]
    number = published[0].event.number  # type: ignore[attr-defined]
    assert await listed(desk, tenant, verdict="scam") == [number]
    assert await listed(desk, tenant, verdict="true") == []
    assert [await listed(desk, tenant, q=q) for q in FINDING] == [[number]] * len(FINDING)
    assert await listed(desk, tenant, q="pungutan bank") == []
    assert await listed(desk, tenant, q=f"{number[:-1]}{'Y' if number[-1] == 'Z' else 'Z'}") == []
    assert await listed(desk, tenant, q=number.lower().replace("-", " ")) == [number]
    await written_by_an_older_version(desk.stack, tenant)
    assert await listed(desk, tenant, q="dipungut") == []
    async with asyncio.timeout(40):
        while await listed(desk, tenant, q="dipungut") != [number]:
            await asyncio.sleep(0.2)
    addresses = await desk.read(Service.REPORTS, "/answer-addresses", tenant=tenant)
    assert [a["number"] for a in addresses] == [number]

    async with asyncio.timeout(40):
        while True:
            found = await desk.read(
                Service.REPORTS,
                "/match",
                tenant=tenant,
                method="POST",
                json={"text": "benarkah bantuan Rp1,5 juta dari Pemkot lewat tautan dengan biaya admin Rp50.000?"},
            )
            if found["answers"]:
                break
            await asyncio.sleep(0.1)
    assert found["answers"][0]["card"]["verdict"] == "scam"


FINDING = ("dipungut", "biaya admin", "1.500.000", "Rp 1,5 juta", "pemko", "hoaks bantuan", "sosial")


async def written_by_an_older_version(stack: Stack, tenant: str) -> None:
    """Words as they were kept before there were versions of them."""

    def change() -> None:
        client: MongoClient[dict[str, Any]] = MongoClient(stack.admin_mongo_url)
        with client:
            client["reports"]["clarification"].update_many(
                {"tenant": tenant}, {"$set": {"ix.t": ["pemkot"]}, "$unset": {"ix.tv": ""}}
            )

    await asyncio.to_thread(change)


async def test_the_numbers_of_an_office_add_up_to_its_reports(desk: Desk) -> None:
    tenant = await desk.open_tenant()
    verifier = await desk.add_officer(tenant, "verifier")
    await asyncio.sleep(0.5)
    reports = []
    for n, kind in enumerate(("hoax", "hoax", "complaint")):
        command, content = a_report(key := uuid4(), text=f"Kabar nomor {n} tentang jembatan {kind} {key}", kind=kind)
        await desk.outcome(await desk.send(tenant, command, content, command_id=key))
        reports.append(command.report_id)
    ended = ScreenOutReport(report_id=reports[2], reason="out_of_scope")
    await desk.outcome(await desk.send(tenant, ended, actor=verifier))

    stats = await desk.read(Service.REPORTS, "/stats", tenant=tenant)

    assert stats["reports_week"] == len(reports)
    assert (stats["answered_week"], stats["waiting"], stats["ended_week"]) == (0, 2, 1)
    assert (stats["clarifications"], stats["by_verdict"], stats["corrected"]) == (0, {}, 0)


async def listed(desk: Desk, tenant: str, **asked: str) -> list[str]:
    found = await desk.read(Service.REPORTS, "/clarifications", tenant=tenant, params=asked)
    return [card["number"] for card in found["items"]]


async def test_a_wrong_code_is_answered_like_a_wrong_number(desk: Desk, tenant: str) -> None:
    key = uuid4()
    command, content = a_report(
        key, text="Kabar gempa susulan besar nanti malam pukul sepuluh, warga diminta keluar rumah."
    )
    await desk.outcome(await desk.send(tenant, command, content, command_id=key))

    wrong_code = await desk.read(
        Service.REPORTS, f"/tickets/{command.number}", tenant=tenant, headers={"x-code-hash": "wrong"}
    )
    wrong_number = await desk.read(
        Service.REPORTS, "/tickets/CRB-0000-0000", tenant=tenant, headers={"x-code-hash": "wrong"}
    )

    assert wrong_code.status_code == wrong_number.status_code == 404
    assert wrong_code.content == wrong_number.content


async def test_reports_of_one_post_join_one_case_whatever_form_its_address_has(desk: Desk, tenant: str) -> None:
    """Without a word of text. The third comes when nobody remembers the first two: another member places it."""
    post, linked = f"https://www.tiktok.com/@kabar/video/{uuid4().int % 10**19:019}", []
    for form in (post, f"{post}?utm_source=wa", post.replace("www.", "m.")):
        key = uuid4()
        command, _ = a_report(key)
        await desk.send(tenant, command, ReportContent(urls=(form,)), command_id=key)
        [matched] = await desk.until(
            lambda h, r=command.report_id: type(h.event).__name__ == "ReportMatched" and h.event.report_id == r
        )
        linked.append(matched.event.case_id)  # type: ignore[attr-defined]
        if len(linked) == 2:
            desk.stack.restart(Service.REPORTS)

    assert len(set(linked)) == 1


async def test_a_report_that_came_without_the_matcher_joins_its_case_when_the_matcher_is_back(
    desk: Desk, tenant: str
) -> None:
    """Not word for word, so that only the matcher can tell. The minute of its pause is taken from its timer."""
    known, late = uuid4(), uuid4()
    claim = "Beredar pesan: jembatan Kalijaga ditutup total setahun mulai Senin karena tiang tengahnya retak parah."
    first, content = a_report(known, text=claim)
    await desk.send(tenant, first, content, command_id=known)
    [opened] = await desk.until(lambda h: matched_of(h, first.report_id))
    second, _ = a_report(late)
    await asyncio.to_thread(desk.stack.children.kill, Service.MATCHER)

    await desk.send(tenant, second, ReportContent(text=f"Mohon dicek, ini benar? {claim}"), command_id=late)
    [alone] = await desk.until(lambda h: matched_of(h, second.report_id))
    await asyncio.to_thread(desk.stack.start_service, Service.MATCHER)
    await asyncio.to_thread(make_due, desk.stack, document_key(tenant, second.report_id))
    _, joined = await desk.until(lambda h: matched_of(h, second.report_id), count=2, within=60)

    assert alone.event.outcome == "unmatched"  # type: ignore[attr-defined]
    assert alone.event.opens  # type: ignore[attr-defined]
    assert joined.event.case_id == opened.event.case_id  # type: ignore[attr-defined]
    assert joined.event.previous_case_id == alone.event.case_id  # type: ignore[attr-defined]


OPENER = (
    "PERINGATAN untuk orang tua! di sekitar SDN Sukamaju 2 ada pelaku penculikan anak pakai mobil avanza putih. "
    "Sudah dua anak hilang Share ke semua orang tua."
)
OTHER_SCHOOL = OPENER.replace("SDN Sukamaju 2", "SMP Bina Bangsa")
TOLD_BY_MANY = (
    "di sekitar SDN Sukamaju 2 hari ini jam pulang sekolah pelaku penculikan anak menculik 2 siswa dengan mobil putih "
    "jenis avanza, Viralkan.",
    "Mohon waspada, di lingkungan SDN Sukamaju 2 ada pelaku penculikan anak dengan mobil putih jenis avanza, 2 anak "
    "sudah dibawa kabur Bagikan ke grup lain.",
    "di lingkungan SDN Sukamaju 2 hari ini jam pulang sekolah komplotan penculik anak menculik dua murid pakai mobil "
    "avanza putih. Tolong sebarkan!",
    "2 siswa diculik di lingkungan SDN Sukamaju 2 tadi siang oleh sindikat penculikan anak dengan mobil putih jenis "
    "avanza, Viralkan.",
)


async def test_a_small_case_goes_into_the_one_that_many_report_and_another_targets_stays(desk: Desk) -> None:
    """The half minute before the first look is taken from the cases."""
    tenant = await desk.open_tenant()

    async def report(text: str) -> ReportMatched:
        key = uuid4()
        command, content = a_report(key, text=text)
        await desk.send(tenant, command, content, command_id=key)
        [heard] = await desk.until(lambda h: matched_of(h, command.report_id))
        assert isinstance(heard.event, ReportMatched)
        return heard.event

    async def known(text: str) -> ReportMatched:
        """The matcher follows within a moment."""
        event = await report(text)
        await asyncio.sleep(1.0)
        return event

    small, other, large = await known(OPENER), await known(OTHER_SCHOOL), await known(TOLD_BY_MANY[0])
    assert {(await known(text)).case_id for text in TOLD_BY_MANY[1:]} == {large.case_id}
    for _ in range(LEAST):
        await report(TOLD_BY_MANY[0])

    await asyncio.to_thread(make_older, desk.stack, tenant, [small.case_id, other.case_id])
    _, moved = await desk.until(lambda h: matched_of(h, small.report_id), count=2, within=60)

    assert len({small.case_id, other.case_id, large.case_id}) == 3
    assert (moved.event.case_id, moved.event.gathered) == (large.case_id, True)  # type: ignore[attr-defined]
    await desk.until(lambda h: type(h.event).__name__ == "ReportUnlinked" and h.event.case_id == small.case_id)
    officer = await desk.add_officer(tenant, "verifier")
    views = [await seen(desk, tenant, case_id, officer) for case_id in (small.case_id, other.case_id, large.case_id)]
    left, stays, grown = views
    assert (left["state"], stays["state"], stays["askers"]) == ("closed", "open", 1)
    assert grown["askers"] == len(TOLD_BY_MANY) + LEAST + 1
    assert [(s["party"], s["count"]) for s in left["steps"] if s["what"] == "gathered"] == [(grown["number"], 1)]


async def seen(desk: Desk, tenant: str, case_id: str | None, officer: Actor) -> Any:
    return await desk.read(Service.REPORTS, f"/cases/{case_id}", tenant=tenant, actor=officer)


def make_older(stack: Stack, tenant: str, case_ids: list[str | None]) -> None:
    with mongo_client(stack) as client:
        changed = client["reports"]["case"].update_many(
            {"_id": {"$in": [document_key(tenant, case_id) for case_id in case_ids if case_id]}},
            {"$set": {"ix.opened": datetime.now(UTC) - timedelta(minutes=2)}, "$unset": {"looked_until": ""}},
        )
    assert changed.matched_count == len(case_ids)


def matched_of(heard: Heard, report_id: str) -> bool:
    return isinstance(heard.event, ReportMatched) and heard.event.report_id == report_id


def make_due(stack: Stack, document_id: str) -> None:
    with mongo_client(stack) as client:
        now = datetime.now(UTC)
        changed = client["reports"]["report"].update_one(
            {"_id": document_id, "due.name": "ask_again"}, {"$set": {"next_due": now, "due.0.at": now}}
        )
    assert changed.modified_count == 1
