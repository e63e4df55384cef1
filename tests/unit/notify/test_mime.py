import email
import email.policy
from email.message import EmailMessage

import pytest

from services.notify.channels.mime import Form, Head, Marks, UnfitForHeader, build, is_address

NAMES = {"to", "id", "number", "name", "link"}


def a_form(text: str = "Halo {name}\n{link}\n", html: str = '<p>Halo {name}</p><a href="{link}">x</a>') -> Form:
    marks = Marks(NAMES)
    head = Head("kabar@simpul.example", "Saber Hoaks – Cirebon", "dkis@contoh.example", f"Laporan {marks.of['number']}")
    return build(
        head,
        text=text.format(**marks.of),
        html=html.format(**marks.of),
        marks=marks,
        headers={"Message-ID": f"<{marks.of['id']}@simpul.example>", "List-Unsubscribe": f"<{marks.of['link']}>"},
    )


def filled(form: Form, **more: str) -> tuple[bytes, EmailMessage]:
    values = {"to": "warga@contoh.example", "id": "d1", "number": "CRB-4F7K-9XM2", "name": "Sri", "link": "https://x/y"}
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


@pytest.mark.parametrize("value", ["a@b.example\r\nBcc: c@d.example", "a b", "", "é@contoh.example", "a\x00b"])
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
