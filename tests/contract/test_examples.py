"""Each type has an example that is valid, comes back as it was, and is a CloudEvent to others' eyes."""

import json
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator, FormatChecker

from libs.contracts import examples
from libs.contracts.documents import CHECKOUT, snapshots
from libs.contracts.envelope import MalformedEnvelope, parse
from libs.contracts.messages import COMMANDS, EVENTS, Command, Event, Message

MESSAGES: dict[str, examples.Example] = {**examples.commands(), **examples.events()}
SCHEMAS = snapshots()
CLASSES: dict[str, type[Message]] = {**COMMANDS, **EVENTS}
VECTORS = CHECKOUT.parent / "shared/data/providers/cloudevents/kafka_vectors.json"
every_type = pytest.mark.parametrize("name", sorted(CLASSES))


def body_of(example: examples.Example) -> bytes:
    return json.dumps(example.published, ensure_ascii=False).encode()


def test_every_field_of_every_type_has_an_example() -> None:
    classes: list[type[Any]] = [*CLASSES.values(), *(c.private for c in COMMANDS.values() if c.private)]
    missing = sorted({m for cls in classes for m in examples.missing_words(cls) if not m.endswith(".sealed")})

    assert not missing, f"Give these an example in libs/contracts/examples.py (WORDS), then `make generate`: {missing}"


@every_type
def test_the_example_fits_its_schema_and_comes_back_as_it_was(name: str) -> None:
    example, cls = MESSAGES[name], CLASSES[name]
    service, rest = name.split(".", 1)
    schema = SCHEMAS[f"{service}/{rest}.json"]

    Draft202012Validator(schema, format_checker=FormatChecker()).validate(example.published)
    again = cls.model_validate_json(body_of(example))

    hidden = cls.private if issubclass(cls, Event) else frozenset()
    assert again == example.message.model_copy(update={n: cls.model_fields[n].default for n in hidden})


@every_type
def test_fields_of_tomorrow_survive(name: str) -> None:
    example, cls = MESSAGES[name], CLASSES[name]
    tomorrow = {**example.published, "baru_besok": {"nilai": ["satu", 2]}}

    again = cls.model_validate_json(json.dumps(tomorrow))

    assert json.loads(again.model_dump_json())["baru_besok"] == {"nilai": ["satu", 2]}


@every_type
def test_it_is_a_cloudevent_for_the_public_sdk(name: str) -> None:
    example = MESSAGES[name]

    message = KafkaMessage(dict(example.envelope.headers()), example.key.encode(), body_of(example))
    event = from_kafka(message, JSONFormat())

    envelope = example.envelope
    assert event.get_id() == str(envelope.id)
    assert event.get_type() == name
    assert event.get_source() == envelope.source
    assert event.get_subject() == envelope.subject
    assert event.get_time() == envelope.time
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("tenant") == envelope.tenant
    assert event.get_data() == example.published


@every_type
def test_the_envelope_comes_back_from_its_headers(name: str) -> None:
    assert parse(MESSAGES[name].envelope.headers()) == MESSAGES[name].envelope


@every_type
def test_private_fields_are_neither_in_the_body_nor_needed_to_read_it(name: str) -> None:
    cls = CLASSES[name]
    if not issubclass(cls, Event):
        assert "sealed" in cls.model_fields
        return
    assert not cls.private & MESSAGES[name].published.keys()
    without_default = sorted(n for n in cls.private if cls.model_fields[n].is_required())
    assert not without_default, f"{name}: give {without_default} a default: the journal and an erased history lack them"


def test_what_a_person_typed_travels_sealed_only() -> None:
    typed = {n for c in COMMANDS.values() if c.private for n in c.private.model_fields}
    names = {"address", "email", "phone", "password", "password_hash", "totp_secret", "contacts", "doubt"}
    open_fields = {f"{c.__name__}.{n}" for c in COMMANDS.values() for n in c.model_fields if n in names & typed}

    assert not open_fields, f"Move these into the command's sealed part: {sorted(open_fields)}"


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda c: c.__name__)
def test_a_command_names_the_field_that_holds_its_target(command: type[Command]) -> None:
    assert command.target_field in command.model_fields
    assert command.model_fields[command.target_field].is_required()


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    found = json.loads(VECTORS.read_text())["vectors"]
    return [v for v in found if "same_as" not in v]


@pytest.mark.skipif(not VECTORS.exists(), reason="../shared/data/providers/cloudevents is absent")
@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["name"])
def test_the_published_vectors_read_as_they_say(vector: dict[str, Any]) -> None:
    headers = {name: value.encode() for name, value in vector["headers"].items()}
    message = KafkaMessage(headers, vector.get("key"), (vector["value"] or "").encode())

    if not vector["valid"]:
        # The SDK makes up a missing id and takes a batch for an event: only ours is held to these.
        with pytest.raises(MalformedEnvelope):
            parse(headers.items())
        return
    event = from_kafka(message, JSONFormat())
    for name, value in vector.get("event", {}).items():
        found: Any = event.get_data() if name == "data" else event.get_attributes()[name]
        assert (found.isoformat().replace("+00:00", "Z") if name == "time" else found) == value


@pytest.mark.skipif(not VECTORS.exists(), reason="../shared/data/providers/cloudevents is absent")
@pytest.mark.parametrize("vector", [v for v in vectors() if not v["valid"] and "ce_source" in v["headers"]],
                         ids=lambda v: v["name"])  # fmt: skip
def test_what_a_vector_calls_invalid_is_invalid_among_otherwise_good_headers(vector: dict[str, Any]) -> None:
    good = dict(MESSAGES["reports.submit-report.v1"].envelope.headers())
    missing = {"ce_id", "ce_type", "ce_source"} - vector["headers"].keys()
    headers = {**good, **{n: v.encode() for n, v in vector["headers"].items() if not v}}
    for name in missing:
        del headers[name]

    with pytest.raises(MalformedEnvelope):
        parse(headers.items())


def test_committed_examples_name_nobody_real() -> None:
    folder = Path(CHECKOUT / "libs/contracts/schemas/examples")
    text = "\n".join(f.read_text() for f in folder.rglob("*.json"))

    hosts = {part.split("/")[2] for part in text.split('"') if part.startswith("https://")}
    assert all(h.endswith((".example", "www.facebook.com", "www.instagram.com")) for h in hosts)
    addresses = {part for part in text.split('"') if "@" in part and " " not in part}
    assert all(a.endswith(".example") for a in addresses)
