"""Mail that people write, over a real IMAP server: into the thread of a report, or into a conversation."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.imap import Dovecot, is_installed
from deploy.local.mailbox import text_of
from deploy.local.ports import free_base
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from tests.service.chat.test_chats import asks, stored
from tests.service.gateway.house import House, TestOffice, until
from tests.stack import home_of_this_run

pytestmark = pytest.mark.skipif(not is_installed(), reason="dovecot is not there: apt-get install dovecot-imapd")

CLAIM = "Beredar kabar bahwa pasar Kanoman dibongkar malam ini tanpa pemberitahuan kepada pedagang."
PATIENCE = 60


class Citizen:
    """Somebody with a mail program: writes to the office's mailbox, reads what the office's server sent."""

    def __init__(self, stack: Stack, dovecot: Dovecot, office: str) -> None:
        self.address = f"warga-{uuid4().hex[:8]}@contoh.example"
        self._stack, self._dovecot, self._office = stack, dovecot, office
        self.seen = 0

    def letter(self, text: str, *, subject: str = "Tanya", to: EmailMessage | None = None, **more: str) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = f"Warga <{self.address}>", self._office
        letter["Subject"] = f"Re: {to['Subject']}" if to else subject
        letter["Message-ID"] = f"<{uuid4()}@contoh.example>"
        if to is not None:
            letter["In-Reply-To"] = to["Message-ID"]
            quoted = "\n".join(f"> {line}" for line in (text_of(to, "plain") or "").splitlines())
            text = f"{text}\n\nPada Senin, 30 November 2026 Saber Hoaks <{to['From']}> menulis:\n{quoted}\n"
        for name, value in more.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        return letter

    def send(self, letter: EmailMessage) -> None:
        self._dovecot.deliver(letter.as_bytes(policy=policy.SMTP))

    def inbox(self) -> list[EmailMessage]:
        return sorted(self._stack.mailbox.letters(self.address), key=lambda letter: str(letter["Date"]))

    async def receives(self, words: str) -> EmailMessage:
        found: list[EmailMessage] = []

        async def there() -> bool:
            found[:] = [m for m in await asyncio.to_thread(self.inbox) if words in _flat(m)]
            return bool(found)

        await until(there, PATIENCE)
        return found[0]


def _flat(letter: EmailMessage) -> str:
    return " ".join((text_of(letter, "plain") or "").split())


@pytest.fixture
def dovecot(stack: Stack, office: TestOffice) -> Iterator[Dovecot]:
    home = home_of_this_run(f"imap-{uuid4().hex[:8]}")
    server = Dovecot(home, free_base(), username=f"lapor-{uuid4().hex[:6]}@contoh.example")
    server.start()
    box = server.mailbox
    account = {
        "office": office.slug, "address": box.username, "host": box.host, "port": box.port, "security": "none",
        "username": box.username, "password": box.password,
    }  # fmt: skip
    with_mail(stack, account)
    yield server
    with_mail(stack, None)
    server.stop()
    shutil.rmtree(home)


@pytest.fixture
def checking(stack: Stack, dovecot: Dovecot) -> str:
    """The office's receiving server says what it found out, by this name."""
    with_mail(stack, {**stored_account(stack), "authserv_id": "mx.kota.example"})
    return "mx.kota.example"


def stored_account(stack: Stack) -> dict[str, Any]:
    file = Path(stack.secrets_dir(Service.NOTIFY)) / "channels.json"
    account: dict[str, Any] = json.loads(file.read_text())["mail"][0]
    return account


def with_mail(stack: Stack, account: dict[str, Any] | None) -> None:
    file = Path(stack.secrets_dir(Service.NOTIFY)) / "channels.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**known, "mail": [account] if account else []}))


@pytest.fixture
def citizen(stack: Stack, dovecot: Dovecot) -> Citizen:
    return Citizen(stack, dovecot, dovecot.mailbox.username)


async def test_a_mail_becomes_a_report_once_its_sender_says_so(
    stack: Stack, house: House, office: TestOffice, citizen: Citizen, dovecot: Dovecot
) -> None:
    first = citizen.letter(CLAIM, subject="Benarkah ini?")
    citizen.send(first)
    citizen.send(first)
    asked = await citizen.receives("Balas KIRIM")
    assert asked["Reply-To"] == dovecot.mailbox.username
    assert stored(stack, Service.REPORTS, "report", office) == []

    citizen.send(citizen.letter("KIRIM", to=asked))
    await citizen.receives("Laporan tersimpan")
    await citizen.receives("sedang diperiksa")

    async def there() -> bool:
        return len(stored(stack, Service.REPORTS, "report", office)) == 1

    await until(there)
    assert len([m for m in citizen.inbox() if "Laporan tersimpan" in _flat(m)]) == 1

    await asks(house, office, "Kapan Anda menerimanya?")
    told = await citizen.receives("pesan untuk laporan")
    citizen.send(citizen.letter("Tadi malam pukul sembilan.", to=told))

    async def in_thread() -> bool:
        (report,) = stored(stack, Service.REPORTS, "report", office)
        return len(report["state"].get("marks", ())) == 1

    await until(in_thread, PATIENCE)
    desk = await house.log_in(await house.officer(office, "verifier"))
    (report,) = stored(stack, Service.REPORTS, "report", office)
    case = (await desk.get(f"/console/cases/{report['state']['case_id']}")).text
    assert "Tadi malam pukul sembilan." in case
    assert "menulis:" not in case


