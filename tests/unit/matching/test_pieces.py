from libs.kit.stems import Stems, is_root
from services.reports.matching.features import Compared
from services.reports.matching.pieces import LEAST, MOST, passage, pieces

STEMS = Stems()
SCHOOL = "SDN Mekarwangi III akan digusur bulan depan untuk lahan parkir pasar induk"
BRIDGE = "Jembatan Ciwulan ditutup mulai Senin pagi untuk semua kendaraan tanpa kecuali"
WATER = "Air PDAM dicampur zat pembersih pipa dan jangan diminum selama tiga hari"


def compared(text):
    return Compared.of(text, STEMS, is_root)


def test_each_line_of_a_long_message_is_a_piece_and_a_heading_belongs_to_what_follows() -> None:
    message = f"INFO PENTING:\n{SCHOOL}\n\n{BRIDGE}\nSebarkan!"

    assert pieces(message + f"\n{WATER}") == [f"INFO PENTING: {SCHOOL}", BRIDGE, f"Sebarkan! {WATER}"]


def test_items_of_a_list_and_sentences_of_one_line_are_pieces() -> None:
    listed = pieces(f"Mohon dicek semua: 1. {SCHOOL} 2) {BRIDGE} • {WATER}")
    told = pieces(f"{SCHOOL}. {BRIDGE}! {WATER}")

    assert listed == [f"Mohon dicek semua: {SCHOOL}", BRIDGE, WATER]
    assert told == [f"{SCHOOL}.", f"{BRIDGE}!", WATER]


def test_a_short_message_and_one_of_a_single_sentence_are_one_piece() -> None:
    assert pieces(f"{SCHOOL}. {BRIDGE}") == []
    assert pieces(" ".join(f"kata{n}" for n in range(80))) == []
    assert pieces("") == []


def test_of_many_pieces_the_longest_are_taken_in_their_order() -> None:
    lines = [f"kabar nomor {n} " + "panjang " * (n % 7 + LEAST) for n in range(30)]

    found = pieces("\n".join(lines))

    assert len(found) == MOST
    assert found == sorted(found, key=[line.strip() for line in lines].index)


def test_the_passage_of_a_body_is_what_is_most_like_the_report() -> None:
    body = f"Kabar ini beredar di grup warga. Isinya:\n{SCHOOL}. Dinas pendidikan sudah menjelaskan duduk perkaranya."

    assert passage(compared(f"katanya {SCHOOL.lower()}"), body, STEMS) == f"{SCHOOL}."
    assert passage(compared(SCHOOL), "", STEMS) == ""
