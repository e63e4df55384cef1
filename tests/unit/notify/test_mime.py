import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.channels.mime import Form, Head, Marks, UnfitForHeader, build, is_address

NAMES = {"to", "id", "number", "name", "link", "date"}


def a_form(
    text: str = "Halo {name}\n{link}\n",
    html: str = '<p>Halo {name}</p><a href="{link}">x</a>',
    *,
    subject: str = "Laporan {number}",
    sender_name: str = "Saber Hoaks – Cirebon",
) -> Form:
    marks = Marks(NAMES)
    head = Head("kabar@simpul.example", sender_name, "dkis@contoh.example", subject.format(**marks.of))
    return build(
        head,
        text=text.format(**marks.of),
        html=html.format(**marks.of),
        marks=marks,
        headers={
            "Message-ID": f"<{marks.of['id']}@simpul.example>",
            "List-Unsubscribe": f"<{marks.of['link']}>",
        },
    )


def filled(form: Form, **more: str) -> tuple[bytes, EmailMessage]:
    values = {
        "to": "warga@contoh.example",
        "id": "d1",
        "number": "CRB-4F7K-9XM2",
        "name": "Sri",
        "link": "https://x/y",
        "date": "Tue, 24 Nov 2026 09:00:00 +0000",
    }
    raw = form.fill({**values, **more})
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_one_form_becomes_a_letter_to_each_recipient() -> None:
    form = a_form()

    _, first = filled(form, to="a@contoh.example", name="Ani")
    _, second = filled(form, to="b@contoh.example", name="Budi")

    assert (first["To"], second["To"]) == ("a@contoh.example", "b@contoh.example")
    assert "Ani" in part(first, "plain")
    assert "Budi" in part(second, "plain")
    assert "Budi" in part(second, "html")
    assert first["From"].addresses[0].display_name == "Saber Hoaks – Cirebon"


@pytest.mark.parametrize("name", ["Sri = Wahyuni", "Éloïse – “ñ”", "x" * 300, "é" * 100, "=" * 80])
def test_any_name_arrives_as_it_is(name: str) -> None:
    raw, letter = filled(a_form(), name=name)

    assert f"Halo {name}\n" in part(letter, "plain")
    assert max(len(line) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76


def test_a_name_is_no_markup() -> None:
    _, letter = filled(a_form(), name="<b>Toko & Sri</b>")

    assert "<p>Halo &lt;b&gt;Toko &amp; Sri&lt;/b&gt;</p>" in part(letter, "html")
    assert "Halo <b>Toko & Sri</b>" in part(letter, "plain")


def test_a_long_link_stays_whole_in_header_and_body() -> None:
    link = "https://simpul.example/kota-cirebon/u/" + "k1.abc_DEF-" * 30

    raw, letter = filled(a_form(), link=link)

    assert f"List-Unsubscribe: <{link}>\r\n".encode() in raw
    assert link in part(letter, "plain")
    assert f'href="{link}"' in part(letter, "html")


SUBJECTS = (
    "Laporan {number} sudah dijawab",
    "Kesehatan – “air PDAM dicampur zat pembersih pipa” – bersedia membagikan sebelum Rabu, 25 November 2026? ✕",
    "Laporan {number} – “benarkah” – dan {number}: ratusan kata yang tidak berujung " + "panjang “sekali” " * 20,
    "é" * 300,
    "x" * 300,
    "Ralat: a=?b?=c =?utf-8?q?bukan?= pesan",
    "Laporan {number}: " + "perkara: " * 20,
    "kata ASCII saja yang lebih panjang dari satu baris tujuh puluh delapan huruf di kepala surel, berkali-kali",
)


def headers_of(raw: bytes) -> list[str]:
    return raw.split(b"\r\n\r\n", 1)[0].decode("ascii").split("\r\n")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_encoded_word_is_longer_than_75_and_no_header_line_longer_than_76(subject: str) -> None:
    raw, letter = filled(a_form(subject=subject, sender_name="Dinas Komunikasi – Informatika “dan” Statistik " * 3))

    assert letter["Subject"] == subject.format(number="CRB-4F7K-9XM2").rstrip()
    assert all(len(word) <= 75 for line in headers_of(raw) for word in re.findall(r"=\?utf-8\?.*?\?=", line))
    assert all(len(line) <= 76 for line in headers_of(raw))


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Z"]) | st.just(" "), max_size=200))
def test_any_subject_arrives_as_it_is(subject: str) -> None:
    said = " ".join(subject.split())

    raw, letter = filled(a_form(subject="Laporan {number}: " + subject.replace("{", "(").replace("}", ")")))

    expected = f"Laporan CRB-4F7K-9XM2: {said.replace('{', '(').replace('}', ')')}".strip()
    assert letter["Subject"] == expected
    unfolded = email.message_from_bytes(raw)["Subject"].replace("\r\n", "")
    assert str(make_header(decode_header(unfolded))) == expected


def test_a_letter_says_when_it_was_sent() -> None:
    _, letter = filled(a_form())

    assert letter["Date"].datetime.isoformat() == "2026-11-24T09:00:00+00:00"


@pytest.mark.parametrize("value", ["a@b.example\r\nBcc: c@d.example", "", "é@contoh.example", "a\x00b", "a b"])
def test_nothing_can_end_a_header(value: str) -> None:
    with pytest.raises(UnfitForHeader):
        filled(a_form(), to=value)


def test_line_breaks_in_a_name_become_spaces() -> None:
    _, letter = filled(a_form(), name="Sri\r\n\r\nBcc: x@y.example")

    assert "Halo Sri Bcc: x@y.example" in part(letter, "plain")
    assert letter["Bcc"] is None


@pytest.mark.parametrize("address", ["warga@contoh.example", "a.b+c@x-y.example"])
def test_a_plain_mailbox_is_an_address(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address", ["", "warga", "a@b\r\nRCPT TO:<c@d.example>", "a b@c.example", "<a@b.example>", "é@b.example", "a@b..c"]
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_address(address)
