"""WhatsApp Cloud API: what the message endpoint takes and refuses, and what its webhooks carry. No I/O.

Source: Meta's documents of the Cloud API, v23.0.
"""

import base64
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.local.chat.accounts import WhatsAppNumber
from deploy.local.chat.book import Button, File, Message, Phone

Json = dict[str, Any]

ERRORS_PAGE = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

LONGEST_BODY = 4096
LONGEST_CAPTION = 1024
LONGEST_CALLBACK = 512
_TYPES = (
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
)
_TAKEN = frozenset({"text", "template", "interactive", "image"})
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Problem:
    """One of Meta's errors.

    Attributes:
        status: of the answer that tells it at once.
        told_later: `details` of the webhook that tells it after a 200.
    """

    status: int
    code: int
    title: str
    details: str
    told_later: str = ""

    def answer(self) -> Json:
        return {
            "error": {
                "message": f"(#{self.code}) {self.title}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": _trace(),
            }
        }


RATE_LIMIT = Problem(
    429,
    130429,
    "Rate limit hit",
    "Message failed to send because there were too many messages sent from this phone number in a short period of time",
)
PAIR_RATE_LIMIT = Problem(
    429,
    131056,
    "(Business Account, Consumer Account) pair rate limit hit",
    "Message failed to send because there were too many messages sent from this phone number to the same phone number "
    "in a short period of time.",
)
SPAM_RATE_LIMIT = Problem(
    429,
    131048,
    "Spam rate limit hit",
    "Message failed to send because there are restrictions on how many messages can be sent from this phone number. "
    "This may be because too many previous messages were blocked or flagged as spam.",
)
UNAVAILABLE = Problem(503, 131016, "Service unavailable", "A service is temporarily unavailable.")
UNKNOWN = Problem(500, 131000, "Something went wrong", "Message failed to send due to an unknown error.")
WINDOW_CLOSED = Problem(
    400,
    131047,
    "Re-engagement message",
    "Customer outside 24 hour window",
    "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
)
MEDIA_UNREADABLE = Problem(400, 131053, "Media upload error", "The media could not be fetched from its link.")
UNDELIVERABLE = Problem(400, 131026, "Message undeliverable", "Message Undeliverable.")
FAULTS = {
    "pair_rate_limit": PAIR_RATE_LIMIT,
    "spam_rate_limit": SPAM_RATE_LIMIT,
    "unavailable": UNAVAILABLE,
    "unknown": UNKNOWN,
}


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body["error"]["message"])
        self.status = status
        self.body = body

    @classmethod
    def of(cls, problem: Problem) -> "Refused":
        return cls(problem.status, problem.answer())


def expired_token() -> Refused:
    message = "Error validating access token: Session has expired on Saturday, 01-Nov-25 00:00:00 PDT."
    return Refused(401, {"error": {**_oauth(message, 190), "error_subcode": 463, "fbtrace_id": _trace()}})


def bad_token() -> Refused:
    message = "Invalid OAuth access token - Cannot parse access token"
    return Refused(401, {"error": {**_oauth(message, 190), "fbtrace_id": _trace()}})


def no_such_object(object_id: str) -> Refused:
    message = (
        f"Unsupported post request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    body = {"message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33}
    return Refused(400, {"error": {**body, "fbtrace_id": _trace()}})


def not_json() -> Refused:
    return Refused(400, {"error": {**_oauth("(#100) The request body is not JSON", 100), "fbtrace_id": _trace()}})


@dataclass(frozen=True)
class Wanted:
    """What a request asks to send, found to be in order.

    Attributes:
        to: digits alone, as `wa_id` has them.
        entered: as it was given.
        text: what the person reads.
        file: id of an uploaded one.
        link: of a picture that lies elsewhere.
    """

    to: str
    entered: str
    kind: str
    text: str
    template: str = ""
    buttons: tuple[Button, ...] = ()
    file: str = ""
    link: str = ""
    replies_to: str = ""
    callback: str = ""


