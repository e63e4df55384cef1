"""Bodies that are made from commands: which fields, in which order, and how strict."""

import pytest
from fastapi.exceptions import RequestValidationError

from libs.contracts.reports.case import SaveDraft
from services.gateway.console.case.wishes import ASK, DRAFT, SETTLE, TRIAGE
from services.gateway.console.review.wishes import APPROVE


def test_a_body_asks_for_what_has_a_limit_and_for_nothing_that_a_service_fills_in() -> None:
    assert list(TRIAGE.body.model_fields) == ["severity", "topic", "area", "owner"]
    assert list(SETTLE.body.model_fields) == ["report_id"]
    assert list(APPROVE.body.model_fields) == ["expects", "code"]


def test_fields_of_a_part_stand_where_the_part_stands_in_the_command() -> None:
    """Errors are told in the order of the fields."""
    fields = ["claim", "verdict", "about_own_tenant", "fact", "explanation", "change_note", "expects", "submit"]

    assert list(DRAFT.body.model_fields) == fields


def test_what_was_asked_in_one_row_is_put_back_into_the_parts_of_the_command() -> None:
    command, private = DRAFT.written("c1", DRAFT.read({"claim": "Air dicampur", "verdict": "false", "expects": 3}))

    assert isinstance(command, SaveDraft)
    assert (command.case_id, command.draft.claim, command.draft.verdict, command.expects, command.submit) == (
        "c1", "Air dicampur", "false", 3, False
    )  # fmt: skip
    assert private is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"severity": "2"}, "int_type"),
        ({"severity": 5}, "less_than_equal"),
        ({"severity": True}, "int_type"),
        ({"severity": 2, "owner_known": True}, "extra_forbidden"),
        ({"severity": 2, "sealed": "x"}, "extra_forbidden"),
        ({"severity": 2, "topic": "x" * 61}, "string_too_long"),
        ({"severity": 2, "area": "32.7"}, "string_pattern_mismatch"),
    ],
)
def test_a_body_is_stricter_than_its_command(values: dict[str, object], code: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        TRIAGE.read(values)

    assert refused.value.errors()[0]["type"] == code


def test_a_time_is_written_as_text() -> None:
    with pytest.raises(RequestValidationError) as refused:
        ASK.read({"party": "Dinsos", "due_at": 1_900_000_000})

    assert refused.value.errors()[0]["type"] == "datetime_type"
