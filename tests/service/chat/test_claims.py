"""A message that makes several claims, said in a chat over the provider's wire format."""

import asyncio
from collections.abc import Callable

from deploy.local.chat.phone import Phone
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.chat.test_chats import phone, said, stored, well
from tests.service.gateway.house import House, TestOffice, until
from tests.service.pages.test_partner import publish
from tests.unheard import unheard

__all__ = ["phone", "well"]

FACT = "Kabar itu tidak benar; pembagian berasnya tidak pernah direncanakan."


async def test_one_claim_of_several_is_answered_in_the_chat_and_the_others_are_sent(
    stack: Stack, house: House, office: TestOffice, phone: Callable[[str], Phone]
) -> None:
    answered = f"Kapal {unheard()} membagikan beras gratis kepada semua nelayan setiap hari Kamis"
    message = (
        f"{answered}\n\nJembatan {unheard()} ditutup setahun karena retak di tiang tengahnya\n\n"
        "Vaksin keliling memakai cairan kedaluwarsa, murid kelas satu dilarikan ke puskesmas"
    )
    await publish(house, office, FACT, claim=answered)
    citizen = phone("whatsapp")

    async def known() -> bool:
        found = (await house.http.post(f"{office.api}/match", json={"text": answered})).json()
        return bool(found["outcome"] == "match")

    await until(known)
    offered = await said(citizen, message, "KIRIM")
    counted = await said(citizen, "1", "Tercatat")
    before = len(stored(stack, Service.REPORTS, "report", office))
    await said(citizen, "kirim", "Laporan tersimpan")

    assert offered.index(f"1. Tentang “{answered[:60]}") < offered.index(FACT)
    assert "Balas KIRIM" in counted
    assert "Tidak ada laporan yang dikirim" not in counted

    async def is_in_its_own_case() -> bool:
        reports = [document["state"] for document in stored(stack, Service.REPORTS, "report", office)]
        return len(reports) == before + 1 and all(report.get("case_id") for report in reports)

    await until(is_in_its_own_case)
    cases = {document["state"]["case_id"] for document in stored(stack, Service.REPORTS, "report", office)}
    assert len(cases) == before + 1
    replies = [m.text for m in await asyncio.to_thread(stack.chat_log.sent_to, citizen.number)]
    assert not any("Jawaban untuk laporan" in text for text in replies)
