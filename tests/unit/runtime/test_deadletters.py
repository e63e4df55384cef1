"""Records that can never be handled, and telling one tenant's rubbish from a fault of ours."""

from libs.contracts.topics import Service, dead_letters
from libs.runtime.deadletters import MOST_HEADERS, FaultBreaker, dead_letter, fault_name, original, reasons
from libs.runtime.errors import Unacceptable
from tests.unit.runtime.records import a_record

REJECTED = Unacceptable("schema", "text: string_too_long")


def test_a_dead_letter_holds_the_record_as_it_came_and_says_why_it_is_there() -> None:
    letter = dead_letter(Service.REPORTS, a_record(b"\x00\xff", [("ce_id", b"\xff"), ("reply_to", b"x")]), REJECTED)

    headers = dict(letter.headers)
    assert (letter.topic, letter.key, letter.value) == (dead_letters(Service.REPORTS), b"t1/r1", b"\x00\xff")
    assert headers["ce_id"] == b"\xff"
    assert headers["dlq_reason"] == b"schema"
    assert headers["dlq_diagnosis"] == b"text: string_too_long"
    assert (headers["dlq_topic"], headers["dlq_partition"], headers["dlq_offset"]) == (
        b"reports.commands.v1",
        b"3",
        b"7",
    )


def test_a_dead_letter_turns_back_into_the_record_that_it_was() -> None:
    record = a_record(b"body", [("ce_id", b"1"), ("reply_to", b"x")])
    letter = dead_letter(Service.REPORTS, record, REJECTED)

    again = original(a_record(letter.value, letter.headers, topic=letter.topic, key=letter.key))

    assert (again.topic, again.key, again.value, again.headers) == (record.topic, record.key, b"body", record.headers)


def test_a_forged_diagnosis_does_not_survive() -> None:
    record = a_record(headers=[("dlq_topic", b"registry.commands.v1"), ("dlq_reason", b"nothing")])

    letter = dead_letter(Service.REPORTS, record, REJECTED)

    assert [v for n, v in letter.headers if n == "dlq_topic"] == [b"reports.commands.v1"]
    assert reasons([a_record(headers=letter.headers)]) == ["schema"]


def test_absurdly_many_headers_and_missing_values_are_carried_as_far_as_they_can_be() -> None:
    record = a_record(None, [("h", None)] * 500, key=None)

    letter = dead_letter(Service.REPORTS, record, REJECTED)

    assert len([n for n, _ in letter.headers if n == "h"]) == MOST_HEADERS
    assert all(isinstance(v, bytes) for _, v in letter.headers)
    assert (letter.key, letter.value) == (None, None)


def noted(
    breaker: FaultBreaker, n: int, *, tenants: int, fault: str = "KeyError at case.py:7", every: float = 1.0
) -> None:
    for i in range(n):
        breaker.note(fault, f"t{i % tenants}", now=i * every)


def test_one_fault_over_many_tenants_in_a_short_time_opens_the_breaker() -> None:
    breaker = FaultBreaker()

    noted(breaker, 20, tenants=3)

    assert breaker.open_for == "KeyError at case.py:7"


def test_one_tenants_rubbish_stops_nobody() -> None:
    breaker = FaultBreaker()

    noted(breaker, 500, tenants=2, every=0.01)

    assert breaker.open_for is None


def test_few_faults_or_faults_over_a_long_time_or_of_many_kinds_do_not_open_it() -> None:
    few, slow, mixed = FaultBreaker(), FaultBreaker(), FaultBreaker()

    noted(few, 19, tenants=3)
    noted(slow, 60, tenants=3, every=4.0)
    for i in range(60):
        mixed.note(f"KeyError at case.py:{i}", f"t{i % 3}", now=i * 0.1)

    assert (few.open_for, slow.open_for, mixed.open_for) == (None, None, None)


def test_a_closed_breaker_starts_to_count_anew() -> None:
    breaker = FaultBreaker()
    noted(breaker, 20, tenants=3)

    breaker.close()
    noted(breaker, 19, tenants=3)

    assert breaker.open_for is None


def test_a_fault_is_named_by_its_type_and_place_and_not_by_what_it_says() -> None:
    names = []
    for secret in ("0812-1111", "0812-2222"):
        try:
            raise KeyError(secret)
        except KeyError as error:
            names.append(fault_name(error))

    assert names[0] == names[1]
    assert names[0].startswith("KeyError at test_deadletters.py:")
    assert fault_name(ValueError("never raised")) == "ValueError at ?"
