import pytest

from services.reports.search import asked, number_asked, search_terms


def is_found(published: str, query: str) -> bool:
    terms, groups = search_terms(published), asked(query)
    return bool(groups) and all(group.is_in(terms) for group in groups)


ABDUCTION = "Penculikan anak di Pasar Talun tidak pernah terjadi"
ROBBERY = "Perampokan toko emas di Ciledug adalah video lama"
NAME = "KH Ma'ruf Sukmana tidak meminta transfer zakat"
AMOUNT = "Bantuan Rp50.000 per kepala tidak ada"
VACCINE = "Vaksin rabies gratis tersedia di puskesmas"
TOWN = "Relawan Bekasi membagikan masker"

FOUND = {
    ABDUCTION: [
        "penculikan", "diculik", "menculik", "culik", "hoaks penculikan anak", "PENCULIKAN", "pencul",
        "apakah benar penculikan",
    ],
    ROBBERY: ["rampok", "perampok", "dirampok", "perampokan emas", "ciled", "perampokan di ciledug"],
    NAME: ["maruf", "ma'ruf", "ma’ruf", "ma`ruf", "Maruf Sukmana", "kh maruf", "sukm", "mentransfer"],
    AMOUNT: [
        "Rp 50.000", "50 ribu", "Rp50.000", "50rb", "50000", "Rp 50.000,-", "rp50rb", "50 ribu rupiah",
        "bantuan 50k", "Rp. 50.000",
    ],
    VACCINE: ["vaksinasi rabies", "vaksin", "vaks", "digratiskan", "puskesmas"],
    TOWN: ["relawan", "bekasi", "bagi masker", "dibagikan", "BEKASI"],
    "Subsidi Rp1,5 juta untuk UMKM": ["1.500.000", "Rp 1,5 juta", "1,5jt", "1.5 juta", "umkm"],
    "Anggaran Rp2 miliar": ["2 milyar", "2.000.000.000"],
    "Virus Covid-19 dan jaringan 5G": ["covid19", "covid 19", "COVID-19", "5g", "covid"],
    "SMPN 3 libur pada hari Jum'at, 17/8": ["jumat", "smpn 3", "smpn3"],
    "Do’a bersama di Masjid Al-Qur'an": ["doa", "quran"],
    "Video diviralkan warganet": ["viral", "memviralkan"],
    "Café Rénald tutup": ["cafe", "renald"],
}  # fmt: skip
NOT_FOUND = {
    ABDUCTION: ["penculikan bayi", "kulit"],
    VACCINE: ["vaksin campak sapi"],
    TOWN: ["rawan", "bekas"],
    AMOUNT: ["5", "50", "500.000", "50 juta", "5.000"],
    "Kota Pekalongan aman": ["kalong", "kotak"],
    "SMPN 13 libur": ["smpn 3", "smpn 1"],
}


@pytest.mark.parametrize(("published", "query"), [(text, query) for text, found in FOUND.items() for query in found])
def test_an_answer_is_found_by_what_people_type(published: str, query: str) -> None:
    assert is_found(published, query)


@pytest.mark.parametrize(("published", "query"), [(text, query) for text, not_ in NOT_FOUND.items() for query in not_])
def test_an_answer_is_not_found_by_a_word_that_only_looks_alike(published: str, query: str) -> None:
    assert not is_found(published, query)


@pytest.mark.parametrize("query", ["", "  ", "?!", "\u200b", "a"])
def test_a_query_without_words_asks_for_nothing_or_one_letter(query: str) -> None:
    assert len(asked(query)) <= 1


@pytest.mark.parametrize(
    "query", ["CRB-4F7K-9XM0", "crb-4f7k-9xm0", "CRB4F7K9XM0", "crb 4f7k 9xmo", "CRB–4F7K–9XM0", " CRB-4F7K-9XMO "]
)
def test_an_answer_is_looked_up_by_its_number(query: str) -> None:
    assert number_asked(query) == {"ix.number": "CRB-4F7K-9XM0"}


def test_a_number_of_letters_only_is_looked_up_with_those_of_its_office() -> None:
    assert number_asked("crb xpay hhmd") == {"ix.number": "CRB-XPAY-HHMD"}
    assert number_asked("xpay hhmd") is None


def test_a_number_without_its_office_is_looked_up_as_well() -> None:
    where = number_asked("4f7k-9xmo")

    assert where is not None
    assert where["ix.number"].search("CRB-4F7K-9XM0")
    assert not where["ix.number"].search("CRB-4F7K-9XM00")


@pytest.mark.parametrize(
    "query", ["vaksin rabies", "50 ribu", "penculik", "covid 19", "", "081234567890", "perampokan 2024"]
)
def test_ordinary_words_are_no_number(query: str) -> None:
    assert number_asked(query) is None


def test_what_was_typed_is_no_pattern() -> None:
    assert asked(".* $where")[0].where()["ix.t"]["$in"][-1].pattern == "^where"
