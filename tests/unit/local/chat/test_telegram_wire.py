"""The provider is held to what the Bot API's documents show."""

from typing import Any

import pytest

from deploy.local.chat.phone import Phone
from tests.unit.local.chat.site import WITH_FIXTURES, Gateway, Site, fixture, shape

SEND = fixture("telegram/sendMessage_fixtures.json")


@WITH_FIXTURES
def test_what_is_in_order_is_answered_as_documented(site: Site, siti: Phone) -> None:
    siti.say("/start")

    answer = site.call("sendMessage", **{**SEND["request"], "chat_id": siti.telegram_id})

    documented = SEND["ok"]["body"]
    assert answer.status_code == 200
    # This person has no name to be found by.
    assert shape(answer.json()) == shape(documented) - {".result.chat.username: str"}
    assert answer.json()["result"]["text"] == documented["result"]["text"]
    assert answer.json()["result"]["entities"] == documented["result"]["entities"]


@WITH_FIXTURES
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("400_empty", {"text": " "}),
        ("400_too_long", {"text": "x" * 4097}),
        ("400_parse", {"text": "<x>", "parse_mode": "HTML"}),
        ("400_chat_not_found", {"text": "a", "chat_id": 1}),
    ],
)
def test_a_request_that_cannot_be_is_refused_as_documented(
    site: Site, siti: Phone, name: str, fields: dict[str, Any]
) -> None:
    siti.say("/start")

    answer = site.call("sendMessage", **{"chat_id": siti.telegram_id, **fields})

    assert answer.status_code == SEND["errors"][name]["http_status"]
    assert answer.json() == SEND["errors"][name]["body"]
    assert site.log.sent_to(siti.number) == []


@WITH_FIXTURES
@pytest.mark.parametrize(("name", "fault"), [("429", "rate_limit"), ("502", "bad_gateway")])
def test_a_fault_is_answered_as_documented(site: Site, siti: Phone, name: str, fault: str) -> None:
    siti.say("/start")
    site.provider.faults(telegram=fault, times=1)

    answer = site.call("sendMessage", chat_id=siti.telegram_id, text="Halo")

    assert answer.status_code == SEND["errors"][name]["http_status"]
    assert answer.json() == SEND["errors"][name]["body"]
    assert answer.headers.get("Retry-After") == SEND["errors"][name].get("headers", {}).get("Retry-After")
    assert site.call("sendMessage", chat_id=siti.telegram_id, text="Halo").status_code == 200


@WITH_FIXTURES
def test_a_person_who_blocked_the_bot_is_not_reached(site: Site, gateway: Gateway, siti: Phone) -> None:
    siti.say("/start")
    siti.block()

    answer = site.call("sendMessage", chat_id=siti.telegram_id, text="Halo")

    assert answer.status_code == 403
    assert answer.json() == SEND["errors"]["403_blocked"]["body"]
    assert (
        gateway.until(lambda heard: len(heard) == 2)[1].json["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    )


@WITH_FIXTURES
@pytest.mark.parametrize(("token", "name"), [("7000000001:" + "A" * 35, "401"), ("nonsense", "404_bad_token")])
def test_a_token_of_nobody_is_refused(site: Site, token: str, name: str) -> None:
    answer = site.client.post(f"/bot{token}/getMe")

    assert answer.status_code == SEND["errors"][name]["http_status"]
    assert answer.json() == SEND["errors"][name]["body"]


@WITH_FIXTURES
def test_what_people_say_has_the_documented_shape(site: Site, gateway: Gateway, siti: Phone) -> None:
    siti.say("lapor")

    heard = gateway.until(bool)[0]

    # The chat of the document leaves out what this one has too.
    assert shape(heard.json) == shape(SEND["webhook"]["update"])
    assert heard.path == f"/api/v1/hooks/telegram/{site.bot.bot_id}"
    assert heard.headers[SEND["webhook"]["header"].title()] == site.bot.secret_token


def test_updates_are_numbered_upwards(gateway: Gateway, siti: Phone) -> None:
    for text in ("satu", "dua", "tiga"):
        siti.say(text)

    numbers = [h.json["update_id"] for h in gateway.until(lambda heard: len(heard) == 3)]

    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("encoding", ["json", "data", "params"])
def test_a_method_takes_its_fields_however_they_come(site: Site, siti: Phone, encoding: str) -> None:
    siti.say("/start")
    given: dict[str, Any] = {encoding: {"chat_id": siti.telegram_id, "text": "Halo"}}

    answer = site.client.post(f"/bot{site.bot.token}/sendMessage", **given)

    assert answer.json()["result"]["text"] == "Halo"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c", []),
        ("😀<i>x</i>", "😀x", [{"offset": 2, "length": 1, "type": "italic"}]),
        (
            '<a href="https://x.example/?a=1&amp;b=2">sini</a>',
            "sini",
            [{"offset": 0, "length": 4, "type": "text_link", "url": "https://x.example/?a=1&b=2"}],
        ),
    ],
)
def test_html_is_read_as_the_bot_api_reads_it(
    site: Site, siti: Phone, source: str, text: str, entities: list[dict[str, Any]]
) -> None:
    siti.say("/start")

    said = site.call("sendMessage", chat_id=siti.telegram_id, text=source, parse_mode="HTML").json()["result"]

    assert (said["text"], said.get("entities", [])) == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ],
)
def test_html_that_is_none_is_refused(site: Site, siti: Phone, source: str, why: str) -> None:
    siti.say("/start")

    answer = site.call("sendMessage", chat_id=siti.telegram_id, text=source, parse_mode="HTML")

    assert answer.json()["description"] == f"Bad Request: can't parse entities: {why}"


def test_the_webhook_is_where_the_bot_set_it(site: Site, gateway: Gateway, siti: Phone) -> None:
    site.call("setWebhook", url=f"{gateway.address}/elsewhere", secret_token="a-b_1")

    siti.say("/start")

    heard = gateway.until(bool)[0]
    assert heard.path == "/elsewhere"
    assert heard.headers["X-Telegram-Bot-Api-Secret-Token"] == "a-b_1"


@pytest.mark.parametrize(
    "fields", [{"url": "ftp://127.0.0.1/"}, {"url": "https://contoh.example/"}, {"url": "", "secret_token": "a b"}]
)
def test_a_webhook_that_cannot_be_is_refused(site: Site, fields: dict[str, str]) -> None:
    assert site.call("setWebhook", **fields).status_code == 400
