"""A secret and a claim go through every logger of ours and of the libraries, and come out of none."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from libs.contracts.topics import Service
from libs.runtime import logs
from libs.runtime.deadletters import dead_letter
from libs.runtime.errors import Unacceptable
from tests.unit.runtime.domain import UNLUCKY, an_engine, count, message
from tests.unit.runtime.records import a_record

SECRET, CLAIM = "hunter2-rahasia", "Air PDAM dicampur racun"


@pytest.fixture
def lines() -> Iterator[Any]:
    written = io.StringIO()
    root, own = logging.getLogger(), logging.getLogger("simpul")
    before = (root.handlers[:], root.level, own.handlers[:], own.propagate)
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    with contextlib.redirect_stdout(written):
        logs.configure("reports")
    try:
        yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    finally:
        root.handlers, root.level, own.handlers, own.propagate = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()


def raised() -> Exception:
    try:
        raise ValueError(f"cannot parse {CLAIM} with {SECRET}")
    except ValueError as error:
        return error


def test_a_line_is_json_with_an_event_and_its_keys(lines: Any) -> None:
    logs.get().info("report_accepted", report_id="r1", version=3)

    (line,) = lines()
    assert line.items() >= {"event": "report_accepted", "report_id": "r1", "version": 3, "service": "reports"}.items()
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_an_error_is_its_type_and_place_and_not_what_it_says(lines: Any) -> None:
    logs.get().error("batch_failed", error=raised())

    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_logs.py:")
    assert CLAIM not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("name", ["aiokafka.consumer", "pymongo.command", "uvicorn.error", "httpx", "somebody.else"])
def test_libraries_are_heard_without_their_arguments_and_tracebacks(lines: Any, name: str) -> None:
    foreign = logging.getLogger(name)
    try:
        raise raised()
    except ValueError:
        foreign.error("could not send %s to %s", CLAIM, SECRET, exc_info=True)
    foreign.exception("again %s", CLAIM, stack_info=True)

    found = lines()
    text = json.dumps(found, ensure_ascii=False)
    assert [line["event"] for line in found] == ["could not send %s to %s", "again %s"]
    assert found[0]["error"] == "ValueError"
    assert CLAIM not in text
    assert SECRET not in text


def test_an_outage_writes_one_line_a_second_of_each_kind(lines: Any) -> None:
    for i in range(970):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", i)

    assert len(lines()) == 1


def test_our_own_lines_are_never_dropped(lines: Any) -> None:
    for _ in range(5):
        logs.get().warning("batch_failed")

    assert len(lines()) == 5


async def test_the_engine_logs_no_command_that_it_stumbled_over(lines: Any) -> None:
    await an_engine().apply([count("a", UNLUCKY), message("r", f"{CLAIM} {SECRET}")])

    text = json.dumps(lines(), ensure_ascii=False)
    assert "rule_raised" in text
    assert CLAIM not in text
    assert SECRET not in text


def test_a_dead_letter_is_logged_by_place_and_reason_only(lines: Any) -> None:
    record = a_record(CLAIM.encode(), [("ce_subject", SECRET.encode())], key=SECRET.encode())

    dead_letter(Service.REPORTS, record, Unacceptable("schema", "text: missing"))

    (line,) = lines()
    assert line.items() >= {"event": "dead_letter", "reason": "schema", "offset": 7, "partition": 3}.items()
    assert CLAIM not in json.dumps(line, ensure_ascii=False)
    assert SECRET not in json.dumps(line, ensure_ascii=False)
