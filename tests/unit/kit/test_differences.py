import time

import pytest

from libs.kit.claims import Aspect
from libs.kit.differences import Difference, Kind, conflicts, differences, mentions, side_by_side

RECEIVED = (
    "“Warga Kec. Kesambi dapat bantuan Rp1,5 juta dari Pemkot. Daftar di tautan ini sebelum 30 November, "
    "kirim biaya admin Rp50.000 ke Bank Nusa Raya a.n. panitia.”"
)


def test_a_new_wave_of_a_template_differs_in_bank_and_date_only() -> None:
    answered = "Bantuan Rp1,5 juta Kec. Kesambi, biaya admin ke Bank Samudra Jaya, sebelum 15 November"

    assert differences(RECEIVED, answered) == (
        Difference(Kind.PLACE, "Kec. Kesambi", "Kec. Kesambi", same=True),
        Difference(Kind.INSTITUTION, "Bank Nusa Raya", "Bank Samudra Jaya", same=False),
        Difference(Kind.AMOUNT, "Rp1,5 juta", "Rp1,5 juta", same=True),
        Difference(Kind.DATE, "30 November", "15 November", same=False),
    )


@pytest.mark.parametrize(
    ("reported", "published", "what", "theirs", "ours"),
    [
        ("Bupati tidak ditahan KPK", "Bupati ditahan KPK", Aspect.POLARITY, "tidak ditahan", "ditahan"),
        ("Harga gas melon turun besok", "Harga gas melon naik besok", Aspect.POLARITY, "turun", "naik"),
        ("SDN Mekarwangi I digusur", "SDN Mekarwangi III digusur", Aspect.IDENTIFIER, "I", "III"),
        ("iuran RT 07 Babakan naik", "Iuran RT 03 Babakan naik", Aspect.IDENTIFIER, "rt 07", "rt 03"),
        ("Listrik padam hari Jumat", "Listrik padam hari Selasa", Aspect.TIME, "Jumat", "Selasa"),
    ],
)
def test_what_a_claim_turns_on_is_shown_first(reported, published, what, theirs, ours) -> None:
    assert differences(reported, published)[0] == Difference(what, theirs, ours, same=False)


def test_a_difference_is_shown_once() -> None:
    assert [row.what for row in differences("Bantuan Rp2 juta cair", "Bantuan Rp3 juta cair")] == [Kind.AMOUNT]


def test_a_claim_that_does_not_turn_has_no_such_row() -> None:
    assert differences("Bupati ditahan, benar tidak min?", "Bupati ditahan") == ()


def test_what_one_text_does_not_name_is_left_open() -> None:
    rows = {row.what: row for row in differences(RECEIVED, "Bantuan Rp600 ribu Harjamukti masih dibuka")}

    assert rows[Kind.INSTITUTION].ours is None
    assert not rows[Kind.PLACE].same


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("bantuan 1.500.000 rupiah", "bantuan Rp 1,5 juta", Kind.AMOUNT),
        ("tgl 30/11/2026", "30 November", Kind.DATE),
        ("November 30, 2026", "30 Nov 2026", Kind.DATE),
        ("kecamatan kesambi", "Kota Cirebon", Kind.PLACE),
        ("warga jatim", "warga Jawa Timur", Kind.PLACE),
        ("GEBYAR BANK NUSA RAYA", "bank nusa raya", Kind.INSTITUTION),
        ("1.200 orang", "1200 warga", Kind.NUMBER),
    ],
)
def test_two_ways_of_saying_the_same_agree(one, other, kind) -> None:
    assert [row.same for row in differences(one, other) if row.what is kind] == [True]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Kota Bandung", "Kabupaten Bandung", Kind.PLACE),
        ("Bandung", "Bandung Barat", Kind.PLACE),
        ("bank nusa raya bagi hadiah", "bank samudra jaya bagi hadiah", Kind.INSTITUTION),
        ("Rp1,5 juta", "Rp1,5 miliar", Kind.AMOUNT),
        ("30 November 2025", "30 November 2026", Kind.DATE),
        ("7 ton bantuan", "17 ton bantuan", Kind.NUMBER),
    ],
)
def test_another_target_is_a_conflict(one, other, kind) -> None:
    assert conflicts(mentions(one), mentions(other)) == {kind}


def test_a_count_of_people_that_drifts_in_retelling_is_no_conflict() -> None:
    assert conflicts(mentions("160 orang keracunan"), mentions("170 orang keracunan")) == frozenset()


def test_everyday_words_are_no_places_without_their_kind() -> None:
    assert mentions("rumah baru dari batu, serang balik") == ()
    assert [mention.shown for mention in mentions("warga Kota Batu")] == ["Kota Batu"]


def test_hours_and_addresses_are_no_numbers() -> None:
    assert mentions("pukul 10.30 WIB di https://contoh.id/2026/11/30/5000-orang") == ()


@pytest.mark.parametrize(
    "hostile", ["bank " * 5_000, "1.1.1." * 5_000, "rp " * 9_000, "kab bandung " * 2_000, "1 " * 9_000]
)
def test_a_hostile_text_is_read_in_bounded_time(hostile) -> None:
    started = time.process_time()

    mentions(hostile)

    assert time.process_time() - started < 1


def test_two_texts_of_one_wording_are_marked_where_they_part() -> None:
    laid = side_by_side("Nasabah BRI wajib isi data, hari ini!", "nasabah BCA wajib isi data hari ini")

    assert [piece.text.strip() for piece in laid.theirs if piece.differs] == ["BRI"]
    assert [piece.text.strip() for piece in laid.ours if piece.differs] == ["BCA"]
    assert laid.exchanged == (("BRI", "BCA"),)
    assert "".join(piece.text for piece in laid.theirs) == "Nasabah BRI wajib isi data, hari ini!"


def test_a_typing_error_is_not_marked_and_what_one_says_alone_is() -> None:
    laid = side_by_side("Penculik anak berkeliaran di pasar malam", "Min, penculk anak berkeliaran di pasar")

    assert [piece.text.strip() for piece in laid.theirs if piece.differs] == ["malam"]
    assert laid.exchanged == ()


@pytest.mark.parametrize("text", ["", "   ", "🙏🙏 !!!", "a" * 9_000, "bank " * 5_000])
def test_any_text_can_be_laid_beside_any_other(text) -> None:
    started = time.process_time()

    laid = side_by_side(text, "Bank Nusa Raya membagikan hadiah")

    assert "".join(piece.text for piece in laid.theirs) == text[:5_000].rstrip() or not text.strip()
    assert time.process_time() - started < 1
