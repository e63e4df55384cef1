"""The IMAP server for tests of mail that comes in."""

import imaplib
import shutil
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest

from deploy.local.imap import Dovecot, is_installed
from deploy.local.ports import free_base
from tests.stack import home_of_this_run

pytestmark = pytest.mark.skipif(not is_installed(), reason="dovecot is not there: apt-get install dovecot-imapd")


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    home = home_of_this_run(f"imap-{uuid4().hex[:8]}")
    server = Dovecot(home, free_base())
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home)


def a_letter(subject: str) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "warga@contoh.example", "lapor@contoh.example", subject
    letter.set_content("Apakah benar?")
    return letter.as_bytes(policy=policy.SMTP)


def subjects(client: imaplib.IMAP4, folder: str) -> list[str]:
    assert client.select(folder)[0] == "OK"
    found = []
    for number in client.uid("SEARCH", "ALL")[1][0].split():
        _, parts = client.uid("FETCH", number, "(BODY.PEEK[])")
        found.append(str(message_from_bytes(parts[0][1], policy=policy.default)["Subject"]))
    return found


def test_a_letter_is_fetched_and_moved_to_another_folder(dovecot: Dovecot) -> None:
    dovecot.deliver(a_letter("Kabar razia"))
    dovecot.deliver(a_letter("Kabar banjir"))
    client = dovecot.mailbox.login()

    assert subjects(client, "INBOX") == ["Kabar razia", "Kabar banjir"]
    client.create("Diproses")
    first = client.uid("SEARCH", "ALL")[1][0].split()[0].decode()
    assert client.uid("MOVE", first, "Diproses")[0] == "OK"

    assert subjects(client, "INBOX") == ["Kabar banjir"]
    assert subjects(client, "Diproses") == ["Kabar razia"]


def test_a_letter_that_comes_while_one_waits_is_told(dovecot: Dovecot) -> None:
    client = dovecot.mailbox.login()
    client.select("INBOX")
    client.send(b"x1 IDLE\r\n")
    assert client.readline().startswith(b"+")

    dovecot.deliver(a_letter("Kabar razia"))

    assert b"1 EXISTS" in client.readline()


def test_letters_are_there_after_a_kill_and_the_log_in_is_the_same(dovecot: Dovecot) -> None:
    dovecot.deliver(a_letter("Kabar razia"))
    dovecot.stop()
    with pytest.raises(OSError, match="refused"):
        dovecot.mailbox.login()

    again = Dovecot(dovecot.home, dovecot.mailbox.port)
    again.start()

    assert again.mailbox == dovecot.mailbox
    assert subjects(again.mailbox.login(), "INBOX") == ["Kabar razia"]


def test_nobody_reads_without_the_password(dovecot: Dovecot) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imaplib.IMAP4(dovecot.mailbox.host, dovecot.mailbox.port).login(dovecot.mailbox.username, "salah")
