"""Webhooks as providers send them, and as others would. The broker is a list; everything else is the gateway's own."""

import hmac
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.local.secrets import Secrets
from libs.contracts.envelope import parse
from libs.contracts.notify.conversation import ChatContent, HearMessage
from libs.contracts.notify.delivery import NoteFailure
from libs.contracts.topics import Service
from libs.runtime.keyring import Keyring
from libs.runtime.sealing import Opener, context_of
from services.gateway.app import create_app
from services.gateway.context import Gateway
from services.gateway.dispatch.sending import Sender
from services.gateway.settings import GatewaySettings
from tests.unit.gateway.builders import Broker, an_office

APP_SECRET, VERIFY, BOT_SECRET = "app-secret", "verify-me", "bot-secret"
ACCOUNTS = {
    "whatsapp": [
        {"office": "cirebon", "phone_number_id": "1065", "app_secret": APP_SECRET, "verify_token": VERIFY,
         "access_token": "t"},
        {"office": "nowhere", "phone_number_id": "9999", "app_secret": APP_SECRET, "verify_token": "x",
         "access_token": "t"},
        {"office": "cirebon", "phone_number_id": "8888", "app_secret": "another", "verify_token": "y",
         "access_token": "t"},
    ],
    "telegram": [{"office": "cirebon", "bot_id": "7000", "token": "7000:t", "secret_token": BOT_SECRET}],
}  # fmt: skip


class Hooks:
    def __init__(self, app: FastAPI, broker: Broker, secrets: Path) -> None:
        self.app, self.broker = app, broker
        self.opener = Opener(Keyring(Secrets(secrets).of(Service.NOTIFY), Service.NOTIFY).seal_key)

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post(path, content=body, headers={"Content-Type": "application/json", **headers})

    async def whatsapp(self, body: bytes, *, signature: str | None = None) -> int:
        signed = "sha256=" + hmac.digest(APP_SECRET.encode(), body, "sha256").hex()
        headers = {"X-Hub-Signature-256": signed if signature is None else signature}
        return (await self.post("/api/v1/hooks/whatsapp", body, headers)).status_code

    async def telegram(self, body: bytes, *, secret: str = BOT_SECRET, bot: str = "7000") -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return (await self.post(f"/api/v1/hooks/telegram/{bot}", body, headers)).status_code

    def heard(self) -> list[tuple[HearMessage, ChatContent]]:
        found = []
        for message in self.broker.messages:
            envelope = parse(message.headers)
            assert message.value is not None
            command = HearMessage.model_validate_json(message.value)
            context = context_of(envelope.tenant, command.target)
            found.append(
                (command, ChatContent.model_validate_json(self.opener.open(command.sealed or "", context=context)))
            )
        return found

    def ids(self) -> list[str]:
        return [str(parse(message.headers).id) for message in self.broker.messages]


@pytest.fixture
def hooks(tmp_path: Path) -> Hooks:
    secrets = Secrets(tmp_path)
    secrets.create()
    mine = secrets.of(Service.GATEWAY)
    (mine / "channels.json").write_text(json.dumps(ACCOUNTS))
    app = create_app(GatewaySettings(secrets_dir=mine))
    parts: Gateway = app.state.gateway
    parts.directory.put(an_office())
    parts.knows_everybody = True
    broker = Broker()
    parts.sender = Sender(broker, Keyring(mine, Service.GATEWAY))
    return Hooks(app, broker, tmp_path)


def message(body: str = "betulkah ini?", **more: Any) -> dict[str, Any]:
    return {"from": "62812", "id": "wamid.1", "timestamp": "1697043223", "type": "text", "text": {"body": body}} | more


def update(*messages: Any, account: str = "1065", **value: Any) -> bytes:
    value |= {"metadata": {"phone_number_id": account}, "messages": list(messages)}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def told(text: str = "betulkah ini?", message_id: int = 7) -> bytes:
    chat = {"id": 123, "type": "private"}
    sent = {"message_id": message_id, "from": {"id": 123}, "chat": chat, "date": 1_764_000_001, "text": text}
    return json.dumps({"update_id": 1, "message": sent}).encode()


async def test_a_signed_message_is_with_the_broker_and_its_sender_under_seal(hooks: Hooks) -> None:
    assert await hooks.whatsapp(update(message())) == 200

    ((command, content),) = hooks.heard()
    assert (content.address, content.text) == ("62812", "betulkah ini?")
    raw = repr(hooks.broker.messages[0]).encode()
    assert b"62812" not in raw
    assert b"wamid" not in raw
    assert b"betulkah" not in raw
    assert command.kind == "text"


async def test_a_replayed_message_is_the_same_command_and_another_is_another(hooks: Hooks) -> None:
    for body in (update(message()), update(message()), update(message(id="wamid.2"))):
        assert await hooks.whatsapp(body) == 200

    first, again, other = hooks.ids()
    assert first == again != other


