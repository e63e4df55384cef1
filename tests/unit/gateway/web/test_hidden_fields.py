"""Fields that a page of ours filled in, and that anybody may fill in otherwise."""

from uuid import uuid4

import pytest

from services.gateway.reporting.draft import upload_in
from services.gateway.web.pages import number_in

ODD = ["", "-1", "1.5", "9" * 7, "9" * 5_000, "\u0661\u0662", "\u00b2", " 1", "NaN", "\x00"]


@pytest.mark.parametrize("typed", ODD)
def test_what_is_no_small_number_is_none(typed: str) -> None:
    assert number_in(typed) is None


def test_a_small_number_is_read() -> None:
    assert [number_in(typed) for typed in ("0", "42", "999999")] == [0, 42, 999_999]


@pytest.mark.parametrize("size", ODD)
def test_a_picture_with_an_odd_size_is_still_that_picture(size: str) -> None:
    blob = str(uuid4())

    found = upload_in(f"{blob}~{size}")

    assert found is not None
    assert (found.token.partition("~")[0], found.kilobytes) == (blob, 0)


@pytest.mark.parametrize("token", ["", "~", "bukan-gambar~3", "9" * 5_000])
def test_what_names_no_picture_is_none(token: str) -> None:
    assert upload_in(token) is None
