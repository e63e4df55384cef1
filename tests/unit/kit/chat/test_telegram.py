import json
from pathlib import Path
from typing import Any

import pytest

from libs.kit.chat import telegram
from libs.kit.chat.said import Kind, Malformed, Said

FIXTURES = Path(__file__).parents[5] / "shared" / "data" / "providers" / "telegram" / "sendMessage_fixtures.json"
real = pytest.mark.skipif(not FIXTURES.exists(), reason="../shared/data/providers is not here")


def update(**message: Any) -> bytes:
    sender = {"id": 123, "is_bot": False, "first_name": "Budi", "language_code": "id"}
    chat = {"id": 123, "type": "private"}
    whole = {"message_id": 7, "from": sender, "chat": chat, "date": 1_764_000_001} | message
    return json.dumps({"update_id": 10_000, "message": whole}).encode()


def heard(**message: Any) -> Said:
    said = telegram.read(update(**message), account="7000")
    assert said is not None
    return said


@real
def test_a_real_update_is_read_and_a_real_answer_understood() -> None:
    fixtures = json.loads(FIXTURES.read_text())
    said = telegram.read(json.dumps(fixtures["webhook"]["update"]).encode(), account="7000")

    assert said is not None
    assert (said.address, said.text, said.kind, said.language) == ("123456789", "/start lapor", Kind.TEXT, "id")
    assert telegram.is_taken(json.dumps(fixtures["ok"]["body"]).encode())
    assert telegram.retry_after(json.dumps(fixtures["errors"]["429"]["body"]).encode()) == 35
    assert not telegram.is_taken(json.dumps(fixtures["errors"]["403_blocked"]["body"]).encode())


def test_the_largest_size_of_a_photo_is_taken_with_its_caption() -> None:
    sizes = [{"file_id": "s", "width": 90, "height": 90}, {"file_id": "l", "width": 1280, "height": 720}]

    said = heard(photo=sizes, caption="betulkah?", forward_origin={"type": "hidden_user"})

    assert (said.kind, said.media, said.text, said.forwarded) == (Kind.PICTURE, "l", "betulkah?", True)


def test_a_picture_sent_as_a_file_is_a_picture() -> None:
    assert heard(document={"file_id": "d", "mime_type": "image/png"}).kind is Kind.PICTURE
    assert heard(document={"file_id": "d", "mime_type": "application/pdf"}).kind is Kind.DOCUMENT


def test_an_address_behind_words_is_not_lost() -> None:
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://bantuan.example/daftar"}

    assert heard(text="klik di sini", entities=[link]).text == "klik di sini\nhttps://bantuan.example/daftar"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"update_id": 1, "edited_message": {}}).encode(),
        update(chat={"id": -5, "type": "supergroup"}, text="x"),
        update(**{"from": {"id": 1, "is_bot": True}}, text="x"),
    ],
)
def test_what_is_not_said_to_the_bot_is_not_heard(body: bytes) -> None:
    assert telegram.read(body, account="7000") is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"update_id": "x"}', b'{"update_id": 1, "message": {}}'])
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        telegram.read(body, account="7000")


def test_the_secret_must_be_the_whole_one() -> None:
    assert telegram.is_signed("geheim", "geheim")
    assert not telegram.is_signed("gehei", "geheim")
    assert not telegram.is_signed("gehéim", "geheim")
