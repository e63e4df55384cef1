import pytest

from libs.kit.roots import roots, trunk


@pytest.mark.parametrize(
    ("root", "forms"),
    [
        ("culik", "penculikan diculik menculik penculik culik penculiknya diculiknya"),
        ("rampok", "perampokan perampok dirampok merampok"),
        ("suntik", "penyuntikan disuntik menyuntik disuntikkan"),
        ("pajak", "perpajakan pajaknya"),
        ("sebar", "disebarkan penyebaran menyebarkan tersebar"),
        ("bagi", "pembagian dibagikan membagi membagikan"),
        ("ungsi", "mengungsi pengungsi pengungsian diungsikan"),
        ("jadi", "terjadi kejadian menjadi"),
        ("racun", "keracunan meracuni diracuni"),
        ("vaksin", "vaksinasi divaksin memvaksin vaksinnya"),
        ("bom", "pengeboman dibom"),
        ("curi", "pencurian dicuri mencuri pencuri"),
        ("ubah", "mengubah diubah perubahan"),
        ("temu", "mempertemukan dipertemukan pertemuan ditemukan"),
    ],
)
def test_the_forms_of_a_word_share_its_root(root, forms) -> None:
    assert [form for form in forms.split() if root not in roots(form)] == []


@pytest.mark.parametrize(
    ("word", "other"),
    [("relawan", "rawan"), ("bekasi", "bekas"), ("pekalongan", "kalong"), ("kuningan", "kuning"), ("maruf", "ruf")],
)
def test_a_name_is_not_made_of_a_word_that_it_contains(word, other) -> None:
    assert other not in roots(word)


def test_a_new_word_is_found_between_the_affixes_of_a_verb() -> None:
    assert trunk("diviralkan") == trunk("memviralkan") == "viral"
    assert trunk("cirebon") == "cirebon"
