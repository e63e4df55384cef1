"""What programs are made from. The rules are those of Spectral's `spectral:oas`, and ours about keys and cookies."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from services.gateway.api.openapi import api_document

WHOLE: dict[str, Any] = api_document()
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in WHOLE["paths"].items():
        for method in METHODS & methods.keys():
            yield method, path, methods[method]


EACH = pytest.mark.parametrize(
    ("method", "path", "operation"), [pytest.param(m, p, o, id=f"{m} {p}") for m, p, o in sorted(operations(), key=str)]
)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for below in node.values():
            yield from references(below)
    elif isinstance(node, list):
        for below in node:
            yield from references(below)


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each example beside its schema."""
    if isinstance(node, dict):
        if "schema" in node:
            yield from ((node["schema"], value) for value in _given(node))
        elif "type" in node or "$ref" in node:
            yield from ((node, value) for value in _given(node))
        for name, below in node.items():
            if name not in ("example", "examples"):
                yield from examples(below)
    elif isinstance(node, list):
        for below in node:
            yield from examples(below)


def _given(node: dict[str, Any]) -> list[Any]:
    many = node.get("examples", [])
    return [*([node["example"]] if "example" in node else []), *(many if isinstance(many, list) else [])]


def test_it_says_who_answers_for_it_where_and_under_which_license() -> None:
    info = WHOLE["info"]

    assert all(info.get(name) for name in ("title", "version", "description", "contact", "license"))
    assert info["license"]["identifier"] == "Apache-2.0"
    assert WHOLE["servers"]
    assert not [s for s in WHOLE["servers"] if re.search(r".+/$|example\.(com|org)", s["url"])]


def test_every_group_is_described_and_none_is_without_operations() -> None:
    groups = {tag["name"]: tag.get("description") for tag in WHOLE["tags"]}
    used = {tag for _, _, operation in operations() for tag in operation["tags"]}

    assert used == groups.keys()
    assert all(groups.values()), "describe it in services/gateway/api/routes.py"


def test_operations_have_names_of_their_own() -> None:
    named = Counter(operation["operationId"] for _, _, operation in operations())

    assert [name for name, count in named.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in named)


@EACH
def test_an_operation_is_described(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation.get("summary")
    assert operation.get("description"), "give the route's function a docstring"
    assert len(operation["tags"]) == 1
    assert any(status.startswith(("2", "3")) for status in operation["responses"])
    assert all(answer["description"] for answer in operation["responses"].values())


@EACH
def test_parameters_are_those_of_the_path_each_once(method: str, path: str, operation: dict[str, Any]) -> None:
    given = operation.get("parameters", [])
    named = [(p["in"], p["name"].lower()) for p in given]

    assert len(named) == len(set(named))
    assert {p["name"] for p in given if p["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path))
    assert all(p["required"] for p in given if p["in"] == "path")
    assert not re.search(r"/$|\?|//", path)


KEYLESS = {
    ("post", "/api/v1/{slug}/match"): "keeps nothing",
    ("post", "/api/v1/{slug}/tickets/{number}"): "a read whose code must not stand in an address",
    ("post", "/api/v1/session"): "each log-in is a new one",
    ("post", "/api/v1/partner/session"): "the token is good once",
    ("delete", "/api/v1/session"): "a second one finds nothing to end",
}


@EACH
def test_the_key_is_required_where_something_is_written(method: str, path: str, operation: dict[str, Any]) -> None:
    keys = [p for p in operation.get("parameters", []) if p["name"].lower() == "idempotency-key"]

    assert bool(keys) is (method != "get" and (method, path) not in KEYLESS)
    assert all(key["required"] and key["schema"]["format"] == "uuid" for key in keys)


def of_partner(path: str) -> bool:
    return path.startswith("/api/v1/partner/") and path not in ("/api/v1/partner/login", "/api/v1/partner/session")


@EACH
def test_who_may_ask_is_said(method: str, path: str, operation: dict[str, Any]) -> None:
    opened_by = {name for way in operation["security"] for name in way}
    wanted = "officer" if path.startswith("/api/v1/console/") else "partner" if of_partner(path) else ""

    if wanted:
        assert operation["security"] == [{wanted: []} if method == "get" else {wanted: [], "csrf": []}]
        assert {"401", "403"} <= operation["responses"].keys()
    elif (method, path) in (("get", "/api/v1/session"), ("delete", "/api/v1/session")):
        assert opened_by - {"csrf"} == {"officer", "partner"}
    else:
        assert opened_by == set()
    assert opened_by <= WHOLE["components"]["securitySchemes"].keys()


@EACH
def test_an_answer_that_says_later_says_when(method: str, path: str, operation: dict[str, Any]) -> None:
    for status in {"429", "503"} & operation["responses"].keys():
        assert "Retry-After" in operation["responses"][status]["headers"]


def test_every_reference_leads_to_a_component_and_each_is_used() -> None:
    used = set(references(WHOLE))
    there = {f"#/components/schemas/{name}" for name in WHOLE["components"]["schemas"]}

    assert used == there


def test_no_description_holds_a_script() -> None:
    assert not re.search(r"<script|eval\(", json.dumps(WHOLE))


def test_examples_and_defaults_fit_their_schemas() -> None:
    found = list(examples(WHOLE))

    assert found
    for schema, value in found:
        whole = {**schema, "components": WHOLE["components"]}
        jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)
