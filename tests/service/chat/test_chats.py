"""Conversations over the providers' real wire formats, with everything behind them: what was said, what was kept, what
came back. Counted in the provider's own journal and in the database, not in what we say of ourselves."""

import asyncio
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pymongo import MongoClient

from deploy.local.chat.phone import Phone
from deploy.local.stack import CHAT, Stack
from libs.contracts.topics import Service
from tests.service.gateway.house import House, TestOffice, until

CHANNELS = ("whatsapp", "telegram")
CLAIM = "Beredar kabar bahwa jembatan Kejaksan ditutup total mulai besok pagi selama sebulan penuh."
WITHIN = 60
"""Seconds for one reply on a machine with much else to do."""


@pytest.fixture
def well(stack: Stack) -> Iterator[None]:
    stack.chat.well()
    yield
    stack.chat.well()


@pytest.fixture
def phone(stack: Stack, office: TestOffice, well: None) -> Callable[[str], Phone]:
    stack.add_channels(office.slug)
    stack.restart(CHAT)

    def made(channel: str) -> Phone:
        return stack.chat.phone(f"62812{uuid.uuid4().int % 10**8:08}", office=office.slug, channel=channel)

    return made


async def said(phone: Phone, text: str, expects: str, **more: Any) -> str:
    def exchange() -> str:
        phone.say(text, **more)
        return phone.wait_for_reply(expects, WITHIN).text

    return await asyncio.to_thread(exchange)


def stored(stack: Stack, service: Service, kind: str, office: TestOffice) -> list[dict[str, Any]]:
    """As it lies in the database."""
    with MongoClient[dict[str, Any]](stack.mongo_url(service)) as client:
        return list(client[service][kind].find({"tenant": office.tenant}))


async def asks(house: House, office: TestOffice, text: str) -> None:
    """An officer writes to whoever sent the office's one report."""
    (report,) = stored(house.stack, Service.REPORTS, "report", office)
    desk = await house.log_in(await house.officer(office, "verifier"))
    path = f"/console/reports/{report['_id'].split('/')[1]}/messages"
    answer = await desk.post(path, {"text": text}, Prefer="wait=10")
    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_report_is_made_in_a_chat_and_opens_with_its_code(
    stack: Stack, house: House, office: TestOffice, phone: Callable[[str], Phone], channel: str
) -> None:
    citizen = phone(channel)

    assert "Tidak ada yang dikirim" in await said(citizen, "halo", "Halo, ini")
    assert "Belum ada yang dikirim" in await said(citizen, CLAIM, "KIRIM")
    assert stored(stack, Service.REPORTS, "report", office) == []
    receipt = await said(citizen, "kirim", "Laporan tersimpan")

    words = receipt.replace(".", " ").split()
    number = words[words.index("Nomor") + 1]
    code = words[words.index("ini:") + 1]
    opened = await house.http.post(f"{office.api}/tickets/{number}", json={"code": code})
    assert opened.status_code == 200
    assert CLAIM in opened.text
    assert len(stored(stack, Service.REPORTS, "report", office)) == 1
    await asyncio.to_thread(citizen.wait_for_reply, f"Laporan {number}", WITHIN)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_webhook_twice_and_shuffled_and_reports_killed_there_is_one_ticket(
    stack: Stack, house: House, office: TestOffice, phone: Callable[[str], Phone], channel: str
) -> None:
    citizen = phone(channel)
    stack.chat.faults(twice=True, shuffle=4)

    def talk() -> None:
        citizen.say(CLAIM)
        citizen.say("Saya dapat dari grup warga.")
        stack.children.kill(Service.REPORTS)
        citizen.say("kirim")
        citizen.wait_for_reply("Laporan tersimpan", WITHIN)
        stack.start_service(Service.REPORTS)
        citizen.wait_for_reply("Sedang diperiksa", WITHIN)

    await asyncio.to_thread(talk)
    await asyncio.sleep(3)

    replies = [m.text for m in stack.chat_log.sent_to(citizen.number)]
    assert sum("Laporan tersimpan" in text for text in replies) == 1
    assert sum("Sedang diperiksa" in text for text in replies) == 1
    assert len(replies) == len(set(replies))
    assert len(stored(stack, Service.REPORTS, "report", office)) == 1


async def test_a_picture_goes_with_the_report_and_what_is_none_is_said(
    stack: Stack, office: TestOffice, phone: Callable[[str], Phone]
) -> None:
    citizen = phone("whatsapp")

    def send(data: bytes) -> str:
        citizen.send_picture(data, caption="Benarkah jembatan Kejaksan ditutup?")
        return citizen.wait_for_reply("", WITHIN).text

    assert "tidak dapat dibuka" in await asyncio.to_thread(send, b"<html>bukan gambar</html>")
    assert "1 berkas" in await asyncio.to_thread(send, a_picture())
    await said(citizen, "kirim", "Laporan tersimpan")

    (report,) = stored(stack, Service.REPORTS, "report", office)
    assert len(report["state"]["attachments"]) == 1


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_office_and_the_reporter_talk_in_the_chat(
    stack: Stack, house: House, office: TestOffice, phone: Callable[[str], Phone], channel: str
) -> None:
    citizen = phone(channel)
    await said(citizen, CLAIM, "KIRIM")
    await said(citizen, "kirim", "Laporan tersimpan")
    await asyncio.to_thread(citizen.wait_for_reply, "Sedang diperiksa", WITHIN)

    await asks(house, office, "Di RT mana?")
    asked = await asyncio.to_thread(citizen.wait_for_reply, "Di RT mana?", WITHIN)
    await said(citizen, "RT 04 dekat pasar", "TAMBAH")
    await said(citizen, "tambah", "Sudah ditambahkan")

    assert "Pesan petugas" in asked.text

    async def arrived() -> bool:
        (report,) = stored(stack, Service.REPORTS, "report", office)
        return len(report["state"].get("marks", ())) > 0

    await until(arrived)


async def test_when_the_provider_closes_the_window_an_officers_own_phone_takes_over(
    stack: Stack, house: House, office: TestOffice, phone: Callable[[str], Phone]
) -> None:
    citizen = phone("whatsapp")
    await said(citizen, CLAIM, "KIRIM")
    await said(citizen, "kirim", "Laporan tersimpan")
    await asyncio.to_thread(citizen.wait_for_reply, "Sedang diperiksa", WITHIN)
    citizen.end_window()

    await asks(house, office, "Di RT mana?")

    async def falls_back() -> bool:
        deliveries = stored(stack, Service.NOTIFY, "delivery", office)
        return any(d["ix"]["channel"] == "whatsapp_manual" for d in deliveries)

    await until(falls_back)
    assert not any("Di RT mana?" in m.text for m in citizen.replies())


def a_picture() -> bytes:
    picture = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(picture).text((20, 20), "JEMBATAN DITUTUP", fill="black")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
