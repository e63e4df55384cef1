import base64
from datetime import UTC, datetime, timedelta

import pytest

from services.registry.officer.standards import SHORTEST_SECRET
from services.registry.totp import code_at, matching_step, step_at

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of the test vectors in RFC 6238, appendix B; the last six digits of their eight."""
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_at(datetime.fromtimestamp(seconds, UTC))) == code


@pytest.mark.parametrize("length", [SHORTEST_SECRET, 64])
def test_the_shortest_and_the_longest_secret_of_an_officer_make_codes(length: int) -> None:
    secret = base64.b32encode(bytes(length)).decode()

    assert matching_step(secret, code_at(secret, step_at(NOON)), at=NOON) == step_at(NOON)


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_clock_may_be_half_a_minute_off(off: int) -> None:
    code = code_at(SECRET, step_at(NOON + timedelta(seconds=off)))

    assert matching_step(SECRET, f" {code} ", at=NOON) == step_at(NOON) + off // 30


@pytest.mark.parametrize("off", [-60, 60])
def test_a_clock_may_not_be_a_minute_off(off: int) -> None:
    code = code_at(SECRET, step_at(NOON + timedelta(seconds=off)))

    assert matching_step(SECRET, code, at=NOON) is None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "0" * 1000])
def test_what_is_not_a_code_fits_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, at=NOON) is None
