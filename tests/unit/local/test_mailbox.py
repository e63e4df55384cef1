from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.mailbox import Mailbox, text_of


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


def a_letter(subject: str = "Laporan Anda sudah dijawab") -> bytes:
    letter = EmailMessage()
    letter["Subject"] = subject
    letter.set_content("Isi")
    return letter.as_bytes().replace(b"\n", b"\r\n")


def keep(mailbox: Mailbox, to: str = "warga@contoh.example", subject: str = "Perihal") -> str:
    return mailbox.keep("kabar@contoh.example", [to], a_letter(subject))


def test_the_newest_letter_comes_first(mailbox: Mailbox) -> None:
    first, second = keep(mailbox), keep(mailbox)

    assert [entry.id for entry in mailbox.page().entries] == [second, first]


def test_pages_follow_each_other_without_gap_or_repetition(mailbox: Mailbox) -> None:
    # Long subjects: the index is read in blocks, and lines lie across their borders.
    kept = [keep(mailbox, subject=f"{number} " + "panjang " * 200) for number in range(130)]

    found: list[str] = []
    before = None
    while True:
        page = mailbox.page(before=before, size=7)
        found += [entry.id for entry in page.entries]
        before = page.older
        if before is None:
            break

    assert found == list(reversed(kept))


def test_an_address_finds_its_letters_only(mailbox: Mailbox) -> None:
    wanted = keep(mailbox, to="Rina@contoh.example")
    keep(mailbox, to="budi@contoh.example")

    assert [entry.id for entry in mailbox.page(address="rina@").entries] == [wanted]
    assert len(list(mailbox.letters("rina@"))) == 1


def test_an_encoded_subject_is_listed_as_people_read_it(mailbox: Mailbox) -> None:
    keep(mailbox, subject="Kabar — “baik” untuk Anda, dan cukup panjang sehingga barisnya terlipat dua kali")

    assert mailbox.page().entries[0].subject.startswith("Kabar — “baik” untuk Anda")
    assert mailbox.page().entries[0].subject.endswith("terlipat dua kali")


def test_a_subject_inside_the_text_is_not_the_subject(mailbox: Mailbox) -> None:
    mailbox.keep("a@contoh.example", ["b@contoh.example"], b"From: a\r\n\r\nSubject: bukan\r\n")

    assert mailbox.page().entries[0].subject == ""


def test_a_line_cut_short_by_a_crash_hides_no_other(mailbox: Mailbox, tmp_path: Path) -> None:
    kept = keep(mailbox)
    with (tmp_path / "mail" / "index.jsonl").open("a") as index:
        index.write('{"id": "17')

    assert [entry.id for entry in mailbox.page().entries] == [kept]


@pytest.mark.parametrize("letter_id", ["../secrets/x", "index.jsonl", "", "1"])
def test_only_letters_can_be_opened(mailbox: Mailbox, tmp_path: Path, letter_id: str) -> None:
    keep(mailbox)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "x.eml").write_text("rahasia")

    assert mailbox.raw(letter_id) is None


def test_a_letter_in_an_unknown_charset_can_still_be_read(mailbox: Mailbox) -> None:
    raw = b'Content-Type: text/plain; charset="no-such"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhalo \xff\r\n'
    letter = mailbox.open(mailbox.keep("a@contoh.example", ["b@contoh.example"], raw))

    assert letter
    assert (text_of(letter, "plain") or "").startswith("halo")
