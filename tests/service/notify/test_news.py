"""What followers are told beside answers: receipts, messages of the office, and that it ends without an answer."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from libs.contracts.reports.case import CaseClosed
from libs.contracts.reports.report import MessageAdded, ReportReceived, ReportScreenedOut
from libs.runtime.errors import Refused
from tests.service.notify.front import Front, a_number, eventually
from tests.service.notify.test_carrying import an_address, follow_view, settled, subjects_of


def text_of(letter: object) -> str:
    return str(letter.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


async def received(front: Front, tenant: str, report: str, kind: str) -> None:
    event = ReportReceived(report_id=report, kind=kind, number=a_number(report), received_at=datetime.now(UTC))
    await front.event(tenant, report, event)


@pytest.mark.parametrize("kind", ["aspiration", "complaint", "information_request"])
async def test_what_goes_into_no_case_gets_its_receipt_once(front: Front, tenant: str, report: str, kind: str) -> None:
    address = an_address()
    await front.follow(tenant, report, address, kind=kind)

    await received(front, tenant, report, kind)
    await received(front, tenant, report, kind)
    await front.letters(address)
    await settled(front, tenant, report, deliveries=1)

    assert subjects_of(await front.letters(address)) == [f"Laporan {a_number(report)} sudah kami terima"]


async def test_a_message_of_the_office_is_mailed_once_and_not_in_the_mail(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address, event_id = an_address(), uuid4()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)
    message = MessageAdded(report_id=report, by_office=True, at=datetime.now(UTC), text="Rahasia kami berdua")

    await front.event(tenant, report, message, event_id=event_id)
    await front.event(tenant, report, message, event_id=event_id)
    await front.event(tenant, report, message)
    letters = await front.letters(address, count=3)
    await settled(front, tenant, report, deliveries=3)

    assert sorted(subjects_of(letters))[:2] == [f"Ada pesan untuk laporan {a_number(report)}"] * 2
    assert len(await front.letters(address)) == 3
    assert not any("Rahasia" in letter.as_string() for letter in letters)


async def test_whoever_is_screened_out_is_told_why_and_nothing_after_that(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)

    await front.event(tenant, report, ReportScreenedOut(report_id=report, reason="out_of_scope", case_id=case))
    newest, _ = await front.letters(address, count=2)
    await front.published(tenant, case)
    await settled(front, tenant, report, deliveries=2)

    assert newest["Subject"] == f"Laporan {a_number(report)} tidak dilanjutkan"
    assert "di luar wilayah atau wewenang kami" in text_of(newest)
    assert (await follow_view(front, tenant, report)).following


async def test_a_case_closed_without_an_answer_is_told_to_each_of_its_followers_once(
    front: Front, tenant: str, case: str
) -> None:
    reports = [str(uuid4()) for _ in range(3)]
    addresses = [an_address() for _ in reports]
    for report, address in zip(reports, addresses, strict=True):
        await front.follow(tenant, report, address, confidential=report == reports[2])
        await front.matched(tenant, report, case)
    for address in addresses:
        await front.letters(address)
    event_id, closed = uuid4(), CaseClosed(case_id=case, reason="Kabar ini tidak beredar lagi.")

    await front.event(tenant, case, closed, event_id=event_id)
    await front.event(tenant, case, closed, event_id=event_id)
    told = [(await front.letters(address, count=2))[0] for address in addresses]
    for report in reports:
        await settled(front, tenant, report, deliveries=2)

    assert subjects_of(told) == [f"Laporan {a_number(report)} tidak dilanjutkan" for report in reports]
    assert ["tidak beredar lagi" in text_of(letter) for letter in told] == [True, True, False]
    assert [await front.count_letters(address) for address in addresses] == [2, 2, 2]


async def test_a_case_that_was_answered_is_closed_in_silence(front: Front, tenant: str, report: str, case: str) -> None:
    address, other = an_address(), an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    await front.published(tenant, case)
    await front.letters(address)

    await front.event(tenant, case, CaseClosed(case_id=case, reason="Selesai.", answered=True))
    await front.event(tenant, case, CaseClosed(case_id=case, reason="Selesai."))
    last = str(uuid4())
    await front.follow(tenant, last, other)
    await front.matched(tenant, last, case, clarification_id=f"k-{case}")
    await front.letters(other)
    await settled(front, tenant, report, deliveries=1)

    assert "dijawab" in str((await front.letters(other))[0]["Subject"])


async def test_the_contact_of_an_answered_report_has_its_last_day(
    front: Front, tenant: str, report: str, case: str
) -> None:
    """The page says that it is deleted some days after the end, also where the answer came with the case."""
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)

    await front.published(tenant, case)
    await front.letters(address, count=2)

    async def last_day() -> datetime | None:
        found = await front.subject(tenant, report)
        return found["ix"].get("erase_at") if found else None

    assert (await eventually(last_day)) is not None


async def test_a_first_word_that_waits_for_a_hand_leaves_with_the_answer(
    front: Front, tenant: str, report: str, case: str
) -> None:
    await front.follow(tenant, report, "+6281200002066", channel="whatsapp_manual")
    await front.matched(tenant, report, case)

    async def states() -> dict[str, str] | None:
        try:
            view = await follow_view(front, tenant, report)
        except Refused:
            return None
        return {d.template: d.state for d in view.deliveries} or None

    await eventually(states)
    await front.published(tenant, case)

    async def superseded() -> bool:
        return await states() == {"interim": "suppressed", "answer": "queued"}

    await eventually(superseded)
