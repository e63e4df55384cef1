"""A copy is the same case however it is spelt and greeted; the same words about somebody else are a campaign."""

import random
from itertools import pairwise

import pytest

from libs.kit.stems import Stems, is_root
from libs.kit.text import words
from services.reports.matching.engine import Decision, Document, Kinds, Matcher, Trained
from services.reports.matching.features import Compared
from services.reports.matching.lexicon import Lexicon
from services.reports.matching.pairs import PAIR_FEATURES, Relation, pair_features
from tests.bench.matching.made_pairs import Names, Pair, exchanged, retold
from tests.bench.matching.train_pairs import FOLDS, folded, lexicon, touched

STEMS = Stems()
TRAINED = Trained.load()
KNOWN = TRAINED.pairs.lexicon

PRIZE = (
    "PENGUMUMAN RESMI! Seluruh nasabah Bank {bank} yang memakai layanan ponsel berhak ikut undian akhir tahun. Hadiah "
    "utama 3 unit mobil dan 20 unit sepeda motor. Segera daftar lewat tautan di bawah ini, jangan sampai terlambat!"
)
ORDER = (
    "Yth. Bapak Ibu, sesuai instruksi Gubernur {who} mulai besok semua pasar ditutup dan warga dilarang keluar rumah "
    "selama tujuh hari. Mohon diteruskan ke grup RT masing-masing."
)
JOB = "LOWONGAN KERJA PT {firm} butuh 200 karyawan baru, gaji besar, tanpa tes, kirim berkas ke nomor whatsapp ini"
KIDNAP = (
    "Hati-hati, ada penculik anak berkeliaran di {where} memakai mobil putih, sudah dua anak hilang kemarin sore. "
    "Tolong sebarkan supaya orang tua waspada."
)
CAMPAIGNS = [
    (PRIZE.format(bank="Mandiri"), PRIZE.format(bank="Permata")),
    (PRIZE.format(bank="BRI"), PRIZE.format(bank="BCA")),
    (PRIZE.format(bank="Mandiri").upper(), PRIZE.format(bank="Permata").upper()),
    (PRIZE.format(bank="Nagari").lower(), PRIZE.format(bank="Kalsel").lower()),
    (ORDER.format(who="Jawa Tengah"), ORDER.format(who="Sumatera Barat")),
    (JOB.format(firm="Angkasa Pura"), JOB.format(firm="Pelabuhan Nusantara")),
    (JOB.format(firm="ANGKASA PURA"), f"Info dari grup sebelah. {JOB.format(firm='KERETA CEPAT')} terima kasih"),
    (KIDNAP.format(where="Bandung"), KIDNAP.format(where="Badung")),
    (KIDNAP.format(where="Pasar Kliwon"), KIDNAP.format(where="Pasar Senen")),
]
COPIES = [
    (PRIZE.format(bank="Mandiri"), PRIZE.format(bank="Mandiri").upper()),
    (PRIZE.format(bank="Mandiri"), f"Min, apa ini betul? {PRIZE.format(bank='mandiri')} Dapat dari grup keluarga"),
    (PRIZE.format(bank="Mandiri"), PRIZE.format(bank="Manddiri").replace("nasabah", "nasabh")),
    (ORDER.format(who="Jawa Tengah"), ORDER.format(who="Jawa Tenggah").replace("dilarang", "dilarng")),
    (JOB.format(firm="Angkasa Pura"), JOB.format(firm="Angkassa Pura").lower()),
    (KIDNAP.format(where="Cikembulan"), KIDNAP.format(where="Cikembulen").replace("anak", "ank")),
    (KIDNAP.format(where="Cikembulan"), "Tolong sebarkan! " + KIDNAP.format(where="Cikembulan").split(". ")[0]),
]


def compared(text):
    return Compared.of(text, STEMS, is_root)


def measured(one, other):
    return dict(zip(PAIR_FEATURES, pair_features(compared(one), compared(other), KNOWN), strict=True))


@pytest.mark.parametrize(("one", "other"), CAMPAIGNS)
def test_the_same_words_with_another_target_are_a_campaign(one, other) -> None:
    matcher = Matcher(TRAINED, STEMS)

    assert matcher.relation(one, other)[0] is Relation.TEMPLATE
    assert matcher.relation(other, one)[0] is Relation.TEMPLATE


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_a_copy_is_the_same_case_however_it_is_written(one, other) -> None:
    matcher = Matcher(TRAINED, STEMS)

    assert matcher.relation(one, other)[0] is Relation.SAME
    assert matcher.relation(other, one)[0] is Relation.SAME


def test_texts_with_the_same_appeal_behind_them_are_not_the_same() -> None:
    appeal = "Semoga yang like dan komentar aamiin rezekinya lancar. Bagikan ke semua teman."
    one = f"Kitab kuno ditemukan utuh di dasar danau. {appeal}"
    other = f"Pohon berbentuk manusia tumbuh di halaman rumah. {appeal}"

    assert Matcher(TRAINED, STEMS).relation(one, other)[0] is Relation.DIFFERENT


