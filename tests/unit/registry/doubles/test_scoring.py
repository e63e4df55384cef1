"""What makes two one, and what does not, among twenty thousand."""

from dataclasses import replace

import pytest

from services.registry.doubles.entries import account_key, address_key, decree_key, entry
from services.registry.doubles.scoring import CUT, Corpus, Entry, Likeness, Reason, compared

DRAJAT, KESAMBI = "32.74.05.1003", "32.74.05.1001"
MANY = Corpus(size=20_000)


def a_partner(name: str = "Harsanto Rajata", **told: object) -> Entry:
    given = {
        "area": DRAJAT, "phones": ["081234567890"], "emails": ["harsanto@surel.example"],
        "accounts": ["instagram:harsanto.r"], "address": "Jl. Kartini No. 12",
    }  # fmt: skip
    return entry("a", name, **{**given, **told})  # type: ignore[arg-type]


def another(name: str, **told: object) -> Entry:
    given = {
        "area": DRAJAT, "phones": ["081299988877"], "emails": ["lain@surel.example"], "accounts": ["tiktok:lain"],
        "address": "Gang Melati No. 3",
    }  # fmt: skip
    return entry("b", name, **{**given, **told})  # type: ignore[arg-type]


def likeness(a: Entry, b: Entry) -> Likeness:
    there, back = compared(a, b, MANY), compared(b, a, MANY)
    assert there.bits == pytest.approx(back.bits)
    assert set(there.reasons) == set(back.reasons)
    return there


ONE = {
    "a slip and a new number": (a_partner(), a_partner("Harsnato Rajata", phones=["081299988877"])),
    "another order and a new account": (a_partner(), a_partner("Rajata Harsanto", accounts=["x:lain"])),
    "another spelling and a new mailbox": (
        a_partner("Djoko Soesilo"),
        a_partner("Joko Susilo", emails=["lain@surel.example"]),
    ),
    "moved, with the mail alone": (
        a_partner(),
        another("Harsanto Rajata", area="32.74.01.1001", emails=["harsanto@surel.example"]),
    ),
    "the same account under the chair's name": (
        a_partner("KIM Mekar Sari", accounts=["instagram:kim.ms"]),
        a_partner("Harsanto Rajata", accounts=["instagram:kim.ms"]),
    ),
    "a handle on another platform": (
        a_partner("KIM Mekar Sari", accounts=["instagram:kim.mekarsari.drajat"]),
        another("Kelompok Informasi Masyarakat Mekarsari", accounts=["facebook:kimmekarsaridrajat"]),
    ),
    "a digit of the number wrong": (a_partner(), another("Harsanto Rajata", phones=["081234567891"])),
}


@pytest.mark.parametrize("pair", ONE.values(), ids=ONE)
def test_two_entries_of_one_are_a_likely_double(pair: tuple[Entry, Entry]) -> None:
    assert likeness(*pair).bits >= CUT


TWO = {
    "one family and village": (a_partner(), another("Budi Rajata")),
    "father and son with one telephone": (
        a_partner(),
        another("Budi Rajata", phones=["081234567890"], address="Jl. Kartini No. 12"),
    ),
    "one name in two towns": (a_partner(), another("Harsanto Rajata", area="32.10.01.2001")),
    "KIM of neighbouring villages": (
        a_partner("KIM Mekar Sari", decree="400.14/7/2024"),
        another("KIM Mekar Sari", area=KESAMBI, decree="400.14/7/2024"),
    ),
    "KIM of neighbouring villages with one coach": (
        a_partner("KIM Mekar Sari"),
        another("KIM Mekar Sari", area=KESAMBI, phones=["081234567890"]),
    ),
    "two papers of one editor": (
        a_partner("Radar Cirebon Timur"),
        a_partner("Kabar Cirebon Timur", accounts=["instagram:kabar"]),
    ),
    "two accounts of one office": (
        a_partner("Dinas Kesehatan Kota Cirebon"),
        a_partner("Dinas Kesehatan Kota Cirebon", accounts=["instagram:ppid.dinkes"]),
    ),
    "two schools": (a_partner("SDN 1 Drajat"), a_partner("SDN 2 Drajat", accounts=["facebook:sdn2"])),
    "north and south": (
        a_partner("Radar Majalengka Utara"),
        a_partner("Radar Majalengka Selatan", accounts=["x:selatan"]),
    ),
}


@pytest.mark.parametrize("pair", TWO.values(), ids=TWO)
def test_two_that_look_alike_are_none(pair: tuple[Entry, Entry]) -> None:
    assert likeness(*pair).bits < CUT


def test_the_reasons_name_what_they_share() -> None:
    found = likeness(a_partner(), a_partner("Rajata Harsanto", phones=["081299988877"]))

    assert set(found.reasons) == {
        Reason.NAME_IN_OTHER_ORDER, Reason.SAME_EMAIL, Reason.SAME_ACCOUNT, Reason.SAME_ADDRESS, Reason.SAME_AREA,
    }  # fmt: skip


def test_what_many_hold_says_less() -> None:
    a, b = a_partner(), a_partner("Harsanto Rajata", accounts=[])
    few = compared(a, b, Corpus(size=20_000, held={"+6281234567890": 2}))
    many = compared(a, b, Corpus(size=20_000, held={"+6281234567890": 400}))

    assert many.bits < few.bits


def test_a_score_lies_between_nought_and_one() -> None:
    assert Likeness(0).score == 0.5
    assert 0 <= Likeness(-10_000).score < 0.01
    assert 0.99 < Likeness(10_000).score <= 1


def test_a_partner_with_nothing_told_is_nobody_s_double() -> None:
    empty = entry("b", "")

    assert likeness(a_partner(), empty).bits < CUT
    assert likeness(empty, replace(empty, id="c")).bits < CUT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SK No. 400.14/012/2024", "sk nomor 400.14 / 012 / 2024"),
        ("141/Kep.12-Diskominfo/2023", "141/KEP.12/DISKOMINFO/2023"),
    ],
)
def test_a_decree_s_number_as_it_is_written(one: str, other: str) -> None:
    assert decree_key(one) == decree_key(other) != decree_key("400.14/013/2024")


def test_an_address_as_it_is_written() -> None:
    assert address_key("Jl. Merdeka No. 7 RT 01/RW 02") == address_key("Jalan Merdeka 7, RT 1 RW 2") != ""
    assert address_key("Jl. Merdeka") == ""


def test_an_account_as_it_is_written() -> None:
    assert account_key("Instagram", "@KIM.Mojoagung") == account_key("", "https://www.instagram.com/kim.mojoagung/")
    assert account_key("instagram", "  ") == ""
