"""Rows of a file as the partners that they tell of."""

from datetime import date

import pytest

from libs.contracts.words import PartnerKind
from libs.kit import handles
from libs.kit.sheets import Cell, NoValue, Row
from services.registry.partner_import.columns import proposed
from services.registry.partner_import.reading import (
    Columns,
    Entry,
    Wrong,
    _plain,
    account_of,
    day_of,
    email_of,
    kind_of,
    phone_of,
    read,
)

CITY = "32.74"


def columns(*headings: str, **more: str) -> Columns:
    return Columns(fields=proposed(headings), headings=headings, region=CITY, **more)


def entry(cells: list[Cell], *headings: str, **more: str) -> Entry:
    found, wrong = read(Row(17, cells), columns(*headings, **more))
    assert found is not None, wrong
    return found


def wrongs(cells: list[Cell], *headings: str, **more: str) -> list[tuple[str, str]]:
    found, wrong = read(Row(17, cells), columns(*headings, **more))
    assert found is None
    return [(one.cell(17), one.code) for one in wrong]


def test_a_row_with_all_that_matters() -> None:
    found = entry(
        ["KIM Melati ", "KIM", "Kejaksan", "Kejaksan", 81234567890, "@kim.melati", "a@b.example", "12/SK/2026",
         date(2026, 1, 2), "31 Desember 2028", "kelurahan", "25 orang", "hoaks; kesehatan", "merah"],
        "Nama", "Jenis", "Kelurahan", "Kecamatan", "WhatsApp", "Instagram", "Surel", "Nomor SK", "Tanggal SK",
        "Berakhir", "Tingkat", "Jumlah anggota", "Topik", "Warna kaus",
    )  # fmt: skip

    assert (found.name, found.kind, found.area) == ("KIM Melati", "community_group", "32.74.01.1001")
    assert (found.phone, found.email) == ("+6281234567890", "a@b.example")
    assert [account.identity_key for account in found.accounts] == ["instagram:profile:kim.melati"]
    assert found.values == {
        "decree_number": "12/SK/2026", "decree_on": "2026-01-02", "term_until": "2028-12-31", "level": "village",
        "members": 25, "topics": "hoaks\nkesehatan", "attributes": "Warna kaus: merah",
    }  # fmt: skip


def test_every_cell_that_is_wrong_is_named_at_once() -> None:
    told = wrongs(
        [None, "Tukang kebun", "Bandung", "8,12E+11", "bukan surel", "https://vm.tiktok.com/ZM123/", "32/13/2026",
         NoValue("formula_empty")],
        "Nama", "Jenis", "Wilayah", "HP", "Surel", "Akun", "Tanggal SK", "Alamat",
    )  # fmt: skip

    assert sorted(told) == [
        ("A17", "required"), ("B17", "kind_unknown"), ("C17", "area_unknown"), ("D17", "phone_digits_lost"),
        ("E17", "email_invalid"), ("F17", "account_unresolved"), ("G17", "date_invalid"), ("H17", "formula_empty"),
    ]  # fmt: skip


def test_what_may_mean_several_areas_says_which() -> None:
    _, wrong = read(Row(3, ["KIM A", "Kejaksan"]), columns("Nama", "Wilayah", kind="community_group"))

    assert wrong == (Wrong("area_ambiguous", "area", 1, "Kejaksan", ("32.74.01", "32.74.01.1001")),)


def test_names_beside_a_code_are_held_to_each_other() -> None:
    headings = ("Nama", "Kode wilayah", "Kecamatan")

    assert entry(["A", "32.74.05.1003", "Kesambi"], *headings, kind="activist").area == "32.74.05.1003"
    assert wrongs(["A", "32.74.05.1003", "Kejaksan"], *headings, kind="activist") == [("B17", "area_contradicts")]


def test_rows_without_kind_and_area_take_those_that_were_chosen() -> None:
    found = entry(["A"], "Nama", kind=PartnerKind.ACTIVIST, area="32.74.05")

    assert (found.kind, found.area) == ("activist", "32.74.05")
    assert entry(["A"], "Nama", kind=PartnerKind.ACTIVIST).area == CITY


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0812 3456 7890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        (81234567890, "+6281234567890"),
        (81234567890.0, "+6281234567890"),
        (6281234567890, "+6281234567890"),
        ("8.1234567890E+10", "+6281234567890"),
        ("8,123456789E+10", None),
        ("6.281234567890E+12", "+6281234567890"),
        ("'081234567890", "+6281234567890"),
        ("0812 3456 7890 / 0813 1111 2222", "+6281234567890"),
        ("(0231) 123456", "+62231123456"),
        (231123456, "+62231123456"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_phone_numbers_are_read_back_from_what_a_spreadsheet_made_of_them(cell: Cell, number: str | None) -> None:
    if number is None:
        with pytest.raises(ValueError, match="phone_digits_lost"):
            phone_of(cell)
    else:
        assert phone_of(cell) == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("8.12E+11", "phone_digits_lost"),
        ("8,12E+11", "phone_digits_lost"),
        ("6.28123E+12", "phone_digits_lost"),
        ("12", "phone_invalid"),
        ("tidak punya", "phone_invalid"),
        (True, "phone_invalid"),
        (812.5, "phone_invalid"),
    ],
)
def test_phone_numbers_that_are_lost_or_none(cell: Cell, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        phone_of(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 8, 1), "2026-08-01"),
        (46235, "2026-08-01"),
        ("46235", "2026-08-01"),
        ("2026-08-01", "2026-08-01"),
        ("2026-08-01 00:00:00", "2026-08-01"),
        ("1/8/2026", "2026-08-01"),
        ("01-08-2026", "2026-08-01"),
        ("1 Agustus 2026", "2026-08-01"),
        ("1 Agt 26", "2026-08-01"),
    ],
)
def test_days_as_dates_as_numbers_and_as_texts(cell: Cell, day: str) -> None:
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", ["31/02/2026", "8/13/2026", "besok", 12, 2026, "1 Smarch 2026", True])
def test_days_that_are_none(cell: Cell) -> None:
    with pytest.raises(ValueError, match="date_invalid"):
        day_of(cell)


