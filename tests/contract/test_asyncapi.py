"""The AsyncAPI document: valid by AsyncAPI's own schema, whole, and its examples fit its payloads."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from libs.contracts.documents import ASYNCAPI, CHECKOUT, asyncapi
from libs.contracts.messages import COMMANDS, EVENTS
from libs.contracts.topics import TOPICS

VENDORED = Path(__file__).parent / "vendor/asyncapi/3.0.0.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((CHECKOUT / ASYNCAPI).read_text(), Loader=yaml.CSafeLoader)
    return found


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VENDORED.read_text())
    return found


def resolved(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [r for value in part.values() for r in references(value)]
    return [r for value in part for r in references(value)] if isinstance(part, list) else []


def test_the_document_is_valid_by_asyncapis_own_schema(document: dict[str, Any], schema: dict[str, Any]) -> None:
    errors = Draft7Validator(schema).iter_errors(document)

    assert [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in errors] == []


def test_the_schema_would_notice_a_broken_document(document: dict[str, Any], schema: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(document))
    next(iter(broken["operations"].values()))["action"] = "shout"

    assert list(Draft7Validator(schema).iter_errors(broken))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        assert resolved(document, reference)


def test_every_topic_and_every_type_is_in_it() -> None:
    document = asyncapi()

    assert {c["address"] for c in document["channels"].values()} == {t.name for t in TOPICS}
    carried = {name for c in document["channels"].values() for name in c["messages"]}
    assert COMMANDS.keys() | EVENTS.keys() <= carried


def test_who_writes_and_who_reads_is_what_the_broker_allows(document: dict[str, Any]) -> None:
    said = {
        (o.split("-", 1)[0], operation["action"], resolved(document, operation["channel"]["$ref"])["address"])
        for o, operation in document["operations"].items()
    }

    expected = {(p, "send", t.name) for t in TOPICS for p in t.producers}
    expected |= {(r, "receive", t.name) for t in TOPICS for r in t.groups | t.followers}
    assert said == expected


def test_examples_fit_their_payloads_and_headers(document: dict[str, Any]) -> None:
    for name, message in document["components"]["messages"].items():
        for example in message.get("examples", ()):
            for part in ("payload", "headers"):
                whole = {**message[part], "components": document["components"]}
                errors = [e.message for e in Draft7Validator(whole).iter_errors(example[part])]
                assert errors == [], (name, part)


def test_no_private_field_is_published_by_it(document: dict[str, Any]) -> None:
    for name, event in EVENTS.items():
        payload = resolved(document, document["components"]["messages"][name]["payload"]["$ref"])
        assert not event.private & payload["properties"].keys()
