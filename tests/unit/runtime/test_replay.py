"""Which dead letters are sent back, and what is said of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.topics import Service
from libs.runtime.deadletters import dead_letter
from libs.runtime.errors import Unacceptable
from libs.runtime.replay import CHUNK, Wanted, described, send_back
from tests.unit.runtime.memory import MemoryOutbox
from tests.unit.runtime.records import a_record


def a_letter(reason: str = "fault", *, topic: str = "reports.commands.v1", value: bytes = b"rahasia") -> Any:
    record = a_record(value, [("ce_type", b"reports.submit-report.v1"), ("ce_subject", b"rahasia")], topic=topic)
    letter = dead_letter(Service.REPORTS, record, Unacceptable(reason, "KeyError at case.py:7"))
    return a_record(letter.value, letter.headers, topic=letter.topic)


def test_letters_are_picked_by_reason_and_time() -> None:
    now = datetime.now(UTC)

    assert Wanted().fits(a_letter())
    assert Wanted(reason="fault").fits(a_letter())
    assert not Wanted(reason="seal").fits(a_letter())
    assert Wanted(since=now - timedelta(minutes=1)).fits(a_letter())
    assert not Wanted(since=now + timedelta(minutes=1)).fits(a_letter())


def test_what_nobody_of_us_put_there_goes_nowhere() -> None:
    assert not Wanted().fits(a_record(b"{}"))
    assert not Wanted().fits(a_letter(topic="somebody.else.v1"))


def test_a_letter_is_described_without_a_word_of_what_it_says() -> None:
    line = described(a_letter())

    assert "reports.commands.v1/3@7  reports.submit-report.v1  fault: KeyError at case.py:7" in line
    assert "rahasia" not in line


async def test_letters_go_back_whole_and_in_order() -> None:
    outbox = MemoryOutbox()

    sent = await send_back([a_letter(value=b"%d" % n) for n in range(CHUNK + 1)], outbox)

    assert sent == CHUNK + 1
    assert [m.value for m in outbox.sent] == [b"%d" % n for n in range(CHUNK + 1)]
    assert {m.topic for m in outbox.sent} == {"reports.commands.v1"}
    assert not any(name.startswith("dlq_") for m in outbox.sent for name, _ in m.headers)
