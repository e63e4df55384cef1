import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from libs.kit.chat import whatsapp
from libs.kit.chat.said import Kind, Malformed, Said

FIXTURES = Path(__file__).parents[5] / "shared" / "data" / "providers" / "whatsapp"
real = pytest.mark.skipif(not FIXTURES.exists(), reason="../shared/data/providers is not here")


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def update(*messages: Any, statuses: Any = (), account: str = "1065") -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}}
    value |= {"messages": list(messages)} if messages else {}
    value |= {"statuses": list(statuses)} if statuses else {}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def text(body: str, **more: Any) -> dict[str, Any]:
    return {"from": "62812", "id": "wamid.1", "timestamp": "1697043223", "type": "text", "text": {"body": body}} | more


def only(body: bytes) -> Said:
    (said,) = whatsapp.read(body).said
    return said


@real
@pytest.mark.parametrize(
    ("name", "kind", "text", "media", "often"),
    [
        ("text", Kind.TEXT, "Body Text", "", False),
        ("image", Kind.PICTURE, "", "65463453", False),
        ("media_with_url", Kind.PICTURE, "", "65463453", False),
        ("video", Kind.VIDEO, "caption", "765756756", False),
        ("document", Kind.DOCUMENT, "caption", "1234567890987654321", False),
        ("voice", Kind.VOICE, "", None, False),
        ("static_sticker", Kind.OTHER, "", "", False),
        ("chosen_location", Kind.OTHER, "", "", False),
        ("contacts", Kind.OTHER, "", "", False),
        ("reply", Kind.TEXT, "replied text", "", False),
        ("forwarded", Kind.TEXT, "forwarded text", "", False),
        ("forwarded_many_times", Kind.TEXT, "text forwarded many times", "", True),
        ("referral", Kind.TEXT, "BODY", "", False),
    ],
)
def test_every_real_message_is_read(name: str, kind: Kind, text: str, media: str | None, often: bool) -> None:
    said = only(json.dumps(fixture("webhook_message")[name]).encode())

    assert (said.account, said.address, said.kind, said.text) == ("1122334455667", "972987654321", kind, text)
    assert said.media == media or (media is None and said.media)
    assert said.forwarded_often is often


@real
def test_a_real_forward_and_a_real_reply_say_so() -> None:
    messages = fixture("webhook_message")

    assert only(json.dumps(messages["forwarded"]).encode()).forwarded
    assert only(json.dumps(messages["reply"]).encode()).replies_to == "wamid.xyzxyz=="


@real
@pytest.mark.parametrize("name", ["reaction", "unreaction_empty", "unsupported", "unsupported_with_type"])
def test_what_needs_no_word_from_us_is_not_heard(name: str) -> None:
    assert whatsapp.read(json.dumps(fixture("webhook_message")[name]).encode()).said == ()


@real
def test_no_real_update_is_unreadable() -> None:
    for file in ("webhook_message", "webhook_message_status", "webhook_failed_statuses", "webhook_system"):
        for name, body in fixture(file).items():
            if isinstance(body, dict) and "entry" in body:
                assert whatsapp.read(json.dumps(body).encode()).unread == 0, f"{file}: {name}"


@real
def test_signatures_are_those_of_the_provider() -> None:
    for vector in fixture("webhook_signature_vectors")["vectors"]:
        body = vector["raw_body"].encode()

        assert whatsapp.is_signed(body, vector["header"], vector["app_secret"]), vector["name"]
        assert not whatsapp.is_signed(body + b" ", vector["header"], vector["app_secret"])
        assert not whatsapp.is_signed(body, vector["header"][:-1], vector["app_secret"])
        assert not whatsapp.is_signed(body, "", vector["app_secret"])


@real
def test_a_failure_names_our_delivery_and_the_code() -> None:
    (told,) = whatsapp.read(json.dumps(fixture("webhook_failed_statuses")["131047_window_closed"]).encode()).told

    assert (told.delivery, told.state, told.code) == ("notif-01J8", "failed", whatsapp.WINDOW_CLOSED)


def test_one_part_that_is_not_understood_costs_no_other() -> None:
    found = whatsapp.read(update(text("satu"), {"type": "text", "from": "62812"}, text("dua", id="wamid.2")))

    assert [said.text for said in found.said] == ["satu", "dua"]
    assert found.unread == 1


def test_a_group_and_somebody_without_a_number_are_not_heard() -> None:
    hidden = text("x")
    del hidden["from"]

    assert whatsapp.read(update(text("x", group_id="g1"), hidden)).said == ()


def test_what_a_button_says_is_its_words() -> None:
    button = {"type": "button_reply", "button_reply": {"id": "send", "title": "Kirim"}}

    assert only(update(text("", type="interactive", interactive=button))).text == "Kirim"


def test_the_moment_is_the_providers() -> None:
    assert only(update(text("x"))).at == datetime(2023, 10, 11, 16, 53, 43, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"object": "page", "entry": []}', b"\xff\xfe", b'{"entry": 1}'])
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        whatsapp.read(body)


@real
def test_what_we_send_is_what_the_provider_takes() -> None:
    requests = fixture("send_message_fixtures")["requests"]
    ours = whatsapp.text_message("6281234567890", "Halo", delivery="d1")
    template = whatsapp.template_message(
        "6281234567890", name="klarifikasi_hoaks_v1", language="id", values=("KASUS-2026-0001", "SALAH"), delivery="d1"
    )

    assert {k: v for k, v in ours.items() if k != "biz_opaque_callback_data"} == requests["text"]
    theirs = requests["template"]["template"]
    assert template["template"] == theirs | {"components": theirs["components"][:1]}


@real
def test_codes_are_read_from_real_answers() -> None:
    fixtures = fixture("send_message_fixtures")
    errors = next(v for k, v in fixtures.items() if "pair_rate_limit" in v or k.startswith("error"))
    codes = {name: whatsapp.error_code(json.dumps(e["body"]).encode()) for name, e in errors.items() if "body" in e}

    assert codes["reengagement_window_sync"] == whatsapp.WINDOW_CLOSED
    assert codes["spam_rate_limit"] in whatsapp.AGAIN_LATER
    assert codes["undeliverable"] not in whatsapp.AGAIN_LATER
    assert whatsapp.error_code(b"<html>502</html>") == ""


def test_a_time_that_no_clock_shows_and_an_empty_list_cost_no_other() -> None:
    found = whatsapp.read(update(text("satu", timestamp="1000000000000000000"), text("dua", id="wamid.2")))
    empty = json.loads(update(text("x")))
    empty["entry"][0]["changes"][0]["value"]["messages"] = None

    assert ([said.text for said in found.said], found.unread) == (["dua"], 1)
    assert whatsapp.read(json.dumps(empty).encode()).said == ()


def test_half_a_character_is_read() -> None:
    assert only(update(text("halo")).replace(b"halo", b"hal\\ud800o")).text == "hal?o"