def wanted(request: object, number: WhatsAppNumber, bodies: Mapping[tuple[str, str], str]) -> Wanted:
    """
    Args:
        bodies: text of an approved template by name and language, where it is known: then its parameters are counted.

    Raises:
        Refused
    """
    if not isinstance(request, dict):
        raise not_json()
    if request.get("messaging_product") != "whatsapp":
        message = "(#100) The parameter messaging_product is required."
        raise Refused(400, {"error": {**_oauth(message, 100), "fbtrace_id": _trace()}})
    kind = request.get("type", "text")
    if kind not in _TYPES:
        message = f'(#100) Param type must be one of {{{", ".join(name.upper() for name in _TYPES)}}} - got "{kind}".'
        raise Refused(400, {"error": {**_oauth(message, 100), "fbtrace_id": _trace()}})
    if kind not in _TAKEN:
        raise Refused.of(
            Problem(400, 131051, "Unsupported message type", f"Message type {kind} is not tried out here.")
        )
    entered = str(request.get("to", ""))
    if not entered:
        raise missing(f"Parameter 'to' is mandatory for type '{kind}'")
    to = re.sub(r"[\s()+-]", "", entered)
    if not re.fullmatch(r"[1-9]\d{6,14}", to):
        raise invalid("Parameter 'to' is not valid.")
    if to == number.display_phone_number:
        raise Refused.of(
            Problem(400, 131021, "Recipient cannot be sender", "Recipient phone number cannot be the sender's.")
        )
    if request.get("recipient_type", "individual") != "individual":
        raise invalid("Parameter 'recipient_type' is not valid.")
    callback = request.get("biz_opaque_callback_data", "")
    if not isinstance(callback, str) or len(callback) > LONGEST_CALLBACK:
        raise invalid(f"Parameter 'biz_opaque_callback_data' has at most {LONGEST_CALLBACK} characters.")
    part = request.get(kind)
    if not isinstance(part, dict):
        raise missing(f"Parameter '{kind}' is mandatory for type '{kind}'")
    match kind:
        case "text":
            content: Json = {"text": _bounded(part, "body", "text['body']", LONGEST_BODY)}
        case "image":
            content = _image(part)
        case "interactive":
            content = _interactive(part)
        case _:
            content = _template(part, number, bodies)
    context = request.get("context") or {}
    return Wanted(to, entered, kind, callback=callback, replies_to=str(context.get("message_id", "")), **content)


def missing(details: str) -> Refused:
    return Refused.of(Problem(400, 131008, "Required parameter is missing", details))


def invalid(details: str) -> Refused:
    return Refused.of(Problem(400, 131009, "Parameter value is not valid", details))


def accepted(sent: Wanted, message_id: str, *, held: bool = False) -> Json:
    message = {"id": message_id}
    if sent.kind == "template":
        message["message_status"] = "held_for_quality_assessment" if held else "accepted"
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": sent.entered, "wa_id": sent.to}],
        "messages": [message],
    }


def new_wamid(number: str, *, by_person: bool) -> str:
    """Base64 of a structure with the person's number in it, so an id of this kind is personal data."""
    digits = number.encode()
    mark = secrets.token_hex(10 if by_person else 9).upper().encode()
    direction = b"\x12" if by_person else b"\x11"
    inner = b"\x1c\x18" + bytes([len(digits)]) + digits
    inner += b"\x15\x02\x00" + direction + b"\x18" + bytes([len(mark)]) + mark + b"\x00"
    return "wamid." + base64.b64encode(inner).decode()


