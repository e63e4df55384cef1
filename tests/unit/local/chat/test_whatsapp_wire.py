"""The provider is held to what Meta's documents show: requests, answers, errors, webhooks, signatures."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from deploy.local.chat import graph
from deploy.local.chat.book import File, Message
from deploy.local.chat.book import Phone as Owner
from deploy.local.chat.phone import Phone
from tests.unit.local.chat.site import OFFICE, WITH_FIXTURES, Gateway, Site, fixture, shape

SEND = fixture("whatsapp/send_message_fixtures.json")
VECTORS = fixture("whatsapp/webhook_signature_vectors.json").get("vectors", [])
MESSAGES = fixture("whatsapp/webhook_message.json")
STATUSES = fixture("whatsapp/webhook_message_status.json")
FAILED = fixture("whatsapp/webhook_failed_statuses.json")

VARIES = {"parent_user_id"}
"""A person has it at a business with several portfolios alone."""

ID = r"wamid\.[A-Za-z0-9+/]+=*"


def without_ids(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        return {"error": {k: v for k, v in answer["error"].items() if k != "fbtrace_id"}}
    return {**answer, "messages": [{k: v for k, v in m.items() if k != "id"} for m in answer["messages"]]}


@WITH_FIXTURES
@pytest.mark.parametrize(("request_name", "answer_name"), [("text", "text"), ("template", "template_accepted")])
def test_what_is_in_order_is_answered_as_documented(
    site: Site, budi: Phone, request_name: str, answer_name: str
) -> None:
    site.provider.approve_template("klarifikasi_hoaks_v1", "id", "Klarifikasi {{1}}: {{2}}")
    budi.say("halo")

    answer = site.send(SEND["requests"][request_name])

    assert answer.status_code == 200
    assert without_ids(answer.json()) == without_ids(SEND["responses_200"][answer_name])
    assert re.fullmatch(ID, answer.json()["messages"][0]["id"])


def test_an_id_holds_the_number_as_the_documented_one_does() -> None:
    ours = graph.new_wamid("6281234567890", by_person=False)
    known = "wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABEYEjgxQkVFRDVBQTVDODFDOTg3MQA="

    assert len(ours) == len(known)
    assert ours.startswith(known[:32])
    assert b"6281234567890" in base64.b64decode(ours.removeprefix("wamid."))


FAULTS = {
    "expired_token": "expired_token",
    "rate_limit_throughput": "rate_limit",
    "pair_rate_limit": "pair_rate_limit",
    "spam_rate_limit": "spam_rate_limit",
    "service_unavailable": "unavailable",
    "unknown": "unknown",
}


@WITH_FIXTURES
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_answered_as_documented(site: Site, budi: Phone, name: str) -> None:
    expected = SEND["errors"][name]
    site.provider.faults(whatsapp=FAULTS[name], retry_after=120, times=1)
    budi.say("halo")

    answer = site.text(budi.number)

    assert answer.status_code == expected["http_status"]
    assert without_ids(answer.json()) == without_ids(expected["body"])
    assert answer.headers.get("Retry-After") == expected.get("headers", {}).get("Retry-After")
    assert site.text(budi.number).status_code == 200, "the fault was for one answer"


@WITH_FIXTURES
def test_a_broken_front_answers_without_json(site: Site, budi: Phone) -> None:
    site.provider.faults(whatsapp="bad_gateway")

    answer = site.text(budi.number)

    assert answer.status_code == SEND["errors"]["non_json_502"]["http_status"]
    assert answer.text == SEND["errors"]["non_json_502"]["body_text"]


TEMPLATE = SEND.get("requests", {}).get("template", {})
REFUSED = {
    "missing_parameter": {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Halo"}},
    "invalid_parameter": {"messaging_product": "whatsapp", "to": "nomor", "type": "text", "text": {"body": "Halo"}},
    "template_missing": TEMPLATE,
    "reengagement_window_sync": {
        "messaging_product": "whatsapp", "to": "6281234567890", "type": "text", "text": {"body": "Halo"},
    },
    "undeliverable": {"messaging_product": "whatsapp", "to": "628999999", "type": "text", "text": {"body": "Halo"}},
}  # fmt: skip


@WITH_FIXTURES
@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_cannot_be_is_refused_as_documented(site: Site, budi: Phone, name: str) -> None:
    site.provider.faults(at_once=True)

    answer = site.send(REFUSED[name])

    assert answer.status_code == SEND["errors"][name]["http_status"]
    assert without_ids(answer.json()) == without_ids(SEND["errors"][name]["body"])


@WITH_FIXTURES
def test_parameters_of_a_template_are_counted(site: Site, budi: Phone) -> None:
    site.provider.approve_template("klarifikasi_hoaks_v1", "id", "Klarifikasi {{1}}: {{2}}")
    one_less = {**TEMPLATE["template"], "components": [{"type": "body", "parameters": [{"type": "text", "text": "a"}]}]}

    answer = site.send({**TEMPLATE, "template": one_less})

    assert answer.status_code == 400
    assert without_ids(answer.json()) == without_ids(SEND["errors"]["template_param_count"]["body"])


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text", "text": {"body": ""}},
        {"type": "text", "text": {"body": "x" * 4097}},
        {"type": "text"},
        {"type": "interactive", "interactive": {"type": "button", "body": {"text": "a"}, "action": {"buttons": []}}},
        {"type": "image", "image": {}},
        {"type": "image", "image": {"id": "123"}},
        {"type": "poll", "poll": {}},
        {"type": "text", "text": {"body": "a"}, "messaging_product": "sms"},
        {"type": "text", "text": {"body": "a"}, "recipient_type": "group"},
    ],
)
def test_what_meta_refuses_is_refused_here(site: Site, budi: Phone, part: dict[str, Any]) -> None:
    budi.say("halo")

    answer = site.send({"messaging_product": "whatsapp", "to": budi.number, **part})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (100, 131008, 131009, 131051)
    assert site.log.sent_to(budi.number) == []


@pytest.mark.parametrize("text", ["dua\nbaris", "tab\t", "lima     spasi"])
def test_a_template_takes_no_line_breaks(site: Site, budi: Phone, text: str) -> None:
    parameters = [{"type": "text", "text": text}]
    template = {"name": "kabar_laporan_v1", "language": {"code": "id"}}
    part = {**template, "components": [{"type": "body", "parameters": parameters}]}

    answer = site.send({"messaging_product": "whatsapp", "to": budi.number, "type": "template", "template": part})

    assert answer.json()["error"]["code"] == 132018


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer EAAsomebody", "Basic {token}"])
def test_nobody_sends_without_the_token(site: Site, header: str) -> None:
    headers = {"Authorization": header.format(token=site.number.access_token)} if header else {}

    answer = site.client.post(f"/v23.0/{site.number.phone_number_id}/messages", json={}, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 190


def test_a_number_of_somebody_else_does_not_exist_for_a_token(site: Site) -> None:
    answer = site.client.post(
        "/v23.0/1/messages", json={}, headers={"Authorization": f"Bearer {site.number.access_token}"}
    )

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (100, 33)


@WITH_FIXTURES
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_bodies_are_signed_as_documented(vector: dict[str, str]) -> None:
    assert graph.signature(vector["raw_body"].encode(), vector["app_secret"]) == vector["header"]


def test_a_webhook_is_signed_over_its_very_bytes(site: Site, gateway: Gateway, budi: Phone) -> None:
    budi.say("Apakah benar? https://contoh.example/é")

    heard = gateway.until(bool)[0]

    assert heard.path == "/api/v1/hooks/whatsapp"
    assert heard.headers["X-Hub-Signature-256"] == graph.signature(heard.body, site.number.app_secret)
    # As Meta writes it: whoever writes the JSON anew before checking gets other bytes.
    assert rb"https:\/\/contoh.example\/\u00e9" in heard.body


SAID: dict[str, dict[str, Any]] = {
    "text": {},
    "image": {"file": "image/jpeg"},
    "video": {"file": "video/mp4", "text": "caption", "forwarded": "once"},
    "document": {"file": "application/pdf", "text": "caption", "forwarded": "once"},
    "audio": {"file": "audio/ogg", "forwarded": "once"},
    "voice": {"file": "audio/ogg"},
    "reply": {"replies_to": "wamid.x"},
    "forwarded": {"forwarded": "once"},
    "forwarded_many_times": {"forwarded": "often"},
    "unsupported": {"kind": "unsupported"},
}


@WITH_FIXTURES
@pytest.mark.parametrize("name", SAID)
def test_what_people_say_has_the_documented_shape(site: Site, name: str) -> None:
    given = SAID[name]
    mime = given.get("file", "")
    kind = given.get("kind") or {"voice": "voice"}.get(name) or (mime.partition("/")[0] if mime else "text")
    kind = "document" if kind == "application" else kind
    file = File("123", mime, 9, hashlib.sha256(b"x").hexdigest(), "filename.pdf") if mime else None
    message = Message(
        "wamid.a", site.number.key, "6281", True, kind, given.get("text", "" if mime else "Body"), 1697043223.5,
        forwarded=given.get("forwarded", ""),
    )  # fmt: skip
    answered = replace(message, id="wamid.x", by_person=False) if "replies_to" in given else None

    ours = graph.envelope(
        site.number, [graph.said(site.number, Owner("6281", "Budi"), message, file=file, answered=answered)]
    )

    documented = {path for path in shape(MESSAGES[name]) if not any(word in path for word in VARIES)}
    assert shape(ours) == documented


@WITH_FIXTURES
@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_what_became_of_a_message_has_the_documented_shape(
    site: Site, gateway: Gateway, budi: Phone, status: str
) -> None:
    budi.say("halo")
    site.text(budi.number)
    gateway.told("delivered")
    budi.read()

    ours = gateway.told(status)

    documented = STATUSES[status]["entry"][0]["changes"][0]["value"]
    assert shape(ours) == {path for path in shape(documented) if not any(word in path for word in VARIES)}


@WITH_FIXTURES
@pytest.mark.parametrize(
    ("name", "to"), [("131047_window_closed", "6281234567890"), ("131026_not_on_whatsapp", "628999999")]
)
def test_a_message_that_does_not_arrive_is_told_later_as_documented(
    site: Site, gateway: Gateway, budi: Phone, name: str, to: str
) -> None:
    documented = FAILED[name]["entry"][0]["changes"][0]["value"]

    answer = site.send({**SEND["requests"]["text"], "to": to, "biz_opaque_callback_data": "notif-01J8"})
    ours = gateway.told("failed")

    assert answer.status_code == 200
    assert shape(ours) == shape(documented)
    assert ours["statuses"][0]["errors"] == documented["statuses"][0]["errors"]
    assert ours["statuses"][0]["biz_opaque_callback_data"] == "notif-01J8"
    assert budi.replies() == []


@pytest.mark.parametrize("answered_by", ["name", "name_of_office"])
def test_the_callback_url_is_checked_as_meta_does(site: Site, gateway: Gateway, answered_by: str) -> None:
    gateway.verify_token = site.number.verify_token if answered_by == "name" else "another"

    wrong = site.provider.shake_hands(OFFICE)

    assert wrong == ("" if answered_by == "name" else "HTTP 403")
