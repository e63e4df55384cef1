import contextlib
import time
from email.message import EmailMessage

import pytest

from libs.kit.mails import Mail, Unreadable, read


def a_mail(body: str = "Benarkah air PDAM dicampur racun?", **headers: str) -> EmailMessage:
    message = EmailMessage()
    known = {"From": "Budi <Budi@Contoh.example>", "Subject": "Tanya", "Message-ID": "<m1@contoh.example>", **headers}
    for name, value in known.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def mail(**headers: str) -> Mail:
    return read(a_mail(**headers).as_bytes())


def test_who_wrote_what() -> None:
    found = mail()

    assert (found.id, found.sender, found.subject) == ("m1@contoh.example", "budi@contoh.example", "Tanya")
    assert found.text == "Benarkah air PDAM dicampur racun?"
    assert not found.is_automatic


def test_what_it_answers_is_named_the_nearest_last() -> None:
    found = mail(References="<a@x.example> <b@x.example>", In_Reply_To="<c@x.example>")

    assert found.answers == ("a@x.example", "b@x.example", "c@x.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<warga.example>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@contoh.example"},
        {"From": "no-reply@toko.example"},
        {"From": "noreply@toko.example"},
    ],
)
def test_machines_are_told_from_people(headers: dict[str, str]) -> None:
    assert mail(**headers).is_automatic


def test_who_says_that_they_are_no_machine_is_none() -> None:
    assert not mail(Auto_Submitted="no").is_automatic


def test_a_picture_comes_along_and_a_page_is_read_as_text() -> None:
    message = a_mail()
    message.set_content("<p>Benarkah<br>ini?</p><script>alert(1)</script><blockquote>lama</blockquote>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../etc/passwd")

    found = read(message.as_bytes())

    assert [(f.media_type, f.data) for f in found.files] == [("image/png", b"\x89PNG")]
    assert found.text.split() == ["Benarkah", "ini?"]


def test_the_plain_part_is_taken_before_the_page() -> None:
    message = a_mail("teks biasa")
    message.add_alternative("<p>halaman</p>", subtype="html")

    assert read(message.as_bytes()).text == "teks biasa"


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    raw = b"From: a@b.example\r\n\r\nhalo"

    assert read(raw).id == read(raw).id != read(raw + b"!").id


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 100, b"Subject: x\r\n\r\nhalo", b"From: Budi\r\n\r\nhalo"])
def test_what_nobody_sent_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\nContent-Type: text/plain; charset=x-tidak-ada\r\n\r\nhalo",
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!halo",
        b"From: a@b.example\r\nSubject: =?utf-8?q?=FF=FE?=\r\nMessage-ID: =?x?=\r\n\r\nhalo",
        b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nhalo",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\nhalo\r\n" * 500,
    ],
)
def test_odd_mails_are_read_as_far_as_they_go(raw: bytes) -> None:
    assert read(raw).sender == "a@b.example"


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", '"a\x00b"', "utf-7", "base64", "rot13", "zlib"])
def test_no_charset_stops_what_comes_after_it(charset: str) -> None:
    raw = f"From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\nhalo".encode()

    assert read(raw).sender == "a@b.example"


@pytest.mark.parametrize(
    "subject", ["Automatic reply: Tanya", "Balasan otomatis: cuti", "Out of Office", "Undeliverable: x"]
)
def test_an_answering_machine_is_known_by_its_subject_too(subject: str) -> None:
    assert mail(Subject=subject).is_automatic


HOSTILE = {
    "parameters": b"From: a@b.example\r\nContent-Type: text/plain" + b"; a=b" * 6_000 + b"\r\n\r\nhalo",
    "numbered": b"From: a@b.example\r\nContent-Type: text/plain"
    + b"".join(b"; a*%d*=x" % n for n in range(3_000))
    + b"\r\n\r\nhalo",
    "addresses": b"From: " + b"a@b.example, " * 2_000 + b"\r\n\r\nhalo",
    "references": b"From: a@b.example\r\nReferences: " + b"<a@b.example> " * 2_000 + b"\r\n\r\nhalo",
    "encoded": b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?x?= " * 2_000 + b"\r\n\r\nhalo",
    "a long head": b"From: a@b.example\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\nhalo",
    "no end of it": b"From: a@b.example\r\n" + b"X-A: b\r\n" * 500_000,
    "parts": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"".join(b"--x\r\nContent-Type: text/plain" + b"; a=b" * 10_000 + b"\r\n\r\nhalo\r\n" for _ in range(40)),
    "nested": b"From: a@b.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3_000 + b"halo",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_takes_no_time(name: str) -> None:
    started = time.process_time()
    with contextlib.suppress(Unreadable):
        read(HOSTILE[name])

    assert time.process_time() - started < 2


def test_an_encoded_name_is_no_address() -> None:
    raw = b"From: =?utf-8?q?petugas=40kota=2Eexample?= <budi@contoh.example>\r\n\r\nhalo"

    assert read(raw).sender == "budi@contoh.example"


def test_a_body_with_nul_is_read_without_it() -> None:
    raw = b"From: a@b.example\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhal=00o"

    assert read(raw).text == "halo"


def test_what_servers_found_out_about_the_sender_comes_along_the_topmost_first() -> None:
    raw = (
        b"Authentication-Results: mx.kota.example;\r\n dmarc=fail header.from=contoh.example\r\n"
        b"Authentication-Results: mx.lain.example; none\r\nFrom: a@contoh.example\r\n\r\nhalo"
    )

    found = read(raw).authentication

    assert [" ".join(one.split()) for one in found] == [
        "mx.kota.example; dmarc=fail header.from=contoh.example",
        "mx.lain.example; none",
    ]


@pytest.mark.parametrize(
    "head", [b"From: a@x.example, b@y.example\r\n", b"From: a@x.example\r\nFrom: b@y.example\r\n"]
)
def test_a_mail_of_two_senders_is_of_neither(head: bytes) -> None:
    assert not read(head + b"\r\nhalo").has_one_sender
    assert mail().has_one_sender