async def test_one_person_has_one_conversation_at_each_number(hooks: Hooks) -> None:
    await hooks.whatsapp(
        update(message(), message("lagi", id="wamid.2"), message(**{"from": "62813", "id": "wamid.3"}))
    )
    await hooks.telegram(told())

    conversations = [command.conversation_id for command, _ in hooks.heard()]
    assert conversations[0] == conversations[1]
    assert len(set(conversations)) == 3


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc"])
async def test_a_wrong_signature_is_refused_and_nothing_kept(hooks: Hooks, signature: str) -> None:
    assert await hooks.whatsapp(update(message()), signature=signature) == 401
    assert hooks.broker.messages == []


async def test_a_body_that_was_written_anew_is_refused(hooks: Hooks) -> None:
    body = update(message())
    signed = "sha256=" + hmac.digest(APP_SECRET.encode(), body, "sha256").hex()

    assert await hooks.whatsapp(json.dumps(json.loads(body), indent=1).encode(), signature=signed) == 401


async def test_the_signature_of_one_number_opens_no_other(hooks: Hooks) -> None:
    both = json.loads(update(message()))
    both["entry"].append(json.loads(update(message(id="wamid.2"), account="8888"))["entry"][0])
    body = json.dumps(both).encode()

    assert await hooks.whatsapp(body) == 401


@pytest.mark.parametrize("account", ["12345", "9999"])
async def test_a_number_of_no_office_is_met_with_silence(hooks: Hooks, account: str) -> None:
    assert await hooks.whatsapp(update(message(), account=account)) == 200
    assert hooks.broker.messages == []


async def test_before_the_offices_are_known_the_provider_is_asked_to_come_again(hooks: Hooks) -> None:
    hooks.app.state.gateway.knows_everybody = False

    assert await hooks.whatsapp(update(message(), account="9999")) == 503


async def test_without_the_broker_the_provider_keeps_it(hooks: Hooks) -> None:
    hooks.broker.down = True
    assert await hooks.whatsapp(update(message())) == 503
    assert await hooks.telegram(told()) == 503
    hooks.broker.down = False
    assert await hooks.whatsapp(update(message())) == 200

    assert len(hooks.broker.messages) == 1


async def test_a_telegram_message_is_heard_once_and_only_with_the_secret(hooks: Hooks) -> None:
    assert await hooks.telegram(told(), secret="salah") == 401
    assert await hooks.telegram(told(), secret="") == 401
    assert await hooks.telegram(told(), bot="8000") == 401
    assert await hooks.telegram(told()) == 200
    assert await hooks.telegram(told()) == 200

    first, again = hooks.ids()
    assert first == again
    assert hooks.heard()[0][1].address == "123"


async def test_rubbish_that_is_rightly_signed_is_taken_and_does_nothing(hooks: Hooks) -> None:
    assert await hooks.telegram(b'{"update_id": "x"}') == 200
    assert await hooks.whatsapp(update({"type": "text"}, message())) == 200

    assert len(hooks.broker.messages) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"a":' * 40 + b"1" + b"}" * 40, b'{"entry":[],"entry":[]}'])
async def test_what_is_no_update_is_refused(hooks: Hooks, body: bytes) -> None:
    assert 400 <= await hooks.whatsapp(body) < 500
    assert hooks.broker.messages == []


async def test_a_failure_that_is_told_later_finds_its_delivery(hooks: Hooks) -> None:
    status = {"id": "wamid.9", "timestamp": "1697043223", "recipient_id": "62812", "errors": [{"code": 131047}]}
    delivery = "6f1f3f57-20f5-5b0c-9e2e-6b1d3f0a8d11"
    statuses = [
        status | {"status": "failed", "biz_opaque_callback_data": delivery},
        status | {"status": "read", "biz_opaque_callback_data": delivery},
        status | {"status": "failed", "biz_opaque_callback_data": "../../etc"},
        status | {"status": "failed"},
    ]
    body = json.loads(update(statuses=statuses))

    assert await hooks.whatsapp(json.dumps(body).encode()) == 200

    (sent,) = hooks.broker.messages
    assert sent.value is not None
    command = NoteFailure.model_validate_json(sent.value)
    assert (command.delivery_id, command.code) == (delivery, "131047")


@pytest.mark.parametrize(
    ("token", "mode", "status"), [(VERIFY, "subscribe", 200), ("salah", "subscribe", 403), (VERIFY, "x", 403)]
)
async def test_the_handshake_answers_whoever_knows_our_word(hooks: Hooks, token: str, mode: str, status: int) -> None:
    asked = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "1158201444"}
    transport = httpx.ASGITransport(hooks.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/api/v1/hooks/whatsapp", params=asked)

    assert answer.status_code == status
    assert (answer.text == "1158201444") is (status == 200)
