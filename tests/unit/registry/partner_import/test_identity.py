"""Which rows tell of which partner."""

from dataclasses import replace

import pytest

from services.registry.partner_import.identity import Known, as_known, is_same, keys_of_entry, the_same
from services.registry.partner_import.reading import Account, Entry


def account(name: str) -> Account:
    return Account("instagram", name, f"https://www.instagram.com/{name}", f"instagram:profile:{name}")


def kim(**changes: object) -> Entry:
    base = Entry(
        name="KIM Melati", kind="community_group", area="32.74.01", phone="+6281234567890", email="kim@contoh.example",
        accounts=(account("kim.melati"),), values={"decree_number": "12/SK"},
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


BARE = {"phone": "", "email": "", "accounts": (), "values": {}}


def test_the_strongest_key_comes_first() -> None:
    assert keys_of_entry(kim()) == (
        "a|instagram:profile:kim.melati", "p|+6281234567890", "m|kim@contoh.example", "d|12sk", "n|kimmelati|32.74.01"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        # One thing changed, whatever it is, and it is still the same partner.
        ({"name": "KIM Mawar"}, True),
        ({"phone": "+6281300000000"}, True),
        ({"accounts": (account("kim.baru"),)}, True),
        ({"area": "32.74.02"}, True),
        # Nothing left in common but the number, which the office of the district may have given for all of its groups.
        ({"name": "KIM Mawar", "area": "32.74.02", "accounts": (account("mawar"),), "email": "", "values": {}}, False),
        ({"name": "KIM Mawar", "accounts": (), "email": "", "values": {}}, True),
        ({"name": "KIM Mawar", "accounts": (account("mawar"),), "email": "", "values": {}}, False),
        # The name alone.
        ({**BARE}, True),
        ({**BARE, "phone": "+6281300000000"}, True),
        ({**BARE, "name": "kim  MELATI!"}, True),
        ({**BARE, "area": "32.74.02"}, False),
        ({**BARE, "kind": "activist"}, False),
    ],
)
def test_what_two_have_in_common_and_what_keeps_them_apart(changes: dict[str, object], same: bool) -> None:
    assert is_same(kim(**changes), as_known("1", kim())) is same


def test_two_people_of_one_name_are_two_where_both_have_a_number() -> None:
    one = replace(kim(**BARE), kind="activist", name="Budi Santoso", phone="+6281234567890")

    assert not is_same(replace(one, phone="+6281300000000"), as_known("1", one))
    assert is_same(replace(one, phone=""), as_known("1", one))


def test_of_several_the_one_with_the_strongest_key() -> None:
    by_account = Known("1", "KIM X", "community_group", "32.74.02", accounts=("instagram:profile:kim.melati",))
    by_name = Known("2", "KIM Melati", "community_group", "32.74.01")

    assert the_same(kim(), [by_name, by_account]) == by_account
    assert the_same(kim(), [by_name]) == by_name
    assert the_same(kim(), [Known("3", "Z", "activist", "32.74.03")]) is None
