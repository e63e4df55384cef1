"""The envelope: what comes back, what is refused, and what a signature covers."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.envelope import (
    LARGEST_HEADER,
    Actor,
    Envelope,
    MalformedEnvelope,
    encode_time,
    is_genuine,
    milliseconds,
    parse,
    sign,
)

KEY = b"k" * 32
NOW = datetime(2026, 3, 2, 8, 0, 0, 123_000, tzinfo=UTC)


def an_envelope(**more: Any) -> Envelope:
    return Envelope(
        id=UUID("c436c813-2dc1-5fba-9f3e-d6f92a8cac8d"),
        type="reports.submit-report.v1",
        source="/simpul/gateway",
        subject="r1",
        time=NOW,
        tenant="t1",
        correlation_id="c1",
    )._replace(**more)


def changed(name: str, value: bytes | None) -> list[tuple[str, bytes]]:
    headers = dict(an_envelope(actor=Actor("o1", ("verifier",)), sequence=1).headers())
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    return list(headers.items())


def test_every_field_comes_back() -> None:
    whole = an_envelope(
        causation_id=uuid4(), actor=Actor("o1", ("verifier", "editor"), "a1"), sequence=7, traceparent="00-1-2-01",
        signed_by="gateway", key_id="k1", signature=b"\x01" * 32,
    )  # fmt: skip

    assert parse(whole.headers()) == whole


@given(st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)))
def test_times_come_back_to_the_millisecond(time: datetime) -> None:
    assert parse(an_envelope(time=time).headers()).time == milliseconds(time)


def test_a_time_is_written_in_utc_wherever_it_was_made() -> None:
    jakarta = NOW.astimezone(timezone(timedelta(hours=7)))

    assert encode_time(jakarta) == encode_time(NOW) == b"2026-03-02T08:00:00.123Z"


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))
def test_a_time_is_always_written_to_the_millisecond(time: datetime) -> None:
    assert encode_time(time) == time.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ce_id", None, "ce_id missing"),
        ("ce_tenant", None, "ce_tenant missing"),
        ("ce_correlationid", None, "ce_correlationid missing"),
        ("ce_specversion", b"0.3", "ce_specversion"),
        ("ce_id", b"not-a-uuid", "ValueError"),
        ("ce_id", "…".encode(), "UnicodeDecodeError"),
        ("ce_type", b"\xff\xfe", "UnicodeDecodeError"),
        ("ce_type", b"", "ce_type empty or too long"),
        ("ce_source", b"", "ce_source empty or too long"),
        ("ce_subject", b"a" * (LARGEST_HEADER + 1), "ce_subject empty or too long"),
        ("ce_time", b"yesterday", "ValueError"),
        ("ce_time", b"2026-03-02T08:00:00", "ce_time"),
        ("ce_time", b"0001-01-01T00:00:00+23:00", "OverflowError"),
        ("ce_sequence", b"one", "ValueError"),
        ("ce_actor", b"[]", "TypeError"),
        ("ce_actor", b"{}", "id missing"),
        ("ce_actor", b'{"id": "o", "roles": null, "agency": null}', "TypeError"),
        ("ce_actor", b"{", "JSONDecodeError"),
        ("ce_actor", b'{"id": ' + b"[" * 1000 + b"]" * 1000 + b', "roles": [], "agency": null}', "RecursionError"),
        ("ce_signature", b"zz", "ValueError"),
    ],
)
def test_what_cannot_be_read_is_malformed_and_nothing_else(name: str, value: bytes | None, says: str) -> None:
    with pytest.raises(MalformedEnvelope) as raised:
        parse(changed(name, value))

    assert says in str(raised.value) or says == "RecursionError"


def test_a_repeated_header_is_malformed() -> None:
    headers = an_envelope().headers()

    with pytest.raises(MalformedEnvelope, match="ce_tenant repeated"):
        parse([*headers, ("ce_tenant", b"t2")])


def test_headers_of_others_are_passed_over() -> None:
    others: list[tuple[str, bytes]] = [("reply_to", b"anywhere"), ("traceparent", b"\xff"), ("traceparent", b"x")]

    assert parse([*an_envelope().headers(), *others]) == an_envelope()


@given(st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=40)), max_size=8))
def test_any_headers_at_all_are_an_envelope_or_malformed(headers: list[tuple[str, bytes]]) -> None:
    names = [n for n, _ in an_envelope().headers()]
    mixed = [(names[len(n) % len(names)] if len(n) % 2 else n, v) for n, v in headers]
    with contextlib.suppress(MalformedEnvelope):
        parse([*an_envelope().headers()[: len(mixed)], *mixed])


BODY = b'{"a": 1}'


def signed() -> Envelope:
    return sign(an_envelope(actor=Actor("o1", ("verifier",))), BODY, by="gateway", key_id="k1", key=KEY)


def test_what_was_signed_is_genuine_after_the_journey() -> None:
    assert is_genuine(parse(signed().headers()), BODY, key=KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"id": uuid4()},
        {"type": "reports.close-case.v1"},
        {"tenant": "t2"},
        {"subject": "r2"},
        {"time": NOW + timedelta(milliseconds=1)},
        {"actor": Actor("o1", ("approver",))},
        {"actor": None},
        {"signature": None},
        {"signature": b""},
    ],
    ids=lambda c: next(iter(c)),
)
def test_a_signature_covers_what_the_command_says_and_for_whom(change: dict[str, Any]) -> None:
    assert not is_genuine(signed()._replace(**change), BODY, key=KEY)


def test_a_signature_covers_the_body_and_needs_the_key() -> None:
    assert not is_genuine(signed(), BODY + b" ", key=KEY)
    assert not is_genuine(signed(), BODY, key=b"j" * 32)


def test_fields_cannot_be_shifted_into_each_other() -> None:
    one = sign(an_envelope(tenant="t1", subject="r1"), BODY, by="gateway", key_id="k1", key=KEY)

    assert not is_genuine(one._replace(tenant="t1\nr1", subject=""), BODY, key=KEY)
