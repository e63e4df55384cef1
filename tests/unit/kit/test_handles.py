import csv
from pathlib import Path

import pytest

from libs.kit.handles import KINDS, NotAnAccount, account, rules, understood

TABLE = Path(__file__).with_name("accounts.csv")
SIGN = {"letters": "a", "any letters": "a", "digits": "7"}


def rows() -> list[dict[str, str]]:
    """As typed, the platform named beside it, and what is read or why it is refused."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(typed: str, named: str) -> dict[str, str]:
    try:
        found = account(typed, named)
    except NotAnAccount as refused:
        return {"platform": "", "kind": "", "id": "", "url": "", "identity": "", "problem": refused.code}
    said = (found.platform, found.kind, found.id, found.url, found.identity, "")
    return dict(zip(("platform", "kind", "id", "url", "identity", "problem"), said, strict=True))


def test_every_form_is_read_as_the_table_says() -> None:
    wrong = [
        (row["typed"], row["named"], says)
        for row in rows()
        if (says := read(row["typed"], row["named"])) != {name: row[name] for name in says}
    ]

    assert len(rows()) > 300
    assert wrong == []


def test_what_was_read_is_read_the_same_again() -> None:
    moved = [row["url"] for row in rows() if row["url"] and account(row["url"]).identity != row["identity"]]

    assert moved == []


@pytest.mark.parametrize("key", sorted(rules()))
def test_a_platform_takes_names_as_short_and_as_long_as_the_table_says(key) -> None:
    """Where the table and the rules for addresses part, somebody is told that their own name is wrong."""
    rule = rules()[key]
    one = SIGN[rule.signs[0]]
    if key == "web":
        pytest.skip("a site is no name")

    for length in (rule.shortest, rule.longest):
        assert account(one * length, key).kind in KINDS
    for length in (rule.shortest - 1, rule.longest + 1):
        with pytest.raises(NotAnAccount):
            account(one * length, key)


@pytest.mark.parametrize("key", sorted(rules()))
def test_every_sign_of_the_table_may_stand_in_a_name(key) -> None:
    rule = rules()[key]
    if key == "web":
        pytest.skip("a site is no name")

    # A number alone is what the platform itself calls an account.
    for sign in rule.signs:
        assert account(f"{'a' * rule.shortest}{SIGN.get(sign, sign)}a", key).kind in KINDS


def test_a_word_names_one_platform() -> None:
    called = [word for rule in rules().values() for word in rule.called]

    assert sorted(called) == sorted(set(called))


def test_every_example_of_the_table_is_an_account() -> None:
    assert {rule.key for rule in rules().values() if not account(rule.example).identity} == set()


def test_the_letter_that_deceives_is_named() -> None:
    with pytest.raises(NotAnAccount) as refused:
        account("ig: kіm")

    assert refused.value.detail == "і (CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I)"


def test_a_post_is_understood_though_it_is_no_account() -> None:
    assert understood("https://www.instagram.com/p/CabcDEFghi1/").kind == "post"


@pytest.mark.parametrize("typed", ["ig: " * 600, "a" * 5_000, "@" * 2_000, "(" * 2_000, "ig " * 600, "a - " * 500])
def test_nonsense_is_refused_at_once(typed) -> None:
    with pytest.raises(NotAnAccount):
        account(typed)