def test_a_misspelt_name_is_the_same_name_and_two_known_ones_are_two() -> None:
    misspelt = measured(KIDNAP.format(where="Cikembulan"), KIDNAP.format(where="Cikembulen"))
    known = measured(KIDNAP.format(where="Bandung"), KIDNAP.format(where="Badung"))

    assert misspelt["head_names_lost"] == 0
    assert known["head_names_lost"] > 0


def test_a_name_written_in_two_words_is_the_same_in_one() -> None:
    found = measured("Ustaz ditolak masuk Hong Kong oleh imigrasi", "ustaz ditolak masuk hongkong oleh imigrasi")

    assert found["containment"] == pytest.approx(1)
    assert found["words_lost"] == 0


def test_a_word_of_the_dictionary_is_a_name_behind_the_word_that_announces_one() -> None:
    found = measured(PRIZE.format(bank="Mandiri"), PRIZE.format(bank="Permata"))

    assert (found["slots_apart"], found["slots_kept"]) == (1, 0)
    assert found["opening_tight_names"] >= 0.8


def test_careful_texts_say_which_words_are_names() -> None:
    texts = [f"Kemarin warga {n} melihat Permata lewat dekat jembatan" for n in ("satu", "dua", "tiga", "empat")]

    known = lexicon([*texts, "PERMATA JEMBATAN"], [*texts, "WARGA PERMATA JEMBATAN"], STEMS)

    assert known.name("permata") > 0.5 > known.name("jembatan")
    assert known.documents["permata"] == 5


def test_pairs_that_share_a_text_are_in_one_fold_with_all_that_is_made_of_them() -> None:
    told = [f"teks {n} tentang hal {n}" for n in range(41)]
    chain = [Pair(one, other, 0, "labelled", ()) for one, other in pairwise(told)]
    alone = [Pair(f"kabar {n} lain sendiri {n}", f"berita {n} lain saja {n}", 0, "labelled", ()) for n in range(40)]

    folds = folded([*chain, *alone])

    assert len(set(folds[:40])) == 1
    assert set(folds[40:]) == set(range(FOLDS))
    child = Pair(PRIZE, PRIZE, 0, "retold", (PRIZE.format(bank="Mandiri").lower(),))
    dev = Pair(PRIZE, ORDER, 0, "labelled", (PRIZE.format(bank="Mandiri"), ORDER))
    assert touched([child], [dev], [3], STEMS) == [{3}]
    assert touched([child], [Pair("a", "b", 0, "labelled", (ORDER, KIDNAP))], [3], STEMS) == [set()]


def test_a_campaign_is_made_by_exchanging_a_name_everywhere() -> None:
    texts = [PRIZE.format(bank=bank) for bank in ("Nagari", "Kalsel", "Sulutgo", "Maluku", "Papua")]
    names = Names(texts, Lexicon(10, {}, {}), STEMS)
    text = f"{texts[0]} Bank Nagari menunggu anda."

    told = [each for seed in range(20) if (each := exchanged(text, names, random.Random(seed))) is not None]

    assert any("Nagari" not in each for each in told)
    assert all(each != text for each in told)
    kept = [each for each in told if "nasabah Bank Nagari" not in each]
    assert kept
    assert all("Nagari" not in each for each in kept)


def test_a_retold_text_keeps_most_of_its_words() -> None:
    text = ORDER.format(who="Jawa Tengah")

    told = [retold(text, random.Random(seed)) for seed in range(20)]

    assert len(set(told)) > 10
    assert all(len(set(words(each)) & set(words(text))) >= 5 for each in told)


@pytest.mark.parametrize(("one", "other"), CAMPAIGNS)
@pytest.mark.parametrize("kind", [Kinds.CASE, Kinds.CLARIFICATION])
def test_the_template_of_an_open_case_or_an_answer_is_shown_as_its_campaign_and_joins_nothing(one, other, kind) -> None:
    matcher = Matcher(TRAINED, STEMS)
    matcher.add(Document("before", "office", kind, one))

    result = matcher.match("office", other)

    assert result.decision is Decision.SUGGEST
    assert [(each.id, each.is_campaign) for each in result.candidates] == [("before", True)]


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_a_copy_joins_the_open_case_and_is_no_campaign(one, other) -> None:
    matcher = Matcher(TRAINED, STEMS)
    matcher.add(Document("before", "office", Kinds.CASE, one))

    result = matcher.match("office", other)

    assert not result.candidates[0].is_campaign


def test_the_template_of_a_text_that_was_linked_is_a_campaign_of_its_answer() -> None:
    matcher = Matcher(TRAINED, STEMS)
    matcher.add(Document("answer", "office", Kinds.CLARIFICATION, "Undian akhir tahun Bank Mandiri tidak ada"))
    matcher.add(Document("r1", "office", Kinds.LINKED, PRIZE.format(bank="Mandiri"), answers_to="answer"))

    same = matcher.match("office", PRIZE.format(bank="Mandiri").upper())
    campaign = matcher.match("office", PRIZE.format(bank="Permata"))

    assert (same.decision, same.candidates[0].is_campaign) == (Decision.MATCH, False)
    assert (campaign.decision, campaign.candidates[0].is_campaign) == (Decision.SUGGEST, True)
