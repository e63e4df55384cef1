"""What counts as breaking, shown on small shapes."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from libs.contracts.compatibility import META, breaking


class Inner(BaseModel):
    a: str
    b: int = 0


FIELDS: dict[str, Any] = {
    "name": (str, ...),
    "note": (str, ""),
    "count": (int, 0),
    "mood": (Literal["calm", "hurried"], "calm"),
    "inner": (Inner | None, None),
    "many": (tuple[Inner, ...], ()),
    "short": (str, Field(default="", max_length=10)),
}


def a_shape(**changed: Any) -> dict[str, Any]:
    fields = {name: field for name, field in {**FIELDS, **changed}.items() if field is not None}
    shape: type[BaseModel] = create_model("Shape", **fields)
    return shape.model_json_schema()


class NarrowInner(BaseModel):
    a: str
    b: int


class WideInner(Inner):
    c: str = ""


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"note": None}, "note: removed"),
        ({"added": (str, ...)}, "added: new and required"),
        ({"note": (str, ...)}, "note: was optional, is required"),
        ({"count": (str, "")}, "count: type was integer, is string"),
        ({"note": (str | None, None)}, "note: type was string, is null or string"),
        ({"name": (tuple[str, ...], ...)}, "name: type was string, is array"),
        ({"mood": (Literal["calm"], "calm")}, "mood: no longer allows hurried"),
        ({"inner": (NarrowInner | None, None)}, "inner.b: was optional, is required"),
        ({"many": (tuple[NarrowInner, ...], ())}, "many[].b: was optional, is required"),
        ({"many": (tuple[str, ...], ())}, "many[]: type was object, is string"),
        ({"short": (str, Field(default="", max_length=5))}, "short: maxLength was 10, is 5"),
        ({"note": (str, Field(default="", max_length=5))}, "note: maxLength was None, is 5"),
        ({"note": (str, Field(default="", pattern="^a"))}, "note: pattern was None, is ^a"),
    ],
)
def test_a_change_that_others_would_trip_over_is_breaking(changed: dict[str, Any], says: str) -> None:
    assert breaking(a_shape(), a_shape(**changed)) == [says]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"added": (str, "")},
        {"added": (Inner | None, None)},
        {"inner": (WideInner | None, None)},
        {"mood": (Literal["calm", "hurried", "still"], "calm")},
        {"short": (str, Field(default="", max_length=20))},
        {"note": (str, "another default")},
    ],
)
def test_what_only_adds_is_not_breaking(changed: dict[str, Any]) -> None:
    assert breaking(a_shape(), a_shape(**changed)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda notes: notes | {"target": "case_id"}, "target was 'report_id', is 'case_id'"),
        (lambda notes: notes | {"sealed": None}, "sealed was 'report-content', is None"),
        (lambda notes: notes | {"private": ["text", "urls"]}, "urls: no longer published"),
    ],
)
def test_a_message_that_moves_or_hides_something_is_breaking(
    change: Callable[[dict[str, Any]], dict[str, Any]], says: str
) -> None:
    notes = {"target": "report_id", "sealed": "report-content", "private": ["text"]}

    assert breaking({META: notes}, {META: change(notes)}) == [says]


def test_a_seal_on_a_command_that_had_none_and_a_new_private_field_only_add() -> None:
    fields = {"properties": {"helpful": {"type": "boolean"}}}
    wider = {"properties": {**fields["properties"], "text": {"type": "string"}}}

    assert breaking({META: {"sealed": None}}, {META: {"sealed": "rating-content"}}) == []
    assert breaking({**fields, META: {"private": []}}, {**wider, META: {"private": ["text"]}}) == []


def test_refusing_unknown_fields_is_breaking() -> None:
    open_, closed = {"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": False}

    assert breaking(open_, closed) == ["whole: unknown fields are refused now"]
    assert breaking(closed, open_) == []
