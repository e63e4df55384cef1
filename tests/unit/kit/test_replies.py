import time

import pytest

from libs.kit.replies import own_words


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ("RT 04.\n\nPada Sen, 30 Nov 2026 Saber <kabar@simpul.example> menulis:\n> Di RT mana?\n", "RT 04."),
        ("RT 04.\n\nOn Mon, Nov 30, 2026 at 10:12 AM Saber Hoaks <kabar@simpul.example>\nwrote:\n\n> Di RT mana?\n> Ya",
         "RT 04."),
        ("Sudah cek.\n\n-----Original Message-----\nFrom: Saber Hoaks\nSent: Monday\n\nDi RT mana?", "Sudah cek."),
        ("Sudah.\n\nDari: Saber <a@b.example>\nDikirim: Senin, 30/11\nKepada: Budi\nPerihal: Laporan\n\nDi RT mana?",
         "Sudah."),
        ("Di Harjamukti.\n-- \nBudi Santoso\nKetua RT 04\n0812", "Di Harjamukti."),
        ("Di Harjamukti.\n\nDikirim dari iPhone saya", "Di Harjamukti."),
        ("Di Harjamukti.\n\nSent from my Galaxy", "Di Harjamukti."),
        ("KIRIM\r\n\r\n________________________________\r\nDari: Saber Hoaks\r\n", "KIRIM"),
        ("> lama\n> lama sekali", ""),
        ("Baris satu\n\n\n\nBaris dua", "Baris satu\n\nBaris dua"),
    ],
)  # fmt: skip
def test_what_was_quoted_and_what_a_program_added_is_cut(mail: str, words: str) -> None:
    assert own_words(mail) == words


def test_what_is_passed_on_is_what_is_asked_about() -> None:
    passed_on = "Dari: Grup RT\nTanggal: Senin\nPerihal: Awas\n\nAir PDAM dicampur racun."
    mail = f"Benarkah ini?\n\n---------- Forwarded message ---------\n{passed_on}"

    assert "Air PDAM dicampur racun." in own_words(mail)


def test_an_answer_between_the_lines_is_heard() -> None:
    mail = "Pada Senin A <a@b.example> menulis:\n> Di RT mana?\nRT 04\n> Kapan?\nKemarin sore\n> Siapa?\nTidak tahu"

    assert "Kemarin sore" in own_words(mail)


def test_a_person_may_begin_a_line_with_from() -> None:
    line = "Dari: grup keluarga saya dapat kabar air beracun."

    assert own_words(line) == line


def test_hostile_lines_take_no_time() -> None:
    started = time.process_time()
    own_words("Pada " + "a " * 100_000 + "\n" + "> " * 50_000 + "\n" * 20_000 + "From: x\n" * 20_000)

    assert time.process_time() - started < 2
