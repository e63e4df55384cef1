import smtplib
import uuid
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse

import pytest

from deploy.local.ports import HOST
from deploy.local.stack import Stack


def send(stack: Stack, to: str, subject: str = "Laporan Anda sudah dijawab") -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "kabar@contoh.example", to, subject
    letter.set_content("Baca: http://127.0.0.1/jawaban")
    letter.add_alternative("<p>Baca</p>", subtype="html")
    with smtplib.SMTP(HOST, stack.ports.smtp) as server:
        server.send_message(letter)


def get(stack: Stack, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(HOST, stack.ports.mail_page, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def test_a_letter_accepted_is_a_letter_kept(stack: Stack) -> None:
    to = f"{uuid.uuid4().hex}@contoh.example"

    send(stack, to)

    assert [letter["To"] for letter in stack.mailbox.letters(to)] == [to]


def test_letters_are_kept_when_the_sink_is_killed(stack: Stack) -> None:
    to = f"{uuid.uuid4().hex}@contoh.example"
    send(stack, to)

    stack.children.kill("mail")
    stack.start_mail_sink()
    send(stack, to, "Yang kedua")

    assert [letter["Subject"] for letter in stack.mailbox.letters(to)] == ["Yang kedua", "Laporan Anda sudah dijawab"]


def test_a_letter_is_found_and_read_in_the_browser(stack: Stack) -> None:
    to = f"{uuid.uuid4().hex}@contoh.example"
    send(stack, to)
    letter_id = stack.mailbox.page(address=to).entries[0].id

    _, found = get(stack, f"/?address={to}")
    _, read = get(stack, f"/{letter_id}")
    view, rich = get(stack, f"/{letter_id}/html")

    assert f'href="/{letter_id}?lang=id"' in found
    assert 'href="http://127.0.0.1/jawaban"' in read
    assert "<p>Baca</p>" in rich
    assert (view.getheader("Content-Security-Policy") or "").startswith("sandbox")


@pytest.mark.parametrize("path", ["/../secrets/kafka-admin.password", "/1-1", "/index.jsonl", "/1-1/html"])
def test_what_is_no_letter_is_not_found(stack: Stack, path: str) -> None:
    response, _ = get(stack, path)

    assert response.status == 404