def signature(body: bytes, app_secret: str) -> str:
    """Value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, "sha256").hexdigest()


def body_of(envelope: Json) -> str:
    """As Meta writes JSON: characters beyond ASCII and slashes escaped."""
    return json.dumps(envelope, separators=(",", ":")).replace("/", "\\/")


def envelope(number: WhatsAppNumber, values: Sequence[Json]) -> Json:
    changes = [{"value": value, "field": "messages"} for value in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": f"1{number.phone_number_id[::-1]}", "changes": changes}],
    }


def said(
    number: WhatsAppNumber, phone: Phone, message: Message, *, file: File | None, answered: Message | None
) -> Json:
    """`value` of a webhook with what a person wrote."""
    context: Json = {}
    if answered:
        context = {"from": answered.number if answered.by_person else number.display_phone_number, "id": answered.id}
    if message.forwarded:
        context["frequently_forwarded" if message.forwarded == "often" else "forwarded"] = True
    one: Json = {"context": context} if context else {}
    one |= {"from": phone.number, "id": message.id, "timestamp": str(int(message.at)), **_content(message, file)}
    return {**_head(number), "contacts": [_contact(phone)], "messages": [one]}


def status(
    number: WhatsAppNumber, phone: Phone | None, message: Message, *, now: float, problem: Problem | None = None
) -> Json:
    """`value` of a webhook that tells what became of a message of the office."""
    one: Json = {
        "id": message.id,
        "status": message.status,
        "timestamp": str(int(now)),
        "recipient_id": message.number,
    }
    if message.callback:
        one["biz_opaque_callback_data"] = message.callback
    if problem:
        details = problem.told_later or problem.details
        one["errors"] = [
            {
                "code": problem.code,
                "title": problem.title,
                "message": problem.title,
                "error_data": {"details": details},
                "href": ERRORS_PAGE,
            }
        ]
        return {**_head(number), "statuses": [one]}
    category = "utility" if message.kind == "template" else "service"
    conversation: Json = {"id": hmac.new(number.key.encode(), message.number.encode(), "sha256").hexdigest()[:30]}
    if message.status == "sent":
        conversation["expiration_timestamp"] = str(int(now) + 24 * 3600)
    one["conversation"] = {**conversation, "origin": {"type": category}}
    one["pricing"] = {"billable": True, "pricing_model": "CBP", "category": category}
    contacts = {"contacts": [_contact(phone)]} if phone else {}
    return {**_head(number), **contacts, "statuses": [one]}


def _content(message: Message, file: File | None) -> Json:
    if file:
        kind = "audio" if message.kind == "voice" else message.kind
        media: Json = {"caption": message.text} if message.text else {}
        if file.name and kind == "document":
            media["filename"] = file.name
        # Base64 here, hexadecimal where the file is asked for: so it is at Meta.
        digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        media |= {"mime_type": file.mime, "sha256": digest, "id": file.id}
        if kind == "audio":
            media["voice"] = message.kind == "voice"
        return {"type": kind, kind: media}
    match message.kind:
        case "interactive":
            reply = {"id": message.payload, "title": message.text}
            return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}
        case "button":
            return {"type": "button", "button": {"payload": message.payload, "text": message.text}}
        case "sticker" | "location" as kind:
            return {"type": kind, kind: json.loads(message.payload)}
        case "unsupported":
            title = "Message type unknown"
            error = {"code": 131051, "title": title, "message": title}
            details = {"details": "Message type is currently not supported."}
            return {"errors": [{**error, "error_data": details}], "type": "unsupported"}
        case _:
            return {"text": {"body": message.text}, "type": "text"}


def _head(number: WhatsAppNumber) -> Json:
    metadata = {"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata}


def _contact(phone: Phone) -> Json:
    user = int.from_bytes(hmac.digest(b"user", phone.number.encode(), "sha256")[:8]) % 10**17 + 10**17
    return {"profile": {"name": phone.name}, "wa_id": phone.number, "user_id": f"ID.{user}"}


def _bounded(part: Json, name: str, shown: str, longest: int) -> str:
    text = part.get(name)
    if not isinstance(text, str) or not text:
        raise missing(f"Parameter '{shown}' is mandatory.")
    if len(text) > longest:
        raise invalid(f"Param {shown} must be at most {longest} characters long.")
    return text


def _image(part: Json) -> Json:
    link, file = str(part.get("link", "")), str(part.get("id", ""))
    if bool(link) == bool(file):
        raise missing("Exactly one of image['id'] and image['link'] is to be given.")
    text = _bounded(part, "caption", "image['caption']", LONGEST_CAPTION) if part.get("caption") else ""
    return {"text": text, "link": link, "file": file}


def _interactive(part: Json) -> Json:
    if part.get("type") != "button":
        raise invalid("Interactive messages are tried out here with type 'button' alone.")
    body, action = part.get("body"), part.get("action")
    text = _bounded(body if isinstance(body, dict) else {}, "text", "interactive['body']['text']", 1024)
    asked = action.get("buttons") if isinstance(action, dict) else None
    if not isinstance(asked, list) or not 1 <= len(asked) <= 3:
        raise invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    buttons = []
    for each in asked:
        reply = each.get("reply") if isinstance(each, dict) and each.get("type") == "reply" else None
        if not isinstance(reply, dict):
            raise invalid("Param interactive['action']['buttons'][] must be of type 'reply'.")
        title = _bounded(reply, "title", "interactive['action']['buttons'][]['reply']['title']", 20)
        buttons.append(Button(_bounded(reply, "id", "interactive['action']['buttons'][]['reply']['id']", 256), title))
    if len({b.id for b in buttons}) < len(buttons) or len({b.title for b in buttons}) < len(buttons):
        raise invalid("Ids and titles of buttons must be unique.")
    return {"text": text, "buttons": tuple(buttons)}


def _template(part: Json, number: WhatsAppNumber, bodies: Mapping[tuple[str, str], str]) -> Json:
    name = _bounded(part, "name", "template['name']", 512)
    asked = part.get("language")
    language = _bounded(asked if isinstance(asked, dict) else {}, "code", "template['language']['code']", 15)
    if language not in number.templates.get(name, ()) and (name, language) not in bodies:
        details = f"template name ({name}) does not exist in {language}"
        raise Refused.of(Problem(404, 132001, "Template name does not exist in the translation", details))
    values = _values(part.get("components", []))
    known = bodies.get((name, language))
    if known is None:
        return {"text": " · ".join((f"[{name}]", *values)), "template": name}
    expected = list(dict.fromkeys(_PLACEHOLDER.findall(known)))
    if len(values) != len(expected):
        details = (
            f"body: number of localizable_params ({len(values)}) does not match the expected number of params "
            f"({len(expected)})"
        )
        raise Refused.of(
            Problem(400, 132000, "Number of parameters does not match the expected number of params", details)
        )
    filled = dict(zip(expected, values, strict=True))
    return {"text": _PLACEHOLDER.sub(lambda found: filled[found[1]], known), "template": name}


def _values(components: object) -> list[str]:
    """Of the body. Meta refuses values with line breaks, tabs or more than four spaces in a row."""
    values = []
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict) or component.get("type") not in ("body", "header", "button"):
            raise invalid("Param template['components'][]['type'] must be one of {HEADER, BODY, BUTTON}.")
        if component["type"] != "body":
            continue
        for parameter in component.get("parameters", []):
            text = parameter.get("text") if isinstance(parameter, dict) and parameter.get("type") == "text" else None
            if not isinstance(text, str) or not text:
                details = "body: parameters are tried out here with type 'text' alone, and none may be empty"
                raise Refused.of(
                    Problem(400, 132012, "Parameter format does not match format in the created template", details)
                )
            if re.search(r"[\n\t]| {5}", text):
                details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
                raise Refused.of(Problem(400, 132018, "There was a problem with a parameter of the template", details))
            values.append(text)
    return values


def _oauth(message: str, code: int) -> Json:
    return {"message": message, "type": "OAuthException", "code": code}


def _trace() -> str:
    return "A" + secrets.token_urlsafe(16)
