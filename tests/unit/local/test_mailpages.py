from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.mailbox import Mailbox
from deploy.local.mailpages import LETTER_POLICY, letter_page, listing

ATTACK = "<script>alert(1)</script>"


def a_letter(text: str) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = f"Perihal {ATTACK}"
    letter["To"] = "rina@contoh.example"
    letter.set_content(text)
    return letter


def test_what_a_letter_says_cannot_become_part_of_the_page(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.keep("a@contoh.example", [f"b{ATTACK}@contoh.example"], a_letter("x").as_bytes())

    pages = listing(mailbox, address=ATTACK, before=None, lang="id") + letter_page(a_letter(ATTACK), "1", lang="id")

    assert "<script" not in pages
    assert pages.count("&lt;script&gt;") >= 4


def test_a_log_in_link_can_be_clicked_without_the_full_stop_behind_it() -> None:
    page = letter_page(a_letter("Masuk: http://127.0.0.1:8400/masuk?t=a&b=c."), "1", lang="id")

    assert '<a href="http://127.0.0.1:8400/masuk?t=a&amp;b=c" target="_blank" rel="noreferrer">' in page


def test_the_html_of_a_letter_runs_and_fetches_nothing() -> None:
    assert LETTER_POLICY.startswith("sandbox ")
    assert "allow-scripts" not in LETTER_POLICY
    assert "default-src 'none'" in LETTER_POLICY


@pytest.mark.parametrize(("lang", "word"), [("id", "Kepada"), ("en", "To")])
def test_the_list_speaks_both_languages(tmp_path: Path, lang: str, word: str) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.keep("a@contoh.example", ["b@contoh.example"], a_letter("x").as_bytes())

    page = listing(mailbox, address="", before=None, lang=lang)

    assert f'<html lang="{lang}">' in page
    assert f">{word}<" in page
