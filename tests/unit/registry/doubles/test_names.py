import pytest

from libs.contracts.words import PartnerKind
from services.registry.doubles.names import fold, kind_by_name, read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muhammad Rizky", "Moh. Rizki"),
        ("Mohd Rizky", "M. Riski"),
        ("Ahmad Fauzi", "Achmad Pauzi"),
        ("Djoko Soesilo", "Joko Susilo"),
        ("Tjahjo Koemolo", "Cahyo Kumolo"),
        ("Jusuf Rachman", "Yusup Rahman"),
        ("Abdullah", "Abdulla"),
        ("Dr. H. Budi Santoso, S.Kom., M.Si", "Budi Santoso"),
        ("Hj. Siti Aisyah S.Pd", "Siti Aisyah"),
        ("Drs. Ir. Prof. Surya Atmaja M. Si.", "Surya Atmaja"),
        ("Puspa Wardani S. Sos", "Puspa Wardani"),
        ("BUDI SANTOSO", "Budi Santoso"),
        ("Kelompok Informasi Masyarakat Mekar Sari", "KIM Mekar Sari"),
        ("K.I.M. Mekar Sari", "Komunitas Informasi Masyarakat Mekar Sari"),
        ("Diskominfo Kota Cirebon", "Dinas Komunikasi dan Informatika Kota Cirebon"),
        ("PT Radar Cirebon", "Radar Cirebon"),
        ("SDN 2 Perak", "SD Negeri 2 Perak"),
        ("Ma'ruf Amin", "Maruf Amin"),
    ],
)
def test_one_name_in_two_spellings_has_the_same_words(one: str, other: str) -> None:
    assert read(one).folds == read(other).folds


@pytest.mark.parametrize(
    ("one", "other"),
    [("Budi", "Dedi"), ("Sari", "Suri"), ("Hasan", "Husin"), ("Mekar", "Makmur"), ("Tono", "Toni"), ("1", "2")],
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_name_behind_a_comma_is_no_degree() -> None:
    assert read("Prasetyo, R. Fathonah").folds == read("Prasetyo Fathonah").folds


def test_a_degree_in_front_of_a_name_takes_no_part_of_it() -> None:
    assert read("Rahayu R.A. Sabar").folds == read("Rahayu Sabar").folds


def test_whoever_has_nothing_but_a_title_keeps_it() -> None:
    assert read("Haji").folds
    assert read("Ibu RT").folds


def test_the_place_where_it_is_says_nothing_more() -> None:
    assert read("KIM Mekar Sari Kelurahan Drajat Kota Cirebon", "32.74.05.1004").folds == read("KIM Mekar Sari").folds


def test_a_name_that_is_its_place_stays() -> None:
    assert read("KIM Drajat", "32.74.05.1004").folds == ("drayat",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Kelompok Informasi Masyarakat Melati", PartnerKind.COMMUNITY_GROUP),
        ("Puskesmas Kesambi", PartnerKind.GOVERNMENT_ACCOUNT),
        ("SMPN 1 Jombang", PartnerKind.GOVERNMENT_ACCOUNT),
        ("Radar Majalengka", PartnerKind.MEDIA_OUTLET),
        ("Budi Santoso", None),
    ],
)
def test_what_a_name_says_that_it_is(name: str, kind: PartnerKind | None) -> None:
    assert kind_by_name(name) == kind
