"""The chat provider as a process of the stack."""

import json
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.local.stack import DEMO_OFFICES, Stack
from libs.contracts.topics import Service


def a_number() -> str:
    return f"62812{uuid.uuid4().int % 10**8:08}"


def test_the_services_are_told_where_it_is(stack: Stack) -> None:
    environment = stack.environment(Service.NOTIFY)

    assert httpx.get(f"{environment['SIMPUL_TELEGRAM_URL']}/bot1/getMe").status_code == 404
    assert httpx.get(f"{environment['SIMPUL_WHATSAPP_URL']}/1").status_code == 401
    assert [urlsplit(stack.chat_url).netloc] == json.loads(environment["SIMPUL_WHATSAPP_MEDIA_HOSTS"])


@pytest.mark.parametrize("office", sorted(file.stem for file in DEMO_OFFICES.glob("*.yaml")))
def test_every_office_of_the_demo_can_be_written_to(stack: Stack, office: str) -> None:
    for channel in ("whatsapp", "telegram"):
        phone = stack.chat.phone(a_number(), office=office, channel=channel)

        assert phone.say("halo").text == "halo"


def test_what_was_taken_is_there_after_a_kill(stack: Stack) -> None:
    office = f"kota-{uuid.uuid4().hex[:8]}"
    stack.add_channels(office)
    phone = stack.chat.phone(a_number(), office=office)
    phone.say("halo")
    account = next(n for n in channels(stack) if n["office"] == office)
    sent = httpx.post(
        f"{stack.chat_url}/v23.0/{account['phone_number_id']}/messages",
        headers={"Authorization": f"Bearer {account['access_token']}"},
        json={"messaging_product": "whatsapp", "to": phone.number, "type": "text", "text": {"body": "Terima kasih"}},
    )

    stack.children.kill("chat")
    assert [m.id for m in stack.chat_log.sent_to(phone.number)] == [sent.json()["messages"][0]["id"]]
    stack.start_chat()

    assert phone.wait_for_reply("Terima kasih").id == sent.json()["messages"][0]["id"]
    assert [m.text for m in phone.messages()] == ["halo", "Terima kasih"]


def channels(stack: Stack) -> list[dict[str, str]]:
    known: list[dict[str, str]] = json.loads((Path(stack.secrets_dir(Service.NOTIFY)) / "channels.json").read_text())[
        "whatsapp"
    ]
    return known