async def test_machines_and_strangers_are_met_with_silence(
    stack: Stack, office: TestOffice, citizen: Citizen, dovecot: Dovecot
) -> None:
    machine, stranger = citizen.letter("Saya sedang cuti.", Auto_Submitted="auto-replied"), citizen
    for letter in (
        machine,
        citizen.letter("Diskon besar!", List_Unsubscribe="<mailto:x@toko.example>"),
        stranger.letter("x", subject="y", Precedence="bulk"),
    ):
        citizen.send(letter)
    dovecot.deliver(b"\x00\xff not a mail at all")

    async def passed_over() -> bool:
        def count() -> int:
            client = dovecot.mailbox.login()
            status, found = client.select("Simpul-dilewati")
            client.logout()
            return int(found[0] or 0) if status == "OK" else 0

        return await asyncio.to_thread(count) == 4

    await until(passed_over, PATIENCE)
    await asyncio.sleep(2)
    assert citizen.inbox() == []
    assert stored(stack, Service.NOTIFY, "conversation", office) == []
    assert stored(stack, Service.REPORTS, "report", office) == []


async def test_a_letter_of_a_report_answered_by_somebody_else_opens_no_thread(
    stack: Stack, house: House, office: TestOffice, citizen: Citizen, dovecot: Dovecot
) -> None:
    contact = {"channel": "email", "address": citizen.address, "consent": True}
    await house.submit(office, text=CLAIM, contact=contact)
    letter = await citizen.receives("sedang diperiksa")
    stranger = Citizen(stack, dovecot, dovecot.mailbox.username)

    stranger.send(stranger.letter("Saya juga mau tahu isinya.", to=letter))
    assert "alamat lain" in _flat(await stranger.receives("Balas KIRIM"))
    citizen.send(citizen.letter("Saya punya fotonya.", to=letter))

    async def marked() -> bool:
        (report,) = stored(stack, Service.REPORTS, "report", office)
        return len(report["state"].get("marks", ())) == 1

    await until(marked, PATIENCE)


async def test_a_forged_answer_opens_no_thread_and_its_sender_reads_why(
    stack: Stack, house: House, office: TestOffice, citizen: Citizen, dovecot: Dovecot, checking: str
) -> None:
    domain = citizen.address.rpartition("@")[2]
    contact = {"channel": "email", "address": citizen.address, "consent": True}
    await house.submit(office, text=CLAIM, contact=contact)
    letter = await citizen.receives("sedang diperiksa")
    (first,) = stored(stack, Service.REPORTS, "report", office)

    failed = f"{checking}; spf=fail smtp.mailfrom={domain}; dmarc=fail header.from={domain}"
    forged = citizen.letter("Batalkan semuanya, saya keliru.", to=letter, Authentication_Results=failed)
    forged["Authentication-Results"] = f"mx.lain.example; dmarc=pass header.from={domain}"
    citizen.send(forged)
    citizen.send(citizen.letter("STOP", to=letter, Authentication_Results=failed))
    told = await citizen.receives("tidak dapat memastikan")
    assert first["state"]["number"] not in _flat(told)
    citizen.send(citizen.letter("TAMBAH", to=letter, Authentication_Results=failed))
    passed = f"{checking}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
    citizen.send(citizen.letter("Saya punya fotonya.", to=letter, Authentication_Results=passed))

    async def marked() -> bool:
        (report,) = stored(stack, Service.REPORTS, "report", office)
        return len(report["state"].get("marks", ())) == 1

    await until(marked, PATIENCE)
    desk = await house.log_in(await house.officer(office, "verifier"))
    case = (await desk.get(f"/console/cases/{first['state']['case_id']}")).text
    assert "Saya punya fotonya." in case
    assert "Batalkan semuanya" not in case

    citizen.send(citizen.letter("KIRIM", to=told, Authentication_Results=failed))

    async def taken() -> bool:
        found = stored(stack, Service.REPORTS, "report", office)
        return any(one["state"].get("case_id") for one in found if one["_id"] != first["_id"])

    await until(taken, PATIENCE)
    (other,) = [one for one in stored(stack, Service.REPORTS, "report", office) if one["_id"] != first["_id"]]

    async def is_seen() -> bool:
        case = (await desk.get(f"/console/cases/{other['state']['case_id']}")).text
        return "Batalkan semuanya" in case and '"intake":"email_unproven"' in case

    await until(is_seen)
