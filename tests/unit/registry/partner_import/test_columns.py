"""Headings as people write them."""

import pytest

from libs.kit.sheets import Row
from services.registry.partner_import.columns import ATTRIBUTE, IGNORED, field_of, header_among, problems_of, proposed


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Nama KIM", "name"),
        ("NAMA LENGKAP ", "name"),
        ("Partner name", "name"),
        ("Jenis Mitra", "kind"),
        ("Kel./Desa", "village"),
        ("kelurahan/desa", "village"),
        ("Kecamatan", "district"),
        ("Kode Wilayah (Kemendagri)", "area"),
        ("village_code", "area"),
        ("No. WhatsApp aktif", "phone"),
        ("No HP", "phone"),
        ("Nomor HP Ketua", "chair_phone"),
        ("Ketua", "chair"),
        ("Alamat e-mail", "email"),
        ("Alamat", "address"),
        ("Akun 1", "account"),
        ("Akun_12", "account"),
        ("Akun Instagram", "account:instagram"),
        ("X/Twitter", "account:x"),
        ("Nomor SK", "decree_number"),
        ("Tgl. SK", "decree_on"),
        ("Masa berlaku", "term_until"),
        ("Valid from", "term_from"),
        ("Jumlah Anggota", "members"),
        ("No.", IGNORED),
        ("Warna kaus", None),
        ("", None),
    ],
)
def test_a_heading_names_its_field(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_headings_are_found_below_titles() -> None:
    rows = [
        Row(1, ["DAFTAR KIM KOTA CIREBON 2026"]),
        Row(2, ["Sumber: Bidang Komunikasi"]),
        Row(4, ["No", "Nama KIM", "Kelurahan", "No WA"]),
        Row(5, [1, "KIM Kejaksan", "Kejaksan", "081234567890"]),
    ]

    assert header_among(rows) == 2
    assert header_among([Row(1, ["a", "b"]), Row(2, ["c", "d"])]) == 0


def test_what_stands_once_belongs_to_its_first_column_and_what_nobody_knows_is_kept() -> None:
    headings = ["Nama", "Nama lengkap", "Akun 1", "Akun 2", "Warna kaus", ""]

    assert proposed(headings) == ("name", IGNORED, "account", "account", ATTRIBUTE, IGNORED)


def test_a_mapping_needs_a_name_and_a_kind() -> None:
    assert problems_of(("phone",), kind="") == ("name_missing", "kind_missing")
    assert problems_of(("name", "phone"), kind="community_group") == ()
    assert problems_of(("name", "kind", "email", "email"), kind="") == ("column_twice",)
    assert problems_of(("name", "kind", "shoe_size"), kind="") == ("field_unknown",)
