"""What is generated from the contracts: schema snapshots, example messages, the AsyncAPI document.

`make generate` writes them, and never over a released shape that the code breaks.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from libs.contracts import chat, examples, reads
from libs.contracts.catalogue import commands_of, events_of
from libs.contracts.compatibility import META, breaking
from libs.contracts.directory import AgencyRecord, ContactRecord, OfficerRecord, PartnerRecord, TenantRecord
from libs.contracts.messages import COMMANDS, EVENTS, Command, Message
from libs.contracts.notify import reads as notify_reads
from libs.contracts.problems import Problem
from libs.contracts.reads import Page, Read
from libs.contracts.registry import coverage, segments
from libs.contracts.registry import reads as registry_reads
from libs.contracts.reports import reads as reports_reads
from libs.contracts.topics import CONTACTS, DIRECTORY, TOPICS, Service, Topic

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEMAS = "libs/contracts/schemas"
ASYNCAPI = "docs/api/asyncapi.yaml"

ADVICE = (
    "A released type is for ever. Give the new field a default, or add a type of the next major version "
    "(`….v2`) beside this one and let readers take both. Then run `make generate` and commit what it writes."
)

Json = dict[str, Any]
READS = (chat, reads, registry_reads, coverage, segments, reports_reads, notify_reads)
RECORDS: tuple[type[BaseModel], ...] = (TenantRecord, AgencyRecord, OfficerRecord, PartnerRecord, ContactRecord)


def kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


def shapes() -> Iterator[tuple[str, type[BaseModel], Json]]:
    """Everything that crosses a boundary: its file, its class, and our own notes on it."""
    for name, command in COMMANDS.items():
        yield _file_of(name), command, _command_notes(command)
    for name, event in EVENTS.items():
        yield _file_of(name), event, {"kind": "event", "private": sorted(event.private)}
    typed: set[type[BaseModel]] = {c.private for c in COMMANDS.values() if c.private}
    for sealed in typed:
        yield f"sealed/{kebab(sealed.__name__)}.json", sealed, {"kind": "sealed"}
    for record in RECORDS:
        yield f"records/{kebab(record.__name__)}.json", record, {"kind": "record"}
    views: list[type[BaseModel]] = [*_read_models(), Problem]
    for view in views:
        yield f"reads/{kebab(view.__name__)}.json", view, {"kind": "read"}


def _command_notes(cls: type[Command]) -> Json:
    return {
        "kind": "command",
        "target": cls.target_field,
        "keyed_by_tenant": cls.keyed_by_tenant,
        "mailbox": cls.mailbox,
        "sealed": kebab(cls.private.__name__) if cls.private else None,
    }


def _read_models() -> list[type[BaseModel]]:
    found = [(module, v) for module in READS for v in vars(module).values() if isinstance(v, type)]
    own = [v for module, v in found if issubclass(v, Read) and v.__module__ == module.__name__]
    # A page is generic; it is part of the schemas of those who use it.
    return [v for v in own if v not in (Read, Page)]


def _file_of(type_name: str) -> str:
    service, rest = type_name.split(".", 1)
    return f"{service}/{rest}.json"


def snapshots() -> dict[str, Json]:
    """Schema by file, below `SCHEMAS`."""
    return {file: {**cls.model_json_schema(), META: notes} for file, cls, notes in sorted(shapes(), key=lambda s: s[0])}


def example_messages() -> dict[str, Json]:
    """Example by file, below `SCHEMAS`."""
    messages = {**examples.commands(), **examples.events()}
    found = {f"examples/{_file_of(name)}": _as_json(example) for name, example in messages.items()}
    for name, record in examples.records().items():
        found[f"examples/records/{name.replace('/', '.')}.json"] = {
            "topic": record.topic, "key": record.key, "value": record.record.model_dump(mode="json"),
        }  # fmt: skip
    return found


def _as_json(example: examples.Example) -> Json:
    found: Json = {
        "topic": example.topic,
        "key": example.key,
        "headers": {name: value.decode() for name, value in example.envelope.headers()},
        "value": example.published,
    }
    if example.private is not None:
        found["sealed"] = example.private.model_dump(mode="json")
    return found


# AsyncAPI

PURPOSE = {
    "commands": "Mailbox of {0}: what it is asked to do. Signed by the sender.",
    "placing": "Mailbox of {0} for putting reports into cases, which waits for the matcher. Written by {0} itself.",
    "events": "Journal of {0}: what happened, in order within each aggregate.",
    "dlq": "Records that {0} can never handle, as they came, with `dlq_` headers that say why.",
    "directory": "Who is who: tenants, agencies, officers, partners. Compacted; an empty value says that one is gone.",
    "contacts": "How to reach partners, sealed to notify. Compacted.",
}


def asyncapi() -> Json:
    bodies = {name: _body_name(cls) for name, cls in {**COMMANDS, **EVENTS}.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Simpul",
            "version": "1",
            "description": (
                "Messages between the services of Simpul. Every message is a CloudEvent 1.0 in Kafka binary mode. "
                "Generated by `make generate`; do not edit."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": dict(_operations()),
        "components": {
            "messages": {name: _message(cls, bodies[name]) for name, cls in sorted({**COMMANDS, **EVENTS}.items())}
            | {cls.__name__: _record_message(cls) for cls in RECORDS},
            "schemas": _schemas() | {"CommandHeaders": _headers(True), "EventHeaders": _headers(False)},
        },
    }


_CARRIES: Mapping[str, tuple[type[BaseModel], ...]] = {DIRECTORY: RECORDS[:-1], CONTACTS: RECORDS[-1:]}


def _part(topic: Topic) -> tuple[str, str]:
    service, what, _ = topic.name.split(".")
    return service, what


def _messages_on(topic: Topic) -> list[str]:
    service, what = _part(topic)
    match what:
        case "commands" | "placing":
            return sorted(name for name, cls in commands_of(Service(service)).items() if cls.mailbox == what)
        case "events":
            return sorted(events_of(Service(service)))
        case "dlq":
            return sorted(commands_of(Service(service)))
        case _:
            return [cls.__name__ for cls in _CARRIES[topic.name]]


def _channel(topic: Topic) -> Json:
    service, what = _part(topic)
    return {
        "address": topic.name,
        "description": PURPOSE[what].format(service) + f" Key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages_on(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _topic_configuration(topic),
                "bindingVersion": "0.5.0",
            }
        },
    }


def _topic_configuration(topic: Topic) -> Json:
    config = topic.config
    found: Json = {"cleanup.policy": [config["cleanup.policy"]]}
    if "retention.ms" in config:
        found["retention.ms"] = int(config["retention.ms"])
    return found


def _operations() -> Iterator[tuple[str, Json]]:
    for topic in TOPICS:
        for service in sorted(topic.producers):
            yield _operation(topic, service, "send")
        for service in sorted(topic.groups | topic.followers):
            yield _operation(topic, service, "receive")


def _operation(topic: Topic, service: Service, action: str) -> tuple[str, Json]:
    owner, what = _part(topic)
    operation: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"{service.capitalize()} {'writes' if action == 'send' else 'reads'} {topic.name}",
    }
    if action == "receive":
        operation["description"] = (
            f"Consumer group `{service}.…`, one member a partition."
            if service in topic.groups
            else "Every partition in every process, without a group."
        )
    return f"{service}-{action}-{owner}-{what}", operation


def _message(cls: type[Message], body: str) -> Json:
    is_command = issubclass(cls, Command)
    example = examples.command_example(cls) if issubclass(cls, Command) else examples.event_example(cls)  # type: ignore[arg-type]
    return {
        "name": cls.type_name,
        "title": cls.__name__,
        "summary": _first_sentence(cls),
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{'CommandHeaders' if is_command else 'EventHeaders'}"},
        "payload": {"$ref": f"#/components/schemas/{body}"},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        "examples": [
            {
                "name": kebab(cls.__name__),
                "headers": {n: v.decode() for n, v in example.envelope.headers()},
                "payload": example.published,
            }
        ],
    }


def _record_message(cls: type[BaseModel]) -> Json:
    return {
        "name": kebab(cls.__name__),
        "title": cls.__name__,
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }


def _first_sentence(cls: type[Message]) -> str:
    words = (cls.__doc__ or "").strip().split("\n")[0].strip()
    return words or cls.__name__


def _body_name(cls: type[BaseModel]) -> str:
    return cls.__name__


def _schemas() -> Json:
    classes: list[type[BaseModel]] = [*COMMANDS.values(), *EVENTS.values(), *RECORDS]
    _, defined = models_json_schema(
        [(cls, "validation") for cls in classes], ref_template="#/components/schemas/{model}"
    )
    found: Json = {name: _draft_07(schema) for name, schema in sorted(defined["$defs"].items())}
    for event in EVENTS.values():
        for name in event.private:
            found[_body_name(event)]["properties"].pop(name, None)
    return found


def _draft_07(schema: Any) -> Any:
    """AsyncAPI's schema object is a superset of JSON Schema draft 07; pydantic writes 2020-12."""
    if isinstance(schema, list):
        return [_draft_07(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _draft_07(value) for name, value in schema.items()}
    if "prefixItems" in found:
        found["items"] = found.pop("prefixItems")
    return found


_TEXT: Json = {"type": "string"}
_UUID: Json = {"type": "string", "format": "uuid"}


def _headers(signed: bool) -> Json:
    fields: Json = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": _UUID,
        "ce_type": _TEXT,
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_subject": {**_TEXT, "description": "Id of the aggregate."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_tenant": {**_TEXT, "description": "Immutable, opaque."},
        "ce_correlationid": _TEXT,
        "ce_causationid": {**_UUID, "description": "The message that this one follows from."},
        "ce_actor": {**_TEXT, "description": "JSON: id, roles, agency. Never a name."},
        "ce_traceparent": {**_TEXT, "description": "W3C trace context."},
        "content-type": {"type": "string", "const": "application/json"},
    }
    required = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_tenant"]
    if signed:
        fields |= {
            "ce_signedby": {**_TEXT, "description": "The sending process."},
            "ce_keyid": _TEXT,
            "ce_signature": {**_TEXT, "description": "HMAC-SHA-256 over type, id, tenant, subject, actor, time, body."},
        }
        required += ["ce_signedby", "ce_keyid", "ce_signature"]
    else:
        fields["ce_sequence"] = {**_TEXT, "description": "n of the event within its aggregate, from 1."}
        required += ["ce_causationid"]
    return {"type": "object", "properties": fields, "required": [*required, "ce_correlationid", "content-type"]}


# Files


def as_text(value: Json) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _as_yaml(value: Json) -> str:
    return str(yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120))


def files() -> dict[str, str]:
    """By path in the checkout."""
    generated = {f"{SCHEMAS}/{name}": as_text(value) for name, value in (snapshots() | example_messages()).items()}
    return generated | {ASYNCAPI: _as_yaml(asyncapi())}


def standing_snapshots(root: Path = CHECKOUT) -> dict[str, Json]:
    folder = root / SCHEMAS
    found = {str(f.relative_to(folder)): f for f in sorted(folder.rglob("*.json"))}
    return {name: orjson.loads(f.read_bytes()) for name, f in found.items() if not name.startswith("examples/")}


def breakages(standing: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    """What the code breaks of the committed shapes."""
    found = []
    for file, old in standing.items():
        if file not in now:
            found.append(f"{file}: removed")
        else:
            found += [f"{file}: {line}" for line in breaking(old, now[file])]
    return found
