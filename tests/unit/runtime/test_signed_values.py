"""Cursors and links: what we hand out signed comes back as it went, or is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.runtime import links
from libs.runtime.cursors import Cursors
from libs.runtime.errors import Refused
from libs.runtime.keyring import VersionedKey

CURSORS = Cursors(b"c" * 32)
OLD = VersionedKey("k1", {"k1": b"o" * 32})
BOTH = VersionedKey("k2", {"k1": b"o" * 32, "k2": b"n" * 32})

positions = st.lists(
    st.one_of(st.none(), st.integers(-(2**53), 2**53), st.text(max_size=40), st.booleans()), max_size=4
)


@given(positions)
def test_a_cursor_comes_back_as_the_position_it_was(position: list[Any]) -> None:
    assert CURSORS.decode("cases|t1", CURSORS.encode("cases|t1", position)) == position


def test_a_cursor_belongs_to_one_list_of_one_tenant() -> None:
    cursor = CURSORS.encode("cases|t1", ["2026-03-02", "c1"])

    for scope in ("cases|t2", "reports|t1", ""):
        with pytest.raises(Refused):
            CURSORS.decode(scope, cursor)


def test_a_cursor_of_another_key_or_with_a_changed_character_is_refused() -> None:
    cursor = CURSORS.encode("cases|t1", ["2026-03-02", "c1"])

    with pytest.raises(Refused):
        Cursors(b"d" * 32).decode("cases|t1", cursor)
    for position in range(len(cursor) - 1):
        swapped = "A" if cursor[position] != "A" else "B"
        with pytest.raises(Refused):
            CURSORS.decode("cases|t1", cursor[:position] + swapped + cursor[position + 1 :])


@given(st.text(max_size=700))
def test_a_made_up_cursor_is_a_validation_error_and_nothing_else(cursor: str) -> None:
    with pytest.raises(Refused) as raised:
        CURSORS.decode("cases|t1", cursor)
    assert (raised.value.code, raised.value.fields) == ("validation", ("cursor",))


def test_a_link_opens_what_it_was_made_for() -> None:
    token = links.make(OLD, links.ASSIGNMENT, "t1", "a1", "p1")

    assert links.check(OLD, links.ASSIGNMENT, "t1", token) == ("a1", "p1")


@pytest.mark.parametrize(("purpose", "tenant"), [(links.UNSUBSCRIBE, "t1"), (links.ASSIGNMENT, "t2")])
def test_a_link_opens_nothing_else(purpose: str, tenant: str) -> None:
    token = links.make(OLD, links.ASSIGNMENT, "t1", "a1", "p1")

    assert links.check(OLD, purpose, tenant, token) is None


def test_a_link_outlives_the_exchange_of_its_key_and_ends_with_the_key() -> None:
    token = links.make(OLD, links.UNSUBSCRIBE, "t1", "r1", "report", "email")

    assert links.check(BOTH, links.UNSUBSCRIBE, "t1", token) == ("r1", "report", "email")
    assert links.check(VersionedKey("k2", {"k2": b"n" * 32}), links.UNSUBSCRIBE, "t1", token) is None


@given(st.text(max_size=80))
def test_a_made_up_link_opens_nothing_and_raises_nothing(token: str) -> None:
    assert links.check(BOTH, links.ASSIGNMENT, "t1", token) is None


def test_a_changed_part_is_noticed() -> None:
    kid, content, mac = links.make(OLD, links.ASSIGNMENT, "t1", "a1", "p1").split(".")
    other = links.make(OLD, links.ASSIGNMENT, "t1", "a1", "p2").split(".")[1]

    assert links.check(OLD, links.ASSIGNMENT, "t1", f"{kid}.{other}.{mac}") is None
    assert links.check(OLD, links.ASSIGNMENT, "t1", f"k9.{content}.{mac}") is None
    assert links.check(OLD, links.ASSIGNMENT, "t1", f"{kid}.{content}.{mac[:-4]}") is None