def test_a_term_that_ends_before_it_begins() -> None:
    told = wrongs(["A", "2/1/2026", "1/1/2026"], "Nama", "Mulai berlaku", "Berakhir", kind="activist")

    assert told == [("C17", "term_backwards")]


@pytest.mark.parametrize(
    ("text", "platform", "key"),
    [
        ("https://www.instagram.com/Kim.Melati/?hl=id", "", "instagram:profile:kim.melati"),
        ("instagram.com/kim.melati", "", "instagram:profile:kim.melati"),
        ("@kim.melati", "instagram", "instagram:profile:kim.melati"),
        ("IG: @kim.melati", "", "instagram:profile:kim.melati"),
        ("tiktok: kim.melati", "", "tiktok:profile:kim.melati"),
        ("kimmelati", "x", "x:profile:kimmelati"),
        ("kabar-kesambi.example.id", "", "web:page:kabar-kesambi.example.id"),
    ],
)
def test_accounts_by_address_and_by_name(text: str, platform: str, key: str) -> None:
    assert account_of(text, platform).identity_key == key


@pytest.mark.parametrize(
    ("text", "platform", "code"),
    [
        ("@kim.melati", "", "account_platform_missing"),
        ("https://www.instagram.com/p/abcdefg", "", "account_is_content"),
        ("https://vm.tiktok.com/ZM123/", "", "account_unresolved"),
        ("https://instagram.com@evil.example/kim", "", "url_userinfo"),
        ("https://www.instаgram.com/kim", "", "url_look_alike"),
        ("kim melati", "instagram", "account_display_name"),
        ("kіm", "instagram", "account_confusable"),
        ("081234567890", "instagram", "account_is_phone"),
        ("kim", "friendster", "account_platform_unknown"),
    ],
)
def test_accounts_that_are_none(text: str, platform: str, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        account_of(text, platform)


def test_platform_and_handle_in_two_columns_and_several_accounts_in_one_cell() -> None:
    pair = entry(["A", "twitter", "kim_a"], "Nama", "Platform", "Handle", kind="activist")
    several = entry(
        ["A", "https://instagram.com/kim.a https://www.tiktok.com/@kim.a\n@kim_b", "-"],
        "Nama", "Instagram", "Facebook", kind="activist",
    )  # fmt: skip

    assert [a.identity_key for a in pair.accounts] == ["x:profile:kim_a"]
    assert [a.identity_key for a in several.accounts] == [
        "instagram:profile:kim.a", "tiktok:profile:kim.a", "instagram:profile:kim_b"
    ]  # fmt: skip
    assert wrongs(["A", "friendster", "kim"], "Nama", "Platform", "Handle", kind="activist") == [
        ("C17", "account_platform_unknown")
    ]


def test_the_short_way_to_an_account_leads_to_the_same_as_the_long_one() -> None:
    hosts = ("instagram.com", "tiktok.com", "facebook.com", "x.com", "youtube.com", "threads.com", "t.me")
    names_ = ("kim", "kim.melati", "kim_melati_7", "@kim_melati", "12345", "explore", "p", "share", "k.i.m", "groups")
    typed = [(f"{scheme}{host}/{name}", "") for scheme in ("", "https://www.") for host in hosts for name in names_]
    typed += [(name, rule) for rule in handles.rules() for name in names_]

    short = 0
    for text, platform in typed:
        read_ = _plain(text, platform)
        if read_ is not None:
            short += 1
            assert read_ == handles.account(text, platform), (text, platform)
    assert short > 60


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("KIM", "community_group"),
        ("Kelompok Informasi Masyarakat", "community_group"),
        ("Influencer", "influencer"),
        ("konten kreator", "creator"),
        ("Media Online", "media_outlet"),
        ("community_group", "community_group"),
        ("Akun OPD", "government_account"),
        ("pegiat medsos", "activist"),
        ("tukang kebun", None),
    ],
)
def test_kinds_by_their_words(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_an_address_with_what_mail_programs_put_around_it() -> None:
    assert email_of("mailto:kim@contoh.example;") == "kim@contoh.example"
    for typed in ("kim@contoh", "kim contoh.example", "a@b..example", "@x.example"):
        with pytest.raises(ValueError, match="email_invalid"):
            email_of(typed)


def test_a_name_that_hides_characters_is_refused() -> None:
    assert wrongs(["KIM \u202eatik"], "Nama", kind="activist") == [("A17", "invisible")]
    assert wrongs(["x" * 161], "Nama", kind="activist") == [("A17", "too_long")]
