"""Tokens of forms in a frame: of one office, for a few hours."""

from datetime import UTC, datetime, timedelta

from services.gateway.access.seats import Seats

AT = datetime(2026, 11, 30, 9, 59, tzinfo=UTC)


def seats(at: datetime = AT, key: bytes = b"k" * 32) -> Seats:
    return Seats(key, now=lambda: at)


def test_a_token_is_good_for_its_office_and_a_few_hours_alone() -> None:
    token = seats().token("cirebon")

    assert seats().is_good("cirebon", token)
    assert seats(AT + timedelta(hours=2)).is_good("cirebon", token)
    assert not seats(AT + timedelta(hours=3)).is_good("cirebon", token)
    assert not seats(AT - timedelta(hours=1)).is_good("cirebon", token)
    assert not seats().is_good("bandung", token)
    assert not seats(key=b"l" * 32).is_good("cirebon", token)


def test_nothing_else_is_a_token() -> None:
    hour, nonce, signed = seats().token("cirebon").split(".")

    for forged in (None, "", "x", f"{int(hour) + 1}.{nonce}.{signed}", f"{hour}.{'0' * 32}.{signed}"):
        assert not seats().is_good("cirebon", forged)


def test_no_two_pages_have_the_same_token() -> None:
    assert seats().token("cirebon") != seats().token("cirebon")
