from typing import Any

import pytest
from pydantic import ValidationError

from services.gateway.api.models import TicketMessage
from services.gateway.console.case.wishes import ADD_REFERENCE, CONFIRM
from services.gateway.console.requests.wishes import ANSWER
from services.gateway.console.review.wishes import RETURN
from services.gateway.reporting.forms import LONGEST_TEXT, ReportForm


def errors_of(body: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        ReportForm.model_validate(body)
    return {(".".join(map(str, e["loc"])), e["type"]) for e in refused.value.errors()}


def with_contact(channel: str, address: Any, **changes: Any) -> dict[str, Any]:
    return {"text": "a", "contact": {"channel": channel, "address": address, "consent": True, **changes}}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, ("", "one_of")),
        ({"text": "  \n"}, ("", "one_of")),
        ({"text": "\u200b\u3164 \u2800"}, ("", "one_of")),
        ({"text": "x" * (LONGEST_TEXT + 1)}, ("text", "string_too_long")),
        ({"text": "a\x00b"}, ("text", "string_pattern_mismatch")),
        ({"text": 1}, ("text", "string_type")),
        ({"text": {"$ne": None}}, ("text", "string_type")),
        ({"text": "a", "kind": "rumour"}, ("kind", "enum")),
        ({"text": "a", "seen_on": "fax"}, ("seen_on", "enum")),
        ({"text": "a", "area": "32.74.1"}, ("area", "string_pattern_mismatch")),
        ({"text": "a", "forwarded_often": "yes"}, ("forwarded_often", "bool_type")),
        ({"urls": ["https://example.org"] * 11}, ("urls", "too_long")),
        ({"urls": ["https://example.org/a b"]}, ("urls.0", "string_pattern_mismatch")),
        ({"attachments": ["../../etc/passwd"]}, ("attachments.0", "uuid_parsing")),
        ({"text": "a", "status": "answered"}, ("status", "extra_forbidden")),
        ({"text": "a", "_id": "1"}, ("_id", "extra_forbidden")),
        (with_contact("email", "warga"), ("contact", "email_invalid")),
        (with_contact("email", "warga@example.org\r\nBcc: x@example.org"), ("contact", "email_invalid")),
        (with_contact("email", "a..b@example.org"), ("contact", "email_invalid")),
        (with_contact("whatsapp_manual", "0800"), ("contact", "phone_invalid")),
        (with_contact("whatsapp_manual", "8,12E+11"), ("contact", "phone_invalid")),
        (with_contact("sms", "0812"), ("contact.channel", "literal_error")),
        (with_contact("email", "a@example.org", consent=False), ("contact", "consent_required")),
    ],
)
def test_what_breaks_a_rule_is_named_by_field_and_rule(body: dict[str, Any], error: tuple[str, str]) -> None:
    assert error in errors_of(body)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValidationError):
        ReportForm.model_validate_json(rb'{"text": "a\ud800"}')


@pytest.mark.parametrize("typed", ["0812-3456-7890", "+62 812 3456 7890", "62 81234567890", "6281234567890"])
def test_a_phone_number_is_kept_in_one_form(typed: str) -> None:
    form = ReportForm.model_validate(with_contact("whatsapp_manual", typed))

    assert form.contact is not None
    assert form.contact.address == "+6281234567890"


@pytest.mark.parametrize(
    "unseen", ["\u200b", " \u3164\u115f", "\u2800\u202e", "\u00ad", "\U000e0041\ufe0f", "\u0301\u0301"]
)
def test_a_text_that_nobody_can_see_is_asked_for_again(unseen: str) -> None:
    for form, body in (
        (TicketMessage, {"code": "0", "text": unseen}),
        (ADD_REFERENCE.body, {"title": unseen, "url": "https://kabar.example"}),
        (RETURN.body, {"note": unseen}),
        (CONFIRM.body, {"text": unseen}),
        (ANSWER.body, {"outcome": "solved", "text": unseen}),
    ):
        with pytest.raises(ValidationError) as refused:
            form.model_validate(body)
        assert [e["type"] for e in refused.value.errors()] == ["required"], form


def test_text_is_kept_as_it_was_typed() -> None:
    typed = "  Waspada‮ palsu 👨‍👩‍👧\r\n"

    assert ReportForm(text=typed).text == typed
