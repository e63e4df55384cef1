"""Whom to ask next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notify.assignment.choosing import Asked, choose

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def asked(days: int, times: int = 0) -> Asked:
    return Asked(last=NOW - timedelta(days=days), times=times)


def test_who_was_never_asked_comes_first_and_then_who_waited_longest() -> None:
    known = {"yesterday": asked(1, 1), "long-ago": asked(41)}

    found = choose(["yesterday", "long-ago", "never"], known, wanted=3, cap=3, now=NOW)

    assert [(one.partner_id, one.days_ago, one.chosen) for one in found] == [
        ("never", None, True),
        ("long-ago", 41, True),
        ("yesterday", 1, True),
    ]


def test_who_was_asked_as_often_as_may_be_is_passed_over_and_named() -> None:
    found = choose(["often", "new"], {"often": asked(2, 3)}, wanted=5, cap=3, now=NOW)

    assert [(one.partner_id, one.chosen, one.over_cap, one.times) for one in found] == [
        ("new", True, False, 0),
        ("often", False, True, 3),
    ]


def test_no_more_are_chosen_than_wanted() -> None:
    found = choose([str(n) for n in range(9)], {}, wanted=4, cap=1, now=NOW)

    assert len(found) == 4


partners = st.lists(st.text("abcdef", min_size=1, max_size=3), max_size=30)
histories = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.builds(asked, st.integers(0, 400), st.integers(0, 6)), max_size=30
)


@given(partners, histories, st.integers(1, 20), st.integers(1, 5))
def test_nobody_beyond_the_cap_and_nobody_else_is_chosen(
    active: list[str], known: Mapping[str, Asked], wanted: int, cap: int
) -> None:
    found = choose(active, known, wanted=wanted, cap=cap, now=NOW)
    chosen = [one.partner_id for one in found if one.chosen]
    free = {one for one in active if one not in known or known[one].times < cap}

    assert len(chosen) == len(set(chosen)) == min(wanted, len(free))
    assert set(chosen) <= free
    assert {one.partner_id for one in found} <= set(active)


@given(partners, histories, st.randoms())
def test_the_same_question_has_the_same_answer_in_whatever_order_it_is_asked(
    active: list[str], known: Mapping[str, Asked], random: object
) -> None:
    shuffled = list(active)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    first, second = (choose(each, known, wanted=5, cap=2, now=NOW) for each in (active, shuffled))

    assert first == second


@given(partners, histories, st.integers(1, 10))
def test_nobody_is_passed_by_who_was_asked_later(active: list[str], known: Mapping[str, Asked], wanted: int) -> None:
    found = choose(active, known, wanted=wanted, cap=7, now=NOW)
    chosen = {one.partner_id for one in found if one.chosen}

    def waited(one: str) -> float:
        return (NOW - known[one].last).days if one in known else float("inf")

    assert all(waited(inside) >= waited(outside) for inside in chosen for outside in set(active) - chosen)
