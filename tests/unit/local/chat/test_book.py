"""What is kept is kept: after a kill the provider is where it was."""

from pathlib import Path

from deploy.local.chat.book import JOURNAL, Book, Hook, Message


def a_message(book: Book, text: str = "halo") -> Message:
    message = Message(f"wamid.{text}", "whatsapp:1", "6281", True, "text", text, 100.0)
    book.keep(message)
    return message


def test_a_book_read_again_is_what_it_was(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.note("phone", {"number": "6281", "name": "Budi", "on_whatsapp": True})
    book.note("blocked", {"account": "telegram:1", "number": "6281", "blocked": True})
    message = a_message(book)
    book.note("status", {"id": message.id, "status": "read", "error": 0})
    book.note("hook", vars(Hook("h1", "whatsapp:1", "6281", "{}")))
    book.note("hook", vars(Hook("h2", "whatsapp:1", "6281", "{}")))
    book.note("hook_ended", {"id": "h1", "answer": 200})

    again = Book(tmp_path)

    assert (again.phones, again.messages, list(again.pending)) == (book.phones, book.messages, ["h2"])
    assert again.next_number() == book.next_number()


def test_a_line_cut_off_by_a_kill_spoils_neither_the_old_nor_the_new(tmp_path: Path) -> None:
    a_message(Book(tmp_path), "satu")
    with (tmp_path / JOURNAL).open("ab") as journal:
        journal.write(b'{"n": 2, "kind": "mess')

    a_message(Book(tmp_path), "dua")

    assert [m.text for m in Book(tmp_path).messages.values()] == ["satu", "dua"]
