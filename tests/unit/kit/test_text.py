import time

import pytest

from libs.kit.addresses import addresses
from libs.kit.text import UnsafeText, checked, fingerprint, normalise
from libs.kit.visible import is_visible


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("awal\x00akhir", "text_has_nul"),
        ("awal\ud800akhir", "text_has_surrogate"),
        ("terlalu panjang", "text_too_long"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(text, code) -> None:
    with pytest.raises(UnsafeText) as refused:
        checked(text, longest=14)

    assert refused.value.code == code


def test_a_text_of_invisible_characters_only_counts_as_empty() -> None:
    with pytest.raises(UnsafeText) as refused:
        checked(" \u200b\u2060\t\n", longest=100, required=True)

    assert refused.value.code == "text_empty"
    assert is_visible("👍")


def test_a_text_is_kept_as_it_was_given() -> None:
    text = "  Ａwas\u202e! cafe\u0301 \u200b "

    assert checked(text, longest=100) == text


@pytest.mark.parametrize(
    ("circulating", "compared"),
    [
        ("𝐁𝐚𝐧𝐤 🅱🅰🅽🅺 ᴋᴀʙᴀʀ", "bank bank kabar"),
        ("v4ks1n b4ngs4t", "vaksin bangsat"),
        ("h5n1 g30s 5G covid19", "h5n1 g30s 5g covid19"),
        ("HOAAAAX!!!", "hoax"),
        ("SDN Mekarwangi III dan VIII", "sdn mekarwangi iii dan viii"),
        ("anak2nya", "anaknya"),
        ("Rp 1.500.000,- dan 1,250,000", "rp 1500000 dan 1250000"),
        ("bа\u200bnk café", "bank cafe"),
        ("lihat https://contoh.id/a?b=1 sekarang", "lihat sekarang"),
    ],
)
def test_disguises_are_undone_before_comparing(circulating, compared) -> None:
    assert normalise(circulating) == compared


def test_claims_that_differ_in_case_and_punctuation_share_a_fingerprint() -> None:
    assert fingerprint("Bantuan  TELAH cair!") == fingerprint("bantuan telah cair")
    assert fingerprint("bantuan telah cair") != fingerprint("bantuan belum cair")


def test_two_bare_addresses_are_two_claims() -> None:
    assert fingerprint("https://contoh.id/a") != fingerprint("https://contoh.id/b")


@pytest.mark.parametrize(
    "hostile",
    [
        "1" * 50_000 + "a" * 50_000,
        "a1" * 50_000,
        "a." * 50_000,
        "1.111" * 20_000,
        "e\u0301" * 50_000,
        "x.com/" + "(" * 99_999,
    ],
    ids=["runs", "leet", "dots", "thousands", "marks", "brackets"],
)
def test_hostile_texts_take_time_in_proportion_to_their_length(hostile) -> None:
    started = time.process_time()

    normalise(hostile)
    addresses(hostile)

    assert time.process_time() - started < 2
